import { collectFaults, type Faults } from '../base/faults.js';
import { readMembers } from '../base/members.js';
import { got, reasonOf, show, tagOf } from '../base/show.js';
import type { Table, Tables } from './tables.js';

/** Engines hold about as many in a list; one that claims more is sparse, or pretends. */
export const mostListed = 134_217_728;

/** A column that could not be had, and why: said where the column is asked for. */
export class Unreadable {
  constructor(readonly reason: string) {}
}

/** What a table is once it is taken: its columns by name, in their order. */
export type TakenTable = ReadonlyMap<string, unknown>;

const sections = ['totals', 'exposure', 'entities'] as const;

/**
 * Takes the tables as they are now: which columns there are, and of row objects what they hold. The contents of columns are not
 * copied. What is no table stays as it is, for `openSource` to refuse by name. @throws InputError
 */
export function takeTables(tables: unknown): Tables {
  const faults = collectFaults();
  const expected = 'an object with the tables totals and exposure';
  const taken: Record<string, unknown> = readMembers(faults, tables, sections, {
    whole: 'tables',
    path: (name) => name,
    expected,
    others: 'allowed',
  });
  for (const name of sections) if (taken[name] !== undefined) taken[name] = takeTable(faults, taken[name], name);
  faults.throwIfAny();
  return taken as unknown as Tables;
}

/** One table as it is now; what is none is given back. What it cannot be read for is noted. */
export function takeTable(faults: Faults, table: unknown, name: string): Table {
  if (typeof table !== 'object' || table === null) return table as never;
  try {
    if (Array.isArray(table)) return takeRows(faults, table, name) as Table;
    if (typeof (table as { getChild?: unknown }).getChild === 'function')
      return takeArrow(faults, table, name) as Table;
    const tag = tagOf(table);
    if (tag === 'Map') return takeMap(table as ReadonlyMap<unknown, unknown>) as Table;
    if (tag !== 'Object' && tag !== 'Module') return table as never;
    const columns = new Map<string, unknown>();
    for (const column of Object.keys(table)) take(columns, column, () => (table as Record<string, unknown>)[column]);
    return columns as unknown as Table;
  } catch (error) {
    faults.add('unreadable', name, `expected a table of columns, got an error: ${reasonOf(error)}`);
    return new Map();
  }
}

/** One column; a failure waits until somebody asks for it. */
function take(columns: Map<string, unknown>, name: string, read: () => unknown): void {
  try {
    columns.set(name, read());
  } catch (error) {
    columns.set(name, new Unreadable(reasonOf(error)));
  }
}

function takeMap(table: ReadonlyMap<unknown, unknown>): TakenTable {
  const columns = new Map<string, unknown>();
  for (const [name, column] of table) if (typeof name === 'string') columns.set(name, column);
  return columns;
}

function takeArrow(faults: Faults, table: object, name: string): TakenTable {
  const columns = new Map<string, unknown>();
  const { schema, getChild } = table as { schema?: { fields?: unknown }; getChild: (name: string) => unknown };
  const fields = schema?.fields;
  if (!Array.isArray(fields)) {
    faults.add('missing-table', name, 'expected an Arrow table with schema.fields, got one without');
    return columns;
  }
  for (const field of fields as readonly { name?: unknown }[]) {
    const column = field?.name;
    // of several columns of one name Arrow gives the first
    if (typeof column === 'string' && !columns.has(column)) take(columns, column, () => getChild.call(table, column));
  }
  return columns;
}

/** Row objects as columns; a row without a column has nothing there. */
function takeRows(faults: Faults, rows: readonly unknown[], name: string): unknown {
  if (rows.length === 0) {
    faults.add('no-rows', name, `expected at least one row of ${name}, got none`);
    return new Map();
  }
  if (rows.length > mostListed) {
    faults.add('row', name, `expected a list of at most ${mostListed} row objects, got one of ${rows.length}`);
    return new Map();
  }
  const columns = new Map<string, unknown[]>();
  for (let r = 0; r < rows.length; r++) {
    const row = rows[r];
    if (typeof row !== 'object' || row === null || Array.isArray(row) || ArrayBuffer.isView(row)) {
      const cure = '. A table is columns by name, or a list of row objects.';
      faults.add('row', `${name} record ${r + 1}`, `expected a row object, got ${got(row)}${cure}`);
      continue;
    }
    try {
      for (const column of Object.keys(row)) {
        const cells = columns.get(column) ?? new Array<unknown>(rows.length);
        columns.set(column, cells);
        cells[r] = (row as Record<string, unknown>)[column];
      }
    } catch (error) {
      const problem = `expected a row object, got an error: ${reasonOf(error)}`;
      faults.add('row', `${name} record ${r + 1}`, problem);
    }
  }
  return columns;
}

/** What messages say was got where a table was expected. */
export function gotTable(table: unknown): string {
  if (typeof table !== 'object' || table === null) return got(table);
  return show(table) === 'a Promise' ? 'a Promise. Await it.' : show(table);
}
