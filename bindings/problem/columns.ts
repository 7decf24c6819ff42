import type { ArrowLike, Column, DictionaryColumn, Table, VectorLike } from './tables.js';

const isArrow = (table: Table): table is ArrowLike => typeof (table as ArrowLike).getChild === 'function';
const isMap = (table: Table): table is ReadonlyMap<string, Column> => table instanceof Map;

/** Names of a table's columns. */
export function columnNames(table: Table): string[] {
  if (isArrow(table)) return table.schema.fields.map((field) => field.name);
  return isMap(table) ? [...table.keys()] : Object.keys(table);
}

/** The column of that name, one of `columnNames`. */
export function columnOf(table: Table, name: string): Column | null | undefined {
  if (isArrow(table)) return table.getChild(name);
  return isMap(table) ? table.get(name) : (table as Record<string, Column>)[name];
}

export const isDictionary = (column: Column): column is DictionaryColumn =>
  'codes' in column && 'values' in column && typeof column.values !== 'function';
export const isVector = (column: Column): column is VectorLike => typeof (column as VectorLike).get === 'function';

/** Rows of a column, or undefined for what is none. */
export function lengthOf(column: unknown): number | undefined {
  if (typeof column !== 'object' || column === null) return undefined;
  const { length } = isDictionary(column as Column) ? (column as DictionaryColumn).codes : (column as VectorLike);
  return typeof length === 'number' ? length : undefined;
}

/** Reads one cell of any kind of column. */
export function cellOf(column: Column): (row: number) => unknown {
  if (isDictionary(column)) return (row) => column.values[column.codes[row]];
  if (isVector(column)) {
    // a dictionary vector decodes its text anew each time unless asked to remember; over several batches, each with a
    // dictionary of its own, Arrow would remember the first alone
    const forgets = String(column.type).startsWith('Dictionary') && column.data?.length === 1;
    const vector = forgets && column.memoize ? column.memoize() : column;
    return (row) => vector.get(row);
  }
  return (row) => column[row];
}
