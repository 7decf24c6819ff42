import { differencesOf, plainKey } from '../../tables/spellings.js';

/** Whether some of distinct texts differ in writing alone: without any there is nothing to find. */
export const mayBeTwins = (texts: readonly string[]): boolean => new Set(texts.map(plainKey)).size < texts.length;

/**
 * Texts that differ from an earlier one in blanks, case or zeros alone: numbers of both, in the order of `first`, the row in which
 * each text stands first (negative where it is not there). Those that differ in punctuation may well be two. Linear in the texts.
 */
export function findTwins(texts: readonly string[], first: ArrayLike<number>): [earlier: number, later: number][] {
  const there = [...texts.keys()].filter((t) => first[t] >= 0).sort((a, b) => first[a] - first[b]);
  const byPlain = new Map<string, number>();
  return there.flatMap((t): [number, number][] => {
    const plain = plainKey(texts[t]);
    const earlier = byPlain.get(plain);
    if (earlier === undefined) byPlain.set(plain, t);
    return earlier === undefined || differencesOf(texts[earlier], texts[t]).includes('punctuation')
      ? []
      : [[earlier, t]];
  });
}
