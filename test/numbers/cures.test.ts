import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cureOfNumber } from '../../bindings/base/numbers/cures.js';
import { type NumberMarks, numberPattern, parseNumber, thousandsMarks } from '../../bindings/base/numbers/grammar.js';
import { openDatabase } from '../../cli/duckdb.js';
import { readColumns } from '../../cli/input/columns.js';

const comma = { decimal: ',' } as const;
const english = { thousands: ',' } as const;
const german = { decimal: ',', thousands: '.' } as const;
const allMarks: NumberMarks[] = (['.', ','] as const).flatMap((decimal) => [
  { decimal },
  ...thousandsMarks.filter((mark) => mark !== decimal).map((thousands) => ({ decimal, thousands })),
]);

describe('thousands in groups of three', () => {
  it.each<[string, NumberMarks, number]>([
    ['1,500', english, 1500],
    ['-1,234,567.8', english, -1234567.8],
    ['+12,345.', english, 12345],
    ['1500', english, 1500],
    ['1.5', english, 1.5],
    ['1e3', english, 1000],
    ['1.500', german, 1500],
    ['11,7', german, 11.7],
    ['1.234.567,89', german, 1234567.89],
    ["1'500.25", { thousands: "'" }, 1500.25],
    ['1\u2019500', { thousands: "'" }, 1500],
    ['1 500,5', { decimal: ',', thousands: ' ' }, 1500.5],
    ['1\u00a0500\u202f000', { thousands: ' ' }, 1500000],
  ])('%j by %j is %d', (text, marks, value) => {
    expect(parseNumber(text, marks)).toBe(value);
  });

  it.each<[string, NumberMarks]>([
    ['1,50,000', english],
    ['1,5', english],
    ['1500,000', english],
    ['1,500,', english],
    [',500', english],
    ['1,,500', english],
    ['1,500e3', english],
    ['1,500.000,5', english],
    ['1.5', german],
    ['1.5000', german],
    ['1,500', {}],
    ['1.500', comma],
    ['1 500', english],
  ])('%j by %j is no number', (text, marks) => {
    expect(parseNumber(text, marks)).toBeUndefined();
  });

  it('reads back what was written with any marks', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(999), fc.constantFrom(...allMarks), (whole, rest, marks) => {
        const { decimal = '.', thousands = '' } = marks;
        const digits = String(Math.abs(whole)).replace(/\B(?=(?:\d{3})+$)/g, thousands);
        const text = `${whole < 0 ? '-' : ''}${digits}${decimal}${String(rest).padStart(3, '0')}`;
        expect(parseNumber(text, marks)).toBe(Number(`${whole}.${String(rest).padStart(3, '0')}`));
      }),
      { seed: 3 },
    );
  });
});

const ifDecimal = (mark: string) => ` If it is the decimal mark, set "decimal": "${mark}".`;
const leave = (...texts: string[]) =>
  `. Set "empty": [${texts.map((text) => `"${text}"`).join(', ')}] to leave out rows without a figure.`;

