import { describe, expect, it } from 'vitest';
import type { CoefficientRule } from '../../../bindings/regression/fitCoefficients.js';
import { bothKernels } from '../../support/kernels.js';
import { climb, simulated } from './simulated.js';

const [wasm] = await bothKernels();
const regression = simulated({ hcps: 150, bricks: 90 });

/** Exposure-weighted columns as penalties see them, the totals' slopes in their coefficients, and the dispersion. */
function slopesAt({ panel, predictors }: typeof regression, productivity: Float64Array) {
  const { rows, width } = predictors;
  const exposure = productivity.map(() => 0);
  panel.column.forEach((h, j) => {
    exposure[h] += panel.exposure[j];
  });
  const whole = exposure.reduce((sum, w) => sum + w, 0);
  const columns = Array.from({ length: width }, (_, c) => {
    const column = exposure.map((_, h) => rows[h * width + c]);
    const mean = column.reduce((sum, v, h) => sum + v * exposure[h], 0) / whole;
    const square = column.reduce((sum, v, h) => sum + (v - mean) ** 2 * exposure[h], 0) / whole;
    return { values: column.map((v) => (v - mean) / Math.sqrt(square)), deviation: Math.sqrt(square) };
  });
  const slopes = new Array<number>(width + 1).fill(0);
  const rate = panel.totals.reduce((sum, y) => sum + y, 0) / whole;
  let pearson = 0;
  panel.totals.forEach((y, b) => {
    let u = 0;
    let flat = 0;
    for (let j = panel.segments[b]; j < panel.segments[b + 1]; j++) {
      u += panel.exposure[j] * productivity[panel.column[j]];
      flat += rate * panel.exposure[j];
    }
    pearson += (y - flat) ** 2 / flat;
    for (let j = panel.segments[b]; j < panel.segments[b + 1]; j++) {
      const pull = (y / u - 1) * panel.exposure[j] * productivity[panel.column[j]];
      slopes[0] += pull;
      columns.forEach(({ values }, c) => {
        slopes[c + 1] += pull * values[panel.column[j]];
      });
    }
  });
  return {
    slopes,
    deviations: columns.map(({ deviation }) => deviation),
    dispersion: pearson / (panel.totals.length - 1),
  };
}

const rule = (kind: 'ridge' | 'lasso', strength: number | 'path'): Partial<CoefficientRule> => ({
  penalty: { kind, strength },
  tolerance: 1e-20,
});

