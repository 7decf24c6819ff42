import { exactSum } from '../math/exactSum.js';
import type { Cells } from '../tables/cells.js';
import type { Split } from './split.js';
import { toValue, unitsOf } from './units.js';

/** Largest |sum of a brick's parts - its total| over all bricks that were split: 0 unless something is broken. */
export function massError({ segments }: Cells, { part, totals, massless }: Split, decimals: number | null): number {
  const skip = new Uint8Array(totals.length);
  for (const t of massless) skip[t] = 1;
  let worst = 0;
  for (let t = 0; t < totals.length; t++) {
    if (skip[t] || segments[t] === segments[t + 1]) continue;
    const error =
      decimals === null
        ? exactSum(part, segments[t], segments[t + 1]) - totals[t]
        : unitError(part.subarray(segments[t], segments[t + 1]), totals[t], decimals);
    worst = Math.max(worst, Math.abs(error));
  }
  return worst;
}

// in units parts are whole numbers again
function unitError(parts: Float64Array, total: number, decimals: number): number {
  let units = -unitsOf(total, decimals);
  for (const part of parts) units += unitsOf(part, decimals);
  return toValue(units, decimals);
}

/** Share of all mass that two splits of the same totals place differently: half the summed differences over the totals. */
export function massMoved(one: Float64Array, other: Float64Array, totals: Float64Array): number {
  let moved = 0;
  for (let j = 0; j < one.length; j++) moved += Math.abs(one[j] - other[j]);
  const all = exactSum(totals.map(Math.abs));
  return all > 0 ? moved / 2 / all : 0;
}
