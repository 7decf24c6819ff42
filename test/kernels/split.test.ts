import { describe, expect, it } from 'vitest';
import { nearest as nearestEven } from '../../bindings/machine/js/split.js';
import { exactSum } from '../../bindings/math/exactSum.js';
import { nearest, whole } from '../fit/exact.js';
import { deviation, examineSplit, randomBricks, split } from '../fit/splits.js';
import { differenceOf, filled, randomSegments, scales, segmentSizes } from '../fit/stage.js';
import { bothKernels, type KernelSet, randomOf } from '../support/kernels.js';

const sets = await bothKernels();
const [wasm, js] = sets;

/** One brick whose entities all have productivity 1. */
const one = (set: KernelSet, total: number, exposures: readonly number[]) =>
  split(set, {
    segments: Uint32Array.of(0, exposures.length),
    entities: Uint32Array.from(exposures, () => 0),
    exposures: Float64Array.from(exposures),
    productivities: Float64Array.of(1),
    totals: Float64Array.of(total),
  });

describe.each(sets)('splitSegments (%s)', (...set) => {
  it('splits as worked out by hand', () => {
    expect([...one(set, 8, [1, 3]).parts]).toEqual([2, 6]);
    expect([...one(set, 8, [1, 3]).shares]).toEqual([0.25, 0.75]);
    expect([...one(set, -8, [1, 0, 3]).parts]).toEqual([-2, 0, -6]);
    expect([...one(set, 1, [5]).parts]).toEqual([1]);
    expect([...one(set, 0, [1, 3]).parts]).toEqual([0, 0]);
    expect([...one(set, 0, [1, 3]).shares]).toEqual([0.25, 0.75]);
    // ten of the smallest doubles in thirds: bounds at 3.33 and 6.67, rounded
    expect([...one(set, 5e-323, [1, 1, 1]).parts]).toEqual([1.5e-323, 2e-323, 1.5e-323]);
    // the smallest double cannot be cut: it goes where the running share first reaches a half, ties to even (none)
    expect([...one(set, 5e-324, [1, 1, 2]).parts]).toEqual([0, 0, 5e-324]);
    expect([...one(set, 5e-324, [1, 3]).parts]).toEqual([0, 5e-324]);
    expect([...one(set, 5e-324, [3, 1]).parts]).toEqual([5e-324, 0]);
  });

  it('splits by exposure times productivity', () => {
    const got = split(set, {
      segments: Uint32Array.of(0, 3, 3, 5),
      entities: Uint32Array.of(0, 1, 2, 1, 2),
      exposures: Float64Array.of(1, 2, 5, 4, 9),
      productivities: Float64Array.of(2, 3, 0),
      totals: Float64Array.of(16, 0, 5),
    });
    expect([...got.parts]).toEqual([4, 12, 0, 5, 0]);
    expect([...got.shares]).toEqual([0.25, 0.75, 0, 1, 0]);
  });

  it('gives zeros where there is nothing to split by, and counts those bricks', () => {
    const got = split(set, {
      segments: Uint32Array.of(0, 2, 2, 4, 5),
      entities: Uint32Array.of(0, 1, 0, 1, 1),
      exposures: Float64Array.of(1, 0, 0, 0, 2),
      productivities: Float64Array.of(0, 1),
      totals: Float64Array.of(16, 3, 2, 5),
    });
    expect(got.returned).toBe(3);
    expect([...got.parts]).toEqual([0, 0, 0, 0, 5]);
    expect([...got.shares]).toEqual([0, 0, 0, 0, 1]);
  });

  it('keeps masses apart that would overflow or vanish', () => {
    for (const [x, p] of [
      [1e300, 1e300],
      [1e-300, 1e-300],
      [5e-324, 1e-300],
      [1e-300, 1e300],
      [1.7e308, 1.7e308],
      [5e-324, 5e-324],
    ]) {
      const got = split(set, {
        segments: Uint32Array.of(0, 3),
        entities: Uint32Array.of(0, 0, 1),
        exposures: Float64Array.of(x, x, x),
        productivities: Float64Array.of(p, p),
        totals: Float64Array.of(3),
      });
      expect([...got.parts], `${x} x ${p}`).toEqual([1, 1, 1]);
    }
  });

  it('gives no part a negative zero', () => {
    const { parts } = one(set, -1e-3, [1, 0, 1e-30, 1]);
    expect(parts.some((part) => Object.is(part, -0))).toBe(false);
  });
});

