import { expOf } from '../../kernels/js/exp.js';
import { logOf } from '../../kernels/js/log.js';
import type { Kernels } from '../../kernels/kernels.js';
import type { Arena } from '../../memory/arena.js';
import type { Pass } from '../pass.js';
import { solveEach } from './direction.js';
import type { CoefficientFit } from './fisher.js';
import type { Regression, Spot } from './marginal.js';

/** One strength of a penalty and what it leads to. */
export interface PathStep {
  readonly strength: number;
  /** Coefficients that are not zero (lasso), or that the data decide (ridge); the intercept included. */
  readonly parameters: number;
  readonly logLikelihood: number;
  /** -2 log-likelihood / dispersion + parameters ln(bricks): the smallest is chosen. */
  readonly criterion: number;
}

const steps = 30;
const range = 1e-4; // of the strength that leaves nothing but the intercept

/**
 * Strengths from the one that leaves nothing but the intercept downwards, each from the optimum before it, and the one whose
 * criterion (Schwarz 1978, with the dispersion of the proportional fit) is smallest.
 */
export async function walkPath(
  kernels: Kernels,
  arena: Arena,
  pass: Pass,
  problem: {
    readonly kind: 'ridge' | 'lasso';
    readonly dispersion: number;
    readonly start: Float64Array;
    readonly regressionAt: (strength: number) => Regression;
    readonly fitAt: (regression: Regression, start: Float64Array) => Promise<CoefficientFit>;
  },
): Promise<{ strength: number; path: PathStep[]; start: Float64Array }> {
  const { kind, dispersion, start, regressionAt, fitAt } = problem;
  // with the intercept alone the slopes say which strength holds all of them at zero; a ridge never does: a tenth of it
  const nothing = await fitAt(regressionAt(Number.MAX_VALUE / 1e200), start);
  const { gradient } = nothing.spot;
  const slopes = gradient.subarray(1).reduce((most, g) => Math.max(most, Math.abs(g)), 0) / dispersion;
  const largest = kind === 'lasso' ? slopes : 10 * slopes;
  const path: PathStep[] = [];
  let best = { criterion: Number.POSITIVE_INFINITY, strength: 0, start };
  let from = nothing.spot.coefficients;
  for (let k = 0; k < steps; k++) {
    const strength = largest * expOf((k / (steps - 1)) * logOf(range));
    if (!(strength > 0)) break;
    const regression = regressionAt(strength);
    const { spot } = await fitAt(regression, from);
    from = spot.coefficients;
    const parameters = parametersOf(kernels, arena, regression, spot);
    const criterion = (-2 * spot.logLikelihood) / dispersion + parameters * logOf(pass.bricks);
    path.push({ strength, parameters, logLikelihood: spot.logLikelihood, criterion });
    if (criterion < best.criterion) best = { criterion, strength, start: from };
  }
  return { strength: best.strength, path, start: best.start };
}

/** Coefficients that are not zero under a lasso; under a ridge the trace of (information + ridge)^-1 information. */
export function parametersOf(
  kernels: Kernels,
  arena: Arena,
  { size, stride, ridge, lasso }: Regression,
  { coefficients, information }: Spot,
): number {
  if (!information || ridge.every((weight) => weight === 0)) {
    return coefficients.reduce((count, x, c) => count + (lasso[c] > 0 && x === 0 ? 0 : 1), 0);
  }
  const matrix = new Float64Array(size * size);
  const columns = Array.from({ length: size }, () => new Float64Array(size));
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      matrix[i * size + j] = information[i * stride + j];
      columns[j][i] = information[i * stride + j];
      columns[i][j] = information[i * stride + j];
    }
    matrix[i * size + i] += ridge[i];
  }
  return solveEach(kernels, arena, matrix, columns).reduce((sum, column, c) => sum + column[c], 0);
}
