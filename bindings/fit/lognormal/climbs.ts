import { logOf } from '../../kernels/js/log.js';
import type { Limits } from '../climb.js';
import type { Pass } from '../pass.js';
import { type SolverName, solvers } from '../solvers.js';
import type { LogFit } from './ascend.js';
import { differences } from './hierarchy.js';
import type { LogProblem } from './spot.js';

const beyond = 1; // of ln productivity above what it hangs on: up to there, at given groups, no other top lies
const same = 1e-6; // of the total: objectives this near are one height
const near = 0.01; // of every productivity: points this near are one optimum
const fewSteps = 30; // EM steps towards plain maximum likelihood, from which another climb begins
const leastShare = 1e-4; // of the common rate: an entity that maximum likelihood leaves next to nothing begins here, within reach

/** The best of several climbs. */
export interface Best {
  readonly found: LogFit;
  /** Climbs made, and how many of them ended here. */
  readonly starts: number;
  readonly agreeing: number;
}

/**
 * One climb, or where it ends in a place in which the objective need not have one top, two more: from the optimum under a gamma
 * prior of the same spread, which is the only one, and from near maximum likelihood.
 */
export async function climbAll(
  { pass, hierarchy, weights }: LogProblem,
  start: Float64Array,
  climbFrom: (start: Float64Array, limits: Limits) => Promise<LogFit>,
  solver: SolverName,
  limits: () => Limits,
): Promise<Best> {
  const first = await climbFrom(start, limits());
  const gaps = differences(hierarchy, first.spot.unknowns);
  if (!first.converged || !gaps.some((gap) => gap > beyond)) return { found: first, starts: 1, agreeing: 1 };
  const rate = pass.total / pass.exposure.reduce((sum, x) => sum + x, 0);
  const rates = new Float64Array(pass.entities).fill(rate);
  // what is told meanwhile is the best so far
  let best = first.spot;
  const quietly = (): Limits => {
    const { onSweep, ...others } = limits();
    const { objective, productivity } = best;
    return {
      ...others,
      onSweep: onSweep && (({ passes }) => onSweep({ passes, gap: Number.POSITIVE_INFINITY, objective, productivity })),
    };
  };
  const gamma = await solvers[solver](pass, { weight: weights[0], rates }, rates, quietly());
  const free = await solvers.em(pass, { weight: 0, rates }, rates, { ...quietly(), maxPasses: fewSteps });
  const tops = [first];
  for (const { productivity } of [gamma, free]) {
    const other = start.slice();
    productivity.forEach((p, h) => {
      other[h] = logOf(Math.max(p, leastShare * rate));
    });
    const top = await climbFrom(other, quietly());
    tops.push(top);
    if (top.spot.objective > best.objective) best = top.spot;
  }
  let found = first;
  for (const top of tops) if (top.spot.objective > found.spot.objective + same * pass.total) found = top;
  return { found, starts: tops.length, agreeing: tops.filter((top) => agree(pass, top, found)).length };
}

function agree({ total }: Pass, { spot }: LogFit, { spot: best }: LogFit): boolean {
  return (
    Math.abs(spot.objective - best.objective) <= same * total &&
    spot.productivity.every((p, h) => Math.abs(p - best.productivity[h]) <= near * best.productivity[h])
  );
}
