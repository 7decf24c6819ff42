import type { KeySet } from '../problem/keys.js';
import type { DictionaryColumn, ResultColumn, ResultTable } from '../problem/tables.js';

/** Builds a result table column by column. Names come from the user's tables, so the object has no prototype. */
export function createTable(rows: number) {
  const columns: Record<string, ResultColumn> = Object.create(null);
  const builder = {
    add(name: string, column: ResultColumn) {
      columns[name] = column;
      return builder;
    },
    /** Key columns of the tuples in `ids`; a column already there is not written again. */
    addKeys(keys: KeySet, ids: Uint32Array) {
      keys.names.forEach((name, c) => {
        if (name in columns) return;
        const codes = keys.codes[c];
        columns[name] = { codes: ids.map((id) => codes[id]), values: keys.values[c] };
      });
      return builder;
    },
    table: (): ResultTable => ({ rows, columns }),
  };
  return builder;
}

export const isDictionaryColumn = (column: ResultColumn): column is DictionaryColumn => 'codes' in column;

/** One cell, as a text or a number. */
export function cellAt(column: ResultColumn, row: number): string | number {
  return isDictionaryColumn(column) ? column.values[column.codes[row]] : column[row];
}
