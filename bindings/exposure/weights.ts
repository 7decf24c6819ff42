import type { Adstock, HalfLife } from '../config/config.js';
import { nearest } from '../machine/js/split.js';
import { expOf } from '../math/exp.js';
import { powOf } from '../math/pow.js';

/** Adstocks that are a list of weights; the others are none and the recursion. */
export type WindowedAdstock = Exclude<Adstock, { kind: 'none' | 'geometric' }>;

/** Share kept from one period to the next: as given, or the one that halves the effect in so many periods. */
export const decayOf = (decay: number | HalfLife): number =>
  typeof decay === 'number' ? decay : powOf(0.5, 1 / decay.halfLife);

/**
 * Weight of each lag, 0 first, on a calendar of so many periods. docs/method.md, "Effective exposure".
 * Weights that underflow are zero. `normalize` divides by their sum, which is never zero.
 */
export function weightsOf(adstock: WindowedAdstock, periods: number): Float64Array {
  const weights = rawWeights(adstock, periods);
  if (!adstock.normalize) return weights;
  let sum = 0;
  for (const weight of weights) sum += weight;
  return weights.map((weight) => weight / sum);
}

function rawWeights(adstock: WindowedAdstock, periods: number): Float64Array {
  const list = (window: number, weight: (lag: number) => number) =>
    Float64Array.from({ length: window }, (_, lag) => weight(lag));
  switch (adstock.kind) {
    case 'geometricWindow': {
      const decay = decayOf(adstock.decay);
      return list(shrunk(adstock, periods), (lag) => powOf(decay, lag));
    }
    case 'binomial': {
      const { decay } = adstock;
      const window = shrunk(adstock, periods);
      const zeroAt = adstock.zeroAt ?? window;
      // decay 0: 1^Infinity = 1 at lag 0, and 0 after it
      return list(window, (lag) => powOf(1 - lag / zeroAt, 1 / decay - 1));
    }
    case 'delayed': {
      const { peak, window } = adstock;
      const square = (lag: number) => (lag - peak) * (lag - peak);
      const decay =
        typeof adstock.decay === 'number'
          ? adstock.decay
          : powOf(0.5, 1 / (adstock.decay.halfLife * adstock.decay.halfLife));
      // normalised, what all weights have in common cancels: taken out first, so that they cannot all underflow
      const common = adstock.normalize ? square(Math.min(nearest(peak), window - 1)) : 0;
      return list(window, (lag) => powOf(decay, square(lag) - common));
    }
    case 'weibullPdf':
    case 'weibullCdf':
      return weibull(adstock, adstock.window ?? periods);
    case 'kernel':
      return Float64Array.from(adstock.weights);
  }
}

/** Meridian's window is no longer than the calendar, and weights are normalised over what is left. */
const shrunk = ({ window, shrink }: { window: number; shrink?: boolean | undefined }, periods: number) =>
  shrink ? Math.min(window, periods) : window;

function weibull(adstock: Extract<Adstock, { kind: 'weibullPdf' | 'weibullCdf' }>, window: number): Float64Array {
  const { kind, shape } = adstock;
  const scale = typeof adstock.scale === 'number' ? adstock.scale : quantileOf(window, adstock.scale.quantile);
  const weights = new Float64Array(window);
  weights[0] = 1;
  if (shape === 0 || scale === 0 || window === 1) return weights;
  /** 1 - F at the k-th period. */
  const survival = (k: number) => expOf(-powOf(k / scale, shape));
  if (kind === 'weibullCdf') {
    for (let lag = 1; lag < window; lag++) weights[lag] = weights[lag - 1] * survival(lag);
    return weights;
  }
  // density but for a factor, which the next step takes out; a density so steep that it overflows has no survival left
  for (let lag = 0; lag < window; lag++) {
    const left = survival(lag + 1);
    weights[lag] = left === 0 ? 0 : powOf((lag + 1) / scale, shape - 1) * left;
  }
  let least = weights[0];
  let most = weights[0];
  for (const weight of weights) {
    least = Math.min(least, weight);
    most = Math.max(most, weight);
  }
  if (most === least) return weights.fill(0).fill(1, 0, 1);
  return weights.map((weight) => (weight - least) / (most - least));
}

/** Quantile (R's type 7) of the periods 1 .. window, rounded to a whole one, halves to even: Robyn's scale. */
const quantileOf = (window: number, quantile: number): number => nearest(1 + (window - 1) * quantile);
