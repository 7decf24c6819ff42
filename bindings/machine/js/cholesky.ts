import type { Kernels } from '../kernels.js';
import type { Memory } from '../memory.js';

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
  (matrix, size, from, to) => {
    const { f64 } = memory;
    const start = matrix / 8;
    const eliminate = (i: number, first: number, end: number) => {
      const row = start + i * size;
      for (let j = first; j < end; j++) {
        const other = start + j * size;
        f64[row + j] = (f64[row + j] - dot(f64, row, other, j)) / f64[other + j];
      }
    };
    for (let first = from; first < to; first += 4) {
      const end = Math.min(first + 4, size);
      // four rows at once where there are four, as in assembly: a bad pivot leaves the same elements begun
      const four = end - first === 4 ? first : 0;
      for (let i = first; i < end; i++) eliminate(i, 0, four);
      for (let i = first; i < end; i++) {
        eliminate(i, four, i);
        const row = start + i * size;
        const pivot = f64[row + i] - dot(f64, row, row, i);
        if (!(pivot > 0)) return i + 1;
        f64[row + i] = Math.sqrt(pivot);
      }
    }
    return 0;
  };

/** Twin of assembly/cholesky.ts. */
export const traceInverse =
  (memory: Memory): Kernels['traceInverse'] =>
  (matrix, scratch, size, from, to, before) => {
    const { f64 } = memory;
    const start = matrix / 8;
    const work = scratch / 8;
    let trace = before;
    for (let i = from; i < to; i++) {
      const row = start + i * size;
      const own = work + (i % 4) * size;
      if (i % 4 === 0) f64.fill(0, work, work + 4 * size);
      // four rows of X at a time, which is as many subtractions in the same order and a third of the memory traffic
      let k = 0;
      for (; k + 4 <= i; k += 4) {
        const other = start + k * size;
        const factor0 = f64[row + k];
        const factor1 = f64[row + k + 1];
        const factor2 = f64[row + k + 2];
        const factor3 = f64[row + k + 3];
        for (let j = 0; j <= k; j++) {
          const at = other + j;
          f64[own + j] =
            f64[own + j] -
            factor0 * f64[at] -
            factor1 * f64[at + size] -
            factor2 * f64[at + 2 * size] -
            factor3 * f64[at + 3 * size];
        }
        for (let below = 1; below < 4; below++) {
          const factor = f64[row + k + below];
          for (let j = k + 1; j <= k + below; j++) f64[own + j] -= factor * f64[other + below * size + j];
        }
      }
      for (; k < i; k++) {
        const factor = f64[row + k];
        const other = start + k * size;
        for (let j = 0; j <= k; j++) f64[own + j] -= factor * f64[other + j];
      }
      const pivot = f64[row + i];
      f64[own + i] = 1;
      let squares = 0;
      for (let j = 0; j <= i; j++) {
        const x = f64[own + j] / pivot;
        f64[row + j] = x;
        squares += x * x;
      }
      trace += squares;
    }
    return trace;
  };

/** Twin of assembly/cholesky.ts. */
export const solveCholesky =
  (memory: Memory): Kernels['solveCholesky'] =>
  (matrix, vector, size) => {
    const { f64 } = memory;
    const v = vector / 8;
    for (let i = 0; i < size; i++) {
      const row = matrix / 8 + i * size;
      f64[v + i] = (f64[v + i] - dot(f64, row, v, i)) / f64[row + i];
    }
    for (let i = size - 1; i >= 0; i--) {
      const row = matrix / 8 + i * size;
      const x = f64[v + i] / f64[row + i];
      f64[v + i] = x;
      for (let j = 0; j < i; j++) f64[v + j] -= x * f64[row + j];
    }
  };
