import { describe, expect, it } from 'vitest';
import { hillOf } from '../../bindings/machine/js/hill.js';
import { hillReference, relativeError } from '../reference/elementary.js';
import { difference, runOn, sizes, untouched, worst } from '../support/elementary.js';
import { bothKernels, randomOf } from '../support/kernels.js';

const sets = await bothKernels();
const [wasm, js] = sets;
type Set = (typeof sets)[number];
const hill = (set: Set, xs: readonly number[] | Float64Array, half: number, slope: number) =>
  runOn(set, [xs], xs.length, (kernels, [exposures], outputs) =>
    kernels.saturateHill(exposures, half, slope, outputs, xs.length),
  );
const between = (random: () => number, low: number, high: number) => low + random() * (high - low);

const tiny = 5e-324;
const huge = Number.MAX_VALUE;
const inf = Number.POSITIVE_INFINITY;
const nan = Number.NaN;

const special: [x: number, half: number, slope: number, answer: number][] = [
  ...[0.1, 1, 1.7, 30].flatMap((slope): [number, number, number, number][] => [
    [0, 2, slope, 0],
    [-0, 2, slope, 0],
    [0, tiny, slope, 0],
    [2, 2, slope, 0.5],
    [tiny, tiny, slope, 0.5],
    [huge, huge, slope, 0.5],
    [-1, 2, slope, nan],
    [nan, 2, slope, nan],
    [inf, 2, slope, 1],
  ]),
  // 1/3, 2/3, 0.2 and 0.8 by hand
  [1, 2, 1, 1 / 3],
  [2, 1, 1, 2 / 3],
  [1, 2, 2, 0.2],
  [2, 1, 2, 0.8],
  // past everything, in the ratio or in its power
  [1e300, 1e-300, 10, 1],
  [1e-300, 1e300, 10, 0],
  [huge, tiny, 2, 1],
  [tiny, huge, 2, 0],
  [huge, tiny, 1, 1],
  [tiny, huge, 1, 0],
  [1e200, 1, 1000, 1],
  [1e-200, 1, 1000, 0],
  // x + half is no double
  [huge / 2, huge, 1, 1 / 3],
];

describe.each(sets)('saturateHill (%s)', (...set) => {
  it.each(special)('is right at x = %d, half saturation %d, slope %d: %d', (x, half, slope, answer) => {
    const even = hill(set, [half], half, slope)[0];
    for (const xs of [[x], [x, half], [half, x], [x, x, x]]) {
      const expected = xs.map((value) => (Object.is(value, x) ? answer : even));
      hill(set, xs, half, slope).forEach((got, i) => {
        if (expected[i] > 0 && expected[i] < 1) expect(got).toBeCloseTo(expected[i], 15);
        else expect(got).toBe(expected[i]);
      });
    }
  });

  it('keeps small shares down to the last subnormal number', () => {
    for (const [x, half, slope] of [
      [1e-300, 1, 1.05],
      [1e-160, 1, 2],
      [1e-30, 1e20, 6.2],
      [3e-310, 1, 1],
    ]) {
      const [got] = hill(set, [x], half, slope);
      // the last place is 2^-1074, and 1e-12 is what rounding ln x by half a place costs
      const { value, scale } = hillReference(x, half, slope);
      const places = Number((value << 1074n) >> BigInt(scale));
      expect(Math.abs(got / tiny / places - 1)).toBeLessThan(1e-12 + 1 / places);
    }
  });

  it('shares of an exposure and of its mirror about half saturation add up to 1', () => {
    const xs = Float64Array.from({ length: 401 }, (_, i) => 2 ** ((i - 200) / 10));
    const shares = hill(set, xs, 1, 2.3);
    for (let i = 0; i <= 400; i++) expect(Math.abs(shares[i] + shares[400 - i] - 1)).toBeLessThan(4e-16);
  });

  it('works in place', () => {
    const xs = Float64Array.from({ length: 9 }, (_, i) => i);
    for (const slope of [1, 1.4]) {
      const apart = hill(set, xs, 3, slope);
      const inPlace = runOn(set, [], 9, (kernels, _, at) => {
        set[2].f64.set(xs, at / 8);
        kernels.saturateHill(at, 3, slope, at, 9);
      });
      expect(difference(inPlace, apart, [xs])).toBeNull();
    }
  });
});

it('is within 1e-13 of the reference for slopes 0.1 to 10 and ratios 1e-6 to 1e6', () => {
  const random = randomOf(14);
  for (let curve = 0; curve < 100; curve++) {
    const half = 10 ** between(random, -250, 250);
    const slope = curve % 5 ? between(random, 0.1, 10) : [0.1, 0.5, 1, 2, 10][(curve / 5) % 5];
    const xs = Float64Array.from({ length: 100 }, () => half * 10 ** between(random, -6, 6));
    const got = hill(wasm, xs, half, slope);
    const found = worst(got, [xs], (i) => relativeError(got[i], hillReference(xs[i], half, slope)));
    expect(found.error, JSON.stringify({ half, slope, ...found })).toBeLessThanOrEqual(slope === 1 ? 2.3e-16 : 1e-13);
    expect(difference(got, hill(js, xs, half, slope), [xs])).toBeNull();
  }
});

it.each(sizes)('gives the same bits in both sets for %d elements, rare ones among them', (count) => {
  const random = randomOf(count + 3);
  const curves: [half: number, slope: number][] = [
    [1, 1],
    [0.4, 1.3],
    [2e5, 0.1],
    [7, 30],
    [3, -1.5],
    [5, 0],
    [1e305, 2],
    [1e-310, 0.7],
    [0, 2],
    [0, 1],
    [inf, 1.5],
  ];
  for (const [half, slope] of curves) {
    const xs = Float64Array.from({ length: count }, () =>
      random() < 0.2 ? special[Math.floor(random() * special.length)][0] : 2 ** between(random, -30, 30),
    );
    const got = hill(wasm, xs, half, slope);
    expect(difference(got, hill(js, xs, half, slope), [xs])).toBeNull();
    const scalar = xs.map((x) => hillOf(x, half, slope));
    expect(difference(got, scalar, [xs])).toBeNull();
    expect(got).not.toContain(untouched);
  }
});
