import { expFar, expNear, expReach, rounder } from './exp';
import { firstBits, normalBits, normalSpan, splitting } from './log';
import {
  exp2Table,
  expSeries0,
  expSeries1,
  expSeries2,
  expSeries3,
  ln2High,
  ln2Low,
  logTable,
  powSeries0,
  powSeries1,
  powSeries2,
  powSeries3,
  powSeries4,
  powSeries5,
  stepHigh,
  stepLow,
  stepsPerE,
} from './tables';

/** Keeps the upper 26 bits of a double's 53: two such numbers have an exact product. */
const upperBits: u64 = 0xfffffffff8000000;

// @ts-ignore: decorator
@inline
function upper(x: f64): f64 {
  return reinterpret<f64>(reinterpret<u64>(x) & upperBits);
}

/**
 * x^y, at most 0.55 ulp off; special cases as in IEEE 754 pow: 1^y = x^0 = 1 for every x and y, NaN included, and
 * (-1)^Infinity = 1 (where JavaScript's own operator gives NaN).
 */
export function powOf(x: f64, y: f64): f64 {
  const bits = reinterpret<u64>(x);
  return bits - normalBits < normalSpan ? powOfBits(bits, 0, y) : powRare(x, y);
}

/**
 * (2^power b)^y, b the positive normal number with these bits: e^(y ln b), with ln b in two parts, 2^-67 off at most.
 *   b = 2^k z, z / c = 1 + r;  ln b = k ln 2 + ln c + r - r^2 / 2 + r^3 q(r)
 */
function powOfBits(bits: u64, power: f64, y: f64): f64 {
  // as in log: r and whole are exact
  const offset = bits - firstBits;
  const k = <f64>(<i32>((<i64>offset) >> 52)) + power;
  const z = bits - (offset & 0xfff0000000000000);
  const row = (<usize>(offset >> 40)) & 0xfe0;
  const inverse = load<f64>(row, logTable);
  const high = reinterpret<f64>(z & 0xffffffff00000000);
  const r = high * inverse - 1 + (reinterpret<f64>(z) - high) * inverse;
  const whole = k * ln2High + load<f64>(row, logTable + 16);
  const sum = whole + r;
  // r^2 / 2 = half + (r - rUpper) (r + rUpper) / 2, half exact
  const rUpper = upper(r);
  const half = 0.5 * rUpper * rUpper;
  const main = sum - half;
  const square = r * r;
  const q =
    powSeries0 + r * powSeries1 + square * (powSeries2 + r * powSeries3 + square * (powSeries4 + r * powSeries5));
  const missing =
    whole - sum + r + (k * ln2Low + load<f64>(row, logTable + 24)) + (sum - main - half) +
    (square * r * q - 0.5 * (r - rUpper) * (r + rUpper));
  // y ln b = product + low, product exact
  const lnUpper = upper(main + missing);
  const lnLower = main - lnUpper + missing;
  const yUpper = upper(y);
  const product = yUpper * lnUpper;
  const low = (y - yUpper) * lnUpper + y * lnLower;
  if (abs(product) <= expReach) return expNear(product, low);
  // ln b = 0 only for b = 1, and then infinite and NaN exponents come here as well
  return lnUpper == 0 ? 1 : expFar(product, low);
}

/** Bases that are not positive normal numbers. */
function powRare(x: f64, y: f64): f64 {
  if (y == 0) return 1;
  if (x != x || y != y) return NaN;
  const size = abs(x);
  if (abs(y) == Infinity) return size == 1 ? 1 : size > 1 == y > 0 ? Infinity : 0;
  const whole = trunc(y) == y;
  // from 2^53 on every double is even
  const odd = whole && abs(y) < 9007199254740992 && ((<i64>y) & 1) == 1;
  let value: f64;
  if (size == 0 || size == Infinity) {
    value = (size == 0) == y > 0 ? 0 : Infinity;
  } else if (x < 0 && !whole) {
    return NaN;
  } else {
    // below the normal range: 2^52 times as much is normal
    const lifted = size < 2.2250738585072014e-308;
    value = powOfBits(reinterpret<u64>(lifted ? size * 4503599627370496 : size), lifted ? -52 : 0, y);
  }
  return odd ? copysign(value, x) : value;
}

