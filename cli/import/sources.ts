import { basename } from 'node:path';
import { show } from '../../bindings/base/errors.js';
import type { Faults } from '../../bindings/base/faults.js';
import type { Contributions } from './contributions.js';
import {
  type CurveParameters,
  type CurveRecords,
  parameterPath,
  presetCurves,
  recordsOfJson,
  recordsOfTable,
} from './curves.js';
import { checkDialect, dialectOf, type TableDialect, withoutRows, withRules } from './dialect.js';
import { readLightweight, wantedOfLightweight } from './lightweightMmm.js';
import { meridianNames, populationOf, readMeridian, wantedOfMeridian } from './meridian.js';
import { curveOfAttrs, refuseLink } from './pymcAttrs.js';
import { readPymc, wantedOfPymc } from './pymcMarketing.js';
import { checkFile, readJson, readTable } from './read.js';
import type { CurveContext, ReadSource, Source, SourceOptions } from './source.js';
import { hasColumn, type SourceTable, tableOfRecords, type Wanted } from './table.js';

/** A model whose adstock begins with its data carries nothing over into its first periods. */
const withoutHistory =
  (curves: string | boolean | undefined) =>
  ({ delivery }: CurveContext) =>
    typeof curves === 'string' && delivery.rows.period.some((period) => period < 0)
      ? ['the model saw no delivery before its first period: --no-history leaves it out of the carry-over']
      : [];

/** Reads a table of contributions, CSV or Parquet, or JSON records where the library writes them. */
async function contributionsTable(
  faults: Faults,
  path: string,
  wanted: (header: readonly string[]) => Wanted,
  options: SourceOptions,
  signal: AbortSignal,
): Promise<SourceTable | null> {
  const dialect = dialectOf(options, 'contributions');
  if (!(await checkFile(faults, 'contributions', path))) return null;
  if (!/\.json$/i.test(path)) return readTable(faults, path, wanted, dialect, signal);
  const content = await readJson(faults, path);
  if (content === undefined) return null;
  if (!Array.isArray(content)) {
    faults.add('json', basename(path), `expected a list of records, got ${show(content)}`);
    return null;
  }
  const bad = content.findIndex((item) => !(item instanceof Object) || Array.isArray(item));
  if (bad < 0) {
    checkDialect(faults, dialect);
    const table = tableOfRecords(basename(path), content as Record<string, unknown>[]);
    const columns = withRules(faults, table.name, table.header, wanted(table.header), dialect);
    return withoutRows(table, columns, dialect);
  }
  const problem = `expected values by column, got ${show(content[bad])}`;
  faults.add('json', `${basename(path)} record ${bad + 1}`, problem);
  return null;
}

/** Parameters of curves from a JSON or CSV file of the user's. */
async function curveRecords(
  faults: Faults,
  path: string,
  dialect: TableDialect,
  signal: AbortSignal,
): Promise<CurveRecords | null> {
  if (!(await checkFile(faults, '--curves', path))) return null;
  if (/\.json$/i.test(path)) {
    const content = await readJson(faults, path);
    return content === undefined ? null : recordsOfJson(faults, basename(path), content);
  }
  const wanted = (header: readonly string[]): Wanted => new Map(header.map((name) => [name, 'key']));
  const table = await readTable(faults, path, wanted, dialect, signal);
  return table && recordsOfTable(faults, table);
}

/** A library whose parameters the preset calls by the same names. */
const sameNames = { renamed: (name: string) => name, written: (name: string) => name };

/** How a library's parameters become those of its preset. */
async function curvesFrom(
  faults: Faults,
  options: SourceOptions,
  preset: string,
  names: Pick<CurveParameters, 'renamed' | 'written'>,
  signal: AbortSignal,
  common: CurveParameters['common'] = null,
): Promise<Pick<Source, 'curves' | 'parameterPath'> & { read: string[] }> {
  const { curves: path } = options;
  if (typeof path !== 'string') return { curves: () => null, read: [] };
  const records = await curveRecords(faults, path, dialectOf(options, 'curves'), signal);
  const name = basename(path);
  const parameters = records && { name, records, preset, ...names, common };
  return {
    curves: (noted, channels, skipped) => parameters && presetCurves(noted, parameters, channels, skipped),
    parameterPath: parameters ? (...of) => parameterPath(parameters, ...of) : undefined,
    read: [`${name} (parameters of the curves)`],
  };
}

