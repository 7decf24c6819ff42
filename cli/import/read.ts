import { access, constants, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { InputError, show } from '../../bindings/base/errors.js';
import { collectFaults, type Faults } from '../../bindings/base/faults.js';
import { type Column, type DictionaryColumn, defaults } from '../../bindings/index.js';
import { type Database, openDatabase } from '../duckdb.js';
import type { TableFile } from '../input/files.js';
import { readHeader } from '../input/header.js';
import { readJsonFile } from '../input/json.js';
import { isParquet, readParquet } from '../input/parquet.js';
import { plainCsv } from '../input/plainCsv.js';
import { readTableFile } from '../input/table.js';
import { MachineError, refusalOf } from '../outcome.js';
import { checkDialect, retold, type TableDialect, withoutRows, withRules } from './dialect.js';
import type { SourceTable, Wanted } from './table.js';

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
 * Reads the columns of a CSV or Parquet file that `wanted` chooses from its header, and leaves out the rows that do not
 * count. Null after noting what is wrong with its form.
 */
export async function readTable(
  faults: Faults,
  path: string,
  wanted: (header: readonly string[]) => Wanted,
  dialect: TableDialect = {},
  signal?: AbortSignal,
): Promise<SourceTable | null> {
  const name = basename(path);
  const absolute = resolve(path);
  const file = (columns: Wanted): TableFile => ({ ...dialect, section: 'exposure', path: absolute, name, columns });
  const own = collectFaults();
  checkDialect(faults, dialect);
  const database = await openDatabase([absolute], signal);
  try {
    const header = (await isParquet(absolute))
      ? (await readParquet(database, file(new Map()), signal)).header
      : await headerOf(own, database, file(new Map()), signal);
    own.throwIfAny();
    const columns = withRules(own, name, header, separated(header) ? wanted(header) : new Map(), dialect);
    own.throwIfAny();
    const read = await readTableFile(database, file(columns), signal);
    const [first] = read.columns.values();
    const table = { name, header, rows: first === undefined ? 0 : lengthOf(first), columns: read.columns };
    return withoutRows(table, columns, dialect);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    // the command line has its own way to say options
    for (const { kind, path: where, message } of error.faults)
      faults.add(kind, where, retold(message.slice(where.length + 2), dialect));
    return null;
  } finally {
    database.close();
  }
}

/** False where the fields are separated by another mark, as will be said. */
const separated = (header: readonly string[]) => header.length !== 1 || !/[;\t|,]/.test(header[0]);

async function headerOf(faults: Faults, database: Database, file: TableFile, signal?: AbortSignal) {
  const plain = await plainCsv(database, faults, file, signal);
  if (plain === null) return [];
  const { delimiter = defaults.delimiter, header: line } = file;
  return (await readHeader(faults, plain.path, file.name, delimiter, { line })).names;
}

const lengthOf = (column: Column): number =>
  'codes' in column ? (column as DictionaryColumn).codes.length : (column as ArrayLike<unknown>).length;

/** Reads a JSON file; undefined after noting that it is none. */
export const readJson = async (faults: Faults, path: string): Promise<unknown> =>
  (await readJsonFile(faults, path))?.value;
