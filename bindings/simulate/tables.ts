import type { Model } from '../config/config.js';
import type { DictionaryColumn, ResultColumn, ResultTable } from '../tables/tables.js';

/** What a simulator gives: input tables, the truth behind them, and a configuration that fits them. */
export interface Simulation {
  /** Tables by file name. All begin with the key columns; those named truth*.csv hold what a fit must not see. */
  readonly files: Readonly<Record<string, ResultTable>>;
  /** Accepted by `apportion fit` as it is; paths are the names in `files`. */
  readonly model: Model;
}

/** A table from its columns, all of one length. */
export function tableOf(columns: Record<string, ResultColumn | number[]>): ResultTable {
  const named: Record<string, ResultColumn> = Object.create(null);
  let rows = 0;
  for (const [name, column] of Object.entries(columns)) {
    named[name] = isNumbers(column) ? Float64Array.from(column) : column;
    rows = 'codes' in column ? column.codes.length : column.length;
  }
  return { rows, names: Object.keys(named), columns: named };
}

function isNumbers(column: ResultColumn | number[]): column is number[] {
  return Array.isArray(column) && typeof column[0] !== 'string';
}

/** Row r holds `values[codes[r]]`. */
export function dictionaryOf(codes: number[], values: readonly string[]): DictionaryColumn {
  return { codes: Uint32Array.from(codes), values };
}

/** `prefix` and the numbers 1 to `count`, padded so that text order is number order. */
export function numbered(prefix: string, count: number): string[] {
  const digits = String(count).length;
  return Array.from({ length: count }, (_, i) => prefix + String(i + 1).padStart(digits, '0'));
}
