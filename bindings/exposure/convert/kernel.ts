import type { Adstock } from '../../config/config.js';
import { decayOf, weightsOf } from '../weights.js';

/** Weight of each lag, 0 first, as far as a calendar of so many periods can see; what is missing at the end is zero. */
export function kernelOf(adstock: Adstock, periods: number): Float64Array {
  if (adstock.kind === 'none') return Float64Array.of(1);
  if (adstock.kind !== 'geometric') return weightsOf(adstock, periods).subarray(0, periods);
  const decay = decayOf(adstock.decay);
  const weights = new Float64Array(periods).fill(adstock.normalize ? 1 - decay : 1);
  for (let lag = 1; lag < periods; lag++) weights[lag] = weights[lag - 1] * decay;
  return weights;
}

const rounding = 1e-12;
const faint = 1e-304; // below it, of the largest, weights run out of digits

/** The number that turns one kernel into the other, lag by lag; null where there is none. */
export function ratioOf(from: Float64Array, to: Float64Array): number | null {
  const peak = from.indexOf(from.reduce((most, weight) => Math.max(most, weight), 0));
  const ratio = (to[peak] ?? 0) / from[peak];
  if (!(ratio > 0 && ratio < Number.POSITIVE_INFINITY)) return null;
  for (let lag = 0; lag < Math.max(from.length, to.length); lag++) {
    const expected = ratio * (from[lag] ?? 0);
    if (Math.abs((to[lag] ?? 0) - expected) > rounding * expected + faint * to[peak]) return null;
  }
  return ratio;
}

/** Largest difference of weights, both kernels made to sum to 1. */
export function distanceOf(from: Float64Array, to: Float64Array): number {
  const sum = (weights: Float64Array) => weights.reduce((total, weight) => total + weight, 0);
  const [a, b] = [sum(from), sum(to)];
  let apart = 0;
  for (let lag = 0; lag < Math.max(from.length, to.length); lag++) {
    apart = Math.max(apart, Math.abs((from[lag] ?? 0) / a - (to[lag] ?? 0) / b));
  }
  return apart;
}

/** How many periods have an effect, as far as is said; null: as many as the calendar has. */
export function windowOf(adstock: Adstock): number | null {
  if (adstock.kind === 'none') return 1;
  if (adstock.kind === 'geometric') return decayOf(adstock.decay) === 0 ? 1 : null;
  return adstock.kind === 'kernel' ? adstock.weights.length : (adstock.window ?? null);
}

/**
 * Calendars on which two kernels are compared: the one that is known, or short ones, those about as long as a window, and
 * longer ones. Kernels here are powers, products and sums of a few numbers: alike on these they are alike on all.
 */
export function calendarsFor(adstocks: readonly Adstock[], periods: number | undefined): number[] {
  if (periods !== undefined) return [periods];
  const windows = adstocks.map((adstock) => Math.min(windowOf(adstock) ?? 1, 5000));
  const lengths = windows.flatMap((window) => [window - 1, window, window + 1, 2 * window + 7]);
  return [...new Set([1, 2, 3, 5, 60, ...lengths])].filter((length) => length > 0).sort((a, b) => a - b);
}
