import { describe, expect, it } from 'vitest';
import { momentText, parseHour, parseMoment, secondsOf } from '../../cli/import/moment.js';

const read = (text: string) => {
  const moment = parseMoment(text);
  return moment && momentText(secondsOf(moment), moment.timed);
};

describe('parseMoment', () => {
  it.each([
    ['2024-03-01', '2024-03-01'],
    ['2024-02-29', '2024-02-29'],
    ['1969-12-31', '1969-12-31'],
    ['2024-03-01 07:00:00', '2024-03-01 07:00:00'], // TikTok's stat_time_hour
    ['2024-03-01T07:30', '2024-03-01 07:30:00'],
    ['2024-03-01T00:00:00.000000Z', '2024-03-01 00:00:00'],
    ['2024-03-01 00:00:00+00', '2024-03-01 00:00:00'], // a time with a zone, as DuckDB writes it
    ['3/1/2024 12:00:00 AM|7', '2024-03-01 07:00:00'], // Microsoft Advertising, hourly
    ['12/31/2024 12:00:00 AM|0', '2024-12-31 00:00:00'],
    ['3/1/2024|23', '2024-03-01 23:00:00'],
    ['2024-03-01|7', '2024-03-01 07:00:00'],
    ['2024-03', '2024-03-01'],
    ['1 Mar 2024', '2024-03-01'],
    ['01.03.2024 07:00', '2024-03-01 07:00:00'],
    ['2024-03-01T07:00:00.9', '2024-03-01 07:00:00'],
  ])('reads %s', (text, expected) => expect(read(text)).toBe(expected));

  it.each([
    '',
    '3/1/2024', // March or January
    '2023-02-29',
    '2024-13-01',
    '2024-03-01 24:00:00',
    '2024-03-01 07:60',
    '2024-03-01 07:00:00|7',
    '2024-03-01T07:00:00+02:00',
    '3/1/2024 12:00:00 AM|24',
    '3/1/2024 1:00:00 AM|7',
    '2024-03-01 07:00:00 - 2024-03-01 07:59:59',
    '45352',
  ])('refuses %j', (text) => expect(parseMoment(text)).toBeNull());
});

describe('parseHour', () => {
  it.each([
    ['0', 0],
    ['07', 7],
    ['23', 23],
    ['7:00', 7],
    ['07:00:00 - 07:59:59', 7],
    ['00:00:00 - 00:59:59', 0],
  ])('reads %s', (text, hour) => expect(parseHour(text)).toBe(hour));

  it.each(['', '24', '7am', '-1', '07:30', '07:00:00 - 08:59:59', '24:00:00 - 24:59:59'])('refuses %j', (text) =>
    expect(parseHour(text)).toBeNull(),
  );
});
