import { describe, expect, it } from 'vitest';
import { splitRow } from '../../bindings/simulate/splitRow.js';

function parts(value: number, ...weights: number[]): number[] {
  let sum = 0;
  const sums = Float64Array.from(weights, (weight) => (sum += weight));
  const out = new Float64Array(weights.length + 1).fill(-1);
  splitRow(value, sums, out, 1);
  expect(out[0]).toBe(-1); // what stands before is left alone
  return [...out.subarray(1)];
}

describe('splitRow', () => {
  it('splits a whole number into whole ones by rounding running sums', () => {
    expect(parts(10, 1)).toEqual([10]);
    expect(parts(10, 1, 3)).toEqual([2, 8]); // 2.5 goes to the even one
    expect(parts(7, 1, 1, 1)).toEqual([2, 3, 2]); // 2.33, 4.67, 7
    expect(parts(1, 1, 1, 1, 1, 1)).toEqual([0, 0, 1, 0, 0]);
  });

  it('gives nothing to a weight of zero, wherever it stands', () => {
    expect(parts(9, 0, 2, 0, 1, 0)).toEqual([0, 6, 0, 3, 0]);
  });

  it('splits any other number into units of its last bit, so that parts add up in any order', () => {
    const split = parts(0.1, 1, 2, 4);
    expect(split.reduce((sum, x) => sum + x, 0)).toBe(0.1);
    expect(split.reduceRight((sum, x) => sum + x, 0)).toBe(0.1);
    expect(split[1] / split[0]).toBeCloseTo(2, 12);
  });
});
