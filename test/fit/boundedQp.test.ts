import { beforeAll, describe, expect, it } from 'vitest';
import { createPace } from '../../bindings/base/pace.js';
import { type LowerMatrix, solveBoundedQp } from '../../bindings/linalg/boundedQp.js';
import { bothKernels, type KernelSet, machineOf, randomOf } from '../support/kernels.js';
import { type Draws, drawsOf } from './random.js';

let sets: KernelSet[];
beforeAll(async () => {
  sets = await bothKernels();
});

const ridge = 1e-11; // of the diagonal: what the step is exact but for

/** pull'd - d'M d / 2 over d >= least, M positive semidefinite. */
interface Problem {
  readonly matrix: number[][];
  readonly pull: Float64Array;
  readonly least: Float64Array;
}

interface Shape {
  readonly size: number;
  /** Rank of the matrix where it is less than full. */
  readonly rank?: number;
  /** Ratio of the scales of the largest and the smallest entry, and of the largest and smallest singular values. */
  readonly scales?: number;
  readonly condition?: number;
  /** Share of entries without curvature, and of entries that are copies of the one before. */
  readonly flat?: number;
  readonly copies?: number;
  readonly bounds: 'zero' | 'negative' | 'mixed';
}

/** A random problem. The pull is what the matrix does to a random vector, so that a rank-deficient one has an optimum. */
function problemOf(
  draws: Draws,
  { size, rank, scales = 1, condition = 1, flat = 0, copies = 0, bounds }: Shape,
): Problem {
  const rows = rank ?? 2 * size;
  const factor = Array.from({ length: rows }, (_, r) => {
    const singular = condition ** -(r / rows);
    const row = Array.from({ length: size }, () => singular * draws.normal());
    return row;
  });
  for (let i = 0; i < size; i++) {
    const scale = scales ** (draws.uniform() - 0.5);
    const empty = draws.uniform() < flat;
    const copied = i > 0 && draws.uniform() < copies;
    for (const row of factor) row[i] = empty ? 0 : copied ? row[i - 1] : row[i] * scale;
  }
  const matrix = Array.from({ length: size }, (_, i) =>
    Array.from({ length: size }, (_, j) => factor.reduce((sum, row) => sum + row[i] * row[j], 0)),
  );
  const wish = Float64Array.from({ length: size }, () => draws.normal());
  const pull = Float64Array.from(matrix, (row) => row.reduce((sum, m, j) => sum + m * wish[j], 0));
  matrix.forEach((row, i) => {
    if (row[i] === 0) pull[i] = draws.normal();
  });
  const least = Float64Array.from({ length: size }, () => {
    const kind = bounds === 'mixed' ? draws.whole(0, 2) : bounds === 'zero' ? 0 : 1;
    return kind === 0 ? 0 : kind === 1 ? -Math.abs(draws.normal()) : -1e3;
  });
  return { matrix, pull, least };
}

function lowerOf(matrix: readonly (readonly number[])[]): LowerMatrix {
  const size = matrix.length;
  const stride = size + 3;
  // what stands above the diagonal and beyond the columns must not matter
  const values = new Float64Array(size * stride).fill(Number.NaN);
  for (let i = 0; i < size; i++) for (let j = 0; j <= i; j++) values[i * stride + j] = matrix[i][j];
  return { values, size, stride };
}

const solve = (set: KernelSet, { matrix, pull, least }: Problem) =>
  solveBoundedQp(machineOf(set), lowerOf(matrix), pull, least);

/** The largest breach of the optimum's conditions, in units of the largest term that could be rounded. */
function breachOf({ matrix, pull, least }: Problem, step: Float64Array): number {
  const root = matrix.map((row, i) => Math.sqrt(row[i]));
  const longest = step.reduce((most, d, i) => Math.max(most, root[i] * Math.max(Math.abs(d), Math.abs(least[i]))), 0);
  const steepest = pull.reduce((most, p, i) => (root[i] > 0 ? Math.max(most, Math.abs(p) / root[i]) : most), 0);
  let worst = 0;
  matrix.forEach((row, i) => {
    // below the bound there is no room, whatever the curvature
    if (!(step[i] >= least[i])) worst = Number.POSITIVE_INFINITY;
    if (row[i] === 0) {
      const expected = pull[i] < 0 ? least[i] : 0;
      if (step[i] !== expected) worst = Number.POSITIVE_INFINITY;
      return;
    }
    let slope = pull[i] - ridge * row[i] * step[i];
    for (let j = 0; j < row.length; j++) slope -= row[j] * step[j];
    slope /= root[i];
    // upward slope is a breach anywhere, downward slope where there is room below
    const breach = step[i] > least[i] ? Math.abs(slope) : Math.max(0, slope);
    worst = Math.max(worst, breach / (steepest + longest));
  });
  return worst;
}

