import { describe, expect, it } from 'vitest';
import type { Pair } from '../../bindings/solve/compact.js';
import { twoLoop } from '../../bindings/solve/twoLoop.js';
import { randomOf } from '../support/kernels.js';
import { curvatureOf, dotOf, largest, pairsOf, solved } from './pairs.js';
import { drawsOf } from './random.js';

const draws = drawsOf(randomOf(102));
const positive = (size: number) => Float64Array.from({ length: size }, () => Math.exp(draws.normal()));
const normal = (size: number) => Float64Array.from({ length: size }, () => draws.normal());

/** The answer among free entities from the dense curvature of the pairs as they are there. */
function expectedOf(gradient: Float64Array, scale: Float64Array, free: Float64Array, pairs: readonly Pair[]): number[] {
  const places = [...free.keys()].filter((h) => free[h] === 1);
  const cut = (vector: Float64Array) => Float64Array.from(places, (h) => vector[h]);
  const kept = pairs
    .map(({ move, change }) => ({ move: cut(move), change: cut(change) }))
    .map((pair) => ({ ...pair, product: dotOf(pair.move, pair.change) }))
    .filter(({ product }) => product > 0);
  const last = kept[kept.length - 1];
  const small = cut(scale);
  const gamma = last ? last.product / last.change.reduce((sum, y, k) => sum + y * y * small[k], 0) : 1;
  const matrix = curvatureOf(small.map((d) => 1 / (gamma * d)), kept); // biome-ignore format: one thought
  const found = solved(matrix, cut(gradient));
  const out = new Array<number>(free.length).fill(0);
  places.forEach((h, k) => {
    out[h] = found[k];
  });
  return out;
}

describe('the two loops', () => {
  it('solve with the curvature that the pairs give one after the other', () => {
    for (const [size, count] of [
      [1, 1],
      [2, 2],
      [5, 3],
      [9, 8],
      [30, 12],
    ]) {
      // biome-ignore format: a table
      for (let round = 0; round < 6; round++) {
        const pairs = pairsOf(draws, size, count);
        const [gradient, scale] = [normal(size), positive(size)];
        const free = new Float64Array(size).fill(1);
        const expected = expectedOf(gradient, scale, free, pairs);
        twoLoop(gradient, scale, free, pairs).forEach((x, h) => {
          expect(Math.abs(x - expected[h])).toBeLessThan(1e-8 * largest(expected));
        });
      }
    }
  });

  it('leave held entities where they are, and know nothing of their part in the pairs', () => {
    for (let round = 0; round < 30; round++) {
      const size = draws.whole(3, 14);
      const pairs = pairsOf(draws, size, 5);
      const [gradient, scale] = [normal(size), positive(size)];
      const free = Float64Array.from({ length: size }, (_, h) => (h === 0 || draws.uniform() < 0.6 ? 1 : 0));
      const expected = expectedOf(gradient, scale, free, pairs);
      twoLoop(gradient, scale, free, pairs).forEach((x, h) => {
        if (free[h] === 0) expect(Math.abs(x)).toBe(0);
        else expect(Math.abs(x - expected[h])).toBeLessThan(1e-8 * largest(expected));
      });
    }
  });

  it('lead uphill', () => {
    for (let round = 0; round < 30; round++) {
      const gradient = normal(8);
      const found = twoLoop(gradient, positive(8), new Float64Array(8).fill(1), pairsOf(draws, 8, 6));
      expect(dotOf(found, gradient)).toBeGreaterThan(0);
    }
  });

  it('are the scaled gradient without pairs, and with none that is left among the free', () => {
    const [gradient, scale] = [normal(4), positive(4)];
    const all = new Float64Array(4).fill(1);
    expect([...twoLoop(gradient, scale, all, [])]).toEqual(Array.from(gradient, (g, h) => g * scale[h]));
    const elsewhere = { move: Float64Array.of(0, 0, 0, 1), change: Float64Array.of(0, 0, 0, 2), product: 2 };
    const free = Float64Array.of(1, 1, 1, 0);
    const found = twoLoop(gradient, scale, free, [elsewhere]);
    expect([...found].map((x) => x + 0)).toEqual(Array.from(gradient, (g, h) => (h < 3 ? g * scale[h] : 0)));
  });
});
