import { stat } from 'node:fs/promises';
import { InputError } from '../../bindings/base/errors.js';
import type { Database } from '../duckdb.js';
import { readCsv } from './csv.js';
import type { FileTable, TableFile } from './files.js';
import { isParquet, readParquet } from './parquet.js';

/**
 * Reads the columns needed of a table file. The sha256 that comes with them is that of the bytes that were read: a file
 * that changes meanwhile is refused.
 * @throws InputError with all that is wrong with the form of the file
 */
export async function readTableFile(database: Database, file: TableFile, signal?: AbortSignal): Promise<FileTable> {
  const before = await stateOf(file.path);
  const read = (await isParquet(file.path)) ? readParquet : readCsv;
  const table = await read(database, file, signal);
  if ((await stateOf(file.path)) === before) return table;
  const problem = 'expected a file that stays as it is while it is read, got one that changed. Run it again.';
  throw new InputError([{ kind: 'changed-file', path: file.name, message: `${file.name}: ${problem}` }]);
}

/** What differs when a path leads to other bytes than before. */
async function stateOf(path: string): Promise<string> {
  const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
  return [dev, ino, size, mtimeNs, ctimeNs].join();
}
