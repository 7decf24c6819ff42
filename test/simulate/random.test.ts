import { describe, expect, it } from 'vitest';
import { openStream } from '../../bindings/simulate/random.js';
import { bothKernels } from '../support/kernels.js';
import { mean } from '../support/simulations.js';

const draw = <T>(count: number, next: () => T) => Array.from({ length: count }, next);

describe('openStream', () => {
  it('reads the words that the kernels give for seed, stream and part', async () => {
    const [seed, stream, part] = [0x1234_5678_9abc, 77, 3];
    for (const [name, kernels, memory] of await bothKernels()) {
      memory.reserve(memory.base + 64);
      kernels.randomWords(seed % 2 ** 32, Math.floor(seed / 2 ** 32), stream, part * 2 ** 32, memory.base, 4);
      const words = memory.u32.slice(memory.base / 4, memory.base / 4 + 16);
      const random = openStream(seed, stream, part);
      for (let i = 0; i < 16; i += 2) {
        const expected = ((words[i] >>> 5) * 2 ** 26 + (words[i + 1] >>> 6)) / 2 ** 53;
        expect(Object.is(random.uniform(), expected), `${name}, uniform ${i / 2}`).toBe(true);
      }
    }
  });

  it('gives the same draws again, and others for another seed, stream or part', () => {
    const first = draw(20, openStream(1, 2, 3).uniform);
    expect(draw(20, openStream(1, 2, 3).uniform)).toEqual(first);
    for (const [seed, stream, part] of [
      [2, 2, 3],
      [1 + 2 ** 32, 2, 3],
      [1, 3, 3],
      [1, 2, 4],
    ]) {
      expect(draw(20, openStream(seed, stream, part).uniform)).not.toContain(first[0]);
    }
  });

  it('keeps streams apart: what one draws moves no other', () => {
    const alone = draw(5, openStream(9, 1).normal);
    const beside = openStream(9, 2);
    const other = openStream(9, 1);
    const mixed = draw(5, () => {
      beside.gamma(2.5);
      return other.normal();
    });
    expect(mixed).toEqual(alone);
  });

  it('spreads uniform numbers evenly over [0, 1)', () => {
    const count = 100_000;
    const numbers = draw(count, openStream(4, 0).uniform);
    const bins = new Float64Array(100);
    for (const u of numbers) bins[Math.floor(u * 100)]++;
    expect(bins.reduce((sum, n) => sum + n, 0)).toBe(count); // none at 1 or beyond
    const expected = count / 100;
    const chiSquare = bins.reduce((sum, seen) => sum + (seen - expected) ** 2 / expected, 0);
    expect(Math.abs(chiSquare - 99)).toBeLessThan(5 * Math.sqrt(2 * 99)); // mean and variance of chi-square, 99 degrees
    expect(new Set(numbers).size).toBe(count); // 53 bits: a repeat has odds of 1 in 2 million
  });

  it('is not correlated from draw to draw or from part to part', () => {
    const count = 50_000;
    const along = draw(count + 1, openStream(4, 1).uniform);
    const across = Array.from({ length: count + 1 }, (_, part) => openStream(4, 1, part).uniform());
    for (const numbers of [along, across]) {
      const product = mean(numbers.slice(1).map((u, i) => 12 * (u - 0.5) * (numbers[i] - 0.5)));
      expect(Math.abs(product)).toBeLessThan(5 / Math.sqrt(count));
    }
  });

  it('draws whole numbers below a count, each as often', () => {
    const random = openStream(8, 0);
    const seen = new Float64Array(7);
    for (let i = 0; i < 70_000; i++) seen[random.integer(7)]++;
    const chiSquare = seen.reduce((sum, n) => sum + (n - 10_000) ** 2 / 10_000, 0);
    expect(chiSquare).toBeLessThan(6 + 5 * Math.sqrt(12));
    expect(draw(10, () => random.integer(1))).toEqual(new Array(10).fill(0));
  });

  it('refuses the words that would favour small numbers', () => {
    // of 2^32 words, 3 * 2^30 leaves 2^30 over: unrefused, the lowest third would come up half of the time
    const random = openStream(8, 1);
    const lowest = draw(20_000, () => (random.integer(3 * 2 ** 30) < 2 ** 30 ? 1 : 0)).filter(
      (low) => low === 1,
    ).length;
    expect(Math.abs(lowest - 20_000 / 3)).toBeLessThan(5 * Math.sqrt((20_000 * 2) / 9));
  });
});
