import { describe, expect, it } from 'vitest';
import { difference, runOn, untouched } from '../support/elementary.js';
import { bothKernels, randomOf } from '../support/kernels.js';

const sets = await bothKernels();
const [wasm, js] = sets;
type Set = (typeof sets)[number];
type Numbers = readonly number[] | Float64Array;
const adstock = (set: Set, panel: Numbers, weights: Numbers, periods: number, series: number) =>
  runOn(set, [panel, weights], panel.length, (kernels, [exposures, list], outputs) =>
    kernels.adstockWindow(exposures, list, outputs, periods, series, weights.length),
  );

function randomPanel(periods: number, series: number, lags: number, seed: number) {
  const random = randomOf(seed);
  return {
    panel: Float64Array.from({ length: periods * series }, () => (random() < 0.3 ? 0 : random() * 1000)),
    weights: Float64Array.from({ length: lags }, () => random()),
  };
}

/** Series by series, lag by lag: what the kernel is defined to give. */
function plainly(panel: Float64Array, weights: Float64Array, periods: number, series: number): Float64Array {
  const out = new Float64Array(panel.length);
  for (let s = 0; s < series; s++) {
    for (let t = 0; t < periods; t++) {
      let sum = 0;
      for (let l = 0; l < weights.length && l <= t; l++) sum += weights[l] * panel[(t - l) * series + s];
      out[t * series + s] = sum;
    }
  }
  return out;
}

describe.each(sets)('adstockWindow (%s)', (...set) => {
  it('weighs the periods of its window, as worked out by hand', () => {
    // weights 1, 1/2, 1/4 on the series 8, 0, 0, 4 and 1, 2, 3, 4
    const found = adstock(set, [8, 1, 0, 2, 0, 3, 4, 4], [1, 0.5, 0.25], 4, 2);
    expect([...found]).toEqual([8, 1, 4, 2.5, 2, 4.25, 4, 6]);
  });

  it('writes zeros without lags and nothing without periods', () => {
    expect([...adstock(set, [3, 4], [], 1, 2)]).toEqual([0, 0]);
    const nothing = runOn(set, [[3, 4], [1]], 2, (kernels, [exposures, weights], outputs) =>
      kernels.adstockWindow(exposures, weights, outputs, 0, 2, 1),
    );
    expect([...nothing]).toEqual([untouched, untouched]);
  });

  it('gives a series the same bits whatever stands beside it', () => {
    const { panel, weights } = randomPanel(9, 22, 5, 4);
    const wide = adstock(set, panel, weights, 9, 22);
    for (const s of [0, 1, 7, 8, 15, 16, 21]) {
      const alone = Float64Array.from({ length: 18 }, (_, i) => (i % 2 ? 0 : panel[(i / 2) * 22 + s]));
      const found = adstock(set, alone, weights, 9, 2);
      for (let t = 0; t < 9; t++) expect(wide[t * 22 + s]).toBe(found[t * 2]);
    }
  });

  it('is exactly zero before the first exposure and where the window has only zeros', () => {
    const panel = new Float64Array(40);
    panel[10 * 2] = 7;
    const found = adstock(set, panel, [0.1, 0.7, 0.3], 20, 2).filter((_, i) => i % 2 === 0);
    expect([...found.keys()].filter((t) => found[t] !== 0)).toEqual([10, 11, 12]);
  });
});

it.each([
  [1, 2, 1],
  [2, 2, 5],
  [3, 8, 2],
  [4, 8, 1],
  [1, 10, 3],
  [6, 18, 3],
  [5, 16, 9],
  [37, 10, 13],
  [20, 26, 672],
  [60, 6, 52],
  [103, 10, 65],
  [200, 18, 145],
  [131, 8, 128],
  [64, 8, 64],
  [67, 74, 65],
])('gives the bits of the plain loop in both sets for %d periods of %d series and %d lags', (periods, series, lags) => {
  const { panel, weights } = randomPanel(periods, series, lags, series + lags);
  const plain = plainly(panel, weights, periods, series);
  for (const set of [wasm, js]) {
    expect(difference(adstock(set, panel, weights, periods, series), plain, [panel])).toBeNull();
  }
});
