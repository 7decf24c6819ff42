/**
 * A share of some things, rounded to a whole number of them: those with the smallest draws. A larger share adds to a
 * smaller one and drops none of it.
 */
export function pickShare(things: readonly number[], share: number, draw: (thing: number) => number): number[] {
  const count = Math.floor(share * things.length + 0.5);
  if (count === 0) return [];
  const drawn = things.map((thing) => ({ thing, mark: draw(thing) }));
  drawn.sort((a, b) => a.mark - b.mark || a.thing - b.thing);
  return drawn.slice(0, count).map(({ thing }) => thing);
}
