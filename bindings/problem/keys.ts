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

/** Sorts texts canonically: the sorted texts, and the rank of each old position. */
export function rankTexts(texts: readonly string[]): { sorted: string[]; ranks: Uint32Array } {
  const order = Uint32Array.from(texts.keys()).sort((i, j) => compareText(texts[i], texts[j]));
  const ranks = new Uint32Array(texts.length);
  order.forEach((position, rank) => {
    ranks[position] = rank;
  });
  return { sorted: Array.from(order, (position) => texts[position]), ranks };
}

/**
 * Numbers tuples canonically across several tables. `tables[t][c][r]` is the rank of column c in row r of table t,
 * below `sizes[c]`. Returns the tuple number of every row, and the tuples' own codes.
 */
export function rankTuples(tables: readonly (readonly Uint32Array[])[], sizes: readonly number[]) {
  let ids = tables.map((columns) => new Uint32Array(columns[0].length));
  let count = 1;
  for (let c = 0; c < sizes.length; c++) {
    ({ ids, count } = compress(
      tables.map((columns) => columns[c]),
      sizes[c],
      ids,
      count,
    ));
  }
  const codes = sizes.map(() => new Uint32Array(count));
  tables.forEach((columns, t) => {
    columns.forEach((column, c) => {
      for (let r = 0; r < column.length; r++) codes[c][ids[t][r]] = column[r];
    });
  });
  return { ids, count, codes };
}

// renumbers the pairs (id, code) that occur, in the order of id then code
function compress(codes: readonly Uint32Array[], size: number, ids: readonly Uint32Array[], count: number) {
  const rows = codes.reduce((sum, column) => sum + column.length, 0);
  const space = Math.max(count, 1) * Math.max(size, 1);
  if (space <= 4 * rows + 65536) {
    const rank = new Uint32Array(space + 1);
    codes.forEach((column, t) => {
      for (let r = 0; r < column.length; r++) rank[ids[t][r] * size + column[r] + 1] = 1;
    });
    for (let k = 1; k <= space; k++) rank[k] += rank[k - 1];
    const renumbered = codes.map((column, t) => column.map((code, r) => rank[ids[t][r] * size + code]));
    return { ids: renumbered, count: rank[space] };
  }
  // sparse: sort the pairs that occur, then look each up
  const pairs = new Float64Array(rows);
  let at = 0;
  codes.forEach((column, t) => {
    for (let r = 0; r < column.length; r++) pairs[at++] = ids[t][r] * size + column[r];
  });
  const sorted = pairs.slice().sort();
  const rank = new Map<number, number>();
  for (let i = 0; i < rows; i++) if (i === 0 || sorted[i] !== sorted[i - 1]) rank.set(sorted[i], rank.size);
  at = 0;
  const renumbered = codes.map((column) => column.map(() => rank.get(pairs[at++])!));
  return { ids: renumbered, count: rank.size };
}