/** The best step by trying every set of free entries; the ridge is part of the problem. */
function bruteForce({ matrix, pull, least }: Problem): { step: number[]; value: number } {
  const size = pull.length;
  let best = { step: [] as number[], value: Number.NEGATIVE_INFINITY };
  for (let mask = 0; mask < 2 ** size; mask++) {
    const free = [...Array(size).keys()].filter((i) => (mask >> i) & 1);
    const step = Array.from(least);
    // augmented rows of the free entries, solved by elimination with pivots
    const rows = free.map((i) => [
      ...free.map((j) => matrix[i][j] * (i === j ? 1 + ridge : 1)),
      pull[i] - matrix[i].reduce((sum, m, j) => sum + (free.includes(j) ? 0 : m * least[j]), 0),
    ]);
    for (let p = 0; p < rows.length; p++) {
      let at = p;
      for (let r = p; r < rows.length; r++) if (Math.abs(rows[r][p]) > Math.abs(rows[at][p])) at = r;
      [rows[p], rows[at]] = [rows[at], rows[p]];
      for (let r = 0; r < rows.length; r++) {
        if (r === p) continue;
        const times = rows[r][p] / rows[p][p];
        for (let c = p; c <= rows.length; c++) rows[r][c] -= times * rows[p][c];
      }
    }
    free.forEach((i, p) => {
      step[i] = rows[p][rows.length] / rows[p][p];
    });
    if (step.every((d, i) => d >= least[i])) {
      const value = valueAt({ matrix, pull, least }, step);
      if (value > best.value) best = { step, value };
    }
  }
  return best;
}

function valueAt({ matrix, pull }: Problem, step: ArrayLike<number>): number {
  let value = 0;
  matrix.forEach((row, i) => {
    value += pull[i] * step[i] - (ridge / 2) * row[i] * step[i] * step[i];
    row.forEach((m, j) => {
      value -= (m * step[i] * step[j]) / 2;
    });
  });
  return value;
}

const kinds: Record<string, (size: number) => Omit<Shape, 'bounds'>> = {
  'well conditioned': (size) => ({ size }),
  'of scales 1e12 apart': (size) => ({ size, scales: 1e12 }),
  'ill conditioned': (size) => ({ size, condition: 1e5 }),
  'of half the rank': (size) => ({ size, rank: Math.ceil(size / 2) }),
  'of three quarters of the rank': (size) => ({ size, rank: Math.ceil(0.75 * size) }),
  'of rank one': (size) => ({ size, rank: 1 }),
  'with entries without curvature': (size) => ({ size, flat: 0.3 }),
  'with copies': (size) => ({ size, copies: 0.4 }),
};

