import { beforeAll, describe, expect, it } from 'vitest';
import { chooseSolver, type SolverName, solvers } from '../../bindings/fit/solvers.js';
import { bothKernels, type KernelSet, randomOf } from '../support/kernels.js';
import { objectiveAt } from './objective.js';
import { panelOf } from './panels.js';
import { readReference, type Sketch } from './problems.js';
import { drawsOf } from './random.js';
import { collinearPanel, knownOptimum, knownPooled, sparse, territories, withTwins } from './shapes.js';
import { fitDistance, fittedTotals, type Solved, shareDistance, solve, solverNames } from './solving.js';

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
  for (const share of [0, 1e-3, 0.1, 10]) {
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
      // under a prior that weighs next to nothing shares are only as sure as its curvature makes them
      if (unique || share > 0) {
        const sure = unique || share >= 0.1 ? 1e-5 : Math.sqrt((2 * 1e-13) / share);
        expect(shareDistance(data, found.productivity, other.productivity)).toBeLessThan(sure);
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
  for (const [name, share] of [
    ['more entities than bricks', 1e-5],
    ['many more entities than bricks', 1e-4],
  ] as const) {
    // biome-ignore format: a table
    it(`makes nobody but EM give up: ${name}`, async () => {
      const { sketch } = examples[name];
      const found = await solve(sets[0], sketch, 'newton', share, { tolerance: 1e-12 });
      const other = await solve(sets[0], sketch, 'lbfgs', share, { tolerance: 1e-8 });
      expect([found.converged, other.converged]).toEqual([true, true]);
      expect(found.passes).toBeLessThanOrEqual(15);
      expect(found.objective - other.objective).toBeLessThan(1e-8 * found.pass.total);
    });
  }
});

describe('an optimum that is known', () => {
  it('is found to its zeros by newton and lbfgs, and to nearly nothing by EM', async () => {
    const random = drawsOf(randomOf(82));
    for (let round = 0; round < 12; round++) {
      const { sketch, optimum } = knownOptimum(random, 12 + 4 * round, 3 + round, 1 + (round % 6));
      for (const solver of ['newton', 'lbfgs'] as const) {
        const found = await solve(sets[round % 2], sketch, solver, 0, { tolerance: 1e-14 });
        expect(found.converged, `${solver}, round ${round}`).toBe(true);
        optimum.forEach((p, h) => {
          if (p === 0) expect(found.productivity[h], `${solver}, round ${round}`).toBe(0);
          else expect(Math.abs(found.productivity[h] - p)).toBeLessThan(1e-6 * p);
        });
      }
      const crawled = await solve(sets[round % 2], sketch, 'em', 0, { tolerance: 1e-6, maxPasses: 20_000 });
      expect(crawled.converged).toBe(true);
      const { value, size } = objectiveAt(crawled.data, crawled.prior, optimum);
      expect(value - crawled.objective).toBeLessThan(1e-6 * crawled.pass.total + 1e-14 * size);
    }
  });

  it('is found under a prior with rates of its own for each entity', async () => {
    const random = drawsOf(randomOf(83));
    let found = 0;
    for (let round = 0; round < 40; round++) {
      const base = sparse(random, 20 + round, 10 + (round % 7));
      const known = knownPooled(random, { ...base, totals: base.totals.map((y) => y + 1) }, [0.1, 1, 10][round % 3]);
      if (!known) continue;
      found++;
      for (const solver of solverNames) {
        const { converged, productivity } = await solve(sets[0], known.sketch, solver, known.prior, {
          tolerance: 1e-15,
        });
        expect(converged, `${solver}, round ${round}`).toBe(true);
        known.optimum.forEach((p, h) => {
          expect(Math.abs(productivity[h] / p - 1)).toBeLessThan(1e-6);
        });
      }
    }
    expect(found).toBeGreaterThan(12);
  });

  it('is left at a wrong zero by EM alone', async () => {
    // A = 100 over {1,2,3}, B = 60 over {2,3,4}, begun at (0,1,1,1): EM stays at (80, 80)
    const rows = [[0, 1, 1, 1, 2, 1], [1, 1, 2, 1, 3, 1]]; // biome-ignore format: a table
    for (const solver of ['newton', 'lbfgs'] as const) {
      const { pass, prior, data } = await solve(sets[0], { totals: [100, 60], entities: 4, rows }, solver);
      const found = await solvers[solver](pass, prior, Float64Array.of(0, 1, 1, 1), {
        tolerance: 1e-12,
        maxPasses: 100,
      });
      expect(found.converged).toBe(true);
      expect(found.productivity[0]).toBeGreaterThan(1);
      const fitted = fittedTotals(data, found.productivity);
      expect(Math.abs(fitted[0] - 100) + Math.abs(fitted[1] - 60)).toBeLessThan(1e-4);
    }
  });
});

