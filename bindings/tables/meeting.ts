import { show } from '../base/errors.js';
import type { Faults } from '../base/faults.js';
import { cureOf } from './cures.js';
import { describeKey, type KeySet, keyText } from './keys.js';
import type { Rows } from './read.js';
import { plainKey } from './spellings.js';

/** A table that shares keys with another: what its key columns are called, and the tuple of every row. */
export interface Side {
  /** The section of the configuration, and what messages call the table. */
  readonly section: 'totals' | 'exposure' | 'entities';
  readonly table: string;
  readonly columns: readonly string[];
  readonly ids: Uint32Array;
  record(row: number): string;
}

/** Keys of one column that stand in one table alone, and differ from one of the other's in writing alone. */
export interface NearMiss {
  readonly column: number;
  /** Texts of the left table and of the right, and their first rows. */
  readonly texts: readonly [string, string];
  readonly rows: readonly [number, number];
  /** How many texts have such a twin. */
  readonly count: number;
}

/** The tables of totals and of exposure as sides: what they share are bricks. */
export const brickSides = ({ bricks, totals, exposure }: Rows, exposureBrick: readonly string[]): [Side, Side] => [
  { section: 'totals', table: totals.table, columns: bricks.names, ids: totals.brick, record: totals.record },
  { section: 'exposure', table: exposure.table, columns: exposureBrick, ids: exposure.brick, record: exposure.record },
];

/** Whether both have some tuple. */
export function haveCommon({ count }: Pick<KeySet, 'count'>, left: Uint32Array, right: Uint32Array): boolean {
  const seen = new Uint8Array(count);
  for (let r = 0; r < left.length; r++) seen[left[r]] = 1;
  for (let r = 0; r < right.length; r++) if (seen[right[r]] === 1) return true;
  return false;
}

/** First row of each tuple in a table, below `count`; -1 for those that it does not have. */
export function firstOfEach(ids: Uint32Array, count: number): Int32Array {
  const first = new Int32Array(count).fill(-1);
  for (let r = ids.length - 1; r >= 0; r--) first[ids[r]] = r;
  return first;
}

/** First row of each text of column c, by the first rows of the tuples; -1 for texts that the table does not have. */
export function firstRows(keys: KeySet, c: number, tuples: Int32Array): Int32Array {
  const first = new Int32Array(keys.values[c].length).fill(-1);
  const codes = keys.codes[c];
  for (let k = 0; k < tuples.length; k++) {
    const text = codes[k];
    if (tuples[k] >= 0 && (first[text] < 0 || tuples[k] < first[text])) first[text] = tuples[k];
  }
  return first;
}

/** The same of a table of its own. */
const rowsOfTexts = (keys: KeySet, c: number, { ids }: Pick<Side, 'ids'>) =>
  firstRows(keys, c, firstOfEach(ids, keys.count));

/** Of each text of column c that the right table has: a text of the left that differs from it in writing alone, or -1. */
function twinsOf(keys: KeySet, c: number, own: Int32Array, other: Int32Array): Int32Array | null {
  const texts = keys.values[c];
  if (!texts.some((_, t) => own[t] < 0 !== other[t] < 0)) return null;
  // of left texts alike, one without a partner goes first
  const byPlain = new Map<string, number>();
  const plain = texts.map(plainKey);
  plain.forEach((text, t) => {
    if (own[t] < 0) return;
    const before = byPlain.get(text);
    if (before === undefined || (other[before] >= 0 && other[t] < 0)) byPlain.set(text, t);
  });
  return Int32Array.from(plain, (text, t) => {
    if (other[t] < 0) return -1;
    const twin = byPlain.get(text) ?? -1;
    const met = twin >= 0 && own[t] >= 0 && other[twin] >= 0;
    return twin === t || met ? -1 : twin;
  });
}

/** The near misses of each column, by the first of them in the right table. Linear in the number of texts. */
export function findNearMisses(keys: KeySet, left: Side, right: Side): NearMiss[] {
  const [ownRows, otherRows] = [left, right].map(({ ids }) => firstOfEach(ids, keys.count));
  return keys.names.flatMap((_, column) => {
    const [own, other] = [firstRows(keys, column, ownRows), firstRows(keys, column, otherRows)];
    const twins = twinsOf(keys, column, own, other);
    let first = -1;
    let count = 0;
    twins?.forEach((twin, t) => {
      if (twin < 0) return;
      count++;
      if (first < 0 || other[t] < other[first]) first = t;
    });
    if (!twins || first < 0) return [];
    const [a, b] = [twins[first], first];
    return [{ column, texts: [keys.values[column][a], keys.values[column][b]], rows: [own[a], other[b]], count }];
  });
}

