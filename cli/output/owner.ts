import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Who writes: a process, where its number counts, and when it began. */
export interface Owner {
  /** Machine and container: only among equals do process numbers mean the same processes. */
  readonly machine: string;
  readonly pid: number;
  /** Clock ticks from the start of the machine to that of the process; 0 where the system does not say. */
  readonly started: number;
}

/** `elsewhere`: on another machine or in another container, so that nobody here can tell. */
export type OwnerState = 'running' | 'dead' | 'elsewhere';

const reading = (read: () => string): string => {
  try {
    return read();
  } catch {
    return ''; // not Linux, or hidden
  }
};

/**
 * Containers of one machine are told apart by their process namespace, machines by name and boot. Of two containers both
 * may run as process 1.
 */
function machineOf(): string {
  const boot = reading(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
  const namespace = reading(() => readlinkSync('/proc/self/ns/pid'));
  const facts = JSON.stringify([process.platform, hostname(), boot, namespace]);
  return createHash('sha256').update(facts).digest('hex').slice(0, 12);
}

/** State and start of a process as Linux tells them; null where it does not. */
function processOf(pid: number | 'self'): { state: string; started: number } | null {
  const text = reading(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  // the name in parentheses may hold anything, further ones too; state is the first field after it, start the twentieth
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields.length < 20 ? null : { state: fields[0], started: Number(fields[19]) };
}

let self: Owner | undefined;

/** This process. */
export function thisOwner(): Owner {
  self ??= { machine: machineOf(), pid: process.pid, started: processOf('self')?.started ?? 0 };
  return self;
}

export function stateOf({ machine, pid, started }: Owner): OwnerState {
  if (machine !== thisOwner().machine) return 'elsewhere';
  const found = processOf(pid);
  if (found) {
    const ended = found.state === 'Z' || found.state === 'X'; // killed, and nobody has asked how it ended
    return ended || (started > 0 && found.started !== started) ? 'dead' : 'running';
  }
  try {
    process.kill(pid, 0);
    return 'running';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH' ? 'dead' : 'running'; // there, and someone else's
  }
}

const anyTemporary = /^\.apportion-([0-9a-f]{12})-(\d+)-(\d+)-[0-9a-f]{16}\.tmp$/;

/** A name that nobody else takes, and that says whose it is. */
export function temporaryName(): string {
  const { machine, pid, started } = thisOwner();
  return `.apportion-${machine}-${pid}-${started}-${randomBytes(8).toString('hex')}.tmp`;
}

/** Whose temporary file a name is; null where it is none. */
export function ownerOf(name: string): Owner | null {
  const [, machine, pid, started] = anyTemporary.exec(name) ?? [];
  return machine === undefined ? null : { machine, pid: Number(pid), started: Number(started) };
}

/** Best effort. Tells whether it went well. */
export function ignoring(step: () => void): boolean {
  try {
    step();
    return true;
  } catch {
    return false;
  }
}
