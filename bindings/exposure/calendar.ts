import { cureOfBreak, findBreak, maybeSerials } from '../base/dates/numbers.js';
import { cureOf, type DateFormat, readSpelling } from '../base/dates/spellings.js';
import { show } from '../base/errors.js';
import type { Faults } from '../base/faults.js';
import { type Instant, parseInstant } from './instant.js';

/** The distance from one period to the next. */
export interface Step {
  readonly unit: 'number' | 'second' | 'day' | 'month';
  readonly size: number;
}

/** Periods in equal steps. */
export interface Calendar {
  /** Period of each text, from 0. */
  readonly period: Int32Array;
  readonly periods: number;
  /** Null for a single period. */
  readonly step: Step | null;
}

/** The distinct texts of a time column, and how messages say where they are. */
export interface Times {
  readonly texts: readonly string[];
  /** The column as a whole. */
  readonly path: string;
  /** The first record with the i-th text, and its column. */
  recordOf(i: number): string;
  /** The column as `types` of its table calls it; left out where there is no such option. */
  readonly typed?: string | undefined;
}

/** What becomes of a hole in the calendar; an error without. */
export type Gaps = 'zero' | 'unallocated' | undefined;

const mostPeriods = 10_000_000;

/**
 * Reads the distinct texts of a time column as a calendar: whole numbers, ISO months, weeks, dates or date-times, all of
 * one kind. Whole numbers are counted one by one, so weeks as `202452` are refused where a year ends. The step is the smallest distance between two, or `known`, that of an earlier calendar. Date-times all at one
 * time of day step in days; dates that are all the same day of a month (or all month ends) step in months. A hole is a
 * fault unless `gaps` says what it is.
 */
export function readCalendar(faults: Faults, times: Times, gaps: Gaps, known?: Step | null): Calendar {
  const { texts, path } = times;
  const nothing = { period: new Int32Array(texts.length), periods: 1, step: known ?? null };
  const parsed = texts.map(parseInstant);
  const bad = parsed.findIndex((instant) => instant === null || instant.writing !== parsed[0]!.writing);
  if (bad >= 0) {
    const expected =
      parsed[bad] === null
        ? 'an ISO date, an ISO date-time or a whole number'
        : `a ${parsed[0]!.writing} like ${show(texts[0])}`;
    const cure = cureOfText(times, texts[bad], parsed[bad] === null ? undefined : texts[0]);
    faults.add('time', times.recordOf(bad), `expected ${expected}, got ${show(texts[bad])}${cure}`);
    return nothing;
  }
  const broken = findBreak(texts);
  if (broken) {
    const { before, after } = broken;
    const apart = Number(after) - Number(before);
    const got = `${show(before)} and ${show(after)}, which are ${apart} apart as whole numbers`;
    const cure = times.typed === undefined ? 'Write them as ISO dates.' : cureOfBreak(broken, say(times.typed));
    faults.add('time', path, `expected periods that can be counted, got ${got}. ${cure}`);
    return nothing;
  }
  const instants = parsed as Instant[];
  const unit = known?.unit ?? unitOf(instants);
  const at = Float64Array.from(instants, (instant) => instant[unit]);
  const unsaid = at.findIndex(Number.isNaN);
  if (unsaid >= 0) {
    const steps = `periods like those of the fit, in steps of ${sizeOf(known!)}`;
    faults.add('time', times.recordOf(unsaid), `expected ${steps}, got ${show(texts[unsaid])}`);
    return nothing;
  }

  const order = Array.from(texts.keys()).sort((i, j) => at[i] - at[j]);
  let smallest = Number.POSITIVE_INFINITY;
  for (let k = 1; k < order.length; k++) {
    const [before, after] = [order[k - 1], order[k]];
    smallest = Math.min(smallest, at[after] - at[before]);
    if (at[after] > at[before]) continue;
    const both = `${show(texts[before])} and ${show(texts[after])}`;
    faults.add('time', path, `expected each period written in one way, got ${both}`);
    return nothing;
  }
  if (order.length < 2) return nothing;
  const step: Step = known ?? { unit, size: smallest };
  for (let k = 1; k < order.length; k++) {
    const [before, after] = [order[k - 1], order[k]];
    const apart = at[after] - at[before];
    const between = `${show(texts[before])} and ${show(texts[after])}`;
    if (apart % step.size !== 0) {
      const serials = times.typed !== undefined && maybeSerials(texts);
      const cure = serials ? `. Set ${say(times.typed)('excel')} if these are Excel's numbers of days.` : '';
      faults.add('time', path, `expected periods in equal steps, got ${between} (the step is ${sizeOf(step)})${cure}`);
    } else if (apart !== step.size && gaps === undefined) {
      const problem = `expected a calendar without holes, got nothing between ${between} (the step is ${sizeOf(step)})`;
      const cure = 'Set "gaps": "zero" if nothing was delivered there, "unallocated" if what was delivered is lost';
      faults.add('time', path, `${problem}. ${cure}.`);
    }
  }
  const first = at[order[0]];
  const periods = (at[order[order.length - 1]] - first) / step.size + 1;
  if (periods > mostPeriods) {
    faults.add('time', path, `expected at most ${mostPeriods} periods, got ${periods} in steps of ${sizeOf(step)}`);
    return nothing;
  }
  return { period: Int32Array.from(at, (x) => (x - first) / step.size), periods, step };
}

function unitOf(instants: readonly Instant[]): Step['unit'] {
  const [first] = instants;
  if (first.writing === 'whole number') return 'number';
  if (first.writing === 'month') return 'month';
  if (first.writing === 'week') return 'day';
  if (
    first.writing !== 'date' &&
    instants.some(({ clock, offset }) => clock !== first.clock || offset !== first.offset)
  )
    return 'second';
  const monthly =
    instants.every(({ dayOfMonth }) => dayOfMonth === first.dayOfMonth) || instants.every((date) => date.endsMonth);
  const apart = new Set(instants.map(({ month }) => month)).size === instants.length;
  return monthly && apart && instants.length > 1 ? 'month' : 'day';
}

const sizeOf = ({ unit, size }: Step) => (unit === 'number' ? String(size) : `${size} ${unit}${size === 1 ? '' : 's'}`);

/** How a type of the time column is asked for. */
const say = (column: string) => (format: DateFormat | null) =>
  `"types": { ${JSON.stringify(column)}: ${format === null ? '"date"' : `{ "date": "${format}" }`} }`;

/** What a type of the time column can do about a text that was not read, or is written in another way than `others`. */
function cureOfText({ typed }: Times, text: string, others?: string): string {
  if (typed === undefined) return '';
  const found = readSpelling(text);
  if (typeof found === 'string') {
    if (found === 'zone' || others !== undefined) return '';
    if (found !== 'unknown') return `. ${cureOf(found, say(typed))}`;
    return /^\p{L}[\p{L} ._#-]*\d{1,4}$/u.test(text) ? '. Write the number alone if periods are counted.' : '';
  }
  if (!Number.isInteger(found.second)) return '';
  if (others !== undefined) {
    const first = readSpelling(others);
    if (typeof first === 'string' || first.span !== found.span || first.second > 0) return '';
  }
  if (found.second === 0) return `. Set ${say(typed)(null)} to read such dates.`;
  return `. Set "types": { ${JSON.stringify(typed)}: "datetime" } to read such times.`;
}
