import { solveEach } from '../linalg/solvePositive.js';
import type { Machine } from '../machine/machine.js';
import { expOf } from '../math/exp.js';
import { logOf } from '../math/log.js';
import type { Pass } from '../pass/pass.js';
import type { CoefficientFit } from './fisher.js';
import type { Evaluation, Regression } from './marginal.js';

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
const accurate = 0.01; // of the criterion: the optimum of the strength that is chosen is then found to the end
const range = 1e-4; // of the strength that leaves nothing but the intercept

/**
 * Strengths from the one that leaves nothing but the intercept downwards, each from the optimum before it, and the one whose
 * criterion (Schwarz 1978, with the dispersion of the proportional fit) is smallest. Optima on the way are as near as the
 * criterion needs them. `whole` where sweeps lasted to the end.
 */
export async function walkPath(
  pass: Pass,
  problem: {
    readonly kind: 'ridge' | 'lasso';
    readonly dispersion: number;
    readonly start: Float64Array;
    readonly regressionAt: (strength: number) => Regression;
    readonly fitAt: (regression: Regression, start: Float64Array, tolerance?: number) => Promise<CoefficientFit>;
    /** Whether no sweeps are left. */
    readonly exhausted: () => boolean;
  },
): Promise<{ strength: number; path: PathStep[]; found: CoefficientFit; whole: boolean }> {
  const { kind, dispersion, start, regressionAt, fitAt, exhausted } = problem;
  const tolerance = (accurate / 2) * (dispersion / pass.total);
  // with the intercept alone the slopes say which strength holds all of them at zero; a ridge never does: a tenth of it
  const held = regressionAt(Number.MAX_VALUE / 1e200);
  const open = regressionAt(0);
  const nothing = await fitAt(held, start);
  const { gradient, coefficients } = nothing.spot;
  let slopes = 0;
  gradient.forEach((slope, c) => {
    // coefficients that groups have of their own are not on the path
    if (held.ridge[c] === open.ridge[c] && held.lasso[c] === open.lasso[c]) return;
    // what the ridge took off the slope of the likelihood
    slopes = Math.max(slopes, Math.abs(slope + held.ridge[c] * coefficients[c]) / dispersion);
  });
  const largest = kind === 'lasso' ? slopes : 10 * slopes;
  const path: PathStep[] = [];
  let best = { criterion: Number.POSITIVE_INFINITY, strength: largest, found: nothing };
  let from = nothing.spot.coefficients;
  for (let k = 0; k < steps && !exhausted(); k++) {
    const strength = largest * expOf((k / (steps - 1)) * logOf(range));
    if (!(strength > 0)) break;
    const regression = regressionAt(strength);
    const found = await fitAt(regression, from, tolerance);
    const { spot } = found;
    from = spot.coefficients;
    const parameters = parametersOf(pass.machine, regression, spot);
    const criterion = (-2 * spot.logLikelihood) / dispersion + parameters * logOf(pass.bricks);
    path.push({ strength, parameters, logLikelihood: spot.logLikelihood, criterion });
    if (criterion < best.criterion) best = { criterion, strength, found };
  }
  return { strength: best.strength, path, found: best.found, whole: path.length === steps || !(largest > 0) };
}

/** Coefficients that a lasso leaves; under a ridge the trace of (information + ridge)^-1 information over them. */
export function parametersOf(
  machine: Machine,
  { stride, ridge, lasso }: Regression,
  { coefficients, information }: Evaluation,
): number {
  const left = [...coefficients.keys()].filter((c) => !(lasso[c] > 0 && coefficients[c] === 0));
  if (!information || ridge.every((weight) => weight === 0)) return left.length;
  const size = left.length;
  const matrix = new Float64Array(size * size);
  const columns = Array.from({ length: size }, () => new Float64Array(size));
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      const entry = information[left[i] * stride + left[j]];
      matrix[i * size + j] = entry;
      columns[j][i] = entry;
      columns[i][j] = entry;
    }
    matrix[i * size + i] += ridge[left[i]];
  }
  return solveEach(machine, matrix, columns).reduce((sum, column, c) => sum + column[c], 0);
}
