import { access, constants, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { InputError, show } from '../../bindings/errors.js';
import type { Faults } from '../../bindings/faults.js';
import type { Column, DictionaryColumn } from '../../bindings/index.js';
import { openDatabase } from '../duckdb.js';
import type { TableFile } from '../input/files.js';
import { readHeader } from '../input/header.js';
import { readJsonFile } from '../input/json.js';
import { isParquet, readParquet } from '../input/parquet.js';
import { readTableFile } from '../input/table.js';
import { MachineError, refusalOf } from '../outcome.js';
import type { SourceTable, Wanted } from './table.js';

/** How a table is written: for those that are not commas and points. */
export interface Dialect {
  readonly delimiter?: string | undefined;
  readonly decimal?: '.' | ',' | undefined;
}

/** Whether a file is there to be read; `option` is how the user named it. */
export async function checkFile(faults: Faults, option: string, path: string): Promise<boolean> {
  let problem: string | null = null;
  try {
    const found = await stat(path);
    if (found.isDirectory()) problem = 'a folder';
    else if (!found.isFile()) problem = 'not a plain file';
    else await access(path, constants.R_OK);
  } catch (error) {
    problem = refusalOf(error);
    if (problem === null) throw error;
  }
  if (problem === null) return true;
  const message = `expected a readable file, got ${show(path)} (${problem})`;
  if (problem === 'permission denied') throw new MachineError(`${option}: ${message}`);
  faults.add('missing-file', option, message);
  return false;
}

/**
 * Reads the columns of a CSV or Parquet file that `wanted` chooses from its header. Null after noting what is wrong with
 * its form.
 */
export async function readTable(
  faults: Faults,
  path: string,
  wanted: (header: readonly string[]) => Wanted,
  { delimiter = ',', decimal = '.' }: Dialect = {},
  signal?: AbortSignal,
): Promise<SourceTable | null> {
  const name = basename(path);
  const absolute = resolve(path);
  const file = (columns: Wanted): TableFile => ({
    section: 'exposure',
    path: absolute,
    name,
    columns,
    delimiter,
    decimal,
  });
  const database = await openDatabase([absolute], signal);
  try {
    const header = (await isParquet(absolute))
      ? (await readParquet(database, file(new Map()), signal)).header
      : (await readHeader(faults, path, name, delimiter)).names;
    if (header.length === 0) return null; // said
    const { columns } = await readTableFile(database, file(wanted(header)), signal);
    const [first] = columns.values();
    return { name, header, rows: first === undefined ? 0 : lengthOf(first), columns };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    for (const { kind, path: where, message } of error.faults) {
      // the command line has its own way to say a delimiter
      const text = message.slice(where.length + 2).replace(/Set "delimiter": (".+")\.$/, 'Set --delimiter $1.');
      faults.add(kind, where, text);
    }
    return null;
  } finally {
    database.close();
  }
}

const lengthOf = (column: Column): number =>
  'codes' in column ? (column as DictionaryColumn).codes.length : (column as ArrayLike<unknown>).length;

/** Reads a JSON file; undefined after noting that it is none. */
export const readJson = async (faults: Faults, path: string): Promise<unknown> =>
  (await readJsonFile(faults, path))?.value;
