import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

// the same job in Node and in a page: simulate, shape, draw
const job = `
import { effectiveExposure } from '${root}/dist/index.js';
import { exposurePage } from '${root}/dist/html.js';
import { simulateMta } from '${root}/dist/simulate.js';
export async function run(kernels) {
  const { files, model } = simulateMta({ seed: 4, weeks: 30, geos: 3, history: 4 });
  const table = ({ file }) => files[file].columns;
  const result = await effectiveExposure({ totals: table(model.totals), exposure: table(model.exposure), entities: table(model.entities) }, model, { kernels });
  return exposurePage(result);
}
`;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'apportion-page-'));
  writeFileSync(join(folder, 'job.mjs'), job);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The document after its scripts have run. */
async function open(name: string, html: string, ...switches: string[]): Promise<string> {
  const file = join(folder, `${name}.html`);
  writeFileSync(file, html);
  const { stdout } = await promisify(execFile)(
    chromium!,
    [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      `--user-data-dir=${join(folder, `profile-${name}`)}`,
      '--virtual-time-budget=60000',
      '--window-size=1200,1000',
      ...switches,
      `file://${file}`,
    ],
    { encoding: 'utf8', maxBuffer: 1 << 26 },
  );
  return stdout;
}

/** Reports what goes wrong in the page, where `--dump-dom` shows it. */
const watched = (page: string) =>
  page.replace(
    '<body>',
    `<body><script>addEventListener('error', (event) => document.body.setAttribute('data-error', event.message)); addEventListener('securitypolicyviolation', (event) => document.body.setAttribute('data-refused', event.blockedURI));</script>`,
  );

describe('the page of curves', () => {
  it('draws three charts a curve, without an error and without asking for anything', async (context) => {
    here(context);
    const { run } = await import(join(folder, 'job.mjs'));
    const dom = await open('plain', watched(await run('js')), '--dump-dom');
    expect([...dom.matchAll(/<section class="card"/g)].length).toBe(3);
    expect([...dom.matchAll(/<canvas /g)].length).toBe(9);
    expect(/<body[^>]*>/.exec(dom)?.[0]).toBe('<body>');
  });

  it('prints', async (context) => {
    here(context);
    const { run } = await import(join(folder, 'job.mjs'));
    const file = join(folder, 'page.pdf');
    await open('paper', await run('js'), `--print-to-pdf=${file}`);
    expect(readFileSync(file).subarray(0, 5).toString()).toBe('%PDF-');
    expect(readFileSync(file).length).toBeGreaterThan(20_000);
  });

  it('has the same bytes from Node and from a browser', async (context) => {
    here(context);
    writeFileSync(
      join(folder, 'entry.mjs'),
      `import { run } from './job.mjs';
run('auto').then((page) => { document.body.textContent = Array.from(new TextEncoder().encode(page), (byte) => byte.toString(16).padStart(2, '0')).join(''); });`,
    );
    const { outputFiles } = await build({
      entryPoints: [join(folder, 'entry.mjs')],
      bundle: true,
      format: 'iife',
      platform: 'browser',
      write: false,
    });
    const script = outputFiles[0].text.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--');
    const dom = await open(
      'maker',
      `<!doctype html><meta charset="utf-8"><body><script>${script}</script>`,
      '--dump-dom',
    );
    const { run } = await import(join(folder, 'job.mjs'));
    const hex = /<body>([0-9a-f]+)<\/body>/.exec(dom)?.[1] ?? '';
    const bytes = Buffer.from(await run('wasm'));
    expect(hex.length).toBeGreaterThan(100_000);
    expect(Buffer.from(hex, 'hex').equals(bytes)).toBe(true);
  });
});
