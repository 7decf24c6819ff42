// The Gregorian calendar by arithmetic alone: no clock and no time zones of the runtime. Days are counted from 1970-01-01.

/** A day by its number in year, month and day. */
export interface CivilDate {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly dayOfMonth: number;
}

export const daySeconds = 86400;

/** Days since 1970-01-01: years begin in March, so that leap days come last. */
export function dayNumber(year: number, month: number, dayOfMonth: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + dayOfMonth - 1;
  return era * 146097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719468;
}

/** The inverse of `dayNumber`. */
export function civilOf(day: number): CivilDate {
  const shifted = day + 719468;
  const era = Math.floor(shifted / 146097);
  const dayOfEra = shifted - era * 146097;
  const leapDays = Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36524) + Math.floor(dayOfEra / 146096);
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const fromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    dayOfMonth: dayOfYear - Math.floor((153 * fromMarch + 2) / 5) + 1,
  };
}

export const monthLength = (year: number, month: number): number =>
  month === 12 ? 31 : dayNumber(year, month + 1, 1) - dayNumber(year, month, 1);

/** The day of a date; null where the calendar has none. */
export function dayOfDate(year: number, month: number, dayOfMonth: number): number | null {
  const there = month >= 1 && month <= 12 && dayOfMonth >= 1 && dayOfMonth <= monthLength(year, month);
  return there ? dayNumber(year, month, dayOfMonth) : null;
}

/** 1 for Monday to 7 for Sunday. */
export const weekdayOf = (day: number): number => ((((day + 3) % 7) + 7) % 7) + 1;

/** Monday of the first ISO week of a year, the one that has January 4. */
const firstMonday = (year: number): number => {
  const day = dayNumber(year, 1, 4);
  return day - weekdayOf(day) + 1;
};

/** 52 or 53. */
export const weeksOf = (year: number): number => (firstMonday(year + 1) - firstMonday(year)) / 7;

/** Monday of an ISO week; null where the year has none of that number. */
export const mondayOf = (year: number, week: number): number | null =>
  week >= 1 && week <= weeksOf(year) ? firstMonday(year) + (week - 1) * 7 : null;

const digits = (number: number, count: number) => String(number).padStart(count, '0');

/** `2024-03-01`. */
export function dateText(day: number): string {
  const { year, month, dayOfMonth } = civilOf(day);
  return `${digits(year, 4)}-${digits(month, 2)}-${digits(dayOfMonth, 2)}`;
}

/** `07:30:00`, from whole seconds since midnight. */
export const clockText = (second: number): string =>
  [Math.floor(second / 3600), Math.floor(second / 60) % 60, second % 60].map((part) => digits(part, 2)).join(':');
