import { atOnce, inRuns, type Steps } from '../base/steps.js';
import type { KeySet } from '../tables/keys.js';
import type { DictionaryColumn, ResultColumn, ResultTable } from '../tables/tables.js';

/** A result table in the making. */
export interface TableBuilder {
  add(name: string, column: ResultColumn): TableBuilder;
  /** Key columns of the tuples in `ids`; a column already there is not written again. */
  addKeys(keys: KeySet, ids: Uint32Array): TableBuilder;
  addKeysInSteps(keys: KeySet, ids: Uint32Array): Steps<TableBuilder>;
  /** The table; the caller names the figures it added. */
  table<Figures extends string = never>(): ResultTable<Figures>;
}

/** Builds a result table column by column. Names come from the user's tables, so the object has no prototype. */
export function createTable(rows: number): TableBuilder {
  const names: string[] = [];
  const columns: Record<string, ResultColumn> = Object.create(null);
  const builder: TableBuilder = {
    add(name: string, column: ResultColumn) {
      names.push(name);
      columns[name] = column;
      return builder;
    },
    addKeys: (keys: KeySet, ids: Uint32Array) => atOnce(builder.addKeysInSteps(keys, ids)),
    *addKeysInSteps(keys: KeySet, ids: Uint32Array): Steps<TableBuilder> {
      for (const [c, name] of keys.names.entries()) {
        if (name in columns) continue;
        const codes = yield* gatherInSteps(keys.codes[c], ids, new Uint32Array(ids.length));
        builder.add(name, { codes, values: keys.values[c] });
      }
      return builder;
    },
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

/** The same in steps. */
export function* gatherInSteps<T extends Float64Array | Uint32Array>(values: T, at: Uint32Array, into: T): Steps<T> {
  yield* inRuns(at.length, (from, to) => {
    for (let i = from; i < to; i++) into[i] = values[at[i]];
  });
  return into;
}

export const isDictionaryColumn = (column: ResultColumn): column is DictionaryColumn => 'codes' in column;

/** One cell, as a text or a number. */
export function cellAt(column: ResultColumn, row: number): string | number {
  return isDictionaryColumn(column) ? column.values[column.codes[row]] : column[row];
}
