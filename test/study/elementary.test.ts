import { expect, it } from 'vitest';
import {
  exponentialReference,
  expReference,
  hillReference,
  lnReference,
  powReference,
  type Real,
  relativeError,
  ulpsOff,
} from '../reference/elementary.js';
import { exponentialPoint, expPoint, logPoint, powPoint } from '../reference/points.js';
import { difference, runOn, worst } from '../support/elementary.js';
import { bothKernels, type KernelSet, randomOf } from '../support/kernels.js';

const [wasm, js] = await bothKernels();
const million = 1_000_000;
type Call = Parameters<typeof runOn>[3];

/** Runs both sets over a million points, and holds the worst error against the bound. */
function study(name: string, inputs: Float64Array[], call: Call, reference: (i: number) => Real, bound: number) {
  const on = (set: KernelSet) => runOn(set, inputs, million, call);
  const got = on(wasm);
  expect(difference(got, on(js), inputs)).toBeNull();
  const found = worst(got, inputs, (i) => ulpsOff(got[i], reference(i)));
  console.log(`${name}: at most ${found.error.toFixed(4)} ulp in ${million} points, at ${found.inputs.join(', ')}`);
  expect(found.error, JSON.stringify(found)).toBeLessThanOrEqual(bound);
}

it('exp stays within 0.52 ulp at a million points', () => {
  const random = randomOf(101);
  const xs = Float64Array.from({ length: million }, () => expPoint(random));
  const call: Call = (kernels, [inputs], outputs) => kernels.exp(inputs, outputs, million);
  study('exp', [xs], call, (i) => expReference(xs[i]), 0.52);
});

it('log stays within 0.52 ulp at a million points', () => {
  const random = randomOf(102);
  const point = (): number => logPoint(random);
  const xs = Float64Array.from({ length: million }, () => {
    let x = point();
    // ln 1 = 0 has no last place
    while (x === 1) x = point();
    return x;
  });
  const call: Call = (kernels, [inputs], outputs) => kernels.log(inputs, outputs, million);
  study('log', [xs], call, (i) => lnReference(xs[i]), 0.52);
});

it('pow stays within 0.55 ulp at a million points', () => {
  const random = randomOf(103);
  const xs = new Float64Array(million);
  const ys = new Float64Array(million);
  for (let i = 0; i < million; i++) [xs[i], ys[i]] = powPoint(random);
  const call: Call = (kernels, [bases, exponents], outputs) => kernels.pow(bases, exponents, outputs, million);
  study('pow', [xs, ys], call, (i) => powReference(xs[i], ys[i]), 0.55);
});

it.each([
  [0, 1.1],
  [1, 3],
])('the exponential curve of shape %d stays within %d ulp at a million points', (shape, bound) => {
  const random = randomOf(105);
  const xs = Float64Array.from({ length: million }, () => exponentialPoint(random));
  const call: Call = (kernels, [exposures], outputs) =>
    kernels.saturateExponential(exposures, 1, shape, outputs, million);
  study(`exponential, shape ${shape}`, [xs], call, (i) => exponentialReference(xs[i], 1, shape), bound);
});

it('Hill stays within 1e-13 at a million points', () => {
  const random = randomOf(104);
  let largest = 0;
  for (let curve = 0; curve < 1000; curve++) {
    const half = 10 ** (random() * 500 - 250);
    const slope = 0.1 + random() * 9.9;
    const xs = Float64Array.from({ length: 1000 }, () => half * 10 ** (random() * 12 - 6));
    const call: Call = (kernels, [exposures], outputs) => kernels.saturateHill(exposures, half, slope, outputs, 1000);
    const got = runOn(wasm, [xs], 1000, call);
    expect(difference(got, runOn(js, [xs], 1000, call), [xs])).toBeNull();
    const found = worst(got, [xs], (i) => relativeError(got[i], hillReference(xs[i], half, slope)));
    largest = Math.max(largest, found.error);
    expect(found.error, JSON.stringify({ half, slope, ...found })).toBeLessThanOrEqual(1e-13);
  }
  console.log(`Hill: relative error at most ${largest.toExponential(2)} in ${million} points`);
});
