import type { Pace } from '../base/pace.js';
import type { LowerMatrix } from '../linalg/boundedQp.js';
import { crossProduct, factorise, invertFactor } from '../linalg/dense.js';
import { f64, type Region } from '../machine/arena.js';
import type { Machine } from '../machine/machine.js';
import { aliased, applyZ, applyZTransposed, type Precisions } from './differences.js';
import { type Hierarchy, levelAt, unknownsOf } from './hierarchy.js';

const ridge = 1e-14; // of the unit diagonal: what rounding may take from a pivot
/** Of the unit diagonal: with pivots below it a matrix is as good as singular. */
const least = 1e-12;

/**
 * The curvature over all differences, each in units of what it is believed to be, sigma: with theta = Z sigma e it is
 *   sigma Z' (shared + diag(own)) Z sigma + psi I
 * Entities and groups stand so because a difference that is held tightly is small beside what it is taken from, and would drown there.
 */
interface System {
  /** Lower triangle by rows. */
  readonly matrix: Float64Array;
  /** sigma of each unknown; 1 where its level is free, and for the root; 0 where it is dropped. */
  readonly units: Float64Array;
}

/** What a system is made of. */
export interface Curved {
  readonly hierarchy: Hierarchy;
  /** psi / sigma^2 of each level, 0 where it is free. */
  readonly precisions: Precisions;
  /** What entities share: K, lower triangle by rows. */
  readonly shared: LowerMatrix;
  /** What each has by itself. */
  readonly own: Float64Array;
}

async function systemOf(
  pace: Pace,
  { hierarchy, precisions, shared: { values, stride }, own }: Curved,
): Promise<System> {
  const size = unknownsOf(hierarchy);
  const { entities } = hierarchy;
  // rows of the shared curvature, summed over what hangs on each unknown; then the columns
  const whole = new Float64Array(size * size);
  for (let i = 0; i < entities; i++) {
    if ((i & 63) === 0) await pace.pause();
    for (let j = 0; j <= i; j++) {
      whole[i * size + j] = values[i * stride + j];
      whole[j * size + i] = values[i * stride + j];
    }
    whole[i * (size + 1)] += own[i];
  }
  await pace.pause();
  applyZTransposed(hierarchy, (from, to) => {
    for (let c = 0; c < entities; c++) whole[to * size + c] += whole[from * size + c];
  });
  await pace.pause();
  applyZTransposed(hierarchy, (from, to) => {
    for (let r = 0; r < size; r++) whole[r * size + to] += whole[r * size + from];
  });
  const units = new Float64Array(size).fill(1);
  // psi itself does not matter beside the units: each difference is scaled so that its prior is 1
  for (let u = 0; u + 1 < size; u++) {
    const weight = precisions[levelAt(hierarchy, u)];
    if (weight > 0) units[u] = 1 / Math.sqrt(weight);
  }
  for (const u of aliased(hierarchy, precisions)) units[u] = 0;
  await pace.pause();
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) whole[i * size + j] *= units[i] * units[j];
    const held = i + 1 < size && precisions[levelAt(hierarchy, i)] > 0;
    whole[i * (size + 1)] += held || units[i] === 0 ? 1 : 0;
  }
  return { matrix: whole, units };
}

type Work = Region<'matrix' | 'vector'>;

/** Brings a lower triangle to a unit diagonal in the arena and factors it; null where it is not positive definite. @throws MemoryError */
async function withFactor<T>(
  machine: Machine,
  matrix: Float64Array,
  use: (work: Work, scale: Float64Array) => T | Promise<T>,
): Promise<T | null> {
  const size = Math.round(Math.sqrt(matrix.length));
  const scale = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    const diagonal = matrix[i * (size + 1)];
    if (!(diagonal >= 0)) return null;
    scale[i] = diagonal > 0 ? 1 / Math.sqrt(diagonal) : 0;
  }
  const region = machine.arena.open({ matrix: f64(size * size), vector: f64(4 * size) });
  try {
    const lower = region.f64('matrix');
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < i; j++) lower[i * size + j] = matrix[i * size + j] * scale[i] * scale[j];
      lower[i * (size + 1)] = 1 + ridge;
    }
    if ((await factorise(machine, region.at.matrix, size)) !== 0) return null;
    return await use(region, scale);
  } finally {
    region.close();
  }
}

const square = (x: number) => x * x;

