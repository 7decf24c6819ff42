import type { Misspelt } from '../../bindings/base/dates/spellings.js';
import { show } from '../../bindings/base/errors.js';
import type { Faults } from '../../bindings/base/faults.js';
import { cureOfMoment, type DateFormats } from './dateFormat.js';
import type { DeliveryColumns } from './deliveryColumns.js';
import { type Moment, momentText, parseHour, parseMoment, readMoment, secondsOf, weekdayName } from './moment.js';
import { type Periods, refuseBreak, type Step, stepOf, stepText } from './periods.js';
import { recordOf, type SourceTable, textsOf } from './table.js';

/** The time of every row: seconds since 1970, or the number of a period where periods are numbers. */
interface RowTimes {
  readonly times: Float64Array;
  /** Some time of day was written. */
  readonly timed: boolean;
  /** The longest stretch of days that a text names, and that text; null where all name days. */
  readonly longest: { readonly text: string; readonly days: number } | null;
}

/**
 * The period of every row of a delivery table, by its date and, where there is one, its hour. Null after noting texts that
 * are no dates, and dates that cannot be those of the model's periods.
 */
export function periodsOfRows(
  faults: Faults,
  table: SourceTable,
  columns: DeliveryColumns,
  periods: Periods,
  hours: 'begin' | 'end',
  cautions: string[],
  formats: DateFormats = [],
): Int32Array | null {
  const read =
    periods.step.unit === 'number'
      ? readNumbers(faults, table, columns.date, periods)
      : readTimes(faults, table, columns, formats);
  if (!read) return null;
  const { times, timed, longest } = read;
  if (hours === 'end') {
    if (timed) for (let r = 0; r < times.length; r++) times[r] -= 3600;
    else faults.add('hours', '--hours', 'expected hours in the delivery, got dates alone. Leave --hours out.');
  }
  const path = `${table.name}, column ${columns.date}`;
  if (longest && longest.days * day > longestOf(periods.step)) {
    const expected = `expected delivery at least as fine as the model's periods of ${stepText(periods.step)}`;
    const problem = `${expected}, got ${show(longest.text)}, which is ${longest.days} days. Export delivery by day.`;
    faults.add('grain', path, problem);
  } else checkGrain(faults, path, times, timed, periods, cautions);
  return Int32Array.from(times, (time) => periods.at(time));
}

/** A fault at the first row that has the code. */
function refuseText(
  faults: Faults,
  table: SourceTable,
  column: string,
  codes: Uint32Array,
  code: number,
  text: string,
  expected: string,
  cure = '',
): number {
  const row = codes.indexOf(code);
  const got = text === '' ? 'nothing' : show(text);
  faults.add('time', recordOf(table, row, column), `expected ${expected}, got ${got}${cure}`);
  return Number.NaN;
}

function readNumbers(faults: Faults, table: SourceTable, date: string, periods: Periods): RowTimes | null {
  const { codes, values } = textsOf(table, date);
  const bad = values.findIndex((text) => !/^\d{1,9}$/.test(text));
  const why = readMoment(periods.names[0]);
  if (bad >= 0) {
    const expected = `expected the number of a period like ${show(periods.names[0])}, because the model's periods have no dates`;
    const problem = `${expected}, got ${values[bad] === '' ? 'nothing' : show(values[bad])}`;
    const path = recordOf(table, codes.indexOf(bad), date);
    const asked = why === 'digits' || why === 'serial'; // numbers that may be dates after all
    faults.add(
      'time',
      path,
      problem + (asked ? cureOfMoment(why) : '. Give the periods dates with --first-date and --every.'),
    );
    return null;
  }
  if (refuseBreak(faults, `${table.name}, column ${date}`, [...new Set([...periods.names, ...values])])) return null;
  return { times: Float64Array.from(codes, (code) => Number(values[code])), timed: false, longest: null };
}

const dateForms = 'a date like "2024-03-01", "2024-03-01 07:00:00" or "3/1/2024 12:00:00 AM|7"';
const hourForms = 'an hour like "7" or "07:00:00 - 07:59:59"';

