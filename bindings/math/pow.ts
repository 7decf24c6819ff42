import { highWord, powersOfTwo, upper } from './bits.js';
import { expFar, expNear, expReach } from './exp.js';
import { firstWord, leastNormal, lift } from './log.js';
import {
  ln2High,
  ln2Low,
  logTable,
  powSeries0,
  powSeries1,
  powSeries2,
  powSeries3,
  powSeries4,
  powSeries5,
} from './tables.js';

/**
 * x^y, at most 0.55 ulp off; special cases as in IEEE 754 pow: 1^y = x^0 = 1 for every x and y, NaN included, and
 * (-1)^Infinity = 1 (where JavaScript's own operator gives NaN). Formula: assembly/pow.ts.
 */
export function powOf(x: number, y: number): number {
  return x >= leastNormal && x < Number.POSITIVE_INFINITY ? powOfNormal(x, 0, y) : powRare(x, y);
}

function powOfNormal(x: number, power: number, y: number): number {
  // as in log: r and whole are exact
  const offset = highWord(x) - firstWord;
  const shift = offset >> 20;
  const k = shift + power;
  const z = x * powersOfTwo[1024 - shift];
  const row = ((offset >> 13) & 127) * 4;
  const inverse = logTable[row];
  const high = Math.fround(z);
  const r = high * inverse - 1 + (z - high) * inverse;
  const whole = k * ln2High + logTable[row + 2];
  const sum = whole + r;
  // r^2 / 2 = half + (r - rUpper) (r + rUpper) / 2, half exact
  const rUpper = upper(r);
  const half = 0.5 * rUpper * rUpper;
  const main = sum - half;
  const square = r * r;
  const q =
    powSeries0 + r * powSeries1 + square * (powSeries2 + r * powSeries3 + square * (powSeries4 + r * powSeries5));
  const missing =
    whole -
    sum +
    r +
    (k * ln2Low + logTable[row + 3]) +
    (sum - main - half) +
    (square * r * q - 0.5 * (r - rUpper) * (r + rUpper));
  // y ln x = product + low, product exact
  const lnUpper = upper(main + missing);
  const lnLower = main - lnUpper + missing;
  const yUpper = upper(y);
  const product = yUpper * lnUpper;
  const low = (y - yUpper) * lnUpper + y * lnLower;
  if (Math.abs(product) <= expReach) return expNear(product, low);
  // ln x = 0 only for x = 1, and then infinite and NaN exponents come here as well
  return lnUpper === 0 ? 1 : expFar(product, low);
}

/** Bases that are not positive normal numbers. */
function powRare(x: number, y: number): number {
  if (y === 0) return 1;
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.NaN;
  const size = Math.abs(x);
  if (Math.abs(y) === Number.POSITIVE_INFINITY) {
    return size === 1 ? 1 : size > 1 === y > 0 ? Number.POSITIVE_INFINITY : 0;
  }
  const whole = Number.isInteger(y);
  // from 2^53 on every double is even
  const odd = whole && Math.abs(y) < 9007199254740992 && Math.abs(y % 2) === 1;
  let value: number;
  if (size === 0 || size === Number.POSITIVE_INFINITY) {
    value = (size === 0) === y > 0 ? 0 : Number.POSITIVE_INFINITY;
  } else if (x < 0 && !whole) {
    return Number.NaN;
  } else if (size < leastNormal) {
    value = powOfNormal(size * lift, -52, y);
  } else {
    value = powOfNormal(size, 0, y);
  }
  return odd && (x < 0 || Object.is(x, -0)) ? -value : value;
}
