import { describe, expect, it } from 'vitest';
import { clockText, dateText, dayNumber } from '../../bindings/base/dates/civil.js';
import { cureOf, type DateFormat, readSpelling } from '../../bindings/base/dates/spellings.js';

const read = (text: string, ...formats: DateFormat[]) => {
  const found = readSpelling(text, formats);
  if (typeof found === 'string') return found;
  const { day, days, span, second, timed } = found;
  const clock = timed ? ` ${clockText(Math.floor(second))}` : '';
  return `${dateText(day)}${clock}${span === 'day' ? '' : ` ${span} ${days}`}`;
};

describe('spellings of days', () => {
  it.each([
    ['2024-03-01', '2024-03-01'],
    ['2024-3-1', '2024-03-01'],
    ['2024/3/1', '2024-03-01'],
    ['2024/03/01', '2024-03-01'],
    ['2024.03.01', '2024-03-01'],
    ['20240301', '2024-03-01'],
    ['01.03.2024', '2024-03-01'],
    ['1.3.2024', '2024-03-01'],
    ['31.12.1999', '1999-12-31'],
    ['Mar 1, 2024', '2024-03-01'],
    ['Mar 01 2024', '2024-03-01'],
    ['March 1, 2024', '2024-03-01'],
    ['Friday, March 1, 2024', '2024-03-01'],
    ['Fri, 1 Mar 2024', '2024-03-01'],
    ['Thurs. 29 Feb 2024', '2024-02-29'],
    ['Sunday 1 Mar 2026', '2026-03-01'],
    ['1 Mar 2024', '2024-03-01'],
    ['1 March 2024', '2024-03-01'],
    ['01-Mar-2024', '2024-03-01'],
    ['01MAR2024', '2024-03-01'],
    ['Sept 5, 2024', '2024-09-05'],
    ['Sep. 5, 2024', '2024-09-05'],
    ['2024-Mar-01', '2024-03-01'],
    ['2024-W09-5', '2024-03-01'],
    ['2024W095', '2024-03-01'],
    ['2024-02-29', '2024-02-29'],
  ])('reads %s', (text, expected) => expect(read(text)).toBe(expected));
});

describe('spellings of moments', () => {
  it.each([
    ['2024-03-01 00:00:00', '2024-03-01 00:00:00'],
    ['2024-03-01T00:00:00', '2024-03-01 00:00:00'],
    ['2024-03-01 07:30', '2024-03-01 07:30:00'],
    ['2024-03-01T07', '2024-03-01 07:00:00'],
    ['20240301T073000', '2024-03-01 07:30:00'],
    ['2024-03-01T00:00:00Z', '2024-03-01 00:00:00'],
    ['2024-03-01 00:00:00+00', '2024-03-01 00:00:00'],
    ['2024-03-01 00:00:00+00:00', '2024-03-01 00:00:00'],
    ['2024-03-01 00:00:00 UTC', '2024-03-01 00:00:00'],
    ['2024-03-01T00:00:00.000000000', '2024-03-01 00:00:00'],
    ['2024-03-01T00:00:00.000Z', '2024-03-01 00:00:00'],
    ['01.03.2024 13:00', '2024-03-01 13:00:00'],
    ['Mar 1, 2024 1:05:09 PM', '2024-03-01 13:05:09'],
    ['Mar 1, 2024 12:00:00 AM', '2024-03-01 00:00:00'],
    ['Mar 1, 2024 12:00 pm', '2024-03-01 12:00:00'],
  ])('reads %s', (text, expected) => expect(read(text)).toBe(expected));

  it('keeps a part of a second, however small', () => {
    expect(readSpelling('2024-03-01 00:00:00.000000001')).toMatchObject({ second: 1e-9 });
    expect(readSpelling('2024-03-01 00:00:00.5 UTC')).toMatchObject({ second: 0.5 });
  });
});

