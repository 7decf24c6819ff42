import { expOf, expReach, rounder } from './exp';
import { exp2Table, expSeries0, expSeries1, expSeries2, expSeries3, stepHigh, stepLow, stepsPerE } from './tables';

/**
 * (1 - e) / (1 + shape e), e = e^-(rate x), at most 1.1 ulp off for shape 0. docs/method.md, "Same bytes".
 *   e = s + s q, -(rate x) = k ln 2 / 128 + r;  1 - e = (1 - s - r) + ((1 - s) q - (q - r))
 * 1 - s is exact for e from 1/2 to 2^53, so no digits are lost near 0, where s is 1. NaN for NaN and for rate x < -700.
 */
export function exponentialOf(x: f64, rate: f64, shape: f64): f64 {
  const y = x * -rate;
  if (!(abs(y) <= expReach)) return exponentialFar(y, shape);
  const shifted = y * stepsPerE + rounder;
  const steps = shifted - rounder;
  const rHigh = y - steps * stepHigh;
  const rLow = steps * stepLow;
  const r = rHigh - rLow;
  const k = reinterpret<u64>(shifted);
  const row = (<usize>k & 127) << 4;
  const scale = reinterpret<f64>(load<u64>(row, exp2Table + 8) + ((k >> 7) << 52));
  const square = r * r;
  const p = expSeries0 + r * expSeries1 + square * (expSeries2 + r * expSeries3);
  const small = load<f64>(row, exp2Table) - rLow + square * p;
  const rest = rHigh + small;
  const whole = 1 - scale;
  const sum = whole - rHigh;
  const missing = whole - sum - rHigh;
  const numerator = sum + (missing - small + whole * rest);
  return numerator / (1 + shape * (scale + scale * rest));
}

function exponentialFar(y: f64, shape: f64): f64 {
  if (!(y < 0)) return NaN;
  const e = expOf(y);
  return (1 - e) / (1 + shape * e);
}

const constants: usize = memory.data<f64>(
  [expReach, stepsPerE, rounder, stepHigh, stepLow, expSeries0, expSeries1, expSeries2, expSeries3, 1],
  16,
);

/**
 * outputs[i] = exponentialOf(exposures[i], rate, shape), the bits of it: the exponential curve with shape 0, the logistic
 * one, tanh(rate x / 2), with shape 1. May run in place.
 * Two lanes at once; pairs with a lane beyond expReach, and an odd last one, go one by one.
 */
export function saturateExponential(exposures: usize, rate: f64, shape: f64, outputs: usize, count: i32): void {
  const rates = f64x2.splat(-rate);
  const shapes = f64x2.splat(shape);
  const reach = v128.load64_splat(0, constants);
  const perE = v128.load64_splat(0, constants + 8);
  const round = v128.load64_splat(0, constants + 16);
  const high = v128.load64_splat(0, constants + 24);
  const low = v128.load64_splat(0, constants + 32);
  const c0 = v128.load64_splat(0, constants + 40);
  const c1 = v128.load64_splat(0, constants + 48);
  const c2 = v128.load64_splat(0, constants + 56);
  const c3 = v128.load64_splat(0, constants + 64);
  const one = v128.load64_splat(0, constants + 72);
  const end = exposures + ((<usize>count) << 3);
  while (exposures < end) {
    for (; exposures + 16 <= end; exposures += 16, outputs += 16) {
      const y = f64x2.mul(v128.load(exposures), rates);
      if (i64x2.bitmask(f64x2.le(f64x2.abs(y), reach)) != 3) break;
      const shifted = f64x2.add(f64x2.mul(y, perE), round);
      const steps = f64x2.sub(shifted, round);
      const rHigh = f64x2.sub(y, f64x2.mul(steps, high));
      const rLow = f64x2.mul(steps, low);
      const r = f64x2.sub(rHigh, rLow);
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
      // small = tail - rLow + r^2 p
      const tail = v128.shuffle<f64>(even, odd, 0, 2);
      const small = f64x2.add(f64x2.sub(tail, rLow), f64x2.mul(square, p));
      const rest = f64x2.add(rHigh, small);
      // sum + (missing - small + whole rest)
      const whole = f64x2.sub(one, scale);
      const sum = f64x2.sub(whole, rHigh);
      const missing = f64x2.sub(f64x2.sub(whole, sum), rHigh);
      const numerator = f64x2.add(sum, f64x2.add(f64x2.sub(missing, small), f64x2.mul(whole, rest)));
      const e = f64x2.add(scale, f64x2.mul(scale, rest));
      v128.store(outputs, f64x2.div(numerator, f64x2.add(one, f64x2.mul(shapes, e))));
    }
    const stop = min(exposures + 16, end);
    for (; exposures < stop; exposures += 8, outputs += 8) {
      store<f64>(outputs, exponentialOf(load<f64>(exposures), rate, shape));
    }
  }
}
