import { dot } from '../math/vectors.js';
import type { Pass } from '../pass/pass.js';
import { searchUp } from '../solve/searchUp.js';
import { directionFrom } from './direction.js';
import { type CoefficientLimits, createEvaluator, type Evaluation, type Regression } from './marginal.js';
import { isPositive, observedInformation } from './observed.js';

/** Coefficients at which no step promises a rise: a local optimum. */
export interface CoefficientFit {
  readonly spot: Evaluation;
  /** Rise that the last step promised, per unit of total. */
  readonly gain: number;
  readonly passes: number;
  readonly converged: boolean;
}

const fair = 0.5; // of what the step before promised
const patience = 4;
const longest = 5; // of ln productivity of any entity: further the quadratic says nothing

/**
 * Fisher scoring on the marginal likelihood of the totals: steps by the expected information, which is positive semidefinite
 * everywhere, halved until they rise. Where they crawl, because columns that nearly depend on each other have far more observed
 * information than expected, by the observed one (Newton). docs/method.md, "Covariates".
 */
export async function fisher(
  pass: Pass,
  regression: Regression,
  start: Float64Array,
  limits: CoefficientLimits,
): Promise<CoefficientFit> {
  const { used, look } = createEvaluator(pass, regression, limits);
  let weighing: 'expected' | 'observed' = 'expected';
  const smooth = regression.lasso.every((weight) => weight === 0);
  const reach = reachOf(regression, pass.entities);
  let spot = await look(start, weighing);
  let gain = Number.POSITIVE_INFINITY;
  let crawling = 0; // steps in a row that hardly lowered what the next one promises
  let arrived = false;
  /** The information to step by: the observed one where that is asked for and positive definite. */
  const informationAt = async (at: Evaluation) => {
    if (weighing === 'expected') return at.information!;
    const observed = observedInformation(pass, regression, at, at.information!);
    if (isPositive(regression, observed)) return observed;
    return lasts() ? (await look(at.coefficients, 'expected')).information! : null;
  };
  // one sweep is kept for the way back to the expected information
  const lasts = () => used() < limits.maxPasses - (weighing === 'observed' ? 1 : 0);
  while (!arrived && lasts()) {
    const information = await informationAt(spot);
    if (!information) break;
    const { step, gain: promised } = directionFrom(pass.machine, regression, spot, information);
    const before = gain;
    gain = Math.max(0, promised) / pass.total;
    crawling = gain > fair * before ? crawling + 1 : 0;
    if (crawling >= patience && weighing === 'expected' && used() + 2 <= limits.maxPasses) {
      weighing = 'observed';
      spot = await look(spot.coefficients, weighing);
      gain = Number.POSITIVE_INFINITY;
      continue;
    }
    const small = gain <= limits.tolerance;
    const share = Math.min(1, longest / largestMove(regression, step, reach, pass.entities));
    const better = await searchUp(
      spot,
      { promised, share, small },
      (part) => look(moved(spot.coefficients, part, step), weighing),
      // under a lasso the slope has a kink at 0: no word against the step
      ({ gradient }) => (smooth ? dot(gradient, step) : 0),
      lasts,
    );
    // a step within the tolerance is taken too: coefficients move with the square root of what is gained
    arrived = small || better === null;
    if (better) spot = better;
  }
  // what comes after asks for the expected one
  if (weighing === 'observed') spot = await look(spot.coefficients, 'expected');
  return { spot, gain, passes: used(), converged: gain <= limits.tolerance };
}

/** a + share b. */
export const moved = (a: Float64Array, share: number, b: Float64Array): Float64Array =>
  a.map((x, c) => (b[c] === -x && share === 1 ? 0 : x + share * b[c]));

/** The largest value of each column. */
function reachOf({ values, stride, size }: Regression, entities: number): Float64Array {
  const reach = new Float64Array(size);
  for (let h = 0; h < entities; h++) {
    for (let c = 0; c < size; c++) reach[c] = Math.max(reach[c], Math.abs(values[h * stride + c]));
  }
  return reach;
}

/** The largest change of ln productivity that a step makes, where it may be too large: a bound on it where that will do. */
function largestMove(
  { values, stride, size }: Regression,
  step: Float64Array,
  reach: Float64Array,
  entities: number,
): number {
  const most = step.reduce((sum, x, c) => sum + Math.abs(x) * reach[c], 0);
  if (most <= longest) return most;
  let largest = 0;
  for (let h = 0; h < entities; h++) {
    let move = 0;
    for (let c = 0; c < size; c++) move += values[h * stride + c] * step[c];
    largest = Math.max(largest, Math.abs(move));
  }
  return largest;
}