describe('twins', () => {
  const base = examples['a panel of collinear campaigns'].sketch;
  const doubled = [0, 7, 29];

  it('move alike, and change no fitted total', async () => {
    for (const sketch of [base, examples['few exposures a brick'].sketch]) {
      const twice = withTwins(sketch, doubled);
      for (const solver of ['newton', 'lbfgs'] as const) {
        const alone = await solve(sets[0], sketch, solver);
        const beside = await solve(sets[0], twice, solver);
        expect(beside.converged).toBe(true);
        doubled.forEach((entity, k) => {
          for (const twin of [sketch.entities + k, sketch.entities + doubled.length + k]) {
            expect(beside.productivity[twin]).toBe(beside.productivity[entity]);
          }
        });
        const merged = beside.productivity.slice(0, sketch.entities);
        for (const entity of doubled) merged[entity] *= 3;
        expect(fitDistance(alone.data, merged, alone.productivity)).toBeLessThan(1e-9);
        expect(Math.abs(beside.objective - alone.objective)).toBeLessThan(1e-12 * alone.magnitude);
      }
    }
  });

  it('have the best of their own rates under a prior', async () => {
    const twice = withTwins(base, doubled);
    const { pass } = await solve(sets[0], twice, 'em', 0.1, { maxPasses: 1 });
    const total = pass.exposure.reduce((sum, x) => sum + x, 0);
    // the second copy of each is believed to be twice as productive
    const rates = Float64Array.from(
      pass.exposure,
      (_, h) => (pass.total / total) * (h >= base.entities + doubled.length ? 2 : 1),
    );
    const prior = { weight: (0.1 * pass.total) / twice.entities, rates };
    const newton = await solve(sets[0], twice, 'newton', prior);
    const lbfgs = await solve(sets[0], twice, 'lbfgs', prior);
    expect([newton.converged, lbfgs.converged]).toEqual([true, true]);
    expect(shareDistance(newton.data, newton.productivity, lbfgs.productivity)).toBeLessThan(1e-5);
    doubled.forEach((entity, k) => {
      const [first, second, third] = [entity, base.entities + k, base.entities + doubled.length + k];
      expect(newton.productivity[second]).toBe(newton.productivity[first]);
      expect(newton.productivity[third]).toBeGreaterThan(newton.productivity[first]);
    });
  });

  it('are merged by newton wherever they began', async () => {
    const twice = withTwins(base, doubled);
    const { pass, prior, productivity } = await solve(sets[0], twice, 'newton');
    const start = productivity.map((_, h) => 0.5 + (h % 5));
    const found = await solvers.newton(pass, prior, start, { tolerance: 1e-13, maxPasses: 100 });
    expect(found.converged).toBe(true);
    expect(found.passes).toBeLessThanOrEqual(15);
    doubled.forEach((entity, k) => {
      expect(found.productivity[base.entities + k]).toBe(found.productivity[entity]);
    });
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
