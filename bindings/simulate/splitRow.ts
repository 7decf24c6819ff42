import { leadingPower, nearest } from '../machine/js/split.js';

/**
 * Splits a value >= 0 in proportion to weights whose running sums are given: parts[at + k] of weight k. Parts are whole
 * units of the value (1 where it is whole), by rounding the running sums: each sum of parts is exact.
 */
export function splitRow(value: number, running: Float64Array, parts: Float64Array, at: number): void {
  if (value === 0) return;
  const unit = Number.isSafeInteger(value)
    ? 1
    : Math.max(leadingPower(value) * 2.220446049250313e-16, Number.MIN_VALUE);
  const units = value / unit;
  const sum = running[running.length - 1];
  let before = 0;
  for (let k = 0; k < running.length; k++) {
    const upTo = Math.min(units, nearest(units * (running[k] / sum)));
    parts[at + k] = (upTo - before) * unit;
    before = upTo;
  }
}
