import { f64 } from '../machine/arena.js';
import type { Machine } from '../machine/machine.js';
import { factorise } from './dense.js';

/** A positive semidefinite matrix by rows of `stride`, lower triangle only. */
export interface LowerMatrix {
  readonly values: Float64Array;
  readonly size: number;
  readonly stride: number;
}

const firstRidge = 1e-11; // of the unit diagonal: what keeps directions without curvature from running away
const mostRidge = 1e-3;
const patience = 3; // exchanges in a row without fewer violations, before going one entry at a time
const budget = 2e9; // multiply-adds of those, about half a second; what is left then is a step that is good, if not the best
const leastTurn = 1e4; // what any of them is taken to cost: it ends where rounding leads round in circles
const slack = 1e-12; // violations below this, of the largest entry, are rounding

/**
 * The d >= least that is best for pull'd - d'M d / 2. Exact but for a ridge of 1e-11 of the diagonal (more where rounding
 * takes a pivot), by block principal pivoting: entries are free or on their bound, and those that are wrong change sides, all
 * at once (Judice & Pires 1994; Kim & Park 2011). Where that wanders, as it may when entries outnumber the rank, the primal
 * active set method goes on from the best point seen, one entry at a time.
 * Entries without curvature stay where they are if their pull is not positive, and go to their bound if it is negative.
 * @throws MemoryError
 */
export async function solveBoundedQp(
  machine: Machine,
  matrix: LowerMatrix,
  pull: Float64Array,
  least: Float64Array,
): Promise<Float64Array> {
  const { values, size, stride } = matrix;
  // unit diagonal, so that the ridge means the same for every entry
  const scale = new Float64Array(size);
  const step = new Float64Array(size);
  const curved: number[] = [];
  for (let i = 0; i < size; i++) {
    const diagonal = values[i * stride + i];
    if (diagonal > 0) {
      scale[i] = 1 / Math.sqrt(diagonal);
      curved.push(i);
    } else if (pull[i] < 0) step[i] = least[i];
  }
  const n = curved.length;
  const scaled = new Float64Array((n * (n + 1)) / 2); // lower triangle, row after row
  for (let i = 0, at = 0; i < n; i++) {
    const row = curved[i] * stride;
    for (let j = 0; j <= i; j++) scaled[at++] = values[row + curved[j]] * scale[curved[i]] * scale[curved[j]];
  }
  const force = Float64Array.from(curved, (i) => pull[i] * scale[i]);
  const bound = Float64Array.from(curved, (i) => least[i] / scale[i]);
  for (let ridge = firstRidge; ridge <= mostRidge; ridge *= 30) {
    const found = await pivot(machine, { lower: scaled, ridge, force, bound });
    if (!found) continue;
    for (let i = 0; i < n; i++) {
      const to = curved[i];
      // on its bound to the bit: dividing by the scale and multiplying again need not lead back there
      step[to] = found.free[i] ? Math.max(found.step[i] * scale[to], least[to]) : least[to];
    }
    return step;
  }
  return step;
}

interface Scaled {
  /** Lower triangle of unit diagonal, row after row; the ridge comes on top. */
  readonly lower: Float64Array;
  readonly ridge: number;
  readonly force: Float64Array;
  readonly bound: Float64Array;
}

interface Candidate {
  readonly step: Float64Array;
  readonly free: Uint8Array;
}

/** The bounded step for the scaled matrix plus `ridge`; null where it has no Cholesky factor. */
async function pivot(machine: Machine, problem: Scaled): Promise<Candidate | null> {
  const { force, bound } = problem;
  const n = force.length;
  const free = Uint8Array.from(bound, (least, i) => (least < 0 || force[i] > 0 ? 1 : 0));
  let fewest = n + 1;
  let best: { step: Float64Array; value: number } | null = null;
  for (let tries = patience; tries > 0; ) {
    const start = bound.map((least, i) => (free[i] ? 0 : least));
    await machine.pace.pause();
    const step = await solveFree(machine, problem, free, start);
    if (!step) return null;
    const slope = slopeAt(problem, step);
    const wrong = violations(problem, free, step, slope);
    if (wrong.length === 0) return { step, free };
    const inside = step.map((d, i) => Math.max(d, bound[i]));
    const value = valueAt(problem, inside);
    if (!best || value > best.value) best = { step: inside, value };
    if (wrong.length < fewest) {
      fewest = wrong.length;
      tries = patience;
    } else tries--;
    for (const i of wrong) free[i] = 1 - free[i];
  }
  return best && activeSet(machine, problem, best.step);
}

