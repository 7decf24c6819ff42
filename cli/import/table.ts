import { show } from '../../bindings/base/errors.js';
import type { Faults } from '../../bindings/base/faults.js';
import { suggestion } from '../../bindings/base/nearest.js';
import { cureOfNumber } from '../../bindings/base/numbers/cures.js';
import { parseNumber } from '../../bindings/base/numbers/grammar.js';
import type { Column, DictionaryColumn } from '../../bindings/index.js';
import { retold, type TableDialect } from './dialect.js';

/** A table that was read: texts as dictionaries, figures as floats, or cell by cell where some cell is no number. */
export interface SourceTable {
  /** What messages call it. */
  readonly name: string;
  /** Names of all its columns, read or not. */
  readonly header: readonly string[];
  readonly rows: number;
  readonly columns: ReadonlyMap<string, Column>;
  /** How it is written. */
  readonly dialect?: TableDialect | undefined;
  /** A row holds figures of several things, so that none is left out where one of them is empty. */
  readonly wide?: boolean | undefined;
  /** Position of every row among the records of the file, where some were left out. */
  readonly kept?: Uint32Array | undefined;
  /** What was left out, and why. */
  readonly notes?: readonly string[] | undefined;
}

/** Which columns of a table are read, and as what. */
export type Wanted = ReadonlyMap<string, 'key' | 'value'>;

/** A table from rows of cells, as JSON records give them. */
export function tableOfRecords(name: string, records: readonly Readonly<Record<string, unknown>>[]): SourceTable {
  const header = [...new Set(records.flatMap((record) => Object.keys(record)))];
  const columns = new Map<string, Column>();
  for (const column of header) {
    const cells = records.map((record) => record[column]);
    if (cells.every((cell) => typeof cell === 'number')) columns.set(column, Float64Array.from(cells as number[]));
    else
      columns.set(
        column,
        cells.map((cell) => (typeof cell === 'number' ? cell : String(cell ?? ''))),
      );
  }
  return { name, header, rows: records.length, columns };
}

/** Whether the table has the column; notes it as a fault where it does not. `what` says what it is for. */
export function hasColumn(faults: Faults, { name, header }: SourceTable, column: string, what: string): boolean {
  if (header.includes(column)) return true;
  const problem = `expected a column ${show(column)} (${what}), got none of that name${suggestion(column, header)}`;
  faults.add('missing-column', name, problem);
  return false;
}

/** Row r holds `values[codes[r]]`. */
export interface TextColumn {
  readonly codes: Uint32Array;
  readonly values: readonly string[];
}

/** A column as texts, in order of first appearance; a missing cell is an empty text. */
export function textsOf({ columns, rows }: SourceTable, name: string): TextColumn {
  const column = columns.get(name);
  if (column && 'codes' in column) return inOrder(column as DictionaryColumn);
  const cells = (column ?? []) as ArrayLike<unknown>;
  const numbers = new Map<string, number>();
  const codes = new Uint32Array(rows);
  for (let r = 0; r < rows; r++) {
    const text = String(cells[r] ?? '');
    if (!numbers.has(text)) numbers.set(text, numbers.size);
    codes[r] = numbers.get(text)!;
  }
  return { codes, values: [...numbers.keys()] };
}

/** The dictionary of a file comes in any order. */
function inOrder({ codes, values }: DictionaryColumn): TextColumn {
  const numbers = new Int32Array(values.length).fill(-1);
  const texts: string[] = [];
  const ordered = new Uint32Array(codes.length);
  for (let r = 0; r < codes.length; r++) {
    const code = codes[r];
    if (numbers[code] < 0) numbers[code] = texts.push(values[code]) - 1;
    ordered[r] = numbers[code];
  }
  return { codes: ordered, values: texts };
}

/** A column as finite figures, with a fault for every cell that is none. */
export function figuresOf(faults: Faults, table: SourceTable, name: string): Float64Array {
  const { columns, rows, dialect = {} } = table;
  const column = columns.get(name);
  const out = new Float64Array(rows);
  if (!column) return out;
  const dictionary = 'codes' in column ? (column as DictionaryColumn) : null;
  for (let r = 0; r < rows; r++) {
    const cell = dictionary ? dictionary.values[dictionary.codes[r]] : (column as ArrayLike<unknown>)[r];
    const figure = typeof cell === 'string' ? parseNumber(cell, dialect) : cell;
    out[r] = typeof figure === 'number' ? figure : Number.NaN;
    if (Number.isFinite(out[r])) continue;
    const got = cell === null || cell === undefined || cell === '' ? 'nothing' : show(cell);
    const cure = () =>
      typeof cell === 'string' && figure === undefined
        ? retold(cureOfNumber(cell, dialect, table.wide ? null : dialect.empty), dialect)
        : '';
    faults.add('not-a-number', recordOf(table, r, name), () => `expected a finite number, got ${got}${cure()}`);
  }
  return out;
}

/** The record of a row, counted from 1: `ads.csv record 12`. */
export const recordOfRow = ({ name, kept }: SourceTable, row: number) =>
  `${name} record ${(kept ? kept[row] : row) + 1}`;

/** `ads.csv record 12, column impressions` */
export const recordOf = (table: SourceTable, row: number, column: string) =>
  `${recordOfRow(table, row)}, column ${column}`;
