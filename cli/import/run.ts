import { basename, join } from 'node:path';
import { collectFaults, type Faults } from '../../bindings/base/faults.js';
import type { Model } from '../../bindings/index.js';
import { exitCodes } from '../outcome.js';
import { refuseInputs } from '../output/files.js';
import { checkFolder, openFolder } from '../output/folder.js';
import { refuseMergedNames, writeTable } from '../output/tables.js';
import { assemble, type Imported } from './assemble.js';
import { checkCurves, checkImport } from './check.js';
import type { Contributions, Curve } from './contributions.js';
import { checkFormats, type DateFormats } from './dateFormat.js';
import { addUpDelivery } from './delivery.js';
import { type DeliveryColumns, type DeliveryOptions, findDeliveryColumns, wantedColumns } from './deliveryColumns.js';
import { dialectOf } from './dialect.js';
import { readDraws, wantedOfDraws } from './draws.js';
import { gapCautions, gapsOf, lostCautions } from './gaps.js';
import { isNamed } from './match.js';
import {
  checkLines,
  exact,
  hintText,
  isRefused,
  type Mismatch,
  mismatchCautions,
  nothingToLearn,
  refuseMismatch,
} from './mismatch.js';
import { type Named, readPeriods } from './periods.js';
import { checkFile, readTable } from './read.js';
import { robynFiles } from './robynFolder.js';
import { checkSelf, type SelfCheck } from './selfCheck.js';
import type { ReadSource, SourceOptions } from './source.js';
import { summarizeImport } from './summary.js';
import { type SourceTable, textsOf } from './table.js';

/** The switches of every import, and those of a single library. */
export interface ImportArguments extends DeliveryOptions, SourceOptions {
  readonly delivery: string;
  readonly out: string;
  readonly format: 'csv' | 'parquet';
  readonly match: readonly string[];
  readonly skip: readonly string[];
  readonly negative?: 'share' | undefined;
  /** Delivery that is not there in periods with a contribution: `allow` if nothing ran, `unallocated` if it is lost. */
  readonly gaps?: 'allow' | 'unallocated' | undefined;
  /** What becomes of contributions that are no coefficient times the curve; as the library suggests when left out. */
  readonly mismatch?: Mismatch | undefined;
  readonly dates: Named;
  readonly dateFormat: DateFormats;
  readonly hours: 'begin' | 'end';
  /** False leaves out delivery before the first total. */
  readonly history: boolean;
  readonly draws?: string | undefined;
}

/** `apportion import`: a model's export and a table of delivery to files that `fit` takes. Gives the exit code. */
export async function runImport(
  readSource: ReadSource,
  path: string,
  options: ImportArguments,
  curvesCure: string,
  signal: AbortSignal,
): Promise<number> {
  const faults = collectFaults();
  checkFormats(faults, options.dateFormat);
  await checkFolder(faults, options.out);
  await checkFile(faults, '--delivery', options.delivery);
  const source = await readSource(faults, path, options, signal);
  const drawn = options.draws !== undefined || source?.contributions.draws !== undefined;
  await refuseOwnFiles(faults, path, options, drawn);
  faults.throwIfAny();
  let contributions = source!.contributions;

  let columns: DeliveryColumns | null = null;
  const table = await readTable(
    faults,
    options.delivery,
    (header) => {
      contributions = withoutLonePlace(contributions, header, options.dimension);
      columns = findDeliveryColumns(faults, basename(options.delivery), header, options, contributions.dimensions);
      return faults.any ? new Map() : wantedColumns(columns);
    },
    dialectOf(options),
    signal,
  );
  if (table && !columns) findDeliveryColumns(faults, table.name, table.header, options, contributions.dimensions);
  const periods = readPeriods(
    faults,
    `${contributions.source}, column ${contributions.timeColumn}`,
    contributions.times,
    options.dates,
    options.dateFormat,
  );
  faults.throwIfAny();
  contributions = withoutStrangers(contributions, table!, columns!, options);
  const data = source!.data?.(faults, periods!) ?? { rows: null, before: null };
  const settings = { ...options, before: data.before };
  const delivery = addUpDelivery(faults, table!, columns!, contributions, periods!, settings);
  faults.throwIfAny();
  const context = { delivery: delivery!, periods: periods!, data };
  const used = contributions.channels.filter((_, c) => delivery!.matches.platformsOf[c].length > 0);
  const curves = source!.curves(faults, used, options.skip, context);
  checkCurves(faults, curves, source!);
  const draws = contributions.draws ?? (await drawsOf(faults, options, contributions, used, signal));
  const gaps = gapsOf(contributions, periods!, delivery!);
  const imported = assemble(faults, contributions, periods!, delivery!, {
    negative: options.negative,
    format: options.format,
    population: source!.population,
    curves,
    draws,
    gaps,
    allowed: options.gaps,
    deliveryName: table!.name,
  });
  faults.throwIfAny();
  const { model, negatives } = imported!;
  const unallocated = await checkImport(imported!, curves, source!);
  const lost = options.gaps === 'unallocated' ? gaps : [];
  const selfCheck = (of: typeof curves) => checkSelf(contributions, periods!, delivery!, imported!, of, lost);
  const self = await selfCheck(curves);
  const mismatch = options.mismatch ?? (source!.posterior ? 'allow' : 'refuse');
  if (curves && mismatch === 'refuse' && isRefused(self)) {
    const hint = await explanation(source!.others?.(curves), selfCheck);
    refuseMismatch(faults, table!.name, self, contributions, periods!, hintText(hint));
    faults.throwIfAny();
  }

  const written = await writeImport(imported!, model, options, signal);
  const lines = summarizeImport(contributions, periods!, delivery!, {
    read: [
      ...source!.read,
      ...(options.draws === undefined ? [] : [`${basename(options.draws)} (draws)`]),
      `${basename(options.delivery)} (delivery)`,
    ],
    cautions: [
      ...source!.cautions(context),
      ...(contributions.cautions ?? []),
      ...delivery!.cautions,
      ...gapCautions(gaps, contributions.dimensions, periods!),
      ...lostCautions(lost, periods!),
      ...(curves ? mismatchCautions(self, contributions, periods!, source!.posterior) : []),
      ...(negatives > 0
        ? [
            `${negatives} negative ${negatives === 1 ? 'total' : 'totals'}: left out of the fit, split by the fitted shares`,
          ]
        : []),
      ...unallocated,
    ],
    selfCheck: curves ? checkLines(self) : [],
    nothingToLearn: nothingToLearn(self, curves !== null),
    presets: curves && [...curves.values()].map(({ preset }) => String(preset)),
    noCurves: options.curves === false ? ', as --no-curves asks' : '',
    curvesCure: options.curves === false ? '' : ` ${curvesCure}`,
    draws: draws?.count ?? 0,
  });
  const config = join(options.out, 'model.json');
  lines.push(`Written to ${join(options.out, '/')}: ${written.join(', ')}`);
  lines.push(`Next: apportion fit ${config} --out ${join(options.out, 'result')}`);
  process.stdout.write(`${lines.join('\n')}\n`);
  return exitCodes.done;
}

