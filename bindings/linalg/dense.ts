import { f64 } from '../machine/arena.js';
import { gramScratch } from '../machine/kernels.js';
import type { Machine } from '../machine/machine.js';

/** Multiply-adds between two chances to pause: some 20 ms of JS kernels. Decides no number. */
const workPerCall = 1.2e7;
/** Multiply-adds in the time of one that waits for memory, as those all over a large matrix do. */
export const fromMemory = 8;

/**
 * The Cholesky factor of the matrix at a byte offset, in place of its lower triangle, rows by rows with pauses in between.
 * Returns what the kernel returns.
 */
export async function factorise({ kernels, pace }: Machine, matrix: number, size: number) {
  for (const [from, to] of rowRuns(size)) {
    if (from > 0) await pace.pause();
    const failed = kernels.cholesky(matrix, size, from, to);
    if (failed !== 0) return failed;
  }
  return 0;
}

/** The inverse of that factor in its place, likewise; returns the trace of the matrix's inverse. `scratch` holds four rows. */
export async function invertFactor(
  { kernels, pace }: Machine,
  matrix: number,
  scratch: number,
  size: number,
): Promise<number> {
  let trace = 0;
  for (const [from, to] of rowRuns(size)) {
    await pace.pause();
    trace = kernels.traceInverse(matrix, scratch, size, from, to, trace);
  }
  return trace;
}

/** The Cholesky factor of a small matrix by rows, its lower triangle, at once; null where it is not positive definite. @throws MemoryError */
export function choleskyFactor({ kernels, arena }: Machine, matrix: Float64Array, size: number): Float64Array | null {
  const region = arena.open({ matrix: f64(size * size) });
  try {
    region.f64('matrix').set(matrix);
    return kernels.cholesky(region.at.matrix, size, 0, size) === 0 ? region.f64('matrix').slice() : null;
  } finally {
    region.close();
  }
}

/**
 * The lower triangle of X'X of `rows` rows at a byte offset, `columns` (a multiple of 4) each. The result stands in the arena
 * until `use` returns. @throws MemoryError
 */
export async function crossProduct<T>(
  { kernels, arena, pace }: Machine,
  matrix: number,
  rows: number,
  columns: number,
  use: (gram: Float64Array) => T,
): Promise<Awaited<T>> {
  const region = arena.open({
    weights: f64(rows),
    gram: f64(columns * columns),
    scratch: f64(gramScratch(columns)),
  });
  try {
    region.f64('weights').fill(1);
    region.f64('gram').fill(0);
    const { at } = region;
    for (const [from, to] of workRuns(0, rows, () => (columns * columns) / 2)) {
      await pace.pause();
      const { weights, gram, scratch } = at;
      kernels.gramPanel(matrix + 8 * columns * from, weights + 8 * from, gram, scratch, to - from, columns);
    }
    return await use(region.f64('gram'));
  } finally {
    region.close();
  }
}

/** Runs of `from` to `end`, as long as each is no more work than a call should be, but for one of a single step. */
export function* workRuns(from: number, end: number, workOf: (step: number) => number): Generator<[number, number]> {
  let start = from;
  let work = 0;
  for (let step = from; step < end; step++) {
    const own = workOf(step);
    if (step > start && work + own > workPerCall) {
      yield [start, step];
      start = step;
      work = 0;
    }
    work += own;
  }
  if (start < end) yield [start, end];
}

/** Runs of rows of a triangle, in fours: row i takes about i^2 / 2 multiply-adds. */
function* rowRuns(size: number): Generator<[number, number]> {
  for (const [from, to] of workRuns(0, Math.ceil(size / 4), (four) => 32 * four * four)) {
    yield [4 * from, Math.min(4 * to, size)];
  }
}
