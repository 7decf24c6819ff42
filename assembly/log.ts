import {
  ln2High,
  ln2Low,
  logSeries0,
  logSeries1,
  logSeries2,
  logSeries3,
  logSeries4,
  logSeries5,
  logTable,
} from './tables';

/** Bits of the least z in the table, about 0.707. */
export const firstBits: u64 = 0x3fe6b00000000000;
/** Bits of the least normal number, and how many bit patterns are positive normal numbers. */
export const normalBits: u64 = 0x0010000000000000;
export const normalSpan: u64 = 0x7fe0000000000000;

/** ln x, at most 0.52 ulp off. -Infinity at zero of either sign, NaN below zero and for NaN. Inlined, for hot loops. */
// @ts-ignore: decorator
@inline
export function logOf(x: f64): f64 {
  const bits = reinterpret<u64>(x);
  return bits - normalBits < normalSpan ? logOfBits(bits, 0) : logCalled(x);
}

/**
 * ln of the normal number with these bits, and `power` times ln 2 more.
 *   x = 2^k z, z / c = 1 + r;  ln x = (k ln 2 + ln c + r) + r^2 p(r)
 */
// @ts-ignore: decorator
@inline
function logOfBits(bits: u64, power: f64): f64 {
  const offset = bits - firstBits;
  const k = <f64>(<i32>((<i64>offset) >> 52)) + power;
  const z = bits - (offset & 0xfff0000000000000);
  const row = (<usize>(offset >> 40)) & 0xfe0;
  const inverse = load<f64>(row, logTable);
  // 1/c has so few bits that, with z cut in two, every step here is exact
  const high = reinterpret<f64>(z & 0xffffffff00000000);
  const r = high * inverse - 1 + (reinterpret<f64>(z) - high) * inverse;
  // exact too: both terms are whole multiples of 2^-42
  const whole = k * ln2High + load<f64>(row, logTable + 16);
  const sum = whole + r;
  const missing = whole - sum + r + (k * ln2Low + load<f64>(row, logTable + 24));
  const square = r * r;
  const p =
    logSeries0 + r * logSeries1 + square * (logSeries2 + r * logSeries3 + square * (logSeries4 + r * logSeries5));
  return sum + (missing + square * p);
}

/** The same, for code that seldom runs: a call takes no room. */
export function logCalled(x: f64): f64 {
  let bits = reinterpret<u64>(x);
  let power: f64 = 0;
  if (bits - normalBits >= normalSpan) {
    if (x == 0) return -Infinity;
    if (!(x > 0)) return NaN;
    if (x == Infinity) return x;
    // below the normal range: 2^52 times as much is normal
    bits = reinterpret<u64>(x * 4503599627370496);
    power = -52;
  }
  return logOfBits(bits, power);
}

/** What pairs need to take numbers apart, here and in pow and hill: see the names they are given there. */
export const splitting: usize = memory.data<u64>(
  [
    0x8000000000000000 - normalBits,
    0x8000000000000000 + normalSpan,
    0x3ff0000000000000 - firstBits,
    0x4330000000000000, // 2^52, and below 2^52 + 1023: so a biased exponent becomes a double
    0x43300000000003ff,
    0x000fffffffffffff,
    firstBits,
    0xffffffff00000000,
  ],
  16,
);

const constants: usize = memory.data<f64>(
  [1, ln2High, ln2Low, logSeries0, logSeries1, logSeries2, logSeries3, logSeries4, logSeries5],
  16,
);

/**
 * outputs[i] = ln(inputs[i]), the bits of logOf. May run in place.
 * Two lanes at once; pairs with a lane that is not a positive normal number, and an odd last one, go one by one.
 */
export function log(inputs: usize, outputs: usize, count: i32): void {
  const toSigned = v128.load64_splat(0, splitting);
  const signedEnd = v128.load64_splat(0, splitting + 8);
  const toBiased = v128.load64_splat(0, splitting + 16);
  const exponentBits = v128.load64_splat(0, splitting + 24);
  const bias = v128.load64_splat(0, splitting + 32);
  const mantissa = v128.load64_splat(0, splitting + 40);
  const first = v128.load64_splat(0, splitting + 48);
  const upperHalf = v128.load64_splat(0, splitting + 56);
  const one = v128.load64_splat(0, constants);
  const ln2 = v128.load64_splat(0, constants + 8);
  const ln2Rest = v128.load64_splat(0, constants + 16);
  const c0 = v128.load64_splat(0, constants + 24);
  const c1 = v128.load64_splat(0, constants + 32);
  const c2 = v128.load64_splat(0, constants + 40);
  const c3 = v128.load64_splat(0, constants + 48);
  const c4 = v128.load64_splat(0, constants + 56);
  const c5 = v128.load64_splat(0, constants + 64);
  const end = inputs + ((<usize>count) << 3);
  while (inputs < end) {
    for (; inputs + 16 <= end; inputs += 16, outputs += 16) {
      const x = v128.load(inputs);
      // bits - normalBits < normalSpan, unsigned
      if (i64x2.bitmask(i64x2.lt_s(i64x2.add(x, toSigned), signedEnd)) != 3) break;
      const offset = i64x2.add(x, toBiased);
      const k = f64x2.sub(v128.or(i64x2.shr_u(offset, 52), exponentBits), bias);
      const z = i64x2.add(v128.and(offset, mantissa), first);
      const rows = i64x2.shr_u(offset, 40);
      const even = i32x4.extract_lane(rows, 0) & 0xfe0;
      const odd = i32x4.extract_lane(rows, 2) & 0xfe0;
      const inverse = v128.load64_lane(odd, v128.load64_zero(even, logTable), 1, logTable);
      const evenLn = v128.load(even, logTable + 16);
      const oddLn = v128.load(odd, logTable + 16);
      // r = high / c - 1 + (z - high) / c
      const high = v128.and(z, upperHalf);
      const r = f64x2.add(f64x2.sub(f64x2.mul(high, inverse), one), f64x2.mul(f64x2.sub(z, high), inverse));
      const whole = f64x2.add(f64x2.mul(k, ln2), v128.shuffle<f64>(evenLn, oddLn, 0, 2));
      const sum = f64x2.add(whole, r);
      const missing = f64x2.add(
        f64x2.add(f64x2.sub(whole, sum), r),
        f64x2.add(f64x2.mul(k, ln2Rest), v128.shuffle<f64>(evenLn, oddLn, 1, 3)),
      );
      // p = c0 + r c1 + r^2 (c2 + r c3 + r^2 (c4 + r c5))
      const square = f64x2.mul(r, r);
      const p45 = f64x2.add(c4, f64x2.mul(r, c5));
      const p25 = f64x2.add(f64x2.add(c2, f64x2.mul(r, c3)), f64x2.mul(square, p45));
      const p = f64x2.add(f64x2.add(c0, f64x2.mul(r, c1)), f64x2.mul(square, p25));
      v128.store(outputs, f64x2.add(sum, f64x2.add(missing, f64x2.mul(square, p))));
    }
    const stop = min(inputs + 16, end);
    for (; inputs < stop; inputs += 8, outputs += 8) store<f64>(outputs, logCalled(load<f64>(inputs)));
  }
}
