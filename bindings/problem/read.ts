import type { Faults } from '../faults.js';
import type { Model } from '../model/config.js';
import { createDictionary, type Dictionary, encodeKeys, openSource, readValues, type Source } from './columns.js';
import { describeKey, type KeySet, rankTexts, rankTuples } from './keys.js';
import type { Tables } from './tables.js';

/** What messages call the tables. */
export interface TableNames {
  readonly totals?: string | undefined;
  readonly exposure?: string | undefined;
  readonly entities?: string | undefined;
}

/** The tables, checked, with their keys numbered canonically. Numbers stand for bricks and entities from here on. */
export interface Rows {
  /** Bricks of either table. Names are those of `totals.brick`. */
  readonly bricks: KeySet;
  /** Entities of exposure and of the entities table. Names are those of `exposure.entity`. */
  readonly entities: KeySet;
  /** One row per total, in file order. */
  readonly totals: { readonly brick: Uint32Array; readonly value: Float64Array; record(row: number): string };
  /** One row per delivery, in file order. */
  readonly exposure: {
    readonly brick: Uint32Array;
    readonly entity: Uint32Array;
    readonly value: Float64Array;
    /** `delivery.csv record 841` for the r-th row. */
    record(row: number): string;
  };
  /** Entities in the order of their first row: exposure first, then the entities table. */
  readonly entityOrder: Uint32Array;
  /** For each pooling group column, the group of every entity as the rank of its text; empty without groups. */
  readonly groups: readonly Uint32Array[];
}

/** Reads and checks the tables. Everything wrong is noted in `faults`; what comes back is only good when nothing was. */
export function readTables(faults: Faults, tables: Tables, model: Model, names: TableNames = {}): Rows {
  const { totals, exposure, entities } = model;
  const totalsSource = openSource(faults, names.totals ?? 'totals', tables.totals, totals.where);
  const exposureSource = openSource(faults, names.exposure ?? 'exposure', tables.exposure, exposure.where);
  const entitiesTable = entities && tables.entities;
  if (entities && !entitiesTable)
    faults.add('missing-table', 'entities', 'expected the table that the configuration names, got nothing');
  const entitiesSource = entitiesTable
    ? openSource(faults, names.entities ?? 'entities', entitiesTable, entities.where)
    : undefined;

  // one dictionary per key column; a column that is in both keys is read once
  const dictionaries = new Map<string, Dictionary>();
  const dictionaryOf = (name: string) => {
    const known = dictionaries.get(name) ?? createDictionary();
    dictionaries.set(name, known);
    return known;
  };
  const encode = (source: Source, section: string, columns: readonly string[], shared: readonly string[]) =>
    columns.map((name, i) => {
      const column = source.column(name, section);
      return column ? encodeKeys(faults, source, name, column, dictionaryOf(shared[i])) : new Uint32Array(0);
    });
  const read = (source: Source, section: 'totals' | 'exposure') => {
    const config = model[section];
    const column = source.column(config.value, `${section}.value`);
    if (!column) return new Float64Array(0);
    const share = section === 'totals' && model.totals.negativeTotals === 'share';
    const cure = section === 'totals' ? '. Set "negativeTotals": "share" to split it by the fitted shares.' : '';
    const rule = { negative: share ? 'allowed' : 'refused', cure, decimal: config.decimal ?? '.' } as const;
    return readValues(faults, source, config.value, column, rule);
  };
  const totalsBrick = encode(totalsSource, 'totals.brick', totals.brick, exposure.brick);
  const totalsValue = read(totalsSource, 'totals');
  const exposureBrick = encode(exposureSource, 'exposure.brick', exposure.brick, exposure.brick);
  const exposureEntity = exposure.entity.map((name) => {
    const alike = exposure.brick.indexOf(name);
    return alike >= 0 ? exposureBrick[alike] : encode(exposureSource, 'exposure.entity', [name], [name])[0];
  });
  const exposureValue = read(exposureSource, 'exposure');
  const entitiesEntity = entitiesSource
    ? encode(entitiesSource, 'entities.entity', entities!.entity, exposure.entity)
    : exposure.entity.map(() => new Uint32Array(0));
  const groupColumns = readGroups(faults, model, entitiesSource);
  for (const [source, section] of [
    [totalsSource, 'totals'],
    [exposureSource, 'exposure'],
  ] as const) {
    if (!faults.any && source.rows === 0)
      faults.add('no-rows', source.name, `expected at least one row of ${section}, got none`);
  }
  faults.throwIfAny();

  // canonical numbers: texts of each column, then tuples
  const ranked = new Map<string, ReturnType<typeof rankTexts>>();
  for (const [name, { values }] of dictionaries) ranked.set(name, rankTexts(values));
  const renumber = (columns: readonly Uint32Array[], shared: readonly string[]) =>
    columns.map((codes, c) => {
      const { ranks } = ranked.get(shared[c])!;
      return codes.map((code) => ranks[code]);
    });
  const keySet = (
    keyNames: readonly string[],
    shared: readonly string[],
    parts: readonly (readonly Uint32Array[])[],
  ) => {
    const values = shared.map((name) => ranked.get(name)!.sorted);
    const { ids, count, codes } = rankTuples(
      parts.map((part) => renumber(part, shared)),
      values.map((texts) => texts.length),
    );
    return { keys: { names: keyNames, values, codes, count } satisfies KeySet, ids };
  };
  const brick = keySet(totals.brick, exposure.brick, [totalsBrick, exposureBrick]);
  const entity = keySet(exposure.entity, exposure.entity, [exposureEntity, entitiesEntity]);

  refuseRepeats(faults, totalsSource, brick.ids[0], brick.keys, 'brick');
  if (entitiesSource) {
    refuseRepeats(faults, entitiesSource, entity.ids[1], entity.keys, 'entity');
    refuseUnknown(faults, exposureSource, entitiesSource, entity.ids[0], entity.ids[1], entity.keys);
  }
  return {
    bricks: brick.keys,
    entities: entity.keys,
    totals: { brick: brick.ids[0], value: totalsValue, record: totalsSource.record },
    exposure: { brick: brick.ids[1], entity: entity.ids[0], value: exposureValue, record: exposureSource.record },
    entityOrder: firstAppearance(entity.ids, entity.keys.count),
    groups: groupColumns.map((group) => group(entity.keys, entity.ids[1])),
  };
}

