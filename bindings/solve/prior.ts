import type { Pass } from '../pass/pass.js';

/**
 * The gamma prior of a component in the form solvers use: entity h brings `weight` of its own total at its group's
 * rate, so one M step is (credited + weight) / (exposure + weight / rate). docs/method.md, "Pooling".
 */
export interface Prior {
  /** psi * a, in the unit of the totals: 0 without pooling, Infinity at spread 0. */
  readonly weight: number;
  /** Rate of each entity's group, > 0. */
  readonly rates: Float64Array;
}

/** The weight psi a = phi (1 + B / N) / spread^2. `evidence` is Infinity where bricks are not capped. */
export function priorWeight(dispersion: number, bricks: number, evidence: number, spread: number): number {
  const psi = dispersion * (1 + bricks / evidence);
  const square = spread * spread;
  // a spread without bounds weighs nothing, whatever the dispersion
  return square === Number.POSITIVE_INFINITY ? 0 : psi / square;
}

const smallest = 0.1; // of weight / productivity^2

/**
 * Curvature of weight * ln p, taken as v / p with v = exposure + weight / rate - credits: the same as weight / p^2 at the
 * optimum, and exact for an entity alone, however far it is (the primal-dual form of interior-point methods). Not below a
 * tenth of weight / p^2, so that no step goes up more than tenfold.
 */
export function priorCurvature(
  pass: Pass,
  { weight, rates }: Prior,
  { productivity, credits }: { readonly productivity: Float64Array; readonly credits: Float64Array },
): Float64Array {
  return productivity.map((p, h) => {
    const pressure = pass.exposure[h] + weight / rates[h] - credits[h];
    return Math.max(pressure, (smallest * weight) / p) / p;
  });
}