const bitConstants: usize = memory.data<u64>([upperBits], 16);
const constants: usize = memory.data<f64>(
  [
    1,
    0.5,
    ln2High,
    ln2Low,
    powSeries0,
    powSeries1,
    powSeries2,
    powSeries3,
    powSeries4,
    powSeries5,
    expReach,
    stepsPerE,
    rounder,
    stepHigh,
    stepLow,
    expSeries0,
    expSeries1,
    expSeries2,
    expSeries3,
  ],
  16,
);

/**
 * outputs[i] = bases[i]^exponents[i], the bits of powOf. May run in place of either.
 * Two lanes at once; pairs with a base that is not a positive normal number or a result near the ends of the range,
 * and an odd last one, go one by one.
 */
export function pow(bases: usize, exponents: usize, outputs: usize, count: i32): void {
  const toSigned = v128.load64_splat(0, splitting);
  const signedEnd = v128.load64_splat(0, splitting + 8);
  const toBiased = v128.load64_splat(0, splitting + 16);
  const exponentBits = v128.load64_splat(0, splitting + 24);
  const bias = v128.load64_splat(0, splitting + 32);
  const mantissa = v128.load64_splat(0, splitting + 40);
  const first = v128.load64_splat(0, splitting + 48);
  const upperHalf = v128.load64_splat(0, splitting + 56);
  const upper26 = v128.load64_splat(0, bitConstants);
  const one = v128.load64_splat(0, constants);
  const oneHalf = v128.load64_splat(0, constants + 8);
  const ln2 = v128.load64_splat(0, constants + 16);
  const ln2Rest = v128.load64_splat(0, constants + 24);
  const q0 = v128.load64_splat(0, constants + 32);
  const q1 = v128.load64_splat(0, constants + 40);
  const q2 = v128.load64_splat(0, constants + 48);
  const q3 = v128.load64_splat(0, constants + 56);
  const q4 = v128.load64_splat(0, constants + 64);
  const q5 = v128.load64_splat(0, constants + 72);
  const reach = v128.load64_splat(0, constants + 80);
  const perE = v128.load64_splat(0, constants + 88);
  const round = v128.load64_splat(0, constants + 96);
  const stepUpper = v128.load64_splat(0, constants + 104);
  const stepRest = v128.load64_splat(0, constants + 112);
  const c0 = v128.load64_splat(0, constants + 120);
  const c1 = v128.load64_splat(0, constants + 128);
  const c2 = v128.load64_splat(0, constants + 136);
  const c3 = v128.load64_splat(0, constants + 144);
  const end = bases + ((<usize>count) << 3);
  while (bases < end) {
    for (; bases + 16 <= end; bases += 16, exponents += 16, outputs += 16) {
      const x = v128.load(bases);
      const y = v128.load(exponents);
      const normal = i64x2.lt_s(i64x2.add(x, toSigned), signedEnd);
      // ln x = main + missing
      const offset = i64x2.add(x, toBiased);
      const k = f64x2.sub(v128.or(i64x2.shr_u(offset, 52), exponentBits), bias);
      const z = i64x2.add(v128.and(offset, mantissa), first);
      const rows = i64x2.shr_u(offset, 40);
      const evenLog = i32x4.extract_lane(rows, 0) & 0xfe0;
      const oddLog = i32x4.extract_lane(rows, 2) & 0xfe0;
      const inverse = v128.load64_lane(oddLog, v128.load64_zero(evenLog, logTable), 1, logTable);
      const evenLn = v128.load(evenLog, logTable + 16);
      const oddLn = v128.load(oddLog, logTable + 16);
      const high = v128.and(z, upperHalf);
      const r = f64x2.add(f64x2.sub(f64x2.mul(high, inverse), one), f64x2.mul(f64x2.sub(z, high), inverse));
      const whole = f64x2.add(f64x2.mul(k, ln2), v128.shuffle<f64>(evenLn, oddLn, 0, 2));
      const sum = f64x2.add(whole, r);
      const rUpper = v128.and(r, upper26);
      const half = f64x2.mul(f64x2.mul(oneHalf, rUpper), rUpper);
      const main = f64x2.sub(sum, half);
      // q = q0 + r q1 + r^2 (q2 + r q3 + r^2 (q4 + r q5))
      const square = f64x2.mul(r, r);
      const q45 = f64x2.add(q4, f64x2.mul(r, q5));
      const q25 = f64x2.add(f64x2.add(q2, f64x2.mul(r, q3)), f64x2.mul(square, q45));
      const q = f64x2.add(f64x2.add(q0, f64x2.mul(r, q1)), f64x2.mul(square, q25));
      // (whole - sum + r + (k ln2Low + lnLow)) + (sum - main - half) + (r^3 q - (r - rUpper) (r + rUpper) / 2)
      const missing = f64x2.add(
        f64x2.add(
          f64x2.add(
            f64x2.add(f64x2.sub(whole, sum), r),
            f64x2.add(f64x2.mul(k, ln2Rest), v128.shuffle<f64>(evenLn, oddLn, 1, 3)),
          ),
          f64x2.sub(f64x2.sub(sum, main), half),
        ),
        f64x2.sub(
          f64x2.mul(f64x2.mul(square, r), q),
          f64x2.mul(f64x2.mul(oneHalf, f64x2.sub(r, rUpper)), f64x2.add(r, rUpper)),
        ),
      );
      // y ln x = product + low
      const lnUpper = v128.and(f64x2.add(main, missing), upper26);
      const lnLower = f64x2.add(f64x2.sub(main, lnUpper), missing);
      const yUpper = v128.and(y, upper26);
      const product = f64x2.mul(yUpper, lnUpper);
      const low = f64x2.add(f64x2.mul(f64x2.sub(y, yUpper), lnUpper), f64x2.mul(y, lnLower));
      if (i64x2.bitmask(v128.and(normal, f64x2.le(f64x2.abs(product), reach))) != 3) break;
      // e^(product + low), as in exp
      const shifted = f64x2.add(f64x2.mul(product, perE), round);
      const steps = f64x2.sub(shifted, round);
      const near = f64x2.sub(f64x2.sub(product, f64x2.mul(steps, stepUpper)), f64x2.mul(steps, stepRest));
      const s = f64x2.add(near, low);
      const even = v128.load((i32x4.extract_lane(shifted, 0) & 127) << 4, exp2Table);
      const odd = v128.load((i32x4.extract_lane(shifted, 2) & 127) << 4, exp2Table);
      const power = i64x2.shl(i64x2.shr_u(shifted, 7), 52);
      const scale = i64x2.add(v128.shuffle<f64>(even, odd, 1, 3), power);
      const sSquare = f64x2.mul(s, s);
      const p = f64x2.add(
        f64x2.add(c0, f64x2.mul(s, c1)),
        f64x2.mul(sSquare, f64x2.add(c2, f64x2.mul(s, c3))),
      );
      const rest = f64x2.add(f64x2.add(v128.shuffle<f64>(even, odd, 0, 2), s), f64x2.mul(sSquare, p));
      v128.store(outputs, f64x2.add(scale, f64x2.mul(scale, rest)));
    }
    const stop = min(bases + 16, end);
    for (; bases < stop; bases += 8, exponents += 8, outputs += 8) {
      store<f64>(outputs, powOf(load<f64>(bases), load<f64>(exponents)));
    }
  }
}
