import { collectFaults } from '../../bindings/faults.js';
import { type Database, literal } from '../duckdb.js';
import { checkRecords } from './check.js';
import { readColumns, type WantedColumn } from './columns.js';
import { digestFile } from './digest.js';
import type { FileTable, TableFile } from './files.js';
import { checkHeader, longestRecord, readHeader } from './header.js';

/**
 * Reads the columns needed of a CSV file. What its cells say is the library's to judge.
 * @throws InputError with all that is wrong with the form of the file
 */
export async function readCsv(database: Database, file: TableFile, signal?: AbortSignal): Promise<FileTable> {
  const { path, name, columns, delimiter, decimal } = file;
  const faults = collectFaults();
  const header = await readHeader(faults, path, name, delimiter);
  checkHeader(faults, header, name, [...columns.keys()], delimiter);
  faults.throwIfAny();

  const wanted: WantedColumn[] = [];
  for (const [column, as] of columns) {
    const at = header.indexOf(column);
    if (at >= 0) wanted.push({ name: column, expression: `f${at}`, as: as === 'value' ? 'figure' : 'text' });
  }
  const read = (parallel: boolean) => readColumns(database, relationOf(file, header.length, parallel), wanted, decimal);

  // DuckDB reads while this thread takes the digest. A file with quotes or an empty last field is then checked record
  // by record, and so is one that DuckDB refuses: the check says what is wrong in the words of the file.
  const suspicious = [Buffer.from('"'), ...['\n', '\r'].map((end) => Buffer.from(delimiter + end))];
  const [outcome, digest] = await Promise.all([
    read(true).then(
      (done) => ({ done, error: null }),
      (error: unknown) => ({ done: null, error }),
    ),
    digestFile(path, suspicious, signal),
  ]);
  signal?.throwIfAborted();
  let { done } = outcome;
  if (digest.found || done === null) {
    const checked = await checkRecords(faults, path, name, header.length, delimiter, signal);
    faults.throwIfAny();
    // in parallel DuckDB may lose its place where a quoted field goes over several lines
    if (checked.manyLines) done = await read(false);
    if (done === null) throw outcome.error;
    if (done.rows !== checked.records && header.length > 1) {
      throw new Error(`${name}: DuckDB read ${done.rows} records where there are ${checked.records}`);
    }
  }
  return { header, columns: done.columns, sha256: digest.sha256 };
}

// every setting pinned: nothing is guessed from the file, nothing is trimmed, no text stands for NULL
function relationOf({ path, delimiter }: TableFile, fields: number, parallel: boolean): string {
  const names = Array.from({ length: fields }, (_, i) => `'f${i}'`);
  const settings = [
    literal(path),
    'auto_detect = false',
    'header = true',
    `delim = ${literal(delimiter)}`,
    `quote = '"'`,
    `escape = '"'`,
    'strict_mode = true',
    'null_padding = false',
    `compression = 'none'`,
    `encoding = 'utf-8'`,
    'hive_partitioning = false',
    `max_line_size = ${longestRecord}`,
    `parallel = ${parallel}`,
    `columns = {${names.map((field) => `${field}: 'VARCHAR'`).join(', ')}}`,
    `force_not_null = [${names.join(', ')}]`,
  ];
  return `read_csv(${settings.join(', ')})`;
}