describe('100,000 random bricks', () => {
  const count = 100_000;
  const bricks = randomBricks(31, count);
  const got = split(wasm, bricks);
  const found = examineSplit(bricks, got.parts, 29);

  it('have the same bits in both kernel sets', () => {
    expect(differenceOf(got, split(js, bricks))).toBeNull();
  });

  it('add up to their totals exactly: forwards, backwards, in pairs and correctly rounded', () => {
    expect(found.wrongSums).toBe(0);
    expect(found.massless).toBe(got.returned);
    expect(found.massless).toBeLessThan(count / 20);
  });

  it('give parts of the sign of the total, and none where exposure or productivity is zero', () => {
    expect(found.wrongSigns).toBe(0);
  });

  it('put every part within 2.5 ulp of the total of its real share', () => {
    expect(found.measured).toBeGreaterThan(2500);
    expect(found.worst).toBeLessThan(2.5);
    expect(found.worst).toBeGreaterThan(0.9);
  });
});

describe('both kernel sets', () => {
  for (const exposure of Object.keys(scales)) {
    it(`give the same bits with ${exposure} exposures`, () => {
      let seed = 500;
      for (const productivity of Object.keys(scales)) {
        for (const total of Object.keys(scales)) {
          const uniform = randomOf(seed++);
          const { segments, ids } = randomSegments(uniform, 40, [...segmentSizes, ...segmentSizes]);
          const bricks = {
            segments,
            entities: ids,
            exposures: filled(ids.length, () => (uniform() < 0.2 ? 0 : scales[exposure](uniform))),
            productivities: filled(40, () => (uniform() < 0.2 ? 0 : scales[productivity](uniform))),
            totals: filled(segments.length - 1, () => (uniform() < 0.1 ? 0 : scales[total](uniform))),
          };
          bricks.totals.forEach((y, b) => {
            if (b % 5 === 4) bricks.totals[b] = -y;
          });
          expect(differenceOf(split(wasm, bricks), split(js, bricks)), `${productivity}, ${total}`).toBeNull();
        }
      }
    });
  }
});

describe('a brick of 10,000 equal parts', () => {
  it('deviates by little more than one of few parts', () => {
    for (const total of [1, 0.1, Math.PI, 1e300, 2 ** 53 - 1]) {
      const exposures = new Float64Array(10_000).fill(1);
      const { parts } = one(wasm, total, [...exposures]);
      expect(Object.is(exactSum(parts), total)).toBe(true);
      expect(deviation(total, exposures, exposures, parts)).toBeLessThan(2.5);
    }
  });
});

describe('nearest', () => {
  it('rounds halves to even', () => {
    const halves = [0, 0.5, 1.5, 2.5, 0.49999999999999994, 3.7, 2 ** 52 - 0.5];
    expect(halves.map(nearestEven)).toEqual([0, 0, 2, 2, 0, 4, 2 ** 52]);
    for (const whole of [2 ** 52 + 1, 2 ** 53 - 1]) expect(nearestEven(whole)).toBe(whole);
  });
});

describe('exactSum', () => {
  it('is the correctly rounded sum, as whole numbers of any length have it', () => {
    const uniform = randomOf(7);
    for (let k = 0; k < 3000; k++) {
      const size = 1 + Math.floor(uniform() * 12);
      const spread = [0, 1, 20, 300][k % 4];
      const values = filled(
        size,
        () => (uniform() < 0.5 ? -1 : 1) * (1 + uniform()) * 10 ** (spread * (uniform() - 0.5)),
      );
      // cancel what is there down to a few last bits, or to a tie between two doubles
      if (k % 3 === 1) values[0] = -exactSum(values.subarray(1));
      const tied = k % 3 === 2 ? [1, 2 ** -53, values[0] * 2 ** -200, ...(k % 2 ? [-(2 ** -1074)] : [])] : [...values];
      const expected = nearest(tied.reduce((sum, x) => sum + whole(x), 0n));
      expect(Object.is(exactSum(tied), expected + 0), `${tied}`).toBe(true);
    }
  });

  it('settles ties to even, and by what lies beyond them', () => {
    expect(exactSum([1, 2 ** -53])).toBe(1);
    expect(exactSum([1, 2 ** -53, 2 ** -1074])).toBe(1 + 2 ** -52);
    expect(exactSum([1 + 2 ** -52, 2 ** -53])).toBe(1 + 2 ** -51);
    expect(exactSum([1 + 2 ** -52, 2 ** -53, -(2 ** -1074)])).toBe(1 + 2 ** -52);
    expect(exactSum([1e300, 1, -1e300])).toBe(1);
    expect(exactSum([])).toBe(0);
    expect(Object.is(exactSum([-1, 1]), 0)).toBe(true);
  });
});
