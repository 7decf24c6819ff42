import { expOf, rounder } from './exp';
import { firstBits, logCalled, splitting } from './log';
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
} from './tables';

/** Up to here |log2| of the ratio, and slope times it, stay within normal powers of two. */
const log2Reach: f64 = 1000;

/**
 * x^slope / (x^slope + half^slope) for x >= 0, relative error at most 1e-13 for slopes up to 10 and x / half within
 * 1e-6..1e6. 0 at x = 0, exactly 1 or 0 where the ratio is past everything, NaN for x < 0 or NaN.
 *   1 / (1 + 2^-(slope log2(x / half)));  slope 1: x / (x + half)
 */
export function hillOf(x: f64, half: f64, slope: f64): f64 {
  if (slope == 1) return hillOfOne(x, half);
  return hillOfRatio(x, 1 / half, slope * -128, reachOf(half, slope), half, slope);
}

/** The largest |log2 ratio| for the short way; below zero, so never, where 1 / half is not a good normal number. */
// @ts-ignore: decorator
@inline
function reachOf(half: f64, slope: f64): f64 {
  if (!(half > 1e-300 && half < 1e300)) return -1;
  return abs(slope) > 1 ? log2Reach / abs(slope) : log2Reach;
}

// @ts-ignore: decorator
@inline
function hillOfOne(x: f64, half: f64): f64 {
  const sum = x + half;
  if (x > 0 && sum < Infinity) return x / sum;
  return hillFar(x, half, 1);
}

function hillOfRatio(x: f64, inverseHalf: f64, perLog2: f64, reach: f64, half: f64, slope: f64): f64 {
  // the ratio is 2^k z, z / c = 1 + r
  const offset = reinterpret<u64>(x * inverseHalf) - firstBits;
  const k = <f64>(<i32>((<i64>offset) >> 52));
  const z = reinterpret<f64>((offset & 0x000fffffffffffff) + firstBits);
  const row = (<usize>(offset >> 40)) & 0xfe0;
  const r = z * load<f64>(row, logTable) - 1;
  const square = r * r;
  const p = log2Series0 + r * log2Series1 + square * (log2Series2 + r * log2Series3 + square * log2Series4);
  const log2 = k + load<f64>(row, logTable + 8) + r * p;
  if (!(abs(log2) <= reach)) return hillFar(x, half, slope);
  // 2^(t / 128), t = j + f in whole steps and a rest
  const t = perLog2 * log2;
  const shifted = t + rounder;
  const steps = shifted - rounder;
  const f = t - steps;
  const j = reinterpret<u64>(shifted);
  const scale = reinterpret<f64>(load<u64>((<usize>j & 127) << 4, exp2Table + 8) + ((j >> 7) << 52));
  const q = exp2Series0 + f * exp2Series1 + f * f * (exp2Series2 + f * exp2Series3);
  return 1 / (1 + (scale + scale * (f * q)));
}

/** Ratios beyond the range of doubles or of their powers, and what is no exposure at all. */
function hillFar(x: f64, half: f64, slope: f64): f64 {
  if (x == 0) return 0;
  if (!(x > 0)) return NaN;
  const ratio = x / half;
  const ln = ratio >= 2.2250738585072014e-308 && ratio < Infinity ? logCalled(ratio) : logCalled(x) - logCalled(half);
  const power = -slope * ln;
  // past 40 the 1 no longer shows, and e^power itself might be too large
  return power > 40 ? expOf(-power) : 1 / (1 + expOf(power));
}

const constants: usize = memory.data<f64>(
  [
    1,
    log2Series0,
    log2Series1,
    log2Series2,
    log2Series3,
    log2Series4,
    rounder,
    exp2Series0,
    exp2Series1,
    exp2Series2,
    exp2Series3,
  ],
  16,
);

/**
 * outputs[i] = hillOf(exposures[i], halfSaturation, slope), the bits of it. May run in place.
 * Two lanes at once; pairs with a ratio beyond the reach, and an odd last one, go one by one. Zeros are no such ratio.
 */