/** What to do about keys that differ in writing alone. */
export function cureOfMiss(
  keys: KeySet,
  { column, texts }: Pick<NearMiss, 'column' | 'texts'>,
  left: Side,
  right: Side,
): string {
  const [a, b] = [left, right].map((side, i) => ({
    section: side.section,
    table: side.table,
    column: side.columns[column],
    text: texts[i],
    texts() {
      const first = rowsOfTexts(keys, column, side);
      return keys.values[column].filter((_, t) => first[t] >= 0);
    },
  }));
  return cureOf(a, b);
}

/** `"101" (record 3)`. */
const keyAt = (text: string, { table, record }: Side, row: number) =>
  `${show(text)} (${record(row).slice(table.length + 1)})`;

/**
 * Notes that two tables have no key in common: in the first column whose texts do not meet, or in the combination of all.
 * @param what what the keys name: bricks, entities
 */
export function refuseApart(faults: Faults, keys: KeySet, left: Side, right: Side, what: string): void {
  const apart = keys.names.findIndex((_, c) => {
    const other = rowsOfTexts(keys, c, right);
    return !rowsOfTexts(keys, c, left).some((row, t) => row >= 0 && other[t] >= 0);
  });
  if (apart < 0) {
    const names = right.columns.join(', ');
    const [a, b] = [left, right].map((side) => describeRow(keys, side, 0));
    const problem = `expected a combination that ${left.table} has, such as ${a}, got ${b} and no combination in common`;
    const cure = `Each of these columns has keys of ${left.table}, but never together.`;
    faults.add('keys-apart', `${right.table}, columns ${names}`, `${problem}. ${cure}`);
    return;
  }
  const near = findNearMisses(keys, left, right).find(({ column }) => column === apart);
  const texts = near?.texts ?? [textAt(keys, apart, left, 0), textAt(keys, apart, right, 0)];
  const [a, b] = near?.rows ?? [0, 0];
  const expected = `expected ${what} of ${left.table}, column ${left.columns[apart]}, such as ${keyAt(texts[0], left, a)}`;
  const got = `got ${keyAt(texts[1], right, b)} and none in common`;
  const cure = near ? cureOfMiss(keys, near, left, right) : swapped(keys, apart, left, right);
  faults.add(
    'keys-apart',
    `${right.table}, column ${right.columns[apart]}`,
    `${expected}, ${got}${cure && `. ${cure}`}`,
  );
}

const textAt = (keys: KeySet, c: number, { ids }: Side, row: number) => keys.values[c][keys.codes[c][ids[row]]];

const describeRow = (keys: KeySet, side: Side, row: number) => {
  const parts = side.columns.map((name, c) => `${name} ${show(textAt(keys, c, side, row))}`).join(', ');
  return `${parts} (${side.record(row).slice(side.table.length + 1)})`;
};

/** A key that stands under another column of the other table: columns in another order. */
function swapped(keys: KeySet, c: number, left: Side, right: Side): string {
  const there = rowsOfTexts(keys, c, right);
  const own = new Set(keys.values[c].filter((_, t) => there[t] >= 0));
  const other = keys.names.findIndex((_, d) => {
    if (d === c) return false;
    const first = rowsOfTexts(keys, d, left);
    return keys.values[d].some((text, t) => first[t] >= 0 && own.has(text));
  });
  if (other < 0) return '';
  return `Such keys stand in column ${left.columns[other]} of ${left.table}: name the columns in the same order in both sections.`;
}

/** Notes entities of exposure that the entities table does not have, each once; if it has none of them, that alone. */
export function refuseUnknown(faults: Faults, keys: KeySet, entities: Side, exposure: Side): void {
  if (entities.ids.length > 0 && !haveCommon(keys, entities.ids, exposure.ids)) {
    refuseApart(faults, keys, entities, exposure, 'entities');
    return;
  }
  const listed = new Uint8Array(keys.count);
  for (const id of entities.ids) listed[id] = 1;
  let twins: (Int32Array | null)[] | null = null;
  for (let r = 0; r < exposure.ids.length; r++) {
    const id = exposure.ids[r];
    if (listed[id]) continue;
    listed[id] = 1; // once is enough
    faults.add('unknown-entity', exposure.record(r), () => {
      twins ??= keys.names.map((_, c) =>
        twinsOf(keys, c, rowsOfTexts(keys, c, entities), rowsOfTexts(keys, c, exposure)),
      );
      const column = twins.findIndex((twin, c) => twin !== null && twin[keys.codes[c][id]] >= 0);
      const written = column < 0 ? '' : keys.values[column][twins[column]![keys.codes[column][id]]];
      const miss = { column, texts: [written, column < 0 ? '' : keyText(keys, id, column)] } as const;
      const cure = column < 0 ? '' : `. ${show(written)} is there. ${cureOfMiss(keys, miss, entities, exposure)}`;
      return `expected an entity of ${entities.table}, got ${describeKey(keys, id)}${cure}`;
    });
  }
}
