// Dates and hours as marketing-mix models and ad platforms write them. All are local times of their own table: a zone
// other than UTC is not read, because moving it could move a row into another day.

/** Days since 1970-01-01, and seconds since that day's midnight. */
export interface Moment {
  readonly day: number;
  readonly second: number;
  /** Whether a time of day was written. */
  readonly timed: boolean;
}

const daySeconds = 86400;

const iso =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2})(?::?(\d{2})(?::?(\d{2})(?:\.\d+)?)?)?(?:Z|[+-]00(?::?00)?)?)?(?:\|(\d{1,2}))?$/;
// Microsoft Advertising: the midnight says nothing, the hour stands behind the bar
const microsoft = /^(\d{1,2})\/(\d{1,2})\/(\d{4})(?: 12:00:00 AM)?\|(\d{1,2})$/;

/** Reads an ISO date or date-time, or Microsoft's "m/d/yyyy 12:00:00 AM|h" and "yyyy-mm-dd|h"; null for any other text. */
export function parseMoment(text: string): Moment | null {
  const bar = microsoft.exec(text);
  if (bar) return momentOf(Number(bar[3]), Number(bar[1]), Number(bar[2]), Number(bar[4]) * 3600, true);
  const found = iso.exec(text);
  if (!found) return null;
  const [year, month, date, hour = 0, minute = 0, second = 0, after = 0] = found
    .slice(1)
    .map((part) => Number(part ?? 0));
  if (minute > 59 || second > 59 || (found[4] !== undefined && found[7] !== undefined)) return null;
  const timed = found[4] !== undefined || found[7] !== undefined;
  return momentOf(year, month, date, (hour + after) * 3600 + minute * 60 + second, timed);
}

function momentOf(year: number, month: number, date: number, second: number, timed: boolean): Moment | null {
  const time = new Date(0).setUTCFullYear(year, month - 1, date);
  const made = new Date(time);
  if (made.getUTCMonth() !== month - 1 || made.getUTCDate() !== date || second >= daySeconds) return null;
  return { day: time / (daySeconds * 1000), second, timed };
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
  const date = new Date(day * daySeconds * 1000);
  const next = new Date((day + 1) * daySeconds * 1000);
  return {
    month: date.getUTCFullYear() * 12 + date.getUTCMonth(),
    dayOfMonth: date.getUTCDate(),
    endsMonth: next.getUTCDate() === 1,
  };
}

/** The day of a month, the last one where the month has fewer. */
export function dayOf(month: number, dayOfMonth: number): number {
  const first = (m: number) => new Date(0).setUTCFullYear(Math.floor(m / 12), m % 12, 1) / (daySeconds * 1000);
  return Math.min(first(month) + dayOfMonth, first(month + 1)) - 1;
}

/** "2024-03-01", and "2024-03-01 07:00:00" where the time of day is said. */
export function momentText(seconds: number, timed: boolean): string {
  const text = new Date(seconds * 1000).toISOString();
  return timed ? `${text.slice(0, 10)} ${text.slice(11, 19)}` : text.slice(0, 10);
}

export const secondsOf = ({ day, second }: Moment): number => day * daySeconds + second;

export const weekdayOf = (day: number): string =>
  ['Thursday', 'Friday', 'Saturday', 'Sunday', 'Monday', 'Tuesday', 'Wednesday'][((day % 7) + 7) % 7];
