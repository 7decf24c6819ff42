import { expect, it } from 'vitest';
import { findAliased, standardise } from '../../../bindings/regression/standardise.js';
import { bothKernels } from '../../support/kernels.js';
import { climb, simulated } from './simulated.js';

const sets = await bothKernels();
const [wasm] = sets;

const largestMove = (a: Float64Array, b: Float64Array) =>
  a.reduce((most, x, c) => Math.max(most, Math.abs(x - b[c])), 0);

/** How far the objective ever fell from one sweep to the next. */
const deepestFall = (objectives: readonly number[]) =>
  objectives.reduce((most, x, i) => Math.max(most, i > 0 ? objectives[i - 1] - x : 0), 0);

it('both solvers find one optimum of the simulated territories, Fisher in a quarter of the passes of EM', async () => {
  for (const seed of [1, 2, 3]) {
    const regression = simulated({ seed });
    const fisher = await climb(wasm, regression, { tolerance: 1e-18 });
    const em = await climb(wasm, regression, { tolerance: 1e-18, solver: 'em' });
    expect([fisher.found.converged, em.found.converged]).toEqual([true, true]);
    expect(largestMove(fisher.found.estimate, em.found.estimate)).toBeLessThan(1e-7);
    // passes of the climb alone: what begins and describes both is the same
    expect(4 * fisher.objectives.length).toBeLessThanOrEqual(em.objectives.length);
    const size = Math.abs(fisher.objectives[0]);
    expect(deepestFall(em.objectives)).toBeLessThanOrEqual(1e-13 * size);
  }
}, 60_000);

it('what a limit of passes keeps is never worse with a pass more, trials that fell or not', async () => {
  let fell = 0;
  for (const seed of [1, 2, 3]) {
    const regression = simulated({ seed });
    for (const solver of ['fisher', 'em'] as const) {
      const kept: number[] = [];
      for (let maxPasses = 2; maxPasses <= 14; maxPasses++) {
        const { found, objectives } = await climb(wasm, regression, { solver, maxPasses });
        kept.push(found.logLikelihood);
        if (solver === 'fisher') fell += Number(deepestFall(objectives) > 1e-6);
      }
      expect(deepestFall(kept)).toBeLessThanOrEqual(1e-13 * Math.abs(kept[0]));
      expect(kept[12]).toBeGreaterThan(kept[0]);
    }
  }
  expect(fell).toBeGreaterThan(0);
});

it('neither solver falls under a ridge or a lasso', async () => {
  for (const penalty of [
    { kind: 'ridge', strength: 5 },
    { kind: 'lasso', strength: 5 },
  ] as const) {
    for (const solver of ['fisher', 'em'] as const) {
      const { found, objectives } = await climb(wasm, simulated({ hcps: 100, bricks: 80 }), { penalty, solver });
      expect(found.converged).toBe(true);
      expect(deepestFall(objectives)).toBeLessThanOrEqual(1e-13 * Math.abs(objectives[0]));
    }
  }
});

it('steps are halved where the quadratic promises too much, and what is kept is the best of all sweeps', async () => {
  let falls = 0;
  for (let seed = 1; seed <= 6; seed++) {
    // effects three times as strong, in few bricks
    const { panel, predictors } = simulated({ seed, hcps: 40, bricks: 30, spread: 2 });
    const rows = predictors.rows.map((x) => 3 * x);
    const { found, objectives } = await climb(wasm, { panel, predictors: { ...predictors, rows } });
    const best = Math.max(...objectives);
    falls += Number(deepestFall(objectives) > 1e-6 * Math.abs(best));
    expect(found.converged).toBe(true);
    // starting points beside the first begin below
    expect(found.agreeing).toBeGreaterThanOrEqual(1);
    const kept = found.logLikelihood;
    expect(kept).toBeGreaterThanOrEqual(best - 1e-12 * Math.abs(best));
  }
  expect(falls).toBeGreaterThan(0);
});

it('a limit of passes ends the climb, which says so', async () => {
  const regression = simulated({ hcps: 100, bricks: 80 });
  for (const solver of ['fisher', 'em'] as const) {
    const { found, objectives } = await climb(wasm, regression, { solver, maxPasses: 4 });
    expect(found.converged).toBe(false);
    expect(objectives.length).toBeLessThanOrEqual(4);
    expect(found.productivity.every((p) => p > 0 && p < Number.POSITIVE_INFINITY)).toBe(true);
  }
});

it('a tolerance below all rounding ends both solvers, converged or not', async () => {
  const regression = simulated({ hcps: 100, bricks: 80 });
  const fisher = await climb(wasm, regression, { tolerance: 1e-40, maxPasses: 400 });
  const em = await climb(wasm, regression, { tolerance: 1e-40, maxPasses: 400, solver: 'em' });
  expect(largestMove(fisher.found.estimate, em.found.estimate)).toBeLessThan(1e-8);
});

it('both kernel sets climb over the same bits', async () => {
  const regression = simulated({ hcps: 120, bricks: 50 });
  for (const rule of [{}, { solver: 'em' }, { penalty: { kind: 'lasso', strength: 'path' } }] as const) {
    const [one, two] = [await climb(sets[0], regression, rule), await climb(sets[1], regression, rule)];
    expect(one.objectives).toEqual(two.objectives);
    expect(one.found).toEqual(two.found);
  }
}, 60_000);

it('columns that are constant or combinations of those before are found, whatever their scale', () => {
  const rows = [
    [1, 1e9, 5, 3e-9, 2],
    [2, 2e9, 5, 1e-9, 3],
    [4, 4e9, 5, 7e-9, 11],
    [7, 7e9, 5, 2e-9, 9],
    [8, 8e9, 5, 5e-9, 13],
  ];
  const weights = Float64Array.of(1, 2, 3, 1, 2);
  const flat = (list: number[][]) => Float64Array.from(list.flat());
  const found = findAliased(standardise(flat(rows), 5, weights), weights);
  expect(found).toEqual([
    { column: 1, of: [0] },
    { column: 2, of: [] },
  ]);
  // the last is the first plus a billion times the fourth
  const sums = rows.map(([a, b, c, d]) => [a, b, c, d, a + 1e9 * d]);
  expect(findAliased(standardise(flat(sums), 5, weights), weights)).toEqual([
    { column: 1, of: [0] },
    { column: 2, of: [] },
    { column: 4, of: [0, 3] },
  ]);
  // an entity without weight tells nothing apart
  const apart = [...rows, [9, 1, 6, 1e-9, 5]];
  const less = Float64Array.of(...weights, 0);
  expect(findAliased(standardise(flat(apart), 5, less), less)).toEqual(found);
});
