import { cureOf, type DateFormat, type Misspelt } from '../../bindings/base/dates/spellings.js';
import type { Faults } from '../../bindings/base/faults.js';

/** `--date-format`: how what can be read in several ways is read, in any of the tables. */
export type DateFormats = readonly DateFormat[];

const contrary: readonly (readonly [DateFormat, DateFormat, string])[] = [
  ['d/m/y', 'm/d/y', 'order of days and months'],
  ['yyyyww', 'yyyymm', 'meaning of six digits'],
];

/** Notes formats that contradict each other. */
export function checkFormats(faults: Faults, formats: DateFormats): void {
  for (const [one, other, what] of contrary) {
    if (!formats.includes(one) || !formats.includes(other)) continue;
    const problem = `expected one ${what} for all tables, got ${one} and ${other}`;
    faults.add('date-format', '--date-format', `${problem}. Write the dates of one of them as "2024-03-01".`);
  }
}

/** How a format is asked for. */
export const sayFormat = (format: DateFormat) => `--date-format ${format}`;

/** `. What to do.` about a text that was not read; nothing where there is nothing to do. */
export const cureOfMoment = (why: Misspelt): string => (why === 'unknown' ? '' : `. ${cureOf(why, sayFormat)}`);
