import { civilOf, clockText, dateText, daySeconds } from '../base/dates/civil.js';
import { cureOf, type DateFormat, readSpelling, type Spelled } from '../base/dates/spellings.js';
import { show } from '../base/errors.js';
import { cureOfNumber } from '../base/numbers/cures.js';
import { type NumberMarks, parseNumber, thousandsCharacters, thousandsMarks } from '../base/numbers/grammar.js';
import { soundsLikeTotal } from '../base/totalNames.js';
import type { KeyType } from '../config/config.js';

/** What is wrong with a cell: what was expected of it, and what to do. */
export interface Misread {
  readonly expected: string;
  readonly cure: string;
}

/** Reads the texts of one key column as its type says. */
export interface KeyReader {
  /** The key that a text stands for. */
  read(text: string): string | Misread;
  /** Two texts of the column that name some day both, though not the same days. */
  overlap(): readonly [string, string] | null;
}

/** Opens a reader for a column; null for text, which stays as written. `marks` are those of the table. */
export function openKeyReader(column: string, type: KeyType | undefined, marks: NumberMarks): KeyReader | null {
  if (type === undefined || type === 'text') return null;
  const reader = readerOf(column, type, marks);
  return {
    overlap: () => reader.overlap(),
    read(text) {
      const key = reader.read(text);
      if (typeof key === 'string' || !soundsLikeTotal(text)) return key;
      const without = `"without": { ${JSON.stringify(column)}: ${JSON.stringify(text)} }`;
      return { ...key, cure: `Set ${without} to leave rows of totals out.` };
    },
  };
}

function readerOf(column: string, type: Exclude<KeyType, 'text'>, marks: NumberMarks): KeyReader {
  if (type === 'integer') return { read: (text) => readInteger(text, marks), overlap: () => null };
  const format = typeof type === 'string' ? [] : Object.values(type);
  const timed = type === 'datetime' || (typeof type === 'object' && 'datetime' in type);
  const name = JSON.stringify(column);
  const say = (option: 'date' | 'datetime') => (asked: DateFormat) =>
    `"types": { ${name}: { "${option}": "${asked}" } }`;
  return timed
    ? { read: (text) => readMoment(text, format, say('datetime')), overlap: () => null }
    : datesOf(format, say('date'), `"types": { ${name}: "datetime" }`);
}

/** `7`, `007`, `+7`, `7.0`; `7,000` where that mark is declared. Three zeros after a mark that may be of thousands are not guessed. */
function readInteger(text: string, marks: NumberMarks): string | Misread {
  const { decimal = '.', thousands } = marks;
  const mark = thousandsCharacters(marks);
  const grouped = mark !== '' && new RegExp(`^[+-]?\\d{1,3}(?:[${mark}]\\d{3})+(?:[${decimal}]0*)?$`).test(text);
  const plain = grouped ? text.replace(new RegExp(`[${mark}]`, 'g'), '') : text;
  const [, sign, digits] = new RegExp(`^([+-]?)0*(\\d+)(?:[${decimal}]0*)?$`).exec(plain) ?? [];
  const expected = 'a whole number';
  if (digits === undefined) return { expected, cure: cureOfInteger(text, marks) };
  if (thousands === undefined && /^[+-]?[1-9]\d{0,2}[.,]000$/.test(text)) {
    return { expected, cure: 'Remove the thousands separator, or the zeros if it is the decimal mark.' };
  }
  return sign === '-' && digits !== '0' ? `-${digits}` : digits;
}

function cureOfInteger(text: string, marks: NumberMarks): string {
  if (text !== text.trim()) return 'Remove the spaces.';
  const { decimal = '.' } = marks;
  const others = thousandsMarks.filter((thousands) => thousands !== decimal);
  const groups = others.some((thousands) => Number.isInteger(parseNumber(text, { ...marks, thousands })));
  return groups && !/e/i.test(text) ? cureOfNumber(text, marks).replace(/^\. /, '') : '';
}

const like = { date: 'a date like "2024-03-01"', datetime: 'a date and time like "2024-03-01 07:00:00"' };

type Say = (format: DateFormat) => string;

function readMoment(text: string, formats: readonly DateFormat[], say: Say): string | Misread {
  const found = readSpelling(text, formats);
  if (typeof found === 'string') {
    // weeks, months and serials have no hours
    const asked = found === 'digits' || found === 'serial' ? 'unknown' : found;
    return { expected: like.datetime, cure: cureOf(asked, say) };
  }
  if (found.span !== 'day') return { expected: like.datetime, cure: '' };
  if (!Number.isInteger(found.second)) return { expected: like.datetime, cure: 'Write whole seconds.' };
  return `${dateText(found.day)} ${clockText(found.second)}`;
}

/** Dates of one column name days, or weeks, or months: one that names both would be two things under one key. */
function datesOf(formats: readonly DateFormat[], say: Say, hours: string): KeyReader {
  let first: (Spelled & { readonly text: string }) | null = null;
  const ranges: (Spelled & { readonly text: string })[] = [];
  return {
    read(text) {
      const found = readSpelling(text, formats);
      if (typeof found === 'string') return { expected: like.date, cure: cureOf(found, say) };
      if (found.second > 0)
        return { expected: 'a date without a time of day', cure: `Set ${hours} if keys are of hours.` };
      first ??= { ...found, text };
      if (found.span !== first.span) {
        return { expected: `a ${first.span} like ${show(first.text)}`, cure: 'Write all of them in one way.' };
      }
      if (found.span === 'range') ranges.push({ ...found, text });
      return dateText(found.day);
    },
    overlap() {
      ranges.sort((a, b) => a.day - b.day || a.days - b.days);
      const at = ranges.findIndex(({ day, days }, i) => {
        const before = ranges[i - 1];
        return i > 0 && day < before.day + before.days && !(day === before.day && days === before.days);
      });
      return at < 0 ? null : [ranges[at - 1].text, ranges[at].text];
    },
  };
}

/** A moment in UTC as text, from milliseconds since 1970: how Date objects and Arrow hand over dates. */
export function textOfMilliseconds(milliseconds: number): string | null {
  const day = Math.floor(milliseconds / 1000 / daySeconds);
  if (!Number.isFinite(milliseconds) || civilOf(day).year < 0 || civilOf(day).year > 9999) return null;
  const rest = milliseconds - day * daySeconds * 1000;
  if (rest === 0) return dateText(day);
  const second = Math.floor(rest / 1000);
  const fraction = Math.floor(rest - second * 1000);
  return `${dateText(day)} ${clockText(second)}${fraction > 0 ? `.${String(fraction).padStart(3, '0')}` : ''}`;
}
