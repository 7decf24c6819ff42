import { dayOfDate, mondayOf, monthLength, weekdayOf } from './civil.js';
import { clockOf } from './clock.js';

/** How to read spellings that can be read in several ways. */
export const dateFormats = ['d/m/y', 'm/d/y', 'yyyyww', 'yyyymm', 'excel'] as const;
export type DateFormat = (typeof dateFormats)[number];

/** The days that a text names, and the time of day where it says one. */
export interface Spelled {
  /** The first of its days, counted from 1970-01-01. */
  readonly day: number;
  /** How many days it names. */
  readonly days: number;
  /** What it names: a range says both of its ends. */
  readonly span: 'day' | 'week' | 'month' | 'quarter' | 'range';
  /** Seconds since midnight; with a part of a second where one is written. */
  readonly second: number;
  /** Whether a time of day was written. */
  readonly timed: boolean;
}

/**
 * Why a text is none: days and months in either order (`order`), six digits that may be a week or a month (`digits`), what
 * may be Excel's number of a day (`serial`), a year of two digits (`year`), a year and nothing else (`alone`), a zone other
 * than UTC (`zone`), a day, week or time that there is not, or that is no such weekday (`missing`), spaces around what
 * would be one (`spaces`), or no spelling of a date at all (`unknown`).
 */
export type Misspelt = 'order' | 'digits' | 'serial' | 'year' | 'alone' | 'zone' | 'missing' | 'spaces' | 'unknown';

const day = (number: number | null): Spelled | Misspelt =>
  number === null ? 'missing' : { day: number, days: 1, span: 'day', second: 0, timed: false };

const stretch = (first: number | null, days: number, span: Spelled['span']): Spelled | Misspelt =>
  first === null ? 'missing' : { day: first, days, span, second: 0, timed: false };

const week = (year: number, number: number) => stretch(mondayOf(year, number), 7, 'week');
const month = (year: number, number: number) =>
  stretch(dayOfDate(year, number, 1), number >= 1 && number <= 12 ? monthLength(year, number) : 0, 'month');

const monthNames = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const longNames =
  /^(january|february|march|april|may|june|july|august|september|sept|october|november|december|[a-z]{3})$/i;

/** 1 to 12; 0 for a word that names no month. */
const monthOf = (word: string) => (longNames.test(word) ? monthNames.indexOf(word.slice(0, 3).toLowerCase()) + 1 : 0);

const weekdayNames = 'mon tue wed thu fri sat sun'.split(' ');

function named(year: string, word: string, dayOfMonth: string, weekday?: string): Spelled | Misspelt {
  const number = monthOf(word);
  if (number === 0) return 'unknown';
  if (year.length < 4) return 'year';
  const found = dayOfDate(Number(year), number, Number(dayOfMonth));
  if (found === null || weekday === undefined) return day(found);
  return weekdayNames.indexOf(weekday.slice(0, 3).toLowerCase()) + 1 === weekdayOf(found) ? day(found) : 'missing';
}

/** A month of a named year, or of a year of two digits, which may be a day too. */
const namedMonth = (year: string, word: string): Spelled | Misspelt => {
  const number = monthOf(word);
  if (number === 0) return 'unknown';
  return year.length < 4 ? 'year' : month(Number(year), number);
};

/** Days and months in either order: read only where it is said which comes first. */
function ordered([, first, , second, year]: readonly string[], formats: readonly DateFormat[]): Spelled | Misspelt {
  if (year.length < 4) return 'year';
  if (formats.includes('d/m/y')) return day(dayOfDate(Number(year), Number(second), Number(first)));
  if (formats.includes('m/d/y')) return day(dayOfDate(Number(year), Number(first), Number(second)));
  return 'order';
}

function sixDigits([, year, rest]: readonly string[], formats: readonly DateFormat[]): Spelled | Misspelt {
  if (formats.includes('yyyyww')) return week(Number(year), Number(rest));
  if (formats.includes('yyyymm')) return month(Number(year), Number(rest));
  return Number(rest) >= 1 && Number(rest) <= 53 ? 'digits' : 'unknown';
}

/** Excel counts days from 1 for 1900-01-01, and has a 1900-02-29 (number 60) that never was. */
function serial([text]: readonly string[], formats: readonly DateFormat[]): Spelled | Misspelt {
  const number = Number(text);
  if (!formats.includes('excel')) {
    if (number >= 10000) return 'serial';
    return /^(?:19|20|21)\d{2}$/.test(text) ? 'alone' : 'unknown';
  }
  if (number === 0 || number === 60) return 'missing';
  return day(number - (number < 60 ? 25568 : 25569));
}

type Reader = (match: readonly string[], formats: readonly DateFormat[]) => Spelled | Misspelt;

const weekday = '(?:((?:mon|tue|wed|thu|fri|sat|sun)[a-z]*)\\.?,? )?';
const yearEnd = "'?(\\d{4}|\\d{2})(?!\\d)";

