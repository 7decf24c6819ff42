import * as arrow from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import type { NumberMarks } from '../../bindings/base/numbers/grammar.js';
import { parseModel } from '../../bindings/config/parse.js';
import { check, fit, type KeyType, type Model, type Table } from '../../bindings/index.js';
import { type Misread, openKeyReader, textOfMilliseconds } from '../../bindings/tables/keyTypes.js';
import { refusalOf } from '../support/refusal.js';
import { words } from '../support/simulations.js';

type Types = Record<string, KeyType>;
const modelWith = (ofTotals?: Types, ofExposure = ofTotals): Model => ({
  totals: { brick: ['week'], value: 'sales', types: ofTotals },
  exposure: { brick: ['week'], entity: ['campaign'], value: 'clicks', types: ofExposure },
});
const exposureOf = (week: unknown): Table => ({ week, campaign: ['a', 'b'], clicks: [3, 4] }) as Table;
const totalsOf = (week: unknown): Table => ({ week, sales: [100, 60] }) as Table;

/** The keys of the bricks that two columns of weeks make: all of them have a total and exposure. */
const weeksOf = async (totals: unknown, exposure: unknown, model: Model) => {
  const { allocation, unallocated } = await fit(
    { totals: totalsOf(totals), exposure: exposureOf(exposure) },
    { ...model, model: { pooling: { kind: 'gamma', spread: 0 } } },
    { kernels: 'js' },
  );
  expect(unallocated.rows).toBe(0);
  return words(allocation, 'week');
};
const refusal = (week: unknown, type?: KeyType) =>
  refusalOf(() =>
    check(
      { totals: totalsOf(week), exposure: exposureOf(['2024-01-01', '2024-01-08']) },
      modelWith(type && { week: type }, {}),
      { kernels: 'js' },
    ),
  );

const iso = ['2024-01-01', '2024-01-08'];

