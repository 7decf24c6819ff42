import { exp2Table, expSeries0, expSeries1, expSeries2, expSeries3, stepHigh, stepLow, stepsPerE } from './tables';

/** 1.5 * 2^52: added to a number and taken away again it leaves the nearest whole number, ties to even. */
export const rounder: f64 = 6755399441055744;
/** Up to here on either side of zero e^x, and what is added up to make it, stay well within the normal range. */
export const expReach: f64 = 700;

/**
 * e^x, at most 0.52 ulp off.
 *   x = k ln 2 / 128 + r, |r| <= ln 2 / 256;  e^x = s + s (t + r + r^2 p(r)), s + s t = 2^(k / 128)
 * NaN gives NaN. Results below the normal range are rounded once; past the range they are 0 or Infinity.
 */
export function expOf(x: f64): f64 {
  return abs(x) <= expReach ? expNear(x, 0) : expFar(x, 0);
}

/** e^(x + low) for |x| <= expReach, |low| < 2^-16. */
// @ts-ignore: decorator
@inline
export function expNear(x: f64, low: f64): f64 {
  const shifted = x * stepsPerE + rounder;
  const steps = shifted - rounder;
  // the first product and difference are exact
  const r = x - steps * stepHigh - steps * stepLow + low;
  const k = reinterpret<u64>(shifted);
  const row = (<usize>k & 127) << 4;
  const scale = reinterpret<f64>(load<u64>(row, exp2Table + 8) + ((k >> 7) << 52));
  const square = r * r;
  const p = expSeries0 + r * expSeries1 + square * (expSeries2 + r * expSeries3);
  return scale + scale * (load<f64>(row, exp2Table) + r + square * p);
}

/** e^(x + low) for every other x. */
export function expFar(x: f64, low: f64): f64 {
  if (x != x) return NaN;
  if (x > 710) return Infinity;
  if (x < -746) return 0;
  const shifted = x * stepsPerE + rounder;
  const steps = shifted - rounder;
  const r = x - steps * stepHigh - steps * stepLow + low;
  const k = <i64>steps;
  const row = (<usize>k & 127) << 4;
  const square = r * r;
  const p = expSeries0 + r * expSeries1 + square * (expSeries2 + r * expSeries3);
  const rest = load<f64>(row, exp2Table) + r + square * p;
  // the result times 2^-1 or 2^1022: 2^1024 is no double, and 2^(k / 128) is to be a normal one
  const lift: i64 = x > 0 ? -1 : 1022;
  const scale = reinterpret<f64>(load<u64>(row, exp2Table + 8) + (<u64>((k >> 7) + lift) << 52));
  const product = scale * rest;
  const sum = scale + product;
  if (x > 0) return sum * 2;
  if (sum >= 1) return sum * 2.2250738585072014e-308;
  // below the normal range: 1 + sum ends at 2^-52, which is the last place of the result, so this rounds, and only once
  const missing = scale - sum + product;
  const onGrid = 1 + sum;
  return (onGrid + (1 - onGrid + sum + missing) - 1) * 2.2250738585072014e-308;
}

const constants: usize = memory.data<f64>(
  [expReach, stepsPerE, rounder, stepHigh, stepLow, expSeries0, expSeries1, expSeries2, expSeries3],
  16,
);

/**
 * outputs[i] = e^inputs[i], the bits of expOf. May run in place.
 * Two lanes at once; pairs with a lane beyond expReach, and an odd last one, go one by one.
 */
export function exp(inputs: usize, outputs: usize, count: i32): void {
  // loaded, since V8 would build a splat constant anew in every round
  const reach = v128.load64_splat(0, constants);
  const perE = v128.load64_splat(0, constants + 8);
  const round = v128.load64_splat(0, constants + 16);
  const high = v128.load64_splat(0, constants + 24);
  const low = v128.load64_splat(0, constants + 32);
  const c0 = v128.load64_splat(0, constants + 40);
  const c1 = v128.load64_splat(0, constants + 48);
  const c2 = v128.load64_splat(0, constants + 56);
  const c3 = v128.load64_splat(0, constants + 64);
  const end = inputs + ((<usize>count) << 3);
  while (inputs < end) {
    for (; inputs + 16 <= end; inputs += 16, outputs += 16) {
      const x = v128.load(inputs);
      if (i64x2.bitmask(f64x2.le(f64x2.abs(x), reach)) != 3) break;
      const shifted = f64x2.add(f64x2.mul(x, perE), round);
      const steps = f64x2.sub(shifted, round);
      const r = f64x2.sub(f64x2.sub(x, f64x2.mul(steps, high)), f64x2.mul(steps, low));
      const even = v128.load((i32x4.extract_lane(shifted, 0) & 127) << 4, exp2Table);
      const odd = v128.load((i32x4.extract_lane(shifted, 2) & 127) << 4, exp2Table);
      const power = i64x2.shl(i64x2.shr_u(shifted, 7), 52);
      const scale = i64x2.add(v128.shuffle<f64>(even, odd, 1, 3), power);
      // p = c0 + r c1 + r^2 (c2 + r c3)
      const square = f64x2.mul(r, r);
      const p = f64x2.add(
        f64x2.add(c0, f64x2.mul(r, c1)),
        f64x2.mul(square, f64x2.add(c2, f64x2.mul(r, c3))),
      );
      // scale + scale (tail + r + r^2 p)
      const tail = v128.shuffle<f64>(even, odd, 0, 2);
      const rest = f64x2.add(f64x2.add(tail, r), f64x2.mul(square, p));
      v128.store(outputs, f64x2.add(scale, f64x2.mul(scale, rest)));
    }
    const stop = min(inputs + 16, end);
    for (; inputs < stop; inputs += 8, outputs += 8) store<f64>(outputs, expOf(load<f64>(inputs)));
  }
}
