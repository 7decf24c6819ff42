import { describe, expect, it } from 'vitest';
import { sameAtOnce } from './equality.js';

describe('the short way to compare lists', () => {
  it('takes the same values of the same kind for equal', () => {
    const hole = Number.NaN;
    expect(sameAtOnce([1, 'a', null, hole, true, 5n], [1, 'a', null, hole, true, 5n])).toBe(true);
    expect(sameAtOnce(Float64Array.of(1, hole), Float64Array.of(1, hole))).toBe(true);
    expect(sameAtOnce([], [])).toBe(true);
  });

  it('leaves everything else to the usual way', () => {
    const named = Object.assign([1], { name: 'x' });
    for (const [a, b] of [
      [[1], [2]],
      [[0], [-0]],
      [[1], [1, 2]],
      [[undefined], [undefined]],
      [new Array(1), new Array(1)],
      [[{}], [{}]],
      [named, [1]],
      [[1], named],
      [Float64Array.of(0), Float64Array.of(-0)],
      [Float64Array.of(1), Float32Array.of(1)],
      [Float64Array.of(1), [1]],
      [[1], Float64Array.of(1)],
      [new DataView(new ArrayBuffer(1)), new DataView(new ArrayBuffer(1))],
      ['a', 'a'],
      [null, null],
    ]) {
      expect(sameAtOnce(a, b)).toBeUndefined();
    }
  });

  it('is the way of every expectation, which stays as strict', () => {
    expect(() => expect([Float64Array.of(0)]).toEqual([Float64Array.of(-0)])).toThrow();
    expect(() => expect(Float64Array.of(1)).toEqual(Float32Array.of(1))).toThrow();
    expect(() => expect([1, 2]).toEqual([2, 1])).toThrow();
    expect([1, 2]).toEqual([1, expect.any(Number)]);
  });
});
