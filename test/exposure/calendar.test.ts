import { describe, expect, it } from 'vitest';
import { collectFaults } from '../../bindings/base/faults.js';
import { type Gaps, readCalendar, type Step } from '../../bindings/exposure/calendar.js';
import { parseInstant } from '../../bindings/exposure/instant.js';
import { refusalOf } from '../support/refusal.js';

const read = (texts: readonly string[], gaps?: Gaps, known?: Step) => {
  const faults = collectFaults();
  const times = {
    texts,
    path: 'd.csv, column week',
    typed: 'week',
    recordOf: (i: number) => `d.csv record ${i + 1}, column week`,
  };
  const calendar = readCalendar(faults, times, gaps, known);
  faults.throwIfAny();
  return calendar;
};
const periods = (texts: readonly string[], gaps?: Gaps, known?: Step) => [...read(texts, gaps, known).period];
const refusal = (texts: readonly string[], gaps?: Gaps, known?: Step) => refusalOf(() => read(texts, gaps, known));

describe('a calendar', () => {
  const cases: [string, string[], number[], Step | null][] = [
    ['of whole numbers', ['3', '1', '2'], [2, 0, 1], { unit: 'number', size: 1 }],
    ['of whole numbers with signs and steps', ['-10', '+10', '0', '20'], [0, 2, 1, 3], { unit: 'number', size: 10 }],
    ['of days', ['2024-02-28', '2024-03-01', '2024-02-29'], [0, 2, 1], { unit: 'day', size: 1 }],
    ['of weeks over a year end', ['2024-12-23', '2024-12-30', '2025-01-06'], [0, 1, 2], { unit: 'day', size: 7 }],
    [
      'of month beginnings',
      ['2024-01-01', '2024-02-01', '2024-03-01', '2024-04-01'],
      [0, 1, 2, 3],
      { unit: 'month', size: 1 },
    ],
    [
      'of month ends',
      ['2023-12-31', '2024-01-31', '2024-02-29', '2024-03-31', '2024-04-30'],
      [0, 1, 2, 3, 4],
      { unit: 'month', size: 1 },
    ],
    ['of quarters', ['2024-10-15', '2024-01-15', '2024-04-15', '2024-07-15'], [3, 0, 1, 2], { unit: 'month', size: 3 }],
    ['of months without days', ['2023-11', '2023-12', '2024-01'], [0, 1, 2], { unit: 'month', size: 1 }],
    ['of years', ['2023-01-01', '2024-01-01', '2025-01-01'], [0, 1, 2], { unit: 'month', size: 12 }],
    [
      'of hours',
      ['2024-03-31T23:00', '2024-04-01 00:00', '2024-04-01T01:00:00'],
      [0, 1, 2],
      { unit: 'second', size: 3600 },
    ],
    [
      'of hours with zones',
      ['2024-03-31T01:00+01:00', '2024-03-31T03:00+02:00', '2024-03-31T02:00Z'],
      [0, 1, 2],
      { unit: 'second', size: 3600 },
    ],
    [
      'of quarters of an hour',
      ['2024-01-01T00:00:00.000Z', '2024-01-01T00:15:00.000Z', '2024-01-01T00:30:00.000Z'],
      [0, 1, 2],
      { unit: 'second', size: 900 },
    ],
    // what a database prints for months kept as timestamps
    [
      'of months written as midnights',
      ['2024-01-01 00:00:00', '2024-02-01 00:00:00', '2024-03-01 00:00:00'],
      [0, 1, 2],
      { unit: 'month', size: 1 },
    ],
    [
      'of weeks written as midnights',
      ['2024-01-01T00:00:00-05', '2024-01-08T00:00:00-05', '2024-01-15T00:00:00-05'],
      [0, 1, 2],
      { unit: 'day', size: 7 },
    ],
    ['of ISO weeks, 53 in 2020', ['2020-W52', '2020-W53', '2021-W01'], [0, 1, 2], { unit: 'day', size: 7 }],
    ['of ISO weeks, 52 in 2021', ['2022W01', '2021W52', '2021W51'], [2, 1, 0], { unit: 'day', size: 7 }],
    ['of ISO weeks on one day of their months', ['2023-W06', '2023-W10'], [0, 1], { unit: 'day', size: 28 }],
    ['of days in UTC', ['2024-01-01 00:00:00 UTC', '2024-01-02 00:00:00 UTC'], [0, 1], { unit: 'day', size: 1 }],
    ['of weeks of one year as numbers', ['202401', '202402', '202403'], [0, 1, 2], { unit: 'number', size: 1 }],
    ['of one week of each year as numbers', ['202210', '202310', '202410'], [0, 1, 2], { unit: 'number', size: 100 }],
    ['of days of one month as numbers', ['20240101', '20240108', '20240115'], [0, 1, 2], { unit: 'number', size: 7 }],
    ['of one period', ['2024-01-01'], [0], null],
  ];
  for (const [name, texts, period, step] of cases) {
    it(`${name} has equal steps`, () => {
      const calendar = read(texts);
      expect([...calendar.period]).toEqual(period);
      expect(calendar.periods).toBe(Math.max(...period) + 1);
      expect(calendar.step).toEqual(step);
    });
  }

  it('takes holes for periods without exposure where it is told to', () => {
    expect(periods(['2024-01-01', '2024-01-08', '2024-01-29'], 'zero')).toEqual([0, 1, 4]);
    expect(read(['1', '2', '100'], 'zero').periods).toBe(100);
  });

  it('keeps the step of an earlier one', () => {
    const weekly: Step = { unit: 'day', size: 7 };
    expect(periods(['2024-01-01', '2024-01-15'], 'zero', weekly)).toEqual([0, 2]);
    // by themselves these would be months
    expect(periods(['2024-01-01', '2024-04-01'], 'zero', weekly)).toEqual([0, 13]);
    expect(periods(['2024-01-31', '2024-03-31', '2024-02-29'], undefined, { unit: 'month', size: 1 })).toEqual([
      0, 2, 1,
    ]);
    expect(read(['2024-01-01'], undefined, weekly).step).toEqual(weekly);
  });

  it('counts days as the Gregorian calendar has them', () => {
    const day = (text: string) => parseInstant(text)!.day;
    expect(day('1970-01-01')).toBe(0);
    expect(day('1969-12-31')).toBe(-1);
    expect(day('2000-02-29')).toBe(11016);
    expect(day('2100-03-01') - day('2100-02-28')).toBe(1);
    expect(day('2400-03-01') - day('2400-02-28')).toBe(2);
    // against the engine's own calendar, over 400 years
    for (let n = -80_000; n < 66_000; n += 97) {
      expect(day(new Date(n * 86_400_000).toISOString().slice(0, 10))).toBe(n);
    }
  });
});

