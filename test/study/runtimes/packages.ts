import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

// The packages that hold the binaries themselves: the runtimes' own packages fetch or link them in install scripts, which
// npm does not run unasked.

/** By runtime, what its package is called on this machine. */
const machines: Readonly<Record<string, { deno: string; bun: string; workerd: string }>> = {
  'linux-x64': { deno: 'linux-x64-glibc', bun: 'linux-x64', workerd: 'linux-64' },
  'linux-arm64': { deno: 'linux-arm64-glibc', bun: 'linux-aarch64', workerd: 'linux-arm64' },
  'darwin-arm64': { deno: 'darwin-arm64', bun: 'darwin-aarch64', workerd: 'darwin-arm64' },
};
export const nodes = [20, 22, 24, 26] as const;

/** Installs a package into a folder of its own and says where it lies, or why it cannot be had. */
export function installed(folder: string, name: string, wanted: string | null): { path: string } | { missing: string } {
  if (wanted === null) return { missing: `no binary for ${process.platform}-${process.arch}` };
  const own = join(folder, name);
  const path = join(own, 'node_modules', name);
  if (!existsSync(path)) {
    mkdirSync(own, { recursive: true });
    writeFileSync(join(own, 'package.json'), '{ "private": true }');
    const args = [
      'install',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--prefer-offline',
      `${name}@npm:${wanted}`,
    ];
    const { status, stderr } = spawnSync('npm', args, { cwd: own, encoding: 'utf8' });
    if (status !== 0) {
      return { missing: /npm error (?!code)(.*)/.exec(stderr)?.[1] ?? `npm install ${wanted} failed` };
    }
  }
  return { path };
}

/** What npm calls the runtimes of this machine; null where there is none. */
export function packagesHere() {
  const names = machines[`${process.platform}-${process.arch}`];
  const of = (make: (each: { deno: string; bun: string; workerd: string }) => string) => (names ? make(names) : null);
  return {
    node: (major: number) => of(() => `node-${process.platform}-${process.arch}@${major}`),
    deno: of(({ deno }) => `@deno/${deno}`),
    bun: of(({ bun }) => `@oven/bun-${bun}`),
    workerd: of(({ workerd }) => `@cloudflare/workerd-${workerd}`),
    quickJs: 'quickjs-emscripten@0.32',
  };
}
