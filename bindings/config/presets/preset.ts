import type { SaturatesOf, Scale } from '../curve.js';

/**
 * A curve under the names of the library that fitted it, with that library's window, normalisation, order and scale.
 * docs/method.md, "Presets", has the plain curve that each of them stands for.
 */
export type Preset = RobynPreset | MeridianPreset | PymcMarketingPreset | LightweightMmmPreset;
export type PresetName = Preset['preset'];

/** What may stand beside the parameters of a library. */
interface SaturatesBy {
  /** What saturates; `medium`, which is what an MMM has seen, when left out. */
  of?: Exclude<SaturatesOf, 'frequency'> | undefined;
}
interface ScaledBy {
  /** In place of the library's own scale. */
  scale?: Scale | undefined;
}

/**
 * Robyn from 3.12 on, or before it and in Python (`robyn-legacy`): hill(adstock(x)), adstock along the whole calendar and
 * not normalised. Its `scale` is the Weibull's: to scale exposure in another way write the curve out.
 */
export type RobynPreset = SaturatesBy & {
  preset: 'robyn' | 'robyn-legacy';
  /** Steepness of the Hill curve, in (0, 10). */
  alpha: number;
  /**
   * Where half of the effect is reached, in (0, 1]: a share of the largest adstocked exposure among periods with a total
   * (the modelling window); with `robyn-legacy` so far from the smallest to the largest.
   */
  gamma: number;
} & (
    | {
        adstock?: 'geometric' | undefined;
        /** Share kept from one period to the next, in [0, 1). */
        theta: number;
      }
    | {
        adstock: 'weibull_cdf' | 'weibull_pdf';
        /** In [0, 20). */
        shape: number;
        /** Quantile of the periods of Robyn's data, in [0, 1]: what it means changes with how many there are. */
        scale: number;
        /** Periods of Robyn's data, before and after the modelling window too: 1 to 999,999; the calendar when left out. */
        window?: number | undefined;
      }
  );

/**
 * Meridian: hill(adstock(x)), normalised over `max_lag` + 1 periods. Exposure is in units of the median of what was
 * delivered, per head with `effectiveExposure.population`, zeros left out, over all places of the curve.
 */
export type MeridianPreset = ScaledBy & {
  preset: 'meridian';
  /** Decay, in [0, 1]; `alpha_m` or `alpha_rf` of the posterior. */
  alpha: number;
  /** Lags after the exposure, a whole number from 0 to 999,999; 8 when left out. */
  max_lag?: number | undefined;
  /** `geometric` when left out. */
  adstock_decay_spec?: 'geometric' | 'binomial' | undefined;
} & (
    | (SaturatesBy & {
        reach_frequency?: false | undefined;
        saturation_spec?: 'hill' | undefined;
        /** adstock(hill(x)); false when left out. */
        hill_before_adstock?: boolean | undefined;
        /** Exposure at which half of the effect is reached, > 0; `ec_m` of the posterior. */
        ec: number;
        /** Steepness, > 0; `slope_m` of the posterior, 1 when left out. */
        slope?: number | undefined;
      })
    | { reach_frequency?: false | undefined; saturation_spec: 'none'; hill_before_adstock?: boolean | undefined }
    | {
        /** adstock(reach hill(frequency)): `exposure.value` is the reach, `exposure.frequency` the frequency. */
        reach_frequency: true;
        saturation_spec?: 'hill' | undefined;
        /** Frequency at which half of the effect is reached, > 0; `ec_rf` of the posterior. */
        ec: number;
        /** Steepness, > 0; `slope_rf` of the posterior. */
        slope: number;
      }
  );

/**
 * PyMC-Marketing, parameters under the names of the posterior. Exposure is a share of the largest delivered among periods
 * with a total (the training data). Amplitudes (`saturation_beta`) are 1 when left out: productivity takes them in.
 */
