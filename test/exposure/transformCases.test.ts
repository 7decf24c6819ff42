import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scaleOf } from '../../bindings/config/fill.js';
import { plainCurve } from '../../bindings/config/presets/plain.js';
import { weightsOf } from '../../bindings/exposure/weights.js';
import { type Adstock, type Preset, parseModel, type Saturation } from '../../bindings/index.js';
import { bothKernels, type KernelSet } from '../support/kernels.js';
import { carried, saturated, scaleOfValues } from './curves.js';

// Inputs and outputs of Robyn, Meridian, PyMC-Marketing and LightweightMMM, each with its source and the tolerance it may
// be held to. They stay outside the project: facts about other libraries, not ours.
interface Case {
  id: string;
  library: string;
  function: string;
  params: Params;
  input: number[] | null;
  expected: number[];
  tolerance: { rtol: number; atol: number };
}
type Figures =
  | 'alpha'
  | 'max_lag'
  | 'n_times_output'
  | 'ec'
  | 'slope'
  | 'l_max'
  | 'theta'
  | 'lam'
  | 'k'
  | 'b'
  | 'c'
  | 'x0'
  | 'gain'
  | 'r'
  | 'kappa'
  | 'sigma'
  | 'beta'
  | 'lag_weight'
  | 'ad_effect_retention_rate'
  | 'peak_effect_delay'
  | 'number_lags'
  | 'half_max_effective_concentration'
  | 'exponent'
  | 'shape'
  | 'scale'
  | 'gamma'
  | 'Vmax'
  | 'Km';
type Params = Record<Figures, number> & {
  w: number[];
  mode: 'After' | 'Before' | 'Overlap';
  normalize: boolean;
  normalise: boolean;
};
const file = resolve('../shared/data/transform_cases.json');
const cases: Case[] = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).cases : [];

type Answer = (set: KernelSet, x: number[]) => ArrayLike<number>;
const adstock =
  (of: Adstock): Answer =>
  (set, x) =>
    carried(set, of, x);
const curve =
  (of: Saturation): Answer =>
  (set, x) =>
    saturated(set, of, x);
/** A curve of exposure over its scale. */
const scaled =
  (scale: Parameters<typeof scaleOfValues>[0], of: Saturation): Answer =>
  (set, x) => {
    const by = scaleOfValues(scale, x);
    return saturated(
      set,
      of,
      x.map((value) => value / by),
    );
  };

