import type { Kernels } from '../../kernels/kernels.js';
import type { Arena } from '../../memory/arena.js';
import type { Pass } from '../pass.js';
import { searchUp } from '../searchUp.js';
import { directionFrom } from './direction.js';
import { type CoefficientLimits, createLook, type Regression, type Spot } from './marginal.js';

/** Coefficients at which no step promises a rise: a local optimum. */
export interface CoefficientFit {
  readonly spot: Spot;
  /** Rise that the last step promised, per unit of total. */
  readonly gain: number;
  readonly passes: number;
  readonly converged: boolean;
}

const longest = 5; // of ln productivity of any entity: further the quadratic says nothing

/**
 * Fisher scoring on the marginal likelihood of the totals: steps by the expected information, which is positive semidefinite
 * everywhere, halved until they rise. docs/method.md, "Covariates".
 */
export async function fisher(
  kernels: Kernels,
  arena: Arena,
  pass: Pass,
  regression: Regression,
  start: Float64Array,
  limits: CoefficientLimits,
): Promise<CoefficientFit> {
  const { used, look } = createLook(pass, regression, limits);
  const reach = reachOf(regression, pass.entities);
  let spot = await look(start, 'expected');
  let gain = Number.POSITIVE_INFINITY;
  let arrived = false;
  while (!arrived && used() < limits.maxPasses) {
    const { step, gain: promised } = directionFrom(kernels, arena, regression, spot, spot.information!);
    gain = Math.max(0, promised) / pass.total;
    const small = gain <= limits.tolerance;
    const share = Math.min(1, longest / largestMove(regression, step, reach, pass.entities));
    const better = await searchUp(
      spot,
      { promised, share, small },
      (part) => look(moved(spot.coefficients, part, step), 'expected'),
      () => used() < limits.maxPasses,
    );
    // a step within the tolerance is taken too: coefficients move with the square root of what is gained
    arrived = small || better === null;
    if (better) spot = better;
  }
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
