export interface Curve {
  adstock?: Adstock | undefined;
  saturation?: Saturation | undefined;
  /** What exposure is divided by before it saturates; `max` is the default with a saturation, `none` without. */
  scale?: Scale | undefined;
  /** `adstockFirst` saturates what was carried over; `saturationFirst` carries over what was saturated. */
  order?: 'adstockFirst' | 'saturationFirst' | undefined;
}

/** The decay by which half of the effect is gone after so many periods, in (0, 1e9]. */
export interface HalfLife {
  halfLife: number;
}

/**
 * Carry-over. `window` is how many periods have an effect, the one of the exposure included: 1 to 1,000,000. `normalize`
 * makes the weights of all lags sum to 1. `shrink` cuts a window longer than the calendar to it, before normalising.
 */
export type Adstock =
  | { kind: 'none' }
  | {
      /** decay^lag without end. */
      kind: 'geometric';
      /** Share kept from one period to the next, in [0, 1). */
      decay: number | HalfLife;
      normalize?: boolean | undefined;
    }
  | {
      /** decay^lag within a window. */
      kind: 'geometricWindow';
      /** Share kept from one period to the next, in [0, 1]. */
      decay: number | HalfLife;
      window: number;
      normalize?: boolean | undefined;
      shrink?: boolean | undefined;
    }
  | {
      /** decay^((lag - peak)^2): largest some periods after the exposure. */
      kind: 'delayed';
      /** Share left one period from the peak, in [0, 1]; a half-life counts from the peak. */
      decay: number | HalfLife;
      /** Periods from the exposure to its largest effect, >= 0. */
      peak: number;
      window: number;
      normalize?: boolean | undefined;
    }
  | {
      /** (1 - lag / zeroAt)^(1 / decay - 1): reaches zero. */
      kind: 'binomial';
      /** In [0, 1]: 0 has no carry-over, 1 keeps everything within the window. */
      decay: number;
      window: number;
      /** Lag at which nothing is left, at least `window`, which is the default. */
      zeroAt?: number | undefined;
      normalize?: boolean | undefined;
      shrink?: boolean | undefined;
    }
  | {
      /** A Weibull density over the periods from 1 on, its smallest value as 0 and its largest as 1. */
      kind: 'weibullPdf';
      /** In [0, 100]; 0 has no carry-over. */
      shape: number;
      /** In periods, >= 0, or a share of the window; 0 has no carry-over. */
      scale: number | WindowQuantile;
      /** The whole calendar when left out. */
      window?: number | undefined;
      normalize?: boolean | undefined;
    }
  | {
      /** What survives a Weibull law period after period: 1, 1 - F(1), (1 - F(1))(1 - F(2)), .. */
      kind: 'weibullCdf';
      /** In [0, 100]; 0 has no carry-over. */
      shape: number;
      /** In periods, >= 0, or a share of the window; 0 has no carry-over. */
      scale: number | WindowQuantile;
      /** The whole calendar when left out. */
      window?: number | undefined;
      normalize?: boolean | undefined;
    }
  | {
      /** Weights of your own. */
      kind: 'kernel';
      /** Weight of each lag from 0 on, each finite and >= 0, one at least above 0. */
      weights: number[];
      /** Periods by which the first weight comes before the exposure, 0 to 1,000,000. Above 0 there is effect before launch. */
      lead?: number | undefined;
      normalize?: boolean | undefined;
    };

/** A scale as the quantile, in [0, 1], of the window's periods 1, 2, .., rounded to a whole period. */
export interface WindowQuantile {
  quantile: number;
}

