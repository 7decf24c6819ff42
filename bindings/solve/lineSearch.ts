import { dot } from '../math/vectors.js';
import type { Kind } from '../pass/want.js';
import { type Climb, type Point, rounding } from './climb.js';

const mostTrials = 12;
const enough = 1e-4; // of the rise that the slope promises (Armijo)

/** A trial's outcome: the better point, or null; and the point it began at, whose gap may be known better by now. */
export interface Found {
  readonly better: Point | null;
  readonly from: Point;
}

/**
 * Looks for a better point along `step`. A point is better where the objective rose enough, or where the slope along the
 * step is still upward there: the objective is concave, so it rose, and the slope is known when differences of the
 * objective drown in rounding; there a smaller gap will do too. Where the step goes too far the next trial is where the slope should be zero. Trials bring
 * C2 of the point they begin at; the search ends where that proves it.
 */
export async function search(climb: Climb, start: Point, step: Float64Array, curvature: Kind): Promise<Found> {
  const slope = dot(start.gradient, step);
  let from = start;
  if (!(slope > 0)) return { better: null, from };
  let share = 1;
  let best: Point | null = null; // of the trials that rose, if by less than enough
  for (let trial = 0; trial < mostTrials; trial++) {
    const productivity = stepped(start.productivity, share, step);
    let point: Point;
    [point, from] = await climb.next(productivity, curvature, from);
    // a brick with a total that is given nothing has no slope to tell of
    const there = point.logFit > Number.NEGATIVE_INFINITY ? dot(point.gradient, step) : Number.NaN;
    const rose = point.objective >= from.objective + enough * share * slope || there >= 0;
    // nearer by proof, and no lower than rounding explains
    const nearer = point.gap < from.gap && point.objective >= from.objective - rounding * from.magnitude;
    if (rose || nearer) return { better: point, from };
    if (point.objective > (best ?? from).objective) best = point;
    // what a lower trial proves holds for where it began
    if (point.gap < from.gap && point.objective <= from.objective) from = { ...from, gap: point.gap };
    if (climb.ends(from)) break;
    const secant = Number.isFinite(there) ? slope / (slope - there) : 0.5;
    share *= Math.min(0.5, Math.max(0.1, secant));
  }
  return { better: best, from };
}

/** productivity + share step, nowhere below zero. */
function stepped(productivity: Float64Array, share: number, step: Float64Array): Float64Array {
  const out = new Float64Array(step.length);
  for (let h = 0; h < out.length; h++) out[h] = Math.max(0, productivity[h] + share * step[h]);
  return out;
}
