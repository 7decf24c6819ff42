import { gramScratch, type Kernels } from '../kernels/kernels.js';
import { type Arena, f64, u32 } from '../memory/arena.js';
import type { LowerMatrix } from './quadratic.js';

const fullRows = 256; // rows that a dense matrix brings at a time

/** A sparse matrix M by rows, of `size` columns. */
export interface SparseRows {
  readonly segments: Uint32Array;
  /** Column of each value; rising within a row. */
  readonly ids: Uint32Array;
  readonly values: Float64Array;
  readonly rows: number;
  readonly size: number;
}

/** Trace of K (K + ridge)^-1, K = M'M. @throws MemoryError */
export const exactTrace = (kernels: Kernels, arena: Arena, matrix: SparseRows, ridge: number): number =>
  denseTrace(kernels, arena, gramOf(kernels, arena, matrix), ridge);

/** M'M. @throws MemoryError */
export function gramOf(kernels: Kernels, arena: Arena, matrix: SparseRows): LowerMatrix {
  const { rows, size } = matrix;
  // where half of the matrix is there, rows go in whole, padded to fours: several times as fast
  const dense = 2 * matrix.ids.length > rows * size;
  const columns = dense ? Math.ceil(size / 4) * 4 : size;
  const entries = dense ? fullRows * columns : matrix.ids.length;
  const region = arena.open({
    segments: u32(dense ? 0 : rows + 1),
    ids: u32(dense ? 0 : entries),
    values: f64(entries),
    weights: f64(dense ? fullRows : rows),
    gram: f64(columns * columns),
    scratch: f64(dense ? gramScratch(columns) : 0),
  });
  const { at } = region;
  try {
    const gram = region.f64('gram').fill(0);
    region.f64('weights').fill(1);
    if (dense) {
      addFullRows(matrix, columns, region.f64('values'), (count) =>
        kernels.gramPanel(at.values, at.weights, at.gram, at.scratch, count, columns),
      );
    } else {
      region.u32('segments').set(matrix.segments);
      region.u32('ids').set(matrix.ids);
      region.f64('values').set(matrix.values);
      kernels.gramSegments(at.segments, at.ids, at.values, at.weights, at.gram, rows, size);
    }
    return { values: gram.slice(), size, stride: columns };
  } finally {
    region.close();
  }
}

/** The same for K itself, as size - ridge * trace((K + ridge)^-1) by Cholesky. @throws MemoryError */
export function denseTrace(
  kernels: Kernels,
  arena: Arena,
  { values, size, stride }: LowerMatrix,
  ridge: number,
): number {
  const region = arena.open({ matrix: f64(size * size), scratch: f64(4 * size) });
  try {
    const matrix = region.f64('matrix');
    for (let i = 0; i < size; i++) {
      for (let j = 0; j <= i; j++) matrix[i * size + j] = values[i * stride + j];
      matrix[i * (size + 1)] += ridge;
    }
    // a pivot that rounding took below zero: the matrix is as good as singular there
    if (kernels.cholesky(region.at.matrix, size) !== 0) return size;
    return Math.max(0, size - ridge * kernels.traceInverse(region.at.matrix, region.at.scratch, size));
  } finally {
    region.close();
  }
}

/** Hands rows over with their zeros, `fullRows` at a time. */
function addFullRows(
  { segments, ids, values, rows }: SparseRows,
  columns: number,
  field: Float64Array,
  add: (count: number) => void,
): void {
  for (let first = 0; first < rows; first += fullRows) {
    const count = Math.min(fullRows, rows - first);
    field.fill(0);
    for (let r = 0; r < count; r++) {
      for (let j = segments[first + r]; j < segments[first + r + 1]; j++) field[r * columns + ids[j]] = values[j];
    }
    add(count);
  }
}
