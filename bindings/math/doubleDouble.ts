// Twin of assembly/doubleDouble.ts: numbers of two doubles, high + low, at start-up only.

/** What the last result misses. */
export let rest = 0;

/** a + b, exactly. */
export function sum(a: number, b: number): number {
  const s = a + b;
  const t = s - a;
  rest = a - (s - t) + (b - t);
  return s;
}

/** a b, exactly. */
export function product(a: number, b: number): number {
  const p = a * b;
  const aUpper = upperHalf(a);
  const bUpper = upperHalf(b);
  const aLower = a - aUpper;
  const bLower = b - bUpper;
  rest = aUpper * bUpper - p + aUpper * bLower + aLower * bUpper + aLower * bLower;
  return p;
}

function upperHalf(x: number): number {
  const shifted = 134217729 * x;
  return shifted - (shifted - x);
}

/** (high + low) / d, about 2^-105 of it off. */
export function quotient(high: number, low: number, d: number): number {
  const q = high / d;
  const p = product(q, d);
  return sum(q, (high - p - rest + low) / d);
}
