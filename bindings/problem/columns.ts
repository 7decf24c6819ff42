import { show } from '../errors.js';
import type { Faults } from '../faults.js';
import { suggestion } from '../nearest.js';
import { parseNumber } from './numbers.js';
import type { ArrowLike, Column, DictionaryColumn, Table, VectorLike } from './tables.js';

/** One table of the caller's: its columns by name, the rows `where` keeps, and what messages call it. */
export interface Source {
  readonly name: string;
  /** Kept rows, as positions in the columns; null when all are. */
  readonly kept: Uint32Array | null;
  /** How many rows are kept. */
  readonly rows: number;
  /** The column, or undefined after noting the fault. */
  column(name: string, path: string): Column | undefined;
  /** `delivery.csv record 841` for the r-th kept row; records count from 1. */
  record(row: number): string;
}

const isArrow = (table: Table): table is ArrowLike => typeof (table as ArrowLike).getChild === 'function';
const isMap = (table: Table): table is ReadonlyMap<string, Column> => table instanceof Map;
const isDictionary = (column: Column): column is DictionaryColumn =>
  'codes' in column && 'values' in column && typeof column.values !== 'function';
const isVector = (column: Column): column is VectorLike => typeof (column as VectorLike).get === 'function';

const lengthOf = (column: Column) => (isDictionary(column) ? column.codes.length : column.length);

/** Reads one cell of any kind of column. */
export function cellOf(column: Column): (row: number) => unknown {
  if (isDictionary(column)) return (row) => column.values[column.codes[row]];
  if (isVector(column)) return (row) => column.get(row);
  return (row) => column[row];
}

/** Opens a table: finds its columns, checks that they are of one length and applies `where`. */
export function openSource(
  faults: Faults,
  name: string,
  table: Table,
  where: Record<string, string | string[]> | undefined,
): Source {
  const names = isArrow(table)
    ? table.schema.fields.map((field) => field.name)
    : isMap(table)
      ? [...table.keys()]
      : Object.keys(table);
  const find = (column: string): Column | undefined => {
    if (!names.includes(column)) return undefined;
    if (isArrow(table)) return table.getChild(column) ?? undefined;
    return isMap(table) ? table.get(column) : (table as Record<string, Column>)[column];
  };
  let length = -1;
  const column = (wanted: string, path: string): Column | undefined => {
    const found = find(wanted);
    if (found === undefined || found === null) {
      faults.add(
        'missing-column',
        path,
        `expected a column of ${name}, got ${show(wanted)}${suggestion(wanted, names)}`,
      );
      return undefined;
    }
    const rows = lengthOf(found);
    if (length < 0) length = rows;
    else if (rows !== length) {
      faults.add('column-length', `${name}, column ${wanted}`, `expected ${length} rows like the others, got ${rows}`);
      return undefined;
    }
    return found;
  };

  let kept: Uint32Array | null = null;
  if (where) {
    const tests = Object.entries(where).flatMap(([wanted, values]) => {
      const found = column(wanted, `${name}, where`);
      const legal = new Set(Array.isArray(values) ? values : [values]);
      return found ? [{ cell: cellOf(found), legal }] : [];
    });
    const rows = Math.max(length, 0);
    const selected = new Uint32Array(rows);
    let count = 0;
    for (let r = 0; r < rows; r++) {
      if (tests.every(({ cell, legal }) => legal.has(String(cell(r))))) selected[count++] = r;
    }
    kept = selected.subarray(0, count);
    if (rows > 0 && count === 0 && tests.length > 0) {
      faults.add('no-rows', name, `expected rows with ${show(where)}, got none among ${rows}. Check "where".`);
    }
  }
  const source: Source = {
    name,
    kept,
    get rows() {
      return kept ? kept.length : Math.max(length, 0);
    },
    column,
    record: (row) => `${name} record ${(kept ? kept[row] : row) + 1}`,
  };
  return source;
}

/** Texts of one key column across tables, numbered as they come; `ranks()` renumbers them canonically. */
export interface Dictionary {
  readonly values: string[];
  readonly index: Map<string, number>;
}

export const createDictionary = (): Dictionary => ({ values: [], index: new Map() });

const floats = [Float32Array, Float64Array];