describe('keys that are dates', () => {
  it.each([
    ['midnights', ['2024-01-01 00:00:00', '2024-01-08T00:00:00Z'], 'date'],
    ['nanoseconds', ['2024-01-01T00:00:00.000000000', '2024-01-08T00:00:00.000000000'], 'date'],
    ['BigQuery', ['2024-01-01 00:00:00 UTC', '2024-01-08 00:00:00 UTC'], 'date'],
    ['eight digits', ['20240101', '20240108'], 'date'],
    ['eight digits as numbers', Int32Array.of(20240101, 20240108), 'date'],
    ['points', ['01.01.2024', '8.1.2024'], 'date'],
    ['names of months', ['Jan 1, 2024', '8 January 2024'], 'date'],
    ['ISO weeks', ['2024-W01', '2024W02'], 'date'],
    ['ranges', ['2024-01-01 - 2024-01-07', '2024-01-08 - 2024-01-10'], 'date'],
    ['weeks as six digits', ['202401', '202402'], { date: 'yyyyww' }],
    ['weeks as numbers', [202401, 202402], { date: 'yyyyww' }],
    ['the month last', ['1/1/2024', '08/01/2024'], { date: 'd/m/y' }],
    ['the month first', ['1/1/2024', '01/08/2024'], { date: 'm/d/y' }],
    ['Excel', ['45292', '45299.0'], { date: 'excel' }],
    ['Excel as floats', Float64Array.of(45292, 45299), { date: 'excel' }],
    ['big integers', [20240101n, 20240108n], 'date'],
    ['Date objects', [new Date('2024-01-01'), new Date('2024-01-08')], 'date'],
    ['dictionaries', { codes: [0, 1], values: ['2024/1/1', '2024/1/8'] }, 'date'],
  ] as [string, unknown, KeyType][])('meet ISO dates where they are written as %s', async (_, week, type) => {
    expect(await weeksOf(week, iso, modelWith({ week: type }, {}))).toEqual(iso);
    expect(await weeksOf(iso, week, modelWith({}, { week: type }))).toEqual(iso);
  });

  it('are read of Arrow columns of dates and of timestamps', async () => {
    const dates = [new Date('2024-01-01'), new Date('2024-01-08')];
    for (const type of [new arrow.DateDay(), new arrow.DateMillisecond(), new arrow.TimestampMillisecond()])
      expect(await weeksOf(arrow.vectorFromArray(dates, type), iso, modelWith({ week: 'date' }))).toEqual(iso);
    const micro = arrow.vectorFromArray(dates, new arrow.TimestampMicrosecond());
    expect(await weeksOf(micro, iso, modelWith({ week: 'date' }))).toEqual(iso);
  });

  it('are read of Temporal objects, of whatever calendar', async () => {
    const temporal = (kind: string, text: string) => ({
      [Symbol.toStringTag]: `Temporal.${kind}`,
      toString: () => text,
    });
    const days = [temporal('PlainDate', '2024-01-01'), temporal('PlainDate', '2024-01-08[u-ca=hebrew]')];
    expect(await weeksOf(days, iso, modelWith({ week: 'date' }))).toEqual(iso);
    const moments = [temporal('PlainDateTime', '2024-01-01T00:00:00'), temporal('Instant', '2024-01-08T00:00:00Z')];
    expect(await weeksOf(moments, iso, modelWith({ week: 'date' }))).toEqual(iso);
  });

  it('are read in every table and both kinds of key', async () => {
    const model: Model = {
      totals: { brick: ['day'], value: 'sales', types: { day: 'date' } },
      exposure: {
        brick: ['week'],
        entity: ['start'],
        value: 'clicks',
        types: { week: 'date', start: { date: 'd/m/y' } },
      },
      entities: { entity: ['began'], types: { began: 'date' } },
      model: { pooling: { kind: 'gamma', groups: ['kind'] } },
    };
    const { allocation, unallocated } = await fit(
      {
        totals: { day: ['Jan 1, 2024'], sales: [10] },
        exposure: { week: ['20240101', '2024-01-01'], start: ['1/2/2024', '2/2/2024'], clicks: [1, 1] },
        entities: { began: ['2024-02-02', '2024-02-01'], kind: ['x', 'y'] },
      },
      model,
      { kernels: 'js' },
    );
    expect([words(allocation, 'day'), words(allocation, 'start')]).toEqual([
      ['2024-01-01', '2024-01-01'],
      ['2024-02-01', '2024-02-02'],
    ]);
    expect(unallocated.rows).toBe(0);
  });

  it('make a calendar, over the end of a year of 53 weeks', async () => {
    const weeks = ['202052', '202053', '202101', '202102'];
    const model: Model = {
      totals: { brick: ['week'], value: 'y', types: { week: { date: 'yyyyww' } } },
      exposure: { brick: ['week'], entity: ['e'], value: 'x', types: { week: { date: 'yyyyww' } } },
      effectiveExposure: { time: 'week', curves: { adstock: { kind: 'geometric', decay: 0.5 } } },
      model: { pooling: { kind: 'gamma', spread: 0 } },
    };
    const { allocation } = await fit(
      { totals: { week: weeks, y: [1, 1, 1, 1] }, exposure: { week: weeks, e: ['a', 'a', 'a', 'a'], x: [8, 0, 0, 0] } },
      model,
      { kernels: 'js' },
    );
    expect([...allocation.columns.exposure]).toEqual([8, 4, 2, 1]);
    expect(words(allocation, 'week')).toEqual(['2020-12-21', '2020-12-28', '2021-01-04', '2021-01-11']);
  });
});

