import { describe, expect, it } from 'vitest';
import { fit, type Model, type Tables } from '../bindings/index.js';

// Worked example: A = 100 with H1, H2, H3 and B = 60 with H2, H3, H4, every exposure 1. By hand, from all ones: A gives
// each 100/3, B each 60/3; H2 and H3 stand in two bricks, so their M step halves the sum. Later steps and the limit were
// computed with a separate plain EM in double precision.
const tables: Tables = {
  totals: { brick: ['A', 'B'], total: [100, 60] },
  exposure: {
    brick: ['A', 'A', 'A', 'B', 'B', 'B'],
    hcp: ['H1', 'H2', 'H3', 'H2', 'H3', 'H4'],
    visits: [1, 1, 1, 1, 1, 1],
  },
};
const model = (maxPasses: number): Model => ({
  totals: { brick: ['brick'], value: 'total' },
  exposure: { brick: ['brick'], entity: ['hcp'], value: 'visits' },
  model: { family: 'poisson', pooling: { kind: 'none' } },
  fit: { solver: 'em', tolerance: 1e-12, maxPasses },
});

describe('the worked example', () => {
  for (const kernels of ['wasm', 'js'] as const) {
    // the sweep at the common rate gives the first M step; each step takes one more
    for (const [steps, expected] of [
      [1, [33.333333, 26.666667, 26.666667, 20]],
      [2, [38.461538, 26.293706, 26.293706, 16.363636]],
      [3, [42.242704, 25.879486, 25.879486, 14.239351]],
    ] as const) {
      it(`has the known productivities after ${steps} M steps (${kernels})`, async () => {
        const result = await fit(tables, model(steps + 1), { kernels });
        const productivity = result.entities.columns.productivity;
        expect(result.passes).toBe(steps + 1);
        expect(result.converged).toBe(false);
        expected.forEach((value, i) => {
          expect(Math.abs(productivity[i] - value)).toBeLessThan(5e-7);
        });
      });
    }

    it(`reaches the known limit and says that it is not the only one (${kernels})`, async () => {
      const result = await fit(tables, model(10000), { kernels });
      const productivity = result.entities.columns.productivity;
      expect(result.converged).toBe(true);
      expect(result.gap).toBeLessThanOrEqual(1e-12);
      [50.666001, 24.666999, 24.666999, 10.666001].forEach((value, i) => {
        expect(Math.abs(productivity[i] - value)).toBeLessThan(1e-6);
      });
      expect(result.indistinguishable.map((group) => group.map(({ hcp }) => hcp))).toEqual([['H2', 'H3']]);
      expect(result.warnings.map(({ code }) => code)).toEqual(['indistinguishable', 'optimum-not-unique']);
      expect(result.entities.columns.flags).toEqual(['', 'indistinguishable', 'indistinguishable', '']);
    });
  }
});
