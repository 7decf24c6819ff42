import { beforeAll, describe, expect, it } from 'vitest';
import { solvers } from '../../bindings/solve/solvers.js';
import { bothKernels, type KernelSet, randomOf } from '../support/kernels.js';
import { readReference } from './problems.js';
import { drawsOf } from './random.js';
import { sparse, withTwins } from './shapes.js';
import { fitDistance, shareDistance, solve } from './solving.js';

let sets: KernelSet[];
beforeAll(async () => {
  sets = await bothKernels();
});

describe('twins', () => {
  const base = readReference().problems.mmm;
  const few = sparse(drawsOf(randomOf(84)), 300, 40);
  const doubled = [0, 7, 29];

  it('move alike, and change no fitted total', async () => {
    for (const sketch of [base, few]) {
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
