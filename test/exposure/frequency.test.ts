import { describe, expect, it } from 'vitest';
import { type Curve, createEngine, fit, type Model, type Preset, type Tables } from '../../bindings/index.js';
import { rowsOf } from '../../bindings/report/json.js';
import { randomOf } from '../support/kernels.js';
import { refusalOf } from '../support/refusal.js';

type Row = [week: number, medium: string, campaign: string, reach: number | null, frequency: number | string | null];
const rf: Preset = { preset: 'meridian', reach_frequency: true, alpha: 0.5, ec: 2, slope: 1, max_lag: 1 };
const model = (curves: Record<string, Curve | Preset>, duplicates?: 'sum'): Model => ({
  totals: { brick: ['medium', 'week'], value: 'sales' },
  exposure: {
    brick: ['medium', 'week'],
    entity: ['medium', 'campaign'],
    value: 'reach',
    frequency: 'times',
    ...(duplicates && { duplicates }),
  },
  effectiveExposure: { time: 'week', by: ['medium'], curves },
  model: { pooling: { kind: 'gamma', spread: 0 } },
});
const tablesOf = (rows: readonly Row[], weeks = [1, 2, 3]): Tables => {
  const media = [...new Set(rows.map(([, medium]) => medium))];
  return {
    totals: {
      week: media.flatMap(() => weeks),
      medium: media.flatMap((medium) => weeks.map(() => medium)),
      sales: media.flatMap(() => weeks.map(() => 1)),
    },
    exposure: {
      week: rows.map(([week]) => week),
      medium: rows.map(([, medium]) => medium),
      campaign: rows.map(([, , campaign]) => campaign),
      reach: rows.map(([, , , reach]) => reach),
      times: rows.map(([, , , , frequency]) => frequency),
    },
  };
};
async function effectiveOf(
  rows: readonly Row[],
  curves: Record<string, Curve | Preset> = { tv: rf },
  { duplicates, kernels = 'wasm' }: { duplicates?: 'sum'; kernels?: 'wasm' | 'js' } = {},
): Promise<Record<string, number>> {
  const engine = await createEngine({ kernels });
  const { allocation } = await engine.fit(tablesOf(rows), model(curves, duplicates));
  return Object.fromEntries(rowsOf(allocation).map((row) => [`${row.campaign} ${row.week}`, row.exposure as number]));
}
const close = (found: Record<string, number>, expected: Record<string, number>) => {
  expect(Object.keys(found).sort()).toEqual(Object.keys(expected).sort());
  for (const key of Object.keys(expected)) {
    expect(Math.abs(found[key] - expected[key]), key).toBeLessThanOrEqual(1e-15 * expected[key]);
  }
};

// S = f / (f + 2): 1/2 and 3/5; sums of reach are 60, 40 and none, their median 50
const deliveries: Row[] = [
  [1, 'tv', 'a', 60, 2],
  [2, 'tv', 'a', 10, 3],
  [2, 'tv', 'b', 30, 2],
];

