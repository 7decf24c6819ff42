import { logOf } from '../../math/log.js';
import type { Kernels } from '../kernels.js';
import type { Memory } from '../memory.js';

/** Twin of assembly/log.ts. */
export const log =
  (memory: Memory): Kernels['log'] =>
  (inputs, outputs, count) => {
    const { f64 } = memory;
    const from = inputs / 8;
    const to = outputs / 8;
    for (let i = 0; i < count; i++) f64[to + i] = logOf(f64[from + i]);
  };
