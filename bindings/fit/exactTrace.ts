import type { Kernels } from '../kernels/kernels.js';
import { type Arena, f64, u32 } from '../memory/arena.js';
import type { SparseRows } from './trace.js';

const fullRows = 32; // rows that a dense matrix brings at a time: as many as the kernel takes together

/** Trace of K (K + ridge)^-1, K = M'M, as size - ridge * trace((K + ridge)^-1) by Cholesky. @throws MemoryError */
export function exactTrace(kernels: Kernels, arena: Arena, matrix: SparseRows, ridge: number): number {
  const { rows, size } = matrix;
  // where half of the matrix is there, rows go in whole, a few at a time: the same additions, several times as fast
  const dense = 2 * matrix.ids.length > rows * size;
  const entries = dense ? fullRows * size : matrix.ids.length;
  const region = arena.open({
    segments: u32((dense ? fullRows : rows) + 1),
    ids: u32(entries),
    values: f64(entries),
    gram: f64(size * size),
    scratch: f64(4 * size),
  });
  try {
    const { at } = region;
    const gram = region.f64('gram');
    gram.fill(0);
    const fields = { segments: region.u32('segments'), ids: region.u32('ids'), values: region.f64('values') };
    const add = (count: number) => kernels.gramSegments(at.segments, at.ids, at.values, at.gram, count, size);
    if (dense) addFullRows(matrix, fields, add);
    else {
      fields.segments.set(matrix.segments);
      fields.ids.set(matrix.ids);
      fields.values.set(matrix.values);
      add(rows);
    }
    for (let i = 0; i < size; i++) gram[i * size + i] += ridge;
    // a pivot that rounding took below zero: the matrix is as good as singular there
    if (kernels.cholesky(at.gram, size) !== 0) return size;
    return Math.max(0, size - ridge * kernels.traceInverse(at.gram, at.scratch, size));
  } finally {
    region.close();
  }
}

/** Hands rows over with their zeros, `fullRows` at a time. */
function addFullRows(
  { segments, ids, values, rows, size }: SparseRows,
  fields: { segments: Uint32Array; ids: Uint32Array; values: Float64Array },
  add: (count: number) => void,
): void {
  for (let r = 0; r <= fullRows; r++) fields.segments[r] = r * size;
  for (let j = 0; j < fields.ids.length; j++) fields.ids[j] = j % size;
  for (let first = 0; first < rows; first += fullRows) {
    const count = Math.min(fullRows, rows - first);
    fields.values.fill(0);
    for (let r = 0; r < count; r++) {
      for (let j = segments[first + r]; j < segments[first + r + 1]; j++) fields.values[r * size + ids[j]] = values[j];
    }
    add(count);
  }
}
