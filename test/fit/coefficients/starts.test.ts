import { describe, expect, it } from 'vitest';
import { fit, type Model } from '../../../bindings/index.js';
import { figures, words } from '../../support/simulations.js';

const model: Model = {
  totals: { brick: ['b'], value: 'y' },
  exposure: { brick: ['b'], entity: ['e'], value: 'w' },
  entities: { entity: ['e'] },
  model: { productivity: { covariates: ['x'], penalty: { kind: 'none' }, deviation: 0 } },
};

type Cell = readonly [brick: string, entity: string, exposure: number];

function regress(
  totals: Readonly<Record<string, number>>,
  x: Readonly<Record<string, number>>,
  cells: readonly Cell[],
) {
  return fit(
    {
      totals: { b: Object.keys(totals), y: Object.values(totals) },
      exposure: { b: cells.map(([b]) => b), e: cells.map(([, e]) => e), w: cells.map(([, , w]) => w) },
      entities: { e: Object.keys(x), x: Object.values(x) },
    },
    model,
  );
}

/** Every top of the likelihood over the slope, the intercept at its best: by looking everywhere. */
function topsOf(totals: Readonly<Record<string, number>>, x: Readonly<Record<string, number>>, cells: readonly Cell[]) {
  const sales = Object.values(totals).reduce((sum, y) => sum + y, 0);
  const heightAt = (slope: number) => {
    const weights: Record<string, number> = {};
    for (const [b, e, w] of cells) weights[b] = (weights[b] ?? 0) + w * Math.exp(slope * x[e]);
    const level = sales / Object.values(weights).reduce((sum, w) => sum + w, 0);
    return Object.entries(totals).reduce((sum, [b, y]) => sum + y * Math.log(level * weights[b]), -sales);
  };
  const tops: { slope: number; height: number }[] = [];
  for (let i = -4000; i <= 4000; i++) {
    const [before, height, after] = [-1, 0, 1].map((step) => heightAt((i + step) / 1000));
    if (height > before && height >= after) tops.push({ slope: i / 1000, height });
  }
  return tops.sort((one, other) => other.height - one.height);
}

const slopeOf = ({ coefficients }: Awaited<ReturnType<typeof fit>>) => figures(coefficients!, 'estimate')[1];
const saidOf = ({ warnings }: Awaited<ReturnType<typeof fit>>, code: string) =>
  warnings.filter((warning) => warning.code === code).map(({ message }) => message);
const several = (agreeing: number) =>
  `${agreeing} of 3 starting points led to these coefficients, the others to worse ones or to others as good: with so few bricks the best is only known as the best of these.`;

describe('a likelihood of two tops', () => {
  const x = { plus: 1, minus: -1, zero: 0, more: 1 };

  it('of one height, with a saddle between, is said to be one', async () => {
    // e^i = 2 from the brick of `zero`, then 2 e^s + 2 e^-s = 5: s = ln 2 or -ln 2
    const result = await regress({ one: 5, two: 2 }, x, [
      ['one', 'plus', 1],
      ['one', 'minus', 1],
      ['two', 'zero', 1],
    ]);
    expect(figures(result.coefficients!, 'estimate')[0]).toBeCloseTo(Math.LN2, 6);
    expect(Math.abs(slopeOf(result))).toBeCloseTo(Math.LN2, 6);
    expect(result.regression).toMatchObject({ starts: 3, agreeing: 1 });
    expect(saidOf(result, 'local-optimum')).toEqual([several(1)]);
    const parts = Object.fromEntries(
      words(result.allocation, 'e').map((e, r) => [e, figures(result.allocation, 'allocation')[r]]),
    );
    const [most, least] = slopeOf(result) > 0 ? ['plus', 'minus'] : ['minus', 'plus'];
    expect(parts[most]).toBeCloseTo(4, 6);
    expect(parts[least]).toBeCloseTo(1, 6);
  });

  it('of two heights ends on the higher, from whichever side the first start comes', async () => {
    for (const sign of [1, -1]) {
      const turned = { plus: sign, minus: -sign, zero: 0, more: sign };
      const totals = { one: 40, two: 8, three: 2.6 };
      const cells: Cell[] = [
        ['one', 'plus', 1],
        ['one', 'minus', 1],
        ['two', 'zero', 1],
        ['three', 'more', 0.1],
      ];
      const tops = topsOf(totals, turned, cells);
      expect(tops).toHaveLength(2);
      const result = await regress(totals, turned, cells);
      expect(slopeOf(result)).toBeCloseTo(tops[0].slope, 2);
      expect(result.logLikelihood).toBeGreaterThanOrEqual(tops[0].height - 1e-9);
      expect(result.regression).toMatchObject({ starts: 3, agreeing: 2 });
      expect(saidOf(result, 'local-optimum')).toEqual([several(2)]);
    }
  });
});

describe('a likelihood of one top', () => {
  it('is reached from all three starts in few bricks, and nothing is said', async () => {
    const x = { a: 0, b: 1, c: 2 };
    const totals = { one: 3, two: 9, three: 20 };
    const cells: Cell[] = [
      ['one', 'a', 1],
      ['two', 'b', 1],
      ['three', 'c', 1],
      ['three', 'a', 1],
    ];
    expect(topsOf(totals, x, cells)).toHaveLength(1);
    const result = await regress(totals, x, cells);
    expect(result.regression).toMatchObject({ starts: 3, agreeing: 3 });
    expect(slopeOf(result)).toBeCloseTo(topsOf(totals, x, cells)[0].slope, 2);
    expect(saidOf(result, 'local-optimum')).toEqual([]);
  });

  it('is looked for once where there are ten bricks for each coefficient', async () => {
    const regressOver = (bricks: number) => {
      const names = Array.from({ length: bricks }, (_, b) => `b${b}`);
      const totals = Object.fromEntries(names.map((b, i) => [b, 3 + (i % 4)]));
      const cells = names.map((b, i): Cell => [b, ['a', 'b', 'c'][i % 3], 1]);
      return regress(totals, { a: 0, b: 1, c: 2 }, cells);
    };
    expect((await regressOver(19)).regression).toMatchObject({ starts: 3, agreeing: 3 });
    expect((await regressOver(20)).regression).toMatchObject({ starts: 1, agreeing: 1 });
  });
});
