import { describe, expect, it } from 'vitest';
import { describePreset, type ParametersOf } from '../../bindings/config/presets/descriptions.js';
import { plainCurve } from '../../bindings/config/presets/plain.js';
import { rules } from '../../bindings/config/presets/rules.js';
import { type Curve, type Preset, type PresetName, parseModel } from '../../bindings/index.js';
import { refusalOf } from '../support/refusal.js';

const least = { totals: { brick: ['b'], value: 'y' }, exposure: { brick: ['b'], entity: ['e'], value: 'x' } };
const modelOf = (curve: unknown, exposure: object = {}) => ({
  ...least,
  exposure: { ...least.exposure, ...exposure },
  effectiveExposure: { time: 'b', by: ['e'], curves: { tv: curve } },
});

const ofPymc = (adstock: object, saturation: object): Preset =>
  ({ preset: 'pymc-marketing', ...adstock, ...saturation }) as Preset;
const noAdstock = { adstock: 'no_adstock' };
const noSaturation = { saturation: 'no_saturation' };
const maxDelivered = { kind: 'max', from: 'delivered', over: 'totals' } as const;
const meanDelivered = { kind: 'mean', from: 'delivered', over: 'totals' } as const;
const medianDelivered = { kind: 'median', from: 'delivered', per: 'curve' } as const;
const window = { window: 12, normalize: true };

