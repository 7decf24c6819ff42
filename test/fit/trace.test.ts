import { beforeAll, describe, expect, it } from 'vitest';
import type { SegmentData } from '../../bindings/pass/inMemory.js';
import { curvatureAt } from '../../bindings/solve/curvature.js';
import { bothKernels, type KernelSet, randomOf } from '../support/kernels.js';
import { panelOf, passOf } from './panels.js';
import { readReference } from './problems.js';
import { drawsOf, randomSketch } from './random.js';

let sets: KernelSet[];
beforeAll(async () => {
  sets = await bothKernels();
});

/** K = sum_b total p p' as a dense matrix, from its definition. */
function curvatureOf(data: SegmentData, productivity: ArrayLike<number>): number[][] {
  const entities = productivity.length;
  const matrix = Array.from({ length: entities }, () => new Array<number>(entities).fill(0));
  data.totals.forEach((total, b) => {
    const row: [entity: number, mass: number][] = [];
    for (let j = data.segments[b]; j < data.segments[b + 1]; j++) {
      row.push([data.column[j], data.exposure[j] * productivity[data.column[j]]]);
    }
    const fitted = row.reduce((sum, [, mass]) => sum + mass, 0);
    for (const [h, m] of row) for (const [g, n] of row) matrix[h][g] += (total * m * n) / fitted / fitted;
  });
  return matrix;
}

const band = 4; // columns of `chain` further apart share no brick

/** K = sum_b total p p' of a chain, row after row of its band: column j of row i at j - i + band. */
function bandOf(data: SegmentData, productivity: ArrayLike<number>): Float64Array[] {
  const rows = Array.from({ length: productivity.length }, () => new Float64Array(2 * band + 1));
  data.totals.forEach((total, b) => {
    let fitted = 0;
    for (let j = data.segments[b]; j < data.segments[b + 1]; j++) {
      fitted += data.exposure[j] * productivity[data.column[j]];
    }
    for (let i = data.segments[b]; i < data.segments[b + 1]; i++) {
      const share = (data.exposure[i] * productivity[data.column[i]]) / fitted;
      for (let j = data.segments[b]; j < data.segments[b + 1]; j++) {
        const other = (data.exposure[j] * productivity[data.column[j]]) / fitted;
        rows[data.column[i]][data.column[j] - data.column[i] + band] += total * share * other;
      }
    }
  });
  return rows;
}

/** Columns of (K + ridge)^-1 for a banded K, by Gauss elimination inside the band: `visit(column, values)`. */
function solveBanded(matrix: readonly Float64Array[], ridge: number, visit: (i: number, x: Float64Array) => void) {
  const size = matrix.length;
  const width = 2 * band + 1;
  const rows = new Float64Array(size * width);
  matrix.forEach((row, i) => {
    rows.set(row, i * width);
    rows[i * width + band] += ridge;
  });
  const at = (i: number, j: number) => i * width + j - i + band;
  const factors = new Float64Array(size * band);
  for (let p = 0; p < size; p++) {
    for (let i = p + 1; i <= Math.min(size - 1, p + band); i++) {
      const times = rows[at(i, p)] / rows[at(p, p)];
      factors[p * band + i - p - 1] = times;
      for (let j = p; j <= Math.min(size - 1, p + band); j++) rows[at(i, j)] -= times * rows[at(p, j)];
    }
  }
  for (let column = 0; column < size; column++) {
    const x = new Float64Array(size);
    x[column] = 1;
    for (let p = column; p < size; p++) {
      // what has faded to nothing is left out: arithmetic on the smallest doubles is slow
      if (Math.abs(x[p]) < 1e-100) continue;
      for (let i = p + 1; i <= Math.min(size - 1, p + band); i++) x[i] -= factors[p * band + i - p - 1] * x[p];
    }
    for (let i = size - 1; i >= 0; i--) {
      for (let j = i + 1; j <= Math.min(size - 1, i + band); j++) x[i] -= rows[at(i, j)] * x[j];
      x[i] = Math.abs(x[i]) > 1e-100 ? x[i] / rows[at(i, i)] : 0;
    }
    visit(column, x);
  }
}

/** Bricks over four entities each (fewer at the end), `step` on from the brick before: one component, K banded. */
function chain(size: number, seed: number, step = 1): SegmentData {
  const random = randomOf(seed);
  const segments = new Uint32Array(size + 1);
  const column: number[] = [];
  for (let b = 0; b < size; b++) {
    for (let k = step * b; k < Math.min(step * size, step * b + 4); k++) column.push(k);
    segments[b + 1] = column.length;
  }
  return {
    totals: Float64Array.from({ length: size }, () => 100 * random()),
    segments,
    column: Uint32Array.from(column),
    exposure: Float64Array.from(column, () => 0.1 + random()),
    bricks: Uint32Array.of(0, size),
    columns: Uint32Array.of(0, step * size),
  };
}

