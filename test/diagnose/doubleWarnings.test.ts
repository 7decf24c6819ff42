import { describe, expect, it } from 'vitest';
import { check, effectiveExposure, fit, type Model, type Tables } from '../../bindings/index.js';
import { refusalOf } from '../support/refusal.js';

const names = { totals: 'totals.csv', exposure: 'delivery.csv' };
const ofDoubles = ['total-row', 'repeated-rows', 'several-names', 'several-ids'];

type Row = readonly (string | number)[];
const tableOf = (columns: readonly string[], rows: readonly Row[]) =>
  Object.fromEntries(columns.map((name, c) => [name, rows.map((row) => row[c])]));

/** What a check and a fit say of double counting: the same. */
async function warningsOf(tables: Tables, model: Model) {
  const { warnings } = await check(tables, model, { names });
  const found = warnings.filter(({ code }) => ofDoubles.includes(code));
  const fitted = await fit(tables, model, { names });
  expect(fitted.warnings.filter(({ code }) => ofDoubles.includes(code))).toEqual(found);
  expect((await effectiveExposure(tables, model, { names })).warnings).toEqual(warnings);
  return found.map(({ code, message }) => `${code}: ${message}`);
}

const weekly: Model = {
  totals: { brick: ['week'], value: 'sales' },
  exposure: { brick: ['week'], entity: ['campaign'], value: 'clicks' },
};
const totals = tableOf(
  ['week', 'sales'],
  [
    ['1', 100],
    ['2', 60],
  ],
) as Tables['totals'];
const delivery = (rows: readonly Row[]): Tables => ({
  totals,
  exposure: tableOf(['week', 'campaign', 'clicks'], rows) as Tables['exposure'],
});

describe('total rows', () => {
  const rows: Row[] = [
    ['1', 'brand', 818],
    ['1', 'generic', 1030],
    ['1', 'Total', 1848],
    ['2', 'Total', 1936],
    ['2', 'brand', 683],
    ['2', 'generic', 1253],
  ];

  it('are named with their rows', async () => {
    expect(await warningsOf(delivery(rows), weekly)).toEqual([
      'total-row: campaign "Total" (delivery.csv record 3 and 1 more) has in every brick it is in, 2 in all, what the others have together (2 of them at most), and is called a total: with it everything counts twice. Take its rows out.',
    ]);
  });

  it('are named by their arithmetic, whatever they are called, and not by their name', async () => {
    const renamed = (name: string) => rows.map((row) => row.map((cell) => (cell === 'Total' ? name : cell)));
    expect(await warningsOf(delivery(renamed('overview')), weekly)).toEqual([
      'total-row: campaign "overview" (delivery.csv record 3 and 1 more) has in every brick it is in, 2 in all, what the others have together (2 of them at most), and if it is a total row everything counts twice with it. Take its rows out in that case.',
    ]);
    const off = rows.map((row) => row.map((cell) => (cell === 1936 ? 1937 : cell)));
    expect(await warningsOf(delivery(off), weekly)).toEqual([]);
  });

  it('of ads in their campaign are found beside those of all', async () => {
    const model: Model = { ...weekly, exposure: { ...weekly.exposure, entity: ['campaign', 'ad'] } };
    const ads: Row[] = [
      ['1', 'brand', 'a', 100],
      ['1', 'brand', 'b', 23],
      ['1', 'brand', 'All', 123],
      ['1', 'generic', 'c', 40],
      ['1', 'generic', 'd', 7],
      ['1', 'Total', '', 170],
      ['2', 'brand', 'a', 11],
      ['2', 'brand', 'b', 210],
      ['2', 'brand', 'All', 221],
      ['2', 'generic', 'c', 35],
      ['2', 'generic', 'd', 81],
      ['2', 'Total', '', 337],
    ];
    const tables = { totals, exposure: tableOf(['week', 'campaign', 'ad', 'clicks'], ads) } as Tables;
    expect(await warningsOf(tables, model)).toEqual([
      'total-row: campaign "brand", ad "All" (delivery.csv record 3 and 1 more) has in every brick it is in, 2 in all, what the others of campaign "brand" have together (2 of them at most), and is called a total: with it everything counts twice. Take its rows out.',
      'total-row: campaign "Total", ad "" (delivery.csv record 6 and 1 more) has in every brick it is in, 2 in all, what the others have together (4 of them at most), and is called a total: with it everything counts twice. Take its rows out.',
    ]);
  });

  it('of totals are found too: a region that is all the others', async () => {
    const cells: Row[] = ['1', '2'].flatMap((week, w) => [
      [week, 'north', 10.5 + w],
      [week, 'south', 20.25],
      [week, 'west', 1],
      [week, 'DE', 31.75 + w],
    ]);
    const model: Model = {
      totals: { brick: ['week', 'geo'], value: 'sales' },
      exposure: { brick: ['week', 'geo'], entity: ['campaign'], value: 'clicks' },
    };
    const tables = {
      totals: tableOf(['week', 'geo', 'sales'], cells),
      exposure: tableOf(
        ['week', 'geo', 'campaign', 'clicks'],
        cells.map(([week, geo], r) => [week, geo, 'x', 3 + r]),
      ),
    } as Tables;
    expect(await warningsOf(tables, model)).toEqual([
      'total-row: geo "DE" (totals.csv record 4 and 1 more) has for every week it is in, 2 in all, the sum of the other totals (3 of them at most), and if it is a total row everything counts twice with it. Take its rows out in that case.',
    ]);
    const last = {
      totals: { week: ['1', '2', '3', 'Total'], sales: [10, 20, 5, 35] },
      exposure: delivery(rows.slice(0, 2)).exposure,
    };
    expect(await warningsOf(last, weekly)).toEqual([
      'total-row: week "Total" (totals.csv record 4) has the sum of the other totals (3 of them at most), and is called a total: with it everything counts twice. Take its rows out.',
    ]);
    const chance = {
      totals: { week: ['1', '2', '3'], sales: [10, 20, 30] },
      exposure: delivery(rows.slice(0, 2)).exposure,
    };
    expect(await warningsOf(chance, weekly)).toEqual([]);
  });
});