export type Scale =
  | 'none'
  | 'max'
  | {
      /** The largest value, the mean, or the median of those above 0. */
      kind: 'max' | 'mean' | 'median';
      /** `adstocked` looks at what saturates, `delivered` at exposure before adstock. */
      from?: 'adstocked' | 'delivered' | undefined;
      /** `place` scales every place by itself, `curve` all places that use the curve alike. */
      per?: 'place' | 'curve' | undefined;
      /** `calendar` looks at all periods, `totals` at those in which the place has a total. */
      over?: 'calendar' | 'totals' | undefined;
    }
  | {
      /** So far from the smallest value (0) to the largest (1). */
      kind: 'between';
      /** In [0, 1]. */
      share: number;
      from?: 'adstocked' | 'delivered' | undefined;
      per?: 'place' | 'curve' | undefined;
      over?: 'calendar' | 'totals' | undefined;
    }
  | {
      kind: 'value';
      /** In units of exposure, > 0. */
      value: number;
    };

/**
 * What saturates: `medium`: the sum of the entities, which share it by exposure; `scaled`: each by itself on the medium's
 * curve shrunk to its share of the medium's exposure; `entity`: each by itself on the whole curve: entities cut in two get more;
 * `frequency`: the frequency of each exposure row, not scaled, and exposure times the curve of it is carried over.
 */
export type SaturatesOf = 'medium' | 'entity' | 'scaled' | 'frequency';

/** The exposure x below is scaled. `amplitude` multiplies the whole curve, > 0. */
export type Saturation =
  | { kind: 'none' }
  | {
      /** x^slope / (x^slope + halfSaturation^slope) */
      kind: 'hill';
      /** Scaled exposure at which half the effect is reached, > 0. */
      halfSaturation: number;
      /** Steepness, > 0. */
      slope: number;
      amplitude?: number | undefined;
      of?: SaturatesOf | undefined;
    }
  | {
      /** x / (x + halfSaturation) */
      kind: 'michaelisMenten';
      /** Scaled exposure at which half the effect is reached, > 0. */
      halfSaturation: number;
      amplitude?: number | undefined;
      of?: SaturatesOf | undefined;
    }
  | {
      /** (1 - e^(-rate x)) / (1 + e^(-rate x)) */
      kind: 'logistic';
      /** Per unit of scaled exposure, > 0, or the exposure at which half the effect is reached. */
      rate: number | HalfSaturation;
      amplitude?: number | undefined;
      of?: SaturatesOf | undefined;
    }
  | {
      /** 1 - e^(-rate x) */
      kind: 'exponential';
      /** Per unit of scaled exposure, > 0, or the exposure at which half the effect is reached. */
      rate: number | HalfSaturation;
      amplitude?: number | undefined;
      of?: SaturatesOf | undefined;
    }
  | {
      /** ceiling tanh(x / (ceiling cost)) */
      kind: 'tanh';
      /** The most it can reach, > 0. */
      ceiling: number;
      /** Scaled exposure per unit of effect at the start of the curve, > 0. */
      cost: number;
      of?: SaturatesOf | undefined;
    }
  | {
      /** gain baseline tanh(x artanh(reached) / baseline) / reached */
      kind: 'tanhBaseline';
      /** A scaled exposure, > 0. */
      baseline: number;
      /** Effect per unit of scaled exposure there, > 0. */
      gain: number;
      /** Share of the most it can reach that is reached there, in (0, 1). */
      reached: number;
      of?: SaturatesOf | undefined;
    }
  | {
      /** x^exponent */
      kind: 'power';
      /** > 0; below 1 it saturates. */
      exponent: number;
      amplitude?: number | undefined;
      of?: SaturatesOf | undefined;
    }
  | {
      /** ln(1 + x) */
      kind: 'log';
      amplitude?: number | undefined;
      of?: SaturatesOf | undefined;
    }
  | {
      /** 1 / (1 + e^(rate (midpoint - x))) - 1 / (1 + e^(rate midpoint)): S-shaped, 0 at 0. */
      kind: 'sigmoid';
      /** Per unit of scaled exposure, > 0. */
      rate: number;
      /** Scaled exposure where it is steepest, >= 0. */
      midpoint: number;
      amplitude?: number | undefined;
      of?: SaturatesOf | undefined;
    };

/** The rate at which half the effect is reached at this scaled exposure, > 0. */
export interface HalfSaturation {
  halfSaturation: number;
}
