import { crossProducts } from '../linalg/crossProducts.js';
import type { Pass } from '../pass/pass.js';
import { rounding } from '../solve/climb.js';
import { directionFrom } from './direction.js';
import { type CoefficientFit, moved } from './fisher.js';
import {
  type CoefficientLimits,
  createEvaluator,
  type Evaluation,
  productivityAt,
  type Regression,
} from './marginal.js';

const mostInner = 50;
const innerGain = 1e-20; // of the total: the M step is done

/**
 * Expectation-maximisation: the E step credits each entity, the M step is a Poisson regression of the credits with offset
 * ln(summed exposure), by iteratively reweighted least squares to its end. Slow and sure: the objective never falls. It stops
 * by the same measure as `fisher`, for which it looks at the information once the M step alone moves little.
 */
export async function irls(
  pass: Pass,
  regression: Regression,
  start: Float64Array,
  limits: CoefficientLimits,
): Promise<CoefficientFit> {
  const { used, look } = createEvaluator(pass, regression, limits);
  let spot = await look(start, null);
  let near = false;
  let gain = Number.POSITIVE_INFINITY;
  while (used() < limits.maxPasses) {
    const credits = spot.productivity.map((p, h) => p * spot.statistics.credits[h]);
    const { coefficients, promised } = maximise(pass, regression, spot, credits);
    // the M step promises less than Fisher's step would: past this the true promise is worth looking at
    const still = coefficients.every((x, c) => x === spot.coefficients[c]);
    near ||= still || promised / pass.total <= limits.tolerance;
    const next = await look(coefficients, near ? 'expected' : null);
    if (next.objective < spot.objective - rounding * spot.magnitude) break;
    spot = next;
    if (!near) continue;
    gain = Math.max(0, directionFrom(pass.machine, regression, spot, spot.information!).gain) / pass.total;
    if (gain <= limits.tolerance || still) break;
  }
  return { spot, gain, passes: used(), converged: gain <= limits.tolerance };
}

/** The Poisson regression of credits on covariates, and the rise its first step promised. */
function maximise(
  pass: Pass,
  regression: Regression,
  from: Evaluation,
  credits: Float64Array,
): { coefficients: Float64Array; promised: number } {
  const { values, stride, size, ridge, lasso } = regression;
  let { coefficients } = from;
  let first = 0;
  const valueAt = (at: Float64Array) => {
    let sum = 0;
    const productivity = productivityAt(regression, at, pass.entities);
    for (let h = 0; h < productivity.length; h++) {
      let score = 0;
      for (let c = 0; c < size; c++) score += values[h * stride + c] * at[c];
      sum += credits[h] * score - pass.exposure[h] * productivity[h];
    }
    for (let c = 0; c < size; c++) sum -= (ridge[c] * at[c] * at[c]) / 2 + lasso[c] * Math.abs(at[c]);
    return sum;
  };
  let value = valueAt(coefficients);
  for (let round = 0; round < mostInner; round++) {
    const productivity = productivityAt(regression, coefficients, pass.entities);
    const weights = productivity.map((p, h) => p * pass.exposure[h]);
    const gradient = new Float64Array(size);
    for (let h = 0; h < weights.length; h++) {
      for (let c = 0; c < size; c++) gradient[c] += (credits[h] - weights[h]) * values[h * stride + c];
    }
    for (let c = 0; c < size; c++) gradient[c] -= ridge[c] * coefficients[c];
    const information = crossProducts(pass.machine, values, stride, weights);
    const { step, gain } = directionFrom(pass.machine, regression, { coefficients, gradient }, information);
    if (round === 0) first = gain;
    if (!(gain > innerGain * pass.total)) break;
    let share = 1;
    let next = moved(coefficients, share, step);
    let found = valueAt(next);
    const least = value - rounding * (Math.abs(value) + pass.total);
    while (!(found >= least) && share > 1e-9) {
      share /= 2;
      next = moved(coefficients, share, step);
      found = valueAt(next);
    }
    if (!(found >= least)) break;
    coefficients = next;
    value = found;
  }
  return { coefficients, promised: first };
}
