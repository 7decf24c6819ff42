import type { Kernels } from '../kernels/kernels.js';
import { type Arena, f64 } from '../memory/arena.js';

/** A positive semidefinite matrix by rows of `stride`, lower triangle only. */
export interface LowerMatrix {
  readonly values: Float64Array;
  readonly size: number;
  readonly stride: number;
}

const firstRidge = 1e-11; // of the unit diagonal: what keeps directions without curvature from running away
const mostRidge = 1e-3;
const mostExchanges = 60; // sets of bounded entries tried; random problems need about five
const patience = 3; // full exchanges without fewer violations, before one entry at a time
const slack = 1e-12; // violations below this, of the largest entry, are rounding

/**
 * The d >= least that is best for pull'd - d'M d / 2. Exact but for a ridge of 1e-11 of the diagonal (more where rounding
 * takes a pivot), by block principal pivoting: entries are free or on their bound; those that are wrong change sides, all
 * at once while that helps, else the last of them alone, which ends always (Judice & Pires 1994; Kim & Park 2011).
 * Entries without curvature stay where they are if their pull is not positive, and go to their bound if it is negative.
 * @throws MemoryError
 */
export function bestStep(
  kernels: Kernels,
  arena: Arena,
  matrix: LowerMatrix,
  pull: Float64Array,
  least: Float64Array,
): Float64Array {
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
    const found = pivot(kernels, arena, scaled, ridge, force, bound);
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

/** The bounded step for the scaled matrix plus `ridge`; null where it has no Cholesky factor. */
function pivot(
  kernels: Kernels,
  arena: Arena,
  lower: Float64Array,
  ridge: number,
  force: Float64Array,
  bound: Float64Array,
): { readonly step: Float64Array; readonly free: Uint8Array } | null {
  const n = force.length;
  const free = Uint8Array.from(bound, (least, i) => (least < 0 || force[i] > 0 ? 1 : 0));
  const step = new Float64Array(n);
  const slope = new Float64Array(n);
  let fewest = n + 1;
  let tries = patience;
  for (let exchange = 0; exchange < mostExchanges; exchange++) {
    if (!solveFree(kernels, arena, lower, ridge, force, bound, free, step, slope)) return null;
    const wrong = violations(free, step, bound, slope, force);
    if (wrong.length === 0) break;
    if (wrong.length < fewest) {
      fewest = wrong.length;
      tries = patience;
    } else tries--;
    const change = tries >= 0 ? wrong : wrong.slice(-1);
    for (const i of change) free[i] = 1 - free[i];
  }
  return { step, free };
}

function violations(
  free: Uint8Array,
  step: Float64Array,
  bound: Float64Array,
  slope: Float64Array,
  force: Float64Array,
): number[] {
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

/** Solves for the free entries with the others on their bounds; `slope` is what is left of the pull. */
function solveFree(
  kernels: Kernels,
  arena: Arena,
  lower: Float64Array,
  ridge: number,
  force: Float64Array,
  bound: Float64Array,
  free: Uint8Array,
  step: Float64Array,
  slope: Float64Array,
): boolean {
  const n = force.length;
  const ids: number[] = [];
  for (let i = 0; i < n; i++) {
    if (free[i]) ids.push(i);
    step[i] = free[i] ? 0 : bound[i];
  }
  residual(lower, ridge, force, step, slope);
  const size = ids.length;
  const region = arena.open({ matrix: f64(size * size), vector: f64(size) });
  try {
    const matrix = region.f64('matrix');
    const vector = region.f64('vector');
    for (let i = 0; i < size; i++) {
      const row = (ids[i] * (ids[i] + 1)) / 2;
      for (let j = 0; j < i; j++) matrix[i * size + j] = lower[row + ids[j]];
      matrix[i * size + i] = lower[row + ids[i]] + ridge;
      vector[i] = slope[ids[i]];
    }
    if (kernels.cholesky(region.at.matrix, size) !== 0) return false;
    kernels.solveCholesky(region.at.matrix, region.at.vector, size);
    for (let i = 0; i < size; i++) step[ids[i]] = vector[i];
  } finally {
    region.close();
  }
  residual(lower, ridge, force, step, slope);
  return true;
}

/** slope = force - (M + ridge) step, M a lower triangle row after row. */
function residual(lower: Float64Array, ridge: number, force: Float64Array, step: Float64Array, slope: Float64Array) {
  slope.set(force);
  for (let i = 0, at = 0; i < force.length; i++) {
    let sum = ridge * step[i];
    for (let j = 0; j < i; j++, at++) {
      sum += lower[at] * step[j];
      slope[j] -= lower[at] * step[i];
    }
    slope[i] -= sum + lower[at++] * step[i];
  }
}