type GroupOf = (entities: KeySet, entityRows: Uint32Array) => Uint32Array;

// pooling groups come from the entity key or from the entities table
function readGroups(faults: Faults, model: Model, entitiesSource: Source | undefined): GroupOf[] {
  const pooling = model.model?.pooling;
  if (pooling?.kind !== 'gamma' || !pooling.groups) return [];
  return pooling.groups.map((name, i): GroupOf => {
    const part = model.exposure.entity.indexOf(name);
    if (part >= 0) return (entities) => entities.codes[part];
    const path = `model.pooling.groups[${i}]`;
    const column = entitiesSource?.column(name, path);
    if (!entitiesSource || !column) {
      if (!entitiesSource)
        faults.add(
          'missing-column',
          path,
          `expected one of exposure.entity, got ${JSON.stringify(name)}. Add an entities table that has it.`,
        );
      return () => new Uint32Array(0);
    }
    const dictionary = createDictionary();
    const codes = encodeKeys(faults, entitiesSource, name, column, dictionary);
    return (entities, entityRows) => {
      const { ranks } = rankTexts(dictionary.values);
      const groups = new Uint32Array(entities.count);
      entityRows.forEach((entity, r) => {
        groups[entity] = ranks[codes[r]];
      });
      return groups;
    };
  });
}

function refuseRepeats(faults: Faults, source: Source, ids: Uint32Array, keys: KeySet, what: string): void {
  const first = new Int32Array(keys.count).fill(-1);
  for (let r = 0; r < ids.length; r++) {
    const id = ids[r];
    if (first[id] < 0) first[id] = r;
    else {
      const before = source.record(first[id]).slice(source.name.length + 1);
      faults.add(
        `duplicate-${what}`,
        source.record(r),
        `expected each ${what} once, got ${describeKey(keys, id)} again (first in ${before})`,
      );
    }
  }
}

function refuseUnknown(
  faults: Faults,
  exposure: Source,
  entities: Source,
  used: Uint32Array,
  known: Uint32Array,
  keys: KeySet,
): void {
  const listed = new Uint8Array(keys.count);
  for (const id of known) listed[id] = 1;
  for (let r = 0; r < used.length; r++) {
    if (listed[used[r]]) continue;
    listed[used[r]] = 1; // once is enough
    faults.add(
      'unknown-entity',
      exposure.record(r),
      `expected an entity of ${entities.name}, got ${describeKey(keys, used[r])}`,
    );
  }
}

function firstAppearance(rows: readonly Uint32Array[], count: number): Uint32Array {
  const order = new Uint32Array(count);
  const seen = new Uint8Array(count);
  let next = 0;
  for (const ids of rows) {
    for (const id of ids) {
      if (seen[id]) continue;
      seen[id] = 1;
      order[next++] = id;
    }
  }
  return order;
}
