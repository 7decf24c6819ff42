import { describe, expect, it } from 'vitest';
import { ApportionError, InputError, MemoryError } from '../../bindings/index.js';
import { describeError, MachineError } from '../../cli/outcome.js';

const quiet = new AbortController().signal;
const system = (code: string, path?: string) => Object.assign(new Error(`${code}: refused`), { code, path });

describe('the outcome of an error', () => {
  it.each([
    [
      new InputError([
        { kind: 'k', path: 'a', message: 'a: wrong' },
        { kind: 'k', path: 'b', message: 'b: wrong' },
      ]),
      2,
      'a: wrong\nb: wrong',
    ],
    [new MemoryError(20, 10), 4, 'memory: expected at most 10 bytes, needed 20. Raise memoryLimit or split the input.'],
    [new ApportionError('kernels', 'kernels: expected WebAssembly'), 4, 'kernels: expected WebAssembly'],
    [new MachineError('--out: no'), 4, '--out: no'],
    [system('ENOSPC', 'r/a.csv'), 4, 'r/a.csv: no space left on the disk'],
    [system('EACCES', 'x'), 4, 'x: permission denied'],
    [
      new Error('Out of Memory Error: could not allocate block of size 256.0 KiB\nDetails'),
      4,
      'memory: expected enough for these tables, got: Error: Out of Memory Error: could not allocate block of size 256.0 KiB',
    ],
    [
      new RangeError('Array buffer allocation failed'),
      4,
      'memory: expected enough for these tables, got: RangeError: Array buffer allocation failed',
    ],
    [
      new RangeError('Invalid string length'),
      4,
      'memory: expected enough for these tables, got: RangeError: Invalid string length',
    ],
    [
      new Error('Cannot create a string longer than 0x1fffffe8 characters'),
      4,
      'memory: expected enough for these tables, got: Error: Cannot create a string longer than 0x1fffffe8 characters',
    ],
  ])('%s is exit code %i', (error, code, lines) => {
    expect(describeError(error, quiet)).toEqual({ code, lines });
  });

  it('is exit code 1 and the stack for everything else', () => {
    const error = new TypeError('x is not a function');
    expect(describeError(error, quiet)).toEqual({
      code: 1,
      lines: `a bug in apportion, please report it:\n${error.stack}`,
    });
  });

  it('is exit code 130 when the run was interrupted, whatever broke on the way', () => {
    const lines = 'interrupted: nothing was written';
    expect(describeError(new Error('INTERRUPT Error: Interrupted!'), AbortSignal.abort())).toEqual({
      code: 130,
      lines,
    });
  });
});
