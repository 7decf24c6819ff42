import type { Simulation } from '../../bindings/simulate/index.js';
import type { ResultTable, Tables } from '../../bindings/tables/tables.js';

/** A column of figures. */
export function figures(table: ResultTable, name: string): Float64Array {
  const column = table.columns[name];
  if (!(column instanceof Float64Array)) throw new Error(`${name} is not a column of figures`);
  return column;
}

/** A column of words, written out. */
export function words(table: ResultTable, name: string): string[] {
  const column = table.columns[name];
  if (column instanceof Float64Array) throw new Error(`${name} is not a column of words`);
  return 'codes' in column ? Array.from(column.codes, (code) => column.values[code]) : [...column];
}

/** Rows of a table by their key columns (joined by a tab: simulated names have none). */
export function rowsBy(table: ResultTable, keys: readonly string[]): Map<string, number> {
  const columns = keys.map((key) => words(table, key));
  return new Map(Array.from({ length: table.rows }, (_, r) => [columns.map((column) => column[r]).join('\t'), r]));
}

/** For each row of a table, the row of another that its key columns name. */
export function rowsIn(table: ResultTable, other: ResultTable, keys: readonly string[]): number[] {
  const rows = rowsBy(other, keys);
  const columns = keys.map((key) => words(table, key));
  return Array.from({ length: table.rows }, (_, r) => {
    const row = rows.get(columns.map((column) => column[r]).join('\t'));
    if (row === undefined) throw new Error(`no row for ${columns.map((column) => column[r]).join(', ')}`);
    return row;
  });
}

export const mean = (values: ArrayLike<number>) => Array.from(values).reduce((sum, x) => sum + x, 0) / values.length;

export function variance(values: ArrayLike<number>): number {
  const middle = mean(values);
  return Array.from(values).reduce((sum, x) => sum + (x - middle) ** 2, 0) / (values.length - 1);
}

export function correlation(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const [xMean, yMean] = [mean(x), mean(y)];
  let product = 0;
  for (let i = 0; i < x.length; i++) product += (x[i] - xMean) * (y[i] - yMean);
  return product / (x.length - 1) / Math.sqrt(variance(x) * variance(y));
}

/** Share of all mass that a split puts on the wrong cell: half the sum of |found - truth| over the sum of the truth. */
export function misplacedShare(found: ArrayLike<number>, truth: ArrayLike<number>): number {
  let off = 0;
  let whole = 0;
  for (let i = 0; i < truth.length; i++) {
    off += Math.abs(found[i] - truth[i]);
    whole += truth[i];
  }
  return off / 2 / whole;
}

/** The middle value; of an even number of values the upper of two. */
export const median = (values: ArrayLike<number>) => Array.from(values).sort((a, b) => a - b)[values.length >> 1];

/** The tables of a simulation that a fit may see. */
export function tablesIn({ files }: Simulation): Tables {
  const table = (...names: readonly string[]) =>
    names.map((name) => files[name]).find((each) => each !== undefined)!.columns;
  return {
    totals: table('totals.csv'),
    exposure: table('delivery.csv', 'exposure.csv'),
    entities: table('creatives.csv', 'campaigns.csv', 'hcps.csv'),
  };
}
