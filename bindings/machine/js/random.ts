import { philoxOf } from '../../math/random.js';
import type { Kernels } from '../kernels.js';
import type { Memory } from '../memory.js';

/** Twin of assembly/random.ts. */
export const randomWords =
  (memory: Memory): Kernels['randomWords'] =>
  (keyLow, keyHigh, stream, first, words, blocks) => {
    const { u32 } = memory;
    const at = words / 4;
    for (let b = 0; b < blocks; b++) {
      const counter = first + b;
      philoxOf(counter, Math.floor(counter / 4294967296), stream, 0, keyLow, keyHigh, u32, at + 4 * b);
    }
  };
