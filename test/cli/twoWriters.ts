import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'vitest';
import { cli, delivery, files, folderWith, list, model, run, totals } from './run.js';

const names = ['model', 'other'];

/** Whether processes can be started here as containers start theirs. */
export const containers =
  spawnSync('unshare', ['--pid', '--fork', '--mount-proc', '--uts', 'hostname', 'box']).status === 0;

const slow = resolve('test/cli/slowRenames.cjs');

/** How a run is started: `container` gives each its own process numbers and host name, as containers have. */
export interface Surroundings {
  readonly container?: boolean;
  /** As on a file system where a lock holds nobody up. */
  readonly noLock?: boolean;
}

export interface Ended {
  readonly code: number | null;
  readonly stderr: string;
}

/** Runs the command with slow renames. */
export function runSlowly(
  folder: string,
  args: readonly string[],
  { container, noLock }: Surroundings,
): Promise<Ended> {
  const command = [process.execPath, '--require', slow, cli, ...args];
  const own = ['unshare', '--pid', '--fork', '--mount-proc', '--uts', 'sh', '-c', 'hostname "$0" && exec "$@"'];
  const [program, ...rest] = container ? [...own, `box-${Math.random().toString(36).slice(2)}`, ...command] : command;
  return new Promise((done, fail) => {
    const env = { ...process.env, ...(noLock && { NO_LOCK: '1' }) };
    const child = spawn(program, rest, { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
    });
    child.on('error', fail).on('close', (code) => done({ code, stderr }));
  });
}

/** A folder with two models whose fits differ, and what each fit writes by itself. */
export async function folderOfTwo(): Promise<{ folder: string; alone: Record<string, string>[] }> {
  const other = { ...model, totals: { ...model.totals, file: 'other.csv' } };
  const folder = folderWith(
    files({ 'other.json': JSON.stringify(other), 'other.csv': totals.replace('100', '70'), 'delivery.csv': delivery }),
  );
  for (const name of names) await run(folder, 'fit', `${name}.json`, '--out', name);
  const alone = names.map((name) => contentOf(join(folder, name)));
  expect(alone[0]).not.toEqual(alone[1]);
  return { folder, alone };
}

/** Fits both models into one folder at a time. */
export const fitBoth = (folder: string, out: string, surroundings: Surroundings): Promise<Ended[]> =>
  Promise.all(names.map((name) => runSlowly(folder, ['fit', `${name}.json`, '--out', out], surroundings)));

/** The files of one run, whole, with nothing beside them. */
export function expectOneWhole(folder: string, alone: readonly Record<string, string>[]): void {
  expect(alone).toContainEqual(contentOf(folder));
  expect(isWhole(folder)).toBe(true);
}

/** Where a lock holds nobody up: whole, or a run has said that it was disturbed. */
export function expectWholeOrSaid(folder: string, ended: readonly Ended[]): void {
  for (const { code, stderr } of ended) {
    if (code !== 0) expect([code, stderr]).toEqual([4, expect.stringMatching(/^r.*: expected .+\n$/)]);
  }
  if (ended.every(({ code }) => code === 0)) expect(isWhole(folder)).toBe(true);
  expect(list(folder).filter((name) => name.startsWith('.'))).toEqual([]);
}

const digest = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');

/** What is in a folder: name and sha256 of each file, fit.json left out (it names its run) but for whether it is there. */
export const contentOf = (folder: string): Record<string, string> =>
  Object.fromEntries(list(folder).map((name) => [name, name === 'fit.json' ? 'there' : digest(join(folder, name))]));

/** Whether fit.json is there and every file is as it says. */
export function isWhole(folder: string): boolean {
  if (!existsSync(join(folder, 'fit.json'))) return false;
  const { files: listed } = JSON.parse(readFileSync(join(folder, 'fit.json'), 'utf8')).run;
  return Object.entries(listed).every(([name, sha256]) => digest(join(folder, name)) === sha256);
}