describe('the cure of what is no number', () => {
  it.each<[string, NumberMarks, string]>([
    ['1,200', {}, `. Remove the thousands separator or set "thousands": ",".${ifDecimal(',')}`],
    ['1.500', comma, `. Remove the thousands separator or set "thousands": ".".${ifDecimal('.')}`],
    ['1,234,567', {}, '. Remove the thousands separator or set "thousands": ",".'],
    ["1'500", {}, '. Remove the thousands separator or set "thousands": "\'".'],
    ['1\u00a0500', comma, '. Remove the thousands separator or set "thousands": " ".'],
    ['11,7', {}, '. Set "decimal": "," if that is the decimal mark.'],
    ['1.5', comma, '. Set "decimal": "." if that is the decimal mark.'],
    ['1.234,56', {}, '. Set "decimal": ",", and "thousands": "." for what stands between thousands.'],
    ['1,50,000', english, '. Remove the separators: thousands are groups of three digits.'],
    ['1,5,000', english, '. Thousands are groups of three digits.'],
    ['11,7', english, `. Thousands are groups of three digits.${ifDecimal(',')}`],
    [' 12', {}, '. Remove the spaces.'],
    ['5.00%', {}, '. Remove the percent sign, or name a column of amounts.'],
    ['5,00 %', comma, '. Remove the percent sign, or name a column of amounts.'],
    ['€11.70', {}, '. Remove the currency sign.'],
    ['$1,500', {}, '. Remove the currency sign.'],
    ['-£5', {}, '. Remove the currency sign.'],
    ['1500 EUR', {}, '. Remove the currency sign.'],
    ['USD 12.5', {}, '. Remove the currency sign.'],
    ['R$ 1.234,50', german, '. Remove the currency sign.'],
    ['1234 kr', {}, '. Remove the currency sign.'],
    ['1 234 z\u0142', { thousands: ' ' }, '. Remove the currency sign.'],
    ['US$12', {}, '. Remove the currency sign.'],
    ['Fr. 12.50', {}, '. Remove the currency sign.'],
    ['$-5', {}, '. Remove the currency sign.'],
    ['Total 5', {}, ''],
    ['12,34,567', {}, '. Remove the separators: thousands are groups of three digits.'],
    ['-1,00,000.50', {}, '. Remove the separators: thousands are groups of three digits.'],
    ['12,34,567', comma, ''],
    ['#DIV/0!', {}, '. A formula failed in the spreadsheet: mend it there.'],
    ['#REF!', comma, '. A formula failed in the spreadsheet: mend it there.'],
    ['#NAME?', {}, '. A formula failed in the spreadsheet: mend it there.'],
    ['\u200b5', {}, '. Remove the invisible characters.'],
    ['\ufeff5 ', {}, '. Remove the invisible characters.'],
    ['1\u200e2', {}, '. Remove the invisible characters.'],
    ['\u0663\u0664', {}, '. Write the digits as 0 to 9.'],
    ['\uff15\uff10.5', {}, '. Write the digits as 0 to 9.'],
    ['1e400', {}, ''],
    ['1.2M', {}, '. Write the figure out, without letters.'],
    ['3k', {}, '. Write the figure out, without letters.'],
    ['2,5 Mio.', comma, '. Write the figure out, without letters.'],
    ['(12)', {}, '. Write the minus as "-" before the digits.'],
    ['\u22125', {}, '. Write the minus as "-" before the digits.'],
    ['5-', {}, '. Write the minus as "-" before the digits.'],
    ['--', {}, leave('--')],
    [' --', {}, leave(' --')],
    ['n/a', {}, leave('n/a')],
    ['\u2013', {}, leave('\u2013')],
    ['#N/A', {}, leave('#N/A')],
    ['', {}, leave('')],
    ['twelve', {}, ''],
    ['0x10', {}, ''],
    ['2024-01-01', {}, ''],
  ])('%j by %j', (text, marks, cure) => {
    expect(cureOfNumber(text, marks)).toBe(cure);
  });

  it('keeps the texts that count as empty already, and says nothing where that cures nothing', () => {
    expect(cureOfNumber('n/a', {}, ['--'])).toBe(leave('--', 'n/a'));
    expect(cureOfNumber('--', {}, ['--'])).toBe('');
    expect(cureOfNumber('--', {}, null)).toBe('');
  });
});

describe('the database', () => {
  it('reads every text as the library does', async () => {
    const digits = fc.constantFrom(
      '0',
      '1',
      '12',
      '500',
      '000',
      '.',
      ',',
      "'",
      '\u2019',
      ' ',
      '\u00a0',
      '\u202f',
      '-',
      '+',
      'e',
      '%',
    );
    const texts = [
      ...fc.sample(
        fc.array(digits, { maxLength: 7 }).map((parts) => parts.join('')),
        { numRuns: 3000, seed: 17 },
      ),
      ...['1,500', '1.500', '1,50,000', '1 500', "1'500", '12,500.5', '12.500,5', '1e5', '1,5e5', '', '--', '1\n', '١'],
    ];
    const database = await openDatabase([]);
    await database.connection.run('CREATE TEMP TABLE given (id INTEGER, t VARCHAR)');
    const appender = await database.connection.createAppender('given');
    texts.forEach((text, id) => {
      appender.appendInteger(id);
      appender.appendVarchar(text);
      appender.endRow();
    });
    appender.closeSync();
    const outcomes = { read: 0, refused: 0 };
    for (const marks of allMarks) {
      const pattern = new RegExp(`^(?:${numberPattern(marks)})$`);
      const right = texts.filter((text) => pattern.test(text));
      outcomes.read += right.length;
      outcomes.refused += texts.length - right.length;
      const wanted = [{ name: 'v', expression: 't', as: 'figure' as const }];
      const list = right.map((text) => `'${text.replaceAll("'", "''")}'`).join(', ');
      const { columns } = await readColumns(
        database,
        `(SELECT t FROM given WHERE t IN (${list}) ORDER BY id)`,
        wanted,
        marks,
      );
      expect([...(columns.get('v') as Float64Array)]).toEqual(right.map((text) => parseNumber(text, marks)));
      const others = `(SELECT t FROM given WHERE t NOT IN (${list}))`;
      const { columns: odd } = await readColumns(
        database,
        others,
        [
          {
            name: 'n',
            expression: `CASE WHEN regexp_full_match(t, '${numberPattern(marks).replaceAll("'", "''")}') THEN 1 ELSE 0 END`,
            as: 'number',
          },
        ],
        marks,
      );
      expect([...(odd.get('n') as Float64Array)].some((matched) => matched === 1)).toBe(false);
    }
    database.close();
    expect(Math.min(outcomes.read, outcomes.refused)).toBeGreaterThan(1000);
  }, 60_000);
});
