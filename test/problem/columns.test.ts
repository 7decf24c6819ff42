import * as arrow from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { check, fit, type Model, type Table, type Tables, toCsv } from '../../bindings/index.js';
import { randomOf } from '../support/kernels.js';
import { refusalOf } from '../support/refusal.js';

const model: Model = {
  totals: { brick: ['medium', 'week'], value: 'sales', where: { run: '7' } },
  exposure: { brick: ['medium', 'week'], entity: ['medium', 'campaign'], value: 'clicks' },
};

// 2 media, 9 weeks, 3 campaigns each, whole numbers throughout, so that every kind of column can hold them; the totals
// of other runs are left out by `where`
const random = randomOf(3);
const whole = (most: number) => Math.floor(random() * most);
const media = ['tv', 'radio'];
const weeks = Array.from({ length: 9 }, (_, i) => i + 1);
const bricks = media.flatMap((medium) => weeks.map((week) => ({ medium, week })));
const totals = bricks.flatMap((brick) => [
  { ...brick, run: 6, sales: 1 },
  { ...brick, run: 7, sales: whole(1000) },
]);
const exposure = bricks.flatMap((brick) =>
  [11, 12, 13].filter(() => random() < 0.8).map((campaign) => ({ ...brick, campaign, clicks: whole(50) })),
);

type Row = Record<string, string | number>;
const columnsOf = <C>(rows: readonly Row[], make: (cells: (string | number)[], name: string) => C): Record<string, C> =>
  Object.fromEntries(
    Object.keys(rows[0]).map((name) => [
      name,
      make(
        rows.map((row) => row[name]),
        name,
      ),
    ]),
  );

const dictionary = (cells: readonly (string | number)[]) => {
  const values = [...new Set(cells.map(String))].reverse();
  return { codes: cells.map((cell) => values.indexOf(String(cell))), values };
};
const isValue = (name: string) => name === 'sales' || name === 'clicks';
const numbers = (cells: readonly (string | number)[]) => cells.map(Number);
const words = (cells: readonly (string | number)[]) => typeof cells[0] === 'string';

const arrowTable = (rows: readonly Row[]) =>
  new arrow.Table(
    columnsOf(rows, (cells, name): arrow.Vector => {
      if (isValue(name)) return arrow.vectorFromArray(numbers(cells), new arrow.Float64());
      if (name === 'week') return arrow.vectorFromArray(numbers(cells), new arrow.Int32());
      if (name === 'run') return arrow.vectorFromArray(numbers(cells).map(BigInt), new arrow.Int64());
      if (name === 'campaign') return arrow.vectorFromArray(cells.map(String), new arrow.Utf8());
      return arrow.vectorFromArray(cells.map(String)); // text becomes a dictionary
    }),
  );

// two record batches, as a reader of files gives them
const batched = (rows: readonly Row[]) => {
  const half = Math.floor(rows.length / 2);
  return arrowTable(rows.slice(0, half)).concat(arrowTable(rows.slice(half)));
};

const kinds: Record<string, (rows: readonly Row[]) => Table> = {
  'arrays of what there is': (rows) => columnsOf(rows, (cells) => cells),
  'arrays of text': (rows) => columnsOf(rows, (cells) => cells.map(String)),
  'big integers': (rows) => columnsOf(rows, (cells) => (words(cells) ? cells : cells.map(BigInt)) as never),
  'typed arrays': (rows) =>
    columnsOf(rows, (cells, name) =>
      words(cells)
        ? (cells as string[])
        : isValue(name)
          ? Float64Array.from(numbers(cells))
          : Uint8Array.from(numbers(cells)),
    ),
  'typed arrays of 64-bit integers': (rows) =>
    columnsOf(rows, (cells) => (words(cells) ? (cells as string[]) : BigInt64Array.from(numbers(cells).map(BigInt)))),
  'figures of other widths': (rows) =>
    columnsOf(rows, (cells, name) =>
      words(cells)
        ? (cells as string[])
        : isValue(name)
          ? Float32Array.from(numbers(cells))
          : Int16Array.from(numbers(cells)),
    ),
  dictionaries: (rows) => columnsOf(rows, dictionary),
  'typed codes of dictionaries': (rows) =>
    columnsOf(rows, (cells) => {
      const { codes, values } = dictionary(cells);
      return { codes: Uint16Array.from(codes), values: [...values, 'not used', 'not used'] };
    }),
  'a Map': (rows) => new Map(Object.entries(columnsOf(rows, (cells) => cells))),
  'an object without a prototype': (rows) =>
    Object.assign(
      Object.create(null),
      columnsOf(rows, (cells) => cells),
    ),
  'an Arrow table': arrowTable,
  'an Arrow table of two batches': batched,
};

