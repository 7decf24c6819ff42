import { rounding } from './climb.js';

const enough = 1e-4; // of the rise that a step promises
const mostHalvings = 30;

/** What is known of a point of an objective that need not be concave. */
export interface Height {
  readonly objective: number;
  /** Sum of the absolute values of its terms: the yardstick of its rounding. */
  readonly magnitude: number;
}

/**
 * Halves a step until it rises by enough of what it `promised`; where only rounding is left to see, standing still will do, if the
 * slope along the step, which `slopeAt` tells, has not grown: the step did not overshoot. Null where nothing rose. A step so
 * `small` that it ends the climb is tried once.
 */
export async function searchUp<S extends Height>(
  spot: S,
  { promised, share, small }: { readonly promised: number; readonly share: number; readonly small: boolean },
  at: (share: number) => Promise<S>,
  slopeAt: (point: S) => number,
  mayLook: () => boolean,
): Promise<S | null> {
  let part = share;
  for (let trial = 0; trial < mostHalvings && mayLook(); trial++) {
    const next = await at(part);
    const rise = next.objective - spot.objective;
    const blind = promised <= 1e4 * rounding * spot.magnitude && rise >= -rounding * spot.magnitude;
    if (blind ? Math.abs(slopeAt(next)) <= promised : rise >= enough * part * promised) return next;
    if (small) return null;
    part /= 2;
  }
  return null;
}
