import { powersOfTwo } from './bits.js';
import { exp2Table, expSeries0, expSeries1, expSeries2, expSeries3, stepHigh, stepLow, stepsPerE } from './tables.js';

/** 1.5 * 2^52: added to a number and taken away again it leaves the nearest whole number, ties to even. */
export const rounder = 6755399441055744;
/** Up to here on either side of zero e^x, and what is added up to make it, stay well within the normal range. */
export const expReach = 700;

/** e^x, at most 0.52 ulp off. NaN gives NaN, what is past the range 0 or Infinity. Formula: assembly/exp.ts. */
export function expOf(x: number): number {
  return Math.abs(x) <= expReach ? expNear(x, 0) : expFar(x, 0);
}

/** e^(x + low) for |x| <= expReach, |low| < 2^-16. */
export function expNear(x: number, low: number): number {
  const steps = x * stepsPerE + rounder - rounder;
  const r = x - steps * stepHigh - steps * stepLow + low;
  const k = steps | 0;
  const row = (k & 127) * 2;
  const scale = exp2Table[row + 1] * powersOfTwo[(k >> 7) + 1024];
  const square = r * r;
  const p = expSeries0 + r * expSeries1 + square * (expSeries2 + r * expSeries3);
  return scale + scale * (exp2Table[row] + r + square * p);
}

/** e^(x + low) for every other x. */
export function expFar(x: number, low: number): number {
  if (Number.isNaN(x)) return Number.NaN;
  if (x > 710) return Number.POSITIVE_INFINITY;
  if (x < -746) return 0;
  const steps = x * stepsPerE + rounder - rounder;
  const r = x - steps * stepHigh - steps * stepLow + low;
  const k = steps | 0;
  const row = (k & 127) * 2;
  const square = r * r;
  const p = expSeries0 + r * expSeries1 + square * (expSeries2 + r * expSeries3);
  const rest = exp2Table[row] + r + square * p;
  // the result times 2^-1 or 2^1022: 2^1024 is no double, and 2^(k / 128) is to be a normal one
  const lift = x > 0 ? -1 : 1022;
  const scale = exp2Table[row + 1] * powersOfTwo[(k >> 7) + lift + 1024];
  const product = scale * rest;
  const sum = scale + product;
  if (x > 0) return sum * 2;
  if (sum >= 1) return sum * 2.2250738585072014e-308;
  // below the normal range: 1 + sum ends at 2^-52, which is the last place of the result, so this rounds, and only once
  const missing = scale - sum + product;
  const onGrid = 1 + sum;
  return (onGrid + (1 - onGrid + sum + missing) - 1) * 2.2250738585072014e-308;
}