// presets and the curves they stand for, from the formulas of the libraries
const pairs: [string, Preset, Curve][] = [
  [
    'robyn, geometric',
    { preset: 'robyn', theta: 0.3, alpha: 2, gamma: 0.4 },
    {
      adstock: { kind: 'geometric', decay: 0.3 },
      saturation: { kind: 'hill', halfSaturation: 0.4, slope: 2 },
      scale: { kind: 'max', over: 'totals' },
    },
  ],
  [
    'robyn, Weibull CDF',
    { preset: 'robyn', adstock: 'weibull_cdf', shape: 2, scale: 0.1, window: 208, alpha: 2, gamma: 0.4, of: 'scaled' },
    {
      adstock: { kind: 'weibullCdf', shape: 2, scale: { quantile: 0.1 }, window: 208 },
      saturation: { kind: 'hill', halfSaturation: 0.4, slope: 2, of: 'scaled' },
      scale: { kind: 'max', over: 'totals' },
    },
  ],
  [
    'robyn-legacy, Weibull PDF',
    { preset: 'robyn-legacy', adstock: 'weibull_pdf', shape: 2, scale: 0.1, alpha: 2, gamma: 0.4 },
    {
      adstock: { kind: 'weibullPdf', shape: 2, scale: { quantile: 0.1 } },
      saturation: { kind: 'hill', halfSaturation: 1, slope: 2 },
      scale: { kind: 'between', share: 0.4, over: 'totals' },
    },
  ],
  [
    'meridian with its defaults',
    { preset: 'meridian', alpha: 0.5, ec: 0.8 },
    {
      adstock: { kind: 'geometricWindow', decay: 0.5, window: 9, normalize: true, shrink: true },
      saturation: { kind: 'hill', halfSaturation: 0.8, slope: 1 },
      scale: medianDelivered,
      order: 'adstockFirst',
    },
  ],
  [
    'meridian, binomial, Hill first',
    {
      preset: 'meridian',
      alpha: 0.5,
      ec: 0.8,
      slope: 2,
      max_lag: 3,
      adstock_decay_spec: 'binomial',
      hill_before_adstock: true,
    },
    {
      adstock: { kind: 'binomial', decay: 0.5, window: 4, normalize: true, shrink: true },
      saturation: { kind: 'hill', halfSaturation: 0.8, slope: 2 },
      scale: medianDelivered,
      order: 'saturationFirst',
    },
  ],
  [
    'meridian without saturation',
    { preset: 'meridian', alpha: 0, saturation_spec: 'none', scale: 'none' },
    {
      adstock: { kind: 'geometricWindow', decay: 0, window: 9, normalize: true, shrink: true },
      saturation: { kind: 'none' },
      scale: 'none',
      order: 'adstockFirst',
    },
  ],
  [
    'meridian, reach and frequency',
    { preset: 'meridian', reach_frequency: true, alpha: 0.5, ec: 1.2, slope: 2.5 },
    {
      adstock: { kind: 'geometricWindow', decay: 0.5, window: 9, normalize: true, shrink: true },
      saturation: { kind: 'hill', halfSaturation: 1.2, slope: 2.5, of: 'frequency' },
      scale: medianDelivered,
      order: 'adstockFirst',
    },
  ],
  ...(
    [
      [
        { adstock: 'geometric', adstock_alpha: 0.5 },
        { kind: 'geometricWindow', decay: 0.5, ...window },
      ],
      [
        { adstock: 'delayed', adstock_alpha: 0.5, adstock_theta: 2, l_max: 7, normalize: false },
        { kind: 'delayed', decay: 0.5, peak: 2, window: 7, normalize: false },
      ],
      [
        { adstock: 'binomial', adstock_alpha: 0.5 },
        { kind: 'binomial', decay: 0.5, zeroAt: 13, ...window },
      ],
      [
        { adstock: 'weibull_pdf', adstock_lam: 3, adstock_k: 2 },
        { kind: 'weibullPdf', shape: 2, scale: 3, ...window },
      ],
      [
        { adstock: 'weibull_cdf', adstock_lam: 3, adstock_k: 2 },
        { kind: 'weibullCdf', shape: 2, scale: 3, window: 13, normalize: true },
      ],
      [noAdstock, { kind: 'none' }],
    ] as [object, NonNullable<Curve['adstock']>][]
  ).map(([adstock, plain]): [string, Preset, Curve] => [
    `pymc-marketing, ${plain.kind}`,
    ofPymc(adstock, noSaturation),
    { adstock: plain, saturation: { kind: 'none' }, scale: maxDelivered, order: 'adstockFirst' },
  ]),
  ...(
    [
      [
        { saturation: 'logistic', saturation_lam: 2, saturation_beta: 3 },
        { kind: 'logistic', rate: 2, amplitude: 3 },
      ],
      [
        { saturation: 'inverse_scaled_logistic', saturation_lam: 2 },
        { kind: 'logistic', rate: { halfSaturation: 2 }, amplitude: 1 },
      ],
      [
        { saturation: 'tanh', saturation_b: 0.5, saturation_c: 2 },
        { kind: 'tanh', ceiling: 0.5, cost: 2 },
      ],
      [
        { saturation: 'tanh_baselined', saturation_x0: 1, saturation_gain: 2, saturation_r: 0.3, saturation_beta: 4 },
        { kind: 'tanhBaseline', baseline: 1, gain: 8, reached: 0.3 },
      ],
      [
        { saturation: 'michaelis_menten', saturation_lam: 2, saturation_alpha: 3 },
        { kind: 'michaelisMenten', halfSaturation: 2, amplitude: 3 },
      ],
      [
        { saturation: 'hill', saturation_slope: 2, saturation_kappa: 0.3 },
        { kind: 'hill', halfSaturation: 0.3, slope: 2, amplitude: 1 },
      ],
      [
        { saturation: 'hill_sigmoid', saturation_sigma: 2, saturation_beta: 5, saturation_lam: 0.5 },
        { kind: 'sigmoid', rate: 5, midpoint: 0.5, amplitude: 2 },
      ],
      [
        { saturation: 'root', saturation_alpha: 0.5, saturation_beta: 2 },
        { kind: 'power', exponent: 0.5, amplitude: 2 },
      ],
      [
        { saturation: 'log', saturation_beta: 2 },
        { kind: 'log', amplitude: 2 },
      ],
      [
        { saturation: 'no_saturation', saturation_beta: 2 },
        { kind: 'power', exponent: 1, amplitude: 2 },
      ],
    ] as [object, NonNullable<Curve['saturation']>][]
  ).map(([saturation, plain]): [string, Preset, Curve] => [
    `pymc-marketing, ${plain.kind}, saturation first`,
    ofPymc({ ...noAdstock, adstock_first: false }, saturation),
    { adstock: { kind: 'none' }, saturation: plain, scale: maxDelivered, order: 'saturationFirst' },
  ]),
  [
    'lightweight-mmm, adstock',
    { preset: 'lightweight-mmm', model_name: 'adstock', lag_weight: 0.6, exponent: 0.9 },
    {
      adstock: { kind: 'geometric', decay: 0.6, normalize: true },
      saturation: { kind: 'power', exponent: 0.9 },
      scale: meanDelivered,
    },
  ],
  [
    'lightweight-mmm, hill_adstock',
    {
      preset: 'lightweight-mmm',
      model_name: 'hill_adstock',
      lag_weight: 0.6,
      normalise: false,
      half_max_effective_concentration: 2,
      slope: 3,
      of: 'entity',
    },
    {
      adstock: { kind: 'geometric', decay: 0.6, normalize: false },
      saturation: { kind: 'hill', halfSaturation: 2, slope: 3, of: 'entity' },
      scale: meanDelivered,
    },
  ],
  [
    'lightweight-mmm, carryover',
    {
      preset: 'lightweight-mmm',
      model_name: 'carryover',
      ad_effect_retention_rate: 0.6,
      peak_effect_delay: 1.5,
      exponent: 0.9,
      scale: 'max',
    },
    {
      adstock: { kind: 'delayed', decay: 0.6, peak: 1.5, window: 13, normalize: true },
      saturation: { kind: 'power', exponent: 0.9 },
      scale: 'max',
    },
  ],
];