/** Codes of a key column's kept rows in `dictionary`. Keys are compared as text; missing and floating-point ones are faults. */
export function encodeKeys(
  faults: Faults,
  source: Source,
  name: string,
  column: Column,
  { values, index }: Dictionary,
): Uint32Array {
  const { kept, rows } = source;
  const codes = new Uint32Array(rows);
  const codeOf = (text: string): number => {
    let code = index.get(text);
    if (code === undefined) {
      code = values.length;
      values.push(text);
      index.set(text, code);
    }
    return code;
  };
  const refuse = (row: number, value: unknown): number => {
    const expected = 'expected text or a whole number';
    faults.add(
      'key',
      `${source.record(row)}, column ${name}`,
      `${expected}, got ${value === undefined ? 'nothing' : show(value)}`,
    );
    return 0;
  };
  if (floats.some((type) => column instanceof type)) {
    faults.add(
      'key',
      `${source.name}, column ${name}`,
      'expected text or whole numbers as keys, got floating-point numbers',
    );
    return codes;
  }
  if (isDictionary(column)) {
    const known = new Int32Array(column.values.length).fill(-1);
    for (let r = 0; r < rows; r++) {
      const local = column.codes[kept ? kept[r] : r];
      const text = column.values[local];
      if (typeof text !== 'string') codes[r] = refuse(r, text);
      else {
        if (known[local] < 0) known[local] = codeOf(text);
        codes[r] = known[local];
      }
    }
    return codes;
  }
  const cell = cellOf(column);
  let last: unknown;
  let lastCode = 0;
  for (let r = 0; r < rows; r++) {
    const value = cell(kept ? kept[r] : r);
    if (value !== last || r === 0) {
      last = value;
      if (typeof value === 'string') lastCode = codeOf(value);
      else if (Number.isSafeInteger(value) || typeof value === 'bigint' || typeof value === 'boolean') {
        lastCode = codeOf(String(value));
      } else {
        refuse(r, value);
        last = undefined;
      }
    }
    codes[r] = lastCode;
  }
  return codes;
}

/** What a column of figures may hold, in words, for the sign it allows. */
interface ValueRule {
  readonly negative: 'allowed' | 'refused';
  readonly cure: string;
  readonly decimal: '.' | ',';
}

/** The figures of a column's kept rows. Text is read by the strict grammar; NaN, infinities and refused signs are faults. */
export function readValues(
  faults: Faults,
  source: Source,
  name: string,
  column: Column,
  rule: ValueRule,
): Float64Array {
  const { kept, rows } = source;
  const out = new Float64Array(rows);
  const cell = cellOf(column);
  for (let r = 0; r < rows; r++) {
    const raw = cell(kept ? kept[r] : r);
    const value =
      typeof raw === 'number'
        ? raw
        : typeof raw === 'string'
          ? parseNumber(raw, rule.decimal)
          : typeof raw === 'bigint'
            ? Number(raw)
            : undefined;
    if (value !== undefined && value >= 0 && value < Number.POSITIVE_INFINITY) {
      out[r] = value + 0; // -0 becomes 0
      continue;
    }
    const path = `${source.record(r)}, column ${name}`;
    if (value === undefined) {
      faults.add(
        'not-a-number',
        path,
        `expected a number, got ${raw == null ? 'nothing' : show(raw)}${cureOf(raw, rule.decimal)}`,
      );
    } else if (!Number.isFinite(value)) {
      faults.add(Number.isNaN(value) ? 'not-finite' : 'infinite', path, `expected a finite number, got ${value}`);
    } else if (rule.negative === 'refused') {
      faults.add('negative', path, `expected a number >= 0, got ${value}${rule.cure}`);
    } else out[r] = value;
  }
  return out;
}

function cureOf(raw: unknown, decimal: '.' | ','): string {
  if (typeof raw !== 'string') return '';
  const thousands = decimal === '.' ? /^[+-]?\d{1,3}(,\d{3})+(\.\d*)?$/ : /^[+-]?\d{1,3}(\.\d{3})+(,\d*)?$/;
  if (thousands.test(raw)) return '. Remove the thousands separator.';
  if (raw !== raw.trim()) return '. Remove the spaces.';
  if (decimal === '.' && parseNumber(raw, ',') !== undefined)
    return '. Set "decimal": "," if that is the decimal mark.';
  return '';
}
