import { show } from '../base/errors.js';
import type { Faults } from '../base/faults.js';
import { suggestion } from '../base/nearest.js';
import type { NumberMarks } from '../base/numbers/grammar.js';
import { inRuns, type Steps } from '../base/steps.js';
import type { KeyType } from '../config/config.js';
import { cellOf, isDictionary, readColumn } from './columns.js';
import { gotCell, holdsArrowDates, typedText } from './dictionary.js';
import { type KeyReader, openKeyReader } from './keyTypes.js';
import type { Column, Table } from './tables.js';
import { gotTable, type TakenTable, takeTable } from './take.js';

/** One table of the caller's: its columns by name, the rows `where` keeps, and what messages call it. */
export interface Source {
  readonly name: string;
  /** Kept rows, as positions in the columns; null when all are. */
  readonly kept: Uint32Array | null;
  /** How many rows are kept. */
  readonly rows: number;
  /** How many were left out because their value counts as empty. */
  readonly emptied: number;
  /** The column, or undefined after noting the fault. `path` is the option that names it. */
  column(name: string, path: string): Column | undefined;
  /** `delivery.csv record 841` for the r-th kept row; records count from 1. */
  record(row: number): string;
  /** A cell of a column that was found, by the r-th kept row. */
  cells(name: string, column: Column): (row: number) => unknown;
}

type Where = Readonly<Record<string, string | readonly string[]>>;

/** Which rows of a table count. */
export interface RowRules extends NumberMarks {
  /** Keeps the rows whose columns have these values, one each. */
  readonly where?: Where | undefined;
  /** Leaves out the rows of which some column has one of these values. */
  readonly without?: Where | undefined;
  /** Texts that count as empty: a row whose `value` is one of them is left out. */
  readonly empty?: readonly string[] | undefined;
  readonly value?: string | undefined;
  /** How columns of dates are read. */
  readonly types?: Readonly<Record<string, KeyType>> | undefined;
}

/** Opens a table: finds its columns, checks that they are of one length and leaves out the rows that do not count. */
export function* openSource(
  faults: Faults,
  name: string,
  table: Table | undefined,
  section: string,
  { where = {}, without = {}, empty = [], value, types = {}, ...marks }: RowRules = {},
): Steps<Source> {
  const columns: unknown = takeTable(faults, table, section);
  const given = columns instanceof Map;
  if (!given) {
    const cure =
      section === 'entities' && columns === undefined
        ? '. Hand it over, or leave "entities" out of the configuration.'
        : '';
    faults.add('missing-table', section, `expected a table of columns, got ${gotTable(columns)}${cure}`);
  }
  const taken: TakenTable = given ? columns : new Map();
  const names = [...taken.keys()];
  let length = -1;
  const column = (wanted: string, path: string): Column | undefined => {
    if (!given) return undefined; // said once
    const found = taken.get(wanted);
    if (found === undefined || found === null) {
      faults.add(
        'missing-column',
        path,
        `expected a column of ${name}, got ${show(wanted)}${suggestion(wanted, names)}`,
      );
      return undefined;
    }
    const read = readColumn(found);
    if ('problem' in read) {
      faults.add('column', `${name}, column ${wanted}`, read.problem);
      return undefined;
    }
    const { rows } = read;
    if (length < 0) length = rows;
    else if (rows !== length) {
      faults.add('column-length', `${name}, column ${wanted}`, `expected ${length} rows like the others, got ${rows}`);
      return undefined;
    }
    return read.column;
  };

  // by the position in the column
  const cellsOf = (wanted: string, found: Column) =>
    cellOf(found, (row) => `${name} record ${row + 1}, column ${wanted}`);
  const testsOf = (rules: Where, option: string) =>
    Object.entries(rules).flatMap(([wanted, values]) => {
      const found = given ? column(wanted, `${section}.${option}`) : undefined;
      if (!found) return [];
      const legal = new Set(Array.isArray(values) ? values : [values]);
      const reader = openKeyReader(wanted, Object.hasOwn(types, wanted) ? types[wanted] : undefined, marks);
      const refuse = (row: number, value: unknown) =>
        faults.add('where', `${name} record ${row + 1}, column ${wanted}`, () => {
          const cure = 'Turn the column into text first.';
          return `expected text or a number to compare with "${option}", got ${gotCell(value)}. ${cure}`;
        });
      return [matches(found, cellsOf(wanted, found), legal, reader, refuse)];
    });
  const keeps = testsOf(where, 'where');
  const drops = testsOf(without, 'without');
  // a column that is not there is said by whoever reads it
  const figures = value !== undefined && empty.length > 0 && taken.has(value) ? column(value, section) : undefined;
  const isEmpty = figures && matches(figures, cellsOf(value!, figures), new Set(empty), null, () => {}); // said where it is read
  let kept: Uint32Array | null = null;
  let emptied = 0;
  if (keeps.length + drops.length > 0 || isEmpty) {
    const rows = Math.max(length, 0);
    const selected = new Uint32Array(rows);
    let count = 0;
    let kinds = 0; // rows that `where` and `without` leave
    yield* inRuns(rows, (from, to) => {
      for (let r = from; r < to; r++) {
        if (!keeps.every((test) => test(r)) || drops.some((test) => test(r))) continue;
        kinds++;
        if (isEmpty?.(r)) emptied++;
        else selected[count++] = r;
      }
    });
    kept = selected.slice(0, count);
    if (rows > 0 && kinds === 0) {
      const other = Object.keys(where).length > 0 ? `with ${show(where)}` : `other than those with ${show(without)}`;
      const options = [where, without].flatMap((rules, i) =>
        Object.keys(rules).length > 0 ? [i === 0 ? '"where"' : '"without"'] : [],
      );
      faults.add('no-rows', name, `expected rows ${other}, got none among ${rows}. Check ${options.join(' and ')}.`);
    } else if (kinds > 0 && count === 0) {
      const problem = `expected a row with a figure in ${show(value)}, got ${emptied} without`;
      faults.add('no-rows', name, `${problem}. Check "empty".`);
    }
  }
  return {
    name,
    kept,
    emptied,
    get rows() {
      return kept ? kept.length : Math.max(length, 0);
    },
    column,
    record: (row) => `${name} record ${(kept ? kept[row] : row) + 1}`,
    cells(wanted, found) {
      const cell = cellsOf(wanted, found);
      const rows = kept;
      return rows ? (row) => cell(rows[row]) : cell;
    },
  };
}

/**
 * Whether the text of a cell is one of `legal`; what is missing never is. Dates are compared as keys of the column's type. A cell
 * that has no text of its own goes to `refuse`.
 */
function matches(
  column: Column,
  cell: (row: number) => unknown,
  legal: ReadonlySet<string>,
  reader: KeyReader | null,
  refuse: (row: number, value: unknown) => void,
): (row: number) => boolean {
  if (isDictionary(column)) {
    const { codes } = column;
    const accepted = Uint8Array.from(column.values, (text) => (legal.has(text) ? 1 : 0));
    return (row) => accepted[codes[row]] === 1;
  }
  const counted = holdsArrowDates(column);
  const dateOf = typedText(column);
  return (row) => {
    const value = cell(row);
    if (value === undefined || value === null) return false;
    if (typeof value === 'string') return legal.has(value);
    const count = typeof value === 'number' || typeof value === 'bigint';
    if (typeof value === 'boolean' || (count && !counted)) return legal.has(String(value));
    const text = reader && (count || typeof value === 'object') ? dateOf(value) : null;
    const key = text === null ? null : reader!.read(text);
    if (typeof key === 'string') return legal.has(key);
    refuse(row, value);
    return false;
  };
}
