import { access, constants, stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { show } from '../../bindings/base/errors.js';
import type { Faults } from '../../bindings/base/faults.js';
import type { NumberMarks } from '../../bindings/base/numbers/grammar.js';
import { type Column, entityColumns, groupColumns, type Model, type TableConfig } from '../../bindings/index.js';
import { MachineError, refusalOf } from '../outcome.js';

export type Section = 'totals' | 'exposure' | 'entities';

/** `covariate` is read as numbers where the file says that it holds them, else as text. */
export type ColumnUse = 'key' | 'value' | 'covariate';

/** How a table is written. Defaults are those of the configuration. */
export interface Dialect extends NumberMarks {
  readonly delimiter?: string | undefined;
  /** Line of the column names, from 1. */
  readonly header?: number | undefined;
  /** Records at the end that are left out. */
  readonly footer?: number | undefined;
}

/** A table file and what is needed of it. */
export interface TableFile extends Dialect {
  readonly section: Section;
  /** Absolute. */
  readonly path: string;
  /** What messages call it. */
  readonly name: string;
  /** The columns that are read, if they are there. Keys are read as text: brick, entity, groups, those of `where`. */
  readonly columns: ReadonlyMap<string, ColumnUse>;
  /** Key columns that the configuration has read as dates or whole numbers. */
  readonly typed?: readonly string[];
}

/** What was read of a table file. */
export interface FileTable {
  /** Names of all its columns. */
  readonly header: readonly string[];
  /** Those of its columns that were asked for and are there. */
  readonly columns: ReadonlyMap<string, Column>;
  readonly sha256: string;
}

/** The tables that the model names, and the columns it needs of each. Paths are relative to the configuration. */
export function tableFiles(model: Model, config: string): TableFile[] {
  const { totals, exposure, entities } = model;
  const groups = groupColumns(model);
  const covariates = entityColumns(model);
  const fileOf = (
    section: Section,
    table: TableConfig,
    keys: readonly string[],
    values: readonly (string | undefined)[],
    covariates: readonly string[] = [],
  ): TableFile => {
    const columns = new Map<string, ColumnUse>();
    for (const covariate of covariates) columns.set(covariate, 'covariate');
    for (const value of values) if (value !== undefined) columns.set(value, 'value');
    for (const key of keys) columns.set(key, 'key');
    for (const rule of [table.where, table.without])
      for (const name of Object.keys(rule ?? {})) columns.set(name, 'key');
    const { delimiter, decimal, thousands, header, footer } = table;
    return {
      section,
      path: resolve(dirname(config), table.file ?? ''),
      name: basename(table.file ?? section),
      columns,
      typed: Object.entries(table.types ?? {}).flatMap(([name, type]) => (type === 'text' ? [] : [name])),
      delimiter,
      decimal,
      thousands,
      header,
      footer,
    };
  };
  const files = [
    fileOf('totals', totals, totals.brick, [totals.value, model.effectiveExposure?.population]),
    fileOf('exposure', exposure, [...exposure.brick, ...exposure.entity], [exposure.value, exposure.frequency]),
    ...(entities ? [fileOf('entities', entities, [...entities.entity, ...groups], [], covariates)] : []),
  ];
  // files of one name in different folders are told apart by their paths
  return files.map((file) => {
    const alike = files.some(({ name, path }) => name === file.name && path !== file.path);
    return alike ? { ...file, name: model[file.section]?.file ?? file.name } : file;
  });
}

/**
 * Notes every table whose file is not named or not there. Takes the configuration as it was read, right or wrong, so
 * that its own faults and these are heard together.
 * @throws MachineError where the file is there and may not be read
 */
export async function checkFiles(faults: Faults, raw: unknown, config: string): Promise<void> {
  for (const section of ['totals', 'exposure', 'entities']) {
    const table = (raw as Record<string, unknown> | null)?.[section];
    if (!(table instanceof Object)) continue;
    const { file } = table as TableConfig;
    const path = `${section}.file`;
    if (file === undefined) faults.add('missing-file', path, 'expected the path of a CSV or Parquet file, got nothing');
    if (typeof file !== 'string' || file === '') continue;
    const problem = await problemOf(resolve(dirname(config), file));
    if (problem === null) continue;
    const message = `expected a readable file, got ${show(file)} (${problem})`;
    if (problem === 'permission denied') throw new MachineError(`${path}: ${message}`);
    faults.add('missing-file', path, message);
  }
}

async function problemOf(path: string): Promise<string | null> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) return 'a folder';
    if (!found.isFile()) return 'not a plain file';
    await access(path, constants.R_OK);
    return null;
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === null) throw error;
    return refusal;
  }
}
