import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { printed } from './commandLines.js';
import type { Environment, Outcome } from './environment.js';
import { bundleJob } from './job.js';

// A page of the loopback host runs the job, by itself or in a worker, and posts what came out.

const patience = 300_000; // milliseconds

const page = `<!doctype html><meta charset="utf-8"><script type="module">
const [place, kernels] = location.hash.slice(1).split(',');
const post = (outcome) => fetch('/outcome', { method: 'POST', body: JSON.stringify(outcome) });
const failed = (error) => post({ error: String(error?.message ?? error) });
try {
  if (place === 'page') {
    const { run } = await import('/job.mjs');
    await post(await run(kernels));
  } else {
    const worker = new Worker('/worker.mjs', { type: 'module' });
    worker.onmessage = ({ data }) => post(data);
    worker.onerror = failed;
    worker.postMessage(kernels);
  }
} catch (error) {
  failed(error);
}
</script>`;

const worker = `import { run } from '/job.mjs';
onmessage = ({ data }) => run(data).then(postMessage, (error) => postMessage({ error: String(error?.message ?? error) }));
`;

interface Browser {
  readonly name: string;
  readonly program: string;
  /** Arguments that open a page in a new profile. */
  open(profile: string, url: string): string[];
}

const firefoxSettings = `user_pref('browser.shell.checkDefaultBrowser', false);
user_pref('datareporting.policy.dataSubmissionEnabled', false);
user_pref('toolkit.telemetry.reportingpolicy.firstRun', false);
user_pref('browser.aboutwelcome.enabled', false);
user_pref('network.captive-portal-service.enabled', false);
user_pref('app.update.enabled', false);
`;

export const chromium = (program: string): Browser => ({
  name: 'Chromium',
  program,
  open: (profile, url) => [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    `--user-data-dir=${profile}`,
    url,
  ],
});

export const firefox = (program: string): Browser => ({
  name: 'Firefox',
  program,
  open(profile, url) {
    writeFileSync(join(profile, 'user.js'), firefoxSettings);
    return ['--headless', '--no-remote', '--profile', profile, url];
  },
});

/** The page of a browser and a worker of that page. */
export function inBrowser(folder: string, browser: Browser): Environment[] {
  const version = /\d+(\.\d+)+/.exec(printed(browser.program, ['--version']))![0];
  return (['page', 'worker'] as const).map((place) => ({
    name: place === 'page' ? browser.name : `${browser.name}, worker`,
    version,
    kernels: ['wasm', 'js'],
    run: (kernels) => visit(folder, browser, `${place},${kernels}`),
  }));
}

async function visit(folder: string, browser: Browser, hash: string): Promise<Outcome> {
  const profile = mkdtempSync(join(folder, 'profile-'));
  const { server, outcome } = serve(await bundleJob('esm'));
  let child: ChildProcess | undefined;
  try {
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    child = spawn(browser.program, browser.open(profile, `http://127.0.0.1:${port}/#${hash}`), { stdio: 'ignore' });
    const said = await Promise.race([outcome, late(browser.name), gone(child, browser.name)]);
    if ('error' in said) throw new Error(`${browser.name}: ${said.error}`);
    return said;
  } finally {
    await stop(child);
    server.closeAllConnections();
    server.close();
    forget(profile);
  }
}

/** Removes a profile, or leaves it where a process of the browser still writes into it. */
function forget(profile: string): void {
  try {
    rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  } catch {}
}

function serve(job: string) {
  let tell: (outcome: Outcome | { error: string }) => void = () => {};
  const outcome = new Promise<Outcome | { error: string }>((resolve) => {
    tell = resolve;
  });
  const texts: Readonly<Record<string, readonly [string, string]>> = {
    '/': ['text/html', page],
    '/job.mjs': ['text/javascript', job],
    '/worker.mjs': ['text/javascript', worker],
  };
  const server: Server = createServer((request, response) => {
    if (request.url === '/outcome') {
      const pieces: Buffer[] = [];
      request.on('data', (piece) => pieces.push(piece));
      request.on('end', () => {
        response.end();
        tell(JSON.parse(Buffer.concat(pieces).toString('utf8')));
      });
      return;
    }
    const [type, text] = texts[request.url ?? ''] ?? ['text/plain', ''];
    response.writeHead(text === '' ? 404 : 200, { 'content-type': `${type}; charset=utf-8` }).end(text);
  });
  return { server, outcome };
}

const late = (name: string) =>
  new Promise<never>((_, fail) => {
    setTimeout(() => fail(new Error(`${name} said nothing`)), patience).unref();
  });

const gone = (child: ChildProcess, name: string) =>
  new Promise<never>((_, fail) => {
    child.once('error', fail);
    child.once('exit', (code) => fail(new Error(`${name} ended with ${code} and said nothing`)));
  });

/** Ends the browser and waits until it is gone. */
export async function stop(child: ChildProcess | undefined): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((done) => child.once('exit', done));
  child.kill();
  const forced = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await ended;
  clearTimeout(forced);
}
