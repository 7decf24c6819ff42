import { type Fault, InputError } from '../../bindings/base/errors.js';
import type { Table, Tables } from '../../bindings/index.js';
import { openDatabase } from '../duckdb.js';
import type { Section, TableFile } from './files.js';
import { readTableFile } from './table.js';

/** Tables as the library takes them, what messages call them, and what was read. */
export interface InputTables {
  readonly tables: Tables;
  readonly names: Partial<Record<Section, string>>;
  /** Name and sha256 of each file. */
  readonly digests: Partial<Record<Section, { file: string; sha256: string }>>;
}

/**
 * Reads the table files, only the columns needed, rows in file order.
 * @throws InputError with all that is wrong with the form of any of them
 */
export async function readInput(
  files: readonly TableFile[],
  options: { readonly signal?: AbortSignal; readonly onFile?: (name: string) => void } = {},
): Promise<InputTables> {
  const { signal, onFile } = options;
  const faults: Fault[] = [];
  const tables: Partial<Record<Section, Table>> = {};
  const names: Partial<Record<Section, string>> = {};
  const digests: InputTables['digests'] = {};
  const database = await openDatabase(
    files.map(({ path }) => path),
    signal,
  );
  try {
    for (const file of files) {
      onFile?.(file.name);
      try {
        const { header, columns, sha256 } = await readTableFile(database, file, signal);
        // columns nobody asked for stay empty: their names are there so that a misspelt one finds its neighbour
        tables[file.section] = new Map(header.map((name) => [name, columns.get(name) ?? []]));
        names[file.section] = file.name;
        digests[file.section] = { file: file.name, sha256 };
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        faults.push(...error.faults);
      }
    }
  } finally {
    database.close();
  }
  if (faults.length > 0) throw new InputError(faults);
  return { tables: tables as Tables, names, digests };
}
