import { highWord, powersOfTwo } from './bits.js';
import { expOf } from './exp.js';
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
} from './tables.js';

/** Upper bits of the least z in the table, about 0.707. */
export const firstWord = 0x3fe6b000;
export const leastNormal = 2.2250738585072014e-308;
/** 2^52: what is below the normal range is normal times this. */
export const lift = 4503599627370496;

/** ln x, at most 0.52 ulp off; -Infinity at zero, NaN below zero. Formula: assembly/log.ts. */
export function logOf(x: number): number {
  return x >= leastNormal && x < Number.POSITIVE_INFINITY ? logOfNormal(x, 0) : logRare(x);
}

function logOfNormal(x: number, power: number): number {
  const offset = highWord(x) - firstWord;
  const shift = offset >> 20;
  const k = shift + power;
  const z = x * powersOfTwo[1024 - shift];
  const row = ((offset >> 13) & 127) * 4;
  const inverse = logTable[row];
  // another cut than in assembly, which takes bits: r is exact either way
  const high = Math.fround(z);
  const r = high * inverse - 1 + (z - high) * inverse;
  const whole = k * ln2High + logTable[row + 2];
  const sum = whole + r;
  const missing = whole - sum + r + (k * ln2Low + logTable[row + 3]);
  const square = r * r;
  const p =
    logSeries0 + r * logSeries1 + square * (logSeries2 + r * logSeries3 + square * (logSeries4 + r * logSeries5));
  return sum + (missing + square * p);
}

function logRare(x: number): number {
  if (x === 0) return Number.NEGATIVE_INFINITY;
  if (!(x > 0)) return Number.NaN;
  if (x === Number.POSITIVE_INFINITY) return x;
  return logOfNormal(x * lift, -52);
}

/** ln(1 + x), right for small x too: with u = 1 + x as rounded, ln u / (u - 1) changes little with u. */
export function log1pOf(x: number): number {
  const u = 1 + x;
  return u === 1 ? x : logOf(u) * (x / (u - 1));
}

/** e^x - 1, right for small x too, by the same trick (Kahan): (u - 1) x / ln u with u = e^x as rounded. */
export function expm1Of(x: number): number {
  const u = expOf(x);
  return u === 1 ? x : (u - 1) * (x / logOf(u));
}
