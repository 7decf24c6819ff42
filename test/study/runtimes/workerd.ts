import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { stop } from './browsers.js';
import { printed } from './commandLines.js';
import type { Environment, Outcome } from './environment.js';
import { bundleJob } from './job.js';

// workerd compiles no WebAssembly while it runs: it is given the package's `apportion.wasm`, which it compiles as it starts.

const worker = `import { run } from './job.mjs';
import compiled from './apportion.wasm';
WebAssembly.compile = async () => compiled;
export default {
  async fetch(request) {
    return Response.json(await run(new URL(request.url).pathname.slice(1)).catch((error) => ({ error: error.message })));
  },
};
`;

const config = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .main)],
  sockets = [(name = "http", http = (), service = "main")],
);
const main :Workerd.Worker = (
  modules = [
    (name = "worker.mjs", esModule = embed "worker.mjs"),
    (name = "job.mjs", esModule = embed "job.mjs"),
    (name = "apportion.wasm", wasm = embed "apportion.wasm"),
  ],
  compatibilityDate = "2026-01-01",
);
`;

const freePort = () =>
  new Promise<number>((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => done(port));
    });
  });

export async function workerd(folder: string, program: string): Promise<Environment> {
  const own = join(folder, 'workerd');
  mkdirSync(own, { recursive: true });
  const texts = { 'worker.mjs': worker, 'config.capnp': config, 'job.mjs': await bundleJob('esm') };
  for (const [name, text] of Object.entries(texts)) writeFileSync(join(own, name), text);
  copyFileSync(resolve('dist/apportion.wasm'), join(own, 'apportion.wasm'));
  return {
    name: 'workerd',
    version: printed(program, ['--version']).trim().split(' ').at(-1)!,
    kernels: ['wasm', 'js'],
    async run(kernels) {
      const port = await freePort();
      const child = spawn(program, ['serve', 'config.capnp', `--socket-addr=http=127.0.0.1:${port}`], {
        cwd: own,
        stdio: 'ignore',
      });
      try {
        const said = await ask(`http://127.0.0.1:${port}/${kernels}`);
        if ('error' in said) throw new Error(`workerd: ${said.error}`);
        return said;
      } finally {
        await stop(child);
      }
    },
  };
}

/** Asks until somebody listens. */
async function ask(url: string): Promise<Outcome | { error: string }> {
  for (let tries = 0; ; tries++) {
    try {
      return (await (await fetch(url)).json()) as Outcome;
    } catch (error) {
      if (tries === 100) throw error;
      await new Promise((done) => setTimeout(done, 200));
    }
  }
}