/** What each function is in the words of the configuration. */
const inOurWords: Record<string, Record<string, (p: Case['params']) => Answer>> = {
  meridian: {
    // listed from the oldest lag to lag 0
    decay_weights_geometric:
      ({ alpha, max_lag }) =>
      () =>
        weightsOf({ kind: 'geometricWindow', decay: alpha, window: max_lag + 1 }, 1).reverse(),
    decay_weights_binomial:
      ({ alpha, max_lag }) =>
      () =>
        weightsOf({ kind: 'binomial', decay: alpha, window: max_lag + 1 }, 1).reverse(),
    adstock_geometric: ({ alpha, max_lag, n_times_output }) =>
      last(
        n_times_output,
        adstock({ kind: 'geometricWindow', decay: alpha, window: max_lag + 1, normalize: true, shrink: true }),
      ),
    adstock_binomial: ({ alpha, max_lag, n_times_output }) =>
      last(
        n_times_output,
        adstock({ kind: 'binomial', decay: alpha, window: max_lag + 1, normalize: true, shrink: true }),
      ),
    hill: ({ ec, slope }) => curve({ kind: 'hill', halfSaturation: ec, slope }),
  },
  pymc_marketing: {
    geometric_adstock: ({ alpha, l_max, normalize }) =>
      adstock({ kind: 'geometricWindow', decay: alpha, window: l_max, normalize }),
    batched_convolution({ w, mode }) {
      const lead = { After: 0, Before: w.length - 1, Overlap: Math.floor(w.length / 2) - (w.length % 2 === 0 ? 1 : 0) };
      return adstock({ kind: 'kernel', weights: w, lead: lead[mode] });
    },
    delayed_adstock: ({ alpha, theta, l_max, normalize }) =>
      adstock({ kind: 'delayed', decay: alpha, peak: theta, window: l_max, normalize }),
    binomial_adstock: ({ alpha, l_max, normalize }) =>
      adstock({ kind: 'binomial', decay: alpha, window: l_max, zeroAt: l_max + 1, normalize }),
    weibull_adstock_pdf: ({ lam, k, l_max }) => adstock({ kind: 'weibullPdf', shape: k, scale: lam, window: l_max }),
    // its kernel has one entry more than l_max
    weibull_adstock_cdf: ({ lam, k, l_max }) =>
      adstock({ kind: 'weibullCdf', shape: k, scale: lam, window: l_max + 1 }),
    logistic_saturation: ({ lam }) => curve({ kind: 'logistic', rate: lam }),
    inverse_scaled_logistic_saturation: ({ lam }) => curve({ kind: 'logistic', rate: { halfSaturation: lam } }),
    tanh_saturation: ({ b, c }) => curve({ kind: 'tanh', ceiling: b, cost: c }),
    tanh_saturation_baselined: ({ x0, gain, r }) => curve({ kind: 'tanhBaseline', baseline: x0, gain, reached: r }),
    michaelis_menten: ({ alpha, lam }) => curve({ kind: 'michaelisMenten', halfSaturation: lam, amplitude: alpha }),
    hill_function: ({ slope, kappa }) => curve({ kind: 'hill', halfSaturation: kappa, slope }),
    hill_saturation_sigmoid: ({ sigma, beta, lam }) =>
      curve({ kind: 'sigmoid', rate: beta, midpoint: lam, amplitude: sigma }),
    root_saturation: ({ alpha }) => curve({ kind: 'power', exponent: alpha }),
    LogSaturation: ({ beta }) => curve({ kind: 'log', amplitude: beta }),
  },
  lightweight_mmm: {
    adstock: ({ lag_weight, normalise }) => adstock({ kind: 'geometric', decay: lag_weight, normalize: normalise }),
    carryover: ({ ad_effect_retention_rate, peak_effect_delay, number_lags }) =>
      adstock({
        kind: 'delayed',
        decay: ad_effect_retention_rate,
        peak: peak_effect_delay,
        window: number_lags,
        normalize: true,
      }),
    hill: ({ half_max_effective_concentration, slope }) =>
      curve({ kind: 'hill', halfSaturation: half_max_effective_concentration, slope }),
    apply_exponent_safe: ({ exponent }) => curve({ kind: 'power', exponent }),
  },
  robyn_r: {
    adstock_geometric: ({ theta }) => adstock({ kind: 'geometric', decay: theta }),
    adstock_weibull_cdf: ({ shape, scale }) => adstock({ kind: 'weibullCdf', shape, scale: { quantile: scale } }),
    adstock_weibull_pdf: ({ shape, scale }) => adstock({ kind: 'weibullPdf', shape, scale: { quantile: scale } }),
    saturation_hill: ({ alpha, gamma }) =>
      scaled({ kind: 'max', share: 1 }, { kind: 'hill', halfSaturation: gamma, slope: alpha }),
    mic_men: ({ Vmax, Km }) => curve({ kind: 'michaelisMenten', halfSaturation: Km, amplitude: Vmax }),
  },
  // a decay of 1, which a configuration refuses, is a running sum
  robyn_py: {
    geometric_adstock: ({ theta }) => adstock({ kind: 'geometric', decay: theta }),
    hill_inflexion:
      ({ gamma }) =>
      (_, x) => [scaleOfValues({ kind: 'between', share: gamma }, x)],
  },
  'robyn_py_and_robyn_r_before_3.12': {
    saturation_hill: ({ alpha, gamma }) =>
      scaled({ kind: 'between', share: gamma }, { kind: 'hill', halfSaturation: 1, slope: alpha }),
  },
};

