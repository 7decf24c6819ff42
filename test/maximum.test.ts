import { describe, expect, it } from 'vitest';
import { maximum } from '../bindings/math/maximum.js';

/** The top found, and where it looked. */
async function topOf(value: (x: number) => number, low: number, high: number, start: number, accuracy: number) {
  const looked: number[] = [];
  const at = await maximum(
    async (x) => {
      looked.push(x);
      return value(x);
    },
    low,
    high,
    start,
    accuracy,
  );
  return { at, looked };
}

const tops: readonly (readonly [name: string, value: (x: number) => number, low: number, high: number, top: number])[] =
  [
    ['a parabola', (x) => -((x - 0.3) ** 2), -1, 2, 0.3],
    ['a parabola as flat as rounding', (x) => 1e6 - 1e-3 * (x - 1.7) ** 2, 0, 3, 1.7],
    ['a top with a corner', (x) => -Math.abs(x + 0.4), -2, 1, -0.4],
    ['a lopsided top', (x) => x * Math.exp(-x), 0.01, 30, 1],
    ['one that rises to the upper bound', (x) => x, -1, 4, 4],
    ['one that rises to the lower bound', (x) => -Math.exp(x), -3, 5, -3],
    ['one that jumps to nothing', (x) => (x > 0.5 ? Number.NEGATIVE_INFINITY : -((x - 0.2) ** 2)), -1, 1, 0.2],
  ];

describe('the maximum between bounds', () => {
  for (const [name, value, low, high, top] of tops) {
    it(`of ${name}, from anywhere, never outside the bounds`, async () => {
      for (const share of [0, 0.1, 0.5, 0.77, 1]) {
        for (const accuracy of [1e-2, 1e-4]) {
          const { at, looked } = await topOf(value, low, high, low + share * (high - low), accuracy);
          expect(Math.abs(at - top), `from ${share}, accuracy ${accuracy}`).toBeLessThanOrEqual(3 * accuracy);
          expect(Math.min(...looked)).toBeGreaterThanOrEqual(low);
          expect(Math.max(...looked)).toBeLessThanOrEqual(high);
          expect(value(at)).toBe(Math.max(...looked.map(value)));
        }
      }
    });
  }

  it('takes few looks at what is nearly a parabola', async () => {
    const { looked } = await topOf((x) => -Math.cosh(x - 0.3), -3, 3, 1, 0.005);
    expect(looked.length).toBeLessThanOrEqual(10);
  });

  it('stays at a bound that is a whole interval', async () => {
    expect((await topOf((x) => x, 2, 2, 2, 0.01)).at).toBe(2);
  });
});
