import type { Curve } from '../config/config.js';
import type { Deliveries } from '../tables/deliveries.js';
import type { Places, SeriesGroups } from './groups.js';
import type { openShaper } from './shaper.js';

/** More than this share of what carries over to a total from unknown delivery leaves the total unallocated. */
const most = 0.5;

/** Why the total of a brick is left unallocated: 1 its own delivery is lost, 2 most of what carries over to it is. */
export type LostBricks = Uint8Array;

/** What a place has of delivery. */
export interface LostPeriods {
  /** The first period with a row: before it nothing is known, as before the calendar. */
  readonly first: number;
  /** 1 for periods after it without any row. */
  readonly lost: Uint8Array;
}

/** The periods of a place whose delivery is lost; null where there are none. */
export function lostPeriods(
  { bricks, segments: ofPlace }: Pick<Places, 'bricks' | 'segments'>,
  { segments }: Deliveries,
  place: number,
  periods: number,
  periodOf: (brick: number) => number,
): LostPeriods | null {
  const delivered = new Uint8Array(periods);
  for (let i = ofPlace[place]; i < ofPlace[place + 1]; i++) {
    const b = bricks[i];
    if (segments[b + 1] > segments[b]) delivered[periodOf(b)] = 1;
  }
  const first = delivered.indexOf(1);
  const lost = delivered.map((there, t) => (first >= 0 && t > first && !there ? 1 : 0));
  return lost.includes(1) ? { first, lost } : null;
}

/**
 * Share of each period's carry-over that comes from lost periods: the adstock of (lost) over that of (since the first
 * delivery), 1 and 0 each. docs/method.md, "Lost delivery".
 */
function unknownShares(
  shaper: Pick<ReturnType<typeof openShaper>, 'shape'>,
  { adstock }: Curve,
  { first, lost }: LostPeriods,
): Float64Array {
  const shares = new Float64Array(lost.length);
  shaper.shape(
    { adstock: adstock ?? { kind: 'none' } },
    2,
    {
      fill(panel, { start, end, width }) {
        for (let t = 0; t < lost.length; t++) {
          if (start === 0) panel[t * width] = lost[t];
          if (end === 2) panel[t * width + 1 - start] = t >= first ? 1 : 0;
        }
      },
    },
    (panel, { start, end, width }) => {
      for (let t = 0; t < lost.length; t++) {
        if (start === 0) shares[t] = panel[t * width];
        if (end === 2) shares[t] /= panel[t * width + 1 - start] || 1;
      }
    },
    { scaleFor: () => 1, shareFor: (share) => share },
  );
  return shares;
}

/** Marks the bricks whose totals lost delivery leaves unallocated. `curves` are those of the groups' keys. */
export function markLost(
  marks: LostBricks,
  shaper: Pick<ReturnType<typeof openShaper>, 'shape'>,
  places: Places,
  groups: SeriesGroups,
  curves: readonly Curve[],
  lostAt: readonly (LostPeriods | null)[],
  periodOf: (brick: number) => number,
): void {
  for (let g = 0; g < groups.place.length; g++) {
    const place = groups.place[g];
    const found = lostAt[place];
    if (!found) continue;
    const shares = unknownShares(shaper, curves[groups.key[g]], found);
    for (let i = places.segments[place]; i < places.segments[place + 1]; i++) {
      const b = places.bricks[i];
      if (found.lost[periodOf(b)]) marks[b] = 1;
      else if (marks[b] === 0 && shares[periodOf(b)] > most) marks[b] = 2;
    }
  }
}