describe('keys that are whole numbers', () => {
  const numbers = modelWith({ week: 'integer' });
  it.each([
    ['leading zeros', ['00101', '0102']],
    ['points', ['101.0', '102.']],
    ['signs', ['+101', '102']],
    ['floats', Float64Array.of(101, 102)],
    ['integers', [101, 102n]],
  ])('meet with %s', async (_, week) => {
    expect(await weeksOf(week, ['101', '102'], numbers)).toEqual(['101', '102']);
  });

  it('keep their sign, every digit, and have one zero', () => {
    const { read } = openKeyReader('id', 'integer', {})!;
    expect(['-007', '-0', '000', '98765432109876543210'].map(read)).toEqual(['-7', '0', '0', '98765432109876543210']);
    expect(openKeyReader('id', 'integer', { decimal: ',' })!.read('7,0')).toBe('7');
  });

  it.each([
    ['1.5', ''],
    ['1e3', ''],
    [
      '1,000',
      '. Remove the thousands separator or set "thousands": ",". If it is the decimal mark, set "decimal": ",".',
    ],
    [' 7', '. Remove the spaces.'],
    ['N', ''],
  ])('are not %j', async (text, cure) => {
    expect(await refusal([text, '1'], 'integer')).toEqual([
      `totals record 1, column week: expected a whole number, got ${JSON.stringify(text)}${cure}`,
    ]);
  });

  it.each([
    ['7.000', {}, null],
    ['7.000', { decimal: ',' }, null],
    ['7,000', { decimal: ',' }, null],
    ['-123.000', {}, null],
    ['7.000', { thousands: ',' }, '7'],
    ['7.000', { decimal: ',', thousands: '.' }, '7000'],
    ['1.234.567', { decimal: ',', thousands: '.' }, '1234567'],
    ['1.234.567,00', { decimal: ',', thousands: '.' }, '1234567'],
    ['-1\u00a0234', { thousands: ' ' }, '-1234'],
    ['7,00', { decimal: ',', thousands: '.' }, '7'],
    ['0.000', {}, '0'],
    ['1234.000', {}, '1234'],
    ['7.0000', {}, '7'],
    ['12.34.567', { decimal: ',', thousands: '.' }, null],
    ['1.234', { thousands: ',' }, null],
    ['7.5', { decimal: ',', thousands: '.' }, null],
  ] as const)('%j under %j: %j', (text, marks, whole) => {
    const found = openKeyReader('id', 'integer', marks)!.read(text);
    expect(typeof found === 'string' ? found : null).toBe(whole);
  });

  it('with thousands are refused in words that say what to do', async () => {
    const cureOf = (text: string, marks: NumberMarks) =>
      (openKeyReader('id', 'integer', marks)!.read(text) as Misread).cure;
    const either = 'Remove the thousands separator, or the zeros if it is the decimal mark.';
    expect(cureOf('7.000', {})).toBe(either);
    expect(cureOf('7,000', { decimal: ',' })).toBe(either);
    const point =
      'Remove the thousands separator or set "thousands": ".". If it is the decimal mark, set "decimal": ".".';
    expect(cureOf('7.000', { decimal: ',' })).toBe(point);
    expect(cureOf("1'234'567", {})).toBe('Remove the thousands separator or set "thousands": "\'".');
  });

  it('are read by the marks of their own table', async () => {
    const model = {
      ...modelWith({ week: 'integer' }),
      exposure: { ...modelWith({ week: 'integer' }).exposure, thousands: ',' as const },
    };
    expect(await weeksOf(['1001', '1002'], ['1,001', '1,002'], model)).toEqual(['1001', '1002']);
  });
});

describe('parts of a second', () => {
  const none = 'totals record 1, column week: expected';
  it('are a time of day, and no key of a second', async () => {
    const [first, ...others] = ['2024-01-01 00:00:00.5', '2024-01-01T00:00:00.001Z', '2024-01-01 00:00:00.000001'];
    for (const text of [first, ...others]) {
      expect(await refusal([text, '2024-01-08'], 'date')).toEqual([
        `${none} a date without a time of day, got "${text}". Set "types": { "week": "datetime" } if keys are of hours.`,
      ]);
      expect(await refusal([text, '2024-01-08'], 'datetime')).toEqual([
        `${none} a date and time like "2024-03-01 07:00:00", got "${text}". Write whole seconds.`,
      ]);
    }
    expect(await refusal(['2024-01-01 00:00:00.000', '2024-01-08'], 'date')).toEqual([]);
    expect(await refusal([new Date('2024-01-01T00:00:00.250Z'), new Date('2024-01-08')], 'date')).toHaveLength(1);
  });
});

