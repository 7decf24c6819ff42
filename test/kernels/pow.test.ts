import { describe, expect, it } from 'vitest';
import { powOf } from '../../bindings/math/pow.js';
import { powReference, ulpsOff } from '../reference/elementary.js';
import { powPoint } from '../reference/points.js';
import { difference, runOn, sizes, untouched, worst } from '../support/elementary.js';
import { bothKernels, randomOf } from '../support/kernels.js';

const sets = await bothKernels();
const [wasm, js] = sets;
type Set = (typeof sets)[number];
type Numbers = readonly number[] | Float64Array;
const pow = (set: Set, xs: Numbers, ys: Numbers) =>
  runOn(set, [xs, ys], xs.length, (kernels, [bases, exponents], outputs) =>
    kernels.pow(bases, exponents, outputs, xs.length),
  );

const inf = Number.POSITIVE_INFINITY;
const nan = Number.NaN;
const big = 2 ** 53;
// IEEE 754-2019, 9.2.1, row by row; then values at the ends of the range
const special: [x: number, y: number, answer: number][] = [
  ...[nan, inf, -inf, 0, -0, 1, -1, 5e-324, -7.5].flatMap((x): [number, number, number][] => [
    [x, 0, 1],
    [x, -0, 1],
    [1, x, 1],
  ]),
  [nan, 1, nan],
  [nan, -inf, nan],
  [2, nan, nan],
  [-1, nan, nan],
  [0, nan, nan],
  [-1, inf, 1],
  [-1, -inf, 1],
  [2, inf, inf],
  [-2, inf, inf],
  [0.5, inf, 0],
  [-0.5, inf, 0],
  [2, -inf, 0],
  [-2, -inf, 0],
  [0.5, -inf, inf],
  [-0.5, -inf, inf],
  [0, inf, 0],
  [-0, inf, 0],
  [0, -inf, inf],
  [-0, -inf, inf],
  [inf, inf, inf],
  [-inf, -inf, 0],
  [0, 3, 0],
  [-0, 3, -0],
  [-0, 2, 0],
  [-0, 2.5, 0],
  [0, -3, inf],
  [-0, -3, -inf],
  [-0, -2, inf],
  [-0, -2.5, inf],
  [-0, big, 0],
  [-0, big - 1, -0],
  [inf, 0.5, inf],
  [inf, -0.5, 0],
  [-inf, 3, -inf],
  [-inf, 2, inf],
  [-inf, 0.5, inf],
  [-inf, -3, -0],
  [-inf, -2, 0],
  [-inf, -0.5, 0],
  [-2, 0.5, nan],
  [-2, -1.5, nan],
  [-5e-324, 1 / 3, nan],
  [-2, 3, -8],
  [-2, 4, 16],
  [-2, -1, -0.5],
  [-1, big - 1, -1],
  [-1, big, 1],
  [-1, 1e300, 1],
  [-3, big + 2, inf],
  [-3, big - 1, -inf],
  [-3, 1 - big, -0],
  [2, 1e300, inf],
  [2, -1e300, 0],
  [0.5, 1e308, 0],
  [1 + 2 ** -52, 1e300, inf],
  [1 - 2 ** -53, 1e300, 0],
  [1 + 2 ** -52, 5e-324, 1],
  [2, 1023, 2 ** 1023],
  [2, 1024, inf],
  [2, -1074, 5e-324],
  [2, -1075, 0],
  [2, -1022.5, 1.5733648139913585e-308],
  [5e-324, 1, 5e-324],
  [-5e-324, 1, -5e-324],
  [5e-324, -0.5, 2 ** 537],
  [Number.MAX_VALUE, 1, Number.MAX_VALUE],
  [Number.MAX_VALUE, 1 + 2 ** -52, inf],
  [10, 22, 1e22],
  [9, 0.5, 3],
];

describe.each(sets)('pow (%s)', (...set) => {
  it.each(special)('%d ^ %d is %d', (x, y, answer) => {
    for (let place = 0; place < 3; place++) {
      const xs = [3, 3, 3];
      const ys = [4, 4, 4];
      const answers = [81, 81, 81];
      xs[place] = x;
      ys[place] = y;
      answers[place] = answer;
      expect([...pow(set, xs, ys)]).toEqual(answers);
    }
    expect([...pow(set, [x], [y])]).toEqual([answer]);
  });

  it('is exact where the power is a double', () => {
    const bases: number[] = [];
    const exponents: number[] = [];
    const answers: number[] = [];
    for (let base = 2; base <= 30; base++) {
      for (let exponent = 1, answer = base; answer < big; exponent++, answer *= base) {
        bases.push(base, -base, answer);
        exponents.push(exponent, exponent, 1);
        answers.push(answer, exponent % 2 ? -answer : answer, answer);
      }
    }
    for (let n = -1074; n < 1024; n++) {
      bases.push(2, 0.5);
      exponents.push(n, n > -1024 ? -n : 1023);
      answers.push(2 ** n, n > -1024 ? 2 ** n : 2 ** -1023);
    }
    expect(difference(pow(set, bases, exponents), Float64Array.from(answers), [bases, exponents])).toBeNull();
  });

  it('works in place of either', () => {
    const xs = Float64Array.from({ length: 9 }, (_, i) => i + 0.5);
    const ys = Float64Array.from({ length: 9 }, (_, i) => i / 4 - 1);
    const apart = pow(set, xs, ys);
    const overBases = runOn(set, [ys], 9, (kernels, [exponents], at) => {
      set[2].f64.set(xs, at / 8);
      kernels.pow(at, exponents, at, 9);
    });
    const overExponents = runOn(set, [xs], 9, (kernels, [bases], at) => {
      set[2].f64.set(ys, at / 8);
      kernels.pow(bases, at, at, 9);
    });
    expect(difference(overBases, apart, [xs, ys])).toBeNull();
    expect(difference(overExponents, apart, [xs, ys])).toBeNull();
  });
});

it('is within 0.55 ulp of the reference at 10,000 points, the same in both sets', () => {
  const random = randomOf(13);
  const points = Array.from({ length: 10_000 }, () => powPoint(random));
  const xs = Float64Array.from(points, ([x]) => x);
  const ys = Float64Array.from(points, ([, y]) => y);
  const got = pow(wasm, xs, ys);
  const found = worst(got, [xs, ys], (i) => ulpsOff(got[i], powReference(xs[i], ys[i])));
  expect(found.error, JSON.stringify(found)).toBeLessThanOrEqual(0.55);
  expect(difference(got, pow(js, xs, ys), [xs, ys])).toBeNull();
});

it.each(sizes)('gives the same bits in both sets for %d elements, rare ones among them', (count) => {
  const random = randomOf(count + 2);
  const points = Array.from({ length: count }, () =>
    random() < 0.2 ? special[Math.floor(random() * special.length)] : powPoint(random),
  );
  const xs = Float64Array.from(points, ([x]) => x);
  const ys = Float64Array.from(points, ([, y]) => y);
  const got = pow(wasm, xs, ys);
  expect(difference(got, pow(js, xs, ys), [xs, ys])).toBeNull();
  const scalar = xs.map((x, i) => powOf(x, ys[i]));
  expect(difference(got, scalar, [xs, ys])).toBeNull();
  expect(got).not.toContain(untouched);
});
