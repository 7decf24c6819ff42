import { exactSum, exactSums } from '../math/exactSum.js';
import { toValue, unitsOf } from './units.js';

/** Sums of amounts as a split writes them, rounded once each. */
export interface Adding {
  /** Of all values. */
  sum(values: Float64Array): number;
  /** Of many lists in one sweep: `values[i]` is added to the list `lists[i]`, below `count`. */
  sums(values: Float64Array, lists: Uint32Array, count: number): Float64Array;
}

/**
 * How amounts are added: with `decimals` as whole units of 10^-decimals, which values then must be, so that a sum of cents
 * is the number that reads as those cents; without, as the binary numbers they are.
 */
export const addingIn = (decimals: number | null): Adding =>
  decimals === null
    ? { sum: (values) => exactSum(values), sums: exactSums }
    : {
        sum: (values) => unitSums(values, null, 1, decimals)[0],
        sums: (values, lists, count) => unitSums(values, lists, count, decimals),
      };

function unitSums(values: Float64Array, lists: Uint32Array | null, count: number, decimals: number): Float64Array {
  const sums = new Float64Array(count); // in units, each a whole number below 2^53
  const carried = new Map<number, bigint>(); // what was taken from a sum before it would have passed that
  for (let i = 0; i < values.length; i++) {
    const k = lists ? lists[i] : 0;
    const units = unitsOf(values[i], decimals);
    const sum = sums[k] + units;
    if (Number.isSafeInteger(sum)) sums[k] = sum;
    else {
      carried.set(k, (carried.get(k) ?? 0n) + BigInt(sums[k]));
      sums[k] = units;
    }
  }
  for (let k = 0; k < count; k++) {
    const before = carried.get(k);
    // digits past 2^53 are rounded once, when they are read
    sums[k] = before === undefined ? toValue(sums[k], decimals) : Number(`${before + BigInt(sums[k])}e-${decimals}`);
  }
  return sums;
}
