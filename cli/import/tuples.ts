import { MachineError } from '../outcome.js';

/** Numbers tuples of small whole numbers by first appearance. */
export interface Tuples {
  /** Ids of the rows. */
  readonly ids: Uint32Array;
  readonly count: number;
  /** The first row of each tuple. */
  readonly first: readonly number[];
}

/** More of them a Map cannot hold. */
const mostTuples = 16_000_000;

/** Numbers by key, -1 where there is none: a list where keys are dense, else a map. */
function openNumbers(keys: number, rows: number): { get(key: number): number; set(key: number, id: number): void } {
  if (keys <= Math.max(1 << 20, 8 * rows)) {
    const numbers = new Int32Array(keys).fill(-1);
    return {
      get: (key) => numbers[key],
      set(key, id) {
        numbers[key] = id;
      },
    };
  }
  const numbers = new Map<number, number>();
  return {
    get: (key) => numbers.get(key) ?? -1,
    set(key, id) {
      if (id === mostTuples) throw new MachineError(`memory: expected at most ${mostTuples} different rows, got more`);
      numbers.set(key, id);
    },
  };
}

/** Numbers the tuples that columns of codes make, row by row; `sizes` are how many codes each column has. */
export function numberTuples(rows: number, columns: readonly ArrayLike<number>[], sizes: readonly number[]): Tuples {
  let ids = new Uint32Array(rows);
  let first: number[] = rows > 0 ? [0] : [];
  columns.forEach((column, c) => {
    const numbers = openNumbers(first.length * sizes[c], rows);
    const next = new Uint32Array(rows);
    first = [];
    for (let r = 0; r < rows; r++) {
      const pair = ids[r] * sizes[c] + column[r];
      let id = numbers.get(pair);
      if (id < 0) {
        id = first.length;
        numbers.set(pair, id);
        first.push(r);
      }
      next[r] = id;
    }
    ids = next;
  });
  return { ids, count: first.length, first };
}

/** A key of several columns over some rows of a table: `texts[ids[i]]` are those of the i-th row. */
export interface Key {
  readonly ids: Uint32Array;
  readonly texts: readonly (readonly string[])[];
}

/** Numbers the texts of columns over the kept rows, in order of first appearance. Without columns all are one. */
export function keyOf(
  kept: ArrayLike<number>,
  columns: readonly { readonly codes: ArrayLike<number>; readonly values: ArrayLike<string> }[],
): Key {
  const codes = columns.map((column) => Uint32Array.from(kept, (r) => column.codes[r]));
  const { ids, first } = numberTuples(
    kept.length,
    codes,
    columns.map(({ values }) => values.length),
  );
  return { ids, texts: first.map((i) => columns.map(({ values }, c) => values[codes[c][i]])) };
}