describe('effective parameters, exactly', () => {
  const { problems, cases } = readReference();

  it('agree with eigenvalues, by entity and by brick', async () => {
    let byEntity = 0;
    let byBrick = 0;
    for (const c of cases.filter(({ model }) => model.pooling === 'gamma' && model.spread! > 0)) {
      for (const part of c.expected.components) {
        const data = panelOf(problems[c.problem], part);
        const productivity = Float64Array.from(part.entities, (e) => c.expected.productivity[e]);
        const ridge = part.psi / c.model.spread! ** 2;
        const found = await Promise.all(
          sets.map(async (set) => (await curvatureAt(passOf(set, data), productivity)).effectiveParameters(ridge)),
        );
        expect(found[0]).toEqual(found[1]);
        expect(found[0].method).toBe('exact');
        // a ridge of 1e-9 of the curvature, at spread 1000, costs nine digits
        expect(Math.abs(found[0].edf - part.edf)).toBeLessThan(c.model.spread! > 1 ? 1e-5 : 1e-9);
        if (part.entities.length <= part.bricks.length) byEntity++;
        else byBrick++;
      }
    }
    expect(byEntity).toBeGreaterThan(10);
    expect(byBrick).toBeGreaterThan(10);
  });

  it('are the same from both sides', async () => {
    const draws = drawsOf(randomOf(41));
    for (let k = 0; k < 30; k++) {
      const sketch = randomSketch(draws, { bricks: draws.whole(1, 30), entities: draws.whole(1, 30), density: 0.3 });
      const data = panelOf(sketch);
      const productivity = Float64Array.from({ length: sketch.entities }, () => Math.exp(draws.normal()));
      const curvature = await curvatureAt(passOf(sets[k % 2], data), productivity);
      const matrix = curvatureOf(data, productivity);
      matrix.forEach((row, h) => {
        expect(Math.abs(curvature.diagonal[h] - row[h])).toBeLessThanOrEqual(1e-13 * row[h]);
      });
      const mean = matrix.reduce((sum, row, h) => sum + row[h], 0) / sketch.entities;
      for (const ridge of [mean * 1e-3, mean, mean * 1e3]) {
        // trace of K (K + ridge)^-1 by entity, by elimination
        const rows = matrix.map((row, h) => [...row.map((x, g) => x + (g === h ? ridge : 0)), ...row]);
        rows.forEach((row, p) => {
          const pivot = row[p];
          for (let j = 0; j < row.length; j++) row[j] /= pivot;
          rows.forEach((other, i) => {
            const times = other[p];
            if (i !== p) for (let j = 0; j < row.length; j++) other[j] -= times * row[j];
          });
        });
        const expected = rows.reduce((sum, row, h) => sum + row[sketch.entities + h], 0);
        const { edf } = await curvature.effectiveParameters(ridge);
        expect(Math.abs(edf - expected)).toBeLessThan(1e-9 * Math.max(1, expected));
      }
    }
  });

  it('count what the data decide: none against a heavy prior, the rank against a light one', async () => {
    // three entities, two of them alike, three bricks: two directions
    const data = panelOf({ totals: [5, 7, 9], entities: 3, rows: [[0, 1, 1, 1], [0, 2, 1, 2, 2, 1], [2, 3]] }); // biome-ignore format: a table
    const curvature = await curvatureAt(passOf(sets[0], data), Float64Array.of(1, 1, 1));
    expect((await curvature.effectiveParameters(1e12)).edf).toBeLessThan(1e-10);
    expect(Math.abs((await curvature.effectiveParameters(1e-9)).edf - 2)).toBeLessThan(1e-6);
  });
});

describe('effective parameters, estimated', () => {
  it.each([
    ['as many entities as bricks, against a light prior', 1, 1 / 20],
    ['more entities than bricks, against a heavy one', 2, 1],
  ])('are the exact ones within the error that their own matrix predicts: %s', async (_, step, share) => {
    const data = chain(2010, 5, step);
    const size = data.columns[1];
    const productivity = Float64Array.from({ length: size }, (_, k) => 1 + (k % 7));
    const matrix = bandOf(data, productivity);
    const mean = matrix.reduce((sum, row) => sum + row[band], 0) / size;
    const ridge = mean * share;
    // A = K (K + ridge)^-1 = I - ridge (K + ridge)^-1; v'Av of a sign vector has variance 2 * sum of squares off the diagonal
    let exact = 0;
    let off = 0;
    solveBanded(matrix, ridge, (i, x) => {
      exact += 1 - ridge * x[i];
      let squares = 0;
      for (const value of x) squares += value * value;
      off += ridge * ridge * (squares - x[i] * x[i]);
    });
    const sd = Math.sqrt((2 * off) / 16);
    const scores: number[] = [];
    for (let seed = 1; seed <= 8; seed++) {
      const pass = passOf(sets[seed % 2], data, { seed });
      const { edf, method } = await (await curvatureAt(pass, productivity)).effectiveParameters(ridge);
      expect(method).toBe('stochastic');
      scores.push((edf - exact) / sd);
    }
    const squares = scores.reduce((sum, z) => sum + z * z, 0);
    const average = scores.reduce((sum, z) => sum + z, 0) / scores.length;
    expect(Math.max(...scores.map(Math.abs))).toBeLessThan(4);
    expect(Math.abs(average)).toBeLessThan(4 / Math.sqrt(scores.length));
    // chi-square of 8 degrees: both ends have a chance of about 1e-5
    expect(squares).toBeGreaterThan(0.2);
    expect(squares).toBeLessThan(40);
    // no matrix can do worse: the squares of A sum to at most its trace
    expect(sd).toBeLessThan(Math.sqrt(exact / 8));
  });

  it('are a matter of the seed alone, not of the kernels', async () => {
    const data = chain(2001, 6);
    const productivity = new Float64Array(2001).fill(1);
    const estimate = async (set: KernelSet, seed: number) =>
      (await (await curvatureAt(passOf(set, data, { seed }), productivity)).effectiveParameters(10)).edf;
    const first = await estimate(sets[0], 7);
    expect(Object.is(await estimate(sets[1], 7), first)).toBe(true);
    expect(await estimate(sets[0], 8)).not.toBe(first);
    // both halves of a seed of 53 bits count
    expect(await estimate(sets[0], 7 + 2 ** 40)).not.toBe(first);
  });

  it('are exact again where one side is small enough', async () => {
    const data = chain(2000, 6);
    const curvature = await curvatureAt(passOf(sets[0], data), new Float64Array(2000).fill(1));
    expect((await curvature.effectiveParameters(10)).method).toBe('exact');
  });
});