describe('a calendar refuses', () => {
  const expected = 'expected an ISO date, an ISO date-time or a whole number, got';
  const record = (row: number) => `d.csv record ${row}, column week:`;
  const whole = 'd.csv, column week:';
  const cure = 'Set "gaps": "zero" if nothing was delivered there, "unallocated" if what was delivered is lost.';
  const types = (format: string) => `"types": { "week": { "date": "${format}" } }`;
  const digits = `Set ${types('yyyyww')} if these are ISO weeks, ${types('yyyymm')} if they are months.`;
  const counted = (before: string, after: string, apart: number) =>
    `${whole} expected periods that can be counted, got "${before}" and "${after}", which are ${apart} apart as whole numbers.`;
  const none = 'The calendar has nothing of that name.';
  const asDate = 'Set "types": { "week": "date" } to read them as dates.';
  const cases: [string, string[], string[]][] = [
    ['what is no time', ['2024-01-01', 'January'], [`${record(2)} ${expected} "January"`]],
    ['spaces', ['2024-01-01 '], [`${record(1)} ${expected} "2024-01-01 ". Remove the spaces.`]],
    ['years of two digits', ['01-JAN-24'], [`${record(1)} ${expected} "01-JAN-24". Write years with four digits.`]],
    [
      'names with numbers',
      ['week 1', 'week 2'],
      [`${record(1)} ${expected} "week 1". Write the number alone if periods are counted.`],
    ],
    ['an empty text', [''], [`${record(1)} ${expected} ""`]],
    ['a date that there is not', ['2023-02-29', '2023-03-01'], [`${record(1)} ${expected} "2023-02-29". ${none}`]],
    ['a month that there is not', ['2023-13'], [`${record(1)} ${expected} "2023-13". ${none}`]],
    ['an hour that there is not', ['2023-01-01T24:00'], [`${record(1)} ${expected} "2023-01-01T24:00". ${none}`]],
    ['a zone that there is not', ['2023-01-01T10:00+25:00'], [`${record(1)} ${expected} "2023-01-01T10:00+25:00"`]],
    [
      'a date in another order',
      ['01/02/2024'],
      [
        `${record(1)} ${expected} "01/02/2024". Say which comes first, the day or the month: ${types('d/m/y')} or ${types('m/d/y')}.`,
      ],
    ],
    ['fractions of a second', ['2023-01-01T10:00:00.5Z'], [`${record(1)} ${expected} "2023-01-01T10:00:00.5Z"`]],
    ['numbers among dates', ['2024-01-01', '2'], [`${record(2)} expected a date like "2024-01-01", got "2"`]],
    [
      'months among dates',
      ['2024-01', '2024-02-01'],
      [`${record(2)} expected a month like "2024-01", got "2024-02-01"`],
    ],
    [
      'date-times with a zone among those without',
      ['2024-01-01T00:00', '2024-01-02T00:00Z'],
      [
        `${record(2)} expected a date-time like "2024-01-01T00:00", got "2024-01-02T00:00Z". Set "types": { "week": "date" } to read such dates.`,
      ],
    ],
    [
      'two spellings of a number',
      ['7', '07', '8'],
      [`${whole} expected each period written in one way, got "7" and "07"`],
    ],
    [
      'two spellings of an instant',
      ['2024-01-01T00:00Z', '2024-01-01T01:00+01:00'],
      [`${whole} expected each period written in one way, got "2024-01-01T00:00Z" and "2024-01-01T01:00+01:00"`],
    ],
    [
      'a hole, with the cure',
      ['2024-01-01', '2024-01-08', '2024-01-22'],
      [
        `${whole} expected a calendar without holes, got nothing between "2024-01-08" and "2024-01-22" (the step is 7 days). ${cure}`,
      ],
    ],
    [
      'every hole',
      ['1', '2', '4', '5', '8'],
      [
        `${whole} expected a calendar without holes, got nothing between "2" and "4" (the step is 1). ${cure}`,
        `${whole} expected a calendar without holes, got nothing between "5" and "8" (the step is 1). ${cure}`,
      ],
    ],
    [
      'a missing month',
      ['2024-01-01', '2024-02-01', '2024-04-01'],
      [
        `${whole} expected a calendar without holes, got nothing between "2024-02-01" and "2024-04-01" (the step is 1 month). ${cure}`,
      ],
    ],
    ['months written as numbers', ['202411', '202412', '202501'], [`${counted('202412', '202501', 89)} ${digits}`]],
    [
      'weeks written as numbers',
      ['202451', '202452', '202501', '202502'],
      [`${counted('202452', '202501', 49)} ${digits}`],
    ],
    ['weeks written as numbers, two alone', ['202351', '202401'], [`${counted('202351', '202401', 50)} ${digits}`]],
    [
      'days written as numbers',
      ['20240130', '20240131', '20240201'],
      [`${counted('20240131', '20240201', 70)} ${asDate}`],
    ],
    [
      'months by their first day, written as numbers',
      ['20241101', '20241201', '20250101'],
      [`${counted('20241201', '20250101', 8900)} ${asDate}`],
    ],
    [
      'quarters written as numbers',
      ['20243', '20244', '20251'],
      [`${counted('20244', '20251', 7)} Write quarters as "2024-Q4".`],
    ],
    [
      "Excel's numbers of months",
      ['45292', '45323', '45352'],
      [
        `${whole} expected periods in equal steps, got "45292" and "45323" (the step is 29). Set ${types('excel')} if these are Excel's numbers of days.`,
      ],
    ],
    [
      'dates in words, with the cure',
      ['Jan 1, 2024', 'Jan 8, 2024'],
      [`${record(1)} ${expected} "Jan 1, 2024". Set "types": { "week": "date" } to read such dates.`],
    ],
    [
      'hours in words, with the cure',
      ['Jan 1, 2024 7:00'],
      [`${record(1)} ${expected} "Jan 1, 2024 7:00". Set "types": { "week": "datetime" } to read such times.`],
    ],
    [
      'dates among midnights, with the cure',
      ['2024-01-01', '2024-01-08 00:00:00'],
      [
        `${record(2)} expected a date like "2024-01-01", got "2024-01-08 00:00:00". Set "types": { "week": "date" } to read such dates.`,
      ],
    ],
    ['a week that there is not', ['2024-W53'], [`${record(1)} ${expected} "2024-W53". ${none}`]],
    [
      'weeks among dates',
      ['2024-01-01', '2024-W02'],
      [`${record(2)} expected a date like "2024-01-01", got "2024-W02"`],
    ],
    [
      'uneven steps',
      ['2024-01-01', '2024-01-08', '2024-01-18'],
      [`${whole} expected periods in equal steps, got "2024-01-08" and "2024-01-18" (the step is 7 days)`],
    ],
  ];
  for (const [name, texts, messages] of cases) {
    it(name, async () => {
      expect(await refusal(texts)).toEqual(messages);
    });
  }

  it('weeks written as numbers also where holes are periods without exposure, or lost', async () => {
    for (const gaps of ['zero', 'unallocated'] as const)
      expect(await refusal(['202451', '202452', '202501'], gaps)).toEqual([
        `${counted('202452', '202501', 49)} ${digits}`,
      ]);
  });

  it('uneven steps also where holes are periods without exposure', async () => {
    expect(await refusal(['0', '2', '5'], 'zero')).toEqual([
      `${whole} expected periods in equal steps, got "2" and "5" (the step is 2)`,
    ]);
  });

  it('more periods than anyone means', async () => {
    expect(await refusal(['0', '1', '20240101'], 'zero')).toEqual([
      `${whole} expected at most 10000000 periods, got 20240102 in steps of 1`,
    ]);
  });

  it('periods that do not fit the step of the fit', async () => {
    const weekly: Step = { unit: 'day', size: 7 };
    expect(await refusal(['5', '6'], undefined, weekly)).toEqual([
      `${record(1)} expected periods like those of the fit, in steps of 7 days, got "5"`,
    ]);
    expect(await refusal(['2024-01-01', '2024-01-05'], undefined, weekly)).toEqual([
      `${whole} expected periods in equal steps, got "2024-01-01" and "2024-01-05" (the step is 7 days)`,
    ]);
    expect(await refusal(['2024-01-01', '2024-01-15'], undefined, weekly)).toEqual([
      `${whole} expected a calendar without holes, got nothing between "2024-01-01" and "2024-01-15" (the step is 7 days). ${cure}`,
    ]);
  });
});
