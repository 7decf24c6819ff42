import { f64, u32 } from '../machine/arena.js';
import { gramScratch } from '../machine/kernels.js';
import type { Machine } from '../machine/machine.js';
import type { LowerMatrix } from './boundedQp.js';
import { factorise, fromMemory, invertFactor, workRuns } from './dense.js';

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
export const exactTrace = async (machine: Machine, matrix: SparseRows, ridge: number): Promise<number> =>
  denseTrace(machine, await gramOf(machine, matrix), ridge);

/** M'M. @throws MemoryError */
export async function gramOf({ kernels, arena, pace }: Machine, matrix: SparseRows): Promise<LowerMatrix> {
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
    region.f64('gram').fill(0);
    region.f64('weights').fill(1);
    if (dense) {
      for (let first = 0; first < rows; first += fullRows) {
        const count = Math.min(fullRows, rows - first);
        fillRows(matrix, columns, region.f64('values'), first, count);
        for (const [from, to] of workRuns(0, count, () => (columns * columns) / 2)) {
          await pace.pause();
          const values = at.values + 8 * columns * from;
          kernels.gramPanel(values, at.weights, at.gram, at.scratch, to - from, columns);
        }
      }
    } else {
      region.u32('segments').set(matrix.segments);
      region.u32('ids').set(matrix.ids);
      region.f64('values').set(matrix.values);
      const sizeOf = (r: number) => matrix.segments[r + 1] - matrix.segments[r];
      for (const [from, to] of workRuns(0, rows, (r) => (fromMemory * sizeOf(r) * sizeOf(r)) / 2)) {
        await pace.pause();
        kernels.gramSegments(at.segments + 4 * from, at.ids, at.values, at.weights, at.gram, to - from, size);
      }
    }
    return { values: region.f64('gram').slice(), size, stride: columns };
  } finally {
    region.close();
  }
}

/** The same for K itself, as size - ridge * trace((K + ridge)^-1) by Cholesky. @throws MemoryError */
export async function denseTrace(
  machine: Machine,
  { values, size, stride }: LowerMatrix,
  ridge: number,
): Promise<number> {
  const region = machine.arena.open({ matrix: f64(size * size), scratch: f64(4 * size) });
  try {
    const matrix = region.f64('matrix');
    for (let i = 0; i < size; i++) {
      for (let j = 0; j <= i; j++) matrix[i * size + j] = values[i * stride + j];
      matrix[i * (size + 1)] += ridge;
    }
    // a pivot that rounding took below zero: the matrix is as good as singular there
    const { at } = region;
    if ((await factorise(machine, at.matrix, size)) !== 0) return size;
    return Math.max(0, size - ridge * (await invertFactor(machine, at.matrix, at.scratch, size)));
  } finally {
    region.close();
  }
}

/** Rows from `first` on with their zeros. */
function fillRows(
  { segments, ids, values }: SparseRows,
  columns: number,
  field: Float64Array,
  first: number,
  count: number,
): void {
  field.fill(0);
  for (let r = 0; r < count; r++) {
    for (let j = segments[first + r]; j < segments[first + r + 1]; j++) field[r * columns + ids[j]] = values[j];
  }
}
