import type { KeySet } from '../tables/keys.js';
import type { DictionaryColumn, ResultColumn, ResultTable } from '../tables/tables.js';

/** Builds a result table column by column. Names come from the user's tables, so the object has no prototype. */
export function createTable(rows: number) {
  const names: string[] = [];
  const columns: Record<string, ResultColumn> = Object.create(null);
  const builder = {
    add(name: string, column: ResultColumn) {
      names.push(name);
      columns[name] = column;
      return builder;
    },
    /** Key columns of the tuples in `ids`; a column already there is not written again. */
    addKeys(keys: KeySet, ids: Uint32Array) {
      keys.names.forEach((name, c) => {
        if (name in columns) return;
        builder.add(name, { codes: gather(keys.codes[c], ids, new Uint32Array(ids.length)), values: keys.values[c] });
      });
      return builder;
    },
    /** The table; the caller names the figures it added. */
    table: <Figures extends string = never>(): ResultTable<Figures> => ({
      rows,
      names,
      columns: columns as ResultTable<Figures>['columns'],
    }),
  };
  return builder;
}

/** Fills `into` with values[at[0]], values[at[1]], ... */
export function gather<T extends Float64Array | Uint32Array>(values: T, at: Uint32Array, into: T): T {
  for (let i = 0; i < at.length; i++) into[i] = values[at[i]];
  return into;
}

export const isDictionaryColumn = (column: ResultColumn): column is DictionaryColumn => 'codes' in column;

/** One cell, as a text or a number. */
export function cellAt(column: ResultColumn, row: number): string | number {
  return isDictionaryColumn(column) ? column.values[column.codes[row]] : column[row];
}
