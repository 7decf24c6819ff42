import type { Faults } from '../base/faults.js';
import type { TableNames } from '../base/run.js';
import type { Steps } from '../base/steps.js';
import type { Model } from '../config/config.js';
import type { Covariate } from './covariates.js';
import { readCovariates } from './covariates.js';
import { createDictionary, type Dictionary, encodeKeys } from './dictionary.js';
import { type GroupColumn, type ParentTree, readGroups, readParents } from './groups.js';
import { describeKey, type KeySet, rankTexts, rankTuples } from './keys.js';
import { refuseUnknown, type Side } from './meeting.js';
import { openSource, type Source } from './source.js';
import type { Tables } from './tables.js';
import { readValues } from './values.js';

/** The tables, checked, with their keys numbered canonically. Numbers stand for bricks and entities from here on. */
export interface Rows {
  /** Bricks of either table. Names are those of `totals.brick`. */
  readonly bricks: KeySet;
  /** Entities of exposure and of the entities table. Names are those of `exposure.entity`. */
  readonly entities: KeySet;
  /** One row per total, in file order. */
  readonly totals: {
    /** What messages call the table. */
    readonly table: string;
    readonly brick: Uint32Array;
    readonly value: Float64Array;
    /** Population of the brick's place, > 0, where curves look at exposure per head. */
    readonly population?: Float64Array | undefined;
    /** How many rows were left out because their value counts as empty. */
    readonly emptied: number;
    record(row: number): string;
  };
  /** One row per delivery, in file order. */
  readonly exposure: {
    readonly table: string;
    readonly brick: Uint32Array;
    readonly entity: Uint32Array;
    readonly value: Float64Array;
    /** NaN where there is none. */
    readonly frequency?: Float64Array | undefined;
    readonly emptied: number;
    /** `delivery.csv record 841` for the r-th row. */
    record(row: number): string;
  };
  /** Entities in the order of their first row: exposure first, then the entities table. */
  readonly entityOrder: Uint32Array;
  /** Columns that pooling groups entities by; empty without. */
  readonly groups: readonly GroupColumn[];
  /** The hierarchy that a column of parents tells; null without. */
  readonly tree: ParentTree | null;
  /** Columns that covariates are made of, by name; empty without. */
  readonly covariates: ReadonlyMap<string, Covariate>;
  /** Groups of entities that have coefficients of their own; null without. */
  readonly own: {
    readonly of: Uint32Array;
    /** For people; `keys` tells them apart. */
    readonly names: readonly string[];
    readonly keys: readonly string[];
    readonly parts: readonly Covariate[];
  } | null;
}

/**
 * Reads and checks the tables, their keys first: once those are right, everything else that is wrong is found in one go.
 * Everything wrong is noted in `faults`; what comes back is only good when nothing was.
 * @throws InputError when keys cannot be read
 */
