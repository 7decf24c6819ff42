import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { show } from '../../bindings/base/errors.js';
import { MachineError } from '../outcome.js';
import { ignoring, type Owner, stateOf, temporaryName, thisOwner } from './owner.js';

/** What a lock file says of who holds it. */
interface Holder extends Owner {
  /** Never used twice. */
  readonly id: string;
  readonly host: string;
  /** When it was taken, for people. */
  readonly since: string;
}

/** Held by one process at a time. */
export interface Lock {
  /** Gives it back. Safe at any time and twice. */
  release(): void;
}

export const lockName = '.apportion.lock';
const anyBreak = /^(\.apportion\.lock(?:-[0-9a-f]{16})*)-([0-9a-f]{16})$/;

const patience = 30_000; // ms that one holder may take: putting files in place takes milliseconds
const pause = 25; // ms between two looks

/**
 * Takes the lock of a folder; waits while another process holds it. A lock whose process of this machine is no more is
 * taken away. One of another machine or container is left, since nobody here can tell whether its process lives.
 * @throws MachineError when one holder keeps it too long
 */
export async function takeLock(
  folder: string,
  out: string,
  { signal, most = patience }: { readonly signal?: AbortSignal | undefined; readonly most?: number } = {},
): Promise<Lock> {
  const path = join(folder, lockName);
  let holder: string | undefined;
  let until = 0;
  for (;;) {
    signal?.throwIfAborted();
    const id = create(path);
    if (id !== null) return { release: () => void remove(path, id) };
    const found = readHolder(path);
    if (found && stateOf(found) === 'dead' && clear(path, found.id)) continue;
    if (found?.id !== holder || until === 0) {
      holder = found?.id;
      until = performance.now() + most;
    } else if (performance.now() > until) throw tooLong(out, found);
    await wait(pause);
  }
}

/** Whether a file was left by a process that died while it took a dead one's lock away, and that lock is gone. */
export function isSpentLock(folder: string, name: string): boolean {
  const [, broken, id] = anyBreak.exec(name) ?? [];
  if (broken === undefined || readHolder(join(folder, broken))?.id === id) return false;
  const found = readHolder(join(folder, name));
  return found !== null && stateOf(found) === 'dead';
}

function tooLong(out: string, found: Holder | null): MachineError {
  const who = found ? `process ${found.pid} on ${found.host} since ${found.since}` : 'process unknown';
  const cure =
    found && stateOf(found) === 'running'
      ? 'Run again when it is done.'
      : `If that run is over, delete ${join(out, lockName)} and run again.`;
  const problem = 'expected a folder that no other run is putting files into';
  return new MachineError(`${out}: ${problem}, got ${show(lockName)} (${who}). ${cure}`);
}

/** Makes a lock file that was not there, with all its text at once. Gives its id; null where one is there. */
function create(path: string): string | null {
  const id = randomBytes(8).toString('hex');
  const holder: Holder = { id, ...thisOwner(), host: hostname(), since: new Date().toISOString() };
  const text = `${JSON.stringify(holder)}\n`;
  const beside = join(dirname(path), temporaryName());
  try {
    writeFileSync(beside, text, { flag: 'wx' });
    // a link is made by one alone, on network file systems too
    linkSync(beside, path);
    return id;
  } catch (error) {
    // a network may lose the answer and ask again: then the lock that is there is this one
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return readHolder(path)?.id === id ? id : null;
    if ((error as NodeJS.ErrnoException).syscall !== 'link') throw error;
  } finally {
    ignoring(() => unlinkSync(beside));
  }
  return createAlone(path, text) ? id : null; // a file system without hard links
}

function createAlone(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    if ((error as NodeJS.ErrnoException).syscall !== 'open') ignoring(() => unlinkSync(path)); // made, and not written
    throw error;
  }
}

/** Who holds a lock; null where there is none, or none that can be read. */
function readHolder(path: string): Holder | null {
  try {
    const found = JSON.parse(readFileSync(path, 'utf8'));
    return typeof found.id === 'string' && Number.isInteger(found.pid) ? found : null;
  } catch {
    return null;
  }
}

/**
 * Takes away the lock of a dead process. Two that see it at once must not both do so: the second would take away the lock
 * that the first has made since. So it is done under a lock of its own, named after the id of the dead one.
 */
function clear(path: string, id: string): boolean {
  const breaking = `${path}-${id}`;
  const mine = create(breaking);
  if (mine === null) {
    const found = readHolder(breaking);
    return found !== null && stateOf(found) === 'dead' && clear(breaking, found.id);
  }
  try {
    return remove(path, id);
  } finally {
    remove(breaking, mine);
  }
}

/** Removes a lock file if it is the one of this id. Tells whether it did. */
const remove = (path: string, id: string): boolean => readHolder(path)?.id === id && ignoring(() => unlinkSync(path));
