import { expect, it } from 'vitest';
import { product, quotient, rest, sum } from '../../bindings/math/doubleDouble.js';
import { randomOf } from '../support/kernels.js';

/** A double between 2^-200 and 2^200 as a whole number of 2^-300. */
const exactly = (x: number) => BigInt(x * 2 ** 252) << 48n;

const random = randomOf(21);
/** 53 random bits under a random power of two from 2^-40 to 2^40, of either sign. */
const draw = () => (random() - 0.5) * 2 ** Math.floor(random() * 80 - 40);

it('a sum and its rest are the exact sum', () => {
  for (let i = 0; i < 10_000; i++) {
    const [a, b] = [draw(), draw()];
    expect(sum(a, b)).toBe(a + b);
    expect(exactly(a + b) + exactly(rest)).toBe(exactly(a) + exactly(b));
  }
});

it('a product and its rest are the exact product', () => {
  for (let i = 0; i < 10_000; i++) {
    const [a, b] = [draw(), draw()];
    expect(product(a, b)).toBe(a * b);
    expect((exactly(a * b) + exactly(rest)) << 300n).toBe(exactly(a) * exactly(b));
  }
});

it('a quotient and its rest are within 2^-104 of the exact quotient', () => {
  let worst = 0;
  for (let i = 0; i < 10_000; i++) {
    const [high, d] = [draw(), draw()];
    const low = high * 2 ** -54 * random();
    const q = quotient(high, low, d);
    const off = (exactly(q) + exactly(rest)) * exactly(d) - ((exactly(high) + exactly(low)) << 300n);
    worst = Math.max(worst, Math.abs(Number((off << 160n) / (exactly(high) << 300n))) / 2 ** 160);
  }
  expect(worst).toBeLessThan(2 ** -104);
  expect(worst).toBeGreaterThan(0);
});
