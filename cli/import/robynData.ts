import { show } from '../../bindings/base/errors.js';
import type { Faults } from '../../bindings/base/faults.js';
import type { Delivery } from './delivery.js';
import { parseMoment, secondsOf } from './moment.js';
import type { Periods } from './periods.js';
import { inputsOf, type RobynJson, scalarOf, textOf } from './robynModel.js';
import type { ModelData } from './source.js';
import { type SourceTable, tableOfRecords, textsOf, type Wanted } from './table.js';

/** What Robyn was given, one row per period: its window of totals, and what lies before and after. */
export interface RobynRaw {
  readonly table: SourceTable;
  /** Its column of dates; null where no name tells it. */
  readonly date: string | null;
}

const dateNames = /^(ds|date|week|month|day|time|period)$/i;

const dateIn = (header: readonly string[], named: string | undefined) =>
  header.find((name) => name === named) ?? header.find((name) => dateNames.test(name)) ?? null;

const dateNamed = (json: RobynJson | null) => (json ? textOf(inputsOf(json), 'date_var') : undefined);

/** What is read of raw_data.csv: the date and every medium, and something in any case, so that rows can be counted. */
export function wantedOfRaw(header: readonly string[], json: RobynJson | null, channels: readonly string[]): Wanted {
  const date = dateIn(header, dateNamed(json));
  const figures = channels.filter((name) => name !== date && header.includes(name));
  return new Map([
    [date ?? header.find((name) => !channels.includes(name)) ?? header[0], 'key' as const],
    ...figures.map((name) => [name, 'value'] as const),
  ]);
}

export const rawOf = (table: SourceTable, json: RobynJson | null): RobynRaw => ({
  table,
  date: dateIn(table.header, dateNamed(json)),
});

/** The raw data inside the JSON, which robyn_write() adds unless it is told not to. */
export function rawInside(json: RobynJson | null): RobynRaw | null {
  if (!json) return null;
  const { Extras: extras } = (json.content ?? {}) as { Extras?: { raw_data?: unknown } };
  const records = extras?.raw_data;
  if (!Array.isArray(records) || records.length === 0) return null;
  if (!records.every((record) => record instanceof Object && !Array.isArray(record))) return null;
  return rawOf(tableOfRecords(`${json.file}, Extras.raw_data`, records as Record<string, unknown>[]), json);
}

/** The period of each row of the raw data; null where its dates cannot be read. */
export function periodsOfRaw({ table, date }: RobynRaw, periods: Periods): Int32Array | null {
  if (date === null || !table.columns.has(date)) return null;
  const { codes, values } = textsOf(table, date);
  const of = values.map((text) => {
    const moment = parseMoment(text);
    return moment ? periods.at(secondsOf(moment)) : null;
  });
  return of.includes(null) ? null : Int32Array.from(codes, (code) => of[code]!);
}

/**
 * How many periods Robyn's data had and how many came before the first total, as far as files or the user say it: a Weibull
 * scale is a quantile of all of them, and adstock begins with the first. Notes where they contradict each other.
 */
export function robynDataOf(
  faults: Faults,
  json: RobynJson | null,
  raw: RobynRaw | null,
  asked: number | undefined,
  periods: Periods,
): ModelData {
  const inputs = json ? inputsOf(json) : {};
  const whole = (key: string) => {
    const value = scalarOf(inputs, key);
    return typeof value === 'number' && Number.isInteger(value) && value >= 1 ? value : null;
  };
  const said = { rows: whole('totalObservations'), start: whole('rollingWindowStartWhich') };
  const rawPeriods = raw && periodsOfRaw(raw, periods);
  const found = { rows: raw?.table.rows ?? null, before: rawPeriods?.filter((period) => period < 0).length ?? null };
  const before = said.start === null ? found.before : said.start - 1;
  const refuse = (path: string, problem: string) => faults.add('contradiction', path, problem);
  if (said.rows !== null && found.rows !== null && said.rows !== found.rows) {
    const problem = `expected ${said.rows} rows as ${json!.file} says (totalObservations), got ${found.rows}`;
    refuse(raw!.table.name, `${problem}. Are both of one run?`);
  } else if (before !== null && found.before !== null && before !== found.before) {
    const expected = `expected ${before} rows before the first total as ${json!.file} says (rollingWindowStartWhich)`;
    refuse(`${raw!.table.name}, column ${raw!.date}`, `${expected}, got ${found.before}. Are both of one run?`);
  }
  const rows = said.rows ?? found.rows;
  const source = said.rows !== null ? json!.file : raw?.table.name;
  if (asked !== undefined && rows !== null && asked !== rows) {
    refuse('--data-rows', `expected ${rows} as ${source} says, got ${asked}`);
  }
  const least = (before ?? 0) + periods.names.length;
  const count = rows ?? asked ?? null;
  if (count !== null && count < least && !faults.any) {
    const parts = `${before === null || before === 0 ? '' : `${before} before the first total and `}${periods.names.length} with one`;
    refuse(rows === null ? '--data-rows' : source!, `expected at least ${least} rows (${parts}), got ${show(count)}`);
  }
  return { rows: count, before };
}

/** The window of a Weibull law: the periods of Robyn's data, as far as they are known those of the delivery. */
export function windowOf({ rows, before }: ModelData, { reach }: Delivery, periods: Periods): number {
  const last = periods.names.length - 1;
  return rows ?? (before ?? -Math.min(reach.first, 0)) + Math.max(reach.last, last) + 1;
}