describe('rows of two exports that overlap', () => {
  const rows: Row[] = [
    ['1', 'brand', 818],
    ['1', 'generic', 1030],
    ['2', 'brand', 683],
    ['2', 'generic', 1253],
    ['2', 'brand', 683],
    ['2', 'generic', 1253],
  ];
  const added: Model = { ...weekly, exposure: { ...weekly.exposure, duplicates: 'sum' } };

  it('are named where they are added up', async () => {
    expect(await warningsOf(delivery(rows), added)).toEqual([
      'repeated-rows: 2 of 6 rows of exposure say again what an earlier row of the same brick and entity says, as in two exports that overlap: delivery.csv record 5 (as record 3); delivery.csv record 6 (as record 4). They count twice. Take them out if they are no rows of their own.',
    ]);
    const different = rows.map((row, r) => (r < 4 ? row : [row[0], row[1], Number(row[2]) + 1]));
    expect(await warningsOf(delivery(different), added)).toEqual([]);
  });

  it('are not told to be added up where they are refused', async () => {
    expect(await refusalOf(() => check(delivery(rows.slice(0, 5)), weekly, { names }))).toEqual([
      'delivery.csv record 5: expected each brick and entity once, got week "2" and campaign "brand" again with the same value (as record 3). Take it out if both are one row, as in exports that overlap: "duplicates": "sum" would count it twice.',
    ]);
  });
});

describe('ids and names that do not go together', () => {
  const model: Model = {
    ...weekly,
    exposure: { ...weekly.exposure, entity: ['medium', 'campaign_id', 'campaign_name'] },
  };
  const columns = ['week', 'medium', 'campaign_id', 'campaign_name', 'clicks'];
  const tablesOf = (rows: readonly Row[]) => ({ totals, exposure: tableOf(columns, rows) }) as Tables;

  it('are named: one id with two names, one name with two ids', async () => {
    const rows: Row[] = [
      ['1', 'tv', '700', 'Brand', 5],
      ['1', 'tv', '701', 'Generic', 6],
      ['2', 'tv', '700', 'Brand 2024', 7],
      ['2', 'tv', '702', 'Generic', 8],
      ['2', 'web', '701', 'Other', 9],
    ];
    expect(await warningsOf(tablesOf(rows), model)).toEqual([
      'several-names: campaign_id "700" stands with 2 values of campaign_name, "Brand" (delivery.csv record 1); "Brand 2024" (delivery.csv record 3): each is an entity of its own. If it was renamed, give it one campaign_name, or leave campaign_name out of exposure.entity.',
      'several-ids: campaign_name "Generic" stands with 2 values of campaign_id, "701" (delivery.csv record 2); "702" (delivery.csv record 4): each is an entity of its own. If they are one, give them one campaign_id, or leave campaign_id out of exposure.entity.',
    ]);
  });

  it('are not named where they do', async () => {
    const rows: Row[] = [
      ['1', 'tv', '700', 'Brand', 5],
      ['1', 'web', '700', 'Video', 6],
      ['2', 'tv', '700', 'Brand', 7],
    ];
    expect(await warningsOf(tablesOf(rows), model)).toEqual([]);
  });
});

describe('entities written in two ways', () => {
  it('are named: blanks, case and zeros tell no two things apart', async () => {
    const rows: Row[] = [
      ['1', 'brand', 5],
      ['1', 'Generic', 6],
      ['2', 'brand ', 7],
      ['2', 'generic', 8],
      ['2', 'gen-eric', 9],
      ['2', 'gen eric', 4],
    ];
    const { warnings } = await check(delivery(rows), weekly, { names });
    expect(warnings).toEqual([
      {
        code: 'near-keys',
        message:
          'column campaign: "brand" (delivery.csv record 1) and "brand " (delivery.csv record 3) differ in writing alone, and so do 1 more, so they are two entities. Write them alike if they are one.',
      },
    ]);
  });
});
