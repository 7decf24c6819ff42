import { show } from '../base/errors.js';
import type { Faults } from '../base/faults.js';
import { type NumberMarks, parseNumber } from '../base/numbers/grammar.js';
import { atOnce } from '../base/steps.js';
import type { Model } from '../config/config.js';
import { parseFormula } from '../config/formula.js';
import { gotCell } from './dictionary.js';
import { compareText, describeKey, type KeySet, keyText, rankTuples } from './keys.js';
import type { Source } from './source.js';
import type { Column } from './tables.js';

/** What is known of entities: one column of their table, or of their key. */
export interface Covariate {
  readonly name: string;
  /** Number of each entity, NaN where it is missing; null where some value is no number. */
  readonly numbers: Float64Array | null;
  /** The first entity whose value is no number; -1 where there is none. */
  readonly odd: number;
  /** How many entities have a number. */
  readonly numeric: number;
  /** Category of each entity as a position in `categories`; -1 where it is missing. */
  readonly codes: Int32Array;
  /** Distinct texts in canonical order. */
  readonly categories: readonly string[];
  /** `hcps.csv record 7, column potential` for an entity. */
  describe(entity: number): string;
}

/** The marks of numbers of a table, and which texts count as empty there. */
type TableMarks = NumberMarks & { readonly empty?: readonly string[] | undefined };

/**
 * A covariate from cells by entity. Missing are null, undefined, NaN, the empty text and texts that count as empty. What is
 * neither text nor a finite number, nor true or false, is a fault.
 */
export function covariateOf(
  faults: Faults,
  name: string,
  entities: number,
  cell: (entity: number) => unknown,
  marks: TableMarks,
  describe: (entity: number) => string,
): Covariate {
  const { empty = [] } = marks;
  const texts: (string | null)[] = [];
  const numbers = new Float64Array(entities);
  let odd = -1;
  let numeric = 0;
  for (let e = 0; e < entities; e++) {
    const raw = cell(e);
    const missing =
      raw === null || raw === undefined || raw === '' || Number.isNaN(raw) || empty.includes(raw as string);
    const text = missing ? null : textOf(raw);
    if (text === undefined)
      faults.add('covariate', describe(e), `expected text or a finite number, got ${gotCell(raw)}${cureOf(raw)}`);
    texts.push(text === undefined ? gotCell(raw) : text);
    const number = missing
      ? Number.NaN
      : typeof raw === 'number' || typeof raw === 'bigint'
        ? Number(raw)
        : typeof raw === 'string'
          ? parseNumber(raw, marks)
          : undefined;
    if (number === undefined || Math.abs(number) === Number.POSITIVE_INFINITY) {
      if (odd < 0) odd = e;
    } else {
      numbers[e] = number;
      if (!missing) numeric++;
    }
  }
  const categories = [...new Set(texts.filter((text) => text !== null))].sort(compareText);
  const index = new Map(categories.map((text, i) => [text, i]));
  const codes = Int32Array.from(texts, (text) => (text === null ? -1 : index.get(text)!));
  return { name, numbers: odd < 0 ? numbers : null, odd, numeric, codes, categories, describe };
}

const textOf = (raw: unknown): string | undefined =>
  typeof raw === 'string' || typeof raw === 'boolean' || typeof raw === 'bigint' || Number.isFinite(raw)
    ? String(raw)
    : undefined;

const cureOf = (raw: unknown) => (typeof raw === 'number' ? '' : '. Turn it into text or a number first.');

/** A column of the entities table, row r of which is entity ids[r]; an entity of no row has it missing. */
function covariateFrom(
  faults: Faults,
  source: Source,
  name: string,
  path: string,
  marks: TableMarks,
): ((ids: Uint32Array, entities: number) => Covariate) | null {
  const column: Column | undefined = source.column(name, path);
  if (!column) return null;
  const at = source.cells(name, column);
  return (ids, entities) => {
    const row = new Int32Array(entities).fill(-1);
    for (let r = 0; r < ids.length; r++) row[ids[r]] = r;
    return covariateOf(
      faults,
      name,
      entities,
      (e) => (row[e] < 0 ? null : at(row[e])),
      marks,
      (e) => `${row[e] < 0 ? source.name : source.record(row[e])}, column ${name}`,
    );
  };
}

/** Notes what is missing among the entities in use, and what is no number where one is needed. */
export function refuseMissing(faults: Faults, covariate: Covariate, used: Uint8Array, cure: string): void {
  for (let e = 0; e < used.length; e++) {
    if (!used[e] || covariate.codes[e] >= 0) continue;
    faults.add('missing-covariate', covariate.describe(e), `expected a value, got nothing. ${cure}`);
  }
}

/** The first value that is no number, in words; for a covariate that is used as one. */
export const notNumbers = ({ odd, codes, categories, describe }: Covariate): string =>
  `${show(categories[codes[odd]])} (${describe(odd)})`;

/** The columns that a model's covariates are made of. Where none has any the maps are empty. */
export function readCovariates(faults: Faults, { model, exposure, entities }: Model, source: Source | undefined) {
  const productivity = model?.productivity ?? 'free';
  const { covariates = [], by = [] } = productivity === 'free' ? {} : productivity;
  const marks = entities ?? {};
  const terms = covariates.flatMap(parseFormula);
  type Reader = (keys: KeySet, ids: Uint32Array) => Covariate;
  const readerOf = (name: string, path: string): Reader | null => {
    const part = exposure.entity.indexOf(name);
    if (part >= 0) {
      const describe = (keys: KeySet) => (e: number) => `entity ${describeKey(keys, e)}`;
      return (keys) => covariateOf(faults, name, keys.count, (e) => keyText(keys, e, part), marks, describe(keys));
    }
    if (!source) {
      const cure = 'Add an entities table that has it.';
      faults.add('missing-column', path, `expected one of exposure.entity, got ${show(name)}. ${cure}`);
      return null;
    }
    const read = covariateFrom(faults, source, name, path, marks);
    return read && ((keys, ids) => read(ids, keys.count));
  };
  const readers = new Map<string, Reader | null>();
  for (const { factors, text } of terms) {
    for (const { column } of factors) {
      if (!readers.has(column)) readers.set(column, readerOf(column, `model.productivity.covariates, ${show(text)}`));
    }
  }
  const groups = by.map((name, i) => readerOf(name, `model.productivity.by[${i}]`));
  return (keys: KeySet, ids: Uint32Array) => {
    const found = new Map<string, Covariate>();
    for (const [name, reader] of readers) if (reader) found.set(name, reader(keys, ids));
    const parts = groups.flatMap((reader) => (reader ? [reader(keys, ids)] : []));
    return { covariates: found, own: parts.length > 0 ? { ...tuplesOf(parts, keys.count), parts } : null };
  };
}

/** Each entity's tuple of categories, numbered canonically. */
function tuplesOf(parts: readonly Covariate[], entities: number) {
  const texts = (e: number) =>
    parts.map(({ codes, categories }) => (codes[e] < 0 ? '(missing)' : categories[codes[e]]));
  const columns = parts.map(({ codes }) => Uint32Array.from(codes, (code) => code + 1));
  const { ids, count } = atOnce(
    rankTuples(
      [columns],
      parts.map(({ categories }) => categories.length + 1),
    ),
  );
  const names = new Array<string>(count);
  const keys = new Array<string>(count);
  for (let e = 0; e < entities; e++) {
    names[ids[0][e]] = texts(e).join(' / ');
    keys[ids[0][e]] = JSON.stringify(texts(e));
  }
  return { of: ids[0], names, keys };
}
