import type { Kernels } from '../kernels.js';
import type { Memory } from '../memory.js';

/** Twin of assembly/square.ts. */
export const squareSegments =
  (memory: Memory): Kernels['squareSegments'] =>
  (segments, entities, exposures, weights, sums, bricks) => {
    const { f64, u32 } = memory;
    for (let b = 0; b < bricks; b++) {
      const weight = f64[weights / 8 + b];
      if (!(weight > 0)) continue;
      const end = u32[segments / 4 + b + 1];
      for (let j = u32[segments / 4 + b]; j < end; j++) {
        const x = f64[exposures / 8 + j];
        f64[sums / 8 + u32[entities / 4 + j]] += weight * x * x;
      }
    }
  };

/** Twin of assembly/square.ts. */
export const squarePanel =
  (memory: Memory): Kernels['squarePanel'] =>
  (exposures, weights, sums, bricks, columns) => {
    const { f64 } = memory;
    for (let b = 0; b < bricks; b++) {
      const weight = f64[weights / 8 + b];
      const row = exposures / 8 + b * columns;
      for (let h = 0; h < columns; h++) f64[sums / 8 + h] += weight * f64[row + h] * f64[row + h];
    }
  };
