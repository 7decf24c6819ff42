import { describe, expect, it } from 'vitest';
import { type WindowedAdstock, weightsOf } from '../../bindings/exposure/weights.js';
import type { Saturation } from '../../bindings/index.js';
import { bothKernels } from '../support/kernels.js';
import { carried, saturated, scaleOfValues } from './curves.js';

const sets = await bothKernels();
const rounded = (weights: Float64Array) => Array.from(weights, (weight) => Math.round(weight * 1e12) / 1e12);
const weights = (adstock: WindowedAdstock, periods = 100) => rounded(weightsOf(adstock, periods));

describe('weights of lags', () => {
  it('are only that of lag 0 with a decay of 0, and all alike with a decay of 1', () => {
    for (const kind of ['geometricWindow', 'binomial'] as const) {
      expect(weights({ kind, decay: 0, window: 4 })).toEqual([1, 0, 0, 0]);
      expect(weights({ kind, decay: 1, window: 4 })).toEqual([1, 1, 1, 1]);
      expect(weights({ kind, decay: 1, window: 4, normalize: true })).toEqual([0.25, 0.25, 0.25, 0.25]);
    }
    expect(weights({ kind: 'delayed', decay: 0, peak: 2, window: 4 })).toEqual([0, 0, 1, 0]);
    expect(weights({ kind: 'delayed', decay: 1, peak: 2, window: 4 })).toEqual([1, 1, 1, 1]);
  });

  it('underflow to exact zeros', () => {
    expect(weightsOf({ kind: 'geometricWindow', decay: 1e-200, window: 3 }, 9)[2]).toBe(0);
    expect(weightsOf({ kind: 'weibullCdf', shape: 100, scale: 1.5, window: 3 }, 9)[2]).toBe(0);
  });

  it('sum to 1 when normalised, also where each of them would underflow: the lag next to the peak has all', () => {
    expect(weights({ kind: 'delayed', decay: 0, peak: 1.3, window: 4, normalize: true })).toEqual([0, 1, 0, 0]);
    expect(weights({ kind: 'delayed', decay: 1e-300, peak: 1.5, window: 4, normalize: true })).toEqual([
      0, 0.5, 0.5, 0,
    ]);
    expect(weights({ kind: 'delayed', decay: 0.1, peak: 90, window: 3, normalize: true })).toEqual([0, 0, 1]);
  });

  it('halve over the half-life', () => {
    const halfLife = 3;
    const geometric = weightsOf({ kind: 'geometricWindow', decay: { halfLife }, window: 7 }, 9);
    expect(rounded(geometric.filter((_, lag) => lag % 3 === 0))).toEqual([1, 0.5, 0.25]);
    const delayed = weightsOf({ kind: 'delayed', decay: { halfLife }, peak: 4, window: 8 }, 9);
    expect(rounded(delayed.filter((_, lag) => Math.abs(lag - 4) === 3))).toEqual([0.5, 0.5]);
    for (const set of sets) {
      const recursive = carried(set, { kind: 'geometric', decay: { halfLife } }, [8, 0, 0, 0, 0, 0, 0]);
      expect(rounded(recursive.filter((_, t) => t % 3 === 0))).toEqual([8, 4, 2]);
    }
  });

  it('of a Weibull law without shape or scale, or of one period, are those of no carry-over', () => {
    for (const kind of ['weibullPdf', 'weibullCdf'] as const) {
      expect(weights({ kind, shape: 0, scale: 2, window: 3 })).toEqual([1, 0, 0]);
      expect(weights({ kind, shape: 2, scale: 0, window: 3 })).toEqual([1, 0, 0]);
      expect(weights({ kind, shape: 2, scale: 2, window: 1 })).toEqual([1]);
      // so steep, or so early, that nothing survives the first period
      expect(weights({ kind, shape: 100, scale: 1e-9, window: 3 })).toEqual([1, 0, 0]);
    }
  });

  it('round the quantile of the window to a whole period, halves to even', () => {
    // 1 + 5 / 2 = 3.5 and 1 + 3 / 2 = 2.5: scales of 4 and 2
    for (const [window, scale] of [
      [6, 4],
      [4, 2],
    ]) {
      const half: WindowedAdstock = { kind: 'weibullCdf', shape: 2, scale: { quantile: 0.5 }, window };
      expect(weightsOf(half, 9)).toEqual(weightsOf({ ...half, scale }, 9));
    }
  });

  it('shrink to the calendar before they are normalised where asked', () => {
    const long = { kind: 'geometricWindow', decay: 0.5, window: 9, normalize: true } as const;
    expect(weights({ ...long, shrink: true }, 2)).toEqual([2 / 3, 1 / 3].map((x) => Math.round(x * 1e12) / 1e12));
    expect(weightsOf(long, 2)).toHaveLength(9);
    // (1 - lag / 2)^1
    expect(weights({ kind: 'binomial', decay: 0.5, window: 9, shrink: true }, 2)).toEqual([1, 0.5]);
  });
});