const resultOf = async (tables: Tables) => {
  const result = await fit(tables, model, { kernels: 'js' });
  return [result.allocation, result.entities, result.unallocated, result.components]
    .map((table) => toCsv(table))
    .join('');
};

describe('the same data', () => {
  for (const [name, make] of Object.entries(kinds)) {
    it(`give the same result from ${name}`, async () => {
      const expected = await resultOf({
        totals: kinds['arrays of text'](totals),
        exposure: kinds['arrays of text'](exposure),
      });
      expect(expected.split('\n').length).toBeGreaterThan(50);
      expect(await resultOf({ totals: make(totals), exposure: make(exposure) })).toBe(expected);
    });
  }

  it('give the same result when one table has numbers and the other their text', async () => {
    const expected = await resultOf({
      totals: kinds['arrays of text'](totals),
      exposure: kinds['arrays of text'](exposure),
    });
    expect(await resultOf({ totals: arrowTable(totals), exposure: kinds['arrays of text'](exposure) })).toBe(expected);
    expect(await resultOf({ totals: kinds.dictionaries(totals), exposure: kinds['typed arrays'](exposure) })).toBe(
      expected,
    );
  });
});

describe('keys given as numbers', () => {
  const keys = (week: unknown, other: unknown) =>
    check(
      {
        totals: { week: ['both', other], y: [1, 1] } as never,
        exposure: { week: ['both', week], e: ['a', 'a'], x: [1, 1] } as never,
      },
      { totals: { brick: ['week'], value: 'y' }, exposure: { brick: ['week'], entity: ['e'], value: 'x' } },
    ).then(({ unallocated }) => unallocated === 0);

  it('equal their text, and no other spelling of it', async () => {
    expect(await keys(1, '1')).toBe(true);
    expect(await keys(1n, '1')).toBe(true);
    expect(await keys(-0, '0')).toBe(true);
    expect(await keys(true, 'true')).toBe(true);
    expect(await keys(9007199254740993n, '9007199254740993')).toBe(true);
    expect(await keys(1, '01')).toBe(false);
    expect(await keys('1', '1.0')).toBe(false);
  });
});

describe('Arrow columns', () => {
  const tablesWith = (week: arrow.Vector): Tables => ({
    totals: new arrow.Table({ week, y: arrow.vectorFromArray([1, 2], new arrow.Float64()) }),
    exposure: { week: ['1', '2'], e: ['a', 'a'], x: [1, 1] },
  });
  const config: Model = {
    totals: { brick: ['week'], value: 'y' },
    exposure: { brick: ['week'], entity: ['e'], value: 'x' },
  };
  const refusal = (week: arrow.Vector) => refusalOf(() => check(tablesWith(week), config));
  const expected = 'totals, column week: expected text or whole numbers as keys, got';

  it('are refused as keys where they hold floating-point numbers, whole or not', async () => {
    const floats = arrow.vectorFromArray([1, 2], new arrow.Float32());
    expect(await refusal(floats)).toEqual([`${expected} floating-point numbers`]);
    const coded = arrow.vectorFromArray([1, 2], new arrow.Dictionary(new arrow.Float64(), new arrow.Int32()));
    expect(await refusal(coded)).toEqual([`${expected} floating-point numbers`]);
  });

  it('are refused as keys where Arrow gives a count of milliseconds for a date', async () => {
    const dates = arrow.vectorFromArray([new Date(0), new Date(7 * 86400000)], new arrow.DateDay());
    expect(await refusal(dates)).toEqual([
      `${expected} Date32<DAY>. Set "types": { "week": "date" }, or cast the column to text.`,
    ]);
    const times = arrow.vectorFromArray([0, 1], new arrow.TimestampMillisecond());
    expect(await refusal(times)).toEqual([
      `${expected} Timestamp<MILLISECOND>. Set "types": { "week": "date" }, or cast the column to text.`,
    ]);
  });

  it('are refused where they are null, by record', async () => {
    const missing = arrow.vectorFromArray(['1', null]);
    expect(await refusal(missing)).toEqual([
      'totals record 2, column week: expected text or a whole number, got nothing',
    ]);
  });
});
