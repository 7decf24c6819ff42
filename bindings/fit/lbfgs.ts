import { createClimb, type Point, type Solver } from './climb.js';
import { dot, search } from './lineSearch.js';
import type { Pass } from './pass.js';
import type { Prior } from './prior.js';

const warmUp = 2; // EM steps before the first quasi-Newton step
// Pairs kept: more are fewer passes, until handling them takes longer than the passes they save.
const fewestPairs = 10;
const mostPairs = 30;
const exposuresPerPair = 2; // of an entity
const tiny = 1e-12; // of an even share of the total: below it an entity that is pulled down is held at zero
const small = 1e-3; // of an even share: below it an entity that would cross zero is put there at once
const deepest = 0.1; // what a step may leave of a productivity under a prior
const smallest = 0.1; // of weight / productivity: the least the prior's curvature is taken to be
const patience = 20; // steps without a smaller gap or a higher objective after which rounding is all that is left
const rounding = 1e-14; // of the sum of the absolute values of the objective's terms

/** What the objective's slope did on an accepted step. */
interface Pair {
  readonly move: Float64Array;
  readonly change: Float64Array;
  readonly product: number;
}

/**
 * Projected L-BFGS in productivity: two-metric projection, scaled by the diagonal of the Hessian, entities held at exactly
 * zero while they are pulled below it (Bertsekas 1982; Schmidt, Kim & Sra 2011). Needs vectors alone, so any number of
 * entities will do.
 */
export const lbfgs: Solver = async (pass, prior, start, limits) => {
  const climb = createClimb(pass, prior, limits);
  let point = await climb.at(start, 'squares');
  for (let k = 0; k < warmUp && !climb.ends(point); k++) point = await climb.at(point.step.next, 'squares');
  const perEntity = Math.floor(pass.exposures / pass.entities / exposuresPerPair);
  const remembered = Math.min(mostPairs, Math.max(fewestPairs, perEntity));
  let pairs: Pair[] = [];
  let smallest = point.gap;
  for (let stalls = 0; !climb.ends(point) && stalls < patience; stalls++) {
    let { better, from } = await search(climb, point, stepOf(pass, prior, point, pairs), 'squares');
    if (!better && pairs.length > 0 && !climb.ends(from)) {
      pairs = [];
      ({ better, from } = await search(climb, from, stepOf(pass, prior, from, pairs), 'squares'));
    }
    if (from.gap <= limits.tolerance) return climb.solution(from);
    if (!better && climb.ends(from)) return climb.solution(from);
    const to: Point = better ?? (await climb.at(from.step.next, 'squares'));
    const move = minus(to.productivity, from.productivity);
    const change = minus(from.gradient, to.gradient);
    const product = dot(move, change);
    if (product > 0) pairs = [...pairs.slice(1 - remembered), { move, change, product }];
    if (to.gap < smallest || to.objective > from.objective + rounding * from.magnitude) stalls = -1;
    smallest = Math.min(smallest, to.gap);
    point = better || to.objective >= from.objective || to.gap < from.gap ? to : from;
  }
  return climb.solution(await climb.proven(point));
};

/** The step from a point: the quasi-Newton one among free entities; held ones stay, those near zero may go there. */
function stepOf(pass: Pass, { weight, rates }: Prior, point: Point, pairs: readonly Pair[]): Float64Array {
  const { productivity, gradient, credits, squares } = point;
  const even = pass.total / pass.entities;
  const scale = new Float64Array(productivity.length);
  const free = new Float64Array(productivity.length).fill(1); // 1 or 0, to multiply by
  const step = new Float64Array(productivity.length);
  for (let h = 0; h < scale.length; h++) {
    const steepness = weight > 0 ? weight / productivity[h] : 0;
    const pressure = weight > 0 ? pass.exposure[h] + weight / rates[h] - credits[h] : 0;
    const curvature = squares![h] + (weight > 0 ? Math.max(pressure, smallest * steepness) / productivity[h] : 0);
    scale[h] = curvature > 0 ? 1 / curvature : 0;
    if (weight > 0) continue;
    const held = productivity[h] * pass.exposure[h];
    if (gradient[h] <= 0 && held <= tiny * even) free[h] = 0;
    else if (gradient[h] < 0 && held <= small * even && !(productivity[h] + gradient[h] * scale[h] > 0)) {
      free[h] = 0;
      step[h] = -productivity[h];
    }
    if (gradient[h] < 0 && curvature === 0) {
      free[h] = 0;
      step[h] = -productivity[h];
    }
  }
  const newton = twoLoop(gradient, scale, free, pairs);
  for (let h = 0; h < step.length; h++) if (free[h]) step[h] = newton[h];
  bounded(step, productivity, weight);
  if (dot(gradient, step) > 0) return step;
  for (let h = 0; h < step.length; h++) if (free[h]) step[h] = gradient[h] * scale[h];
  bounded(step, productivity, weight);
  return step;
}

function bounded(step: Float64Array, productivity: Float64Array, weight: number): void {
  const keeps = weight > 0 ? deepest : 0;
  for (let h = 0; h < step.length; h++) step[h] = Math.max(step[h], (keeps - 1) * productivity[h]);
}

/** The inverse curvature of the pairs times the gradient, among free entities (Nocedal 1980). */
function twoLoop(
  gradient: Float64Array,
  scale: Float64Array,
  free: Float64Array,
  pairs: readonly Pair[],
): Float64Array {
  const size = gradient.length;
  const vector = gradient.map((g, h) => g * free[h]);
  const all = free.every((one) => one === 1);
  const kept = pairs
    .map(({ move, change, product }) => ({ move, change, product: all ? product : freeDot(move, change, free) }))
    .filter(({ product }) => product > 0);
  const factors = new Float64Array(kept.length);
  for (let k = kept.length - 1; k >= 0; k--) {
    const { move, change, product } = kept[k];
    const factor = dot(move, vector) / product; // held entities are zero in the vector
    factors[k] = factor;
    for (let h = 0; h < size; h++) vector[h] -= factor * change[h] * free[h];
  }
  let gamma = 1;
  if (kept.length > 0) {
    const { change, product } = kept[kept.length - 1];
    let length = 0;
    for (let h = 0; h < size; h++) length += change[h] * change[h] * scale[h] * free[h];
    if (length > 0) gamma = product / length;
  }
  for (let h = 0; h < size; h++) vector[h] *= gamma * scale[h];
  for (let k = 0; k < kept.length; k++) {
    const { move, change, product } = kept[k];
    const factor = factors[k] - dot(change, vector) / product;
    for (let h = 0; h < size; h++) vector[h] += factor * move[h] * free[h];
  }
  return vector;
}

function minus(a: Float64Array, b: Float64Array): Float64Array {
  const out = new Float64Array(a.length);
  for (let h = 0; h < out.length; h++) out[h] = a[h] - b[h];
  return out;
}

function freeDot(a: Float64Array, b: Float64Array, free: Float64Array): number {
  let sum = 0;
  for (let h = 0; h < a.length; h++) sum += a[h] * b[h] * free[h];
  return sum;
}
