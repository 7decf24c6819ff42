import { show } from '../errors.js';
import type { Faults } from '../faults.js';

/** Periods in equal steps. */
export interface Calendar {
  /** Period of each text, from 0. */
  readonly period: Int32Array;
  readonly periods: number;
}

type Unit = 'whole number' | 'month' | 'day' | 'second';

const mostPeriods = 10_000_000;
const integer = /^[+-]?\d{1,15}$/;
const month = /^(\d{4})-(\d{2})$/;
const instant = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.0+)?)?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/;

/** Days since 1970-01-01 in the Gregorian calendar: March-based years, so that leap days come last. */
function dayNumber(year: number, monthOfYear: number, day: number): number {
  const y = monthOfYear <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * ((monthOfYear + 9) % 12) + 2) / 5) + day - 1;
  return era * 146097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719468;
}

const monthLength = (year: number, m: number) => (m === 12 ? 31 : dayNumber(year, m + 1, 1) - dayNumber(year, m, 1));

/** A text as a number of units, or null. Days also tell their month, for calendars of months. */
function parse(text: string): { unit: Unit; at: number; months?: number; monthEnd?: boolean; day?: number } | null {
  if (integer.test(text)) return { unit: 'whole number', at: Number(text) };
  let match = month.exec(text);
  if (match) {
    const m = Number(match[2]);
    return m >= 1 && m <= 12 ? { unit: 'month', at: Number(match[1]) * 12 + m - 1 } : null;
  }
  match = instant.exec(text);
  if (!match) return null;
  const [year, m, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (m < 1 || m > 12 || day < 1 || day > monthLength(year, m)) return null;
  const days = dayNumber(year, m, day);
  if (match[4] === undefined) {
    return { unit: 'day', at: days, months: year * 12 + m - 1, monthEnd: day === monthLength(year, m), day };
  }
  const [hour, minute, second] = [Number(match[4]), Number(match[5]), Number(match[6] ?? 0)];
  if (hour > 23 || minute > 59 || second > 59) return null;
  const zone = match[7] ?? 'Z';
  const sign = zone.startsWith('-') ? -1 : 1;
  const offset =
    zone === 'Z' ? 0 : sign * (Number(zone.slice(1, 3)) * 3600 + Number(zone.slice(3).replace(':', '') || 0) * 60);
  return { unit: 'second', at: ((days * 24 + hour) * 60 + minute) * 60 + second - offset };
}

/**
 * Reads the distinct texts of a time column as a calendar: whole numbers, ISO dates, months or date-times, all of one
 * kind. The step is the smallest distance between two; dates that are all the same day of a month (or all month ends)
 * step in months. A hole is a fault unless `gaps` is "zero".
 */
export function readCalendar(
  faults: Faults,
  path: string,
  texts: readonly string[],
  gaps: 'zero' | undefined,
): Calendar {
  const nothing = { period: new Int32Array(texts.length), periods: 1 };
  const parsed = texts.map(parse);
  const bad = parsed.findIndex((entry) => entry === null || entry.unit !== parsed[0]!.unit);
  if (bad >= 0) {
    const mixed = parsed[bad] !== null;
    const expected = mixed
      ? `a ${parsed[0]!.unit} like ${show(texts[0])}`
      : 'an ISO date, an ISO date-time or a whole number';
    faults.add('time', path, `expected ${expected}, got ${show(texts[bad])}`);
    return nothing;
  }
  let entries = parsed.map((entry) => entry!);
  let unit = entries[0]?.unit ?? 'day';
  if (unit === 'day' && entries.length > 1) {
    const monthly = entries.every((entry) => entry.day === entries[0].day) || entries.every((entry) => entry.monthEnd);
    if (monthly && new Set(entries.map((entry) => entry.months)).size === entries.length) {
      unit = 'month';
      entries = entries.map((entry) => ({ ...entry, at: entry.months! }));
    }
  }
  const order = [...entries.keys()].sort((i, j) => entries[i].at - entries[j].at);
  let step = Number.POSITIVE_INFINITY;
  for (let k = 1; k < order.length; k++) {
    const [before, after] = [order[k - 1], order[k]];
    const apart = entries[after].at - entries[before].at;
    if (apart === 0) {
      faults.add(
        'time',
        path,
        `expected each period written in one way, got ${show(texts[before])} and ${show(texts[after])}`,
      );
      return nothing;
    }
    step = Math.min(step, apart);
  }
  if (order.length < 2) return nothing;
  for (let k = 1; k < order.length; k++) {
    const [before, after] = [order[k - 1], order[k]];
    const apart = entries[after].at - entries[before].at;
    const between = `${show(texts[before])} and ${show(texts[after])}`;
    const size = `the step is ${step} ${unit}${step === 1 ? '' : 's'}`;
    if (apart % step !== 0) faults.add('time', path, `expected periods in equal steps, got ${between} (${size})`);
    else if (apart !== step && gaps !== 'zero') {
      const cure = 'Set "gaps": "zero" to treat missing periods as periods without exposure.';
      faults.add('time', path, `expected a calendar without holes, got nothing between ${between} (${size}). ${cure}`);
    }
  }
  const first = entries[order[0]].at;
  const periods = (entries[order[order.length - 1]].at - first) / step + 1;
  if (periods > mostPeriods) {
    faults.add('time', path, `expected at most ${mostPeriods} periods, got ${periods} of ${step} ${unit}s`);
    return nothing;
  }
  return { period: Int32Array.from(entries, (entry) => (entry.at - first) / step), periods };
}
