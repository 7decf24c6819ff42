import type { Kernels } from '../kernels.js';
import type { Memory } from '../memory.js';

/** Twin of assembly/gram.ts. Additions to an element are in the order of the rows there too: `scratch` is not needed. */
export const gramPanel =
  (memory: Memory): Kernels['gramPanel'] =>
  (exposures, weights, gram, _scratch, bricks, columns) => {
    const { f64 } = memory;
    const out = gram / 8;
    for (let b = 0; b < bricks; b++) {
      const row = exposures / 8 + b * columns;
      const weight = f64[weights / 8 + b];
      for (let i = 0; i < columns; i++) {
        const value = weight * f64[row + i];
        const to = out + i * columns;
        // pairs of columns, as in assembly
        const end = i - (i % 2) + 2;
        for (let j = 0; j < end; j++) f64[to + j] += value * f64[row + j];
      }
    }
  };

/** Twin of assembly/gram.ts. */
export const gramSegments =
  (memory: Memory): Kernels['gramSegments'] =>
  (segments, ids, values, weights, gram, rows, size) => {
    const { f64, u32 } = memory;
    const id = ids / 4;
    const value = values / 8;
    for (let r = 0; r < rows; r++) {
      const start = u32[segments / 4 + r];
      const end = u32[segments / 4 + r + 1];
      const weight = f64[weights / 8 + r];
      for (let i = start; i < end; i++) {
        const v = weight * f64[value + i];
        if (v === 0) continue;
        const row = gram / 8 + u32[id + i] * size;
        for (let j = start; j <= i; j++) f64[row + u32[id + j]] += v * f64[value + j];
      }
    }
  };
