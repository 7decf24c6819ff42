import { execFileSync, type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll } from 'vitest';

export const root = resolve(import.meta.dirname, '../..');

/** A folder outside the project, removed when the tests of the file are over. */
export function folderFor(purpose: string): string {
  const folder = mkdtempSync(join(tmpdir(), `apportion-${purpose}-`));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Packs what was built into a folder. Returns the path of the tarball. */
export function pack(folder: string): string {
  const packed = execFileSync('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], {
    cwd: root,
    encoding: 'utf8',
  });
  return join(folder, JSON.parse(packed.slice(packed.indexOf('[')))[0].filename);
}

/** Runs a command to its end, as from a terminal of its own: nothing of the npm that runs the tests is handed on. */
export function run(cwd: string, command: string, ...args: string[]): SpawnSyncReturns<string> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
  return spawnSync(command, args, { cwd, encoding: 'utf8', env: { ...env, NODE_PATH: '' } });
}