function readTimes(
  faults: Faults,
  table: SourceTable,
  { date, hour, hourNamed }: DeliveryColumns,
  formats: DateFormats,
): RowTimes | null {
  const { codes, values } = textsOf(table, date);
  const read = Array.from(values, (text): Moment | Misspelt => readMoment(text, formats));
  const dates = read.map((found, code) => {
    if (typeof found !== 'string') return secondsOf(found);
    const cure = values[code] === '' ? '' : cureOfMoment(found);
    return refuseText(faults, table, date, codes, code, values[code], dateForms, cure);
  });
  const moments = read.map((found) => (typeof found === 'string' ? null : found));
  const longest = moments.reduce(
    (most, moment, code) => {
      const days = moment?.days ?? 1;
      return days > (most?.days ?? 1) ? { text: values[code], days } : most;
    },
    null as RowTimes['longest'],
  );
  const clock = moments.some((moment) => moment?.timed && moment.second > 0);
  let hoursOf: ((row: number) => number) | null = null;
  if (hour !== null && clock && hourNamed) {
    const problem = `expected dates without a time of day beside an hour column, got ${show(values[0])}`;
    faults.add('hours', `${table.name}, column ${date}`, `${problem}. Leave --hour-column out.`);
  } else if (hour !== null && !clock) {
    const texts = textsOf(table, hour);
    const found = Array.from(texts.values, (text, code) => {
      return parseHour(text) ?? refuseText(faults, table, hour, texts.codes, code, text, hourForms);
    });
    hoursOf = (row) => found[texts.codes[row]];
  }
  if (faults.any) return null;
  const times = Float64Array.from(
    { length: table.rows },
    (_, r) => dates[codes[r]] + (hoursOf ? hoursOf(r) * 3600 : 0),
  );
  return { times, timed: hoursOf !== null || moments.some((moment) => moment?.timed), longest };
}

const day = 86400;
/** The longest period of a step. */
const longestOf = ({ unit, size }: Step) =>
  unit === 'month' ? (size < 3 ? size * 31 : Math.ceil(size * 30.67)) * day : unit === 'number' ? Infinity : size;
const seconds = ({ unit, size }: Step) => (unit === 'month' ? size * 28 * day : size);

/** Delivery must be as fine as the periods, and periods of one length must begin on the same day. */
function checkGrain(
  faults: Faults,
  path: string,
  times: Float64Array,
  timed: boolean,
  periods: Periods,
  cautions: string[],
): void {
  const sorted = Float64Array.from(new Set(times)).sort();
  if (periods.step.unit === 'number' || sorted.length < 3) return; // too few to tell how far apart they are
  const { step } = periods;
  const own = stepOf([...sorted]);
  const apart: Step = own.unit === 'month' ? own : { unit: 'second', size: commonStep(sorted) };
  const textOf = (time: number) => momentText(time, timed && time % day !== 0);
  if (seconds(apart) > seconds(step)) {
    const problem = `expected delivery at least as fine as the model's periods of ${stepText(step)}, got dates ${stepText(apart)} apart`;
    faults.add('grain', path, `${problem}. Export delivery by day.`);
    return;
  }
  if (apart.unit === 'month' || apart.size <= day) return;
  const fits = (time: number) =>
    periods.at(time - 1) < periods.at(time) || periods.nameOf(periods.at(time)) === textOf(time);
  const stray = sorted.find((time) => !fits(time));
  if (stray === undefined) return;
  if (step.unit === 'second' && step.size === apart.size) {
    const begins = periods.names[0];
    const weekdays = step.size % (7 * day) === 0;
    const on = (text: string, time: number) =>
      show(text) + (weekdays ? ` (${weekdayName(Math.floor(time / day))})` : '');
    const problem = `expected the dates of the model's periods like ${on(begins, secondsOf(parseMoment(begins)!))}, got ${on(textOf(stray), stray)}`;
    faults.add('grain', path, `${problem}, ${stepText(apart)} apart too. Export delivery by day, or shift its dates.`);
  } else {
    cautions.push(`rows of delivery ${stepText(apart)} apart: each goes whole into the period in which it begins`);
  }
}

/** The largest step that leads to all times. */
function commonStep(sorted: Float64Array): number {
  let common = 0;
  for (let k = 1; k < sorted.length; k++) {
    let [a, b] = [common, sorted[k] - sorted[k - 1]];
    while (a > 0) [a, b] = [b % a, a];
    common = b;
  }
  return common;
}
