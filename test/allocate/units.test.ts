import { describe, expect, it } from 'vitest';
import { splitUnits, tooManyUnits, toUnits } from '../../bindings/allocate/units.js';
import { randomOf } from '../support/kernels.js';

/** Parts of so many units, in units of 10^-decimals. */
function split(count: number, shares: readonly number[], decimals = 0): number[] {
  const out = new Float64Array(shares.length);
  splitUnits(count, Float64Array.from(shares), decimals, out);
  return [...out];
}

describe('toUnits', () => {
  const cases: [number, number, number, number][] = [
    // total, decimals, units, value: halves go to the even unit, as the digits are written
    [0.125, 2, 12, 0.12],
    [0.135, 2, 14, 0.14], // in binary it is below the half
    [0.145, 2, 14, 0.14], // in binary it is below the half too
    [1.005, 2, 100, 1],
    [1.015, 2, 102, 1.02],
    [2.5, 0, 2, 2],
    [3.5, 0, 4, 4],
    [0.5, 0, 0, 0],
    [0.50000001, 0, 1, 1],
    [0.05, 0, 0, 0],
    [0.05, 1, 0, 0],
    [0.15, 1, 2, 0.2],
    [9.995, 2, 1000, 10],
    [1e21, 0, 1e21, 1e21],
    [123456789.12, 2, 12345678912, 123456789.12],
    [1.1, 15, 1100000000000000, 1.1],
    [5e-324, 15, 0, 0],
    [1e-15, 15, 1, 1e-15],
    [5e-16, 15, 0, 0],
    [1.5e-15, 15, 2, 2e-15],
    [0, 2, 0, 0],
  ];
  for (const [total, decimals, count, value] of cases) {
    it(`rounds ${total} to ${value} at ${decimals} decimals, and its negative alike`, () => {
      expect(toUnits(total, decimals)).toEqual({ count, value });
      const negative = toUnits(-total, decimals);
      expect([negative.count + 0, negative.value]).toEqual([-count + 0, -value + 0]);
    });
  }

  it('keeps every total that has no more decimals than asked for', () => {
    const random = randomOf(8);
    for (let trial = 0; trial < 20_000; trial++) {
      const decimals = Math.floor(random() * 16);
      const count = Math.floor(random() * 10 ** Math.floor(random() * 16));
      const total = Number(`${count}e-${decimals}`);
      expect(toUnits(total, decimals), `${total} at ${decimals}`).toEqual({ count, value: total });
    }
  });
});

describe('tooManyUnits', () => {
  it('begins at 2^53 units', () => {
    expect(tooManyUnits(2 ** 53 - 1, 0)).toBe(false);
    expect(tooManyUnits(2 ** 53, 0)).toBe(true);
    expect(tooManyUnits(-(2 ** 53), 0)).toBe(true);
    expect(tooManyUnits(9.1, 15)).toBe(true);
    expect(tooManyUnits(7.9, 15)).toBe(false);
    expect(tooManyUnits(1e300, 2)).toBe(true);
    expect(tooManyUnits(1e-300, 15)).toBe(false);
  });

  it('begins a little before where units are finer than the ulp of the total', () => {
    // above 2^46 floats are more than a cent apart, though there are fewer than 2^53 cents
    expect(tooManyUnits(2 ** 46 - 1, 2)).toBe(false);
    expect(tooManyUnits(80178661317633.44, 2)).toBe(true);
  });

  it('leaves counts that read back from what they print as', () => {
    const random = randomOf(21);
    for (let trial = 0; trial < 50_000; trial++) {
      const decimals = Math.floor(random() * 16);
      const count = Math.floor((0.1 + 0.9 * random()) * 2 ** 53);
      const total = count / Number(`1e${decimals}`);
      if (!tooManyUnits(total, decimals)) expect(toUnits(total, decimals).count, `${count} at ${decimals}`).toBe(count);
    }
  });
});

describe('splitUnits', () => {
  it('gives the units left over to the largest remainders', () => {
    // 10 units: 4.7, 3.3, 2 -> 4, 3, 2 and one to the first
    expect(split(10, [0.47, 0.33, 0.2])).toEqual([5, 3, 2]);
    expect(split(100, [1 / 3, 1 / 3, 1 / 3])).toEqual([34, 33, 33]);
    expect(split(101, [1 / 3, 1 / 3, 1 / 3])).toEqual([34, 34, 33]);
  });

  it('settles ties by the canonical order', () => {
    expect(split(1, [0.5, 0.5])).toEqual([1, 0]);
    expect(split(2, [0.25, 0.5, 0.25])).toEqual([1, 1, 0]);
    expect(split(6, [0.25, 0.25, 0.25, 0.25])).toEqual([2, 2, 1, 1]);
  });

  it('writes units as the numbers they are', () => {
    expect(split(100, [1 / 3, 1 / 3, 1 / 3], 2)).toEqual([0.34, 0.33, 0.33]);
    expect(split(3, [0.1, 0.9], 15)).toEqual([0, 3e-15]);
  });

  it('mirrors a negative total', () => {
    expect(split(-10, [0.47, 0.33, 0.2])).toEqual([-5, -3, -2]);
    const parts = split(-1, [0.5, 0, 0.5]);
    expect(parts).toEqual([-1, 0, 0]);
    expect(parts.some((part) => Object.is(part, -0))).toBe(false);
  });

  it('gives nothing to a part without share, and nothing of nothing', () => {
    expect(split(5, [0, 1, 0])).toEqual([0, 5, 0]);
    expect(split(0, [0.5, 0.5])).toEqual([0, 0]);
  });

  it('gives each part its share to less than one unit, and all of the units, of any number', () => {
    const random = randomOf(12);
    for (let trial = 0; trial < 3000; trial++) {
      const masses = Array.from({ length: 1 + Math.floor(random() * 40) }, () => (random() < 0.1 ? 0 : random() ** 6));
      const sum = masses.reduce((all, mass) => all + mass, 0);
      if (sum === 0) continue;
      const shares = masses.map((mass) => mass / sum);
      const count = Math.floor(random() * 2 ** Math.floor(random() * 54));
      const parts = split(count, shares);
      expect(
        parts.reduce((all, part) => all + BigInt(part), 0n),
        `trial ${trial}`,
      ).toBe(BigInt(count));
      parts.forEach((part, j) => {
        expect(part).toBeGreaterThanOrEqual(0);
        if (shares[j] === 0) expect(part).toBe(0);
        // shares are floats: of very many units they themselves are a few off
        expect(Math.abs(part - count * shares[j]), `trial ${trial}`).toBeLessThan(1 + count * 1e-15);
      });
    }
  });
});