/** The first of other curves that contributions are a coefficient times of, in the words of the user; null where none is. */
async function explanation(
  others: ReadonlyMap<string, ReadonlyMap<string, Curve>> = new Map(),
  selfCheck: (curves: ReadonlyMap<string, Curve>) => Promise<SelfCheck>,
): Promise<string | null> {
  for (const [how, curves] of others) if (exact(await selfCheck(curves))) return how;
  return null;
}

/** A national model may name its one place, which a national delivery does not. */
function withoutLonePlace(
  contributions: Contributions,
  header: readonly string[],
  asked: readonly string[],
): Contributions {
  const { dimensions, places, notes } = contributions;
  if (places.length > 1 || asked.length > 0 || dimensions.every((name) => header.includes(name))) return contributions;
  const lone = dimensions.map((name, d) => `${name} ${JSON.stringify(places[0][d])}`).join(', ');
  return { ...contributions, dimensions: [], places: [[]], notes: [...notes, `${lone}: the only one there is`] };
}

/** Of columns that may be media only those that the delivery, or the user, names. */
function withoutStrangers(
  contributions: Contributions,
  table: SourceTable,
  { medium }: DeliveryColumns,
  options: ImportArguments,
): Contributions {
  if (!contributions.guessed) return contributions;
  const platforms = medium === null ? [options.medium ?? ''] : textsOf(table, medium).values;
  const { channels, rows, notes } = contributions;
  const named = channels.filter((name) => isNamed(name, platforms, options));
  if (named.length === 0 || named.length === channels.length) return contributions;
  const kept = rows.channel.map((c) => named.indexOf(channels[c])); // none is 2^32 - 1
  const staying = Array.from(kept.keys()).filter((i) => kept[i] < named.length);
  const strangers = channels.filter((name) => !named.includes(name)).join(', ');
  return {
    ...contributions,
    channels: named,
    rows: {
      channel: Uint32Array.from(staying, (i) => kept[i]),
      time: Uint32Array.from(staying, (i) => rows.time[i]),
      place: Uint32Array.from(staying, (i) => rows.place[i]),
      value: Float64Array.from(staying, (i) => rows.value[i]),
    },
    notes: [...notes, `${strangers}: no delivery of that name, so no paid media`],
  };
}

async function drawsOf(
  faults: Faults,
  options: ImportArguments,
  contributions: Contributions,
  channels: readonly string[],
  signal: AbortSignal,
) {
  const { draws: path, dateFormat } = options;
  if (path === undefined || !(await checkFile(faults, '--draws', path))) return null;
  const wanted = (header: readonly string[]) => wantedOfDraws(header, contributions.dimensions, dateFormat);
  const table = await readTable(faults, path, wanted, dialectOf(options, 'draws'), signal);
  return table && readDraws(faults, table, contributions, channels, dateFormat);
}

/** Notes files of the user's that the import would write over. */
async function refuseOwnFiles(faults: Faults, path: string, options: ImportArguments, drawn: boolean): Promise<void> {
  const { delivery, curves, population, attrs, draws, out, format } = options;
  const read = [path, delivery, curves, population, attrs, draws].filter((file) => typeof file === 'string');
  const written = ['totals', 'delivery', ...(drawn ? ['draws'] : [])].map((base) => `${base}.${format}`);
  refuseInputs(
    faults,
    [...written, 'model.json'].map((name) => ({ option: '--out', path: join(out, name) })),
    [...read, ...(await robynFiles(path))],
  );
}

/** Writes the tables and, last, the configuration. Gives the names of the files. */
async function writeImport(
  { totals, delivery, draws }: Imported,
  model: Model,
  { out, format }: ImportArguments,
  signal: AbortSignal,
): Promise<string[]> {
  const tables = { totals, delivery, ...(draws && { draws }) };
  if (format === 'parquet') refuseMergedNames(Object.values(tables));
  const folder = await openFolder(out, signal);
  const names: string[] = [];
  try {
    for (const [base, table] of Object.entries(tables)) {
      const [name] = await writeTable(folder, base, table, { format }, signal);
      names.push(name);
    }
    await folder.write('model.json', [`${JSON.stringify(model, null, 2)}\n`]);
    await folder.commit('model.json');
  } finally {
    folder.discard();
  }
  return [...names, 'model.json'];
}
