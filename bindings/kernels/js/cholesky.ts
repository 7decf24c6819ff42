import type { Memory } from '../../memory/memory.js';
import type { Kernels } from '../kernels.js';

function dot(f64: Float64Array, a: number, b: number, count: number): number {
  let lane0 = 0;
  let lane1 = 0;
  let lane2 = 0;
  let lane3 = 0;
  const four = count - (count % 4);
  let k = 0;
  for (; k < four; k += 4) {
    lane0 += f64[a + k] * f64[b + k];
    lane1 += f64[a + k + 1] * f64[b + k + 1];
    lane2 += f64[a + k + 2] * f64[b + k + 2];
    lane3 += f64[a + k + 3] * f64[b + k + 3];
  }
  for (; k < count; k++) lane0 += f64[a + k] * f64[b + k];
  return lane0 + lane1 + (lane2 + lane3);
}

/** Twin of assembly/cholesky.ts. */
export const cholesky =
  (memory: Memory): Kernels['cholesky'] =>
  (matrix, size) => {
    const { f64 } = memory;
    const first = matrix / 8;
    for (let i = 0; i < size; i++) {
      const row = first + i * size;
      for (let j = 0; j < i; j++) {
        const other = first + j * size;
        f64[row + j] = (f64[row + j] - dot(f64, row, other, j)) / f64[other + j];
      }
      const pivot = f64[row + i] - dot(f64, row, row, i);
      if (!(pivot > 0)) return i + 1;
      f64[row + i] = Math.sqrt(pivot);
    }
    return 0;
  };

/** Twin of assembly/cholesky.ts. */
export const traceInverse =
  (memory: Memory): Kernels['traceInverse'] =>
  (matrix, scratch, size) => {
    const { f64 } = memory;
    const first = matrix / 8;
    const work = scratch / 8;
    let trace = 0;
    for (let i = 0; i < size; i++) {
      const row = first + i * size;
      f64.fill(0, work, work + size);
      for (let k = 0; k < i; k++) {
        const factor = f64[row + k];
        const other = first + k * size;
        for (let j = 0; j <= k; j++) f64[work + j] -= factor * f64[other + j];
      }
      const pivot = f64[row + i];
      f64[work + i] = 1;
      let squares = 0;
      for (let j = 0; j <= i; j++) {
        const x = f64[work + j] / pivot;
        f64[row + j] = x;
        squares += x * x;
      }
      trace += squares;
    }
    return trace;
  };
