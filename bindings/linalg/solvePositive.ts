import { f64 } from '../machine/arena.js';
import type { Machine } from '../machine/machine.js';

const firstRidge = 1e-12; // of the unit diagonal, where rounding took a pivot
const mostRidge = 1e-2;

/** matrix^-1 right for a positive semidefinite matrix, lower triangle by rows; a little is added where it is singular. */
export function solvePositive(machine: Machine, matrix: Float64Array, right: Float64Array): Float64Array {
  return solveEach(machine, matrix, [right])[0];
}

/** The same for several right-hand sides. */
export function solveEach(
  { kernels, arena }: Machine,
  matrix: Float64Array,
  rights: readonly Float64Array[],
): Float64Array[] {
  const size = Math.round(Math.sqrt(matrix.length));
  const scale = Float64Array.from({ length: size }, (_, i) => {
    const diagonal = matrix[i * size + i];
    return diagonal > 0 ? 1 / Math.sqrt(diagonal) : 0;
  });
  const region = arena.open({ matrix: f64(size * size), vector: f64(size) });
  try {
    for (let more = 0; more <= mostRidge; more = more === 0 ? firstRidge : more * 100) {
      const lower = region.f64('matrix');
      for (let i = 0; i < size; i++) {
        for (let j = 0; j < i; j++) lower[i * size + j] = matrix[i * size + j] * scale[i] * scale[j];
        lower[i * size + i] = 1 + more;
      }
      if (kernels.cholesky(region.at.matrix, size, 0, size) !== 0) continue;
      return rights.map((right) => {
        const vector = region.f64('vector');
        for (let i = 0; i < size; i++) vector[i] = right[i] * scale[i];
        kernels.solveCholesky(region.at.matrix, region.at.vector, size);
        return Float64Array.from(vector, (x, i) => x * scale[i]);
      });
    }
  } finally {
    region.close();
  }
  return rights.map(() => new Float64Array(size));
}