describe('spellings of stretches of days', () => {
  it.each([
    ['2024-W05', '2024-01-29 week 7'],
    ['2024W05', '2024-01-29 week 7'],
    ['2020-W53', '2020-12-28 week 7'],
    ['2025-W01', '2024-12-30 week 7'],
    ['2024-02', '2024-02-01 month 29'],
    ['2024/2', '2024-02-01 month 29'],
    ['Feb 2024', '2024-02-01 month 29'],
    ['February 2023', '2023-02-01 month 28'],
    ['2024-Q1', '2024-01-01 quarter 91'],
    ['2024Q4', '2024-10-01 quarter 92'],
    ['Q2 2024', '2024-04-01 quarter 91'],
    ['2024-01-01 - 2024-01-07', '2024-01-01 range 7'],
    ['2024-01-01 – 2024-01-07', '2024-01-01 range 7'],
    ['2024-01-01 to 2024-01-07', '2024-01-01 range 7'],
    ['2024-01-01/2024-01-07', '2024-01-01 range 7'],
    ['20240101..20240107', '2024-01-01 range 7'],
    ['Jan 1, 2024 - Jan 7, 2024', '2024-01-01 range 7'],
    ['01.01.2024 - 07.01.2024', '2024-01-01 range 7'],
  ])('reads %s', (text, expected) => expect(read(text)).toBe(expected));
});

describe('what can be read in several ways', () => {
  it('is read as it is asked for, and never by what the rows allow', () => {
    for (const text of ['1/2/2024', '01/02/2024', '01-02-2024', '13/1/2024', '1/13/2024'])
      expect(read(text), text).toBe('order');
    expect([read('1/2/2024', 'd/m/y'), read('1/2/2024', 'm/d/y')]).toEqual(['2024-02-01', '2024-01-02']);
    expect([read('01-02-2024', 'd/m/y'), read('01-02-2024', 'm/d/y')]).toEqual(['2024-02-01', '2024-01-02']);
    expect([read('13/1/2024', 'd/m/y'), read('13/1/2024', 'm/d/y')]).toEqual(['2024-01-13', 'missing']);
    expect(read('1/2/2024 12:00:00 AM', 'm/d/y')).toBe('2024-01-02 00:00:00');
    for (const text of ['202405', '202412', '202452']) expect(read(text), text).toBe('digits');
    expect([read('202405', 'yyyyww'), read('202405', 'yyyymm')]).toEqual(['2024-01-29 week 7', '2024-05-01 month 31']);
    expect([read('202452', 'yyyyww'), read('202452', 'yyyymm')]).toEqual(['2024-12-23 week 7', 'missing']);
    expect([read('202400', 'yyyyww'), read('202453', 'yyyyww'), read('202053', 'yyyyww')]).toEqual([
      'missing',
      'missing',
      '2020-12-28 week 7',
    ]);
    expect([read('45292'), read('45292', 'excel'), read('45292.0', 'excel')]).toEqual([
      'serial',
      '2024-01-01',
      '2024-01-01',
    ]);
  });

  it('has the days of Excel, which believes in a 1900-02-29', () => {
    expect(['1', '59', '60', '61', '36526', '0'].map((text) => read(text, 'excel'))).toEqual([
      '1900-01-01',
      '1900-02-28',
      'missing',
      '1900-03-01',
      '2000-01-01',
      'missing',
    ]);
  });

  it('leaves alone what can be read in one way', () => {
    for (const format of ['d/m/y', 'm/d/y', 'yyyyww', 'yyyymm', 'excel'] as const) {
      expect([read('2024-03-01', format), read('01.03.2024', format), read('20240301', format)]).toEqual([
        '2024-03-01',
        '2024-03-01',
        '2024-03-01',
      ]);
    }
  });
});

