import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';

const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync);
const here = (context: TestContext) => {
  if (!chromium) context.skip('no chromium on this machine');
};

const root = resolve(import.meta.dirname, '../..');
let folder = '';
let page = '';

// the same job in Node and in the page: simulate, fit, hash the tables
const job = `
import { fit, fitJson, toCsv } from '${root}/dist/index.js';
import { simulateMta } from '${root}/dist/simulate.js';
export async function run(kernels) {
  const { files, model } = simulateMta({ seed: 4, weeks: 30, geos: 3 });
  const table = ({ file }) => files[file].columns;
  const tables = { totals: table(model.totals), exposure: table(model.exposure), entities: table(model.entities) };
  const result = await fit(tables, model, { kernels });
  const { run, ...rest } = fitJson(result);
  return { run, text: toCsv(result.allocation) + toCsv(result.entities) + JSON.stringify(rest) };
}
`;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'apportion-browser-'));
  writeFileSync(join(folder, 'job.mjs'), job);
  writeFileSync(
    join(folder, 'page.mjs'),
    `import { run } from './job.mjs';
const hex = (bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
const show = (value) => { document.body.textContent = JSON.stringify(value); };
run('auto').then(async ({ run, text }) => show({ run, text: text.length, hash: hex(await hash(text)) }), (error) => show({ error: String(error) }));
// crypto.subtle needs a secure context, which a file is not everywhere: four 32-bit FNV sums do
async function hash(text) {
  const sums = new Uint32Array([2166136261, 2166136262, 2166136263, 2166136264]);
  for (let i = 0; i < text.length; i++) sums[i & 3] = Math.imul(sums[i & 3] ^ text.charCodeAt(i), 16777619);
  return sums.buffer;
}`,
  );
  const { outputFiles } = await build({
    entryPoints: [join(folder, 'page.mjs')],
    bundle: true,
    format: 'iife',
    platform: 'browser',
    write: false,
  });
  page = outputFiles[0].text.replaceAll('</script', '<\\/script');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function open(name: string, policy: string) {
  const file = join(folder, `${name}.html`);
  const meta = policy && `<meta http-equiv="Content-Security-Policy" content="${policy}">`;
  writeFileSync(file, `<!doctype html><meta charset="utf-8">${meta}<body>waiting<script>${page}</script>`);
  const { stdout } = await promisify(execFile)(
    chromium!,
    [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      `--user-data-dir=${join(folder, `profile-${name}`)}`,
      '--virtual-time-budget=60000',
      '--dump-dom',
      `file://${file}`,
    ],
    { encoding: 'utf8', maxBuffer: 1 << 26 },
  );
  const body = /<body>([\s\S]*?)(?:<script|<\/body>)/.exec(stdout)![1];
  return JSON.parse(body.replaceAll('&amp;', '&').replaceAll('&lt;', '<').replaceAll('&gt;', '>'));
}

async function inNode(kernels: string) {
  const { run } = await import(join(folder, 'job.mjs'));
  const { text } = await run(kernels);
  const sums = new Uint32Array([2166136261, 2166136262, 2166136263, 2166136264]);
  for (let i = 0; i < text.length; i++) sums[i & 3] = Math.imul(sums[i & 3] ^ text.charCodeAt(i), 16777619);
  return {
    text: text.length,
    hash: Buffer.from(sums.buffer).toString('hex'),
    sha: createHash('sha256').update(text).digest('hex'),
  };
}

describe('in a browser', () => {
  it('gives the bytes that Node gives, on WebAssembly', async (context) => {
    here(context);
    const [browser, node, js] = [await open('plain', ''), await inNode('wasm'), await inNode('js')];
    expect(browser.run.kernels).toBe('wasm');
    expect(browser.run.reason).toBeNull();
    expect(node.sha).toBe(js.sha);
    expect({ text: browser.text, hash: browser.hash }).toEqual({ text: node.text, hash: node.hash });
  });

  it('falls back to JS under a content security policy, says why, and gives the same bytes', async (context) => {
    here(context);
    const [browser, node] = [await open('policy', "script-src 'unsafe-inline'"), await inNode('wasm')];
    expect(browser.run.kernels).toBe('js');
    expect(browser.run.reason).toMatch(/Content Security Policy|unsafe-eval/);
    expect({ text: browser.text, hash: browser.hash }).toEqual({ text: node.text, hash: node.hash });
  });
});