const robyn = { preset: 'robyn', theta: 0, alpha: 1, gamma: 1 };
const meridian = { preset: 'meridian', alpha: 0, ec: 1 };
const pymc = { preset: 'pymc-marketing', adstock: 'no_adstock', saturation: 'no_saturation' };
const lightweight = { preset: 'lightweight-mmm', model_name: 'adstock', lag_weight: 0, exponent: 1 };
const carryover = { ...lightweight, model_name: 'carryover', lag_weight: undefined };

/** What each function is under the preset of its library: all else in the preset is as if it were not there. */
const underPresets: Record<string, Record<string, (p: Case['params']) => object>> = {
  meridian: {
    adstock_geometric: ({ alpha, max_lag }) => ({ ...meridian, alpha, max_lag }),
    adstock_binomial: ({ alpha, max_lag }) => ({ ...meridian, alpha, max_lag, adstock_decay_spec: 'binomial' }),
    hill: ({ ec, slope }) => ({ ...meridian, ec, slope }),
  },
  pymc_marketing: {
    geometric_adstock: ({ alpha, l_max, normalize }) => ({
      ...pymc,
      adstock: 'geometric',
      adstock_alpha: alpha,
      l_max,
      normalize,
    }),
    delayed_adstock: ({ alpha, theta, l_max, normalize }) => ({
      ...pymc,
      adstock: 'delayed',
      adstock_alpha: alpha,
      adstock_theta: theta,
      l_max,
      normalize,
    }),
    binomial_adstock: ({ alpha, l_max, normalize }) => ({
      ...pymc,
      adstock: 'binomial',
      adstock_alpha: alpha,
      l_max,
      normalize,
    }),
    weibull_adstock_pdf: ({ lam, k, l_max }) => ({
      ...pymc,
      adstock: 'weibull_pdf',
      adstock_lam: lam,
      adstock_k: k,
      l_max,
      normalize: false,
    }),
    weibull_adstock_cdf: ({ lam, k, l_max }) => ({
      ...pymc,
      adstock: 'weibull_cdf',
      adstock_lam: lam,
      adstock_k: k,
      l_max,
      normalize: false,
    }),
    logistic_saturation: ({ lam }) => ({ ...pymc, saturation: 'logistic', saturation_lam: lam }),
    inverse_scaled_logistic_saturation: ({ lam }) => ({
      ...pymc,
      saturation: 'inverse_scaled_logistic',
      saturation_lam: lam,
    }),
    tanh_saturation: ({ b, c }) => ({ ...pymc, saturation: 'tanh', saturation_b: b, saturation_c: c }),
    tanh_saturation_baselined: ({ x0, gain, r }) => ({
      ...pymc,
      saturation: 'tanh_baselined',
      saturation_x0: x0,
      saturation_gain: gain,
      saturation_r: r,
    }),
    michaelis_menten: ({ alpha, lam }) => ({
      ...pymc,
      saturation: 'michaelis_menten',
      saturation_alpha: alpha,
      saturation_lam: lam,
    }),
    hill_function: ({ slope, kappa }) => ({
      ...pymc,
      saturation: 'hill',
      saturation_slope: slope,
      saturation_kappa: kappa,
    }),
    hill_saturation_sigmoid: ({ sigma, beta, lam }) => ({
      ...pymc,
      saturation: 'hill_sigmoid',
      saturation_sigma: sigma,
      saturation_beta: beta,
      saturation_lam: lam,
    }),
    root_saturation: ({ alpha }) => ({ ...pymc, saturation: 'root', saturation_alpha: alpha }),
    LogSaturation: ({ beta }) => ({ ...pymc, saturation: 'log', saturation_beta: beta }),
  },
  lightweight_mmm: {
    adstock: ({ lag_weight, normalise }) => ({ ...lightweight, lag_weight, normalise }),
    carryover: ({ ad_effect_retention_rate, peak_effect_delay, number_lags }) => ({
      ...carryover,
      ad_effect_retention_rate,
      peak_effect_delay,
      number_lags,
    }),
    hill: ({ half_max_effective_concentration, slope }) => ({
      ...lightweight,
      model_name: 'hill_adstock',
      exponent: undefined,
      half_max_effective_concentration,
      slope,
    }),
    apply_exponent_safe: ({ exponent }) => ({ ...lightweight, exponent }),
  },
  robyn_r: {
    adstock_geometric: ({ theta }) => ({ ...robyn, theta }),
    adstock_weibull_cdf: ({ shape, scale }) => ({ ...robyn, theta: undefined, adstock: 'weibull_cdf', shape, scale }),
    adstock_weibull_pdf: ({ shape, scale }) => ({ ...robyn, theta: undefined, adstock: 'weibull_pdf', shape, scale }),
    saturation_hill: ({ alpha, gamma }) => ({ ...robyn, alpha, gamma }),
  },
  robyn_py: { geometric_adstock: ({ theta }) => ({ ...robyn, preset: 'robyn-legacy', theta }) },
  'robyn_py_and_robyn_r_before_3.12': {
    saturation_hill: ({ alpha, gamma }) => ({ ...robyn, preset: 'robyn-legacy', alpha, gamma }),
  },
};
// what no preset can say: a decay of 1 in Robyn, a midpoint below 0
const beyondPresets = ['robyn_geo_theta1', 'pymc_hillsig_3'];

