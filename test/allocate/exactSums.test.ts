import { describe, expect, it } from 'vitest';
import { exactSum, exactSums } from '../../bindings/math/exactSum.js';
import { nearest, whole } from '../fit/exact.js';
import { randomOf } from '../support/kernels.js';

const exactly = (values: readonly number[]) => nearest(values.reduce((sum, x) => sum + whole(x), 0n)) + 0;

/** Numbers whose sum is hard to round: ties, near ties, cancellation, three magnitudes that do not touch. */
function hardList(random: () => number): number[] {
  const sign = () => (random() < 0.5 ? -1 : 1);
  const scale = 2 ** Math.floor(random() * 200 - 100);
  const kind = Math.floor(random() * 5);
  if (kind === 0) return Array.from({ length: Math.floor(random() * 6) }, () => sign() * random() * scale);
  if (kind === 1) return [scale, (sign() * scale) / 2 ** 53, (sign() * scale) / 2 ** Math.floor(54 + random() * 200)];
  if (kind === 2) return [scale, scale / 2 ** 53, scale / 2 ** 106, (sign() * scale) / 2 ** 159, sign() * 2 ** -1074];
  if (kind === 3) {
    const values = Array.from({ length: 4 }, () => sign() * random() * scale);
    return [...values, ...values.map((x) => -x * (1 + Math.floor(random() * 2) * 2 ** -52))];
  }
  // steps of one ulp around a power of two, where the gap below is half that above
  return [scale, (-scale / 2 ** 54) * Math.floor(random() * 4), (sign() * scale) / 2 ** 107];
}

describe('exactSums', () => {
  it('are the correctly rounded sums of many lists at once, in whatever order the values come', () => {
    const random = randomOf(17);
    for (let trial = 0; trial < 60; trial++) {
      const lists = Array.from({ length: 1 + Math.floor(random() * 60) }, () => hardList(random));
      const rows = lists.flatMap((list, k) => list.map((x) => ({ k, x, at: random() }))).sort((a, b) => a.at - b.at);
      const sums = exactSums(
        Float64Array.from(rows, ({ x }) => x),
        Uint32Array.from(rows, ({ k }) => k),
        lists.length,
      );
      lists.forEach((list, k) => {
        expect(Object.is(sums[k], exactly(list)), `trial ${trial}, list ${list}`).toBe(true);
        expect(Object.is(exactSum(list), sums[k])).toBe(true);
      });
    }
  });

  it('sum a part of a longer list', () => {
    expect(exactSum([5, 1, 2 ** -53, 2 ** -80, 7], 1, 4)).toBe(1 + 2 ** -52);
    expect(exactSum([5, 7], 1, 1)).toBe(0);
  });

  it('give zero, not minus zero, where there is nothing to add', () => {
    const sums = exactSums(Float64Array.of(-0, 1, -1), Uint32Array.of(0, 2, 2), 4);
    expect([...sums].every((sum) => Object.is(sum, 0))).toBe(true);
  });

  it('of a million values stay exact', () => {
    const random = randomOf(4);
    const values = Float64Array.from({ length: 1_000_000 }, () => random() * 1e6);
    const lists = Uint32Array.from(values, (_, i) => i % 3);
    const sums = exactSums(values, lists, 3);
    for (let k = 0; k < 3; k++) {
      let sum = 0n;
      for (let i = k; i < values.length; i += 3) sum += whole(values[i]);
      expect(sums[k]).toBe(nearest(sum));
    }
  });
});
