import { stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { show } from '../../bindings/base/errors.js';
import { collectFaults, type Faults } from '../../bindings/base/faults.js';
import type { Column, DictionaryColumn } from '../../bindings/index.js';
import { type CutOptions, cutIntoCampaigns } from '../../bindings/simulate/index.js';
import { checkDialect, dialectOf, retelling, rulesOf, type TableDialect, withoutRows } from '../import/dialect.js';
import { recordOfRow, textsOf, type Wanted } from '../import/table.js';
import { keyOf } from '../import/tuples.js';
import type { TableFile } from '../input/files.js';
import { readInput } from '../input/read.js';
import { exitCodes, refusalOf } from '../outcome.js';
import { refuseInputs } from '../output/files.js';
import { checkFolder, openFolder } from '../output/folder.js';
import { refuseMergedNames, writeTable } from '../output/tables.js';

export interface CampaignsArguments {
  readonly out: string;
  readonly format: 'csv' | 'parquet';
  readonly medium: readonly string[];
  readonly time: string;
  readonly place: readonly string[];
  readonly value: string;
}

/** `apportion simulate campaigns`: given delivery cut into campaigns. Gives the exit code. */
export async function runCampaigns(
  file: string,
  switches: CutOptions,
  options: CampaignsArguments,
  signal: AbortSignal,
): Promise<number> {
  const { out, format, medium, time, place, value } = options;
  const dialect = dialectOf(options);
  const faults = collectFaults();
  const written = join(out, `delivery.${format}`);
  await checkFolder(faults, out);
  refuseInputs(faults, [{ option: '--out', path: written }], [file]);
  const problem = await stat(file).then((found) => (found.isFile() ? null : 'not a plain file'), refusalOf);
  if (problem !== null)
    faults.add('missing-file', 'delivery', `expected a readable file, got ${show(file)} (${problem})`);
  checkDialect(faults, dialect);
  const without = rulesOf(faults, dialect);
  faults.throwIfAny();

  const table: TableFile = {
    section: 'exposure',
    path: resolve(file),
    name: basename(file),
    columns: new Map<string, 'key' | 'value'>([
      ...[...Object.keys(without), ...medium, time, ...place].map((name) => [name, 'key'] as const),
      [value, 'value'],
    ]),
    ...dialect,
  };
  const cut = await retelling(dialect, async () => {
    const { tables } = await readInput([table], { signal });
    const { decimal, thousands, empty = [] } = dialect;
    const rules = { decimal, thousands, empty: [...empty], without };
    const made = cutIntoCampaigns(tables.exposure, { medium, time, place, value }, switches, table.name, rules);
    const columns = tables.exposure as ReadonlyMap<string, Column>;
    refuseRepeats(faults, table, columns, dialect, [...medium, time, ...place]);
    return made;
  });
  faults.throwIfAny();
  if (format === 'parquet') refuseMergedNames([cut]);
  const folder = await openFolder(out, signal);
  try {
    const [name] = await writeTable(folder, 'delivery', cut, { format }, signal);
    await folder.commit(name);
  } finally {
    folder.discard();
  }
  process.stdout.write(`${cut.rows} rows written to ${written}\n`);
  return exitCodes.done;
}

/** Rows of one key would be cut alike, and their parts could not be told apart. */
function refuseRepeats(
  faults: Faults,
  { name, columns: wanted }: TableFile,
  columns: ReadonlyMap<string, Column>,
  dialect: TableDialect,
  keys: readonly string[],
): void {
  const column = columns.get(keys[0])!;
  const all = 'codes' in column ? (column as DictionaryColumn).codes.length : column.length;
  const table = withoutRows({ name, header: keys, rows: all, columns }, wanted as Wanted, dialect);
  const { rows } = table;
  const texts = keys.map((key) => textsOf(table, key));
  const { ids, texts: tuples } = keyOf(
    new Uint32Array(rows).map((_, r) => r),
    texts,
  );
  if (tuples.length === rows) return;
  const seen = new Map<number, number>();
  const again = ids.findIndex((id, r) => {
    if (seen.has(id)) return true;
    seen.set(id, r);
    return false;
  });
  const got = keys.map((key, k) => `${key} ${show(tuples[ids[again]][k])}`).join(', ');
  const problem = `expected each medium, period and place once, got ${got} again (first in ${recordOfRow(table, seen.get(ids[again])!).slice(name.length + 1)})`;
  faults.add(
    'duplicate',
    recordOfRow(table, again),
    `${problem}. Name the columns that tell them apart with --place, or add them up.`,
  );
}
