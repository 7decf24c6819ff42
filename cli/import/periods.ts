import { cureOfBreak, findBreak, maybeSerials } from '../../bindings/base/dates/numbers.js';
import type { Misspelt } from '../../bindings/base/dates/spellings.js';
import { show } from '../../bindings/base/errors.js';
import type { Faults } from '../../bindings/base/faults.js';
import { cureOfMoment, type DateFormats, sayFormat } from './dateFormat.js';
import { dateOf, dayOf, type Moment, momentText, readMoment, secondsOf } from './moment.js';

/** How far a period is from the next. */
export interface Step {
  readonly unit: 'number' | 'second' | 'month';
  readonly size: number;
}

/** The periods of a marketing-mix model: equal steps without holes, counted from 0; below 0 lies history. */
export interface Periods {
  /** As `totals.csv` writes them, in order. */
  readonly names: readonly string[];
  readonly step: Step;
  /** The period of each text that was read. */
  of(text: string): number;
  /** The period in which a second (or, with periods that are numbers, a number) lies. */
  at(time: number): number;
  /** The name of any period, history too. */
  nameOf(period: number): string;
}

/** Which day of its period a date names. */
export type Named = 'first' | 'last';

const whole = /^\d{1,9}$/;

/** Reads the distinct texts of a model's time column; null after noting what is wrong with them. */
export function readPeriods(
  faults: Faults,
  path: string,
  texts: readonly string[],
  named: Named,
  formats: DateFormats = [],
): Periods | null {
  const refuse = (kind: string, problem: string) => {
    faults.add(kind, path, problem);
    return null;
  };
  if (texts.length === 0) return refuse('periods', 'expected periods, got none');
  const read = texts.map((text) => readMoment(text, formats));
  const bad = read.findIndex((found) => typeof found === 'string');
  if (bad >= 0) {
    const why = read[bad] as Misspelt;
    const missing = read.includes('missing'); // a date like 20240230
    if (!missing && texts.every((text) => whole.test(text))) return numbered(faults, path, texts);
    const cure = cureOfMoment(why);
    return refuse('date', `expected ISO dates like "2024-03-01", got ${show(texts[bad])}${cure}`);
  }
  const moments = read as Moment[];
  if (!checkSpans(faults, path, texts, moments, named)) return null;
  const starts = new Map(texts.map((text, i) => [text, secondsOf(moments[i])]));
  const sorted = [...new Set(starts.values())].sort((a, b) => a - b);
  if (sorted.length < starts.size) {
    const [one, other] = twice([...starts]);
    return refuse('periods', `expected each period written in one way, got ${show(one)} and ${show(other)}`);
  }
  const timed = sorted.some((time) => time % 86400 !== 0);
  const textOf = (time: number) => momentText(time, timed);
  if (sorted.length < 2) {
    return refuse(
      'periods',
      `expected at least two periods, which say how long one is, got ${show(textOf(sorted[0]))}`,
    );
  }
  const step: Step = moments[0].span === 'week' ? { unit: 'second', size: smallest(sorted) } : stepOf(sorted);
  if (step.unit === 'month') return months(faults, path, sorted, starts, step, named);
  const hole = sorted.findIndex((time, k) => k > 0 && time - sorted[k - 1] !== step.size);
  if (hole > 0) return refuse('periods', holeText(step, textOf(sorted[hole - 1]), textOf(sorted[hole])));
  // a date that names the last day stands so many seconds after its period's beginning
  const ahead = named === 'first' ? 0 : timed ? step.size : step.size - 86400;
  return {
    names: sorted.map(textOf),
    step,
    of: (text) => sorted.indexOf(starts.get(text)!),
    at: (time) => Math.floor((time - sorted[0] + ahead) / step.size),
    nameOf: (period) => textOf(sorted[0] + period * step.size),
  };
}

const holeText = (step: Step, before: string, after: string) =>
  `expected periods in equal steps without holes, got nothing between ${show(before)} and ${show(after)} (the step is ${stepText(step)})`;

/** The first two texts of one time. */
function twice(starts: readonly (readonly [text: string, time: number])[]): [string, string] {
  const at = starts.findIndex(([, time], i) => starts.findIndex(([, other]) => other === time) < i);
  return [starts.find(([, time]) => time === starts[at][1])![0], starts[at][0]];
}

/** Periods written as weeks, months or ranges are all of one kind, say their first day, and follow one another. */
function checkSpans(
  faults: Faults,
  path: string,
  texts: readonly string[],
  moments: readonly Moment[],
  named: Named,
): boolean {
  const refuse = (problem: string) => {
    faults.add('periods', path, problem);
    return false;
  };
  const [{ span }] = moments;
  const other = moments.findIndex((moment) => moment.span !== span);
  if (other >= 0) {
    return refuse(
      `expected a ${span} like ${show(texts[0])}, got ${show(texts[other])}. Write all of them in one way.`,
    );
  }
  if (span === 'day') return true;
  if (named === 'last') {
    faults.add(
      'periods',
      '--dates',
      `expected days that end a period, got a ${span} (${show(texts[0])}). Leave --dates out.`,
    );
    return false;
  }
  if (span !== 'range') return true;
  const order = [...moments.keys()].sort((i, j) => moments[i].day - moments[j].day);
  const at = order.findIndex((i, k) => {
    const before = moments[order[k - 1]];
    return k > 0 && moments[i].day !== before.day && moments[i].day !== before.day + before.days;
  });
  if (at < 0) return true;
  const both = `${show(texts[order[at - 1]])} and ${show(texts[order[at]])}`;
  return refuse(`expected ranges that follow one another, got ${both}`);
}

