import { dot, minus } from '../math/vectors.js';
import type { Pass } from '../pass/pass.js';
import { createClimb, createPatience, type Point, type Solver } from './climb.js';
import { diagonalInverse, type Pair, solveWithPrior } from './compact.js';
import { search } from './lineSearch.js';
import { type Prior, priorCurvature } from './prior.js';
import { twoLoop } from './twoLoop.js';

const warmUp = 2; // EM steps before the first quasi-Newton step
// Pairs kept: more are fewer passes, until handling them takes longer than the passes they save. Past a few entities their
// number goes by the exposures of an entity, which are what a pass takes; under a prior handling takes longer.
const fewestPairs = 10;
const mostPairs = 30;
const few = 2000;
const exposuresPerPair = { free: 2, pooled: 10 };
const tiny = 1e-12; // of an even share of the total: below it an entity that is pulled down is held at zero
const small = 1e-3; // of an even share: below it an entity that would cross zero is put there at once
const deepest = 0.1; // what a step may leave of a productivity under a prior
const patience = 50; // steps without a smaller gap or a higher objective after which rounding is all that is left

/**
 * Projected L-BFGS in productivity: two-metric projection, scaled by the diagonal of the Hessian, entities held at exactly
 * zero while they are pulled below it (Bertsekas 1982; Schmidt, Kim & Sra 2011). Needs vectors alone, so any number of
 * entities will do.
 */
export const lbfgs: Solver = async (pass, prior, start, limits) => {
  const climb = createClimb(pass, prior, limits);
  let point = await climb.at(start, 'diagonal');
  for (let k = 0; k < warmUp && !climb.ends(point); k++) point = await climb.at(point.step.next, 'diagonal');
  const pooled = prior.weight > 0;
  const perEntity = pass.exposures / pass.entities / exposuresPerPair[pooled ? 'pooled' : 'free'];
  const affordable = pass.entities <= few ? mostPairs : Math.floor(perEntity);
  const remembered = Math.min(mostPairs, Math.max(fewestPairs, affordable));
  const stepOf = (from: Point) => (pooled ? pooledStep(pass, prior, from, pairs) : freeStep(pass, from, pairs));
  let pairs: Pair[] = [];
  const stalled = createPatience(point, patience);
  while (!climb.ends(point)) {
    let { better, from } = await search(climb, point, stepOf(point), 'diagonal');
    if (!better && pairs.length > 0 && !climb.ends(from)) {
      pairs = [];
      ({ better, from } = await search(climb, from, stepOf(from), 'diagonal'));
    }
    if (from.gap <= limits.tolerance) return climb.solution(from);
    if (!better && climb.ends(from)) return climb.solution(from);
    const to: Point = better ?? (await climb.at(from.step.next, 'diagonal'));
    const move = minus(to.productivity, from.productivity);
    const change = minus(from.credits, to.credits); // the data's part of the slope
    const product = dot(move, change);
    if (product > 0) pairs = [...pairs.slice(1 - remembered), { move, change, product }];
    point = better || to.objective >= from.objective ? to : from;
    if (stalled(to)) break;
  }
  return climb.solution(await climb.proven(point));
};

/** The step from a point without a prior: held entities stay, those near zero may go there, the others by the pairs. */
function freeStep(pass: Pass, { productivity, gradient, diagonal }: Point, pairs: readonly Pair[]): Float64Array {
  const size = productivity.length;
  const even = pass.total / pass.entities;
  const scale = new Float64Array(size);
  const free = new Float64Array(size).fill(1);
  const step = new Float64Array(size);
  for (let h = 0; h < size; h++) {
    const square = diagonal![h];
    scale[h] = square > 0 ? 1 / square : 0;
    const held = productivity[h] * pass.exposure[h];
    if (gradient[h] <= 0 && held <= tiny * even) free[h] = 0;
    else if (gradient[h] < 0) {
      const crosses = !(productivity[h] + gradient[h] * scale[h] > 0);
      if (square === 0 || (held <= small * even && crosses)) {
        free[h] = 0;
        step[h] = -productivity[h];
      }
    }
  }
  const along = (direction: Float64Array) => {
    for (let h = 0; h < size; h++) if (free[h]) step[h] = Math.max(direction[h], -productivity[h]);
    return step;
  };
  along(twoLoop(gradient, scale, free, pairs));
  // projected, it may lead down: then along the scaled gradient
  return dot(gradient, step) > 0 ? step : along(gradient.map((g, h) => g * scale[h]));
}

/** The step from a point under a prior, whose curvature is known and comes on top of what the pairs say of the data's. */
function pooledStep(pass: Pass, prior: Prior, point: Point, pairs: readonly Pair[]): Float64Array {
  const { productivity, gradient, diagonal } = point;
  const own = priorCurvature(pass, prior, point);
  const bounded = (direction: Float64Array) => direction.map((d, h) => Math.max(d, (deepest - 1) * productivity[h]));
  const step = bounded(solveWithPrior(gradient, diagonal!, pairs, diagonalInverse(own)));
  return dot(gradient, step) > 0 ? step : bounded(gradient.map((g, h) => g / (diagonal![h] + own[h])));
}
