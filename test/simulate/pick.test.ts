import { describe, expect, it } from 'vitest';
import { pickShare } from '../../bindings/simulate/pick.js';

const marks = [0.9, 0.2, 0.5, 0.2, 0.7];
const pick = (share: number) => pickShare([0, 1, 2, 3, 4], share, (thing) => marks[thing]);

describe('pickShare', () => {
  it('picks the smallest draws, ties by number', () => {
    expect(pick(0)).toEqual([]);
    expect(pick(0.2)).toEqual([1]);
    expect(pick(0.4)).toEqual([1, 3]);
    expect(pick(1)).toEqual([1, 3, 2, 4, 0]);
    expect(pickShare([3, 1], 0.5, () => 0.5)).toEqual([1]);
    expect(pickShare([], 1, () => 0.5)).toEqual([]);
  });

  it('rounds to a whole number of things', () => {
    expect(pick(0.29)).toEqual([1]);
    expect(pick(0.3)).toEqual([1, 3]);
    expect(pick(0.09)).toEqual([]);
  });
});
