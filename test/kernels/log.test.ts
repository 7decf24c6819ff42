import { describe, expect, it } from 'vitest';
import { logOf } from '../../bindings/math/log.js';
import { lnReference, ulpsOff } from '../reference/elementary.js';
import { logPoint } from '../reference/points.js';
import { difference, runOn, sizes, untouched, worst } from '../support/elementary.js';
import { bothKernels, randomOf } from '../support/kernels.js';

const sets = await bothKernels();
const [wasm, js] = sets;
type Set = (typeof sets)[number];
const log = (set: Set, xs: readonly number[] | Float64Array) =>
  runOn(set, [xs], xs.length, (kernels, [inputs], outputs) => kernels.log(inputs, outputs, xs.length));

const special: [x: number, answer: number][] = [
  [1, 0],
  [0, Number.NEGATIVE_INFINITY],
  [-0, Number.NEGATIVE_INFINITY],
  [-1, Number.NaN],
  [-5e-324, Number.NaN],
  [Number.NEGATIVE_INFINITY, Number.NaN],
  [Number.NaN, Number.NaN],
  [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
  [2, Math.LN2],
  [0.5, -Math.LN2],
  [10, Math.LN10],
  [1 + 2 ** -52, 2 ** -52 - 2 ** -105],
  [1 - 2 ** -53, -(2 ** -53)],
  [5e-324, -744.4400719213812],
  [2.225073858507201e-308, -708.3964185322641],
  [2.2250738585072014e-308, -708.3964185322641],
  [Number.MAX_VALUE, 709.782712893384],
];

describe.each(sets)('log (%s)', (...set) => {
  it.each(special)('ln %d is %d', (x, answer) => {
    for (const xs of [[x], [x, 3], [3, x], [3, 3, x], [x, x, x, 3, 3]]) {
      expect([...log(set, xs)]).toEqual(xs.map((value) => (Object.is(value, x) ? answer : 1.0986122886681098)));
    }
  });

  it('gives the nearest double to n ln 2 for every power of two', () => {
    const xs = Float64Array.from({ length: 2098 }, (_, i) => 2 ** (i - 1074));
    const got = log(set, xs);
    const found = worst(got, [xs], (i) => (xs[i] === 1 ? got[i] : ulpsOff(got[i], lnReference(xs[i]))));
    expect(found.error, JSON.stringify(found)).toBeLessThanOrEqual(0.5);
  });

  it('works in place', () => {
    const xs = Float64Array.from({ length: 9 }, (_, i) => 2 ** (i - 4) * 1.1);
    const apart = log(set, xs);
    const inPlace = runOn(set, [], 9, (kernels, _, at) => {
      set[2].f64.set(xs, at / 8);
      kernels.log(at, at, 9);
    });
    expect(difference(inPlace, apart, [xs])).toBeNull();
  });
});

it('is within 0.52 ulp of the reference at 10,000 points, the same in both sets', () => {
  const random = randomOf(12);
  const xs = Float64Array.from({ length: 10_000 }, () => logPoint(random)).filter((x) => x !== 1);
  const got = log(wasm, xs);
  const found = worst(got, [xs], (i) => ulpsOff(got[i], lnReference(xs[i])));
  expect(found.error, JSON.stringify(found)).toBeLessThanOrEqual(0.52);
  expect(difference(got, log(js, xs), [xs])).toBeNull();
});

it.each(sizes)('gives the same bits in both sets for %d elements, rare ones among them', (count) => {
  const random = randomOf(count + 1);
  const xs = Float64Array.from({ length: count }, () =>
    random() < 0.2 ? special[Math.floor(random() * special.length)][0] : logPoint(random),
  );
  const got = log(wasm, xs);
  expect(difference(got, log(js, xs), [xs])).toBeNull();
  expect(difference(got, xs.map(logOf), [xs])).toBeNull();
  expect(got).not.toContain(untouched);
});
