import { describe, expect, it } from 'vitest';
import { check, effectiveExposure, fit, type Model, type Tables } from '../../bindings/index.js';
import { refusalOf } from '../support/refusal.js';

const names = { totals: 'totals.csv', exposure: 'delivery.csv', entities: 'doctors.csv' };
const model: Model = {
  totals: { brick: ['territory'], value: 'sales' },
  exposure: { brick: ['territory'], entity: ['doctor'], value: 'visits' },
};

/** One doctor in each territory, in both tables under the names they give it. */
const tablesOf = (totals: readonly string[], exposure: readonly string[]): Tables => ({
  totals: { territory: totals, sales: totals.map(() => 10) },
  exposure: { territory: exposure, doctor: exposure.map((_, i) => `d${i}`), visits: exposure.map(() => 1) },
});
const alone = (totals: string, exposure: string, record = 1) =>
  `delivery.csv, column territory: expected bricks of totals.csv, column territory, such as ${totals} (record 1), got ${exposure} (record ${record}) and none in common`;

describe('tables that share no brick', () => {
  it.each([
    ['00101', '101', 'Set "types": { "territory": "integer" } on totals.'],
    ['101', '101.0', 'Set "types": { "territory": "integer" } on exposure.'],
    [
      '0101',
      '101.0',
      'Set "types": { "territory": "integer" } on totals. Set "types": { "territory": "integer" } on exposure.',
    ],
    ['1,001', '1001', 'Write numbers alike in both tables, digits alone.'],
    ['204', '204 ', 'Take the blanks out of delivery.csv.'],
    [' 204', '204\t', 'Take the blanks out of totals.csv and delivery.csv.'],
    ['A', 'a', 'Write upper and lower case alike in both tables.'],
    ['101', "'101", 'Take the quotes out of delivery.csv.'],
    ['é', 'e\u0301', 'Write letters by the same code points in both tables (Unicode NFC).'],
    ['TV', '\uff34\uff36', 'Write letters by the same code points in both tables (Unicode NFKC).'],
    ['10-20', '10\u201320', 'Write hyphens, underscores and the like alike in both tables.'],
    ['New York', 'New\u00a0York', 'Write the blanks between words alike in both tables, each as one plain space.'],
    ['New York', 'New  York ', 'Write the blanks between words alike in both tables, each as one plain space.'],
    ['204', '204\u200b', 'Take the blanks out of delivery.csv.'],
    ['North-East', 'North East', 'Write hyphens, underscores and the like alike in both tables.'],
    ['2024-01-01', '2024-01-01 00:00:00', 'Set "types": { "territory": "date" } on exposure.'],
    ['01.01.2024', '2024-01-01', 'Set "types": { "territory": "date" } on totals.'],
    ['2024-01-29', '2024-W05', 'Set "types": { "territory": "date" } on exposure.'],
    ['2024-01-01', 'Jan 1, 2024', 'Set "types": { "territory": "date" } on exposure.'],
    ['2024-01-01 07:00:00', '2024-01-01T07:00:00Z', 'Set "types": { "territory": "datetime" } on exposure.'],
    ['2024-01-13', '13/1/2024', 'Set "types": { "territory": { "date": "d/m/y" } } on exposure.'],
    [
      '2024-01-01',
      '1/1/2024',
      'Set "types": { "territory": { "date": "d/m/y" } } on exposure. Or: Set "types": { "territory": { "date": "m/d/y" } } on exposure.',
    ],
    ['A', 'a ', 'Take the blanks out of delivery.csv. Write upper and lower case alike in both tables.'],
  ])('are refused with a key of each and the cure: %j, %j', async (a, b, cure) => {
    const message = `${alone(JSON.stringify(a), JSON.stringify(b))}. ${cure}`;
    for (const job of [check, fit, effectiveExposure]) {
      expect(await refusalOf(() => job(tablesOf([a], [b]), model, { names }))).toEqual([message]);
    }
  });

  it('meet once the cure is taken', async () => {
    const pairs: [string, string][] = [
      ['00101', '101'],
      ['2024-01-01', '2024-01-01 00:00:00'],
      ['2024-01-01', '01.01.2024'],
      ['2024-01-01 07:00:00', '2024-01-01T07:00:00Z'],
      ['2024-01-13', '1/13/2024'],
    ];
    for (const [a, b] of pairs) {
      const [message] = await refusalOf(() => check(tablesOf([a], [b]), model, { names }));
      const [, types, section] = /Set "types": (\{.*\}) on (totals|exposure)\.$/.exec(message)!;
      const side = section as 'totals' | 'exposure';
      const cured = { ...model, [side]: { ...model[side], types: JSON.parse(types) } };
      expect((await check(tablesOf([a], [b]), cured, { names })).unallocated).toBe(0);
    }
  });

  it('are told in words where the column has keys that the type would refuse', async () => {
    expect(await refusalOf(() => check(tablesOf(['101', 'x'], ['00101', 'head office']), model, { names }))).toEqual([
      `${alone('"101"', '"00101"')}. Write numbers alike in both tables, digits alone.`,
    ]);
    expect(await refusalOf(() => check(tablesOf(['2024-01-01'], ['20240101', 'Total']), model, { names }))).toEqual([
      `${alone('"2024-01-01"', '"20240101"')}. Write dates alike in both tables, as "2024-03-01".`,
    ]);
  });

  it('are refused without a cure where none can be guessed', async () => {
    expect(await refusalOf(() => check(tablesOf(['1', '2'], ['north', 'south']), model, { names }))).toEqual([
      alone('"1"', '"north"'),
    ]);
  });

  it('are told by the first pair that belongs together, not by the first rows', async () => {
    const tables = tablesOf(['9', '00101', '00102'], ['x', '102']);
    expect(await refusalOf(() => check(tables, model, { names }))).toEqual([
      'delivery.csv, column territory: expected bricks of totals.csv, column territory, such as "00102" (record 3), got "102" (record 2) and none in common. Set "types": { "territory": "integer" } on totals.',
    ]);
  });

  const wide: Model = {
    totals: { brick: ['medium', 'week'], value: 'sales' },
    exposure: { brick: ['channel', 'day'], entity: ['doctor'], value: 'visits' },
  };
  const wideTables = (totals: [string, string][], exposure: [string, string][]): Tables => ({
    totals: { medium: totals.map(([m]) => m), week: totals.map(([, w]) => w), sales: totals.map(() => 5) },
    exposure: {
      channel: exposure.map(([m]) => m),
      day: exposure.map(([, w]) => w),
      doctor: exposure.map(() => 'd'),
      visits: exposure.map(() => 1),
    },
  });

  it('name the first column that disagrees, by the names of both tables', async () => {
    const tables = wideTables([['tv', '2024-01-01']], [['tv', '20240101']]);
    expect(await refusalOf(() => fit(tables, wide, { names }))).toEqual([
      'delivery.csv, column day: expected bricks of totals.csv, column week, such as "2024-01-01" (record 1), got "20240101" (record 1) and none in common. Set "types": { "day": "date" } on exposure.',
    ]);
  });

  it('are told from tables whose columns meet and never together', async () => {
    const tables = wideTables(
      [
        ['tv', '1'],
        ['web', '2'],
      ],
      [
        ['tv', '2'],
        ['web', '1'],
      ],
    );
    expect(await refusalOf(() => fit(tables, wide, { names }))).toEqual([
      'delivery.csv, columns channel, day: expected a combination that totals.csv has, such as medium "tv", week "1" (record 1), got channel "tv", day "2" (record 1) and no combination in common. Each of these columns has keys of totals.csv, but never together.',
    ]);
  });

  it('are told from columns in another order', async () => {
    const tables = wideTables([['tv', '1']], [['1', 'tv']]);
    expect(await refusalOf(() => fit(tables, wide, { names }))).toEqual([
      'delivery.csv, column channel: expected bricks of totals.csv, column medium, such as "tv" (record 1), got "1" (record 1) and none in common. Such keys stand in column week of totals.csv: name the columns in the same order in both sections.',
    ]);
  });

  it('are refused although a calendar of both would be wrong too, and with all that is wrong besides', async () => {
    const tables = {
      totals: { territory: ['2024-01-01'], sales: [10] },
      exposure: { territory: ['2024-01-01 00:00:00', '2024-01-01 00:00:00'], doctor: ['d', 'd'], visits: [1, 2] },
    };
    const curved: Model = { ...model, effectiveExposure: { time: 'territory', curves: {} } };
    expect(await refusalOf(() => check(tables, curved, { names }))).toEqual([
      'delivery.csv record 2: expected each brick and entity once, got territory "2024-01-01 00:00:00" and doctor "d" again (first in record 1). Set "duplicates": "sum" to add them up.',
      `${alone('"2024-01-01"', '"2024-01-01 00:00:00"')}. Set "types": { "territory": "date" } on exposure.`,
    ]);
  });

  it('are refused by a fit that is to split other bricks, unless carry-over reaches them', async () => {
    const weekly: Model = {
      ...model,
      effectiveExposure: { time: 'territory', curves: { adstock: { kind: 'geometric', decay: 0.5 } } },
    };
    const { allocate } = await fit(tablesOf(['1', '2'], ['1', '2']), weekly);
    const { allocation } = await allocate(tablesOf(['4'], ['3']));
    expect([...allocation.columns.allocation]).toEqual([10]);
    const { allocate: plainly } = await fit(tablesOf(['1', '2'], ['1', '2']), model);
    expect(await refusalOf(() => plainly(tablesOf(['4'], ['3']), { names }))).toEqual([alone('"4"', '"3"')]);
  });
});