export function saturateHill(exposures: usize, halfSaturation: f64, slope: f64, outputs: usize, count: i32): void {
  const end = exposures + ((<usize>count) << 3);
  if (slope == 1) {
    saturateOne(exposures, halfSaturation, outputs, end);
    return;
  }
  const inverseHalf = 1 / halfSaturation;
  const reach = reachOf(halfSaturation, slope);
  const inverseHalves = f64x2.splat(inverseHalf);
  const slopes = f64x2.splat(slope * -128);
  const reaches = f64x2.splat(reach);
  const toBiased = v128.load64_splat(0, splitting + 16);
  const exponentBits = v128.load64_splat(0, splitting + 24);
  const bias = v128.load64_splat(0, splitting + 32);
  const mantissa = v128.load64_splat(0, splitting + 40);
  const first = v128.load64_splat(0, splitting + 48);
  const one = v128.load64_splat(0, constants);
  const p0 = v128.load64_splat(0, constants + 8);
  const p1 = v128.load64_splat(0, constants + 16);
  const p2 = v128.load64_splat(0, constants + 24);
  const p3 = v128.load64_splat(0, constants + 32);
  const p4 = v128.load64_splat(0, constants + 40);
  const round = v128.load64_splat(0, constants + 48);
  const q0 = v128.load64_splat(0, constants + 56);
  const q1 = v128.load64_splat(0, constants + 64);
  const q2 = v128.load64_splat(0, constants + 72);
  const q3 = v128.load64_splat(0, constants + 80);
  while (exposures < end) {
    for (; exposures + 16 <= end; exposures += 16, outputs += 16) {
      const x = v128.load(exposures);
      const offset = i64x2.add(f64x2.mul(x, inverseHalves), toBiased);
      const k = f64x2.sub(v128.or(i64x2.shr_u(offset, 52), exponentBits), bias);
      const z = i64x2.add(v128.and(offset, mantissa), first);
      const rows = i64x2.shr_u(offset, 40);
      const evenLog = v128.load(i32x4.extract_lane(rows, 0) & 0xfe0, logTable);
      const oddLog = v128.load(i32x4.extract_lane(rows, 2) & 0xfe0, logTable);
      const r = f64x2.sub(f64x2.mul(z, v128.shuffle<f64>(evenLog, oddLog, 0, 2)), one);
      // p = p0 + r p1 + r^2 (p2 + r p3 + r^2 p4)
      const square = f64x2.mul(r, r);
      const p24 = f64x2.add(f64x2.add(p2, f64x2.mul(r, p3)), f64x2.mul(square, p4));
      const p = f64x2.add(f64x2.add(p0, f64x2.mul(r, p1)), f64x2.mul(square, p24));
      const log2 = f64x2.add(f64x2.add(k, v128.shuffle<f64>(evenLog, oddLog, 1, 3)), f64x2.mul(r, p));
      const zero = f64x2.eq(x, f64x2.splat(0));
      if (i64x2.bitmask(v128.or(f64x2.le(f64x2.abs(log2), reaches), zero)) != 3) break;
      const t = f64x2.mul(slopes, log2);
      const shifted = f64x2.add(t, round);
      const f = f64x2.sub(t, f64x2.sub(shifted, round));
      const even = v128.load64_zero((i32x4.extract_lane(shifted, 0) & 127) << 4, exp2Table + 8);
      const both = v128.load64_lane((i32x4.extract_lane(shifted, 2) & 127) << 4, even, 1, exp2Table + 8);
      const scale = i64x2.add(both, i64x2.shl(i64x2.shr_u(shifted, 7), 52));
      // q = q0 + f q1 + f^2 (q2 + f q3)
      const q = f64x2.add(
        f64x2.add(q0, f64x2.mul(f, q1)),
        f64x2.mul(f64x2.mul(f, f), f64x2.add(q2, f64x2.mul(f, q3))),
      );
      const power = f64x2.add(scale, f64x2.mul(scale, f64x2.mul(f, q)));
      v128.store(outputs, v128.andnot(f64x2.div(one, f64x2.add(one, power)), zero));
    }
    const stop = min(exposures + 16, end);
    for (; exposures < stop; exposures += 8, outputs += 8) {
      const value = hillOfRatio(load<f64>(exposures), inverseHalf, slope * -128, reach, halfSaturation, slope);
      store<f64>(outputs, value);
    }
  }
}

function saturateOne(exposures: usize, halfSaturation: f64, outputs: usize, end: usize): void {
  const half = f64x2.splat(halfSaturation);
  const zero = f64x2.splat(0);
  const infinity = f64x2.splat(Infinity);
  while (exposures < end) {
    for (; exposures + 16 <= end; exposures += 16, outputs += 16) {
      const x = v128.load(exposures);
      const sum = f64x2.add(x, half);
      if (i64x2.bitmask(v128.and(f64x2.ge(x, zero), f64x2.lt(sum, infinity))) != 3) break;
      v128.store(outputs, v128.andnot(f64x2.div(x, sum), f64x2.eq(x, zero)));
    }
    const stop = min(exposures + 16, end);
    for (; exposures < stop; exposures += 8, outputs += 8) {
      store<f64>(outputs, hillOfOne(load<f64>(exposures), halfSaturation));
    }
  }
}
