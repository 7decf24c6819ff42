import type { Preset, PresetName } from './preset.js';

type Parameters<P> = P extends unknown ? keyof P : never;
/** Every parameter of every form of a preset. */
export type ParametersOf<N extends PresetName> = Parameters<Extract<Preset, { preset: N }>>;

const of = 'What saturates: the sum of the entities, each on the curve shrunk to its size, or each on the whole curve.';
const scale = "In place of the library's own scale.";
const kept = 'Share kept from one period to the next.';
const half = 'Exposure at which half of the effect is reached.';
const amplitude = 'Amplitude: productivity takes it in.';

const robyn = {
  adstock: "Geometric without end, or a Weibull law over all periods of Robyn's data; never normalised.",
  theta: kept,
  shape: 'Shape of the Weibull law.',
  scale: "Scale of the Weibull law, as a quantile of the periods of Robyn's data.",
  window: "Periods of Robyn's data, before and after the modelling window too; the calendar when left out.",
  alpha: 'Steepness of the Hill curve.',
  of,
};

const words: { readonly [N in PresetName]: Readonly<Record<ParametersOf<N>, string>> } = {
  robyn: {
    ...robyn,
    preset: 'Robyn from 3.12 on: hill(adstock(x)).',
    gamma: 'Half of the effect: a share of the largest adstocked exposure among periods with a total.',
  },
  'robyn-legacy': {
    ...robyn,
    preset: 'Robyn before 3.12 and in Python: hill(adstock(x)).',
    gamma: 'Half of the effect: so far from the smallest to the largest adstocked exposure among periods with a total.',
  },
  meridian: {
    preset: 'Meridian: hill(adstock(x)); exposure in units of its median, zeros left out, per head with a population.',
    alpha: 'Decay: alpha_m or alpha_rf.',
    max_lag: 'Lags after the exposure, in periods.',
    adstock_decay_spec: 'Decay by powers of alpha, or one that reaches zero after the last lag.',
    saturation_spec: 'Whether there is a Hill curve.',
    reach_frequency: 'adstock(reach hill(frequency)): exposure.value is the reach, exposure.frequency the frequency.',
    hill_before_adstock: 'adstock(hill(x)).',
    ec: 'Exposure, or frequency, at which half of the effect is reached: ec_m or ec_rf.',
    slope: 'Steepness of the Hill curve: slope_m, or slope_rf, which has no default.',
    of,
    scale,
  },
  'pymc-marketing': {
    preset: 'PyMC-Marketing; exposure as a share of the largest delivered among periods with a total.',
    l_max: 'Periods with an effect.',
    normalize: 'Weights sum to 1.',
    adstock_first: 'Adstock, then saturation; false is the other way round.',
    adstock: 'Kind of adstock.',
    adstock_alpha: `${kept} Delayed: one period from the peak.`,
    adstock_theta: 'Periods to the largest effect, at most l_max - 1.',
    adstock_lam: 'Scale of the Weibull law, in periods.',
    adstock_k: 'Shape of the Weibull law.',
    saturation: 'Kind of saturation.',
    saturation_lam:
      'Rate of the logistic, exposure at which others have half of their effect, midpoint of the sigmoid.',
    saturation_beta: `${amplitude} Rate of the sigmoid.`,
    saturation_b: 'The most that tanh can reach.',
    saturation_c: 'Exposure per unit of effect at the start of tanh.',
    saturation_x0: 'Baseline exposure.',
    saturation_gain: 'Effect per unit of exposure at the baseline.',
    saturation_r: 'Share of the most it can reach that is reached at the baseline.',
    saturation_alpha: `${amplitude} Exponent of the root.`,
    saturation_slope: 'Steepness of the Hill curve.',
    saturation_kappa: half,
    saturation_sigma: amplitude,
    of,
    scale,
  },
  'lightweight-mmm': {
    preset: 'LightweightMMM; exposure in units of the mean delivered over periods with a total.',
    model_name: 'adstock(x)^exponent, hill(adstock(x)) or carryover(x)^exponent.',
    lag_weight: kept,
    normalise: 'Times 1 - lag_weight.',
    exponent: 'Below 1 it saturates.',
    half_max_effective_concentration: half,
    slope: 'Steepness of the Hill curve.',
    ad_effect_retention_rate: 'Share left one period from the peak.',
    peak_effect_delay: 'Periods to the largest effect.',
    number_lags: 'Periods with an effect.',
    of,
    scale,
  },
};

/** What the parameters of a preset are, in words, and the preset itself. */
export const describePreset = (preset: PresetName): Readonly<Record<string, string>> => words[preset];
