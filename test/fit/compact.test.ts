import { describe, expect, it } from 'vitest';
import { diagonalInverse, solveWithPrior } from '../../bindings/solve/compact.js';
import { randomOf } from '../support/kernels.js';
import { curvatureOf, dotOf, largest, pairsOf, solved } from './pairs.js';
import { drawsOf } from './random.js';

const draws = drawsOf(randomOf(101));
const positive = (size: number) => Float64Array.from({ length: size }, () => Math.exp(draws.normal()));
const normal = (size: number) => Float64Array.from({ length: size }, () => draws.normal());

describe('the curvature of pairs with a diagonal of its own on top', () => {
  it('is what the updates give one after the other', () => {
    for (const [size, count] of [
      [1, 1],
      [2, 1],
      [3, 2],
      [5, 4],
      [9, 7],
      [30, 10],
      [40, 30],
    ]) {
      // biome-ignore format: a table
      for (let round = 0; round < 6; round++) {
        const pairs = pairsOf(draws, size, count);
        const [squares, gradient] = [positive(size), normal(size)];
        const own = positive(size).map((c) => (round % 2 === 0 ? c : 1e3 * c));
        const { change, product } = pairs[pairs.length - 1];
        const scale = change.reduce((sum, y, h) => sum + (y * y) / squares[h], 0) / product;
        const matrix = curvatureOf(squares.map((d) => scale * d), pairs); // biome-ignore format: one thought
        const expected = solved(
          matrix.map((row, i) => row.map((x, j) => (i === j ? x + own[i] : x))),
          gradient,
        );
        const found = solveWithPrior(gradient, squares, pairs, diagonalInverse(own));
        found.forEach((x, h) => {
          expect(Math.abs(x - expected[h])).toBeLessThan(1e-8 * largest(expected));
        });
      }
    }
  });

  it('leads from the last change back to its move, where nothing is on top', () => {
    const pairs = pairsOf(draws, 12, 5);
    const { move, change } = pairs[pairs.length - 1];
    const found = solveWithPrior(change, positive(12), pairs, diagonalInverse(new Float64Array(12)));
    found.forEach((x, h) => {
      expect(Math.abs(x - move[h])).toBeLessThan(1e-9 * largest(move));
    });
  });

  it('is the diagonals where there are no pairs', () => {
    const [squares, own, gradient] = [positive(7), positive(7), normal(7)];
    const found = solveWithPrior(gradient, squares, [], diagonalInverse(own));
    expect([...found]).toEqual(Array.from(gradient, (g, h) => g * (1 / (squares[h] + own[h]))));
  });

  it('leads uphill, entities without squares included', () => {
    for (let round = 0; round < 20; round++) {
      const squares = positive(10).map((d, h) => (h % 4 === round % 4 ? 0 : d));
      const pairs = pairsOf(draws, 10, 4).map(({ move, change }) => {
        // where there is no curvature no move changes the slope
        const still = change.map((y, h) => (squares[h] > 0 ? y : 0));
        return { move, change: still, product: dotOf(move, still) };
      });
      const gradient = normal(10);
      const found = solveWithPrior(gradient, squares, pairs.filter(({ product }) => product > 0), diagonalInverse(positive(10))); // biome-ignore format: one thought
      expect(dotOf(found, gradient)).toBeGreaterThan(0);
      expect(found.every(Number.isFinite)).toBe(true);
    }
  });

  it('falls back on the diagonals where pairs contradict each other', () => {
    const gradient = Float64Array.of(1, 2);
    const nothing = { move: new Float64Array(2), change: new Float64Array(2), product: 0 };
    const found = solveWithPrior(gradient, Float64Array.of(1, 1), [nothing], diagonalInverse(Float64Array.of(1, 3)));
    expect([...found]).toEqual([0.5, 0.5]);
  });
});