describe('a lasso', () => {
  for (const strength of [0.1, 3, 10, 25]) {
    it(`of strength ${strength} meets the conditions of its optimum`, async () => {
      const { found } = await climb(wasm, regression, rule('lasso', strength));
      const { slopes, dispersion } = slopesAt(regression, found.productivity);
      const weight = strength * dispersion;
      expect(Math.abs(slopes[0])).toBeLessThan(1e-8 * weight);
      slopes.slice(1).forEach((slope, c) => {
        const coefficient = found.estimate[c + 1];
        if (coefficient === 0) expect(Math.abs(slope)).toBeLessThanOrEqual(weight * (1 + 1e-8));
        else expect(Math.abs(slope - Math.sign(coefficient) * weight)).toBeLessThan(1e-8 * weight);
      });
      expect(found.parameters).toBe([...found.estimate].filter((x) => x !== 0).length);
    });
  }

  it('as strong as the steepest slope leaves the intercept, a little weaker one column', async () => {
    const none = await climb(wasm, regression, rule('lasso', 1e9));
    expect([...none.found.estimate].slice(1)).toEqual([0, 0, 0, 0, 0, 0]);
    const { slopes, dispersion } = slopesAt(regression, none.found.productivity);
    const steepest = Math.max(...slopes.slice(1).map(Math.abs)) / dispersion;
    const countAt = async (strength: number) =>
      (await climb(wasm, regression, rule('lasso', strength))).found.estimate.filter((x) => x !== 0).length;
    expect(await countAt(steepest * 1.0001)).toBe(1);
    expect(await countAt(steepest * 0.9999)).toBe(2);
  });

  it('counts groups of coefficients by what the data decide, what it left out not at all', async () => {
    const predictors = {
      ...regression.predictors,
      groupOf: Uint32Array.from({ length: regression.panel.entity.length }, (_, h) => h % 2),
      groups: 2,
    };
    // groups held fast: what is left is the intercept and the columns that the lasso keeps
    const { found } = await climb(wasm, { ...regression, predictors }, { ...rule('lasso', 1e9), ownWeight: 1e9 });
    expect([...found.estimate].slice(1, 7)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(found.parameters).toBeCloseTo(1, 5);
  });
});

describe('a ridge', () => {
  it('has the slopes of its optimum on the scaled columns', async () => {
    for (const strength of [0.3, 30]) {
      const { found } = await climb(wasm, regression, rule('ridge', strength));
      const { slopes, deviations, dispersion } = slopesAt(regression, found.productivity);
      expect(Math.abs(slopes[0])).toBeLessThan(1e-8 * dispersion);
      deviations.forEach((deviation, c) => {
        const expected = strength * dispersion * found.estimate[c + 1] * deviation;
        expect(Math.abs(slopes[c + 1] - expected)).toBeLessThan(1e-7 * (Math.abs(expected) + dispersion));
      });
    }
  });

  it('does not care about the unit of a column, nor where its zero is', async () => {
    const { panel, predictors } = regression;
    const { width } = predictors;
    const moved = predictors.rows.map((x, i) => (i % width === width - 1 ? 1000 * x - 7 : x));
    for (const kind of ['ridge', 'lasso'] as const) {
      const before = (await climb(wasm, regression, rule(kind, 5))).found;
      const after = (await climb(wasm, { panel, predictors: { ...predictors, rows: moved } }, rule(kind, 5))).found;
      expect(after.estimate[width]).toBeCloseTo(before.estimate[width] / 1000, 10);
      expect(after.logLikelihood).toBeCloseTo(before.logLikelihood, 6);
      after.productivity.forEach((p, h) => {
        expect(p / before.productivity[h]).toBeCloseTo(1, 8);
      });
    }
  });
});

describe('a path', () => {
  for (const kind of ['ridge', 'lasso'] as const) {
    it(`of a ${kind} goes down evenly, is what single strengths give, and its smallest criterion is chosen`, async () => {
      const { found } = await climb(wasm, regression, { penalty: { kind, strength: 'path' }, tolerance: 1e-16 });
      const path = found.path!;
      expect(path).toHaveLength(30);
      const { dispersion } = slopesAt(regression, found.productivity);
      const near = 0.005 * dispersion; // what 0.01 of the criterion is in log-likelihood
      path.forEach(({ strength, parameters, logLikelihood, criterion }, k) => {
        expect(strength / path[0].strength).toBeCloseTo(1e-4 ** (k / 29), 10);
        expect(criterion).toBeCloseTo((-2 * logLikelihood) / dispersion + parameters * Math.log(90), 6);
        if (k > 0) expect(logLikelihood).toBeGreaterThan(path[k - 1].logLikelihood - near);
      });
      const best = path.reduce((least, step) => (step.criterion < least.criterion ? step : least));
      expect(found.strength).toBe(best.strength);
      expect(Math.abs(found.logLikelihood - best.logLikelihood)).toBeLessThan(near);
      // the strength that is chosen is solved to the end
      const chosen = (await climb(wasm, regression, { penalty: { kind, strength: found.strength! }, tolerance: 1e-16 }))
        .found;
      expect(found.logLikelihood).toBeCloseTo(chosen.logLikelihood, 7);
      for (const k of [5, 17, 29]) {
        const alone = (
          await climb(wasm, regression, { penalty: { kind, strength: path[k].strength }, tolerance: 1e-16 })
        ).found;
        expect(Math.abs(alone.logLikelihood - path[k].logLikelihood)).toBeLessThan(near);
        expect(alone.parameters).toBeCloseTo(path[k].parameters, 2);
      }
      if (kind === 'lasso') {
        expect(path[0].parameters).toBe(1);
        expect(path[29].parameters).toBe(7);
      } else {
        expect(path[29].parameters - path[0].parameters).toBeGreaterThan(1);
        path.forEach(({ parameters }, k) => {
          if (k > 0) expect(parameters).toBeGreaterThan(path[k - 1].parameters - 0.01);
        });
      }
    });
  }
});