describe('a preset', () => {
  it.each(pairs)('stands for a plain curve: %s', (_, preset, plain) => {
    expect(() => parseModel(modelOf(preset, { frequency: 'f' }))).not.toThrow();
    expect(plainCurve(preset)).toEqual(plain);
    // and that is a curve which a configuration accepts
    const written = JSON.parse(JSON.stringify(plainCurve(preset)));
    expect(() => parseModel(modelOf(written, { frequency: 'f' }))).not.toThrow();
  });

  it('has the parameters of its type, each in words', () => {
    const typed: { [N in PresetName]: Record<ParametersOf<N>, true> } = {
      robyn: {
        preset: true,
        adstock: true,
        theta: true,
        shape: true,
        scale: true,
        window: true,
        alpha: true,
        gamma: true,
        of: true,
      },
      'robyn-legacy': {
        preset: true,
        adstock: true,
        theta: true,
        shape: true,
        scale: true,
        window: true,
        alpha: true,
        gamma: true,
        of: true,
      },
      meridian: {
        preset: true,
        alpha: true,
        max_lag: true,
        adstock_decay_spec: true,
        saturation_spec: true,
        reach_frequency: true,
        hill_before_adstock: true,
        ec: true,
        slope: true,
        of: true,
        scale: true,
      },
      'pymc-marketing': {
        preset: true,
        l_max: true,
        normalize: true,
        adstock_first: true,
        adstock: true,
        adstock_alpha: true,
        adstock_theta: true,
        adstock_lam: true,
        adstock_k: true,
        saturation: true,
        saturation_lam: true,
        saturation_beta: true,
        saturation_b: true,
        saturation_c: true,
        saturation_x0: true,
        saturation_gain: true,
        saturation_r: true,
        saturation_alpha: true,
        saturation_slope: true,
        saturation_kappa: true,
        saturation_sigma: true,
        of: true,
        scale: true,
      },
      'lightweight-mmm': {
        preset: true,
        model_name: true,
        lag_weight: true,
        normalise: true,
        exponent: true,
        half_max_effective_concentration: true,
        slope: true,
        ad_effect_retention_rate: true,
        peak_effect_delay: true,
        number_lags: true,
        of: true,
        scale: true,
      },
    };
    for (const [name, { always, choices }] of Object.entries(rules)) {
      const kinds = choices.flatMap((choice) => [choice.name, ...[...choice.kinds.values()].flatMap(Object.keys)]);
      const known = new Set(['preset', ...Object.keys(always), ...kinds]);
      expect([...known].sort()).toEqual(Object.keys(typed[name as PresetName]).sort());
      expect(Object.keys(describePreset(name as PresetName)).sort()).toEqual([...known].sort());
    }
    expect(Object.keys(rules).sort()).toEqual(Object.keys(typed).sort());
  });
});

