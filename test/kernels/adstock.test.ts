import { describe, expect, it } from 'vitest';
import { difference, runOn, untouched } from '../support/elementary.js';
import { bothKernels, randomOf } from '../support/kernels.js';

const sets = await bothKernels();
const [wasm, js] = sets;
type Set = (typeof sets)[number];
type Numbers = readonly number[] | Float64Array;
const adstock = (set: Set, panel: Numbers, decays: Numbers, periods: number) =>
  runOn(set, [panel, decays], panel.length, (kernels, [exposures, shares], outputs) =>
    kernels.adstockGeometric(exposures, shares, outputs, periods, decays.length),
  );

function randomPanel(periods: number, series: number, seed: number) {
  const random = randomOf(seed);
  const panel = Float64Array.from({ length: periods * series }, () => (random() < 0.3 ? 0 : random() * 1000));
  return { panel, decays: Float64Array.from({ length: series }, () => random()) };
}

describe.each(sets)('adstockGeometric (%s)', (...set) => {
  it('carries over, period by period, as worked out by hand', () => {
    // series: 8, 0, 0, 4 at decay 1/2; 1, 2, 3, 4 at decay 1 (running sum); at decay 0 (as it is)
    const panel = [8, 1, 1, 0, 0, 2, 2, 0, 0, 3, 3, 0, 4, 4, 4, 0];
    const answer = [8, 1, 1, 0, 4, 3, 2, 0, 2, 6, 3, 0, 5, 10, 4, 0];
    expect([...adstock(set, panel, [0.5, 1, 0, 0], 4)]).toEqual(answer);
  });

  it('copies a single period and writes nothing without any', () => {
    expect([...adstock(set, [3, 4], [0.5, 0.5], 1)]).toEqual([3, 4]);
    const nothing = runOn(
      set,
      [
        [3, 4],
        [0.5, 0.5],
      ],
      2,
      (kernels, [exposures, decays], outputs) => kernels.adstockGeometric(exposures, decays, outputs, 0, 2),
    );
    expect([...nothing]).toEqual([untouched, untouched]);
    expect(adstock(set, [], [], 5)).toEqual(new Float64Array());
  });

  it('works in place', () => {
    const { panel, decays } = randomPanel(5, 1034, 3);
    const inPlace = runOn(set, [decays], panel.length, (kernels, [shares], at) => {
      set[2].f64.set(panel, at / 8);
      kernels.adstockGeometric(at, shares, at, 5, 1034);
    });
    expect(difference(inPlace, adstock(set, panel, decays, 5), [panel])).toBeNull();
  });

  it('gives a series the same bits whatever stands beside it', () => {
    const { panel, decays } = randomPanel(7, 2060, 4);
    const wide = adstock(set, panel, decays, 7);
    for (const s of [0, 1, 9, 1023, 1024, 1031, 1032, 2059]) {
      const alone = adstock(
        set,
        [...Array(14).keys()].map((i) => (i % 2 ? 0 : panel[(i / 2) * 2060 + s])),
        [decays[s], 0],
        7,
      );
      for (let t = 0; t < 7; t++) expect(wide[t * 2060 + s]).toBe(alone[t * 2]);
    }
  });

  it('doubles when exposure doubles', () => {
    const { panel, decays } = randomPanel(6, 14, 5);
    const twice = adstock(
      set,
      panel.map((x) => 2 * x),
      decays,
      6,
    );
    expect(
      difference(
        twice,
        adstock(set, panel, decays, 6).map((x) => 2 * x),
        [panel],
      ),
    ).toBeNull();
  });
});

it.each([
  [1, 2],
  [2, 2],
  [3, 8],
  [37, 10],
  [5, 1022],
  [5, 1024],
  [5, 1026],
  [4, 2050],
])('gives the bits of the plain loop in both sets for %d periods of %d series', (periods, series) => {
  const { panel, decays } = randomPanel(periods, series, series);
  const plain = panel.slice();
  for (let i = series; i < plain.length; i++) plain[i] = panel[i] + decays[i % series] * plain[i - series];
  for (const set of [wasm, js]) expect(difference(adstock(set, panel, decays, periods), plain, [panel])).toBeNull();
});
