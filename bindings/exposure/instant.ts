import { dayNumber, mondayOf, monthLength } from '../base/dates/civil.js';

/** How a period is written. */
export type Writing = 'whole number' | 'month' | 'week' | 'date' | 'date-time' | 'date-time with a zone';

/** A period as read: what its writing says, and no more. */
export interface Instant {
  readonly writing: Writing;
  /** The number itself; for anything else seconds, days or months since the same far day, NaN where not said. */
  readonly number: number;
  readonly second: number;
  readonly day: number;
  readonly month: number;
  /** Day of the month; 0 for a month. */
  readonly dayOfMonth: number;
  readonly endsMonth: boolean;
  /** Seconds since midnight, and the zone's offset: what all date-times share that are dates in disguise. */
  readonly clock: number;
  readonly offset: number;
}

const integer = /^[+-]?\d{1,15}$/;
const yearMonth = /^(\d{4})-(\d{2})$/;
const isoWeek = /^(\d{4})-?W(\d{2})$/;
const dateTime =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.0+)?)?(Z| UTC|[+-]\d{2}(?::?\d{2})?)?)?$/;

const unsaid = {
  number: Number.NaN,
  second: Number.NaN,
  day: Number.NaN,
  dayOfMonth: 0,
  endsMonth: false,
  clock: 0,
  offset: 0,
};

/** Reads a whole number, an ISO month, week, date or date-time; null for any other text. */
export function parseInstant(text: string): Instant | null {
  if (integer.test(text)) return { ...unsaid, writing: 'whole number', number: Number(text), month: Number.NaN };
  const week = isoWeek.exec(text);
  if (week) {
    const monday = mondayOf(Number(week[1]), Number(week[2]));
    return monday === null ? null : { ...unsaid, writing: 'week', day: monday, month: Number.NaN };
  }
  const [, ...parts] = yearMonth.exec(text) ?? dateTime.exec(text) ?? [];
  if (parts.length === 0) return null;
  const [year, month] = parts.map(Number);
  if (month < 1 || month > 12) return null;
  const months = year * 12 + month - 1;
  if (parts.length === 2) return { ...unsaid, writing: 'month', month: months };
  const dayOfMonth = Number(parts[2]);
  if (dayOfMonth < 1 || dayOfMonth > monthLength(year, month)) return null;
  const date = {
    ...unsaid,
    writing: 'date',
    day: dayNumber(year, month, dayOfMonth),
    month: months,
    dayOfMonth,
    endsMonth: dayOfMonth === monthLength(year, month),
  } as const;
  if (parts[3] === undefined) return date;
  const [hour, minute, second] = [Number(parts[3]), Number(parts[4]), Number(parts[5] ?? 0)];
  if (hour > 23 || minute > 59 || second > 59) return null;
  const clock = (hour * 60 + minute) * 60 + second;
  const offset = offsetOf(parts[6] ?? 'Z');
  if (offset === null) return null;
  const writing = parts[6] === undefined ? 'date-time' : 'date-time with a zone';
  return { ...date, writing, clock, offset, second: date.day * 86400 + clock - offset };
}

/** Seconds that a zone is ahead of UTC. */
function offsetOf(zone: string): number | null {
  if (zone === 'Z' || zone === ' UTC') return 0;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(3).replace(':', ''))];
  if (hours > 23 || minutes > 59) return null;
  return (zone.startsWith('-') ? -60 : 60) * (hours * 60 + minutes);
}