/** Spellings of a day, which a time of day may follow. */
const ofDays: readonly (readonly [RegExp, Reader])[] = [
  [/^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?!\d)/, ([, y, , m, d]) => day(dayOfDate(Number(y), Number(m), Number(d)))],
  [/^((?:19|20|21)\d{2})(\d{2})(\d{2})(?!\d)/, ([, y, m, d]) => day(dayOfDate(Number(y), Number(m), Number(d)))],
  [
    /^(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})(?!\d)/,
    ([, d, m, y]) => (y.length < 4 ? 'year' : day(dayOfDate(Number(y), Number(m), Number(d)))),
  ],
  [/^(\d{1,2})([-/])(\d{1,2})\2(\d{4}|\d{2})(?!\d)/, ordered],
  [new RegExp(`^${weekday}([a-z]+)\\.?[ -](\\d{1,2}),?[ -]${yearEnd}`, 'i'), ([, w, m, d, y]) => named(y, m, d, w)],
  [new RegExp(`^${weekday}(\\d{1,2})[ -]?([a-z]+)\\.?,?[ -]?${yearEnd}`, 'i'), ([, w, d, m, y]) => named(y, m, d, w)],
  [/^(\d{4})[ -]([a-z]+)[ -](\d{1,2})(?!\d)/i, ([, y, m, d]) => named(y, m, d)],
];

const mondayPlus = (year: string, number: string, weekdayNumber: string): Spelled | Misspelt => {
  const monday = mondayOf(Number(year), Number(number));
  return day(monday === null ? null : monday + Number(weekdayNumber) - 1);
};

/** Spellings that nothing follows. */
const ofStretches: readonly (readonly [RegExp, Reader])[] = [
  [/^(\d{4})-?W(\d{2})$/i, ([, y, w]) => week(Number(y), Number(w))],
  [/^(\d{4})-?W(\d{2})-?([1-7])$/i, ([, y, w, d]) => mondayPlus(y, w, d)],
  [/^(\d{4})[-/](\d{1,2})$/, ([, y, m]) => month(Number(y), Number(m))],
  [/^([a-z]+)\.?[ -]?'?(\d{4}|\d{2})$/i, ([, m, y]) => namedMonth(y, m)],
  [/^(\d{4})[- ]?Q([1-4])$/i, ([, y, q]) => quarter(y, q)],
  [/^Q([1-4])[- ]?(\d{4})$/i, ([, q, y]) => quarter(y, q)],
  [/^((?:19|20|21)\d{2})(\d{2})$/, sixDigits],
  [/^\d{1,5}(?=\.0+$|$)/, serial],
];

function quarter(year: string, number: string): Spelled | Misspelt {
  const [y, first] = [Number(year), Number(number) * 3 - 2];
  const days = monthLength(y, first) + monthLength(y, first + 1) + monthLength(y, first + 2);
  return stretch(dayOfDate(y, first, 1), days, 'quarter');
}

const between = /^(.{6,}?)(?: +(?:-|–|—|to|~) +|\.\.)(.{6,})$/i;
const interval = /^(\d{4}-\d{2}-\d{2})\/(\d{4}-\d{2}-\d{2})$/;

/**
 * Reads the usual spellings of dates, of moments and of stretches of days: `2024-03-01`, `2024-03-01T07:00:00Z`,
 * `20240301`, `2024/3/1`, `01.03.2024`, `Mar 1, 2024`, `1 Mar 2024`, `2024-W09`, `2024-03`, `2024-Q1`,
 * `2024-03-01 - 2024-03-07`. What can be read in several ways is read only as `formats` say, never by what the rows
 * allow.
 */
export function readSpelling(text: string, formats: readonly DateFormat[] = []): Spelled | Misspelt {
  const ends = interval.exec(text) ?? between.exec(text);
  if (ends) return range(readDay(ends[1], formats), readDay(ends[2], formats));
  for (const [pattern, read] of ofStretches) {
    const match = pattern.exec(text);
    if (match) return read(match, formats);
  }
  const found = readDay(text, formats);
  const plain = text.trim();
  return found === 'unknown' && plain !== text && readSpelling(plain, formats) !== 'unknown' ? 'spaces' : found;
}

function readDay(text: string, formats: readonly DateFormat[]): Spelled | Misspelt {
  for (const [pattern, read] of ofDays) {
    const match = pattern.exec(text);
    if (!match) continue;
    const found = read(match, formats);
    if (typeof found === 'string') return found;
    const rest = text.slice(match[0].length);
    if (rest === '') return found;
    const clock = clockOf(rest);
    return typeof clock === 'string' ? clock : { ...found, second: clock.second, timed: true };
  }
  return 'unknown';
}

function range(first: Spelled | Misspelt, last: Spelled | Misspelt): Spelled | Misspelt {
  if (typeof first === 'string') return first;
  if (typeof last === 'string') return last;
  if (first.timed || last.timed) return 'unknown';
  if (last.day < first.day) return 'missing';
  return { ...first, days: last.day - first.day + 1, span: 'range' };
}

/**
 * What to do about a text that was not read. `say` writes how a format is asked for: in a configuration, or on the
 * command line.
 */
export function cureOf(why: Misspelt, say: (format: DateFormat) => string): string {
  const cures = {
    order: () => `Say which comes first, the day or the month: ${say('d/m/y')} or ${say('m/d/y')}.`,
    digits: () => `Set ${say('yyyyww')} if these are ISO weeks, ${say('yyyymm')} if they are months.`,
    serial: () => `Set ${say('excel')} if these are Excel's numbers of days.`,
    year: () => 'Write years with four digits.',
    alone: () => 'A year alone names no day: write the first of its days, as "2024-01-01".',
    spaces: () => 'Remove the spaces.',
    zone: () => 'Which day that is depends on the zone: write the day that is meant, without a zone.',
    missing: () => 'The calendar has nothing of that name.',
    unknown: () => 'Write dates as "2024-03-01".',
  };
  return cures[why]();
}