describe('reach and frequency', () => {
  it('carries over reach times the curve of frequency', async () => {
    // weights 2/3 and 1/3
    const expected = {
      'a 1': ((2 / 3) * 30) / 50,
      'a 2': ((2 / 3) * 6 + (1 / 3) * 30) / 50,
      'a 3': ((1 / 3) * 6) / 50,
      'b 2': ((2 / 3) * 15) / 50,
      'b 3': ((1 / 3) * 15) / 50,
    };
    for (const kernels of ['wasm', 'js'] as const)
      close(await effectiveOf(deliveries, { tv: rf }, { kernels }), expected);
  });

  it('scales nothing by itself in a curve that is written out', async () => {
    const tv: Curve = { saturation: { kind: 'michaelisMenten', halfSaturation: 2, of: 'frequency' } };
    close(await effectiveOf(deliveries, { tv }), { 'a 1': 30, 'a 2': 6, 'b 2': 15 });
    const bySum: Curve = { ...tv, scale: { kind: 'max', from: 'delivered' } };
    close(await effectiveOf(deliveries, { tv: bySum }), { 'a 1': 30 / 60, 'a 2': 6 / 60, 'b 2': 15 / 60 });
    const carried: Curve = { ...tv, scale: 'max', adstock: { kind: 'geometric', decay: 0.5 } };
    // 30, then 21 and 15, then half of both: 36 is the largest
    const found = await effectiveOf(deliveries, { tv: carried });
    close(found, { 'a 1': 30 / 36, 'a 2': 21 / 36, 'b 2': 15 / 36, 'a 3': 10.5 / 36, 'b 3': 7.5 / 36 });
  });

  it('bends every one of many rows by its own frequency', async () => {
    const random = randomOf(29);
    const rows = Array.from({ length: 5001 }, (_, i): Row => [(i % 3) + 1, 'tv', `c${i}`, 1 + random(), random() * 9]);
    const tv: Curve = { saturation: { kind: 'michaelisMenten', halfSaturation: 2, of: 'frequency' } };
    const found = await effectiveOf(rows, { tv });
    expect(Object.keys(found)).toHaveLength(5001);
    for (const [week, , campaign, reach, frequency] of rows) {
      const expected = (reach! * Number(frequency)) / (Number(frequency) + 2);
      expect(Math.abs(found[`${campaign} ${week}`] / expected - 1)).toBeLessThan(1e-14);
    }
  });

  it('stands beside media that have no frequency', async () => {
    const web: Curve = { saturation: { kind: 'michaelisMenten', halfSaturation: 5 }, scale: 'none' };
    const mixed: Row[] = [...deliveries, [1, 'web', 'c', 5, null], [2, 'web', 'c', 15, ''], [3, 'web', 'd', 0, null]];
    close(await effectiveOf(mixed, { tv: rf, web }), {
      ...(await effectiveOf(deliveries)),
      'c 1': 5 / 10,
      'c 2': 15 / 20,
      'd 3': 0,
    });
  });

  it('needs no frequency where nobody was reached', async () => {
    const silent: Row[] = [...deliveries, [3, 'tv', 'c', 0, null]];
    close(await effectiveOf(silent), { ...(await effectiveOf(deliveries)), 'c 3': 0 });
  });

  it('adds up rows of one brick and entity: reach, and contacts over reach', async () => {
    // 20 reached once and 10 four times: 60 contacts among 30
    const parts: Row[] = [
      [1, 'tv', 'a', 20, 1],
      [1, 'tv', 'a', 10, 4],
      [1, 'tv', 'a', 0, null],
    ];
    const whole: Row[] = [[1, 'tv', 'a', 30, 2]];
    const both = (rows: Row[]) => effectiveOf(rows, { tv: rf }, { duplicates: 'sum' });
    expect(await both(parts)).toEqual(await both(whole));
    expect(await both(parts.slice().reverse())).toEqual(await both(whole));
  });

  it('is the same however a campaign is cut, as long as its parts have its frequency', async () => {
    const random = randomOf(17);
    const rows: Row[] = [];
    const cut: Row[] = [];
    for (const week of [1, 2, 3]) {
      for (const campaign of ['a', 'b', 'c']) {
        const [reach, frequency] = [Math.ceil(random() * 1000), 1 + random() * 5];
        const part = reach * random();
        rows.push([week, 'tv', campaign, reach, frequency]);
        if (campaign !== 'b') cut.push([week, 'tv', campaign, reach, frequency]);
        else cut.push([week, 'tv', 'b one', part, frequency], [week, 'tv', 'b two', reach - part, frequency]);
      }
    }
    const before = await effectiveOf(rows, { tv: { ...rf, ec: 1.5, slope: 1.8, max_lag: 4 } as Preset });
    const after = await effectiveOf(cut, { tv: { ...rf, ec: 1.5, slope: 1.8, max_lag: 4 } as Preset });
    expect(Object.keys(after)).toHaveLength(12);
    for (const week of [1, 2, 3]) {
      expect(Math.abs((after[`b one ${week}`] + after[`b two ${week}`]) / before[`b ${week}`] - 1)).toBeLessThan(1e-14);
      for (const other of ['a', 'c']) {
        expect(Math.abs(after[`${other} ${week}`] / before[`${other} ${week}`] - 1)).toBeLessThan(1e-14);
      }
    }
  });

  it('is not the same where the parts have other frequencies than the whole', async () => {
    const cut = deliveries.flatMap((row): Row[] =>
      row[2] === 'b'
        ? [
            [2, 'tv', 'b one', 15, 1],
            [2, 'tv', 'b two', 15, 3],
          ]
        : [row],
    );
    const [before, after] = [await effectiveOf(deliveries), await effectiveOf(cut)];
    expect((after['b one 2'] + after['b two 2']) / before['b 2']).toBeLessThan(0.95);
    expect(Math.abs(after['a 2'] / before['a 2'] - 1)).toBeLessThan(1e-15);
  });

  it('is refused without a frequency, or with one that is none', async () => {
    const refusal = (rows: Row[]) => refusalOf(() => fit(tablesOf(rows), model({ tv: rf })));
    expect(await refusal([...deliveries, [3, 'tv', 'a', 5, null], [3, 'tv', 'b', 5, Number.NaN]])).toEqual([
      'exposure record 4, column times: expected a number, got nothing: its curve saturates frequency',
      'exposure record 5, column times: expected a number, got nothing: its curve saturates frequency',
    ]);
    expect(await refusal([...deliveries, [3, 'tv', 'a', 5, -1], [3, 'tv', 'b', 5, 'often']])).toEqual([
      'exposure record 4, column times: expected a number >= 0, got -1',
      'exposure record 5, column times: expected a number, got "often"',
    ]);
    const { times: _, ...columns } = tablesOf(deliveries).exposure as Record<string, never[]>;
    const without = { ...tablesOf(deliveries), exposure: columns };
    expect(await refusalOf(() => fit(without, model({ tv: rf })))).toEqual([
      'exposure.frequency: expected a column of exposure, got "times". Known: "week", "medium", "campaign", "reach".',
    ]);
  });
});
