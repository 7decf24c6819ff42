import { createHash } from 'node:crypto';
import { rmdirSync, unlinkSync } from 'node:fs';
import { access, constants, mkdir, open, readdir, rename, stat, unlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { show } from '../../bindings/errors.js';
import type { Faults } from '../../bindings/faults.js';
import { digestFile } from '../input/digest.js';
import { MachineError, refusalOf } from '../outcome.js';

/**
 * A folder that receives a set of files, all of them or none. Each is written beside its place under a temporary name
 * and flushed to the disk. `commit` then takes the old last file away, renames the others into place and the new last
 * file after them: whenever the process or the machine stops, the last file is there only beside the files it lists.
 * Files of other names are left alone.
 */
export interface OutputFolder {
  /** Writes a file from pieces and gives its sha256. */
  write(name: string, pieces: Iterable<string | Uint8Array>): Promise<string>;
  /** Has a file written by something that takes a path, and gives its sha256. */
  place(name: string, write: (path: string) => Promise<void>): Promise<string>;
  /** Puts all files in place, `last` after the others. */
  commit(last: string): Promise<void>;
  /** Removes what was not committed. Safe at any time, at exit too. */
  discard(): void;
}

const temporary = (name: string) => `.${name}.apportion-${process.pid}.tmp`;
const anyTemporary = /^\..+\.apportion-(\d+)\.tmp$/;

/** Notes an `--out`, or a folder of another option, that is a file. @throws MachineError where the folder cannot be written, before any work is done */
export async function checkFolder(faults: Faults, out: string, option = '--out'): Promise<void> {
  for (let at = resolve(out); ; at = dirname(at)) {
    try {
      if ((await stat(at)).isDirectory()) await access(at, constants.W_OK | constants.X_OK);
      else faults.add('out', option, `expected a folder, got ${show(out)} (a file)`);
      return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOTDIR' || (code === 'ENOENT' && at !== dirname(at))) continue;
      const refusal = refusalOf(error);
      if (refusal === null) throw error;
      throw new MachineError(`${option}: expected a folder that can be written, got ${show(out)} (${refusal})`);
    }
  }
}

/** Makes the folder if it is not there, and clears what killed runs left in it. */
export async function openFolder(out: string, signal?: AbortSignal): Promise<OutputFolder> {
  const folder = resolve(out);
  const made = await makeFolder(folder);
  await removeLeftovers(folder);
  const written = new Map<string, string>(); // name to temporary path
  /** Writes a file under its temporary name, and says which one it was that could not be written. */
  async function begin(name: string, write: (path: string) => Promise<string>): Promise<string> {
    const path = join(folder, temporary(name));
    written.set(name, path);
    try {
      return await write(path);
    } catch (error) {
      const refusal = refusalOf(error) ?? /^IO Error: .*/.exec((error as Error)?.message)?.[0];
      if (!refusal) throw error;
      throw new MachineError(`${join(out, name)}: expected to write the file, got: ${refusal}`);
    }
  }
  return {
    write: (name, pieces) => begin(name, (path) => writePieces(path, pieces, signal)),
    place: (name, write) =>
      begin(name, async (path) => {
        await write(path);
        await sync(path);
        return (await digestFile(path)).sha256;
      }),
    async commit(last) {
      signal?.throwIfAborted();
      await unlink(join(folder, last)).catch((error) => {
        if (error.code !== 'ENOENT') throw error;
      });
      await sync(folder);
      for (const name of [...written.keys()].sort((a, b) => Number(a === last) - Number(b === last))) {
        if (name === last) await sync(folder);
        await rename(join(folder, temporary(name)), join(folder, name));
        written.delete(name);
      }
      await sync(folder);
    },
    discard() {
      for (const path of written.values()) ignoring(() => unlinkSync(path)); // may not be begun
      written.clear();
      if (made) ignoring(() => rmdirSync(folder)); // stays when anything is in it
    },
  };
}

function ignoring(step: () => void): void {
  try {
    step();
  } catch {
    // best effort
  }
}

/** Writes a file and flushes it. While a piece is on its way to the disk the next one is made. */
async function writePieces(path: string, pieces: Iterable<string | Uint8Array>, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  const file = await open(path, 'w');
  try {
    let onItsWay: Promise<unknown> = Promise.resolve();
    for (const piece of pieces) {
      hash.update(piece);
      await onItsWay;
      signal?.throwIfAborted();
      onItsWay = file.writeFile(piece);
      onItsWay.catch(() => {}); // awaited in the next round
    }
    await onItsWay;
    await file.sync();
  } finally {
    await file.close();
  }
  return hash.digest('hex');
}

/**
 * Makes a folder and those above it; false when it was there. Node's own recursive form never ends where a file system
 * takes no folders.
 */
async function makeFolder(path: string): Promise<boolean> {
  try {
    await mkdir(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (code !== 'ENOENT' || path === dirname(path)) throw error;
    await makeFolder(dirname(path));
    await mkdir(path);
  }
  return true;
}

/** Flushes a file, or the names in a folder, to the disk. Some systems cannot flush a folder: then its names may lag. */
async function sync(path: string): Promise<void> {
  const file = await open(path, 'r').catch(() => null);
  try {
    await file?.sync();
  } catch (error) {
    if (!['EISDIR', 'EINVAL', 'EPERM', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    await file?.close();
  }
}

/** Removes temporary files whose process is no more. */
async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const pid = Number(anyTemporary.exec(name)?.[1] ?? Number.NaN);
    if (Number.isNaN(pid) || (pid !== process.pid && runs(pid))) continue;
    await unlink(join(folder, name)).catch(() => {});
  }
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // there, and someone else's
  }
}
