import { describe, expect, it } from 'vitest';
import { writeNumber } from '../../bindings/report/digits.js';
import { randomOf } from '../support/kernels.js';

const bytes = new Uint8Array(64);
const one = new Float64Array(1);
const words = new Uint32Array(one.buffer);

/** What is written, or null. */
function written(x: number, mark = '.'): string | null {
  one[0] = x;
  const end = writeNumber(bytes, 2, one, 0, mark.charCodeAt(0));
  return end < 0 ? null : String.fromCharCode(...bytes.subarray(2, end));
}

/** The number and those just above and below it. */
function* around(x: number): Generator<number> {
  for (const step of [-1, 0, 1]) {
    one[0] = x;
    const low = words[0] + step;
    words[0] = low;
    if (low < 0) words[1]--;
    if (low > 0xffffffff) words[1]++;
    yield one[0];
  }
}

describe('a number written to bytes', () => {
  it('has the digits of String, or is left to it', () => {
    const random = randomOf(3);
    const numbers = [0, -0, 0.1, 1 / 3, -2 / 3, 0.3, 0.30000000000000004, 4e9, 5e-324];
    numbers.push(
      2 ** 31 - 1,
      2 ** 31,
      -(2 ** 31),
      -(2 ** 31) - 1,
      2 ** 53 - 1,
      2 ** 53,
      1e21,
      123456789012345.67,
      1e300,
    );
    for (let n = -25; n < 60; n++) numbers.push(...around(2 ** n), ...around(3 * 2 ** n));
    for (let n = -8; n < 17; n++) for (const m of [1, 1.5, 9.5, 9.99]) numbers.push(...around(m * Number(`1e${n}`)));
    for (let i = 0; i < 20_000; i++) {
      const wide = (0.5 + random()) * 2 ** Math.floor(random() * 75 - 21);
      const short = Math.floor(random() * 1e5) / 10 ** Math.floor(random() * 8);
      // multiples of 2^-10 end in 5: ties are among them
      numbers.push(wide, -wide, short, Math.floor(random() * 2 ** 32) / 1024, random() * random());
    }
    let left = 0;
    for (const x of numbers) {
      const text = written(x);
      if (text === null) left++;
      else if (text !== String(x)) expect([x, text]).toEqual([x, String(x)]);
    }
    expect(left).toBeLessThan(0.02 * numbers.length);
  });

  it('takes another decimal mark', () => {
    expect(written(-1234.5, ',')).toBe('-1234,5');
    expect(written(0.00125, ',')).toBe('0,00125');
    expect(written(7, ',')).toBe('7');
    expect(written(5e9, ',')).toBe('5000000000');
  });

  it('is left to String where doubles cannot settle it, and where it is none', () => {
    for (const x of [1e-7, 2 ** 53, 0.5, 2 ** -20, 5e-324, Number.POSITIVE_INFINITY, Number.NaN]) {
      expect(written(x), String(x)).toBeNull();
    }
  });
});
