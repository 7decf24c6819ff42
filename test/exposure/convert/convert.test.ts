import { describe, expect, it } from 'vitest';
import { plainCurve } from '../../../bindings/config/presets/plain.js';
import { convertCurve } from '../../../bindings/exposure/convert/convert.js';
import type { Curve, Preset, PresetName, Saturation } from '../../../bindings/index.js';
import { randomOf } from '../../support/kernels.js';
import { type Delivery, effectiveOf, modelWith, tablesOf } from '../support.js';

const periods = 30;
const weeks = Array.from({ length: periods }, (_, t) => t + 1);
const training = weeks.slice(4); // with a total; what comes before is history
const random = randomOf(23);
const deliveries = ['a', 'b'].flatMap((campaign) =>
  weeks.flatMap((week): Delivery[] =>
    random() < 0.3 && week > 1 ? [] : [[week, 'N', 'tv', campaign, Math.ceil(random() * 1000)]],
  ),
);
const known = new Map<string, Promise<Record<string, number>>>();
function shaped(curve: Curve | Preset): Promise<Record<string, number>> {
  const name = JSON.stringify(curve);
  const found =
    known.get(name) ?? effectiveOf(tablesOf(deliveries, training), modelWith({ tv: curve }, { gaps: 'zero' }));
  known.set(name, found);
  return found;
}

/** Largest relative distance of two effective exposures that should be the same but for `factor`. */
function apart(from: Record<string, number>, to: Record<string, number>, factor: number): number {
  expect(Object.keys(to)).toEqual(Object.keys(from));
  let most = 0;
  for (const key of Object.keys(from)) {
    if (from[key] === 0) expect(to[key]).toBe(0);
    else most = Math.max(most, Math.abs(to[key] / (factor * from[key]) - 1));
  }
  return most;
}

/** What a curve divides by in this data: adstocked exposure over the same in units of the scale. */
async function scaleIn(curve: Curve | Preset): Promise<number> {
  const { adstock, scale, order } = plainCurve(curve);
  const without = await shaped({ ...(adstock && { adstock }), scale: 'none' });
  const linear: Curve = { ...(adstock && { adstock }), ...(scale && { scale }), ...(order && { order }) };
  const within = await shaped(linear);
  const [key] = Object.keys(without);
  return without[key] / within[key];
}

const hill = { saturation: 'hill', saturation_kappa: 0.3, saturation_slope: 1.4 } as const;
const robyn: Preset = { preset: 'robyn', theta: 0.4, alpha: 1.7, gamma: 0.35 };
const robynCdf: Preset = { preset: 'robyn', adstock: 'weibull_cdf', shape: 1.3, scale: 0.2, alpha: 1.2, gamma: 0.6 };
const robynPdf: Preset = { preset: 'robyn', adstock: 'weibull_pdf', shape: 2.3, scale: 0.2, alpha: 1.2, gamma: 0.6 };
const legacy: Preset = { preset: 'robyn-legacy', theta: 0.4, alpha: 1.7, gamma: 0.35 };
const meridian: Preset = { preset: 'meridian', alpha: 0.5, ec: 0.8, slope: 1.3 };
const meridianFirst: Preset = { ...meridian, hill_before_adstock: true };
const binomial: Preset = { preset: 'meridian', alpha: 0.5, ec: 0.8, adstock_decay_spec: 'binomial' };
const pymc: Preset = { preset: 'pymc-marketing', adstock: 'geometric', adstock_alpha: 0.6, l_max: 8, ...hill };
const pymcLong: Preset = { ...pymc, l_max: 40, normalize: false } as Preset;
const pymcFirst: Preset = { ...pymc, adstock_first: false } as Preset;
const delayed: Preset = {
  preset: 'pymc-marketing',
  adstock: 'delayed',
  adstock_alpha: 0.6,
  adstock_theta: 2,
  l_max: 13,
  saturation: 'root',
  saturation_alpha: 0.7,
};
const peaked: Preset = {
  preset: 'pymc-marketing',
  adstock: 'delayed',
  adstock_alpha: 0.6,
  adstock_theta: 2,
  ...hill,
};
const weibull: Preset = {
  preset: 'pymc-marketing',
  adstock: 'weibull_cdf',
  adstock_lam: 4,
  adstock_k: 1.4,
  l_max: 40,
  normalize: false,
  ...hill,
};
const lightweight: Preset = { preset: 'lightweight-mmm', model_name: 'adstock', lag_weight: 0.5, exponent: 0.8 };
const lightweightHill: Preset = {
  preset: 'lightweight-mmm',
  model_name: 'hill_adstock',
  lag_weight: 0.5,
  half_max_effective_concentration: 1.4,
  slope: 1.2,
};
const carryover: Preset = {
  preset: 'lightweight-mmm',
  model_name: 'carryover',
  ad_effect_retention_rate: 0.6,
  peak_effect_delay: 2,
  exponent: 0.7,
};
const geometric = { preset: 'pymc-marketing', adstock: 'geometric', adstock_alpha: 0.3, l_max: 30 } as const;
const presetsOfPymc: Preset[] = [
  { ...geometric, saturation: 'michaelis_menten', saturation_lam: 0.3, saturation_alpha: 2 },
  { ...geometric, saturation: 'root', saturation_alpha: 0.5, saturation_beta: 3 },
  { ...geometric, saturation: 'no_saturation', saturation_beta: 3 },
  { ...geometric, saturation: 'logistic', saturation_lam: 2 },
];
const inMaximum = { kind: 'max', from: 'delivered', over: 'totals' } as const;

