import { describe, expect, it } from 'vitest';
import {
  civilOf,
  clockText,
  dateText,
  dayNumber,
  dayOfDate,
  mondayOf,
  monthLength,
  weekdayOf,
  weeksOf,
} from '../../bindings/base/dates/civil.js';

const from = dayNumber(1800, 1, 1);
const to = dayNumber(2200, 12, 31);

/** ISO week by another way: the week of a day is that of its Thursday, counted from January 1 of the Thursday's year. */
function isoWeekOf(day: number): [year: number, week: number] {
  const date = new Date(day * 86_400_000);
  const thursday = new Date(date);
  thursday.setUTCDate(date.getUTCDate() + 4 - (date.getUTCDay() || 7));
  const yearStart = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  return [thursday.getUTCFullYear(), Math.ceil(((thursday.getTime() - yearStart) / 86_400_000 + 1) / 7)];
}

describe('the calendar', () => {
  it('has every day of four centuries as the engine has it, there and back', () => {
    for (let day = from; day <= to; day++) {
      const date = new Date(day * 86_400_000);
      const text = date.toISOString().slice(0, 10);
      if (dateText(day) !== text) expect(dateText(day), `day ${day}`).toBe(text);
      const { year, month, dayOfMonth } = civilOf(day);
      if (dayNumber(year, month, dayOfMonth) !== day) expect([year, month, dayOfMonth]).toBe(day);
      if (weekdayOf(day) !== (date.getUTCDay() || 7)) expect(weekdayOf(day), text).toBe(date.getUTCDay() || 7);
    }
    expect(to - from).toBe(146_461); // 401 years, 97 leap days in the first 400
  });

  it('has the ISO week of every day of four centuries', () => {
    let long = 0;
    for (let day = from; day <= to; day++) {
      if (weekdayOf(day) !== 1) continue;
      const [year, week] = isoWeekOf(day);
      if (mondayOf(year, week) !== day) expect(mondayOf(year, week), dateText(day)).toBe(day);
      if (week === 53) {
        long++;
        if (weeksOf(year) !== 53) expect(weeksOf(year), String(year)).toBe(53);
      }
      if (week === 1 && mondayOf(year, weeksOf(year) + 1) !== null) expect(year).toBe('without a week more');
    }
    // 71 long years in 400
    expect(long).toBe(71);
  });

  it('knows the years of 53 weeks', () => {
    const years = Array.from({ length: 40 }, (_, i) => 2000 + i).filter((year) => weeksOf(year) === 53);
    expect(years).toEqual([2004, 2009, 2015, 2020, 2026, 2032, 2037]);
  });

  it('has no day, week or month that there is not', () => {
    expect([dayOfDate(2023, 2, 29), dayOfDate(2024, 2, 29)]).toEqual([null, 19782]);
    expect([dayOfDate(2024, 0, 1), dayOfDate(2024, 13, 1), dayOfDate(2024, 4, 31), dayOfDate(2024, 1, 0)]).toEqual([
      null,
      null,
      null,
      null,
    ]);
    expect([mondayOf(2024, 0), mondayOf(2024, 53), dateText(mondayOf(2020, 53)!)]).toEqual([null, null, '2020-12-28']);
    expect([monthLength(1900, 2), monthLength(2000, 2), monthLength(2023, 12)]).toEqual([28, 29, 31]);
  });

  it('writes years before 1000 with four digits, and times of day', () => {
    expect(dateText(dayNumber(7, 3, 1))).toBe('0007-03-01');
    expect([clockText(0), clockText(86_399), clockText(7 * 3600)]).toEqual(['00:00:00', '23:59:59', '07:00:00']);
  });
});