describe('keys that are hours', () => {
  it('become ISO date-times, as a database writes them', async () => {
    const hours = ['2024-01-01 07:00:00', '2024-01-01 08:00:00'];
    const written = ['2024-01-01T07:00Z', 'Jan 1, 2024 8:00 AM'];
    expect(await weeksOf(written, hours, modelWith({ week: 'datetime' }))).toEqual(hours);
    const us = ['1/2/2024 7:00 AM', '1/2/2024 19:00'];
    expect(await weeksOf(us, us, modelWith({ week: { datetime: 'm/d/y' } }))).toEqual([
      '2024-01-02 07:00:00',
      '2024-01-02 19:00:00',
    ]);
    expect(await weeksOf(iso, iso, modelWith({ week: 'datetime' }))).toEqual(iso.map((day) => `${day} 00:00:00`));
  });

  it.each([
    ['2024-W01', 'datetime', 'expected a date and time like "2024-03-01 07:00:00", got "2024-W01"'],
    [
      '2024-01-01 07:00:00.5',
      'datetime',
      'expected a date and time like "2024-03-01 07:00:00", got "2024-01-01 07:00:00.5". Write whole seconds.',
    ],
    [
      '1/2/2024 7:00',
      'datetime',
      'expected a date and time like "2024-03-01 07:00:00", got "1/2/2024 7:00". Say which comes first, the day or the month: "types": { "week": { "datetime": "d/m/y" } } or "types": { "week": { "datetime": "m/d/y" } }.',
    ],
    [
      '202401',
      'datetime',
      'expected a date and time like "2024-03-01 07:00:00", got "202401". Write dates as "2024-03-01".',
    ],
    [
      '2024-01-01 07:00:00',
      'date',
      'expected a date without a time of day, got "2024-01-01 07:00:00". Set "types": { "week": "datetime" } if keys are of hours.',
    ],
  ] as [string, KeyType, string][])('%s as %j is refused', async (text, type, problem) => {
    expect(await refusal([text, '2024-01-08'], type)).toEqual([`totals record 1, column week: ${problem}`]);
  });
});

describe('a key of a type refuses', () => {
  const date = 'expected a date like "2024-03-01", got';
  it.each([
    [
      '5/1/2024',
      'date',
      `${date} "5/1/2024". Say which comes first, the day or the month: "types": { "week": { "date": "d/m/y" } } or "types": { "week": { "date": "m/d/y" } }.`,
    ],
    [
      '202405',
      'date',
      `${date} "202405". Set "types": { "week": { "date": "yyyyww" } } if these are ISO weeks, "types": { "week": { "date": "yyyymm" } } if they are months.`,
    ],
    [
      '45292',
      'date',
      `${date} "45292". Set "types": { "week": { "date": "excel" } } if these are Excel's numbers of days.`,
    ],
    ['13/1/2024', { date: 'm/d/y' }, `${date} "13/1/2024". The calendar has nothing of that name.`],
    ['', 'date', `${date} nothing. Write dates as "2024-03-01".`],
    [null, 'date', 'expected text or a whole number, got nothing'],
    [true, 'date', 'expected text or a whole number, got true'],
    [Number.NaN, 'date', 'expected text or a whole number, got NaN'],
    ['2024-01', 'date', null],
    [
      new Date('2024-01-01T07:00Z'),
      'date',
      'expected a date without a time of day, got a Date (2024-01-01 07:00:00 in UTC). Set "types": { "week": "datetime" } if keys are of hours.',
    ],
    [new Date(Number.NaN), 'date', 'expected text or a whole number, got a Date (invalid in UTC)'],
    [
      new Date('2024-01-01'),
      undefined,
      'expected text or a whole number, got a Date (2024-01-01 in UTC). Set "types": { "week": "date" } to read dates.',
    ],
  ] as [unknown, KeyType | undefined, string | null][])('%s as %j', async (cell, type, problem) => {
    const months = cell === '2024-01';
    const said = months
      ? 'record 2, column week: expected a month like "2024-01", got "2024-01-08". Write all of them in one way.'
      : `record 1, column week: ${problem}`;
    expect(await refusal([cell, '2024-01-08'], type)).toEqual([`totals ${said}`]);
  });

  it('ranges that overlap', async () => {
    expect(await refusal(['2024-01-01 - 2024-01-07', '2024-01-05 - 2024-01-11'], 'date')).toEqual([
      'totals, column week: expected ranges that do not overlap, got "2024-01-01 - 2024-01-07" and "2024-01-05 - 2024-01-11"',
    ]);
    expect(await refusal(['2024-01-01 - 2024-01-01', '2024-01-01 - 2024-01-07'], 'date')).toEqual([
      'totals, column week: expected ranges that do not overlap, got "2024-01-01 - 2024-01-01" and "2024-01-01 - 2024-01-07"',
    ]);
  });

  it('every cell, and says of each where', async () => {
    expect(await refusal(['x', 'x'], 'date')).toEqual(
      [1, 2].map((record) => `totals record ${record}, column week: ${date} "x". Write dates as "2024-03-01".`),
    );
  });

  it.each<[KeyType, string, string]>([
    ['date', 'Grand Total', date],
    [{ date: 'excel' }, 'Gesamt', date],
    ['integer', 'Total', 'expected a whole number, got'],
  ])('%j: a row of totals, with the cure', async (type, text, problem) => {
    const cure = `Set "without": { "week": "${text}" } to leave rows of totals out.`;
    const first = type === 'integer' ? '1' : typeof type === 'string' ? '2024-01-01' : '45292';
    expect(await refusal([first, text], type)).toEqual([`totals record 2, column week: ${problem} "${text}". ${cure}`]);
  });

  it('Arrow dates where there is no type, with the cure', async () => {
    const dates = arrow.vectorFromArray([new Date(0), new Date(7 * 86400000)], new arrow.DateDay());
    expect(await refusal(dates)).toEqual([
      'totals, column week: expected text or whole numbers as keys, got Date32<DAY>. Set "types": { "week": "date" }, or cast the column to text.',
    ]);
  });
});

