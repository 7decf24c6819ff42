import { beforeAll, describe, expect, it } from 'vitest';
import { chooseSolver, type SolverName, solvers } from '../../bindings/solve/solvers.js';
import { bothKernels, type KernelSet, randomOf } from '../support/kernels.js';
import { objectiveAt } from './objective.js';
import { panelOf } from './panels.js';
import { readReference, type Sketch } from './problems.js';
import { drawsOf } from './random.js';
import { collinearPanel, sparse, territories } from './shapes.js';
import { fitDistance, type Solved, shareDistance, solve, solverNames } from './solving.js';

let sets: KernelSet[];
beforeAll(async () => {
  sets = await bothKernels();
});

const { problems } = readReference();
const draws = drawsOf(randomOf(81));
interface Example {
  readonly sketch: Sketch;
  /** Whether the shares are decided without a prior too. */
  readonly unique: boolean;
  /** Sweeps that newton and lbfgs may take to a gap of 1e-8: without a prior, and with one of a tenth of the data. */
  readonly passes: Readonly<Record<'newton' | 'lbfgs', readonly [none: number, pooled: number]>>;
}
// limits are about half as much again as was measured: a solver that lost its grip takes many times as much
const examples: Record<string, Example> = {
  'a panel of collinear campaigns': { sketch: problems.mmm, unique: true, passes: { newton: [15, 8], lbfgs: [60, 20] } },
  'a longer one': { sketch: collinearPanel(draws, 300, 30), unique: true, passes: { newton: [15, 8], lbfgs: [60, 20] } },
  'more entities than bricks': { sketch: problems.hcp, unique: false, passes: { newton: [15, 9], lbfgs: [320, 40] } },
  'many more entities than bricks': { sketch: territories(draws, 80, 400), unique: false, passes: { newton: [15, 9], lbfgs: [60, 40] } },
  'few exposures a brick': { sketch: sparse(draws, 300, 40), unique: true, passes: { newton: [24, 10], lbfgs: [40, 16] } },
  'few exposures a brick, more of them': { sketch: sparse(draws, 1500, 200), unique: true, passes: { newton: [28, 12], lbfgs: [45, 18] } },
  'productivities far apart': { sketch: problems.slow, unique: true, passes: { newton: [18, 9], lbfgs: [26, 14] } },
}; // biome-ignore format: a table

const highest = ({ sweeps }: Solved) => sweeps.reduce((most, { objective }) => Math.max(most, objective), -Infinity);

describe.each(Object.entries(examples))('%s', (_, { sketch, unique, passes }) => {
  for (const share of [0, 0.01, 0.1, 10]) {
    it(`has one optimum whoever looks for it: prior of ${share} times the data`, async () => {
      const found = await solve(sets[0], sketch, 'newton', share);
      const other = await solve(sets[0], sketch, 'lbfgs', share);
      const teacher = await solve(sets[0], sketch, 'em', share, { tolerance: 1e-9, maxPasses: 400 });
      for (const each of [found, other]) {
        expect(each.converged).toBe(true);
        expect(each.gap).toBeLessThanOrEqual(1e-13);
        // no trial, EM's among them, is better than what its certificate allows
        const best = Math.max(highest(found), highest(other), highest(teacher));
        expect(best - each.objective).toBeLessThan(each.gap * each.pass.total + 1e-14 * each.magnitude);
      }
      expect(Math.abs(found.objective - other.objective)).toBeLessThan(1e-12 * Math.abs(found.objective));
      const { data, pass } = found;
      expect(fitDistance(data, found.productivity, other.productivity)).toBeLessThan(1e-5);
      if (unique || share > 0) {
        expect(shareDistance(data, found.productivity, other.productivity)).toBeLessThan(1e-5);
      }
      if (unique && share === 0) {
        const zeros = ({ productivity }: Solved) => [...productivity.keys()].filter((h) => productivity[h] === 0);
        expect(zeros(other)).toEqual(zeros(found));
        // nobody is left with next to nothing
        const least = (1e-12 * pass.total) / pass.entities;
        for (const { productivity } of [found, other]) {
          productivity.forEach((p, h) => {
            expect(p === 0 || p * pass.exposure[h] > least).toBe(true);
          });
        }
      }
      // and EM is as near as it says
      expect(found.objective - teacher.objective).toBeLessThan(teacher.gap * pass.total + 1e-14 * found.magnitude);
      if (share >= 0.1) expect(teacher.converged).toBe(true);
      // the figures are those of the point
      const { value, size } = objectiveAt(data, found.prior, found.productivity);
      expect(Math.abs(found.objective - value)).toBeLessThan(1e-14 * size);
    });
  }

  for (const solver of ['newton', 'lbfgs'] as const) {
    it(`is solved within few passes by ${solver}`, async () => {
      for (const [i, share] of [0, 0.1].entries()) {
        const found = await solve(sets[0], sketch, solver, share, { tolerance: 1e-8 });
        expect(found.converged).toBe(true);
        expect(found.passes).toBeLessThanOrEqual(passes[solver][i]);
      }
    });
  }
});

