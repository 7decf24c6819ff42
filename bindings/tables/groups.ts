import { cureOfBreak, findBreak } from '../base/dates/numbers.js';
import type { DateFormat } from '../base/dates/spellings.js';
import { show } from '../base/errors.js';
import type { Faults } from '../base/faults.js';
import { atOnce } from '../base/steps.js';
import type { Model } from '../config/config.js';
import { type Cohort, cohortColumn, poolingColumns } from '../config/pooling.js';
import { createDictionary, encodeKeys, plainText, refuseKey } from './dictionary.js';
import { compareText, type KeySet, keyText, rankTexts } from './keys.js';
import type { Source } from './source.js';

/** A column of pooling groups: the group of every entity, numbered in canonical order of the texts. */
export interface GroupColumn {
  readonly name: string;
  readonly of: Uint32Array;
  readonly texts: readonly string[];
}

/** A hierarchy told by parents: names of inner groups, the one each hangs on, and the one each entity hangs on; -1 is the root. */
export interface ParentTree {
  readonly texts: readonly string[];
  readonly parents: Int32Array;
  readonly of: Int32Array;
}

/** Rows of exposure, for cohorts. */
interface Deliveries {
  readonly bricks: KeySet;
  readonly brick: Uint32Array;
  readonly entity: Uint32Array;
  readonly value: Float64Array;
  record(row: number): string;
}

type GroupsOf = (entities: KeySet, entityRows: Uint32Array, deliveries: Deliveries) => GroupColumn;

/** Columns that pooling groups entities by: of the entity key, of the entities table, or the cohort. */
export function readGroups(faults: Faults, model: Model, source: Source | undefined): GroupsOf[] {
  const pooling = model.model?.pooling;
  const option = pooling?.kind === 'tree' ? 'levels' : 'groups';
  return poolingColumns(pooling).map((name, i): GroupsOf => {
    if (name === cohortColumn && pooling?.kind !== 'none' && pooling?.cohort) {
      const { cohort } = pooling;
      return (entities, _, deliveries) => cohortsOf(faults, cohort, model, entities, deliveries);
    }
    const part = model.exposure.entity.indexOf(name);
    if (part >= 0) return (entities) => ({ name, of: entities.codes[part], texts: entities.values[part] });
    const path = `model.pooling.${option}[${i}]`;
    const nothing = () => ({ name, of: new Uint32Array(0), texts: [] });
    if (!source) {
      const cure = 'Add an entities table that has it.';
      faults.add('missing-column', path, `expected one of exposure.entity, got ${show(name)}. ${cure}`);
      return nothing;
    }
    const column = source.column(name, path);
    if (!column) return nothing;
    const dictionary = createDictionary();
    const codes = atOnce(encodeKeys(faults, source, name, column, dictionary, 'none'));
    return (entities, entityRows) => {
      const { sorted, ranks } = atOnce(rankTexts(dictionary.values, dictionary.index));
      const of = new Uint32Array(entities.count);
      for (let r = 0; r < entityRows.length; r++) of[entityRows[r]] = ranks[codes[r]];
      return { name, of, texts: sorted };
    };
  });
}

/** Each entity's cohort: the stretch of time in which its first exposure above zero lies. Without any it is "". */
function cohortsOf(
  faults: Faults,
  { time, every }: Cohort,
  { exposure }: Model,
  entities: KeySet,
  { bricks, brick, entity, value, record }: Deliveries,
): GroupColumn {
  const part = exposure.brick.indexOf(time);
  const codes = bricks.codes[part];
  const texts = bricks.values[part];
  const first = new Int32Array(entities.count).fill(-1);
  const labels = texts.map((text) => labelOf(text, every));
  refuseBreaks(faults, texts, time, every, (text) => {
    const r = brick.findIndex((b) => texts[codes[b]] === text);
    return `${record(r)}, column ${time}`;
  });
  const before = (a: number, b: number) =>
    typeof every === 'number' ? Number(texts[a]) < Number(texts[b]) : compareText(texts[a], texts[b]) < 0;
  for (let r = 0; r < brick.length; r++) {
    const period = codes[brick[r]];
    if (labels[period] === null) {
      const expected = typeof every === 'number' ? 'a whole number' : 'an ISO date';
      faults.add('time', `${record(r)}, column ${time}`, () => `expected ${expected}, got ${show(texts[period])}`);
      continue;
    }
    if (value[r] > 0 && (first[entity[r]] < 0 || before(period, first[entity[r]]))) first[entity[r]] = period;
  }
  const own = Array.from(first, (period) => (period < 0 ? '' : (labels[period] ?? '')));
  const { sorted, ranks } = atOnce(rankTexts([...new Set(own)]));
  const index = new Map([...new Set(own)].map((text, i) => [text, ranks[i]]));
  return { name: cohortColumn, of: Uint32Array.from(own, (text) => index.get(text)!), texts: sorted };
}