describe('parseModel refuses', () => {
  const at = 'effectiveExposure.curves.tv';
  const pymc = { preset: 'pymc-marketing', adstock: 'geometric', adstock_alpha: 0.5 };
  const cases: [string, object, string[]][] = [
    [
      'a preset that there is not',
      { preset: 'robin', theta: 3 },
      [
        `${at}.preset: expected "robyn" or "robyn-legacy" or "meridian" or "pymc-marketing" or "lightweight-mmm", got "robin"`,
      ],
    ],
    [
      'an option that is nearly preset',
      { presett: 'robyn' },
      [`${at}.presett: unknown option. Did you mean "preset"?`],
    ],
    [
      'parameters under the names of another library, with the nearest',
      { preset: 'robyn', thetas: 0.3, alpha: 2, gama: 0.4 },
      [
        `${at}.gamma: expected a number in (0, 1], got nothing`,
        `${at}.theta: expected a number in [0, 1), got nothing`,
        `${at}.thetas: unknown option. Did you mean "theta"?`,
        `${at}.gama: unknown option. Did you mean "gamma"?`,
      ],
    ],
    [
      'ranges that are not those of Robyn',
      { preset: 'robyn-legacy', adstock: 'weibull_pdf', shape: 20, scale: 1.5, alpha: 10, gamma: 0 },
      [
        `${at}.alpha: expected a number in (0, 10), got 10`,
        `${at}.gamma: expected a number in (0, 1], got 0`,
        `${at}.shape: expected a number in [0, 20), got 20`,
        `${at}.scale: expected a number in [0, 1], got 1.5`,
      ],
    ],
    [
      'a decay of 1, which Robyn does not know',
      { preset: 'robyn', theta: 1, alpha: 2, gamma: 0.4 },
      [`${at}.theta: expected a number in [0, 1), got 1`],
    ],
    [
      'a kind of adstock that there is not, and nothing else about it',
      { preset: 'robyn', adstock: 'weibull', shape: 1, alpha: 2, gamma: 3 },
      [`${at}.adstock: expected "geometric" or "weibull_cdf" or "weibull_pdf", got "weibull"`],
    ],
    [
      'parameters of another kind of adstock',
      { preset: 'robyn', adstock: 'geometric', theta: 0.3, shape: 2, alpha: 2, gamma: 0.4 },
      [`${at}.shape: unknown option. Known: "preset", "alpha", "gamma", "of", "adstock", "theta".`],
    ],
    [
      'ranges that are not those of Meridian',
      {
        preset: 'meridian',
        alpha: 1.5,
        ec: 0,
        slope: 0,
        max_lag: -1,
        adstock_decay_spec: 'weibull',
        hill_before_adstock: 1,
        reach_frequency: 'no',
      },
      [`${at}.reach_frequency: expected true or false, got "no"`],
    ],
    [
      'figures that are not those of Meridian',
      {
        preset: 'meridian',
        alpha: 1.5,
        ec: 0,
        slope: 0,
        max_lag: 0.5,
        adstock_decay_spec: 'x',
        hill_before_adstock: 1,
      },
      [
        `${at}.alpha: expected a number in [0, 1], got 1.5`,
        `${at}.max_lag: expected a whole number from 0 to 999,999, got 0.5`,
        `${at}.adstock_decay_spec: expected "geometric" or "binomial", got "x"`,
        `${at}.ec: expected a number above 0, got 0`,
        `${at}.slope: expected a number above 0, got 0`,
        `${at}.hill_before_adstock: expected true or false, got 1`,
      ],
    ],
    [
      'reach and frequency with what belongs to impressions',
      { preset: 'meridian', reach_frequency: true, alpha: 0.5, ec: 1, of: 'medium', hill_before_adstock: true },
      [
        `${at}.slope: expected a number above 0, got nothing`,
        `${at}.of: expected nothing with reach_frequency, got "medium"`,
        `${at}.hill_before_adstock: unknown option. Known: "preset", "alpha", "max_lag", "adstock_decay_spec", "scale", "saturation_spec", "reach_frequency", "ec", "slope", "of".`,
      ],
    ],
    [
      'a curve of PyMC-Marketing without its kinds',
      { preset: 'pymc-marketing' },
      [
        `${at}.adstock: expected "geometric" or "delayed" or "binomial" or "weibull_pdf" or "weibull_cdf" or "no_adstock", got nothing`,
        `${at}.saturation: expected "logistic" or "inverse_scaled_logistic" or "tanh" or "tanh_baselined" or "michaelis_menten" or "hill" or "hill_sigmoid" or "root" or "log" or "no_saturation", got nothing`,
      ],
    ],
    [
      'parameters without the prefix they have in the posterior',
      { ...pymc, saturation: 'logistic', lam: 2 },
      [
        `${at}.saturation_lam: expected a number above 0, got nothing`,
        `${at}.lam: unknown option. Known: "preset", "l_max", "normalize", "adstock_first", "scale", "adstock", "saturation", "adstock_alpha", "saturation_lam", "saturation_beta", "of".`,
      ],
    ],
    [
      'a peak past the last lag',
      { ...pymc, adstock: 'delayed', adstock_theta: 11.5, saturation: 'no_saturation' },
      [`${at}.adstock_theta: expected at most l_max - 1, got 11.5`],
    ],
    [
      'what saturates where nothing does',
      { ...pymc, saturation: 'no_saturation', of: 'medium' },
      [
        `${at}.of: unknown option. Known: "preset", "l_max", "normalize", "adstock_first", "scale", "adstock", "saturation", "adstock_alpha", "saturation_beta".`,
      ],
    ],
    [
      'a model of LightweightMMM without its parameters',
      { preset: 'lightweight-mmm', model_name: 'carryover', lag_weight: 0.5, exponent: 1.5, number_lags: 0 },
      [
        `${at}.ad_effect_retention_rate: expected a number in [0, 1], got nothing`,
        `${at}.peak_effect_delay: expected a number >= 0, got nothing`,
        `${at}.number_lags: expected a whole number from 1 to 1,000,000, got 0`,
        `${at}.exponent: expected a number in (0, 1], got 1.5`,
        `${at}.lag_weight: unknown option. Known: "preset", "scale", "of", "model_name", "ad_effect_retention_rate", "peak_effect_delay", "number_lags", "exponent".`,
      ],
    ],
    [
      'frequency that no column has',
      { preset: 'meridian', reach_frequency: true, alpha: 0.5, ec: 1, slope: 1 },
      [`exposure.frequency: expected the column of frequency, got nothing: ${at} saturates it`],
    ],
  ];
  for (const [name, curve, messages] of cases) {
    it(name, async () => {
      expect(await refusalOf(() => parseModel(modelOf(curve)))).toEqual(messages);
    });
  }

  it('a preset that needs a time column and has none', async () => {
    const { effectiveExposure, ...rest } = modelOf({ preset: 'robyn', theta: 0.3, alpha: 2, gamma: 0.4 });
    const { time: _, ...section } = effectiveExposure;
    expect(await refusalOf(() => parseModel({ ...rest, effectiveExposure: section }))).toEqual([
      `effectiveExposure.time: expected the column that holds the period, got nothing: ${at} has an adstock`,
    ]);
  });
});
