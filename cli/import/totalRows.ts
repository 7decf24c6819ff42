import { show } from '../../bindings/base/errors.js';
import type { Faults } from '../../bindings/base/faults.js';
import { recordOf, type SourceTable, textsOf } from './table.js';

const total = /^\s*(?:grand\s+|sub-?)?(?:totals?|gesamt|summe|sum|insgesamt)\b/i;

/** Notes rows of totals, which have words where others have a date. True where there are any. */
export function refuseTotals(faults: Faults, table: SourceTable, date: string): boolean {
  const { codes, values } = textsOf(table, date);
  const codesOfTotals = new Set(Array.from(values.keys()).filter((code) => total.test(values[code])));
  if (codesOfTotals.size === 0) return false;
  const rows = Array.from(codes.keys()).filter((r) => codesOfTotals.has(codes[r]));
  const prefix = `--${table.dialect?.prefix ?? ''}`;
  const without = [...codesOfTotals].map((code) => `${prefix}without ${JSON.stringify(`${date}=${values[code]}`)}`);
  // a footer counts records of the file
  const last = !table.kept && rows[0] === table.rows - rows.length;
  const footer = (table.dialect?.footer ?? 0) + rows.length;
  const cure = last ? `${prefix}footer ${footer}, or ${without.join(' ')}` : without.join(' ');
  const more = rows.length > 1 ? ` and ${rows.length - 1} more like it` : '';
  const problem = `expected a date, got ${show(values[codes[rows[0]]])}${more}: rows of totals`;
  faults.add('total-rows', recordOf(table, rows[0], date), `${problem}. Leave them out with ${cure}.`);
  return true;
}
