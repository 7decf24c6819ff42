import { createHash } from 'node:crypto';
import { unlinkSync } from 'node:fs';
import { access, constants, open, readdir, stat, unlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { show } from '../../bindings/base/errors.js';
import type { Faults } from '../../bindings/base/faults.js';
import { digestFile } from '../input/digest.js';
import { MachineError, refusalOf } from '../outcome.js';
import { cannotFlush, checkInPlace, putInPlace } from './inPlace.js';
import { isSpentLock, type Lock, takeLock } from './lock.js';
import { makeFolder, removeMade } from './made.js';
import { ignoring, ownerOf, stateOf, temporaryName } from './owner.js';

/**
 * A folder that receives a set of files, all of them or none. Each is written beside its place under a name that no other
 * run takes, and flushed to the disk. `commit` puts them in place under a lock of the folder: of runs that write into one
 * folder at a time, the files of one stand there whole, then those of the other. Files of other names are left alone.
 */
export interface OutputFolder {
  /** Writes a file from pieces and gives its sha256. */
  write(name: string, pieces: Iterable<string | Uint8Array>): Promise<string>;
  /** Has a file written by something that takes a path, and gives its sha256. */
  place(name: string, write: (path: string) => Promise<void>): Promise<string>;
  /** Puts all files in place, `last` after the others. */
  commit(last: string): Promise<void>;
  /** Removes what was not committed, and folders made for it. Safe at any time, at exit too, where it is called by itself. */
  discard(): void;
}

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
  const made: string[] = [];
  const written = new Map<string, { path: string; sha256: string }>(); // by name
  let lock: Lock | null = null;
  function discard(): void {
    process.off('exit', discard);
    for (const { path } of written.values()) ignoring(() => unlinkSync(path)); // may not be begun
    written.clear();
    lock?.release();
    removeMade(made);
  }
  process.once('exit', discard);
  try {
    await makeFolder(folder, made);
  } catch (error) {
    discard();
    const refusal = refusalOf(error);
    if (refusal === null) throw error;
    throw new MachineError(`${out}: expected to make the folder, got: ${refusal}`);
  }
  await removeLeftovers(folder);

  /** Writes a file under its temporary name, and says which one it was that could not be written. */
  async function begin(name: string, write: (path: string) => Promise<string>): Promise<string> {
    const file = { path: join(folder, temporaryName()), sha256: '' };
    written.set(name, file);
    try {
      await makeFolder(folder, made); // a run that made it and gave up may have taken it away
      file.sha256 = await write(file.path);
      return file.sha256;
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
        await flush(path);
        return (await digestFile(path)).sha256;
      }),
    async commit(last) {
      lock = await takeLock(folder, out, { signal });
      try {
        const files = Array.from(written, ([name, file]) => ({ name, ...file }));
        const placed = putInPlace(folder, out, files, last);
        written.clear();
        await checkInPlace(folder, out, placed, last);
      } finally {
        lock.release();
      }
    },
    discard,
  };
}

/** Writes a file and flushes it. While a piece is on its way to the disk the next one is made. */
async function writePieces(path: string, pieces: Iterable<string | Uint8Array>, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  const file = await open(path, 'wx');
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

/** Flushes a file to the disk. */
async function flush(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } catch (error) {
    if (!cannotFlush(error)) throw error;
  } finally {
    await file.close();
  }
}

const day = 86_400_000; // ms

/**
 * Removes what killed runs left. Whether a run of another machine or container lives nobody here can tell: its files go a
 * day after they were last written. Should it live all the same, it finds them gone and says so.
 */
async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const owner = ownerOf(name);
    const path = join(folder, name);
    if (owner === null ? isSpentLock(folder, name) : await isLeft(path, stateOf(owner))) {
      await unlink(path).catch(() => {});
    }
  }
}

async function isLeft(path: string, state: ReturnType<typeof stateOf>): Promise<boolean> {
  if (state !== 'elsewhere') return state === 'dead';
  const found = await stat(path).catch(() => null);
  return found !== null && Date.now() - found.mtimeMs > day;
}
