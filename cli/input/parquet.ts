import { open } from 'node:fs/promises';
import { InputError } from '../../bindings/base/errors.js';
import { collectFaults } from '../../bindings/base/faults.js';
import { type Database, identifier, literal } from '../duckdb.js';
import { readColumns, type WantedColumn } from './columns.js';
import { digestFile } from './digest.js';
import type { FileTable, TableFile } from './files.js';
import { bytesOf } from './texts.js';

const magic = 'PAR1';

/** Whether a file is Parquet: by its name, or by its first bytes. */
export async function isParquet(path: string): Promise<boolean> {
  return /\.(parquet|pq)$/i.test(path) || (await edges(path)).first === magic;
}

async function edges(path: string): Promise<{ size: number; first: string; last: string }> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const at = async (position: number) => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, Math.max(position, 0));
      return buffer.toString('latin1', 0, bytesRead);
    };
    return { size, first: await at(0), last: await at(size - 4) };
  } finally {
    await file.close();
  }
}

/**
 * Reads the columns needed of a Parquet file.
 * @throws InputError with all that is wrong with the form of the file
 */
export async function readParquet(database: Database, file: TableFile, signal?: AbortSignal): Promise<FileTable> {
  const { path, name, columns, typed = [] } = file;
  const faults = collectFaults();
  const refuse = (problem: string) => faults.add('parquet', name, `expected a whole Parquet file, got ${problem}`);
  const { size, first, last } = await edges(path);
  if (size === 0) refuse('an empty file');
  else if (first !== magic) refuse('other bytes. A CSV file is named .csv.');
  else if (last !== magic || size < 12) refuse('one that is cut off. Write or copy it again.');
  faults.throwIfAny();

  const opened = await database.standIns.linkTo(path);
  const relation = `read_parquet(${literal(opened)}, binary_as_string = true, hive_partitioning = false)`;
  try {
    const types = await columnTypes(database, relation);
    const wanted: WantedColumn[] = [];
    for (const [column, as] of columns) {
      const type = types.get(column);
      if (type === undefined) continue;
      const read =
        as === 'value' || (as === 'covariate' && isNumeric(type))
          ? figureOf(column, type)
          : textOf(column, type, typed.includes(column));
      if (typeof read === 'string') faults.add(as, `${name}, column ${column}`, read);
      else wanted.push(read);
    }
    faults.throwIfAny();
    const { sha256 } = await digestFile(path, [], null, signal);
    const read = await readColumns(database, relation, wanted, file);
    return { header: [...types.keys()], columns: read.columns, sha256 };
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof InputError || !(error instanceof Error) || !unreadable.test(error.message)) throw error;
    refuse(`one that DuckDB cannot read (${error.message.split('\n', 1)[0]}). Write or copy it again.`);
    faults.throwIfAny();
    throw error;
  }
}

// what DuckDB throws at damaged bytes; running out of memory or being interrupted is not among it
const unreadable =
  /^(Invalid Input|Invalid|IO|Serialization|Not implemented|Corrupt\w*) Error|TProtocolException|thrift/i;

async function columnTypes({ chunks }: Database, relation: string): Promise<Map<string, string>> {
  const types = new Map<string, string>();
  for await (const chunk of chunks(`SELECT encode(column_name), column_type FROM (DESCRIBE SELECT * FROM ${relation})`))
    for (let r = 0; r < chunk.rowCount; r++)
      types.set(String(bytesOf(chunk, 0, r)), String(chunk.getColumnVector(1).getItem(r)));
  return types;
}

const nested = /\[|^(STRUCT|MAP|UNION|LIST|VARIANT)/;

const isNumeric = (type: string) =>
  /^(DECIMAL|U?HUGEINT|BIGNUM|DOUBLE|FLOAT|U?(BIG|SMALL|TINY)INT|U?INTEGER)/.test(type);

/** A key column as text, or what is wrong with it. A `typed` one is judged text by text. */
function textOf(name: string, type: string, typed: boolean): WantedColumn | string {
  if ((type === 'DOUBLE' || type === 'FLOAT') && !typed) {
    return 'expected text or whole numbers as keys, got floating-point numbers. Cast the column to text.';
  }
  if (nested.test(type)) return `expected text or whole numbers as keys, got ${type}`;
  return { name, expression: `CAST(${identifier(name)} AS VARCHAR)`, as: 'text' };
}

/** A column of figures, or what is wrong with it. Decimals and wide integers go by their text, which rounds correctly. */
function figureOf(name: string, type: string): WantedColumn | string {
  const column = identifier(name);
  if (type === 'VARCHAR') return { name, expression: column, as: 'figure' };
  if (/^(DECIMAL|U?HUGEINT|BIGNUM)/.test(type))
    return { name, expression: `CAST(CAST(${column} AS VARCHAR) AS DOUBLE)`, as: 'number' };
  if (/^(DOUBLE|FLOAT|U?(BIG|SMALL|TINY)INT|U?INTEGER)$/.test(type))
    return { name, expression: `CAST(${column} AS DOUBLE)`, as: 'number' };
  return `expected numbers, got ${type}`;
}
