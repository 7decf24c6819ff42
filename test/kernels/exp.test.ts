import { describe, expect, it } from 'vitest';
import { expOf } from '../../bindings/math/exp.js';
import { expReference, ulpsOff } from '../reference/elementary.js';
import { expPoint } from '../reference/points.js';
import { difference, runOn, sizes, untouched, worst } from '../support/elementary.js';
import { bothKernels, randomOf } from '../support/kernels.js';

const sets = await bothKernels();
const [wasm, js] = sets;
type Set = (typeof sets)[number];
const exp = (set: Set, xs: readonly number[] | Float64Array) =>
  runOn(set, [xs], xs.length, (kernels, [inputs], outputs) => kernels.exp(inputs, outputs, xs.length));

const special: [x: number, answer: number][] = [
  [0, 1],
  [-0, 1],
  [1, Math.E],
  [-1, 0.36787944117144233],
  [5e-324, 1],
  [1e-300, 1],
  [2 ** -53, 1],
  [2 ** -52, 1 + 2 ** -52],
  [Number.NaN, Number.NaN],
  [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
  [Number.NEGATIVE_INFINITY, 0],
  [Number.MAX_VALUE, Number.POSITIVE_INFINITY],
  [-Number.MAX_VALUE, 0],
  // the last arguments inside the range and the first outside, either side: ln(2^1024 - 2^970) and ln(2^-1075)
  [709.782712893384, 1.7976931348622732e308],
  [709.7827128933841, Number.POSITIVE_INFINITY],
  [-745.1332191019411, 5e-324],
  [-745.1332191019412, 0],
];

describe.each(sets)('exp (%s)', (...set) => {
  it.each(special)('e^%d is %d', (x, answer) => {
    // the place in a pair must not matter
    for (const xs of [[x], [x, 1], [1, x], [1, 1, x], [x, x, x, 1, 1]]) {
      expect([...exp(set, xs)]).toEqual(xs.map((value) => (Object.is(value, x) ? answer : Math.E)));
    }
  });

  it('works in place', () => {
    const xs = Float64Array.from({ length: 9 }, (_, i) => i - 4);
    const apart = exp(set, xs);
    const inPlace = runOn(set, [], 9, (kernels, _, at) => {
      set[2].f64.set(xs, at / 8);
      kernels.exp(at, at, 9);
    });
    expect(difference(inPlace, apart, [xs])).toBeNull();
  });

  it('rises wherever its argument rises by more than rounding', () => {
    const xs = Float64Array.from({ length: 4001 }, (_, i) => (i - 2000) / 3);
    const ys = exp(set, xs).filter((y) => y > 0 && y < Number.POSITIVE_INFINITY);
    expect(ys.length).toBeGreaterThan(3900);
    for (let i = 1; i < ys.length; i++) expect(ys[i]).toBeGreaterThan(ys[i - 1]);
  });
});

it('is within 0.52 ulp of the reference at 10,000 points, the same in both sets', () => {
  const random = randomOf(11);
  const xs = Float64Array.from({ length: 10_000 }, () => expPoint(random));
  const got = exp(wasm, xs);
  const found = worst(got, [xs], (i) => ulpsOff(got[i], expReference(xs[i])));
  expect(found.error, JSON.stringify(found)).toBeLessThanOrEqual(0.52);
  expect(difference(got, exp(js, xs), [xs])).toBeNull();
});

it.each(sizes)('gives the same bits in both sets for %d elements, rare ones among them', (count) => {
  const random = randomOf(count);
  const xs = Float64Array.from({ length: count }, () =>
    random() < 0.2 ? special[Math.floor(random() * special.length)][0] : expPoint(random),
  );
  const got = exp(wasm, xs);
  expect(difference(got, exp(js, xs), [xs])).toBeNull();
  expect(difference(got, xs.map(expOf), [xs])).toBeNull();
  expect(got).not.toContain(untouched);
});
