import { highWord, powersOfTwo } from '../../math/bits.js';
import { expOf, rounder } from '../../math/exp.js';
import { firstWord, leastNormal, logOf } from '../../math/log.js';
import {
  exp2Series0,
  exp2Series1,
  exp2Series2,
  exp2Series3,
  exp2Table,
  log2Series0,
  log2Series1,
  log2Series2,
  log2Series3,
  log2Series4,
  logTable,
} from '../../math/tables.js';
import type { Kernels } from '../kernels.js';
import type { Memory } from '../memory.js';

/** Up to here |log2| of the ratio, and slope times it, stay within normal powers of two. */
const log2Reach = 1000;

/**
 * x^slope / (x^slope + half^slope) for x >= 0, relative error at most 1e-13 for slopes up to 10 and x / half within
 * 1e-6..1e6. 0 at x = 0, NaN for x < 0 or NaN. Formula: assembly/hill.ts.
 */
export function hillOf(x: number, half: number, slope: number): number {
  if (slope === 1) return hillOfOne(x, half);
  return hillOfRatio(x, 1 / half, slope * -128, reachOf(half, slope), half, slope);
}

/** The largest |log2 ratio| for the short way; below zero, so never, where 1 / half is not a good normal number. */
function reachOf(half: number, slope: number): number {
  if (!(half > 1e-300 && half < 1e300)) return -1;
  return Math.abs(slope) > 1 ? log2Reach / Math.abs(slope) : log2Reach;
}

function hillOfOne(x: number, half: number): number {
  const sum = x + half;
  if (x > 0 && sum < Number.POSITIVE_INFINITY) return x / sum;
  return hillFar(x, half, 1);
}

function hillOfRatio(
  x: number,
  inverseHalf: number,
  perLog2: number,
  reach: number,
  half: number,
  slope: number,
): number {
  const ratio = x * inverseHalf;
  // 2^-1010 to 2^1010: what is outside is beyond every reach, and powersOfTwo need not have it
  if (!(ratio > 9.1e-305 && ratio < 1.09e304)) return hillFar(x, half, slope);
  const offset = highWord(ratio) - firstWord;
  const k = offset >> 20;
  const z = ratio * powersOfTwo[1024 - k];
  const row = ((offset >> 13) & 127) * 4;
  const r = z * logTable[row] - 1;
  const square = r * r;
  const p = log2Series0 + r * log2Series1 + square * (log2Series2 + r * log2Series3 + square * log2Series4);
  const log2 = k + logTable[row + 1] + r * p;
  if (!(Math.abs(log2) <= reach)) return hillFar(x, half, slope);
  // 2^(t / 128), t = j + f in whole steps and a rest
  const t = perLog2 * log2;
  const steps = t + rounder - rounder;
  const f = t - steps;
  const j = steps | 0;
  const scale = exp2Table[(j & 127) * 2 + 1] * powersOfTwo[(j >> 7) + 1024];
  const q = exp2Series0 + f * exp2Series1 + f * f * (exp2Series2 + f * exp2Series3);
  return 1 / (1 + (scale + scale * (f * q)));
}

/** Ratios beyond the range of doubles or of their powers, and what is no exposure at all. */
function hillFar(x: number, half: number, slope: number): number {
  if (x === 0) return 0;
  if (!(x > 0)) return Number.NaN;
  const ratio = x / half;
  const normal = ratio >= leastNormal && ratio < Number.POSITIVE_INFINITY;
  const ln = normal ? logOf(ratio) : logOf(x) - logOf(half);
  const power = -slope * ln;
  // past 40 the 1 no longer shows, and e^power itself might be too large
  return power > 40 ? expOf(-power) : 1 / (1 + expOf(power));
}

export const saturateHill =
  (memory: Memory): Kernels['saturateHill'] =>
  (exposures, halfSaturation, slope, outputs, count) => {
    const { f64 } = memory;
    const from = exposures / 8;
    const to = outputs / 8;
    if (slope === 1) {
      for (let i = 0; i < count; i++) f64[to + i] = hillOfOne(f64[from + i], halfSaturation);
      return;
    }
    const inverseHalf = 1 / halfSaturation;
    const perLog2 = slope * -128;
    const reach = reachOf(halfSaturation, slope);
    for (let i = 0; i < count; i++) {
      f64[to + i] = hillOfRatio(f64[from + i], inverseHalf, perLog2, reach, halfSaturation, slope);
    }
  };
