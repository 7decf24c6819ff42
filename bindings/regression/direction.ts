import { solvePositive } from '../linalg/solvePositive.js';
import type { Machine } from '../machine/machine.js';
import { descend } from './coordinateDescent.js';
import type { Evaluation, Regression } from './marginal.js';

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
  machine: Machine,
  regression: Regression,
  { coefficients, gradient }: Pick<Evaluation, 'coefficients' | 'gradient'>,
  information: Float64Array,
): Direction {
  const { size, stride, ridge, lasso } = regression;
  const matrix = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) matrix[i * size + j] = information[i * stride + j];
    matrix[i * size + i] += ridge[i];
  }
  const step = lasso.some((weight) => weight > 0)
    ? descend(matrix, gradient, coefficients, lasso, (some, right) => solvePositive(machine, some, right))
    : solvePositive(machine, matrix, gradient);
  let gain = 0;
  for (let c = 0; c < size; c++) {
    const [from, to] = [coefficients[c], coefficients[c] + step[c]];
    // on one side of zero the penalty is a slope: taken off the gradient first, so that nothing cancels near the optimum
    if (from * to > 0) gain += (gradient[c] - lasso[c] * Math.sign(from)) * step[c];
    else gain += gradient[c] * step[c] - lasso[c] * (Math.abs(to) - Math.abs(from));
  }
  return { step, gain };
}