describe('convertCurve finds the same curve', () => {
  // [from, to, what is known besides the curve]
  const pairs: [string, Curve | Preset, PresetName, { periods?: number; scales?: true }][] = [
    ['the point of inflexion at the largest value', { ...robyn, gamma: 1 } as Preset, 'robyn-legacy', {}],
    ['the same, back', { ...legacy, gamma: 1 } as Preset, 'robyn', {}],
    ['legacy by its measured point of inflexion', legacy, 'robyn', { scales: true }],
    ['an infinite window on a calendar that ends', robyn, 'pymc-marketing', { periods, scales: true }],
    ['an infinite window on a calendar that ends', robyn, 'meridian', { periods, scales: true }],
    ['an infinite window', robyn, 'lightweight-mmm', { scales: true }],
    ['an infinite window, normalised', lightweightHill, 'robyn', { scales: true }],
    [
      'an infinite window, normalised, on a calendar that ends',
      lightweightHill,
      'pymc-marketing',
      { periods, scales: true },
    ],
    ['Weibull laws of a calendar', robynCdf, 'pymc-marketing', { periods, scales: true }],
    ['Weibull laws of a calendar', robynPdf, 'pymc-marketing', { periods, scales: true }],
    ['a Weibull scale in periods as a quantile', weibull, 'robyn', { periods, scales: true }],
    ['a window', meridian, 'pymc-marketing', { periods, scales: true }],
    ['a window', pymc, 'meridian', { periods, scales: true }],
    ['Hill before adstock', meridianFirst, 'pymc-marketing', { periods, scales: true }],
    ['Hill before adstock', pymcFirst, 'meridian', { periods, scales: true }],
    ['another gain after Hill', { ...pymcFirst, normalize: false } as Preset, 'meridian', { periods, scales: true }],
    ['a window past the calendar', pymcLong, 'robyn', { periods, scales: true }],
    ['a window past the calendar', pymcLong, 'lightweight-mmm', { periods, scales: true }],
    ['a kernel with a peak, without half saturation', delayed, 'lightweight-mmm', { scales: true }],
    ['a kernel with a peak, without half saturation', carryover, 'pymc-marketing', { scales: true }],
    ['a power', lightweight, 'pymc-marketing', { periods, scales: true }],
    ['no carry-over', { ...robyn, theta: 0 } as Preset, 'pymc-marketing', {}],
    ['no carry-over', { preset: 'pymc-marketing', adstock: 'no_adstock', ...hill }, 'robyn', {}],
    [
      'a curve written out',
      {
        adstock: { kind: 'geometricWindow', decay: 0.4, window: 6 },
        saturation: { kind: 'logistic', rate: 3 },
        scale: inMaximum,
      },
      'pymc-marketing',
      {},
    ],
    [
      'an amplitude',
      { saturation: { kind: 'sigmoid', rate: 5, midpoint: 0.4, amplitude: 3 }, scale: inMaximum },
      'pymc-marketing',
      {},
    ],
    [
      'an amplitude that the library has not',
      {
        saturation: { kind: 'michaelisMenten', halfSaturation: 0.4, amplitude: 3 },
        scale: { kind: 'max', over: 'totals' },
      },
      'robyn',
      {},
    ],
    [
      'a kernel of two weights',
      { adstock: { kind: 'kernel', weights: [3, 1] }, saturation: { kind: 'none' }, scale: inMaximum },
      'pymc-marketing',
      {},
    ],
    ['each on the curve of its size', { ...legacy, gamma: 1, of: 'scaled' } as Preset, 'robyn', {}],
    ['each by itself', { ...robyn, gamma: 1, of: 'entity' } as Preset, 'robyn-legacy', {}],
    ...(
      [
        { kind: 'hill', halfSaturation: 1.2, slope: 1.4 },
        { kind: 'michaelisMenten', halfSaturation: 1.2 },
        { kind: 'logistic', rate: 1.7 },
        { kind: 'logistic', rate: { halfSaturation: 0.8 } },
        { kind: 'tanh', ceiling: 0.8, cost: 1.5 },
        { kind: 'tanhBaseline', baseline: 0.9, gain: 0.7, reached: 0.4 },
        { kind: 'power', exponent: 0.6, amplitude: 2 },
        { kind: 'sigmoid', rate: 3, midpoint: 0.9 },
      ] as Saturation[]
    ).map((saturation): [string, Curve, PresetName, { scales: true; periods: number }] => [
      `${saturation.kind} in another unit`,
      { adstock: { kind: 'geometric', decay: 0.3 }, saturation, scale: { kind: 'mean' } },
      'pymc-marketing',
      { periods, scales: true },
    ]),
    ...(['tanh', 'tanhBaseline', 'log'] as const).map((kind): [string, Curve, PresetName, object] => [
      kind,
      {
        saturation:
          kind === 'tanh'
            ? { kind, ceiling: 0.8, cost: 1.5 }
            : kind === 'tanhBaseline'
              ? { kind, baseline: 0.5, gain: 0.8, reached: 0.4 }
              : { kind },
        scale: inMaximum,
      },
      'pymc-marketing',
      {},
    ]),
  ];
  for (const [what, from, to, { periods, scales }] of pairs) {
    const name = 'preset' in from ? from.preset : 'a plain curve';
    it(`of ${name} in ${to}: ${what}`, async () => {
      const known = { ...(periods && { periods }) };
      if (scales) expect(convertCurve(from, to, known).reason).toMatch(/only data can tell/);
      // the scale of the other library is measured with its own kernel
      const sketch = convertCurve(from, to, { ...known, ...(scales && { scales: { from: 1, to: 1000 } }) });
      const measured = scales && sketch.curve && { from: await scaleIn(from), to: await scaleIn(sketch.curve) };
      const { curve, factor, kernel, reason, nearest } = convertCurve(from, to, {
        ...known,
        ...(measured && { scales: measured }),
      });
      expect([reason, nearest]).toEqual([null, null]);
      expect(curve).toMatchObject({ preset: to, ...kernel!.parameters });
      expect(apart(await shaped(from), await shaped(curve!), factor!)).toBeLessThan(1e-12);
    });
  }

  it('wherever it finds one, of every curve in every library', async () => {
    const pool = [robyn, robynCdf, robynPdf, legacy, meridian, meridianFirst, binomial, pymc, pymcLong, pymcFirst];
    const others = [delayed, peaked, weibull, lightweight, lightweightHill, carryover];
    const libraries = ['robyn', 'robyn-legacy', 'meridian', 'pymc-marketing', 'lightweight-mmm'] as const;
    const same: string[] = [];
    for (const from of [...pool, ...others, ...presetsOfPymc]) {
      for (const to of libraries) {
        const sketch = convertCurve(from, to, { periods, scales: { from: 1, to: 1000 } });
        const scales = sketch.curve && { from: await scaleIn(from), to: await scaleIn(sketch.curve) };
        const { curve, factor, reason } = convertCurve(from, to, { periods, ...(scales && { scales }) });
        expect(reason === null).toBe(curve !== null);
        if (!curve || from.preset === to) continue;
        expect(apart(await shaped(from), await shaped(curve), factor!), `${from.preset} in ${to}`).toBeLessThan(1e-12);
        same.push(`${from.preset} in ${to}`);
      }
    }
    expect([...new Set(same)].sort()).toEqual([
      'lightweight-mmm in meridian',
      'lightweight-mmm in pymc-marketing',
      'lightweight-mmm in robyn',
      'meridian in pymc-marketing',
      'pymc-marketing in lightweight-mmm',
      'pymc-marketing in meridian',
      'pymc-marketing in robyn',
      'robyn in lightweight-mmm',
      'robyn in meridian',
      'robyn in pymc-marketing',
      'robyn-legacy in lightweight-mmm',
      'robyn-legacy in meridian',
      'robyn-legacy in pymc-marketing',
      'robyn-legacy in robyn',
    ]);
    expect(same).toHaveLength(29);
  });

  it('written out', async () => {
    for (const from of [robyn, robynPdf, legacy, meridianFirst, binomial, delayed, weibull, lightweightHill]) {
      const { curve, factor } = convertCurve(from, 'plain');
      expect([curve, factor]).toEqual([plainCurve(from), 1]);
      expect(await shaped(curve!)).toEqual(await shaped(from));
    }
  });

  it('of the same library in itself', () => {
    const same = { curve: robyn, factor: 1, reason: null, nearest: null };
    expect(convertCurve(robyn, 'robyn')).toEqual({ ...same, kernel: { parameters: { theta: 0.4 }, factor: 1 } });
    const { kernel } = convertCurve(peaked, 'pymc-marketing');
    expect(kernel!.parameters).toEqual({ adstock: 'delayed', adstock_alpha: 0.6, adstock_theta: 2 });
  });

  it('in the parameters that one would write down by hand', () => {
    // 1 / (1 - theta^12) is what is left out of an infinite kernel; Robyn measures what it carried over
    expect(convertCurve({ ...robyn, gamma: 1 } as Preset, 'robyn-legacy').curve).toEqual({
      ...robyn,
      preset: 'robyn-legacy',
      gamma: 1,
    });
    expect(convertCurve(robyn, 'pymc-marketing', { periods: 52, scales: { from: 300, to: 200 } }).curve).toEqual({
      preset: 'pymc-marketing',
      adstock: 'geometric',
      adstock_alpha: 0.4,
      l_max: 52,
      normalize: false,
      saturation: 'hill',
      saturation_slope: 1.7,
      saturation_kappa: 0.35 * 1.5,
    });
  });

  it('without a factor where it depends on the length of the calendar', () => {
    // Meridian cuts its window to a short calendar before it normalises
    const known = { scales: { from: 2, to: 1 } };
    expect(convertCurve(meridianFirst, 'pymc-marketing', known)).toMatchObject({
      curve: { adstock_first: false, saturation_kappa: 1.6 },
      factor: null,
    });
    expect(convertCurve(meridianFirst, 'pymc-marketing', { ...known, periods: 9 }).factor).toBe(1);
    const linear: Preset = { preset: 'meridian', alpha: 0.5, saturation_spec: 'none' };
    const alike = { scales: { from: 1, to: 1 } };
    expect(convertCurve(linear, 'pymc-marketing', alike).factor).toBeNull();
    // three of nine weights: 1 + 1/2 + 1/4 of 2 - 1/256
    const short = convertCurve(linear, 'pymc-marketing', { ...alike, periods: 3 }).factor;
    expect(short).toBeCloseTo(1.75 / (2 - 1 / 256), 14);
  });

  it('of a window so long that the last weights are no doubles any more', () => {
    const long = { preset: 'pymc-marketing', adstock: 'geometric', adstock_alpha: 0.5, l_max: 2000, ...hill } as const;
    const scales = { from: 1, to: 2 };
    expect(convertCurve(long, 'robyn', { scales }).curve).toMatchObject({ theta: 0.5 });
    // 0.5^1000 is still one
    expect(convertCurve({ ...long, l_max: 1000 }, 'robyn', { scales }).curve).toBeNull();
  });

  it('of reach and frequency as a plain curve, and back', () => {
    const rf: Preset = { preset: 'meridian', reach_frequency: true, alpha: 0.5, ec: 1.2, slope: 2 };
    const { curve } = convertCurve(rf, 'plain');
    expect(convertCurve(curve!, 'meridian').curve).toEqual({ ...rf, max_lag: 8 });
  });
});

