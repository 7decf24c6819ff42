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
export function rankTexts(
  texts: readonly string[],
  index: ReadonlyMap<string, number> = new Map(texts.map((text, i) => [text, i])),
): { sorted: string[]; ranks: Uint32Array } {
  const sorted = texts.slice().sort(texts.some((text) => astral.test(text)) ? compareText : undefined);
  const ranks = new Uint32Array(texts.length);
  for (let rank = 0; rank < sorted.length; rank++) ranks[index.get(sorted[rank])!] = rank;
  return { sorted, ranks };
}

/**
 * Numbers tuples canonically across several tables. `tables[t][c][r]` is the rank of column c in row r of table t,
 * below `sizes[c]`. Returns the tuple number of every row, and the tuples' own codes.
 */
export function rankTuples(tables: readonly (readonly Uint32Array[])[], sizes: readonly number[]) {
  const columns = sizes.map((_, c) => joined(tables.map((table) => table[c])));
  let ids: Uint32Array = new Uint32Array(columns[0].length);
  let count = 1;
  for (let c = 0; c < sizes.length; c++) ({ ids, count } = renumber(ids, count, columns[c], sizes[c]));
  const codes = columns.map((column) => {
    const codeOf = new Uint32Array(count);
    for (let r = 0; r < column.length; r++) codeOf[ids[r]] = column[r];
    return codeOf;
  });
  let end = 0;
  const parts = tables.map(([{ length }]) => {
    end += length;
    return ids.subarray(end - length, end);
  });
  return { ids: parts, count, codes };
}

/** Numbers the pairs (id, code) that occur, in the order of id, then code. Ids are below `count`, codes below `size`. */
function renumber(id: Uint32Array, count: number, code: Uint32Array, size: number) {
  const ids = new Uint32Array(id.length);
  const space = count * size;
  if (space <= 4 * id.length + 65536) {
    // few possible pairs: mark those that occur and count them up
    const rank = new Uint32Array(space + 1);
    for (let r = 0; r < id.length; r++) rank[id[r] * size + code[r] + 1] = 1;
    for (let k = 1; k <= space; k++) rank[k] += rank[k - 1];
    for (let r = 0; r < id.length; r++) ids[r] = rank[id[r] * size + code[r]];
    return { ids, count: rank[space] };
  }
  // many possible pairs: sort the rows and number the runs
  const order = orderBy(id, count, orderBy(code, size));
  let runs = 0;
  for (let i = 0; i < order.length; i++) {
    const r = order[i];
    if (i > 0 && (id[r] !== id[order[i - 1]] || code[r] !== code[order[i - 1]])) runs++;
    ids[r] = runs;
  }
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