export function* readTables(faults: Faults, tables: Tables, model: Model, names: TableNames = {}): Steps<Rows> {
  const { totals, exposure, entities } = model;
  const open = (section: 'totals' | 'exposure' | 'entities') =>
    openSource(faults, names[section] ?? section, tables[section], section, model[section]);
  const totalsSource = yield* open('totals');
  const exposureSource = yield* open('exposure');
  const entitiesSource = entities && (yield* open('entities'));

  // one dictionary per key column; a column that is in both keys is read once
  const dictionaries = new Map<string, Dictionary>();
  const dictionaryOf = (name: string) => {
    const known = dictionaries.get(name) ?? createDictionary();
    dictionaries.set(name, known);
    return known;
  };
  function* encode(source: Source, section: string, columns: readonly string[], shared: readonly string[]) {
    const encoded: Uint32Array[] = [];
    for (const [i, name] of columns.entries()) {
      const column = source.column(name, section);
      const { types = {}, decimal, thousands } = model[section.split('.')[0] as keyof Tables]!;
      const type = Object.hasOwn(types, name) ? types[name] : undefined;
      const dictionary = dictionaryOf(shared[i]);
      encoded.push(
        column
          ? yield* encodeKeys(faults, source, name, column, dictionary, type, { decimal, thousands })
          : new Uint32Array(0),
      );
    }
    return encoded;
  }
  const totalsBrick = yield* encode(totalsSource, 'totals.brick', totals.brick, exposure.brick);
  const exposureBrick = yield* encode(exposureSource, 'exposure.brick', exposure.brick, exposure.brick);
  const exposureEntity: Uint32Array[] = [];
  for (const name of exposure.entity) {
    const alike = exposure.brick.indexOf(name);
    exposureEntity.push(
      alike >= 0 ? exposureBrick[alike] : (yield* encode(exposureSource, 'exposure.entity', [name], [name]))[0],
    );
  }
  const entitiesEntity = entitiesSource
    ? yield* encode(entitiesSource, 'entities.entity', entities.entity, exposure.entity)
    : exposure.entity.map(() => new Uint32Array(0));
  const groupColumns = readGroups(faults, model, entitiesSource);
  const treeOf = readParents(faults, model, entitiesSource);
  const covariateColumns = readCovariates(faults, model, entitiesSource);
  let readable = !faults.any;
  const totalsValue = yield* readFigures(faults, model, 'totals', totalsSource);
  const exposureValue = yield* readFigures(faults, model, 'exposure', exposureSource);
  readable &&= totalsValue !== null && exposureValue !== null;
  const population = yield* readPopulation(faults, model, totalsSource);
  const frequency = yield* readFrequency(faults, model, exposureSource);
  for (const [source, section] of [
    [totalsSource, 'totals'],
    [exposureSource, 'exposure'],
  ] as const) {
    if (!readable || source.rows > 0) continue;
    faults.add('no-rows', source.name, `expected at least one row of ${section}, got none`);
  }
  if (!readable || totalsSource.rows === 0 || exposureSource.rows === 0) faults.throwIfAny();

  // canonical numbers: texts of each column, then tuples
  const ranked = new Map<string, { sorted: string[]; ranks: Uint32Array }>();
  for (const [name, { values, index }] of dictionaries) ranked.set(name, yield* rankTexts(values, index));
  function* keySet(
    keyNames: readonly string[],
    shared: readonly string[],
    parts: readonly (readonly Uint32Array[])[],
  ): Steps<{ keys: KeySet; ids: Uint32Array[] }> {
    const columns = shared.map((name) => ranked.get(name)!);
    yield;
    const { ids, count, codes } = yield* rankTuples(
      parts.map((part) => part.map((column, c) => translate(column, columns[c].ranks))),
      columns.map(({ sorted }) => sorted.length),
    );
    return { keys: { names: keyNames, values: columns.map(({ sorted }) => sorted), codes, count }, ids };
  }
  const brick = yield* keySet(totals.brick, exposure.brick, [totalsBrick, exposureBrick]);
  const entity = yield* keySet(exposure.entity, exposure.entity, [exposureEntity, entitiesEntity]);

  yield;
  refuseRepeats(faults, totalsSource, brick.ids[0], brick.keys, 'brick');
  if (entitiesSource) {
    refuseRepeats(faults, entitiesSource, entity.ids[1], entity.keys, 'entity');
    const side = (section: 'exposure' | 'entities', { name: table, record }: Source, ids: Uint32Array): Side => ({
      section,
      table,
      columns: model[section]!.entity,
      ids,
      record,
    });
    refuseUnknown(
      faults,
      entity.keys,
      side('entities', entitiesSource, entity.ids[1]),
      side('exposure', exposureSource, entity.ids[0]),
    );
  }
  yield;
  return {
    bricks: brick.keys,
    entities: entity.keys,
    totals: {
      table: totalsSource.name,
      brick: brick.ids[0],
      value: totalsValue!,
      population,
      emptied: totalsSource.emptied,
      record: totalsSource.record,
    },
    exposure: {
      table: exposureSource.name,
      brick: brick.ids[1],
      entity: entity.ids[0],
      value: exposureValue!,
      frequency,
      emptied: exposureSource.emptied,
      record: exposureSource.record,
    },
    entityOrder: firstAppearance(entity.ids, entity.keys.count),
    groups: groupColumns.map((groupsOf) =>
      groupsOf(entity.keys, entity.ids[1], {
        bricks: brick.keys,
        brick: brick.ids[1],
        entity: entity.ids[0],
        value: exposureValue!,
        record: exposureSource.record,
      }),
    ),
    tree: treeOf?.(entity.keys, entity.ids[1]) ?? null,
    ...covariateColumns(entity.keys, entity.ids[1]),
  };
}

/** The column of totals or of exposure; null when it is not there. */
function* readFigures(
  faults: Faults,
  model: Model,
  section: 'totals' | 'exposure',
  source: Source,
): Steps<Float64Array | null> {
  const { value } = model[section];
  const column = source.column(value, `${section}.value`);
  if (!column) return null;
  const share = section === 'totals' && model.totals.negativeTotals === 'share';
  const cure = section === 'totals' ? '. Set "negativeTotals": "share" to split it by the fitted shares.' : '';
  return yield* readValues(faults, source, value, column, {
    negative: share ? 'allowed' : 'refused',
    cure,
    marks: model[section],
  });
}

function* readPopulation(
  faults: Faults,
  { totals, effectiveExposure }: Model,
  source: Source,
): Steps<Float64Array | undefined> {
  const name = effectiveExposure?.population;
  const column = name === undefined ? undefined : source.column(name, 'effectiveExposure.population');
  const rule = { negative: 'refused', zero: 'refused', cure: '', marks: totals } as const;
  return column && (yield* readValues(faults, source, name!, column, rule));
}

function* readFrequency(faults: Faults, { exposure }: Model, source: Source): Steps<Float64Array | undefined> {
  const { frequency: name } = exposure;
  const column = name === undefined ? undefined : source.column(name, 'exposure.frequency');
  // media without a frequency may stand in the same table
  return (
    column &&
    (yield* readValues(faults, source, name!, column, {
      negative: 'refused',
      missing: 'allowed',
      cure: '',
      marks: exposure,
    }))
  );
}

function translate(codes: Uint32Array, to: Uint32Array): Uint32Array {
  const out = new Uint32Array(codes.length);
  for (let r = 0; r < codes.length; r++) out[r] = to[codes[r]];
  return out;
}

function refuseRepeats(faults: Faults, source: Source, ids: Uint32Array, keys: KeySet, what: string): void {
  const first = new Int32Array(keys.count).fill(-1);
  for (let r = 0; r < ids.length; r++) {
    const id = ids[r];
    if (first[id] < 0) first[id] = r;
    else {
      faults.add(`duplicate-${what}`, source.record(r), () => {
        const before = source.record(first[id]).slice(source.name.length + 1);
        return `expected each ${what} once, got ${describeKey(keys, id)} again (first in ${before})`;
      });
    }
  }
}

function firstAppearance(rows: readonly Uint32Array[], count: number): Uint32Array {
  const order = new Uint32Array(count);
  const seen = new Uint8Array(count);
  let next = 0;
  for (const ids of rows) {
    for (let r = 0; r < ids.length; r++) {
      const id = ids[r];
      if (seen[id]) continue;
      seen[id] = 1;
      order[next++] = id;
    }
  }
  return order;
}
