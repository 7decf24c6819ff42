import {
  civilOf,
  clockText,
  dateText,
  dayNumber,
  daySeconds,
  monthLength,
  weekdayOf,
} from '../../bindings/base/dates/civil.js';
import { type DateFormat, type Misspelt, readSpelling, type Spelled } from '../../bindings/base/dates/spellings.js';

// Dates and hours as marketing-mix models and ad platforms write them. All are local times of their own table: a zone
// other than UTC is not read, because moving it could move a row into another day.

/** Days since 1970-01-01, and whole seconds since that day's midnight. */
export type Moment = Pick<Spelled, 'day' | 'days' | 'span' | 'second' | 'timed'>;

// Microsoft Advertising: the midnight says nothing, the hour stands behind the bar
const barred = /^(.*)\|(\d{1,2})$/;

/** Reads a date or date-time in any of the usual spellings, or Microsoft's "m/d/yyyy 12:00:00 AM|h" and "yyyy-mm-dd|h"; else says why not. */
export function readMoment(text: string, formats: readonly DateFormat[] = []): Moment | Misspelt {
  const bar = barred.exec(text);
  if (!bar) {
    const found = readSpelling(text, formats);
    return typeof found === 'string' ? found : { ...found, second: Math.floor(found.second) };
  }
  const found = readSpelling(bar[1], [...formats, 'm/d/y']);
  if (typeof found === 'string') return found;
  const hour = Number(bar[2]);
  if (found.second > 0 || found.span !== 'day') return 'unknown';
  return hour > 23 ? 'missing' : { ...found, second: hour * 3600, timed: true };
}

/** The same; null where it is none. */
export function parseMoment(text: string, formats: readonly DateFormat[] = []): Moment | null {
  const found = readMoment(text, formats);
  return typeof found === 'string' ? null : found;
}

/**
 * Reads a column of hours: Google's 0 to 23 and Meta's "07:00:00 - 07:59:59" (of the advertiser's zone). Gives the hour,
 * or null for any other text.
 */
export function parseHour(text: string): number | null {
  const hour = /^(\d{1,2})(?::00(?::00)?)?$/.exec(text) ?? /^(\d{2}):00:00 - \1:59:59$/.exec(text);
  return hour && Number(hour[1]) <= 23 ? Number(hour[1]) : null;
}

/** The parts of a day's number in the calendar; months count from year 0. */
export function dateOf(day: number): { month: number; dayOfMonth: number; endsMonth: boolean } {
  const { year, month, dayOfMonth } = civilOf(day);
  return { month: year * 12 + month - 1, dayOfMonth, endsMonth: dayOfMonth === monthLength(year, month) };
}

/** The day of a month, the last one where the month has fewer. */
export function dayOf(months: number, dayOfMonth: number): number {
  const [year, month] = [Math.floor(months / 12), (((months % 12) + 12) % 12) + 1];
  return dayNumber(year, month, Math.min(dayOfMonth, monthLength(year, month)));
}

/** "2024-03-01", and "2024-03-01 07:00:00" where the time of day is said. */
export function momentText(seconds: number, timed: boolean): string {
  const day = Math.floor(seconds / daySeconds);
  return timed ? `${dateText(day)} ${clockText(seconds - day * daySeconds)}` : dateText(day);
}

export const secondsOf = ({ day, second }: Pick<Moment, 'day' | 'second'>): number => day * daySeconds + second;

export const weekdayName = (day: number): string =>
  ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'][weekdayOf(day) - 1];