it('without a type keys stay exactly as written', async () => {
  const odd = ['007', ' 2024-01-01 '];
  expect(await weeksOf(odd, odd, modelWith({ week: 'text' }))).toEqual(odd);
  expect(await weeksOf(odd, odd, modelWith(undefined))).toEqual(odd);
});

it('milliseconds become text by arithmetic, before 1970 too, and what has no year of four digits none', () => {
  const law = (ms: number) => new Date(ms).toISOString().replace('T', ' ').slice(0, 19);
  for (let ms = -4e12; ms < 4e12; ms += 123_456_789_000) expect(`${textOfMilliseconds(ms)}`).toBe(law(ms));
  expect([textOfMilliseconds(-1), textOfMilliseconds(86_400_000), textOfMilliseconds(1.5)]).toEqual([
    '1969-12-31 23:59:59.999',
    '1970-01-02',
    '1970-01-01 00:00:00.001',
  ]);
  expect([textOfMilliseconds(8.64e15), textOfMilliseconds(Number.NaN)]).toEqual([null, null]);
});

describe('types in a configuration', () => {
  const messages = (types: unknown, section = 'totals') => {
    const model = structuredClone(modelWith()) as unknown as Record<string, Record<string, unknown>>;
    model[section].types = types;
    return refusalOf(() => parseModel(model));
  };
  it('are those that there are, of key columns', async () => {
    expect(await messages({ week: 'day' })).toEqual([
      'totals.types.week: expected "text", "integer", "date", "datetime" or { "date": format }, got "day"',
    ]);
    expect(await messages({ week: { date: 'y/m/d' } })).toEqual([
      'totals.types.week.date: expected "d/m/y" or "m/d/y" or "yyyyww" or "yyyymm" or "excel", got "y/m/d"',
    ]);
    expect(await messages('date')).toEqual([
      'totals.types: expected an object of key columns and their types, got "date"',
    ]);
    expect(await messages({ wek: 'date' })).toEqual([
      'totals.types.wek: expected a key column of totals, got "wek". Did you mean "week"?',
    ]);
    expect(await messages({ clicks: 'integer' }, 'exposure')).toEqual([
      'exposure.types.clicks: expected a key column of exposure, got "clicks". Known: "week", "campaign".',
    ]);
    expect(await messages({ week: 'date', campaign: 'integer' }, 'exposure')).toEqual([]);
  });
});
