import { describe, expect, it } from 'vitest';
import { plainCurve } from '../../../bindings/config/presets/plain.js';
import { convertCurve } from '../../../bindings/exposure/convert/convert.js';
import type { Curve, Preset, PresetName, Saturation } from '../../../bindings/index.js';
import { type Delivery, effectiveOf, modelWith, tablesOf } from '../support.js';

type Adstock = NonNullable<Curve['adstock']>;
type Parameters = Readonly<Record<string, unknown>>;

const periods = 20;
const weeks = Array.from({ length: periods }, (_, t) => t + 1);
const pulse: Delivery[] = [[1, 'N', 'tv', 'a', 1]];

const known = new Map<string, Promise<number[]>>();

/** Effective exposure after a single unit: the kernel at work, lag by lag. */
function weightsSeen(adstock: Adstock): Promise<number[]> {
  const name = JSON.stringify(adstock);
  const curve: Curve = { adstock, scale: 'none' };
  const seen =
    known.get(name) ??
    effectiveOf(tablesOf(pulse, weeks), modelWith({ tv: curve }, { gaps: 'zero' })).then((exposure) =>
      weeks.map((week) => exposure[`tv a N ${week}`] ?? 0),
    );
  known.set(name, seen);
  return seen;
}

// saturation that each library has beside every one of its kernels
const some: Readonly<Record<PresetName, (parameters: Parameters) => object>> = {
  robyn: () => ({ alpha: 1, gamma: 1 }),
  'robyn-legacy': () => ({ alpha: 1, gamma: 1 }),
  meridian: () => ({ ec: 1 }),
  'pymc-marketing': () => ({ saturation: 'no_saturation' }),
  'lightweight-mmm': ({ model_name }) =>
    model_name === 'hill_adstock' ? { half_max_effective_concentration: 1, slope: 1 } : { exponent: 1 },
};
const adstockOf = (preset: PresetName, parameters: Parameters): Adstock =>
  plainCurve({ preset, ...parameters, ...some[preset](parameters) } as Preset).adstock!;

const geometric = { kind: 'geometric', decay: 0.4 } as const;
const window = { kind: 'geometricWindow', decay: 0.4, window: 8 } as const;
const kernels: Readonly<Record<PresetName, readonly Adstock[]>> = {
  robyn: [
    geometric,
    { kind: 'weibullPdf', shape: 2.3, scale: { quantile: 0.2 } },
    { kind: 'weibullCdf', shape: 1.3, scale: { quantile: 0.2 } },
  ],
  'robyn-legacy': [geometric, { kind: 'weibullCdf', shape: 1.3, scale: 4 }],
  meridian: [window, { ...window, normalize: true }, { kind: 'binomial', decay: 0.5, window: 9 }, geometric],
  'pymc-marketing': [
    window,
    { ...window, normalize: true },
    { kind: 'delayed', decay: 0.6, peak: 2, window: 12 },
    { kind: 'binomial', decay: 0.5, window: 9, zeroAt: 10 },
    { kind: 'weibullPdf', shape: 2.3, scale: 4, window: 12 },
    { kind: 'weibullCdf', shape: 1.3, scale: 4, window: 30 },
    { kind: 'kernel', weights: [3, 1] },
    { kind: 'none' },
  ],
  'lightweight-mmm': [
    geometric,
    { ...geometric, normalize: true },
    { kind: 'delayed', decay: 0.6, peak: 2, window: 13 },
  ],
};
const saturations: readonly Saturation[] = [
  { kind: 'none' },
  { kind: 'power', exponent: 0.6 },
  { kind: 'log' },
  { kind: 'hill', halfSaturation: 0.7, slope: 1.4 },
  { kind: 'michaelisMenten', halfSaturation: 0.7 },
  { kind: 'logistic', rate: 2 },
  { kind: 'exponential', rate: 2 },
  { kind: 'tanh', ceiling: 0.8, cost: 1.5 },
  { kind: 'tanhBaseline', baseline: 0.5, gain: 0.8, reached: 0.4 },
  { kind: 'sigmoid', rate: 3, midpoint: 0.9 },
];
const had: Readonly<Record<PresetName, readonly Saturation['kind'][]>> = {
  robyn: ['hill', 'michaelisMenten'],
  'robyn-legacy': ['hill', 'michaelisMenten'],
  meridian: ['none', 'hill', 'michaelisMenten'],
  'pymc-marketing': saturations.map(({ kind }) => kind).filter((kind) => kind !== 'exponential'),
  'lightweight-mmm': ['none', 'power', 'hill', 'michaelisMenten'],
};
const carriesOverFirst = ['robyn', 'robyn-legacy', 'lightweight-mmm'];
const pairs = Object.entries(kernels).flatMap(([to, list]) =>
  list.map((adstock): [PresetName, Adstock] => [to as PresetName, adstock]),
);

