import { describe, expect, it } from 'vitest';
import { type Curve, fit, type Model, type Preset, type Tables } from '../../bindings/index.js';
import { rowsOf } from '../../bindings/report/json.js';
import { refusalOf } from '../support/refusal.js';

type Row = [week: number, geo: string, campaign: string, impressions: number];
const model = (curve: Curve | Preset, population: string | undefined = 'people'): Model => ({
  totals: { brick: ['week', 'geo'], value: 'sales' },
  exposure: { brick: ['week', 'geo'], entity: ['campaign'], value: 'impressions' },
  effectiveExposure: { time: 'week', curves: curve, population },
  model: { pooling: { kind: 'gamma', spread: 0 } },
});

function tablesOf(
  deliveries: readonly Row[],
  totals: readonly [week: number, geo: string, people: number | string | null][],
): Tables {
  return {
    totals: {
      week: totals.map(([week]) => week),
      geo: totals.map(([, geo]) => geo),
      people: totals.map(([, , people]) => people),
      sales: totals.map(() => 1),
    },
    exposure: {
      week: deliveries.map(([week]) => week),
      geo: deliveries.map(([, geo]) => geo),
      campaign: deliveries.map(([, , campaign]) => campaign),
      impressions: deliveries.map(([, , , impressions]) => impressions),
    },
  };
}

// per head: 10 and 30 in N, 20 and 60 in S
const deliveries: Row[] = [
  [1, 'N', 'a', 100],
  [2, 'N', 'a', 200],
  [2, 'N', 'b', 100],
  [1, 'S', 'a', 80],
  [2, 'S', 'b', 240],
];
const totals: [number, string, number][] = [
  [1, 'N', 10],
  [2, 'N', 10],
  [1, 'S', 4],
  [2, 'S', 4],
];

async function effectiveOf(tables: Tables, used: Model): Promise<Record<string, number>> {
  const { allocation } = await fit(tables, used);
  return Object.fromEntries(
    rowsOf(allocation).map((row) => [`${row.campaign} ${row.geo} ${row.week}`, row.exposure as number]),
  );
}
const close = (found: Record<string, number>, expected: Record<string, number>) => {
  expect(Object.keys(found).sort()).toEqual(Object.keys(expected).sort());
  for (const key of Object.keys(expected)) expect(Math.abs(found[key] / expected[key] - 1), key).toBeLessThan(1e-15);
};

describe('exposure per head', () => {
  it('is scaled by its median over all places, and the effect is that of all heads again', async () => {
    // median of 10, 20, 30, 60 is 25: S(v) = v / (v + 1)
    const curve: Preset = { preset: 'meridian', alpha: 0, ec: 1 };
    close(await effectiveOf(tablesOf(deliveries, totals), model(curve)), {
      'a N 1': 10 * (10 / 35),
      'a N 2': 10 * (20 / 55),
      'b N 2': 10 * (10 / 55),
      'a S 1': 4 * (20 / 45),
      'b S 2': 4 * (60 / 85),
    });
  });

  it('is what other curves look at too, by their own scale', async () => {
    const saturation = { kind: 'michaelisMenten', halfSaturation: 20 } as const;
    close(await effectiveOf(tablesOf(deliveries, totals), model({ saturation, scale: 'none' })), {
      'a N 1': 10 * (10 / 30),
      'a N 2': 10 * (20 / 50),
      'b N 2': 10 * (10 / 50),
      'a S 1': 4 * (20 / 40),
      'b S 2': 4 * (60 / 80),
    });
  });

  it('makes no difference where nothing saturates or is scaled: not a digit', async () => {
    const thirds = deliveries.map(([week, geo, campaign, x]): Row => [week, geo, campaign, x / 3]);
    const sevenths = totals.map(([week, geo, people]): [number, string, number] => [week, geo, people / 7]);
    const tables = tablesOf(thirds, sevenths);
    const curve: Curve = { adstock: { kind: 'geometric', decay: 0.3 } };
    expect(await effectiveOf(tables, model(curve))).toEqual(await effectiveOf(tables, model(curve, undefined)));
  });

  it('leaves places without a total out of the median: nothing of them is allocated', async () => {
    const curve: Preset = { preset: 'meridian', alpha: 0.4, ec: 1 };
    const elsewhere: Row[] = [
      [1, 'W', 'a', 1e6],
      [2, 'W', 'b', 1e6],
    ];
    const mean: Curve = {
      saturation: { kind: 'michaelisMenten', halfSaturation: 1 },
      scale: { kind: 'mean', per: 'curve' },
    };
    for (const one of [curve, mean]) {
      const expected = await effectiveOf(tablesOf(deliveries, totals), model(one));
      expect(await effectiveOf(tablesOf([...deliveries, ...elsewhere], totals), model(one))).toEqual(expected);
    }
  });

  it('does not depend on the unit of heads where the scale is measured', async () => {
    const curve: Preset = { preset: 'meridian', alpha: 0.4, ec: 0.7, slope: 1.3 };
    const thousands = totals.map(([week, geo, people]): [number, string, number] => [week, geo, people / 1024]);
    const one = await effectiveOf(tablesOf(deliveries, totals), model(curve));
    const other = await effectiveOf(tablesOf(deliveries, thousands), model(curve));
    close(other, Object.fromEntries(Object.entries(one).map(([key, exposure]) => [key, exposure / 1024])));
  });

  it('is asked for again where other bricks are split by the fit, in the unit of its median', async () => {
    const fitted = await fit(tablesOf(deliveries, totals), model({ preset: 'meridian', alpha: 0, ec: 1 }));
    const others = tablesOf(
      [
        [3, 'N', 'a', 250],
        [3, 'W', 'a', 250],
      ],
      [
        [3, 'N', 10],
        [3, 'W', 5],
      ],
    );
    const { allocation } = await fitted.allocate(others);
    expect([...allocation.columns.exposure]).toEqual([10 * 0.5, 5 * (2 / 3)]);
  });

  it('is refused without a population for every total, one and the same in all periods of a place', async () => {
    const refusal = (people: [number, string, number | string | null][], column?: string) =>
      refusalOf(() => fit(tablesOf(deliveries, people), model({ preset: 'meridian', alpha: 0, ec: 1 }, column)));
    expect(await refusal(totals, 'peple')).toEqual([
      'effectiveExposure.population: expected a column of totals, got "peple". Did you mean "people"?',
    ]);
    expect(
      await refusal([
        [1, 'N', 0],
        [2, 'N', null],
        [1, 'S', -4],
        [2, 'S', 'many'],
      ]),
    ).toEqual([
      'totals record 1, column people: expected a number above 0, got 0',
      'totals record 3, column people: expected a number above 0, got -4',
      'totals record 2, column people: expected a number, got nothing',
      'totals record 4, column people: expected a number, got "many"',
    ]);
    expect(
      await refusal([
        [1, 'N', 10],
        [1, 'S', 4],
        [2, 'N', 11],
        [2, 'S', 4],
      ]),
    ).toEqual([
      'totals record 3, column people: expected 10 as in record 1, got 11: a place has one population in all its periods',
    ]);
  });
});
