import { rewriteOf } from './cures.js';
import { plainKey } from './spellings.js';

/** Keys that stand in one table, one tuple each. */
export interface Place {
  readonly table: string;
  readonly keys: readonly (readonly string[])[];
}

/** A tuple of one table that another writes in another way, and what to do about that. */
export interface Rewritten {
  readonly own: readonly string[];
  readonly other: readonly string[];
  readonly cure: string;
}

/** Tuples of two tables that differ in writing alone (case, blanks, zeros, punctuation), in the order of the first. */
export function findRewritten(own: Place, other: Place): Rewritten[] {
  const plain = (tuple: readonly string[]) => JSON.stringify(tuple.map(plainKey));
  const known = new Map(other.keys.map((tuple) => [plain(tuple), tuple]));
  return own.keys.flatMap((tuple) => {
    const twin = known.get(plain(tuple));
    const at = twin ? tuple.findIndex((text, d) => text !== twin[d]) : -1;
    if (!twin || at < 0) return [];
    const cure = rewriteOf({ table: own.table, text: tuple[at] }, { table: other.table, text: twin[at] });
    return [{ own: tuple, other: twin, cure }];
  });
}