describe('convertCurve finds the kernel, whatever else is in the way', () => {
  it.each(pairs)('in %s: %o', async (to, adstock) => {
    const wanted = await weightsSeen(adstock);
    for (const saturation of saturations) {
      for (const order of ['adstockFirst', 'saturationFirst'] as const) {
        const what = `${saturation.kind}, ${order}`;
        // a scale that no library has: data would have to tell
        const from: Curve = { adstock, saturation, scale: { kind: 'max', per: 'curve' }, order };
        const { curve, kernel, reason } = convertCurve(from, to, { periods });
        expect([what, kernel]).not.toEqual([what, null]);
        const seen = await weightsSeen(adstockOf(to, kernel!.parameters));
        seen.forEach((weight, lag) => {
          const distance = Math.abs(weight - kernel!.factor! * wanted[lag]);
          expect(distance, `${what}, lag ${lag}`).toBeLessThanOrEqual(1e-12 * weight);
        });
        const obstacles = reason ?? '';
        expect(obstacles.includes(`no saturation of the kind "${saturation.kind}"`), what).toBe(
          !had[to].includes(saturation.kind),
        );
        const bends = order === 'saturationFirst' && adstock.kind !== 'none' && saturation.kind !== 'none';
        expect(obstacles.includes('this curve saturates first'), what).toBe(bends && carriesOverFirst.includes(to));
        expect(reason === null).toBe(curve !== null);
      }
    }
  });
});

