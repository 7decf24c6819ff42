import { describe, expect, it } from 'vitest';
import { check, effectiveExposure, fit, fitJson, type Model, summarize, type Tables } from '../../bindings/index.js';

const names = { totals: 'totals.csv', exposure: 'delivery.csv' };
const model: Model = {
  totals: { brick: ['week'], value: 'sales' },
  exposure: { brick: ['week'], entity: ['ad'], value: 'views' },
};
const tablesOf = (totals: Record<string, number>, exposure: readonly [string, string, number][]): Tables => ({
  totals: { week: Object.keys(totals), sales: Object.values(totals) },
  exposure: {
    week: exposure.map(([week]) => week),
    ad: exposure.map(([, ad]) => ad),
    views: exposure.map(([, , views]) => views),
  },
});

const ofKeys = ['unallocated', 'exposure-without-total', 'near-keys'];
/** What a fit, its JSON, its summary, a check and the exposure alone say of keys; the same everywhere. */
async function warningsOf(tables: Tables, config = model) {
  const fitted = await fit(tables, config, { names });
  const found = fitted.warnings.filter(({ code }) => ofKeys.includes(code));
  const { warnings } = await check(tables, config, { names });
  expect(warnings.filter(({ code }) => ofKeys.includes(code))).toEqual(found);
  expect((await effectiveExposure(tables, config, { names })).warnings).toEqual(warnings);
  expect(fitJson(fitted).warnings).toEqual(fitted.warnings);
  for (const { code, message } of found) expect(summarize(fitted)).toContain(`\n  ${code}: ${message}\n`);
  return found.map(({ code, message }) => `${code}: ${message}`);
}

describe('keys of which a part is missing', () => {
  it('are told on both sides, with counts, sums and examples', async () => {
    const totals = { a: 10, b: 20.5, c: 30, d: 40, e: 50, f: 60 };
    const exposure: [string, string, number][] = ['a', 'u', 'v', 'w', 'x', 'u'].map((week, i) => [week, `ad ${i}`, 2]);
    expect(await warningsOf(tablesOf(totals, exposure))).toEqual([
      'unallocated: 5 of 6 bricks with a total (sum 200.5 of 210.5) have no exposure: week "b"; week "c"; week "d" and 2 more. Kept apart in the unallocated table.',
      'exposure-without-total: 5 of 6 rows of exposure are of 4 bricks without a total: week "u"; week "v"; week "w" and 1 more. Not allocated, and nothing carries over from there.',
    ]);
    expect(await check(tablesOf(totals, exposure), model)).toMatchObject({
      bricks: 6,
      unallocated: 5,
      exposureWithoutTotal: 5,
      sums: { totals: 210.5, unallocated: 200.5 },
    });
  });

  it('are not told where every key meets, nor of a total of zero, which needs nobody', async () => {
    expect(await warningsOf(tablesOf({ a: 1, b: 0 }, [['a', 'x', 1]]))).toEqual([]);
    const { warnings, sums } = await check(tablesOf({ a: 1 }, [['a', 'x', 1]]), model);
    expect([warnings, sums]).toEqual([[], { totals: 1, unallocated: 0 }]);
  });

  it('count a row of 0 as none', async () => {
    expect(
      await warningsOf(
        tablesOf({ a: 1, b: 2 }, [
          ['a', 'x', 1],
          ['b', 'x', 0],
        ]),
      ),
    ).toEqual([
      'unallocated: 1 of 2 bricks with a total (sum 2 of 3) has no exposure: week "b". Kept apart in the unallocated table.',
    ]);
  });

  it('say what differs in writing alone, with the cure', async () => {
    const tables = tablesOf({ '2024-01-01': 10, '2024-01-08': 20, '2024-01-15': 30 }, [
      ['2024-01-01', 'x', 1],
      ['2024-01-08 00:00:00', 'x', 1],
      ['2024-01-15 00:00:00', 'x', 1],
    ]);
    expect((await warningsOf(tables))[2]).toBe(
      'near-keys: column week: "2024-01-08 00:00:00" (delivery.csv record 2) and "2024-01-08" (totals.csv record 2) differ in writing alone, and so do 1 more, so they are two keys. Set "types": { "week": "date" } on exposure.',
    );
  });

  it('see that a key has another spelling beside the one that meets', async () => {
    const tables = tablesOf({ tv: 10 }, [
      ['tv', 'x', 1],
      ['TV', 'y', 1],
    ]);
    expect((await warningsOf(tables))[1]).toBe(
      'near-keys: column week: "TV" (delivery.csv record 2) and "tv" (totals.csv record 1) differ in writing alone, so they are two keys. Write upper and lower case alike in both tables.',
    );
    const both = tablesOf({ tv: 10, TV: 5 }, [
      ['tv', 'x', 1],
      ['TV', 'y', 1],
    ]);
    expect(await warningsOf(both)).toEqual([]);
  });
});

describe('exposure in bricks without a total', () => {
  const weekly = (curves: NonNullable<Model['effectiveExposure']>['curves'], by?: string[]): Model => ({
    ...model,
    exposure: { ...model.exposure, entity: ['medium', 'ad'] },
    effectiveExposure: { time: 'week', curves, ...(by && { by }) },
  });
  const rows: [string, string, string, number][] = [
    ['1', 'tv', 'x', 5],
    ['1', 'web', 'y', 6],
    ['2', 'tv', 'x', 3],
    ['3', 'tv', 'x', 4],
    ['3', 'web', 'y', 2],
    ['4', 'tv', 'x', 1],
  ];
  const tables: Tables = {
    totals: { week: ['2', '3'], sales: [10, 20] },
    exposure: {
      week: rows.map(([week]) => week),
      medium: rows.map(([, medium]) => medium),
      ad: rows.map(([, , ad]) => ad),
      views: rows.map(([, , , views]) => views),
    },
  };
  const geometric = { adstock: { kind: 'geometric', decay: 0.5 } } as const;
  const of = 'exposure-without-total: 3 of 6 rows of exposure are of 2 bricks without a total: week "1"; week "4".';

  it.each([
    ['without adstock', weekly({}), 'Not allocated, and nothing carries over from there.'],
    [
      'with adstock, what comes before a total',
      weekly(geometric),
      'Not allocated; adstock carries 2 of them over to totals.',
    ],
    [
      'with the adstock of one medium',
      weekly({ tv: geometric, web: {} }, ['medium']),
      'Not allocated; adstock carries 1 of them over to totals.',
    ],
    [
      'with an adstock that leads',
      weekly({ adstock: { kind: 'kernel', weights: [0.2, 1], lead: 1 } }),
      'Not allocated; adstock carries them over to totals.',
    ],
  ])('is history only where adstock carries it to a total: %s', async (_, config, words) => {
    expect(await warningsOf(tables, config)).toEqual([`${of} ${words}`]);
  });
});
