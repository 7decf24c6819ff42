import { describe, expect, it } from 'vitest';
import { folderWith, read } from '../cli/run.js';
import { csv, dateOf, dayOf } from './ads.js';
import { apportion } from './importing.js';

const first = dayOf('2024-12-02');
const days = Array.from({ length: 56 }, (_, d) => first + d);
const monday = (day: number) => (day - first) % 7 === 0;
const two = (number: string) => number.padStart(2, '0');
const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** A day by its parts without leading zeros. */
const parts = (day: number) => {
  const [y, m, d] = dateOf(day).split('-');
  return { y, m: String(Number(m)), d: String(Number(d)) };
};
/** ISO weeks over the end of 2024, which has 52. */
const week = (day: number) => {
  const w = 49 + Math.floor((day - first) / 7);
  return w > 52 ? (['2025', two(String(w - 52))] as const) : (['2024', String(w)] as const);
};
const spellings: Record<string, (day: number) => string> = {
  iso: dateOf,
  us: (day) => `${parts(day).m}/${parts(day).d}/${parts(day).y}`,
  usDashes: (day) => `${two(parts(day).m)}-${two(parts(day).d)}-${parts(day).y}`,
  british: (day) => `${parts(day).d}/${parts(day).m}/${parts(day).y}`,
  points: (day) => `${two(parts(day).d)}.${two(parts(day).m)}.${parts(day).y}`,
  slashes: (day) => `${parts(day).y}/${parts(day).m}/${parts(day).d}`,
  digits: (day) => dateOf(day).replaceAll('-', ''),
  words: (day) => `"${months[Number(parts(day).m) - 1]} ${parts(day).d}, ${parts(day).y}"`,
  bigquery: (day) => `${dateOf(day)} 00:00:00 UTC`,
  nanoseconds: (day) => `${dateOf(day)}T00:00:00.000000000`,
  excel: (day) => String(day + 25569),
  range: (day) => `${dateOf(day)} - ${dateOf(day + 6)}`,
  isoWeek: (day) => week(day).join('-W'),
  sixDigits: (day) => week(day).join(''),
};
const weekly = ['range', 'isoWeek', 'sixDigits'];

/** Contributions by week and delivery by day, or by week where a spelling has no days. */
function imported(model: string, ads: string, ...args: string[]) {
  const folder = folderWith({
    'model.csv': csv([
      ['date', 'channel', 'mean'],
      ...days.filter(monday).map((day, w) => [spellings[model](day), 'tv', 100 + ((w * 5) % 8)]),
    ]),
    'ads.csv': csv([
      ['date_day', 'platform', 'campaign_name', 'impressions'],
      ...days
        .filter((day) => !weekly.includes(ads) || monday(day))
        .flatMap((day) => ['a', 'b'].map((name) => [spellings[ads](day), 'tv', name, weekly.includes(ads) ? 7 : 1])),
    ]),
  });
  const files = ['@model.csv', '--delivery', '@ads.csv', '--out', '@mmm'];
  return apportion(folder, 'import', 'pymc-marketing', ...files, ...args).then((ran) => ({ ...ran, folder }));
}

describe('an import', () => {
  const format: Record<string, string> = {
    us: 'm/d/y',
    usDashes: 'm/d/y',
    british: 'd/m/y',
    excel: 'excel',
    sixDigits: 'yyyyww',
  };
  it.each(Object.keys(spellings).map((name) => [name]))('reads %s as ISO dates, in either table', async (name) => {
    const args = format[name] ? ['--date-format', format[name]] : [];
    const totals = days.filter(monday).map((day, w) => `tv,${dateOf(day)},${100 + ((w * 5) % 8)}\n`);
    // one table at a time; both at once where six digits have to be told from the years of the other
    const pairs = name === 'sixDigits' ? [[name, name]] : [];
    for (const [model, ads] of [['iso', name], ...(name === 'iso' ? [] : [[name, 'iso']]), ...pairs]) {
      const { code, stderr, folder } = await imported(model, ads, ...args);
      expect([code, stderr]).toEqual([0, '']);
      expect(read(folder, 'mmm/totals.csv')).toBe(`medium,period,contribution\n${totals.join('')}`);
      const rows = read(folder, 'mmm/delivery.csv').trimEnd().split('\n').slice(1);
      expect(rows).toEqual(days.filter(monday).flatMap((day) => ['a', 'b'].map((c) => `tv,${dateOf(day)},${c},7`)));
    }
  });

  it('reads two formats, of two tables', async () => {
    const { code } = await imported('sixDigits', 'us', '--date-format', 'yyyyww', '--date-format', 'm/d/y');
    expect(code).toBe(0);
  });

  it.each([
    [
      'us',
      'iso',
      'model.csv, column date: expected ISO dates like "2024-03-01", got "12/2/2024". Say which comes first, the day or the month: --date-format d/m/y or --date-format m/d/y.',
    ],
    [
      'sixDigits',
      'sixDigits',
      'model.csv, column date: expected periods that can be counted, got 202452 and 202501, which are 49 apart as whole numbers. Set --date-format yyyyww if these are ISO weeks, --date-format yyyymm if they are months.',
    ],
    [
      'excel',
      'iso',
      "model.csv, column date: expected periods without holes, got 45628 and 45635. Set --date-format excel if these are Excel's numbers of days.",
    ],
  ])('refuses %s where it is not asked for, with the cure', async (model, ads, message) => {
    const { code, stderr } = await imported(model, ads);
    expect([code, stderr]).toEqual([2, message]);
  });

  it.each([
    ['d/m/y', 'm/d/y', 'order of days and months'],
    ['yyyyww', 'yyyymm', 'meaning of six digits'],
  ])('refuses %s beside %s', async (one, other, what) => {
    const { code, stderr } = await imported('iso', 'iso', '--date-format', one, '--date-format', other);
    expect([code, stderr]).toEqual([
      2,
      `--date-format: expected one ${what} for all tables, got ${one} and ${other}. Write the dates of one of them as "2024-03-01".`,
    ]);
  });

  it('refuses weeks that are said to be named by their last day', async () => {
    const last = await imported('isoWeek', 'iso', '--dates', 'last');
    expect(last.stderr).toBe('--dates: expected days that end a period, got a week ("2024-W49"). Leave --dates out.');
  });
});
