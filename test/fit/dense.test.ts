import { describe, expect, it } from 'vitest';
import { createPace } from '../../bindings/base/pace.js';
import { crossProduct, factorise, invertFactor, workRuns } from '../../bindings/linalg/dense.js';
import { createArena, f64 } from '../../bindings/machine/arena.js';
import { gramScratch } from '../../bindings/machine/kernels.js';
import { bothKernels, type KernelSet, randomOf } from '../support/kernels.js';

const sets = await bothKernels();
const size = 645; // several runs of rows; the last four are one row
const most = 1.2e7; // multiply-adds between two pauses

/** A positive definite matrix by rows. */
function randomMatrix(): Float64Array {
  const uniform = randomOf(4);
  const matrix = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < i; j++) matrix[i * size + j] = uniform() - 0.5;
    matrix[i * (size + 1)] = size;
  }
  return matrix;
}
const matrix = randomMatrix();

/** Factor, its inverse and the cross product of that, with whatever `pause` does in between. */
async function runAll([, kernels, memory]: KernelSet, pause: () => Promise<void> | undefined) {
  const arena = createArena(memory);
  const machine = { kernels, arena, pace: { pause }, seed: 1 };
  const columns = Math.ceil(size / 4) * 4;
  const region = arena.open({ matrix: f64(size * size), scratch: f64(4 * size), rows: f64(size * columns) });
  region.f64('matrix').set(matrix);
  expect(await factorise(machine, region.at.matrix, size)).toBe(0);
  const trace = await invertFactor(machine, region.at.matrix, region.at.scratch, size);
  const inverse = region.f64('matrix').slice();
  const rows = region.f64('rows').fill(0);
  for (let i = 0; i < size; i++) rows.set(inverse.subarray(i * size, i * size + i + 1), i * columns);
  const gram = await crossProduct(machine, region.at.rows, size, columns, (found) => found.slice());
  return { trace, inverse, gram };
}

/** The same with each kernel called once. */
function runWhole([, kernels, memory]: KernelSet) {
  const columns = Math.ceil(size / 4) * 4;
  const region = createArena(memory).open({
    matrix: f64(size * size),
    scratch: f64(4 * size),
    rows: f64(size * columns),
    weights: f64(size),
    gram: f64(columns * columns),
    gramScratch: f64(gramScratch(columns)),
  });
  const { at } = region;
  region.f64('matrix').set(matrix);
  kernels.cholesky(at.matrix, size, 0, size);
  const trace = kernels.traceInverse(at.matrix, at.scratch, size, 0, size, 0);
  const inverse = region.f64('matrix').slice();
  const rows = region.f64('rows').fill(0);
  for (let i = 0; i < size; i++) rows.set(inverse.subarray(i * size, i * size + i + 1), i * columns);
  region.f64('weights').fill(1);
  region.f64('gram').fill(0);
  kernels.gramPanel(at.rows, at.weights, at.gram, at.gramScratch, size, columns);
  return { trace, inverse, gram: region.f64('gram').slice() };
}

describe.each(sets)('dense algebra in runs (%s)', (...set) => {
  it('gives the bits of one call, with pauses in between', async () => {
    let pauses = 0;
    const found = await runAll(set, () => {
      pauses++;
      return undefined;
    });
    const whole = runWhole(set);
    expect(Object.is(found.trace, whole.trace)).toBe(true);
    for (const field of ['inverse', 'gram'] as const) {
      expect(found[field].findIndex((x, i) => !Object.is(x, whole[field][i]))).toBe(-1);
    }
    // size^3 / 6 multiply-adds for each of factor and inverse, size^3 / 2 for the cross product
    expect(pauses).toBeGreaterThan((size ** 3 * (5 / 6)) / most);
    expect(pauses).toBeLessThan((3 * size ** 3 * (5 / 6)) / most);
  });

  it('stops at the next pause once it is aborted, and gives its memory back', async () => {
    const [, kernels, memory] = set;
    const arena = createArena(memory);
    const before = arena.open({ one: f64(1) }).at.one;
    arena.reset();
    for (const last of [1, 3]) {
      const abort = new AbortController();
      const pace = createPace(abort.signal);
      let pauses = 0;
      const pause = () => {
        if (++pauses === last) abort.abort(new Error('enough'));
        return pace.pause();
      };
      const rows = arena.open({ rows: f64(size * (size + 3)) });
      rows.f64('rows').fill(1);
      const product = crossProduct({ kernels, arena, pace: { pause }, seed: 1 }, rows.at.rows, size, size + 3, () => 0);
      await expect(product).rejects.toThrow('enough');
      expect(pauses).toBe(last);
      // what opens next stands where the product's own fields stood
      const next = arena.open({ one: f64(1) });
      expect(next.at.one).toBe(rows.at.rows + 8 * size * (size + 3));
      rows.close();
    }
    expect(arena.open({ one: f64(1) }).at.one).toBe(before);
  });
});

describe('runs of work', () => {
  it('cover every step once, none with more work than a call should be but a single step', () => {
    const uniform = randomOf(2);
    for (const [from, end] of [
      [0, 0],
      [3, 4],
      [5, 400],
    ]) {
      const works = Array.from({ length: end }, () => uniform() ** 4 * 2 * most);
      let next = from;
      for (const [start, stop] of workRuns(from, end, (step) => works[step])) {
        expect(start).toBe(next);
        expect(stop).toBeGreaterThan(start);
        const work = works.slice(start, stop).reduce((sum, own) => sum + own, 0);
        if (stop > start + 1) expect(work).toBeLessThanOrEqual(most);
        // and no shorter than it need be
        if (stop < end) expect(work + works[stop]).toBeGreaterThan(most);
        next = stop;
      }
      expect(next).toBe(end);
    }
  });
});