/** The stage of a preset that a case is about. Robyn's Hill has its scale inside, the other curves are of scaled exposure. */
function stageOf(preset: Preset, name: string): Answer {
  const { adstock, saturation, scale } = plainCurve(preset);
  if (/adstock|carryover/.test(name)) return (set, x) => carried(set, adstock!, x);
  if (!preset.preset.startsWith('robyn')) return curve(saturation!);
  const full = scaleOf({ scale, saturation });
  return scaled(full as Parameters<typeof scaleOfValues>[0], saturation!);
}

/** The last values alone, where a case asks for them: what lies before is history. */
function last(count: number | undefined, of: Answer): Answer {
  return (set, x) => Array.from(of(set, x)).slice(count === undefined ? 0 : -count);
}

const sets = await bothKernels();

describe.each(sets)('the curves of other libraries (%s)', (...set) => {
  it('are all here', (context) => {
    if (cases.length === 0) context.skip(`the cases are not on this machine (${file})`);
    expect(cases.length).toBe(56);
  });

  for (const { id, library, function: name, params, input, expected, tolerance } of cases) {
    const expectExpected = (found: number[]) => {
      expect(found).toHaveLength(expected.length);
      for (const [i, value] of expected.entries()) {
        const allowed = tolerance.atol + tolerance.rtol * Math.abs(value);
        expect(Math.abs(found[i] - value), `at ${i}: ${found[i]} for ${value}`).toBeLessThanOrEqual(allowed);
      }
    };
    it(`${id}: ${name} of ${library}`, () => {
      expectExpected(Array.from(inOurWords[library][name](params)(set, input ?? [])));
    });

    const build = underPresets[library]?.[name];
    if (!build) continue;
    const preset = JSON.parse(JSON.stringify(build(params))); // what is undefined is not there
    it(`${id}: ${name} of ${library}, under its preset`, () => {
      const parse = () =>
        parseModel({
          totals: { brick: ['b'], value: 'y' },
          exposure: { brick: ['b'], entity: ['e'], value: 'x' },
          effectiveExposure: { time: 'b', curves: preset },
        });
      if (beyondPresets.includes(id)) return expect(parse).toThrow(/^effectiveExposure\.curves\.\w+: expected /);
      expect(parse).not.toThrow();
      const answer = stageOf(preset, name);
      expectExpected(Array.from(last(params.n_times_output, answer)(set, input ?? [])));
    });
  }

  it('are 42 of 56 under their presets; the others are weights alone, convolutions, scales and a curve of spend', () => {
    const under = cases.filter(({ library, function: name }) => underPresets[library]?.[name]);
    expect(under.length).toBe(cases.length && 42);
  });
});
