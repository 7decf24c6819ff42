import { expOf } from '../../math/exp.js';
import type { Kernels } from '../kernels.js';
import type { Memory } from '../memory.js';

/** Twin of assembly/exp.ts. */
export const exp =
  (memory: Memory): Kernels['exp'] =>
  (inputs, outputs, count) => {
    const { f64 } = memory;
    const from = inputs / 8;
    const to = outputs / 8;
    for (let i = 0; i < count; i++) f64[to + i] = expOf(f64[from + i]);
  };