/** How many pivots of a factor are so small that the matrix is as good as singular. */
function flatPivots(factor: Float64Array, size: number, below: number): number {
  let flat = 0;
  for (let i = 0; i < size; i++) if (square(factor[i * (size + 1)]) < below) flat++;
  return flat;
}

/** Newton's step over all unknowns for a gradient over them; null where the curvature is not positive definite. */
export async function stepOf(machine: Machine, curved: Curved, gradient: Float64Array): Promise<Float64Array | null> {
  const { matrix, units } = await systemOf(machine.pace, curved);
  // the gradient in each difference is that of everything which hangs on it
  const right = gradient.slice();
  applyZTransposed(curved.hierarchy, (from, to) => {
    right[to] += right[from];
  });
  return withFactor(machine, matrix, (region, scale) => {
    const size = scale.length;
    const vector = region.f64('vector');
    for (let i = 0; i < size; i++) vector[i] = right[i] * units[i] * scale[i];
    machine.kernels.solveCholesky(region.at.matrix, region.at.vector, size);
    const step = Float64Array.from({ length: size }, (_, i) => vector[i] * scale[i] * units[i]);
    return applyZ(curved.hierarchy, step);
  });
}

/** What the inverse of the curvature says of differences. */
export interface Spans {
  /** Sum of the variances of each level's differences. */
  readonly variances: Float64Array;
  /** What the hierarchy does not hold of the unknowns: how many of them the data decide. */
  readonly decided: number;
}

/** Null where the curvature is not positive definite. */
export async function spansOf(machine: Machine, curved: Curved): Promise<Spans | null> {
  const { matrix, units } = await systemOf(machine.pace, curved);
  return withFactor(machine, matrix, async (region, scale) => {
    const size = scale.length;
    const flat = flatPivots(region.f64('matrix'), size, least);
    await invertFactor(machine, region.at.matrix, region.at.vector, size);
    // the factor's inverse X has taken its place: the inverse's diagonal is the squares of its columns
    const inverse = region.f64('matrix');
    const diagonal = new Float64Array(size);
    for (let i = 0; i < size; i++) for (let j = 0; j <= i; j++) diagonal[j] += square(inverse[i * size + j]);
    const { hierarchy, precisions } = curved;
    const variances = new Float64Array(hierarchy.levels);
    let decided = -flat;
    for (let u = 0; u < size; u++) {
      if (units[u] === 0 || scale[u] === 0) continue;
      const variance = diagonal[u] * scale[u] * scale[u];
      if (u + 1 === size) {
        decided++;
        continue;
      }
      const level = levelAt(hierarchy, u);
      variances[level] += variance * units[u] * units[u];
      decided += precisions[level] > 0 ? 1 - variance : 1;
    }
    return { variances, decided: Math.max(0, decided) };
  });
}

/** The covariance of entities under the inverse of the curvature, by rows; null where a pivot, of the unit diagonal, is `below` this. */
export async function covarianceOf(machine: Machine, curved: Curved, below = least): Promise<Float64Array | null> {
  const { pace } = machine;
  const { matrix, units } = await systemOf(pace, curved);
  const { entities } = curved.hierarchy;
  return withFactor(machine, matrix, async (region, scale) => {
    const size = scale.length;
    if (flatPivots(region.f64('matrix'), size, below) > 0) return null;
    await invertFactor(machine, region.at.matrix, region.at.vector, size);
    // rows X Z' of the factor's inverse: the covariance is their cross product
    const columns = Math.ceil(entities / 4) * 4;
    const product = machine.arena.open({ rows: f64(size * columns) });
    try {
      const inverse = region.f64('matrix');
      const rows = product.f64('rows').fill(0);
      const row = new Float64Array(size);
      for (let i = 0; i < size; i++) {
        if ((i & 63) === 0) await pace.pause();
        row.fill(0);
        for (let j = 0; j <= i; j++) row[j] = inverse[i * size + j] * scale[j] * units[j];
        rows.set(applyZ(curved.hierarchy, row).subarray(0, entities), i * columns);
      }
      return await crossProduct(machine, product.at.rows, size, columns, async (gram) => {
        const out = new Float64Array(entities * entities);
        for (let i = 0; i < entities; i++) {
          if ((i & 63) === 0) await pace.pause();
          for (let j = 0; j <= i; j++) {
            out[i * entities + j] = gram[i * columns + j];
            out[j * entities + i] = gram[i * columns + j];
          }
        }
        return out;
      });
    } finally {
      product.close();
    }
  });
}