export const meridianSource: ReadSource = async (faults, path, options, signal) => {
  const { valueColumn } = options;
  const table = await contributionsTable(
    faults,
    path,
    (header) => wantedOfMeridian(header, valueColumn),
    options,
    signal,
  );
  const { read: readCurves, ...curves } = await curvesFrom(faults, options, 'meridian', meridianNames, signal);
  if (faults.any || !table) return null;
  const contributions = readMeridian(faults, table, valueColumn);
  if (!contributions) return null;
  const read = [`${basename(path)} (contributions)`, ...readCurves];
  let { population } = contributions;
  if (options.population !== undefined && contributions.dimensions.length > 0) {
    population = await readPopulation(
      faults,
      options.population,
      contributions,
      dialectOf(options, 'population'),
      signal,
    );
    read.push(`${basename(options.population)} (population)`);
  }
  const needed = contributions.dimensions.length > 0 && contributions.places.length > 1;
  if (typeof options.curves === 'string' && needed && population === undefined) {
    const problem = `expected the head count of each geo, got nothing: Meridian's curves are of exposure per head`;
    faults.add('population', '--population', `${problem}. Give a file with columns geo and population.`);
  }
  return faults.any ? null : { contributions, ...curves, population, posterior: true, read, cautions: () => [] };
};

async function readPopulation(
  faults: Faults,
  path: string,
  { places }: Contributions,
  dialect: TableDialect,
  signal: AbortSignal,
): Promise<number[] | undefined> {
  if (!(await checkFile(faults, '--population', path))) return undefined;
  const wanted: Wanted = new Map([
    ['geo', 'key'],
    ['population', 'value'],
  ]);
  const table = await readTable(faults, path, () => wanted, dialect, signal);
  if (!table) return undefined;
  const there = [hasColumn(faults, table, 'geo', 'the geo'), hasColumn(faults, table, 'population', 'its head count')];
  return there.every(Boolean) ? populationOf(faults, table, 'geo', places) : undefined;
}

export const pymcSource: ReadSource = async (faults, path, options, signal) => {
  const { valueColumn, attrs } = options;
  refuseLink(faults, '--link', options.link);
  let common: CurveParameters['common'] = null;
  if (attrs !== undefined && (await checkFile(faults, '--attrs', attrs))) {
    const content = await readJson(faults, attrs);
    const name = basename(attrs);
    if (content !== undefined) common = { name, curve: curveOfAttrs(faults, name, content) };
  }
  const table = await contributionsTable(faults, path, (header) => wantedOfPymc(header, valueColumn), options, signal);
  const { read: readCurves, ...curves } = await curvesFrom(
    faults,
    options,
    'pymc-marketing',
    sameNames,
    signal,
    common,
  );
  if (faults.any || !table) return null;
  const contributions = readPymc(faults, table, valueColumn);
  const read = [
    `${basename(path)} (contributions)`,
    ...(attrs === undefined ? [] : [`${basename(attrs)} (link, kinds of the curves)`]),
    ...readCurves,
  ];
  return contributions && { contributions, ...curves, posterior: true, read, cautions: withoutHistory(options.curves) };
};

export const lightweightSource: ReadSource = async (faults, path, options, signal) => {
  const table = await contributionsTable(faults, path, wantedOfLightweight, options, signal);
  const { read: readCurves, ...curves } = await curvesFrom(faults, options, 'lightweight-mmm', sameNames, signal);
  if (faults.any || !table) return null;
  const contributions = readLightweight(faults, table, options);
  const read = [`${basename(path)} (contributions)`, ...readCurves];
  return contributions && { contributions, ...curves, posterior: true, read, cautions: withoutHistory(options.curves) };
};
