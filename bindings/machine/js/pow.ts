import { powOf } from '../../math/pow.js';
import type { Kernels } from '../kernels.js';
import type { Memory } from '../memory.js';

/** Twin of assembly/pow.ts. */
export const pow =
  (memory: Memory): Kernels['pow'] =>
  (bases, exponents, outputs, count) => {
    const { f64 } = memory;
    const base = bases / 8;
    const exponent = exponents / 8;
    const to = outputs / 8;
    for (let i = 0; i < count; i++) f64[to + i] = powOf(f64[base + i], f64[exponent + i]);
  };