/** Notes weeks, months, quarters or days that are written as numbers, where so many of them may reach over the end of a year. */
function refuseBreaks(
  faults: Faults,
  texts: readonly string[],
  time: string,
  every: Cohort['every'],
  recordOf: (text: string) => string,
): void {
  const broken = typeof every === 'number' ? findBreak(texts) : null;
  if (!broken || typeof every !== 'number') return;
  if (every % (broken.numbering === 'quarter' ? 10 : 100) === 0) return; // whole years, of days whole months
  const { before, after } = broken;
  const got = `${show(before)} and ${show(after)}, which are ${Number(after) - Number(before)} apart as whole numbers`;
  const say = (format: DateFormat | null) =>
    `"types": { ${JSON.stringify(time)}: ${format === null ? '"date"' : `{ "date": "${format}" }`} } on totals and exposure`;
  const cure = `${cureOfBreak(broken, say)} Then "every" is "month", "quarter" or "year".`;
  faults.add('time', recordOf(after), `expected periods that can be counted, got ${got}. ${cure}`);
}

function labelOf(text: string, every: Cohort['every']): string | null {
  if (typeof every === 'number') {
    return /^-?\d{1,15}$/.test(text) ? String(Math.floor(Number(text) / every) * every) : null;
  }
  const found = /^(\d{4})-(0[1-9]|1[0-2])(?!\d)/.exec(text);
  if (!found) return null;
  const [, year, month] = found;
  if (every === 'year') return year;
  return every === 'month' ? `${year}-${month}` : `${year} Q${Math.floor((Number(month) + 2) / 3)}`;
}

type TreeOf = (entities: KeySet, entityRows: Uint32Array) => ParentTree;

/** The hierarchy that a column of parents tells; null where the model has none. Circles are faults. */
export function readParents(faults: Faults, model: Model, source: Source | undefined): TreeOf | null {
  const pooling = model.model?.pooling;
  if (pooling?.kind !== 'tree' || pooling.parent === undefined || !source) return null;
  const name = pooling.parent;
  const column = source.column(name, 'model.pooling.parent');
  if (!column) return null;
  const cell = source.cells(name, column);
  return (entities, entityRows) => {
    const parentOf = new Map<string, string>(); // by name; those of the root are not there
    const rowOf = new Map<string, number>();
    entityRows.forEach((e, r) => {
      const value = cell(r);
      const text = keyText(entities, e, 0);
      rowOf.set(text, r);
      if (value === null || value === undefined || value === '') return;
      const parent = plainText(value);
      if (parent !== null) parentOf.set(text, parent);
      else refuseKey(faults, `${source.record(r)}, column ${name}`, value, null);
    });
    refuseCircles(faults, parentOf, (text) => `${source.record(rowOf.get(text)!)}, column ${name}`);
    const { sorted } = atOnce(rankTexts([...new Set(parentOf.values())]));
    const place = new Map(sorted.map((text, i) => [text, i]));
    const above = (text: string) => {
      const parent = parentOf.get(text);
      return parent === undefined ? -1 : place.get(parent)!;
    };
    return {
      texts: sorted,
      parents: Int32Array.from(sorted, above),
      // an entity that others hang on hangs on its own group beside them
      of: Int32Array.from({ length: entities.count }, (_, e) => {
        const text = keyText(entities, e, 0);
        return place.get(text) ?? above(text);
      }),
    };
  };
}

function refuseCircles(faults: Faults, parentOf: Map<string, string>, record: (text: string) => string): void {
  const done = new Set<string>();
  for (const start of parentOf.keys()) {
    const path: string[] = [];
    const seen = new Set<string>();
    let at: string | undefined = start;
    while (at !== undefined && !done.has(at) && !seen.has(at)) {
      path.push(at);
      seen.add(at);
      at = parentOf.get(at);
    }
    if (at !== undefined && seen.has(at)) {
      const circle = [...path.slice(path.indexOf(at)), at].map(show).join(' under ');
      faults.add('circle', record(at), `expected a parent that is not below it, got ${circle}`);
    }
    for (const text of path) done.add(text);
  }
}
