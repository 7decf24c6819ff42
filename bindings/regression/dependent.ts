/** A column that is a combination of columns before it. */
export interface Dependent {
  readonly column: number;
  /** Its weight on each column kept before it. */
  readonly on: readonly { readonly column: number; readonly weight: number }[];
}

/**
 * Goes through columns `first` .. `size` - 1 of a symmetric matrix by Cholesky, and leaves out those of which no more than
 * `least` is left once the columns kept before them are taken off: that is their pivot. `entry(c, k)` is asked for k <= c.
 */
export function findDependent(
  first: number,
  size: number,
  entry: (c: number, k: number) => number,
  least: number,
): Dependent[] {
  const found: Dependent[] = [];
  const kept: number[] = [];
  const lower = new Float64Array(size * size);
  for (let c = first; c < size; c++) {
    const row = new Float64Array(kept.length);
    let own = entry(c, c);
    for (let k = 0; k < kept.length; k++) {
      let sum = entry(c, kept[k]);
      for (let j = 0; j < k; j++) sum -= row[j] * lower[kept[k] * size + j];
      row[k] = sum / lower[kept[k] * size + k];
      own -= row[k] * row[k];
    }
    if (own > least) {
      lower.set(row, c * size);
      lower[c * size + kept.length] = Math.sqrt(own);
      kept.push(c);
      continue;
    }
    const weights = new Float64Array(kept.length);
    for (let k = kept.length - 1; k >= 0; k--) {
      let sum = row[k];
      for (let j = k + 1; j < kept.length; j++) sum -= lower[kept[j] * size + k] * weights[j];
      weights[k] = sum / lower[kept[k] * size + k];
    }
    found.push({ column: c, on: kept.map((column, k) => ({ column, weight: weights[k] })) });
  }
  return found;
}
