import type { Kernels } from '../../kernels/kernels.js';
import { type Arena, f64 } from '../../memory/arena.js';
import type { LowerMatrix } from '../quadratic.js';
import { addPrecision, against, type Hierarchy, levelAt, type Precisions, unknownsOf } from './hierarchy.js';

const ridge = 1e-13; // of the unit diagonal: unknowns that nothing holds stay where they are

/** The curvature over all unknowns: what entities share, each one's own, and the hierarchy on top. Lower triangle by rows. */
export function joinedSystem(
  hierarchy: Hierarchy,
  weights: Precisions,
  shared: LowerMatrix,
  own: Float64Array,
): Float64Array {
  const size = unknownsOf(hierarchy);
  const matrix = sharedSystem(size, shared, own);
  addPrecision(hierarchy, weights, matrix, size);
  return matrix;
}

/** What entities share and what each has of its own, in the corner of a matrix of `size` rows. */
export function sharedSystem(size: number, { values, stride }: LowerMatrix, own: Float64Array): Float64Array {
  const matrix = new Float64Array(size * size);
  for (let i = 0; i < own.length; i++) {
    for (let j = 0; j <= i; j++) matrix[i * size + j] = values[i * stride + j];
    matrix[i * size + i] += own[i];
  }
  return matrix;
}

/** Brings a system to a unit diagonal in the arena and factors it; null where it is not positive definite. @throws MemoryError */
function withFactor<T>(
  kernels: Kernels,
  arena: Arena,
  matrix: Float64Array,
  use: (
    work: { readonly at: { matrix: number; vector: number }; f64(name: 'matrix' | 'vector'): Float64Array },
    scale: Float64Array,
  ) => T,
): T | null {
  const size = Math.round(Math.sqrt(matrix.length));
  const scale = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    const diagonal = matrix[i * size + i];
    if (diagonal < 0) return null;
    scale[i] = diagonal > 0 ? 1 / Math.sqrt(diagonal) : 0;
  }
  const region = arena.open({ matrix: f64(size * size), vector: f64(4 * size) });
  try {
    const lower = region.f64('matrix');
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < i; j++) lower[i * size + j] = matrix[i * size + j] * scale[i] * scale[j];
      lower[i * size + i] = 1 + ridge;
    }
    if (kernels.cholesky(region.at.matrix, size) !== 0) return null;
    return use(region, scale);
  } finally {
    region.close();
  }
}

/** matrix^-1 right; null where the matrix is not positive definite. */
export const solveSystem = (
  kernels: Kernels,
  arena: Arena,
  matrix: Float64Array,
  right: Float64Array,
): Float64Array | null =>
  withFactor(kernels, arena, matrix, ({ at, f64 }, scale) => {
    const size = scale.length;
    const vector = f64('vector');
    for (let i = 0; i < size; i++) vector[i] = right[i] * scale[i];
    kernels.solveCholesky(at.matrix, at.vector, size);
    return Float64Array.from({ length: size }, (_, i) => vector[i] * scale[i]);
  });

/** What a system's inverse says of differences. */
export interface Spans {
  /** Variances of differences, summed over each level. */
  readonly variances: Float64Array;
  /** Directions that nothing holds: under a free level the root goes with its groups. */
  readonly flat: number;
}

const least = 1e-10; // of the unit diagonal: a pivot below it is what the ridge left of a flat direction

/** Null where the system is not positive definite. */
export const spansOf = (kernels: Kernels, arena: Arena, hierarchy: Hierarchy, matrix: Float64Array): Spans | null =>
  withFactor(kernels, arena, matrix, ({ at, f64 }, scale) => {
    const size = scale.length;
    const lower = f64('matrix');
    let flat = 0;
    for (let i = 0; i < size; i++) {
      const pivot = lower[i * (size + 1)];
      if (scale[i] === 0 || pivot * pivot < least) flat++;
    }
    kernels.traceInverse(at.matrix, at.vector, size);
    // the factor's inverse X has taken its place: the variance of a difference e is the squared length of X e
    const inverse = f64('matrix');
    const count = hierarchy.entities + hierarchy.groups;
    const variances = new Float64Array(hierarchy.levels);
    for (let u = 0; u < count; u++) {
      const ids = [u];
      const signs = [scale[u]];
      against(hierarchy, u, (other) => {
        ids.push(other);
        signs.push(-scale[other]);
      });
      let square = 0;
      for (let i = 0; i < size; i++) {
        let x = 0;
        for (let k = 0; k < ids.length; k++) if (ids[k] <= i) x += signs[k] * inverse[i * size + ids[k]];
        square += x * x;
      }
      variances[levelAt(hierarchy, u)] += square;
    }
    return { variances, flat };
  });
