import { beforeAll, describe, expect, it } from 'vitest';
import { priorCurvature } from '../../bindings/solve/prior.js';
import { bothKernels, type KernelSet } from '../support/kernels.js';
import { solve } from './solving.js';

let sets: KernelSet[];
beforeAll(async () => {
  sets = await bothKernels();
});

describe("the prior's curvature", () => {
  const pass = { exposure: Float64Array.of(5, 5, 5) };
  const prior = { weight: 4, rates: Float64Array.of(2, 2, 2) };
  const at = (productivity: number[], credits: number[]) =>
    priorCurvature(pass as unknown as Parameters<typeof priorCurvature>[0], prior, {
      productivity: Float64Array.from(productivity),
      credits: Float64Array.from(credits),
    });

  it('is weight / p^2 where the slope is zero', () => {
    // credits = exposure + weight / rate - weight / p
    expect([...at([2, 1, 4], [5, 3, 6])]).toEqual([4 / 4, 4 / 1, 4 / 16]);
  });

  it('is the pressure over p elsewhere, and at least a tenth of weight / p^2', () => {
    expect([...at([2, 2, 2], [1, 6.5, 20])]).toEqual([6 / 2, 0.5 / 2, (0.1 * 4) / 2 / 2]);
  });

  it('takes newton to the optimum of an entity alone in one step, wherever it began', async () => {
    const sketch = { totals: [12], entities: 1, rows: [[0, 3]] };
    for (const rate of [0.2, 1, 9, 30]) {
      const prior = { weight: 5, rates: Float64Array.of(rate) };
      const { passes, productivity, converged } = await solve(sets[0], sketch, 'newton', prior, { tolerance: 1e-14 });
      expect(converged).toBe(true);
      expect(passes).toBe(2);
      const best = (12 + 5) / (3 + 5 / rate);
      expect(Math.abs(productivity[0] / best - 1)).toBeLessThan(1e-9);
    }
  });
});
