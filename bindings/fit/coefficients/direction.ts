import type { Kernels } from '../../kernels/kernels.js';
import { type Arena, f64 } from '../../memory/arena.js';
import type { Regression, Spot } from './marginal.js';

const firstRidge = 1e-12; // of the unit diagonal, where rounding took a pivot
const mostRidge = 1e-2;
const mostRounds = 10000; // of coordinate descent
const settled = 1e-14; // of the largest move: coordinate descent has arrived

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
    ? descend(matrix, gradient, coefficients, lasso)
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
      if (kernels.cholesky(region.at.matrix, size) !== 0) continue;
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

/** Coordinate descent (Friedman, Hastie & Tibshirani 2010) on the quadratic with the lasso at beta + d. */
function descend(
  matrix: Float64Array,
  gradient: Float64Array,
  coefficients: Float64Array,
  lasso: Float64Array,
): Float64Array {
  const size = gradient.length;
  const entry = (i: number, j: number) => (i >= j ? matrix[i * size + j] : matrix[j * size + i]);
  const step = new Float64Array(size);
  const slope = Float64Array.from(gradient); // gradient - matrix step
  for (let round = 0; round < mostRounds; round++) {
    let largest = 0;
    for (let c = 0; c < size; c++) {
      const curvature = entry(c, c);
      if (!(curvature > 0)) continue;
      const at = coefficients[c] + step[c];
      const wish = at + slope[c] / curvature;
      const less = lasso[c] / curvature;
      const to = wish > less ? wish - less : wish < -less ? wish + less : 0;
      const move = to - at;
      if (move === 0) continue;
      // to the bit: what the lasso puts at zero ends there
      step[c] = to === 0 ? -coefficients[c] : step[c] + move;
      for (let j = 0; j < size; j++) slope[j] -= entry(j, c) * move;
      largest = Math.max(largest, Math.abs(move) * Math.sqrt(curvature));
    }
    let longest = 0;
    for (let c = 0; c < size; c++) longest = Math.max(longest, Math.abs(step[c]) * Math.sqrt(entry(c, c)));
    if (largest <= settled * longest || largest === 0) break;
  }
  return step;
}
