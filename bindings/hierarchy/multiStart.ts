import { expOf } from '../math/exp.js';
import { logOf } from '../math/log.js';
import type { Pass } from '../pass/pass.js';
import type { Limits } from '../solve/climb.js';
import { type SolverName, solvers } from '../solve/solvers.js';
import type { LogFit } from './ascend.js';
import { differences } from './differences.js';
import type { LogProblem } from './evaluation.js';

const beyond = 1; // of ln productivity above what it hangs on: up to there, at given groups, no other top lies
const same = 1e-6; // of the total: objectives this near are one height
const near = 0.01; // of every productivity: points this near are one optimum
const shake = 1; // of ln productivity, from the lowest to the highest
const golden = 0.6180339887498949; // (sqrt 5 - 1) / 2: its multiples fall evenly between 0 and 1
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
 * One climb, or where it ends in a place in which the objective need not have one top, more: from the optimum under a gamma prior
 * of the same spread, which is the only one, from near maximum likelihood, and from beside a saddle.
 */
export async function multiStart(
  { pass, hierarchy, precisions }: LogProblem,
  start: Float64Array,
  climbFrom: (start: Float64Array, limits: Limits) => Promise<LogFit>,
  isTop: (found: LogFit) => Promise<boolean>,
  solver: SolverName,
  limits: () => Limits,
): Promise<Best> {
  const first = await climbFrom(start, limits());
  const gaps = differences(hierarchy, first.spot.unknowns);
  const top = first.converged && (await isTop(first));
  if (!first.converged || (top && !gaps.some((gap) => gap > beyond))) return { found: first, starts: 1, agreeing: 1 };
  const rate = pass.total / pass.exposure.reduce((sum, x) => sum + x, 0);
  const rates = new Float64Array(pass.entities).fill(rate);
  // what is told meanwhile is the best so far
  let best = first.spot;
  const quietly = (): Limits => {
    const { onSweep, maxPasses, tolerance } = limits();
    const { objective, productivity } = best;
    return {
      tolerance,
      // what is left has to do for all of them and the rounds to come
      maxPasses: Math.ceil(maxPasses / 4),
      onSweep: onSweep && (({ passes }) => onSweep({ passes, gap: Number.POSITIVE_INFINITY, objective, productivity })),
    };
  };
  const lasts = () => limits().maxPasses > 0;
  const besides: Float64Array[] = [];
  if (lasts()) {
    const gamma = await solvers[solver](pass, { weight: precisions[0], rates }, rates, quietly());
    besides.push(gamma.productivity);
  }
  if (lasts()) {
    const few = quietly();
    const maxPasses = Math.min(fewSteps, few.maxPasses);
    const free = await solvers.em(pass, { weight: 0, rates }, rates, { ...few, maxPasses });
    besides.push(free.productivity);
  }
  const tops = [first];
  // what ended at a saddle begins beside it: entities that are nearly alike, held even by nothing but their likeness
  const shaken = first.spot.productivity.map((p, h) => p * expOf(shake * (((h + 1) * golden) % 1) - shake / 2));
  if (!top) besides.push(shaken);
  for (const productivity of besides) {
    if (!lasts()) break;
    const other = start.slice();
    productivity.forEach((p, h) => {
      other[h] = logOf(Math.max(p, leastShare * rate));
    });
    const next = await climbFrom(other, quietly());
    tops.push(next);
    if (next.spot.objective > best.objective) best = next.spot;
  }
  let found = first;
  // what is no top gives way to whatever is as high
  const margin = top ? same * pass.total : 0;
  for (const other of tops) if (other.spot.objective > found.spot.objective + margin) found = other;
  if (!found.converged && lasts()) found = await climbFrom(found.spot.unknowns, limits());
  return { found, starts: tops.length, agreeing: tops.filter((other) => agree(pass, other, found)).length };
}

function agree({ total }: Pass, { spot }: LogFit, { spot: best }: LogFit): boolean {
  return (
    Math.abs(spot.objective - best.objective) <= same * total &&
    spot.productivity.every((p, h) => Math.abs(p - best.productivity[h]) <= near * best.productivity[h])
  );
}
