import * as z from 'zod/mini';
import { scaleSchema } from '../curveSchema.js';
import { integer, least, oneOf, positive, within } from '../leaves.js';
import type { PresetName } from './preset.js';

export type Shape = Readonly<Record<string, z.ZodMiniType>>;

/** A parameter whose value decides which others there are. */
export interface Choice {
  readonly name: string;
  /** What is meant when it is left out; without one it must be there. */
  readonly standard?: string | boolean;
  /** By its value, the parameters that come with it; they overrule those of the choices before. */
  readonly kinds: ReadonlyMap<string | boolean, Shape>;
}

/** The parameters of a preset. */
export interface Rules {
  readonly always: Shape;
  readonly choices: readonly Choice[];
}

const share = within(0, 1);
const belowOne = within(0, 1, '[)');
const aboveZero = within(0, 1, '(]');
const some = positive();
const maybe = z.optional(some);
const yesOrNo = z.optional(z.boolean({ error: 'true or false' }));
const atLeastZero = least('a number >= 0', 0);
const periods = (from: number, to: number) => {
  const inThousands = String(to).replace(/\B(?=(\d{3})+$)/g, ',');
  return z.optional(integer(`a whole number from ${from} to ${inThousands}`, from, to));
};
const scale = z.optional(scaleSchema);
const of = z.optional(oneOf('medium', 'entity', 'scaled'));

const choose = (name: string, kinds: Record<string, Shape>, standard?: string): Choice => ({
  name,
  kinds: new Map(Object.entries(kinds)),
  ...(standard !== undefined && { standard }),
});

const weibull = { shape: within(0, 20, '[)'), scale: share, window: periods(1, 999_999) };
const robyn: Rules = {
  always: { alpha: within(0, 10, '()'), gamma: aboveZero, of },
  choices: [
    choose('adstock', { geometric: { theta: belowOne }, weibull_cdf: weibull, weibull_pdf: weibull }, 'geometric'),
  ],
};

const beta = { saturation_beta: maybe, of };
const lam = { saturation_lam: some };
const weibullOfPymc = { adstock_lam: some, adstock_k: within(0, 100, '(]') };

export const rules: Readonly<Record<PresetName, Rules>> = {
  robyn,
  'robyn-legacy': robyn,
  meridian: {
    always: {
      alpha: share,
      max_lag: periods(0, 999_999),
      adstock_decay_spec: z.optional(oneOf('geometric', 'binomial')),
      scale,
    },
    choices: [
      choose('saturation_spec', { hill: { ec: some, slope: maybe, of }, none: {} }, 'hill'),
      {
        name: 'reach_frequency',
        standard: false,
        kinds: new Map<boolean, Shape>([
          [false, { hill_before_adstock: yesOrNo }],
          [
            true,
            {
              saturation_spec: z.optional(z.literal('hill', { error: '"hill" with reach_frequency' })),
              slope: some,
              of: z.optional(z.never({ error: 'nothing with reach_frequency' })),
            },
          ],
        ]),
      },
    ],
  },
  'pymc-marketing': {
    always: { l_max: periods(1, 999_999), normalize: yesOrNo, adstock_first: yesOrNo, scale },
    choices: [
      choose('adstock', {
        geometric: { adstock_alpha: share },
        delayed: { adstock_alpha: share, adstock_theta: atLeastZero },
        binomial: { adstock_alpha: share },
        weibull_pdf: weibullOfPymc,
        weibull_cdf: weibullOfPymc,
        no_adstock: {},
      }),
      choose('saturation', {
        logistic: { ...lam, ...beta },
        inverse_scaled_logistic: { ...lam, ...beta },
        tanh: { saturation_b: some, saturation_c: some, of },
        tanh_baselined: {
          saturation_x0: some,
          saturation_gain: some,
          saturation_r: within(0, 1, '()'),
          ...beta,
        },
        michaelis_menten: { ...lam, saturation_alpha: maybe, of },
        hill: { saturation_slope: some, saturation_kappa: some, ...beta },
        hill_sigmoid: { saturation_sigma: maybe, saturation_beta: some, saturation_lam: atLeastZero, of },
        root: { saturation_alpha: some, ...beta },
        log: beta,
        no_saturation: { saturation_beta: maybe },
      }),
    ],
  },
  'lightweight-mmm': {
    always: { scale, of },
    choices: [
      choose('model_name', {
        adstock: { lag_weight: belowOne, normalise: yesOrNo, exponent: aboveZero },
        hill_adstock: {
          lag_weight: belowOne,
          normalise: yesOrNo,
          half_max_effective_concentration: some,
          slope: some,
        },
        carryover: {
          ad_effect_retention_rate: share,
          peak_effect_delay: atLeastZero,
          number_lags: periods(1, 1_000_000),
          exponent: aboveZero,
        },
      }),
    ],
  },
};