describe('the best bounded step', () => {
  for (const [kind, shapeOf] of Object.entries(kinds)) {
    for (const bounds of ['zero', 'negative', 'mixed'] as const) {
      it(`meets the conditions of the optimum, same bits in both kernel sets: ${kind}, bounds ${bounds}`, async () => {
        const draws = drawsOf(randomOf(71));
        let held = 0;
        let moved = 0;
        for (const [size, rounds] of [
          [1, 20],
          [2, 20],
          [3, 20],
          [7, 20],
          [40, 5],
          [150, 1],
        ]) {
          // biome-ignore format: a table
          for (let round = 0; round < rounds; round++) {
            const problem = problemOf(draws, { ...shapeOf(size), bounds });
            const [step, other] = await Promise.all(sets.map((set) => solve(set, problem)));
            expect(other).toEqual(step);
            expect(breachOf(problem, step), `size ${size}, round ${round}`).toBeLessThan(3e-11);
            step.forEach((d, i) => {
              if (d === problem.least[i]) held++;
              else moved++;
            });
          }
        }
        // the problems are neither free nor all bounds
        expect(moved).toBeGreaterThan(100);
        expect(held).toBeGreaterThan(bounds === 'mixed' ? 20 : 40);
      });
    }
  }

  it('is the best over all sets of free entries', async () => {
    const draws = drawsOf(randomOf(72));
    for (let round = 0; round < 300; round++) {
      const size = draws.whole(1, 6);
      const bounds = (['zero', 'negative', 'mixed'] as const)[round % 3];
      const condition = round % 2 === 0 ? 1 : 100;
      const problem = problemOf(draws, { size, bounds, condition });
      const best = bruteForce(problem);
      const step = await solve(sets[round % 2], problem);
      const scale = best.step.reduce((most, d) => Math.max(most, Math.abs(d)), 1e-3);
      step.forEach((d, i) => {
        expect(Math.abs(d - best.step[i])).toBeLessThan(1e-7 * scale);
      });
    }
  });

  it('is as good as the best over all sets where that is not one step', async () => {
    const draws = drawsOf(randomOf(73));
    for (let round = 0; round < 200; round++) {
      const size = draws.whole(3, 6);
      const bounds = (['zero', 'negative', 'mixed'] as const)[round % 3];
      const problem = problemOf(draws, { size, bounds, rank: 2, copies: 0.3 });
      const best = bruteForce(problem);
      const step = await solve(sets[round % 2], problem);
      expect(valueAt(problem, step)).toBeGreaterThan(best.value - 1e-8 * (1 + Math.abs(best.value)));
    }
  });

  it('is the hand-made one', async () => {
    // d = (1, 1) is best without bounds, d1 <= 0 is not there: with d2 >= 1.5 the first follows, 2 d1 = 3 - d2
    const matrix = [[2, 1], [1, 2]]; // biome-ignore format: a table
    for (const set of sets) {
      const free = await solve(set, { matrix, pull: Float64Array.of(3, 3), least: Float64Array.of(-9, -9) });
      expect(Math.abs(free[0] - 1) + Math.abs(free[1] - 1)).toBeLessThan(1e-10);
      const bound = await solve(set, { matrix, pull: Float64Array.of(3, -3), least: Float64Array.of(-9, -1) });
      // -3 - 2 d2 - d1 = 0 with d1 = (3 - d2) / 2 has d2 = -3: the bound holds at -1, and 2 d1 = 3 + 1
      expect(bound[1]).toBe(-1);
      expect(Math.abs(bound[0] - 2)).toBeLessThan(1e-10);
    }
  });

  it('stays where nothing pulls', async () => {
    const draws = drawsOf(randomOf(74));
    const { matrix, least } = problemOf(draws, { size: 9, bounds: 'mixed', flat: 0.2 });
    expect([...(await solve(sets[0], { matrix, pull: new Float64Array(9), least }))].every((d) => d === 0)).toBe(true);
  });

  it('lets the caller breathe before every factorisation, and stops there once aborted', async () => {
    const draws = drawsOf(randomOf(75));
    const [, kernels, memory] = sets[0];
    for (const shape of [
      { size: 60, bounds: 'zero', condition: 1e5 },
      { size: 40, bounds: 'mixed', rank: 20 }, // goes on one entry at a time
    ] as const) {
      const problem = problemOf(draws, shape);
      const tryOut = async (most: number) => {
        const seen = { pauses: 0, factorisations: 0 };
        const abort = new AbortController();
        const pace = createPace(abort.signal);
        const pause = () => {
          if (seen.pauses++ === most) abort.abort(new Error('enough'));
          return pace.pause();
        };
        const cholesky = (matrix: number, size: number, from: number, to: number) => {
          seen.factorisations++;
          return kernels.cholesky(matrix, size, from, to);
        };
        const counting = { ...kernels, cholesky };
        const matrix = lowerOf(problem.matrix);
        await solveBoundedQp(machineOf(['wasm', counting, memory], 1, { pause }), matrix, problem.pull, problem.least);
        return seen;
      };
      const { pauses, factorisations } = await tryOut(1e9);
      expect(factorisations).toBeGreaterThan(2);
      expect(pauses).toBe(factorisations);
      for (let most = 0; most < Math.min(pauses, 10); most++) await expect(tryOut(most)).rejects.toThrow('enough');
    }
  });

  it('leaves the arena as it was, also where it takes a greater ridge', async () => {
    const machine = machineOf(sets[0]);
    const { arena } = machine;
    const before = arena.open({ some: { kind: 'f64', length: 1 } }).at.some;
    arena.reset();
    // not positive semidefinite, as rounding can leave it: a ridge of 1e-11 is not enough, one of 1e-3 is
    const matrix = lowerOf([[1, 1 + 1e-5], [1 + 1e-5, 1]]); // biome-ignore format: a table
    const step = await solveBoundedQp(machine, matrix, Float64Array.of(1, 1), Float64Array.of(-1, -1));
    expect([...step].every((d) => d > 0 && d < 1)).toBe(true);
    expect(arena.open({ some: { kind: 'f64', length: 1 } }).at.some).toBe(before);
    // and where no ridge helps there is no step
    const hopeless = lowerOf([[1, 2], [2, 1]]); // biome-ignore format: a table
    expect([...(await solveBoundedQp(machine, hopeless, Float64Array.of(1, 1), Float64Array.of(-1, -1)))]).toEqual([
      0, 0,
    ]);
  });
});
