import { distance } from 'fastest-levenshtein';

/** The known name closest to what was written, if close enough to be what was meant. */
export function nearestName(written: string, known: readonly string[]): string | null {
  let best: string | null = null;
  let least = Math.max(1, Math.round(written.length * 0.4)) + 1; // two edits in a word of five: a swapped pair
  for (const name of known) {
    const apart = distance(written.toLowerCase(), name.toLowerCase());
    // a name with no letter in common is not near, however short
    if (apart < least && apart < Math.max(written.length, name.length)) {
      least = apart;
      best = name;
    }
  }
  return best;
}

/** ` Did you mean "pooling"?`, or the legal names when none is near, or nothing when there are many. */
export function suggestion(written: string, known: readonly string[]): string {
  const near = nearestName(written, known);
  if (near !== null) return `. Did you mean ${JSON.stringify(near)}?`;
  return known.length > 0 && known.length <= 12
    ? `. Known: ${known.map((name) => JSON.stringify(name)).join(', ')}.`
    : '';
}
