import { describe, expect, it } from 'vitest';
import { keyOf, numberTuples } from '../../cli/import/tuples.js';

describe('numberTuples', () => {
  const columns = [
    [5, 0, 5, 5, 0],
    [1, 1, 1, 2, 1],
  ];

  // few keys are looked up in a list, many in a map
  it.each([
    [6, 3],
    [2 ** 22, 2 ** 22],
  ])('numbers tuples by first appearance (%i by %i codes)', (...sizes) => {
    const { ids, count, first } = numberTuples(5, columns, sizes);
    expect([[...ids], count, first]).toEqual([[0, 1, 0, 2, 1], 3, [0, 1, 3]]);
  });

  it('has one tuple of no columns, and none of no rows', () => {
    expect(numberTuples(3, [], [])).toEqual({ ids: new Uint32Array(3), count: 1, first: [0] });
    expect(numberTuples(0, [[]], [4])).toEqual({ ids: new Uint32Array(0), count: 0, first: [] });
  });

  it('numbers the texts of the rows that are kept', () => {
    const { ids, texts } = keyOf([3, 1, 2], [{ codes: [0, 1, 0, 0], values: ['x', 'y'] }]);
    expect([[...ids], texts]).toEqual([
      [0, 1, 0],
      [['x'], ['y']],
    ]);
  });
});
