import { logOf } from '../math/log.js';
import type { Pass } from '../pass/pass.js';

/** What one M step says of each entity: everything the certificate and the objective are made of. */
export interface Step {
  /** Productivities after the step. */
  readonly next: Float64Array;
  /** next / productivity: 1 at the optimum, at most 1 where productivity is 0. */
  readonly factors: Float64Array;
  /** Sum of factors' denominators times productivity, less what they should sum to: 0 after any M step. */
  readonly excess: number;
  /** Largest factor. */
  readonly largest: number;
  /** C3: closed-form gap under the prior; Infinity where it does not hold, or without prior. */
  readonly closedGap: number;
}

/** x - 1 - ln x at x = 1 + t, without cancellation near t = 0. */
export function logDivergence(t: number): number {
  if (t <= -1) return Number.POSITIVE_INFINITY;
  if (Math.abs(t) > 1e-3) return t - logOf(1 + t);
  return t * t * (1 / 2 - t * (1 / 3 - t * (1 / 4 - t * (1 / 5 - t * (1 / 6)))));
}

/**
 * Bounds on how far the objective is from its best, in the unit of the totals (docs/method.md, "The certificate").
 * C1 needs nothing but the step; C2 takes one more look at the data and is never above C1.
 */
export const globalBound = (step: Step, total: number): number =>
  step.largest > 0 ? Math.max(0, total * logOf(step.largest) + step.excess) : Number.POSITIVE_INFINITY;

export const localBound = async (pass: Pass, step: Step, weight: number): Promise<number> =>
  localGap(await pass.bound(step.factors), step, weight);

/** C2 from the data's part of it. */
export function localGap(data: number, step: Step, weight: number): number {
  let bound = data;
  // a factor that underflowed would prove too much
  if (weight > 0 && step.factors.some((factor) => !(factor > 0))) return Number.POSITIVE_INFINITY;
  if (weight > 0) for (const factor of step.factors) bound += weight * logOf(factor);
  bound += step.excess;
  // a factor that overflowed proves nothing
  return Number.isNaN(bound) ? Number.POSITIVE_INFINITY : Math.max(0, bound);
}
