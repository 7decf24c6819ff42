import type { Pace } from '../base/pace.js';
import { type Arena, f64, u32 } from '../machine/arena.js';
import type { Kernels } from '../machine/kernels.js';
import type { Cells } from '../tables/cells.js';
import { splitUnits, toUnits } from './units.js';

/** Every total split over its cells. */
export interface Split {
  /** Share of each cell in its brick; 0 throughout a brick without mass. */
  readonly share: Float64Array;
  /** What each cell receives; the parts of a brick add up to its total exactly. */
  readonly part: Float64Array;
  /** Rows of cells whose brick has no mass to split by. */
  readonly massless: Uint32Array;
  /** The totals as they were split: rounded to units where `decimals` asks for it. */
  readonly totals: Float64Array;
}

const blockCells = 262144; // cells split at a time: bounds the arena, changes no bit

/**
 * Splits totals in proportion to exposure * productivity. A brick's parts are whole multiples of its total's ulp (or of
 * 10^-decimals) and sum to the total in any order; each is within about 2.5 ulp of the total (one unit) of its real
 * share, >= 0, and 0 where the exposure is.
 * @param productivity per entity, any common scale
 */
export async function splitCells(
  kernels: Kernels,
  arena: Arena,
  cells: Cells,
  productivity: Float64Array,
  decimals: number | null,
  pace: Pace,
): Promise<Split> {
  const share = new Float64Array(cells.exposure.length);
  const part = new Float64Array(cells.exposure.length);
  const massless: number[] = [];
  const rows = cells.totals.length;
  for (let start = 0; start < rows; ) {
    await pace.pause();
    let end = start + 1;
    while (end < rows && cells.segments[end + 1] - cells.segments[start] <= blockCells) end++;
    const first = cells.segments[start];
    const count = cells.segments[end] - first;
    const region = arena.open({
      segments: u32(end - start + 1),
      entities: u32(count),
      exposures: f64(count),
      productivities: f64(productivity.length),
      totals: f64(end - start),
      shares: f64(count),
      parts: f64(count),
    });
    const segments = region.u32('segments');
    for (let t = start; t <= end; t++) segments[t - start] = cells.segments[t] - first;
    region.u32('entities').set(cells.entity.subarray(first, first + count));
    region.f64('exposures').set(cells.exposure.subarray(first, first + count));
    region.f64('productivities').set(productivity);
    region.f64('totals').set(cells.totals.subarray(start, end));
    const { at } = region;
    const without = kernels.splitSegments(
      at.segments,
      at.entities,
      at.exposures,
      at.productivities,
      at.totals,
      at.shares,
      at.parts,
      end - start,
    );
    share.set(region.f64('shares'), first);
    part.set(region.f64('parts'), first);
    region.close();
    if (without > 0) for (let t = start; t < end; t++) if (hasNoMass(share, cells.segments, t)) massless.push(t);
    start = end;
  }
  const split = { share, part, massless: Uint32Array.from(massless), totals: cells.totals };
  return decimals === null ? split : inUnits(cells, split, decimals);
}

function hasNoMass(share: Float64Array, segments: Uint32Array, t: number): boolean {
  for (let j = segments[t]; j < segments[t + 1]; j++) if (share[j] > 0) return false;
  return true;
}

function inUnits(cells: Cells, split: Split, decimals: number): Split {
  const totals = new Float64Array(cells.totals.length);
  const part = new Float64Array(split.part.length);
  const massless = new Set(split.massless);
  for (let t = 0; t < totals.length; t++) {
    const units = toUnits(cells.totals[t], decimals);
    totals[t] = units.value;
    if (massless.has(t)) continue;
    const shares = split.share.subarray(cells.segments[t], cells.segments[t + 1]);
    splitUnits(units.count, shares, decimals, part.subarray(cells.segments[t], cells.segments[t + 1]));
  }
  return { ...split, part, totals };
}
