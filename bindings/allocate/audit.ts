import type { Cells } from '../problem/compile.js';
import { orderBy, segmentsOf } from '../problem/deliveries.js';
import { createExactSum, exactSum } from './exactSum.js';
import type { Split } from './split.js';

/** Largest |sum of a brick's parts - its total| over all bricks that were split: 0 unless something is broken. */
export function massError(cells: Cells, { part, totals, massless }: Split, decimals: number | null): number {
  const skip = new Set(massless);
  const unit = decimals === null ? 1 : Number(`1e${decimals}`);
  const sum = createExactSum();
  let worst = 0;
  for (let t = 0; t < totals.length; t++) {
    if (skip.has(t) || cells.segments[t] === cells.segments[t + 1]) continue;
    sum.clear();
    // in units parts are whole numbers again
    for (let j = cells.segments[t]; j < cells.segments[t + 1]; j++)
      sum.add(decimals === null ? part[j] : Math.round(part[j] * unit));
    const total = decimals === null ? totals[t] : Math.round(totals[t] * unit);
    worst = Math.max(worst, Math.abs(sum.value() - total) / unit);
  }
  return worst;
}

/** Correctly rounded sum over each entity's cells. */
export function sumByEntity(cells: Cells, entities: number, values: Float64Array): Float64Array {
  const order = orderBy(cells.entity, entities);
  const starts = segmentsOf(cells.entity, entities);
  const sum = createExactSum();
  const sums = new Float64Array(entities);
  for (let e = 0; e < entities; e++) {
    sum.clear();
    for (let i = starts[e]; i < starts[e + 1]; i++) sum.add(values[order[i]]);
    sums[e] = sum.value();
  }
  return sums;
}

/** Share of all mass that two splits of the same totals place differently: half the summed differences over the totals. */
export function massMoved(one: Float64Array, other: Float64Array, totals: Float64Array): number {
  let moved = 0;
  for (let j = 0; j < one.length; j++) moved += Math.abs(one[j] - other[j]);
  const all = exactSum(totals.map(Math.abs));
  return all > 0 ? moved / 2 / all : 0;
}
