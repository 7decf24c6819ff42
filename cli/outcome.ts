import { ApportionError, InputError } from '../bindings/base/errors.js';

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
  EBUSY: 'in use by another program',
  ETXTBSY: 'in use by another program',
  EXDEV: 'on another file system',
  ESTALE: 'no longer there on the server',
  ETIMEDOUT: 'no answer from the server',
  EPIPE: 'nobody reads it any more',
};

/** What the file system refused, in words, or its own code; null when the error is not one of its. */
export function refusalOf(error: unknown): string | null {
  const { code = '', syscall, message = '' } = (error ?? {}) as NodeJS.ErrnoException;
  if (code === 'ERR_INVALID_ARG_VALUE' && message.includes('null bytes')) return 'a name with a NUL character in it';
  const known = Object.hasOwn(refusals, code) ? refusals[code] : null;
  return known ?? (syscall !== undefined && /^E[A-Z0-9]+$/.test(code) ? code : null);
}

/** More than the machine, or one text or array of JavaScript, can hold. */
const outOfMemory =
  /Out of Memory Error|Array buffer allocation failed|Invalid (typed )?array (buffer )?length|Invalid string length|Cannot create a string longer than|(Set|Map) maximum size exceeded/;

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
  if (outOfMemory.test(text)) {
    return {
      code: exitCodes.machine,
      lines: `memory: expected enough for these tables, got: ${text.split('\n', 1)[0]}`,
    };
  }
  return { code: exitCodes.bug, lines: `a bug in apportion, please report it:\n${text}` };
}
