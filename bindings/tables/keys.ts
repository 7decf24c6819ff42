import { inRuns, type Steps } from '../base/steps.js';
import { orderBy } from './order.js';

/** Key tuples in canonical order: the UTF-8 byte order of their texts, column by column. */
export interface KeySet {
  /** Column names, as in the user's tables. */
  readonly names: readonly string[];
  /** Distinct texts of each column, sorted. */
  readonly values: readonly (readonly string[])[];
  /** codes[c][k]: which text of column c tuple k has. */
  readonly codes: readonly Uint32Array[];
  readonly count: number;
}

/** Text c of tuple k. */
export const keyText = (keys: KeySet, k: number, c: number): string => keys.values[c][keys.codes[c][k]];

/** `medium "tv", week "2024-01-01"` for messages. */
export const describeKey = (keys: KeySet, k: number): string =>
  keys.names.map((name, c) => `${name} ${JSON.stringify(keyText(keys, k, c))}`).join(', ');

/**
 * Orders texts as their UTF-8 bytes would be, which is by code point. JS compares 16-bit units, where surrogates
 * (code points from 0x10000) stand below 0xe000-0xffff; they are moved above.
 */
export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return (x >= 0xd800 ? aboveSurrogates(x) : x) - (y >= 0xd800 ? aboveSurrogates(y) : y);
  }
  return a.length - b.length;
}

const aboveSurrogates = (unit: number) => (unit >= 0xe000 ? unit - 0x800 : unit + 0x2000);

const astral = /[\ud800-\uffff]/; // where 16-bit units and code points may disagree

/** Sorts distinct texts canonically: the sorted texts, and the rank of each old position. `index` has the positions. */
export function* rankTexts(
  texts: readonly string[],
  index: ReadonlyMap<string, number> = new Map(texts.map((text, i) => [text, i])),
): Steps<{ sorted: string[]; ranks: Uint32Array }> {
  const sorted = yield* sortTexts(texts);
  const ranks = new Uint32Array(texts.length);
  yield* inRuns(sorted.length, (from, to) => {
    for (let rank = from; rank < to; rank++) ranks[index.get(sorted[rank])!] = rank;
  });
  return { sorted, ranks };
}

const sortedAtOnce = 16384; // texts: some 20 ms

/** Distinct texts in canonical order: runs sorted by the engine, then merged two by two. */
function* sortTexts(texts: readonly string[]): Steps<string[]> {
  let plain = true;
  yield* inRuns(texts.length, (from, to) => {
    for (let i = from; i < to && plain; i++) plain = !astral.test(texts[i]);
  });
  const isBefore = plain ? (a: string, b: string) => a < b : (a: string, b: string) => compareText(a, b) < 0;
  let runs: string[][] = [];
  for (let from = 0; from < texts.length; from += sortedAtOnce) {
    yield;
    runs.push(texts.slice(from, from + sortedAtOnce).sort(plain ? undefined : compareText));
  }
  while (runs.length > 1) {
    const merged: string[][] = [];
    for (let i = 0; i < runs.length; i += 2) {
      merged.push(i + 1 < runs.length ? yield* merge(runs[i], runs[i + 1], isBefore) : runs[i]);
    }
    runs = merged;
  }
  return runs[0] ?? [];
}

/** Two sorted lists as one. */
function* merge(
  left: readonly string[],
  right: readonly string[],
  isBefore: (a: string, b: string) => boolean,
): Steps<string[]> {
  const out = new Array<string>(left.length + right.length);
  let l = 0;
  let r = 0;
  yield* inRuns(out.length, (from, to) => {
    for (let i = from; i < to; i++) {
      const takesLeft = r === right.length || (l < left.length && isBefore(left[l], right[r]));
      out[i] = takesLeft ? left[l++] : right[r++];
    }
  });
  return out;
}

/** Tuples by number. */
export interface Tuples {
  /** Tuple of every row, table by table. */
  readonly ids: Uint32Array[];
  readonly count: number;
  /** codes[c][k]: the rank of column c in tuple k. */
  readonly codes: Uint32Array[];
}

/**
 * Numbers tuples canonically across several tables. `tables[t][c][r]` is the rank of column c in row r of table t,
 * below `sizes[c]`. Returns the tuple number of every row, and the tuples' own codes.
 */
export function* rankTuples(tables: readonly (readonly Uint32Array[])[], sizes: readonly number[]): Steps<Tuples> {
  const columns = sizes.map((_, c) => joined(tables.map((table) => table[c])));
  let ids: Uint32Array = new Uint32Array(columns[0].length);
  let count = 1;
  for (let c = 0; c < sizes.length; c++) ({ ids, count } = yield* renumber(ids, count, columns[c], sizes[c]));
  const codes = columns.map(() => new Uint32Array(count));
  for (const [c, column] of columns.entries()) {
    const codeOf = codes[c];
    yield* inRuns(column.length, (from, to) => {
      for (let r = from; r < to; r++) codeOf[ids[r]] = column[r];
    });
  }
  let end = 0;
  const parts = tables.map(([{ length }]) => {
    end += length;
    return ids.subarray(end - length, end);
  });
  return { ids: parts, count, codes };
}

/** Numbers the pairs (id, code) that occur, in the order of id, then code. Ids are below `count`, codes below `size`. */
function* renumber(
  id: Uint32Array,
  count: number,
  code: Uint32Array,
  size: number,
): Steps<{ ids: Uint32Array; count: number }> {
  const ids = new Uint32Array(id.length);
  const space = count * size;
  if (space <= 4 * id.length + 65536) {
    // few possible pairs: mark those that occur and count them up
    const rank = new Uint32Array(space + 1);
    yield* inRuns(id.length, (from, to) => {
      for (let r = from; r < to; r++) rank[id[r] * size + code[r] + 1] = 1;
    });
    yield* inRuns(space, (from, to) => {
      for (let k = from + 1; k <= to; k++) rank[k] += rank[k - 1];
    });
    yield* inRuns(id.length, (from, to) => {
      for (let r = from; r < to; r++) ids[r] = rank[id[r] * size + code[r]];
    });
    return { ids, count: rank[space] };
  }
  // many possible pairs: sort the rows and number the runs
  const order = yield* orderBy(id, count, yield* orderBy(code, size));
  let runs = 0;
  yield* inRuns(order.length, (from, to) => {
    for (let i = from; i < to; i++) {
      const r = order[i];
      if (i > 0 && (id[r] !== id[order[i - 1]] || code[r] !== code[order[i - 1]])) runs++;
      ids[r] = runs;
    }
  });
  return { ids, count: order.length > 0 ? runs + 1 : 0 };
}

function joined(parts: readonly Uint32Array[]): Uint32Array {
  const whole = new Uint32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