describe('convertCurve gives the kernel', () => {
  const logistic: Preset = {
    preset: 'pymc-marketing',
    adstock: 'geometric',
    adstock_alpha: 0.4,
    l_max: 8,
    saturation: 'logistic',
    saturation_lam: 2,
  };
  const hill: Saturation = { kind: 'hill', halfSaturation: 0.4, slope: 1 };

  it('of a saturation that the library does not have', () => {
    expect(convertCurve(logistic, 'meridian', { periods: 50 })).toEqual({
      curve: null,
      factor: null,
      kernel: { parameters: { alpha: 0.4, max_lag: 7 }, factor: 1 },
      reason: 'meridian has no saturation of the kind "logistic".',
      nearest: null,
    });
  });

  it('without a factor where that depends on the length of the calendar', () => {
    expect(convertCurve(logistic, 'meridian').kernel).toEqual({ parameters: { alpha: 0.4, max_lag: 7 }, factor: null });
  });

  it('where only data can tell the scale', () => {
    const robyn: Preset = { preset: 'robyn', theta: 0.4, alpha: 1.7, gamma: 0.35 };
    const { curve, kernel, reason } = convertCurve(robyn, 'pymc-marketing', { periods: 10 });
    expect([curve, reason]).toEqual([null, expect.stringMatching(/only data can tell/)]);
    expect(kernel).toEqual({
      parameters: { adstock: 'geometric', adstock_alpha: 0.4, l_max: 10, normalize: false },
      factor: 1,
    });
  });

  it('of reach and frequency', () => {
    const rf: Preset = { preset: 'meridian', reach_frequency: true, alpha: 0.5, max_lag: 3, ec: 1.2, slope: 2 };
    const { kernel, reason } = convertCurve(rf, 'pymc-marketing', { periods });
    expect(reason).toBe('pymc-marketing has no curve of frequency.');
    expect(kernel).toEqual({
      parameters: { adstock: 'geometric', adstock_alpha: 0.5, l_max: 4, normalize: true },
      factor: 1,
    });
  });

  it('that a library has only without half saturation, and what comes near beside it', () => {
    const delayed: Adstock = { kind: 'delayed', decay: 0.6, peak: 2, window: 13, normalize: true };
    const { kernel, reason, nearest } = convertCurve({ adstock: delayed, saturation: hill }, 'lightweight-mmm');
    expect(reason).toBe('lightweight-mmm has this kernel only without half saturation.');
    expect(kernel!.parameters).toEqual({
      model_name: 'carryover',
      ad_effect_retention_rate: 0.6,
      peak_effect_delay: 2,
      number_lags: 13,
    });
    expect(kernel!.factor).toBeCloseTo(1, 12);
    expect(nearest!.parameters).toMatchObject({ model_name: 'hill_adstock' });
    expect(nearest!.difference).toBeGreaterThan(0.01);
  });

  it('whose weights before the exposure are 0', () => {
    const adstock: Adstock = { kind: 'kernel', weights: [0, 0, 1, 0.5], lead: 2 };
    const { kernel } = convertCurve({ adstock, saturation: { kind: 'log' } }, 'pymc-marketing');
    expect(kernel!.parameters).toMatchObject({ adstock: 'geometric', adstock_alpha: 0.5, l_max: 2 });
  });
});

describe('convertCurve says that no parameters give the kernel', () => {
  it('beside all else that is in the way, and what comes near', () => {
    const adstock: Adstock = { kind: 'geometricWindow', decay: 0.4, window: 8 };
    const saturation: Saturation = { kind: 'logistic', rate: 2 };
    const { curve, kernel, reason, nearest } = convertCurve({ adstock, saturation, order: 'saturationFirst' }, 'robyn');
    expect([curve, kernel]).toEqual([null, null]);
    expect(reason).toBe(
      'robyn carries over before it saturates, this curve saturates first. robyn has no saturation of the kind "logistic". robyn has no kernel in proportion to this one ("geometricWindow"). On a calendar of known length there may be: give periods.',
    );
    // the first weight, 0.6 of all without an end
    expect(nearest!.parameters).toEqual({ theta: 0.4 });
    expect(nearest!.difference).toBeCloseTo(0.6 / (1 - 0.4 ** 8) - 0.6, 12);
  });

  it('of effect before the exposure', () => {
    const adstock: Adstock = { kind: 'kernel', weights: [1, 2], lead: 1 };
    const { kernel, reason, nearest } = convertCurve({ adstock, saturation: { kind: 'log' } }, 'meridian');
    expect(kernel).toBeNull();
    expect(reason).toBe('meridian has no saturation of the kind "log". meridian has no effect before the exposure.');
    // all effect in the period of the exposure against a third of it a period before
    expect(nearest!.difference).toBeCloseTo(1 / 3, 15);
    expect(nearest!.parameters).toMatchObject({ max_lag: 0 });
  });

  it('where a parameter would be out of range', () => {
    const adstock: Adstock = { kind: 'weibullPdf', shape: 25, scale: 4, window: 10 };
    const { kernel, reason, nearest } = convertCurve({ adstock, saturation: { kind: 'log' } }, 'robyn', {
      periods: 10,
    });
    expect(kernel).toBeNull();
    expect(reason).toMatch(
      /^robyn has no saturation of the kind "log"\. robyn would need a parameter.*shape: expected/,
    );
    expect(nearest!.parameters).toHaveProperty('theta');
  });
});
