import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { vi } from 'vitest';
import { runCommand } from '../../cli/run.js';
import { testFolders } from '../support/folders.js';

/** The built command: `npm test` builds it first. */
export const cli = resolve('dist/cli.js');

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const home = process.cwd();
let free: Promise<unknown> = Promise.resolve();

/**
 * Runs the command in a folder, in this process: a process of its own takes a third of a second to load. Calls wait for
 * each other, as the working directory is one. What needs a process (signals, other scripts) takes `runScript`.
 */
export const run = (folder: string, ...args: string[]): Promise<Outcome> => runIn(folder, args);

/** The same with the working directory as an option. */
export function runIn(folder: string | null, args: readonly string[]): Promise<Outcome> {
  const outcome = free.then(() => runNow(folder ?? home, args));
  free = outcome.catch(() => {});
  return outcome;
}

async function runNow(folder: string, args: readonly string[]): Promise<Outcome> {
  const before = process.listeners('exit');
  const told = { stdout: '', stderr: '' };
  const heard = (['stdout', 'stderr'] as const).map((stream) =>
    vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      told[stream] += text;
      return true;
    }),
  );
  try {
    process.chdir(folder);
    return { code: await runCommand(args, new AbortController().signal), ...told };
  } finally {
    process.chdir(home);
    for (const spy of heard) spy.mockRestore();
    for (const listener of process.listeners('exit')) if (!before.includes(listener)) process.off('exit', listener);
  }
}

/** Runs a script in a folder and waits for it. */
export function runScript(script: string, folder: string, ...args: string[]): Promise<Outcome> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [script, ...args], { cwd: folder });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
    });
    child.on('error', fail).on('close', (code) => done({ code, stdout, stderr }));
  });
}

/** A folder of its own with these files; removed when the tests of the file are over. */
export function folderWith(files: Record<string, string | Uint8Array>): string {
  const folder = testFolders.make();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

/** Writes a query's result as Parquet. */
export async function parquet(folder: string, name: string, query: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(`COPY (${query}) TO '${join(folder, name)}' (FORMAT parquet)`);
  connection.closeSync();
  instance.closeSync();
}

export const read = (...path: string[]): string => readFileSync(join(...path), 'utf8');

export const list = (...path: string[]): string[] => readdirSync(join(...path)).sort();

/** Two bricks, three entities, right in every way. */
export const totals = 'week,geo,sales\n1,north,100\n2,north,60\n';
export const delivery =
  'week,geo,campaign,impressions\n1,north,a,1\n1,north,b,2\n1,north,c,0.5\n2,north,b,1\n2,north,c,3\n';
export const model = {
  totals: { file: 'totals.csv', brick: ['week', 'geo'], value: 'sales' },
  exposure: { file: 'delivery.csv', brick: ['week', 'geo'], entity: ['campaign'], value: 'impressions' },
};

/** The files of a right fit, with changes. */
export function files(changes: Record<string, string | Uint8Array> = {}, config: object = model) {
  return { 'model.json': JSON.stringify(config), 'totals.csv': totals, 'delivery.csv': delivery, ...changes };
}
