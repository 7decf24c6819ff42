import { describe, expect, it } from 'vitest';
import { collectFaults } from '../../bindings/base/faults.js';
import { parseMoment, secondsOf } from '../../cli/import/moment.js';
import { type Named, readPeriods, stepText } from '../../cli/import/periods.js';
import { refusalOf } from '../support/refusal.js';

const read = (texts: string[], named: Named = 'first') => {
  const faults = collectFaults();
  const periods = readPeriods(faults, 'mmm.csv, column ds', texts, named);
  faults.throwIfAny();
  return periods!;
};
const at = (text: string) => secondsOf(parseMoment(text)!);

describe('periods of a model', () => {
  it('are weeks from the day that each date names, back into history', () => {
    const weeks = read(['2024-01-08', '2024-01-01', '2024-01-15']);
    expect([weeks.names, stepText(weeks.step)]).toEqual([['2024-01-01', '2024-01-08', '2024-01-15'], '7 days']);
    expect(weeks.of('2024-01-08')).toBe(1);
    const days = ['2023-12-31', '2024-01-01', '2024-01-07', '2024-01-08', '2024-01-21', '2024-01-22'];
    expect(days.map((day) => weeks.at(at(day)))).toEqual([-1, 0, 0, 1, 2, 3]);
    expect(weeks.nameOf(-2)).toBe('2023-12-18');
  });

  it('are weeks up to the day that each date names, if so asked', () => {
    const weeks = read(['2024-01-07', '2024-01-14'], 'last');
    expect(['2023-12-31', '2024-01-01', '2024-01-07', '2024-01-08'].map((day) => weeks.at(at(day)))).toEqual([
      -1, 0, 0, 1,
    ]);
    expect(weeks.nameOf(-1)).toBe('2023-12-31');
  });

  it('are months, however long', () => {
    const months = read(['2024-01-01', '2024-02-01', '2024-03-01']);
    expect(stepText(months.step)).toBe('1 month');
    expect(['2023-12-31', '2024-01-31', '2024-02-29', '2024-03-01'].map((day) => months.at(at(day)))).toEqual([
      -1, 0, 1, 2,
    ]);
    expect([months.nameOf(-1), months.nameOf(-12)]).toEqual(['2023-12-01', '2023-01-01']);
  });

  it('are months that begin on some day', () => {
    const months = read(['2024-01-15', '2024-02-15']);
    expect(['2024-01-14', '2024-01-15', '2024-02-14', '2024-02-15'].map((day) => months.at(at(day)))).toEqual([
      -1, 0, 0, 1,
    ]);
  });

  it('are months by their last day, of whatever length', () => {
    const months = read(['2024-01-31', '2024-02-29', '2024-03-31'], 'last');
    expect(['2023-12-31', '2024-01-01', '2024-02-29', '2024-03-01'].map((day) => months.at(at(day)))).toEqual([
      -1, 0, 1, 2,
    ]);
    expect([months.nameOf(-1), months.nameOf(-11)]).toEqual(['2023-12-31', '2023-02-28']);
    const accounting = read(['2024-01-14', '2024-02-14'], 'last');
    expect(['2024-01-14', '2024-01-15', '2024-02-14', '2024-02-15'].map((day) => accounting.at(at(day)))).toEqual([
      0, 1, 1, 2,
    ]);
  });

  it('are quarters by their first month or their last', () => {
    const first = read(['2024-01-01', '2024-04-01']);
    expect(['2023-12-31', '2024-03-31', '2024-04-01'].map((day) => first.at(at(day)))).toEqual([-1, 0, 1]);
    const last = read(['2024-03-31', '2024-06-30'], 'last');
    expect(['2023-12-31', '2024-01-01', '2024-03-31', '2024-04-01'].map((day) => last.at(at(day)))).toEqual([
      -1, 0, 0, 1,
    ]);
  });

  it('are hours', () => {
    const hours = read(['2024-01-01 00:00:00', '2024-01-01 01:00:00', '2024-01-01T02:00:00']);
    expect([hours.names[2], stepText(hours.step)]).toEqual(['2024-01-01 02:00:00', '1 hour']);
    expect(hours.at(at('2024-01-01 01:59:59'))).toBe(1);
    expect(hours.nameOf(-1)).toBe('2023-12-31 23:00:00');
  });

  it('are days where all times are midnight', () => {
    expect(read(['2024-01-01T00:00:00', '2024-01-02T00:00:00']).names).toEqual(['2024-01-01', '2024-01-02']);
  });

  it('are numbers without dates', () => {
    const numbers = read(['3', '2', '4']);
    expect([numbers.names, numbers.at(1), numbers.nameOf(-1), numbers.of('4')]).toEqual([['2', '3', '4'], -1, '1', 2]);
  });

  it.each([
    [['2024-01-01'], 'first', 'expected at least two periods, which say how long one is, got "2024-01-01"'],
    [['2024-01-01', 'w2'], 'first', 'expected ISO dates like "2024-03-01", got "w2"'],
    [
      ['2024-01-01', '2024-01-08', '2024-01-22'],
      'first',
      'expected periods in equal steps without holes, got nothing between "2024-01-08" and "2024-01-22" (the step is 7 days)',
    ],
    [
      ['2024-01-01', '2024-02-01', '2024-04-01'],
      'first',
      'expected periods in equal steps without holes, got nothing between "2024-02-01" and "2024-04-01" (the step is 1 month)',
    ],
    [['1', '3'], 'first', 'expected periods without holes, got 1 and 3'],
    [
      ['2024-01-31', '2024-02-29'],
      'first',
      'expected the first day of each period, got "2024-01-31". If dates name the last day of their period, use --dates last.',
    ],
    [[], 'first', 'expected periods, got none'],
  ] as [string[], Named, string][])('refuses %j', async (texts, named, message) => {
    expect(await refusalOf(() => read(texts, named))).toEqual([`mmm.csv, column ds: ${message}`]);
  });
});
