import type { DuckDBValue } from '@duckdb/node-api';
import type { ResultColumn, ResultTable } from '../../bindings/index.js';
import { identifier, literal, openDatabase } from '../duckdb.js';

/** Writes a table as Parquet, rows in order: texts as VARCHAR, figures as DOUBLE, what is not a number as NULL. */
export async function writeParquet(
  { rows, names, columns }: ResultTable,
  path: string,
  signal?: AbortSignal,
): Promise<void> {
  const database = await openDatabase([path], signal);
  try {
    const { connection, duckdb } = database;
    const figures = names.map((name) => columns[name] instanceof Float64Array);
    const types = figures.map((figure) => (figure ? duckdb.DOUBLE : duckdb.VARCHAR));
    await connection.run(`CREATE TEMP TABLE written (${types.map((type, c) => `c${c} ${type}`).join(', ')})`);
    const appender = await connection.createAppender('written');
    const most = 2048; // rows of a DuckDB chunk
    for (let from = 0; from < rows; from += most) {
      if (from % (64 * most) === 0) await pause(signal);
      const size = Math.min(most, rows - from);
      const chunk = duckdb.DuckDBDataChunk.create(types, size);
      names.forEach((name, c) => {
        chunk.setColumnValues(c, valuesOf(columns[name], from, size));
      });
      appender.appendDataChunk(chunk);
    }
    appender.closeSync();
    const selected = names.map((name, c) => `c${c} AS ${identifier(name)}`).join(', ');
    await connection.run(`COPY (SELECT ${selected} FROM written) TO ${literal(path)} (FORMAT parquet)`);
  } finally {
    database.close();
  }
}

function valuesOf(column: ResultColumn, from: number, size: number): DuckDBValue[] {
  if (column instanceof Float64Array) {
    return Array.from({ length: size }, (_, r) => (Number.isNaN(column[from + r]) ? null : column[from + r]));
  }
  if ('codes' in column) return Array.from({ length: size }, (_, r) => column.values[column.codes[from + r]]);
  return column.slice(from, from + size);
}

/** Lets an interrupt in. */
async function pause(signal?: AbortSignal): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  signal?.throwIfAborted();
}
