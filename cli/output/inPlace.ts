import {
  type BigIntStats,
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { digestFile } from '../input/digest.js';
import { MachineError, refusalOf } from '../outcome.js';
import { ignoring } from './owner.js';

/** A file that was written beside its place. */
export interface WrittenFile {
  readonly name: string;
  /** Where it is now. */
  readonly path: string;
  readonly sha256: string;
}

/** A file as it was put into place. */
export interface PlacedFile extends WrittenFile {
  readonly facts: BigIntStats;
}

/**
 * Takes the old last file away, renames the others into place and the new last file after them: whenever the process or
 * the machine stops, the last file is there only beside the files it lists. Nothing happens where a file cannot be put in
 * place from the start. Without a pause, so that no signal comes between.
 * @throws MachineError that names the file
 */
export function putInPlace(folder: string, out: string, written: readonly WrittenFile[], last: string): PlacedFile[] {
  const at = (name: string) => join(folder, name);
  const fresh: string[] = []; // of those in place: nothing was there before
  let replaced = false;
  const placed = written.map((file): PlacedFile => {
    const facts = trying(join(out, file.name), () => statSync(file.path, { bigint: true }));
    if (!isFolder(at(file.name))) return { ...file, facts };
    const problem = 'expected a place for a file, got a folder';
    throw new MachineError(`${join(out, file.name)}: ${problem}. Move it away or choose another --out.`);
  });
  placed.sort((a, b) => Number(a.name === last) - Number(b.name === last));
  trying(join(out, last), () => rmSync(at(last), { force: true }));
  try {
    flushFolder(folder);
    for (const { name, path } of placed) {
      if (name === last) flushFolder(folder);
      const isFresh = !existsSync(at(name));
      trying(join(out, name), () => renameSync(path, at(name)));
      if (isFresh) fresh.push(name);
      else replaced = true;
    }
    flushFolder(folder);
  } catch (error) {
    for (const name of fresh) ignoring(() => unlinkSync(at(name)));
    if (replaced && error instanceof MachineError) {
      error.message += ` Some files in ${out} are of this run, others of an earlier one, and ${last} is gone. Run again.`;
    }
    throw error;
  }
  return placed;
}

const isFolder = (path: string) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

function trying<T>(name: string, step: () => T): T {
  try {
    return step();
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === null) throw error;
    throw new MachineError(`${name}: expected to put the file in place, got: ${refusal}.`);
  }
}

/**
 * Makes sure that the files in place are those that were put there: a lock is only as good as the file system, and a
 * person may have taken it away. The last file does not stay beside files that it does not list.
 * @throws MachineError
 */
export async function checkInPlace(
  folder: string,
  out: string,
  placed: readonly PlacedFile[],
  last: string,
): Promise<void> {
  const strange: string[] = [];
  for (const file of placed) if (!(await isInPlace(join(folder, file.name), file))) strange.push(file.name);
  if (strange.length === 0) return;
  if (!strange.includes(last)) rmSync(join(folder, last), { force: true });
  const problem = `expected the files that this run has put there, got others (${strange.join(', ')})`;
  throw new MachineError(`${out}: ${problem}. Another run wrote into the folder at the same time. Run again.`);
}

async function isInPlace(path: string, { facts, sha256 }: PlacedFile): Promise<boolean> {
  const now = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (!now) return false;
  const same = (['dev', 'ino', 'size', 'mtimeNs'] as const).every((fact) => now[fact] === facts[fact]);
  // some file systems give a file another number when it is renamed
  return same || (await digestFile(path)).sha256 === sha256;
}

/** Flushes the names in a folder to the disk. Some systems cannot: then its names may lag. */
function flushFolder(folder: string): void {
  let file: number;
  try {
    file = openSync(folder, 'r');
  } catch {
    return;
  }
  try {
    fsyncSync(file);
  } catch (error) {
    if (!cannotFlush(error)) throw error;
  } finally {
    closeSync(file);
  }
}

/** Whether an error of a flush says no more than that this cannot be flushed. */
export const cannotFlush = (error: unknown): boolean =>
  ['EISDIR', 'EINVAL', 'EPERM', 'EACCES', 'ENOTSUP', 'EBADF'].includes((error as NodeJS.ErrnoException).code ?? '');