describe('convertCurve refuses', () => {
  const refusals: [string, Curve | Preset, PresetName, object, RegExp][] = [
    ['an infinite window in one that ends', robyn, 'pymc-marketing', {}, /no kernel in proportion.*give periods\.$/],
    ['a window in one without end', meridian, 'robyn', {}, /no kernel in proportion.*give periods\.$/],
    [
      'a window in one without end, on a longer calendar',
      pymc,
      'robyn',
      { periods },
      /no kernel in proportion to this one \("geometricWindow"\)\.$/,
    ],
    ['a binomial that ends a lag later', binomial, 'pymc-marketing', {}, /no kernel in proportion/],
    ['a peak where there is none', peaked, 'meridian', {}, /no kernel in proportion/],
    ['a Weibull kernel where there is none', robynPdf, 'lightweight-mmm', { periods }, /no kernel in proportion/],
    [
      'another measure without data',
      robyn,
      'lightweight-mmm',
      {},
      /^This curve divides by the largest value of what is carried over, in periods with a total, lightweight-mmm divides by the mean of what was delivered, in periods with a total: only data can tell/,
    ],
    [
      'a saturation that the library has not',
      pymcWith('logistic'),
      'robyn',
      {},
      /^robyn has no saturation of the kind "logistic"\.$/,
    ],
    ['the other order', pymcFirst, 'robyn', {}, /^robyn carries over before it saturates/],
    [
      'effect before the exposure',
      { adstock: { kind: 'kernel', weights: [1, 1], lead: 1 } },
      'meridian',
      {},
      /^meridian has no effect before the exposure\.$/,
    ],
    [
      'an exponential',
      { saturation: { kind: 'exponential', rate: 2 } },
      'pymc-marketing',
      {},
      /no saturation of the kind "exponential"/,
    ],
    [
      'a parameter out of range',
      { ...lightweightHill, half_max_effective_concentration: 9 } as Preset,
      'robyn',
      { scales: { from: 1, to: 2 } },
      /gamma: expected a number in \(0, 1\], got 9/,
    ],
    [
      'another measure of every entity',
      { ...robyn, of: 'entity' } as Preset,
      'lightweight-mmm',
      { scales: { from: 1, to: 2 } },
      /each entity has a scale of its own/,
    ],
    ['a half saturation between smallest and largest', robyn, 'robyn-legacy', {}, /half saturation at gamma itself/],
    [
      'a logarithm in another unit',
      { saturation: { kind: 'log' }, scale: 'max' },
      'pymc-marketing',
      { scales: { from: 3, to: 2 } },
      /ln\(1 \+ x\)/,
    ],
    [
      'a gain that depends on the calendar',
      meridian,
      'pymc-marketing',
      { scales: { from: 1, to: 1 } },
      /give periods\.$/,
    ],
  ];
  it.each(refusals)('%s', async (_, from, to, options, reason) => {
    const { curve, factor, reason: found } = convertCurve(from, to, options);
    expect([curve, factor]).toEqual([null, null]);
    expect(found).toMatch(reason);
  });

  // what the refusals spare: the same parameters under the other name, and an input on which they differ
  it.each([
    ['an infinite and a finite window', robyn, { ...pymc, adstock_alpha: 0.4, l_max: 12, normalize: false }],
    [
      'the last lag of a binomial',
      binomial,
      { preset: 'pymc-marketing', adstock: 'binomial', adstock_alpha: 0.5, l_max: 8 },
    ],
    ['a window and none', { ...pymc, normalize: false }, { ...robyn, theta: 0.6 }],
    ['the peak', delayed, { ...pymc, adstock_alpha: 0.6 }],
  ] as [string, Preset, Preset][])('kernels that differ: %s', async (_, from, to) => {
    const pulse: Delivery[] = [
      [5, 'N', 'tv', 'a', 100],
      [30, 'N', 'tv', 'b', 1],
    ];
    const [one, other] = await Promise.all([from, to].map((preset) => kernelSeen(preset, pulse)));
    const [least, most] = [Math.min, Math.max].map((of) => {
      const ratios = Object.keys({ ...one, ...other }).map((key) => (other[key] ?? 0) / (one[key] ?? 0));
      return of(...ratios);
    });
    expect(most - least).toBeGreaterThan(1e-6);
  });

  it.each([
    ['the largest value and the mean', robyn, lightweightOf(robyn)],
    ['Hill before adstock and after', meridianFirst, meridian],
    ['smallest value and zero', robyn, { ...legacy, theta: 0.4 }],
    ['every entity and the medium', { ...robyn, of: 'entity' }, robyn],
  ] as [string, Preset, Preset][])('curves that differ: %s', async (_, from, to) => {
    const [one, other] = [await shaped(from), await shaped(to)];
    const [key] = Object.keys(one);
    expect(apart(one, other, other[key] / one[key])).toBeGreaterThan(1e-6);
  });

  it('says what comes near, and how near', () => {
    // 0.4^12 of an infinite kernel are missing
    const { nearest } = convertCurve(robyn, 'pymc-marketing');
    expect(nearest!.parameters).toMatchObject({ adstock: 'geometric', adstock_alpha: 0.4, l_max: 12 });
    expect(nearest!.difference).toBeGreaterThan(0);
    expect(nearest!.difference).toBeLessThan(2e-5);
    // 9, 8, .., 1 of 45 against 10, 9, .., 2 of 54, of weights that sum to 1
    const last = convertCurve(binomial, 'pymc-marketing').nearest!;
    expect(last.parameters).toMatchObject({ adstock: 'binomial', adstock_alpha: 0.5, l_max: 9 });
    expect(last.difference).toBeCloseTo(9 / 45 - 10 / 54, 12);
    // no geometric kernel has a peak after two periods
    expect(convertCurve(peaked, 'meridian').nearest!.difference).toBeGreaterThan(0.1);
    // where the kernel is the same there is nothing near to tell
    expect(convertCurve(robyn, 'lightweight-mmm').nearest).toBeNull();
  });

  it('what is no curve, no preset, no number', () => {
    const of =
      (...args: unknown[]) =>
      () =>
        (convertCurve as (...args: unknown[]) => unknown)(...args);
    expect(of(null, 'robyn')).toThrow('curve: expected a curve, got null');
    expect(of({ ...robyn, thetas: 1 }, 'meridian')).toThrow('curve.thetas: unknown option. Did you mean "theta"?');
    expect(of(robyn, 'meridan')).toThrow('to: expected a preset or "plain", got "meridan". Did you mean "meridian"?');
    expect(of(robyn, 'meridian', { periods: 0, scales: { from: 0 } })).toThrow(
      'periods: expected a whole number from 1 to 1,000,000, got 0\nscales.from: expected a finite number above 0, got 0\nscales.to: expected a finite number above 0, got nothing',
    );
  });
});

function pymcWith(saturation: 'logistic'): Preset {
  return { preset: 'pymc-marketing', adstock: 'no_adstock', saturation, saturation_lam: 2 };
}

function lightweightOf(_: Preset): Preset {
  return {
    ...lightweightHill,
    lag_weight: 0.4,
    normalise: false,
    half_max_effective_concentration: 0.35,
    slope: 1.7,
  } as Preset;
}

/** The kernel of a preset at work: carry-over alone. */
function kernelSeen(preset: Preset, rows: Delivery[]): Promise<Record<string, number>> {
  const { adstock } = plainCurve({ ...hill, ...preset } as Preset);
  return effectiveOf(tablesOf(rows, training), modelWith({ tv: { ...(adstock && { adstock }) } }, { gaps: 'zero' }));
}
