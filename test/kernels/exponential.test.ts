import { describe, expect, it } from 'vitest';
import { exponentialOf } from '../../bindings/machine/js/exponential.js';
import { exponentialReference, relativeError, ulpsOff } from '../reference/elementary.js';
import { exponentialPoint } from '../reference/points.js';
import { difference, runOn, sizes, untouched, worst } from '../support/elementary.js';
import { bothKernels, randomOf } from '../support/kernels.js';

const sets = await bothKernels();
const [wasm, js] = sets;
type Set = (typeof sets)[number];
const curve = (set: Set, xs: readonly number[] | Float64Array, rate: number, shape: number) =>
  runOn(set, [xs], xs.length, (kernels, [exposures], outputs) =>
    kernels.saturateExponential(exposures, rate, shape, outputs, xs.length),
  );

const tiny = 5e-324;
const inf = Number.POSITIVE_INFINITY;
const nan = Number.NaN;
// where the nearest 128th of ln 2 changes from the first to the second
const border = Math.LN2 / 256;

const special: [x: number, rate: number, shape: number, answer: number][] = [
  ...[0, 1].flatMap((shape): [number, number, number, number][] => [
    [0, 2.5, shape, 0],
    [-0, 2.5, shape, 0],
    [nan, 2.5, shape, nan],
    [inf, 2.5, shape, 1],
    // as far as a step of the table reaches, the last before e^-(rate x) is below all doubles, and the first after
    [700, 1, shape, 1],
    [709, 1, shape, 1],
    [745, 1, shape, 1],
    [746, 1, shape, 1],
    [Number.MAX_VALUE, 1e300, shape, 1],
    // no exposures
    [-701, 1, shape, nan],
    [-inf, 1, shape, nan],
  ]),
  [tiny, 1, 0, tiny],
  [3 * tiny, 1, 0, 3 * tiny],
  [2 * tiny, 1, 1, tiny],
  [1e-310, 1, 0, 1e-310],
  [1e-300, 1, 0, 1e-300],
  [1e-300, 1, 1, 5e-301],
  [-1e-300, 1, 0, -1e-300],
  // 1 - e^-1, tanh(1/2), 1 - e, 1 - e^-30 and 1 - e^700
  [1, 1, 0, 0.6321205588285577],
  [1, 1, 1, 0.46211715726000974],
  [-1, 1, 0, -1.718281828459045],
  [30, 1, 0, 0.9999999999999064],
  [-700, 1, 0, -1.0142320547350045e304],
];

/** The bits of both, up to the last place where the answer is no special number. */
function expectAt(got: number, answer: number) {
  if (Math.abs(answer) > 0.1 && Math.abs(answer) !== 1) expect(Math.abs(got / answer - 1)).toBeLessThan(3e-16);
  else expect(got).toBe(answer);
}

describe.each(sets)('saturateExponential (%s)', (...set) => {
  it.each(special)('is right at x = %d, rate %d, shape %d: %d', (x, rate, shape, answer) => {
    const [other] = curve(set, [1 / rate], rate, shape);
    expect(Math.abs(other - (shape ? 0.46211715726000974 : 0.6321205588285577))).toBeLessThan(2e-16);
    // the place in a pair must not matter
    for (const xs of [[x], [x, 1 / rate], [1 / rate, x], [1 / rate, 1 / rate, x], [x, x, x, 1 / rate, 1 / rate]]) {
      curve(set, xs, rate, shape).forEach((got, i) => {
        if (Object.is(xs[i], x)) expectAt(got, answer);
        else expect(got).toBe(other);
      });
    }
  });

  it('rises over the borders between steps of the table', () => {
    for (let step = 0; step < 400; step++) {
      const middle = (2 * step + 1) * border;
      const xs = Float64Array.from({ length: 9 }, (_, i) => middle * (1 + (i - 4) * 2 ** -50));
      for (const shape of [0, 1]) {
        const ys = curve(set, xs, 1, shape);
        for (let i = 1; i < ys.length; i++) expect(ys[i]).toBeGreaterThanOrEqual(ys[i - 1]);
      }
    }
  });

  it('mirrors about 0 with shape 1', () => {
    const xs = Float64Array.from({ length: 401 }, (_, i) => (i - 200) / 16);
    const ys = curve(set, xs, 1.3, 1);
    for (let i = 0; i <= 400; i++) expect(Math.abs(ys[i] + ys[400 - i])).toBeLessThanOrEqual(4.5e-16 * Math.abs(ys[i]));
  });

  it('works in place', () => {
    const xs = Float64Array.from({ length: 9 }, (_, i) => i / 3);
    const apart = curve(set, xs, 0.7, 1);
    const inPlace = runOn(set, [], 9, (kernels, _, at) => {
      set[2].f64.set(xs, at / 8);
      kernels.saturateExponential(at, 0.7, 1, at, 9);
    });
    expect(difference(inPlace, apart, [xs])).toBeNull();
  });
});

it('is within 1.1 ulp of the reference at 10,000 points with shape 0, the same in both sets', () => {
  const random = randomOf(21);
  const xs = Float64Array.from({ length: 10_000 }, () => exponentialPoint(random));
  const got = curve(wasm, xs, 1, 0);
  const found = worst(got, [xs], (i) => ulpsOff(got[i], exponentialReference(xs[i], 1, 0)));
  expect(found.error, JSON.stringify(found)).toBeLessThanOrEqual(1.1);
  expect(difference(got, curve(js, xs, 1, 0), [xs])).toBeNull();
});

it('is within 5e-16 of itself for exposures, whatever the shape and the rate', () => {
  const random = randomOf(22);
  const xs = Float64Array.from({ length: 5_000 }, () => {
    let x = 0;
    // below the normal range a last place is more than that
    while (x < 1e-290) x = Math.abs(exponentialPoint(random));
    return x;
  });
  for (const rate of [1, 0.7]) {
    for (const shape of [0, 1, 0.3]) {
      const got = curve(wasm, xs, rate, shape);
      const found = worst(got, [xs], (i) => relativeError(got[i], exponentialReference(xs[i], rate, shape)));
      expect(found.error, JSON.stringify({ rate, shape, ...found })).toBeLessThanOrEqual(5e-16);
    }
  }
});

it.each(sizes)('gives the same bits in both sets for %d elements, rare ones among them', (count) => {
  const random = randomOf(count + 5);
  for (const [rate, shape] of [
    [1, 0],
    [1, 1],
    [2.5, 1],
    [1e-200, 0],
    [1e200, 1],
    [0, 1],
    [-1, 0],
    [inf, 0],
    [0.3, 0.4],
  ]) {
    const xs = Float64Array.from({ length: count }, () =>
      random() < 0.2 ? special[Math.floor(random() * special.length)][0] : exponentialPoint(random),
    );
    const got = curve(wasm, xs, rate, shape);
    expect(difference(got, curve(js, xs, rate, shape), [xs])).toBeNull();
    const scalar = xs.map((x) => exponentialOf(x, rate, shape));
    expect(difference(got, scalar, [xs])).toBeNull();
    expect(got).not.toContain(untouched);
  }
});