describe.each(solverNames)('%s', (solver: SolverName) => {
  const some = ['a panel of collinear campaigns', 'more entities than bricks', 'few exposures a brick'];

  it('never falls, and returns the best point it saw, wherever it is stopped', async () => {
    for (const name of some) {
      for (const share of [0, 1e-4, 0.1]) {
        let before = Number.NEGATIVE_INFINITY;
        for (const maxPasses of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 30, 50]) {
          const found = await solve(sets[0], examples[name].sketch, solver, share, { maxPasses });
          expect(found.passes).toBeLessThanOrEqual(maxPasses);
          if (!found.converged) expect(found.passes).toBe(maxPasses);
          // who follows the fit is told of the point returned, with the gap that was proven for it
          const told = found.sweeps.filter(({ gap }) => gap === found.gap);
          expect(told.some(({ productivity }) => productivity.every((p, h) => p === found.productivity[h]))).toBe(true);
          expect(found.sweeps.every((sweep, i, all) => i === 0 || sweep.passes >= all[i - 1].passes)).toBe(true);
          expect(found.objective).toBeGreaterThanOrEqual(highest(found) - 1e-13 * found.magnitude);
          expect(found.objective).toBeGreaterThanOrEqual(before - 1e-13 * found.magnitude);
          before = found.objective;
          if (found.converged) break;
        }
      }
    }
  });

  it('stops where the gap is small enough, not before and not long after', async () => {
    for (const name of some) {
      let before = 0;
      for (const tolerance of [1e-3, 1e-5, 1e-7]) {
        const found = await solve(sets[0], examples[name].sketch, solver, 0.1, { tolerance });
        expect(found.converged).toBe(true);
        expect(found.gap).toBeLessThanOrEqual(tolerance);
        // the sweep before the last was not near enough
        const earlier = found.sweeps.filter((sweep) => sweep.passes < found.passes - 1);
        expect(earlier.every(({ gap }) => gap > tolerance)).toBe(true);
        expect(found.passes).toBeGreaterThanOrEqual(before);
        before = found.passes;
      }
    }
  });

  it('gives the same bits in both kernel sets', async () => {
    for (const name of some) {
      for (const share of [0, 0.01]) {
        const [wasm, js] = await Promise.all(
          sets.map((set) => solve(set, examples[name].sketch, solver, share, { maxPasses: 60 })),
        );
        expect(js.productivity).toEqual(wasm.productivity);
        expect(js.sweeps).toEqual(wasm.sweeps);
        expect([js.objective, js.gap, js.passes]).toEqual([wasm.objective, wasm.gap, wasm.passes]);
      }
    }
  });

  it('begins where it is told to, and needs no more from the optimum itself', async () => {
    const { sketch } = examples['a panel of collinear campaigns'];
    const best = await solve(sets[0], sketch, 'newton', 0.1);
    const again = await solvers[solver](best.pass, best.prior, best.productivity, { tolerance: 1e-12, maxPasses: 9 });
    expect(again.converged).toBe(true);
    expect(again.passes).toBe(solver === 'em' ? 0 : again.passes);
    expect(again.passes).toBeLessThanOrEqual(1);
    expect(again.productivity).toEqual(best.productivity);
  });
});

describe('a light prior over more entities than bricks', () => {
  // entities near zero, which the prior allows no more than that: the gap falls late, and not from step to step
  it.each([1e-3, 1e-4, 1e-5])('of %s times the data makes nobody but EM give up', async (share) => {
    const { sketch } = examples['more entities than bricks'];
    const found = await solve(sets[0], sketch, 'newton', share, { tolerance: 1e-12 });
    const other = await solve(sets[0], sketch, 'lbfgs', share, { tolerance: 1e-8 });
    expect([found.converged, other.converged]).toEqual([true, true]);
    expect(found.passes).toBeLessThanOrEqual(15);
    expect(found.objective - other.objective).toBeLessThan(1e-8 * found.pass.total);
  });

  it('takes newton no more passes where they are many more', async () => {
    const { sketch } = examples['many more entities than bricks'];
    for (const share of [1e-3, 1e-5]) {
      const { converged, passes } = await solve(sets[0], sketch, 'newton', share);
      expect(converged).toBe(true);
      expect(passes).toBeLessThanOrEqual(15);
    }
  });
});

describe('which solver', () => {
  it('auto takes newton where a step is nothing to wait for, or little beside the sweeps it saves', async () => {
    const { pass } = await solve(sets[0], problems.single, 'em', 0, { maxPasses: 1 });
    const choose = (entities: number, exposures: number, pairs: number) =>
      chooseSolver({ ...pass, entities, exposures, pairs });
    expect(chooseSolver(pass)).toBe('newton');
    expect([choose(30, 31_200, 483_600), choose(400, 4e4, 1e7), choose(2000, 4e6, 1e8)]).toEqual(
      Array(3).fill('newton'),
    );
    // too many entities for a Hessian; a factor, or the Hessian's pairs, far dearer than any number of sweeps
    expect([choose(2001, 1e9, 1e9), choose(2000, 1e4, 1e6), choose(500, 1e5, 1e9)]).toEqual(Array(3).fill('lbfgs'));
  });

  it('counts exposures, and pairs of them within bricks', async () => {
    for (const name of ['a panel of collinear campaigns', 'few exposures a brick']) {
      const { sketch } = examples[name];
      const { pass } = await solve(sets[0], sketch, 'em', 0, { maxPasses: 1 });
      const sizes = sketch.rows.map((row) => row.length / 2);
      expect(pass.exposures).toBe(sizes.reduce((sum, n) => sum + n, 0));
      expect(pass.pairs).toBe(sizes.reduce((sum, n) => sum + (n * (n + 1)) / 2, 0));
    }
  });
});

it('panels of the examples are one component', () => {
  for (const [name, { sketch }] of Object.entries(examples)) {
    const data = panelOf(sketch);
    const label = Int32Array.from({ length: sketch.entities }, (_, h) => h);
    for (let changed = true; changed; ) {
      changed = false;
      for (let b = 0; b < data.totals.length; b++) {
        const row = data.column.subarray(data.segments[b], data.segments[b + 1]);
        const least = row.reduce((most, h) => Math.min(most, label[h]), label.length);
        for (const h of row) {
          if (label[h] > least) {
            label[h] = least;
            changed = true;
          }
        }
      }
    }
    expect(new Set(label).size, name).toBe(1);
  }
});
