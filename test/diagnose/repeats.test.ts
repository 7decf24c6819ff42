import { describe, expect, it } from 'vitest';
import { findRepeats } from '../../bindings/diagnose/doubles/index.js';
import { openStream } from '../../bindings/simulate/random.js';

const repeatsOf = (keys: readonly number[], values: readonly number[]) =>
  findRepeats(Uint32Array.from(keys), Math.max(...keys) + 1, values).map(({ row, first }) => [row, first]);

describe('findRepeats', () => {
  it('gives rows that say an earlier one again, and which', () => {
    expect(repeatsOf([0, 1, 2, 0, 1, 2], [818, 1030, 679, 818, 1031, 679])).toEqual([
      [3, 0],
      [5, 2],
    ]);
    expect(repeatsOf([0, 0, 0, 0], [5, 7, 7, 5])).toEqual([
      [2, 1],
      [3, 0],
    ]);
    expect(repeatsOf([0, 0, 0], [12.5, 12.5, 12.5])).toEqual([
      [1, 0],
      [2, 0],
    ]);
    expect(repeatsOf([0, 0], [1, 1])).toEqual([[1, 0]]);
  });

  it('passes over zeros, which count nothing twice, and over other keys', () => {
    expect(repeatsOf([0, 0, 1], [0, 0, 0])).toEqual([]);
    expect(repeatsOf([0, 0, 1, 1], [0, 0, 818, 818])).toEqual([[3, 2]]);
    expect(repeatsOf([0, 0, 1, 1, 2, 2], [0, 0, 818, 818, 679, 679])).toHaveLength(2);
    expect(repeatsOf([0, 1, 2], [818, 818, 818])).toEqual([]);
  });

  it('passes over small counts of many ads, which agree by chance', () => {
    const draw = openStream(11, 0, 0);
    const keys = Array.from({ length: 3000 }, (_, r) => r % 1000);
    const values = keys.map(() => 1 + Math.floor(9 * draw.uniform()));
    expect(repeatsOf(keys, values)).toEqual([]);
    // and sees an export that overlaps among them
    const large = keys.map((_, r) => (r < 2900 ? 10_000 + r : 10_000 + r - 1000));
    expect(repeatsOf(keys, large)).toHaveLength(100);
  });
});