/**
 * The primal active set method from a feasible step: the best among free entries, walking only as far as the first bound and
 * holding what reached it; then the held entry with the steepest way up goes free, until there is none (Lawson & Hanson 1974,
 * chapter 23). It rises with every entry, so it ends, and whatever it is stopped at is feasible and no lower.
 */
async function activeSet(machine: Machine, problem: Scaled, start: Float64Array): Promise<Candidate | null> {
  const { bound, force } = problem;
  const n = start.length;
  const steepest = force.reduce((most, f) => Math.max(most, Math.abs(f)), 0);
  let step = start;
  const free = Uint8Array.from(step, (d, i) => (d > bound[i] ? 1 : 0));
  for (let work = 0; work < budget; ) {
    while (work < budget) {
      const size = free.reduce((count, one) => count + one, 0);
      work += leastTurn + (size * size * size) / 6 + n * n;
      await machine.pace.pause();
      const target = await solveFree(machine, problem, free, step);
      if (!target) return null;
      let share = 1;
      for (let i = 0; i < n; i++) {
        if (free[i] && target[i] < bound[i]) share = Math.min(share, (step[i] - bound[i]) / (step[i] - target[i]));
      }
      const from = step;
      step = target.map((d, i) => (share < 1 ? Math.max(bound[i], from[i] + share * (d - from[i])) : d));
      if (share === 1) break;
      for (let i = 0; i < n; i++) {
        // what stopped the walk is held, though rounding left it a little above
        if (!free[i] || target[i] >= bound[i]) continue;
        if (step[i] <= bound[i] || (from[i] - bound[i]) / (from[i] - target[i]) <= share) {
          step[i] = bound[i];
          free[i] = 0;
        }
      }
    }
    const slope = slopeAt(problem, step);
    let up = -1;
    for (let i = 0; i < n; i++) {
      if (!free[i] && slope[i] > slack * steepest && (up < 0 || slope[i] > slope[up])) up = i;
    }
    if (up < 0) break;
    free[up] = 1;
  }
  return { step, free };
}

function violations({ bound, force }: Scaled, free: Uint8Array, step: Float64Array, slope: Float64Array): number[] {
  let longest = 0;
  let steepest = 0;
  for (let i = 0; i < free.length; i++) {
    longest = Math.max(longest, Math.abs(step[i]), Math.abs(bound[i]));
    steepest = Math.max(steepest, Math.abs(force[i]));
  }
  const wrong: number[] = [];
  for (let i = 0; i < free.length; i++) {
    if (free[i] ? step[i] < bound[i] - slack * longest : slope[i] > slack * steepest) wrong.push(i);
  }
  return wrong;
}

/** The best step whose entries that are not free are those of `start`. */
async function solveFree(
  machine: Machine,
  problem: Scaled,
  free: Uint8Array,
  start: Float64Array,
): Promise<Float64Array | null> {
  const { lower, ridge } = problem;
  const step = start.map((d, i) => (free[i] ? 0 : d));
  const slope = slopeAt(problem, step);
  const ids: number[] = [];
  for (let i = 0; i < free.length; i++) if (free[i]) ids.push(i);
  const size = ids.length;
  const region = machine.arena.open({ matrix: f64(size * size), vector: f64(size) });
  try {
    const matrix = region.f64('matrix');
    const vector = region.f64('vector'); // nothing opens a region before it is read
    for (let i = 0; i < size; i++) {
      const row = (ids[i] * (ids[i] + 1)) / 2;
      for (let j = 0; j < i; j++) matrix[i * size + j] = lower[row + ids[j]];
      matrix[i * size + i] = lower[row + ids[i]] + ridge;
      vector[i] = slope[ids[i]];
    }
    if ((await factorise(machine, region.at.matrix, size)) !== 0) return null;
    machine.kernels.solveCholesky(region.at.matrix, region.at.vector, size);
    for (let i = 0; i < size; i++) step[ids[i]] = vector[i];
  } finally {
    region.close();
  }
  return step;
}

/** force - (M + ridge) step. */
function slopeAt({ lower, ridge, force }: Scaled, step: Float64Array): Float64Array {
  const slope = force.slice();
  for (let i = 0, at = 0; i < force.length; i++) {
    let sum = ridge * step[i];
    for (let j = 0; j < i; j++, at++) {
      sum += lower[at] * step[j];
      slope[j] -= lower[at] * step[i];
    }
    slope[i] -= sum + lower[at++] * step[i];
  }
  return slope;
}

/** force'd - d'(M + ridge)d / 2 = d'(force + slope) / 2. */
function valueAt(problem: Scaled, step: Float64Array): number {
  const slope = slopeAt(problem, step);
  let sum = 0;
  for (let i = 0; i < step.length; i++) sum += step[i] * (problem.force[i] + slope[i]);
  return sum / 2;
}
