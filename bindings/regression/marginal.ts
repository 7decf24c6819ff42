import { expOf } from '../math/exp.js';
import { dot } from '../math/vectors.js';
import type { Pass } from '../pass/pass.js';
import type { Statistics } from '../pass/statistics.js';
import type { Projection } from '../pass/want.js';
import type { Height } from '../solve/searchUp.js';

/** Covariates in the form that solvers use: `size` columns in rows of `stride`, the intercept first. */
export interface Regression {
  readonly values: Float64Array;
  readonly stride: number;
  readonly size: number;
  /** Penalties ridge_c beta_c^2 / 2 + lasso_c |beta_c| on standardised coefficients, in the unit of the totals. */
  readonly ridge: Float64Array;
  readonly lasso: Float64Array;
}

/** Where a fit of coefficients may stop. */
export interface CoefficientLimits {
  /** Rise still promised, per unit of total. */
  readonly tolerance: number;
  /** Sweeps this call may make. */
  readonly maxPasses: number;
  readonly onSweep?: ((sweep: { passes: number; objective: number }) => void) | undefined;
}

/** All that one sweep tells of coefficients. */
export interface Evaluation extends Height {
  readonly coefficients: Float64Array;
  readonly productivity: Float64Array;
  readonly statistics: Statistics;
  /** Of the totals, terms in them alone dropped; the objective is that less the penalties. */
  readonly logLikelihood: number;
  /** Of the log-likelihood less the ridge: the lasso has none. */
  readonly gradient: Float64Array;
  /** J'WJ by rows of `stride`, lower triangle, for the weighing that was asked for; without the ridge. */
  readonly information: Float64Array | null;
}

/**
 * The marginal log-likelihood of the totals, sum y ln u - u with u = A exp(X beta), its gradient X'(p (g - s)) and, in the
 * same sweep, its information (docs/method.md, "Covariates").
 */
export async function evaluate(
  pass: Pass,
  regression: Regression,
  coefficients: Float64Array,
  weighing: Projection['weighing'] | null,
): Promise<Evaluation> {
  const { values, stride, size, ridge, lasso } = regression;
  const productivity = productivityAt(regression, coefficients, pass.entities);
  // all bricks in one block: the slope is the sum of (y / u - 1) J
  const oneBlock = { blockOf: new Uint32Array(pass.bricks), blocks: 1 };
  const projection = weighing ? { design: values, columns: stride, weighing, ...oneBlock } : null;
  const statistics = await pass.sweep(productivity, { projection });
  const gradient = statistics.projected?.scores?.slice(0, size) ?? slopeOf(pass, regression, productivity, statistics);
  const fitted = dot(productivity, pass.exposure);
  let penalty = 0;
  for (let c = 0; c < size; c++) {
    gradient[c] -= ridge[c] * coefficients[c];
    penalty += (ridge[c] * coefficients[c] * coefficients[c]) / 2 + lasso[c] * Math.abs(coefficients[c]);
  }
  const logLikelihood = statistics.logFit - fitted;
  return {
    coefficients,
    productivity,
    statistics,
    objective: Number.isNaN(logLikelihood) ? Number.NEGATIVE_INFINITY : logLikelihood - penalty,
    magnitude: Math.abs(statistics.logFit) + fitted + penalty,
    logLikelihood,
    gradient,
    information: statistics.projected?.gram ?? null,
  };
}

/** Looks at coefficients, counts the sweeps and tells of each. */
export function createEvaluator(pass: Pass, regression: Regression, { onSweep }: Pick<CoefficientLimits, 'onSweep'>) {
  const before = pass.passes;
  const used = () => pass.passes - before;
  return {
    used,
    async look(coefficients: Float64Array, weighing: Projection['weighing'] | null): Promise<Evaluation> {
      const spot = await evaluate(pass, regression, coefficients, weighing);
      onSweep?.({ passes: used(), objective: spot.objective });
      return spot;
    },
  };
}

/** X'(p (g - s)): the same slope from the credits of entities. */
function slopeOf(
  pass: Pass,
  { values, stride, size }: Regression,
  productivity: Float64Array,
  { credits }: Statistics,
): Float64Array {
  const slope = new Float64Array(size);
  for (let h = 0; h < productivity.length; h++) {
    const pull = productivity[h] * (credits[h] - pass.exposure[h]);
    for (let c = 0; c < size; c++) slope[c] += pull * values[h * stride + c];
  }
  return slope;
}

/** exp(X beta). */
export function productivityAt(
  { values, stride }: Pick<Regression, 'values' | 'stride'>,
  coefficients: Float64Array,
  entities: number,
): Float64Array {
  const productivity = new Float64Array(entities);
  // rows are padded with zeros to fours: four sums, as one would wait for itself
  const beta = new Float64Array(stride);
  beta.set(coefficients);
  for (let h = 0, at = 0; h < entities; h++) {
    let first = 0;
    let second = 0;
    let third = 0;
    let fourth = 0;
    for (let c = 0; c < stride; c += 4, at += 4) {
      first += values[at] * beta[c];
      second += values[at + 1] * beta[c + 1];
      third += values[at + 2] * beta[c + 2];
      fourth += values[at + 3] * beta[c + 3];
    }
    productivity[h] = expOf(first + second + (third + fourth));
  }
  return productivity;
}