const curves: Saturation[] = [
  { kind: 'hill', halfSaturation: 2, slope: 1.7 },
  { kind: 'michaelisMenten', halfSaturation: 2 },
  { kind: 'logistic', rate: 0.6 },
  { kind: 'exponential', rate: { halfSaturation: 2 } },
  { kind: 'tanh', ceiling: 1, cost: 2 },
  { kind: 'tanhBaseline', baseline: 2, gain: 0.25, reached: 0.5 },
  { kind: 'sigmoid', rate: 2, midpoint: 0 },
  { kind: 'power', exponent: 0.5 },
  { kind: 'log' },
];
const bounded = curves.slice(0, 7);

describe.each(sets)('curves at their limits (%s)', (...set) => {
  it('give exactly 0 at 0, rise, and stay finite', () => {
    const x = [0, 5e-324, 1e-300, 1e-20, 1e-9, 1e-3, 0.4, 0.6, 2, 30, 1e4, 1e100, 1e300];
    for (const curve of curves) {
      const found = saturated(set, curve, x);
      expect(found[0], curve.kind).toBe(0);
      for (let i = 1; i < x.length; i++)
        expect(found[i], `${curve.kind} at ${x[i]}`).toBeGreaterThanOrEqual(found[i - 1]);
      expect(found[x.length - 1], curve.kind).toBeLessThan(1e200);
    }
  });

  it('reach their ceiling exactly at huge exposure', () => {
    const ceilings = [1, 1, 1, 1, 1, 1, 0.5];
    bounded.forEach((curve, i) => {
      expect([...saturated(set, curve, [1e18, 1e300])], curve.kind).toEqual([ceilings[i], ceilings[i]]);
    });
    // where x^slope itself is past every double
    expect([...saturated(set, { kind: 'hill', halfSaturation: 1e-9, slope: 50 }, [1e30])]).toEqual([1]);
  });

  it('keep their digits at tiny exposure: the slope at 0 times x', () => {
    const at = 1e-12;
    const slopes: [Saturation, number][] = [
      [{ kind: 'michaelisMenten', halfSaturation: 2 }, 1 / 2],
      [{ kind: 'logistic', rate: 0.6 }, 0.3],
      [{ kind: 'exponential', rate: 0.7 }, 0.7],
      [{ kind: 'tanh', ceiling: 3, cost: 2 }, 1 / 2],
      [{ kind: 'sigmoid', rate: 2, midpoint: 0 }, 0.5],
      [{ kind: 'log', amplitude: 4 }, 4],
    ];
    for (const [curve, slope] of slopes) {
      const [found] = saturated(set, curve, [at]);
      expect(Math.abs(found / (slope * at) - 1), curve.kind).toBeLessThan(2e-12);
    }
  });

  it('are at one half where they are told to be', () => {
    for (const kind of ['logistic', 'exponential'] as const) {
      for (const halfSaturation of [1e-200, 3, 1e200]) {
        const [found] = saturated(set, { kind, rate: { halfSaturation } }, [halfSaturation]);
        expect(Math.abs(found - 0.5), kind).toBeLessThan(1e-15);
      }
    }
  });

  it('are the same value by value as over thousands', () => {
    const x = Float64Array.from({ length: 4099 }, (_, i) => i / 100);
    for (const curve of curves) {
      const all = saturated(set, curve, x);
      for (const i of [0, 1, 2047, 2048, 2049, 4095, 4096, 4098]) {
        expect(saturated(set, curve, [x[i]])[0], curve.kind).toBe(all[i]);
      }
    }
  });
});

describe('scales', () => {
  it('are the largest value, the mean with zeros, the median without, or so far between', () => {
    const x = [4, 0, 1, 10, 0, 5];
    expect(scaleOfValues({ kind: 'max', share: 1 }, x)).toBe(10);
    expect(scaleOfValues({ kind: 'mean', share: 1 }, x)).toBe(20 / 6);
    expect(scaleOfValues({ kind: 'median', share: 1 }, x)).toBe(4.5);
    expect(scaleOfValues({ kind: 'median', share: 1 }, [4, 0, 1, 10])).toBe(4);
    expect(scaleOfValues({ kind: 'between', share: 0.25 }, [2, 10, 4])).toBe(4);
  });

  it('are 0 where there are only zeros, and no more than the values where those are huge', () => {
    for (const kind of ['max', 'mean', 'median', 'between'] as const) {
      expect(scaleOfValues({ kind, share: 0.5 }, [0, 0])).toBe(0);
      expect(scaleOfValues({ kind, share: 0.5 }, [])).toBe(0);
    }
    for (const kind of ['max', 'mean', 'median'] as const) {
      expect(scaleOfValues({ kind, share: 1 }, [1.5e308, 1.5e308]) / 1.5e308).toBeCloseTo(1, 15);
    }
  });
});
