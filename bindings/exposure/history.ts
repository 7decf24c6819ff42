import type { Curve } from '../config/config.js';
import type { Deliveries } from '../tables/deliveries.js';
import type { Rows } from '../tables/read.js';
import type { Places, SeriesGroups } from './groups.js';

/** How far a curve carries exposure: to later periods, to earlier ones. */
function carries({ adstock }: Curve): { later: boolean; earlier: boolean } {
  const kind = adstock?.kind ?? 'none';
  return { later: kind !== 'none', earlier: adstock?.kind === 'kernel' && (adstock.lead ?? 0) > 0 };
}

/**
 * Deliveries in bricks without a total that adstock carries to a total at their place: 1 for each of them. `curves` are
 * those of the groups' keys.
 */
export function findHistory(
  { bricks, totals }: Rows,
  { segments, entity }: Deliveries,
  places: Places,
  groups: SeriesGroups,
  curves: readonly Curve[],
  periodOf: (brick: number) => number,
): Uint8Array {
  const found = new Uint8Array(entity.length);
  const hasTotal = new Uint8Array(bricks.count);
  const first = new Float64Array(places.count).fill(Number.POSITIVE_INFINITY);
  const last = new Float64Array(places.count).fill(Number.NEGATIVE_INFINITY);
  for (const b of totals.brick) {
    const place = places.ids[b];
    hasTotal[b] = 1;
    first[place] = Math.min(first[place], periodOf(b));
    last[place] = Math.max(last[place], periodOf(b));
  }
  const brickOf = new Uint32Array(entity.length);
  for (let b = 0; b < bricks.count; b++) brickOf.fill(b, segments[b], segments[b + 1]);
  for (let g = 0; g < groups.place.length; g++) {
    const { later, earlier } = carries(curves[groups.key[g]]);
    if (!later) continue;
    const place = groups.place[g];
    for (let i = groups.segments[groups.starts[g]]; i < groups.segments[groups.starts[g + 1]]; i++) {
      const j = groups.deliveries[i];
      const period = periodOf(brickOf[j]);
      if (!hasTotal[brickOf[j]] && (period < last[place] || (earlier && period > first[place]))) found[j] = 1;
    }
  }
  return found;
}

/** Rows of exposure whose delivery is marked. */
export function countRows({ exposure }: Rows, { segments, entity }: Deliveries, marks: Uint8Array): number {
  let count = 0;
  for (let r = 0; r < exposure.brick.length; r++) {
    let [from, to] = [segments[exposure.brick[r]], segments[exposure.brick[r] + 1]];
    while (to - from > 1) {
      const middle = (from + to) >> 1;
      if (entity[middle] <= exposure.entity[r]) from = middle;
      else to = middle;
    }
    count += marks[from];
  }
  return count;
}
