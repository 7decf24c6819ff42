import { beforeAll, describe, expect, it } from 'vitest';
import { solvers } from '../../bindings/solve/solvers.js';
import { bothKernels, type KernelSet, randomOf } from '../support/kernels.js';
import { objectiveAt } from './objective.js';
import { drawsOf } from './random.js';
import { knownOptimum, knownPooled, sparse } from './shapes.js';
import { fittedTotals, solve, solverNames } from './solving.js';

let sets: KernelSet[];
beforeAll(async () => {
  sets = await bothKernels();
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
