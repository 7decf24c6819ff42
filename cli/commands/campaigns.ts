import { stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { show } from '../../bindings/errors.js';
import { collectFaults } from '../../bindings/faults.js';
import { defaults } from '../../bindings/index.js';
import { type CutOptions, cutIntoCampaigns } from '../../bindings/simulate/index.js';
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
  { out, format, medium, time, place, value }: CampaignsArguments,
  signal: AbortSignal,
): Promise<number> {
  const faults = collectFaults();
  const written = join(out, `delivery.${format}`);
  await checkFolder(faults, out);
  refuseInputs(faults, [{ option: '--out', path: written, endings: [] }], [file]);
  const problem = await stat(file).then((found) => (found.isFile() ? null : 'not a plain file'), refusalOf);
  if (problem !== null)
    faults.add('missing-file', 'delivery', `expected a readable file, got ${show(file)} (${problem})`);
  faults.throwIfAny();

  const table: TableFile = {
    section: 'exposure',
    path: resolve(file),
    name: basename(file),
    columns: new Map<string, 'key' | 'value'>([
      ...[...medium, time, ...place].map((name) => [name, 'key'] as const),
      [value, 'value'],
    ]),
    delimiter: defaults.delimiter,
    decimal: defaults.decimal,
  };
  const { tables } = await readInput([table], { signal });
  const cut = cutIntoCampaigns(tables.exposure, { medium, time, place, value }, switches, table.name);
  if (format === 'parquet') refuseMergedNames([cut]);
  const folder = await openFolder(out, signal);
  process.once('exit', folder.discard);
  try {
    const [name] = await writeTable(folder, 'delivery', cut, { format }, signal);
    await folder.commit(name);
  } finally {
    folder.discard();
  }
  process.stdout.write(`${cut.rows} rows written to ${written}\n`);
  return exitCodes.done;
}
