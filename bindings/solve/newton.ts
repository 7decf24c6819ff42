import type { Pass } from '../pass/pass.js';
import { boundedNewtonStep } from './boundedNewtonStep.js';
import { createClimb, createPatience, type Point, type Solver } from './climb.js';
import { search } from './lineSearch.js';
import { type Prior, priorCurvature } from './prior.js';

const deepest = 0.05; // what a step may leave of a productivity under a prior, which allows no zero
const mostStalls = 4; // rounds in a row that neither Newton nor EM could better: rounding is all that is left

/**
 * Newton's method with the explicit Hessian: every step is the best of the objective's quadratic over productivities that
 * stay at or above zero, so entities leave and enter zero in one step. Shortened where it goes too far; an EM step where it
 * fails.
 */
export const newton: Solver = async (pass, prior, start, limits) => {
  const climb = createClimb(pass, prior, limits);
  const twins = pass.twins && sameRates(pass.twins, prior);
  let point = await climb.at(evened(start, twins), prior.weight > 0 ? 'hessian' : undefined);
  // far from the optimum the quadratic misleads: without a prior an EM step comes first
  if (prior.weight === 0 && !climb.ends(point)) point = await climb.at(point.step.next, 'hessian');
  const stalled = createPatience(point, mostStalls);
  while (!climb.ends(point)) {
    // what proves a point, or a search that was begun again, may have left it without
    if (!point.hessian) point = await climb.at(point.productivity, 'hessian');
    if (climb.ends(point)) break;
    const step = await newtonStep(pass, prior, point, twins);
    const { better, from } = step ? await search(climb, point, step, 'hessian') : { better: null, from: point };
    if (from.gap <= limits.tolerance || (!better && climb.ends(from))) return climb.solution(from);
    // where Newton's step is no use: one that cannot lower the objective
    const next = better ?? (await climb.at(from.step.next, 'hessian'));
    point = better || next.objective >= from.objective ? next : from;
    if (stalled(next)) break;
  }
  return climb.solution(await climb.proven(point));
};

async function newtonStep(
  pass: Pass,
  prior: Prior,
  point: Point,
  twins: Uint32Array | null,
): Promise<Float64Array | null> {
  const { productivity, hessian } = point;
  if (!hessian || !point.diagonal?.every((square) => square < Number.POSITIVE_INFINITY)) return null;
  const own = prior.weight > 0 ? priorCurvature(pass, prior, point) : new Float64Array(pass.entities);
  const least = productivity.map((p) => (prior.weight > 0 ? deepest - 1 : -1) * p);
  return boundedNewtonStep(pass.machine, hessian, { pull: point.gradient, own, least }, twins);
}

/** Twins under a prior move alike only where their rates are the same. */
function sameRates(twins: Uint32Array, { weight, rates }: Prior): Uint32Array {
  return weight > 0 ? twins.map((leader, h) => (rates[leader] === rates[h] ? leader : h)) : twins;
}

/** Twins begin alike: no fitted total changes, and under a prior the objective rises. */
function evened(start: Float64Array, twins: Uint32Array | null): Float64Array {
  if (!twins || twins.every((leader, h) => start[leader] === start[h])) return start;
  const sums = new Float64Array(start.length);
  const counts = new Float64Array(start.length);
  twins.forEach((leader, h) => {
    sums[leader] += start[h];
    counts[leader]++;
  });
  return Float64Array.from(twins, (leader) => sums[leader] / counts[leader]);
}
