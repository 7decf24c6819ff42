import { dot } from '../math/vectors.js';
import type { Kind } from '../pass/want.js';
import type { Limits } from '../solve/climb.js';
import { searchUp } from '../solve/searchUp.js';
import { evaluateLog, type LogEvaluation, type LogProblem } from './evaluation.js';

/** A point at which no step promises a rise: a local optimum, for the objective is not concave in ln productivity. */
export interface LogFit {
  readonly spot: LogEvaluation;
  /** Rise that the last step promised, per unit of total. */
  readonly gain: number;
  readonly passes: number;
  readonly converged: boolean;
}

/** A way to go from a point. Told of every point that was taken, so that it can learn from it. */
export interface Direction {
  /** What the sweep at a point should bring along. */
  readonly curvature: Kind | null;
  /** A step (null where there is none), and how many times what it promises is still to be gained: 1 unless the guide knows that its steps are short. */
  next(spot: LogEvaluation): Promise<{ readonly step: Float64Array; readonly factor: number } | null>;
  /** What could be done where that step led nowhere: false where there is nothing left to try. */
  reset(): boolean;
  update(from: LogEvaluation, to: LogEvaluation): void;
}

const longest = 2; // of ln productivity: further the quadratic says nothing

/** Climbs from `start` along the guide's steps until one promises at most the tolerance, per unit of total. */
export async function ascend(
  problem: LogProblem,
  start: Float64Array,
  limits: Limits,
  direction: Direction,
): Promise<LogFit> {
  const { pass, hierarchy } = problem;
  const before = pass.passes;
  const used = () => pass.passes - before;
  let best: LogEvaluation | null = null;
  const look = async (unknowns: Float64Array) => {
    const spot = await evaluateLog(problem, unknowns, direction.curvature);
    if (!best || spot.objective > best.objective) best = spot;
    const { objective, productivity } = best;
    limits.onSweep?.({ passes: used(), gap: Number.POSITIVE_INFINITY, objective, productivity });
    return spot;
  };
  let spot = await look(start);
  let gain = Number.POSITIVE_INFINITY;
  while (used() < limits.maxPasses) {
    const found = await direction.next(spot);
    if (!found) break;
    const { step, factor } = found;
    const promised = dot(spot.gradient, step);
    gain = (Math.max(0, promised) * factor) / pass.total;
    const small = gain <= limits.tolerance;
    const from = spot;
    const better = await searchUp(
      from,
      { promised, share: shareOf(step, hierarchy.entities), small },
      (share) => look(from.unknowns.map((x, u) => x + share * step[u])),
      ({ gradient }) => dot(gradient, step),
      () => used() < limits.maxPasses,
    );
    if (better) {
      direction.update(from, better);
      spot = better;
    }
    // a step within the tolerance is taken too: productivities move with the square root of what is gained
    if (small || (!better && !direction.reset())) break;
  }
  return { spot, gain, passes: used(), converged: gain <= limits.tolerance };
}

function shareOf(step: Float64Array, entities: number): number {
  let most = 0;
  for (let h = 0; h < entities; h++) most = Math.max(most, Math.abs(step[h]));
  return most > longest ? longest / most : 1;
}
