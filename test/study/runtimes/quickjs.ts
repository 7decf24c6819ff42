import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Environment } from './environment.js';
import { bundleJob } from './job.js';

// QuickJS is the language alone: no WebAssembly, and nothing of a browser's. What the library asks of its surroundings is
// a clock, a way to wait, and UTF-8; these stand in for them.

const surroundings = `
globalThis.performance = { now: () => 0 };
globalThis.setTimeout = (run) => { Promise.resolve().then(run); };
globalThis.TextEncoder = class {
  encode(text = '') {
    const bytes = [];
    for (const letter of text.toWellFormed ? text.toWellFormed() : text) {
      const c = letter.codePointAt(0);
      if (c < 0x80) bytes.push(c);
      else if (c < 0x800) bytes.push(0xc0 | (c >> 6), 0x80 | (c & 63));
      else if (c < 0x10000) bytes.push(0xe0 | (c >> 12), 0x80 | ((c >> 6) & 63), 0x80 | (c & 63));
      else bytes.push(0xf0 | (c >> 18), 0x80 | ((c >> 12) & 63), 0x80 | ((c >> 6) & 63), 0x80 | (c & 63));
    }
    return Uint8Array.from(bytes);
  }
};
// of what the encoder wrote, a mark at the beginning kept
globalThis.TextDecoder = class {
  decode(bytes) {
    const letters = [];
    for (let i = 0; i < bytes.length; ) {
      const lead = bytes[i++];
      const more = lead < 0x80 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
      let c = more === 0 ? lead : lead & (63 >> more);
      for (let k = 0; k < more; k++) c = (c << 6) | (bytes[i++] & 63);
      letters.push(String.fromCodePoint(c));
    }
    return letters.join('');
  }
};
`;

interface Context {
  readonly runtime: {
    setMaxStackSize(bytes: number): void;
    executePendingJobs(most?: number): unknown;
  };
  evalCode(code: string, file?: string): unknown;
  unwrapResult(result: unknown): unknown;
  dump(handle: unknown): unknown;
}
interface QuickJs {
  getQuickJS(): Promise<{ newContext(): Context }>;
}

/** @param path where the package lies */
export function quickJs(path: string): Environment {
  const { getQuickJS } = createRequire(import.meta.url)(path) as QuickJs;
  const { version } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as { version: string };
  return {
    name: 'QuickJS',
    version: `quickjs-emscripten ${version}`,
    kernels: ['js'],
    async run(kernels) {
      // an interpreter of its own, dropped with its memory
      const context = (await getQuickJS()).newContext();
      context.runtime.setMaxStackSize(4 << 20);
      const evaluate = (code: string) => context.dump(context.unwrapResult(context.evalCode(code)));
      evaluate(`${surroundings};0`);
      evaluate(`${await bundleJob('iife')};globalThis.job = job;0`);
      evaluate(`job.run('${kernels}').then((outcome) => { globalThis.said = JSON.stringify(outcome); },
        (error) => { globalThis.said = JSON.stringify({ error: String(error) }); });0`);
      context.runtime.executePendingJobs(-1);
      const said = JSON.parse(String(evaluate('globalThis.said ?? JSON.stringify({ error: "it never ended" })')));
      if ('error' in said) throw new Error(`QuickJS: ${said.error}`);
      return said;
    },
  };
}
