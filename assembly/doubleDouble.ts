// Numbers of two doubles, high + low, at start-up only: about 106 bits. Every function returns the nearest double and
// leaves in `rest` what that misses.

/** What the last result misses. */
export let rest: f64 = 0;

/** a + b, exactly. */
export function sum(a: f64, b: f64): f64 {
  const s = a + b;
  const t = s - a;
  rest = a - (s - t) + (b - t);
  return s;
}

/** a b, exactly: each is cut into two halves of 26 bits, whose products are exact. */
export function product(a: f64, b: f64): f64 {
  const p = a * b;
  const aUpper = upperHalf(a);
  const bUpper = upperHalf(b);
  const aLower = a - aUpper;
  const bLower = b - bUpper;
  rest = aUpper * bUpper - p + aUpper * bLower + aLower * bUpper + aLower * bLower;
  return p;
}

/** x to the nearest 26 bits: times 2^27 + 1 it loses the others, and what is left is a double. */
function upperHalf(x: f64): f64 {
  const shifted = 134217729 * x;
  return shifted - (shifted - x);
}

/** (high + low) / d, about 2^-105 of it off. */
export function quotient(high: f64, low: f64, d: f64): f64 {
  const q = high / d;
  const p = product(q, d);
  return sum(q, (high - p - rest + low) / d);
}
