/** Rows that repeat an earlier one of the same key and value, and how many rows share their key with another. */
export interface Repeats {
  /** In the order of the rows: each with the row it repeats. */
  readonly rows: readonly { readonly row: number; readonly first: number }[];
}

/**
 * Rows that say again what an earlier row says: the same key, below `keys`, and the same value above 0. None where so
 * many rows share a key that so many values agree by chance, as small counts do. Linear but for sorting rows of one key.
 */
export function findRepeats(key: Uint32Array, keys: number, value: ArrayLike<number>): Repeats['rows'] {
  const ends = new Uint32Array(keys + 1);
  for (let r = 0; r < key.length; r++) ends[key[r] + 1]++;
  for (let k = 0; k < keys; k++) ends[k + 1] += ends[k];
  const next = ends.slice(0, keys);
  const order = new Uint32Array(key.length);
  for (let r = 0; r < key.length; r++) order[next[key[r]]++] = r;

  const found: { row: number; first: number }[] = [];
  let expected = 0;
  for (let k = 0; k < keys; k++) {
    if (ends[k + 1] - ends[k] < 2) continue;
    const rows = Array.from(order.subarray(ends[k], ends[k + 1])).filter((r) => value[r] > 0);
    rows.sort((a, b) => value[a] - value[b] || a - b);
    let first = rows[0];
    for (let i = 1; i < rows.length; i++) {
      expected += 1 / (1 + magnitude(value[rows[i]]));
      if (value[rows[i]] === value[first]) found.push({ row: rows[i], first });
      else first = rows[i];
    }
  }
  return found.length >= 2 * expected ? found.sort((a, b) => a.row - b.row) : [];
}

/** A whole number itself; of any other its digits. */
const magnitude = (value: number) =>
  Number.isInteger(value) ? value : Number(value.toPrecision(9).replace(/e.*$/, '').replace('.', ''));