export type PymcMarketingPreset = ScaledBy & {
  preset: 'pymc-marketing';
  /** Periods with an effect, a whole number from 1 to 999,999; 12 when left out. */
  l_max?: number | undefined;
  /** Weights sum to 1; true when left out, as in the classes. */
  normalize?: boolean | undefined;
  /** False is adstock(saturation(x)); true when left out. */
  adstock_first?: boolean | undefined;
} & (
    | {
        adstock: 'geometric' | 'binomial';
        /** In [0, 1]. */
        adstock_alpha: number;
      }
    | {
        adstock: 'delayed';
        /** In [0, 1]. */
        adstock_alpha: number;
        /** Periods to the largest effect, from 0 to l_max - 1. */
        adstock_theta: number;
      }
    | {
        adstock: 'weibull_pdf' | 'weibull_cdf';
        /** Scale, in periods, > 0. */
        adstock_lam: number;
        /** Shape, in (0, 100]. */
        adstock_k: number;
      }
    | { adstock: 'no_adstock' }
  ) &
  (
    | (SaturatesBy & {
        saturation: 'logistic' | 'inverse_scaled_logistic';
        /** > 0. The rate; `inverse_scaled_logistic`: exposure at which half of the effect is reached. */
        saturation_lam: number;
        saturation_beta?: number | undefined;
      })
    | (SaturatesBy & {
        saturation: 'tanh';
        /** The most it can reach, > 0. */
        saturation_b: number;
        /** Exposure per unit of effect at the start, > 0. */
        saturation_c: number;
      })
    | (SaturatesBy & {
        saturation: 'tanh_baselined';
        /** > 0. */
        saturation_x0: number;
        /** > 0. */
        saturation_gain: number;
        /** In (0, 1). */
        saturation_r: number;
        saturation_beta?: number | undefined;
      })
    | (SaturatesBy & {
        saturation: 'michaelis_menten';
        /** The most it can reach, > 0; 1 when left out. */
        saturation_alpha?: number | undefined;
        /** Exposure at which half of the effect is reached, > 0. */
        saturation_lam: number;
      })
    | (SaturatesBy & {
        saturation: 'hill';
        /** > 0. */
        saturation_slope: number;
        /** Exposure at which half of the effect is reached, > 0. */
        saturation_kappa: number;
        saturation_beta?: number | undefined;
      })
    | (SaturatesBy & {
        saturation: 'hill_sigmoid';
        /** The most it can reach, > 0; 1 when left out. */
        saturation_sigma?: number | undefined;
        /** The rate, > 0. */
        saturation_beta: number;
        /** Exposure where it is steepest, >= 0. */
        saturation_lam: number;
      })
    | (SaturatesBy & {
        saturation: 'root';
        /** The exponent, > 0. */
        saturation_alpha: number;
        saturation_beta?: number | undefined;
      })
    | (SaturatesBy & { saturation: 'log'; saturation_beta?: number | undefined })
    | { saturation: 'no_saturation'; saturation_beta?: number | undefined }
  );

/** LightweightMMM. Exposure is in units of the mean delivered over periods with a total, the scaling its guides use. */
export type LightweightMmmPreset = ScaledBy &
  SaturatesBy & { preset: 'lightweight-mmm' } & (
    | {
        /** adstock(x)^exponent */
        model_name: 'adstock';
        /** Share kept from one period to the next, in [0, 1). */
        lag_weight: number;
        /** Times 1 - lag_weight; true when left out. */
        normalise?: boolean | undefined;
        /** In (0, 1]. */
        exponent: number;
      }
    | {
        /** hill(adstock(x)) */
        model_name: 'hill_adstock';
        /** Share kept from one period to the next, in [0, 1). */
        lag_weight: number;
        /** Times 1 - lag_weight; true when left out. */
        normalise?: boolean | undefined;
        /** Exposure at which half of the effect is reached, > 0. */
        half_max_effective_concentration: number;
        /** Steepness, > 0. */
        slope: number;
      }
    | {
        /** carryover(x)^exponent */
        model_name: 'carryover';
        /** Share left one period from the peak, in [0, 1]. */
        ad_effect_retention_rate: number;
        /** Periods to the largest effect, >= 0. */
        peak_effect_delay: number;
        /** Periods with an effect, a whole number from 1 to 1,000,000; 13 when left out. */
        number_lags?: number | undefined;
        /** In (0, 1]. */
        exponent: number;
      }
  );
