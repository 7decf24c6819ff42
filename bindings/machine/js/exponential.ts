import { powersOfTwo } from '../../math/bits.js';
import { expOf, expReach, rounder } from '../../math/exp.js';
import {
  exp2Table,
  expSeries0,
  expSeries1,
  expSeries2,
  expSeries3,
  stepHigh,
  stepLow,
  stepsPerE,
} from '../../math/tables.js';
import type { Kernels } from '../kernels.js';
import type { Memory } from '../memory.js';

/**
 * (1 - e) / (1 + shape e), e = e^-(rate x): the exponential curve with shape 0, the logistic one with shape 1. At most
 * 1.1 ulp off for shape 0. 0 at x = 0, NaN for NaN and for rate x < -700. Formula: assembly/exponential.ts.
 */
export function exponentialOf(x: number, rate: number, shape: number): number {
  const y = x * -rate;
  if (!(Math.abs(y) <= expReach)) return exponentialFar(y, shape);
  const steps = y * stepsPerE + rounder - rounder;
  const rHigh = y - steps * stepHigh;
  const rLow = steps * stepLow;
  const r = rHigh - rLow;
  const k = steps | 0;
  const row = (k & 127) * 2;
  const scale = exp2Table[row + 1] * powersOfTwo[(k >> 7) + 1024];
  const square = r * r;
  const p = expSeries0 + r * expSeries1 + square * (expSeries2 + r * expSeries3);
  const small = exp2Table[row] - rLow + square * p;
  const rest = rHigh + small;
  const whole = 1 - scale;
  const sum = whole - rHigh;
  const missing = whole - sum - rHigh;
  const numerator = sum + (missing - small + whole * rest);
  return numerator / (1 + shape * (scale + scale * rest));
}

function exponentialFar(y: number, shape: number): number {
  if (!(y < 0)) return Number.NaN;
  const e = expOf(y);
  return (1 - e) / (1 + shape * e);
}

export const saturateExponential =
  (memory: Memory): Kernels['saturateExponential'] =>
  (exposures, rate, shape, outputs, count) => {
    const { f64 } = memory;
    const from = exposures / 8;
    const to = outputs / 8;
    for (let i = 0; i < count; i++) f64[to + i] = exponentialOf(f64[from + i], rate, shape);
  };
