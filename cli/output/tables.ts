import { show } from '../../bindings/base/errors.js';
import { collectFaults } from '../../bindings/base/faults.js';
import { csvBytes, type Model, type OutputConfig, type ResultTable } from '../../bindings/index.js';
import type { OutputFolder } from './folder.js';
import { writeParquet } from './parquet.js';

/** Writes a table under its name without extension. Gives the name of the file and its sha256. */
export async function writeTable(
  folder: OutputFolder,
  base: string,
  table: ResultTable,
  { format, delimiter, decimal, escapeFormulas }: OutputConfig,
  signal?: AbortSignal,
): Promise<[name: string, sha256: string]> {
  const name = `${base}.${format ?? 'csv'}`;
  if (format !== 'parquet') {
    return [name, await folder.write(name, csvBytes(table, { delimiter, decimal, escapeFormulas }))];
  }
  return [name, await folder.place(name, (path) => writeParquet(table, path, signal))];
}

/** The model, with what the command line asks of its output. */
export const withEscapes = (model: Model, asked: boolean | undefined): Model =>
  asked ? { ...model, output: { ...model.output, escapeFormulas: true } } : model;

/**
 * DuckDB ignores the case of column names and would rename one of two that differ by nothing else.
 * @throws InputError
 */
export function refuseMergedNames(tables: readonly ResultTable[]): void {
  const faults = collectFaults();
  const clashes = new Set<string>();
  for (const { names } of tables) {
    const seen = new Map<string, string>();
    for (const name of names) {
      const other = seen.get(name.toLowerCase());
      if (other === undefined) seen.set(name.toLowerCase(), name);
      else clashes.add(`${show(other)} and ${show(name)}`);
    }
  }
  for (const clash of clashes) {
    const problem = `expected columns that differ by more than case in Parquet, got ${clash}`;
    faults.add('column-case', 'output.format', `${problem}. Rename one or write CSV.`);
  }
  faults.throwIfAny();
}
