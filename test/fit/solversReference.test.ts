import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { bothKernels, type KernelSet } from '../support/kernels.js';
import { objectiveAt } from './objective.js';
import { panelOf } from './panels.js';
import type { Sketch } from './problems.js';
import { fittedTotals, solve } from './solving.js';

// Optima of the dual problem, found by an interior-point method in another language:
// test/reference/solvers/solvers_reference.py says how, and proves for each how much it can be short of the best.
interface Case {
  readonly problem: string;
  /** Weight of the prior, all entities together, over the data's total. */
  readonly share: number;
  readonly weight: number;
  readonly rates: readonly number[];
  readonly objective: number;
  /** Proven: the best objective is at most this much higher, per unit of total. */
  readonly missing: number;
  readonly fitted: readonly number[];
  /** With a prior, where they are unique. */
  readonly productivity: readonly number[];
}
const { problems, cases } = JSON.parse(
  readFileSync(new URL('../reference/solvers/solvers.json', import.meta.url), 'utf8'),
) as { problems: Record<string, Sketch>; cases: Case[] };

let sets: KernelSet[];
beforeAll(async () => {
  sets = await bothKernels();
});

/** The largest |x - 1| for which x - 1 - ln x is at most `bound`: how far a fitted total may be, relatively. */
const reach = (bound: number) => Math.sqrt(2 * bound) * (1 + Math.sqrt(bound)) + 1e-12;

describe.each(cases.map((each) => [`${each.problem}, prior of ${each.share} times the data`, each] as const))(
  '%s',
  (_, { problem, weight, rates, objective, missing, fitted, productivity, share }) => {
    const sketch = problems[problem];
    const prior = { weight, rates: Float64Array.from(rates) };
    const total = sketch.totals.reduce((sum, y) => sum + y, 0);

    it.each(['newton', 'lbfgs'] as const)('%s agrees with the dual problem', async (solver) => {
      for (const set of sets) {
        const found = await solve(set, sketch, solver, prior, { tolerance: 1e-13 });
        expect(found.converged).toBe(true);
        const off = objective - found.objective;
        expect(off).toBeLessThan((found.gap + missing) * total + 1e-14 * found.magnitude);
        expect(-off).toBeLessThan(missing * total + 1e-14 * found.magnitude);
        // without a prior the productivities may be one choice of many, their fitted totals are not
        fittedTotals(found.data, found.productivity).forEach((u, b) => {
          const y = sketch.totals[b];
          if (y === 0) return;
          const allowed = reach((missing * total) / y) + reach((found.gap * total) / y);
          expect(Math.abs(u / fitted[b] - 1), `brick ${b}`).toBeLessThan(allowed);
        });
        productivity.forEach((p, h) => {
          const allowed = reach((found.gap * total) / weight) + reach((missing * total) / weight);
          expect(Math.abs(found.productivity[h] / p - 1), `entity ${h}`).toBeLessThan(allowed);
        });
      }
    });

    it('EM stays below, by no more than its gap', async () => {
      const found = await solve(sets[0], sketch, 'em', prior, { tolerance: 1e-9, maxPasses: 1000 });
      const off = objective - found.objective;
      expect(off).toBeLessThan((found.gap + missing) * total + 1e-14 * found.magnitude);
      expect(-off).toBeLessThan(missing * total + 1e-14 * found.magnitude);
      if (share >= 0.1) expect(found.converged).toBe(true);
    });

    it('has the objective of its own productivities', () => {
      if (productivity.length === 0) {
        // at the optimum fitted totals add up to the totals
        expect(Math.abs(fitted.reduce((sum, u) => sum + u, 0) / total - 1)).toBeLessThan(1e-12);
        return;
      }
      const { value, size } = objectiveAt(panelOf(sketch), prior, productivity);
      expect(Math.abs(value - objective)).toBeLessThan(1e-13 * size);
    });
  },
);

it('the fixture is as accurate as tests need, and has problems of every kind', () => {
  expect(cases.every(({ missing }) => missing >= 0 && missing < 1e-15)).toBe(true);
  expect(cases.filter(({ share }) => share === 0).length).toBe(8);
  expect(cases.filter(({ share }) => share > 0).length).toBeGreaterThan(10);
  const zeros = Object.values(problems).filter(({ totals }) => totals.some((y) => y === 0));
  expect(zeros.length).toBeGreaterThan(1);
});