describe('spellings that are refused', () => {
  it.each([
    ['', 'unknown'],
    ['5', 'unknown'],
    ['w5', 'unknown'],
    ['January', 'unknown'],
    ['1. Januar 2024', 'unknown'],
    ['Foo 1, 2024', 'unknown'],
    ['1824', 'unknown'],
    ['202454', 'unknown'],
    ['2024', 'alone'],
    ['1999.0', 'alone'],
    ['2024-01-01 ', 'spaces'],
    [' 2024-01-01', 'spaces'],
    ['Mar 1, 2024\u00a0', 'spaces'],
    ['twelve ', 'unknown'],
    ['2024-01-011', 'unknown'],
    ['2024-01-01x', 'unknown'],
    ['2024-01/01', 'unknown'],
    ['2024-01-01 07:00 - 2024-01-01 07:59', 'unknown'],
    ['2023-02-29', 'missing'],
    ['2024-13-01', 'missing'],
    ['20240230', 'missing'],
    ['31.04.2024', 'missing'],
    ['2024-W53', 'missing'],
    ['Sunday, January 1, 2024', 'missing'],
    ['Tue, 1 Mar 2024', 'missing'],
    ['2024-W00', 'missing'],
    ['2024-13', 'missing'],
    ['2024-01-07 - 2024-01-01', 'missing'],
    ['2024-01-01 24:00:00', 'missing'],
    ['2024-01-01 07:60', 'missing'],
    ['Jan 1, 2024 13:00 PM', 'missing'],
    ['1/2/24', 'year'],
    ['1.2.24', 'year'],
    ['1-2-24', 'year'],
    ['01-JAN-24', 'year'],
    ["1 Mar '24", 'year'],
    ['Mar 1, 24', 'year'],
    ['Fri, 1 Mar 24', 'year'],
    ['Nov-24', 'year'],
    ['Nov 24', 'year'],
    ["Nov'24", 'year'],
    ['KW-24', 'unknown'],
    ['2024-01-01T00:00:00+01:00', 'zone'],
    ['2024-01-01 00:00:00-0500', 'zone'],
    ['2024-01-01 00:00 CET', 'zone'],
    ['2024-01-01T00:00:00+01:00[Europe/Berlin]', 'zone'],
  ])('%j: %s', (text, why) => expect(read(text)).toBe(why));

  it('come with what to do', () => {
    const say = (format: DateFormat) => `--date-format ${format}`;
    expect(
      (['order', 'digits', 'serial', 'year', 'alone', 'zone', 'missing', 'spaces', 'unknown'] as const).map((why) =>
        cureOf(why, say),
      ),
    ).toEqual([
      'Say which comes first, the day or the month: --date-format d/m/y or --date-format m/d/y.',
      'Set --date-format yyyyww if these are ISO weeks, --date-format yyyymm if they are months.',
      "Set --date-format excel if these are Excel's numbers of days.",
      'Write years with four digits.',
      'A year alone names no day: write the first of its days, as "2024-01-01".',
      'Which day that is depends on the zone: write the day that is meant, without a zone.',
      'The calendar has nothing of that name.',
      'Remove the spaces.',
      'Write dates as "2024-03-01".',
    ]);
  });
});

describe('every day of four centuries', () => {
  const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
  const two = (number: number) => String(number).padStart(2, '0');
  it('is the same day in every spelling', () => {
    for (let day = dayNumber(1900, 3, 1); day < dayNumber(2199, 12, 31); day += 11) {
      const date = new Date(day * 86_400_000);
      const [y, m, d] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
      const iso = date.toISOString();
      const spelt: [string, ...DateFormat[]][] = [
        [iso],
        [iso.slice(0, 10)],
        [`${y}${two(m)}${two(d)}`],
        [`${y}/${m}/${d}`],
        [`${two(d)}.${two(m)}.${y}`],
        [`${months[m - 1]} ${d}, ${y}`],
        [`${d} ${months[m - 1]} ${y}`],
        [`${d}/${m}/${y}`, 'd/m/y'],
        [`${m}/${d}/${y}`, 'm/d/y'],
        ...(day + 25569 < 100_000 ? [[String(day + 25569), 'excel'] as [string, DateFormat]] : []),
      ];
      for (const [text, ...formats] of spelt) {
        const found = readSpelling(text, formats);
        if (typeof found === 'string' || found.day !== day || found.second !== 0) expect([text, found]).toEqual(day);
      }
    }
  });
});
