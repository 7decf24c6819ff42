import { type Arena, f64 } from '../machine/arena.js';
import type { Kernels } from '../machine/kernels.js';
import { descend } from './coordinateDescent.js';
import type { Regression, Spot } from './marginal.js';

const firstRidge = 1e-12; // of the unit diagonal, where rounding took a pivot
const mostRidge = 1e-2;

/** A step, and the rise it promises: gradient'd - (penalty after - before), to first order. */
export interface Direction {
  readonly step: Float64Array;
  readonly gain: number;
}

/**
 * The step that is best for the quadratic gradient'd - d'(information + ridge) d / 2 - lasso |beta + d|: by Cholesky, or by
 * coordinate descent where there is a lasso. `information` is by rows of `stride`, lower triangle. @throws MemoryError
 */
export function directionFrom(
  kernels: Kernels,
  arena: Arena,
  regression: Regression,
  { coefficients, gradient }: Pick<Spot, 'coefficients' | 'gradient'>,
  information: Float64Array,
): Direction {
  const { size, stride, ridge, lasso } = regression;
  const matrix = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) matrix[i * size + j] = information[i * stride + j];
    matrix[i * size + i] += ridge[i];
  }
  const step = lasso.some((weight) => weight > 0)
    ? descend(matrix, gradient, coefficients, lasso, (some, right) => solvePositive(kernels, arena, some, right))
    : solvePositive(kernels, arena, matrix, gradient);
  let gain = 0;
  for (let c = 0; c < size; c++) {
    const [from, to] = [coefficients[c], coefficients[c] + step[c]];
    // on one side of zero the penalty is a slope: taken off the gradient first, so that nothing cancels near the optimum
    if (from * to > 0) gain += (gradient[c] - lasso[c] * Math.sign(from)) * step[c];
    else gain += gradient[c] * step[c] - lasso[c] * (Math.abs(to) - Math.abs(from));
  }
  return { step, gain };
}

/** matrix^-1 right for a positive semidefinite matrix, lower triangle by rows; a little is added where it is singular. */
export function solvePositive(kernels: Kernels, arena: Arena, matrix: Float64Array, right: Float64Array): Float64Array {
  return solveEach(kernels, arena, matrix, [right])[0];
}

/** The same for several right-hand sides. */
export function solveEach(
  kernels: Kernels,
  arena: Arena,
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