function months(
  faults: Faults,
  path: string,
  sorted: readonly number[],
  starts: ReadonlyMap<string, number>,
  step: Step,
  named: Named,
): Periods | null {
  const dates = sorted.map((time) => dateOf(Math.floor(time / 86400)));
  const [{ month: first, dayOfMonth }] = dates;
  const ends = dates.every(({ endsMonth }) => endsMonth);
  const textOf = (time: number) => momentText(time, false);
  if (named === 'first' && (ends || dayOfMonth > 28)) {
    const problem = `expected the first day of each period, got ${show(textOf(sorted[0]))}. If dates name the last day of their period, use --dates last.`;
    faults.add('periods', path, problem);
    return null;
  }
  const hole = dates.findIndex(({ month }, k) => k > 0 && month - dates[k - 1].month !== step.size);
  if (hole > 0) {
    faults.add('periods', path, holeText(step, textOf(sorted[hole - 1]), textOf(sorted[hole])));
    return null;
  }
  return {
    names: sorted.map(textOf),
    step,
    of: (text) => sorted.indexOf(starts.get(text)!),
    at(time) {
      const date = dateOf(Math.floor(time / 86400));
      if (named === 'first') {
        return Math.floor((date.month - (date.dayOfMonth < dayOfMonth ? 1 : 0) - first) / step.size);
      }
      const month = date.month + (!ends && date.dayOfMonth > dayOfMonth ? 1 : 0);
      return Math.floor((month - first + step.size - 1) / step.size);
    },
    nameOf: (period) => textOf(dayOf(first + period * step.size, ends ? 31 : dayOfMonth) * 86400),
  };
}

function numbered(faults: Faults, path: string, texts: readonly string[]): Periods | null {
  const sorted = [...new Set(texts.map(Number))].sort((a, b) => a - b);
  const hole = sorted.findIndex((number, k) => k > 0 && number !== sorted[k - 1] + 1);
  if (refuseBreak(faults, path, texts)) return null;
  if (hole >= 0) {
    const cure = maybeSerials(texts) ? ". Set --date-format excel if these are Excel's numbers of days." : '';
    faults.add('periods', path, `expected periods without holes, got ${sorted[hole - 1]} and ${sorted[hole]}${cure}`);
    return null;
  }
  return {
    names: sorted.map(String),
    step: { unit: 'number', size: 1 },
    of: (text) => Number(text) - sorted[0],
    at: (number) => number - sorted[0],
    nameOf: (period) => String(sorted[0] + period),
  };
}

/** Notes whole numbers that cannot be counted one by one: weeks as 202452 and 202501. */
export function refuseBreak(faults: Faults, path: string, texts: readonly string[]): boolean {
  const broken = findBreak(texts);
  if (!broken) return false;
  const { before, after } = broken;
  const got = `${before} and ${after}, which are ${Number(after) - Number(before)} apart as whole numbers`;
  const cure = cureOfBreak(broken, (format) => (format === null ? 'dates' : sayFormat(format)));
  faults.add('periods', path, `expected periods that can be counted, got ${got}. ${cure}`);
  return true;
}

/** The step of sorted seconds: months where all are one day of the month or all month ends, else the smallest distance. */
export function stepOf(sorted: readonly number[]): Step {
  const dates = sorted.map((time) => dateOf(Math.floor(time / 86400)));
  const months = new Set(dates.map(({ month }) => month));
  const alike = dates.every(({ dayOfMonth }) => dayOfMonth === dates[0].dayOfMonth) || dates.every((d) => d.endsMonth);
  const clock = sorted.every((time) => time % 86400 === sorted[0] % 86400);
  if (alike && clock && months.size === sorted.length && sorted.length > 1) {
    return { unit: 'month', size: smallest(dates.map(({ month }) => month)) };
  }
  return { unit: 'second', size: smallest(sorted) };
}

function smallest(sorted: readonly number[]): number {
  let least = Number.POSITIVE_INFINITY;
  for (let k = 1; k < sorted.length; k++) least = Math.min(least, sorted[k] - sorted[k - 1]);
  return least;
}

/** "7 days", "1 month", "3600 seconds". */
export function stepText({ unit, size }: Step): string {
  const [count, name] =
    unit === 'second' && size % 86400 === 0
      ? [size / 86400, 'day']
      : unit === 'second' && size % 3600 === 0
        ? [size / 3600, 'hour']
        : [size, unit];
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}
