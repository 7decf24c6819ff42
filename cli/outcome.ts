import { ApportionError, InputError } from '../bindings/errors.js';

/** What the command's exit code says. */
export const exitCodes = {
  done: 0,
  bug: 1,
  input: 2, // the input or the configuration is wrong
  notConverged: 3, // written, and says so
  machine: 4, // disk, memory, permission, a missing package
  interrupted: 130,
} as const;

/** The machine said no. The message is a sentence for the person at the terminal. */
export class MachineError extends Error {
  override readonly name = 'MachineError';
}

const refusals: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EROFS: 'read-only file system',
  ENOSPC: 'no space left on the disk',
  EDQUOT: 'disk quota used up',
  EMFILE: 'too many open files',
  ENFILE: 'too many open files',
  ENOMEM: 'out of memory',
  EIO: 'input/output error',
  EFBIG: 'file too large',
  ENOTDIR: 'a part of the path is a file',
  EISDIR: 'a folder',
  EEXIST: 'a file of that name is there',
  ELOOP: 'a circle of links',
  ENAMETOOLONG: 'name too long',
};

/** What the file system refused, in words; null when the error is not one of its. */
export const refusalOf = (error: unknown): string | null =>
  refusals[(error as NodeJS.ErrnoException)?.code ?? ''] ?? null;

/** The exit code of an error, and the lines that go to stderr. */
export function describeError(error: unknown, signal: AbortSignal): { code: number; lines: string } {
  if (signal.aborted) return { code: exitCodes.interrupted, lines: 'interrupted: nothing was written' };
  if (error instanceof InputError) return { code: exitCodes.input, lines: error.message };
  if (error instanceof ApportionError || error instanceof MachineError) {
    return { code: exitCodes.machine, lines: error.message };
  }
  const refusal = refusalOf(error);
  if (refusal !== null) {
    const { path } = error as NodeJS.ErrnoException;
    return { code: exitCodes.machine, lines: `${path ?? 'file'}: ${refusal}` };
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  // the last two are texts longer than JavaScript can hold
  if (
    /Out of Memory Error|Array buffer allocation failed|Invalid (typed )?array (buffer )?length|Cannot create a string longer|Invalid string length/.test(
      text,
    )
  ) {
    return {
      code: exitCodes.machine,
      lines: `memory: expected enough for these tables, got: ${text.split('\n', 1)[0]}`,
    };
  }
  return { code: exitCodes.bug, lines: `a bug in apportion, please report it:\n${text}` };
}
