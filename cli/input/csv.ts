import { collectFaults } from '../../bindings/base/faults.js';
import { defaults } from '../../bindings/index.js';
import { type Database, literal } from '../duckdb.js';
import { checkRecords } from './check.js';
import { readColumns, type WantedColumn } from './columns.js';
import { digestFile } from './digest.js';
import type { FileTable, TableFile } from './files.js';
import { checkHeader, longestRecord, readHeader } from './header.js';
import { plainCsv } from './plainCsv.js';

/**
 * Reads the columns needed of a CSV file. What its cells say is the library's to judge.
 * @throws InputError with all that is wrong with the form of the file
 */
export async function readCsv(database: Database, file: TableFile, signal?: AbortSignal): Promise<FileTable> {
  const { name, columns, delimiter = defaults.delimiter } = file;
  const faults = collectFaults();
  const plain = await plainCsv(database, faults, file, signal);
  faults.throwIfAny();
  const { path } = plain!;
  const { names: header, lineEnd } = await readHeader(faults, path, name, delimiter, {
    line: file.header,
    needed: [...columns.keys()],
  });
  checkHeader(faults, header, name, [...columns.keys()], delimiter);
  faults.throwIfAny();

  const wanted: WantedColumn[] = [];
  for (const [column, as] of columns) {
    const at = header.indexOf(column);
    if (at >= 0) wanted.push({ name: column, expression: `f${at}`, as: as === 'value' ? 'figure' : 'text' });
  }
  const check = () => checkRecords(faults, path, name, header.length, delimiter, signal);

  // a file with quotes, an empty last field or other line ends is checked record by record before DuckDB reads it
  const suspicious = lineEnd === '\n' ? ['"', `${delimiter}\n`, '\r'] : ['"', `${delimiter}\r`, `${delimiter}\n`];
  const patterns = suspicious.map((text) => Buffer.from(text));
  const { sha256, found } = await digestFile(path, patterns, Buffer.from(delimiter), signal);
  const checked = found ? await check() : null;
  faults.throwIfAny();
  try {
    // several threads lose their place where quoted fields go over several lines
    const opened = await database.standIns.linkTo(path);
    const relation = relationOf(opened, delimiter, header.length, !checked?.manyLines);
    const { rows, columns: read } = await readColumns(database, relation, wanted, file);
    if (checked && header.length > 1 && rows !== checked.records) {
      throw new Error(`${name}: DuckDB read ${rows} records where there are ${checked.records}`);
    }
    return { header, columns: read, sha256: plain!.sha256 ?? sha256 };
  } catch (error) {
    signal?.throwIfAborted();
    // the check says what is wrong in the words of the file
    if (!checked) await check();
    faults.throwIfAny();
    throw error;
  }
}

// every setting pinned: nothing is guessed from the file, nothing is trimmed, no text stands for NULL
function relationOf(path: string, delimiter: string, fields: number, parallel: boolean): string {
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