describe('an entities table', () => {
  const withEntities: Model = { ...model, entities: { entity: ['doctor'] } };
  const refusal = (doctors: readonly string[], listed: readonly string[]) => {
    const exposure = { territory: doctors.map(() => '1'), doctor: doctors, visits: doctors.map(() => 1) };
    const tables = { totals: { territory: ['1'], sales: [10] }, exposure, entities: { doctor: listed } };
    return refusalOf(() => check(tables, withEntities, { names }));
  };

  it('that shares no entity with exposure is refused once, with the cure', async () => {
    expect(await refusal(['007', '008', '009'], ['7', '8', '9'])).toEqual([
      'delivery.csv, column doctor: expected entities of doctors.csv, column doctor, such as "7" (record 1), got "007" (record 1) and none in common. Set "types": { "doctor": "integer" } on exposure.',
    ]);
    expect(await refusal(['x', 'y'], ['p', 'q'])).toEqual([
      'delivery.csv, column doctor: expected entities of doctors.csv, column doctor, such as "p" (record 1), got "x" (record 1) and none in common',
    ]);
  });

  it('that lacks some is told each of them, with what is written almost the same', async () => {
    expect(await refusal(['7', '008', 'x'], ['7', '8'])).toEqual([
      'delivery.csv record 2: expected an entity of doctors.csv, got doctor "008". "8" is there. Write numbers alike in both tables, digits alone.',
      'delivery.csv record 3: expected an entity of doctors.csv, got doctor "x"',
    ]);
  });
});
