/**
 * EM sweeps over bricks stored as segments: brick b has the exposures segments[b] .. segments[b+1]-1, its entities are
 * distinct. docs/method.md, "The pass". Additions run in four lanes (exposure j of a brick goes to lane j % 4 up to
 * the last full four, the rest to lane 0), joined as (0 + 1) + (2 + 3).
 */
import { addLogs, blockBricks, logs, scoreBricks } from './score';

// values of two entities, whose ids are loaded as one
// @ts-expect-error: decorator
@inline
function gather(values: usize, pair: u64): v128 {
  const first = values + (<usize>(<u32>pair) << 3);
  return v128.load64_lane(values + (<usize>(pair >> 32) << 3), v128.load64_zero(first), 1);
}

// sums[entity] += amount for four entities, which are distinct: so four at a time cannot collide
// @ts-expect-error: decorator
@inline
export function scatter(sums: usize, lowPair: u64, highPair: u64, low: v128, high: v128): void {
  const at0 = sums + (<usize>(<u32>lowPair) << 3);
  const at1 = sums + (<usize>(lowPair >> 32) << 3);
  const at2 = sums + (<usize>(<u32>highPair) << 3);
  const at3 = sums + (<usize>(highPair >> 32) << 3);
  const newLow = f64x2.add(v128.load64_lane(at1, v128.load64_zero(at0), 1), low);
  const newHigh = f64x2.add(v128.load64_lane(at3, v128.load64_zero(at2), 1), high);
  v128.store64_lane(at0, newLow, 0);
  v128.store64_lane(at1, newLow, 1);
  v128.store64_lane(at2, newHigh, 0);
  v128.store64_lane(at3, newHigh, 1);
}

// what the productivities expect of the brick with the exposures start .. end-1: sum exposure * productivity[entity]
// @ts-expect-error: decorator
@inline
function fitBrick(start: u32, end: u32, entities: usize, exposures: usize, productivities: usize): f64 {
  let e = entities + (<usize>start << 2);
  let x = exposures + (<usize>start << 3);
  const eFour = e + (<usize>((end - start) & ~3) << 2);
  const eEight = e + (<usize>((end - start) & ~7) << 2);
  let even = f64x2.splat(0);
  let odd = f64x2.splat(0);
  for (; e < eEight; e += 32, x += 64) {
    even = f64x2.add(even, f64x2.mul(v128.load(x), gather(productivities, load<u64>(e))));
    odd = f64x2.add(odd, f64x2.mul(v128.load(x, 16), gather(productivities, load<u64>(e, 8))));
    even = f64x2.add(even, f64x2.mul(v128.load(x, 32), gather(productivities, load<u64>(e, 16))));
    odd = f64x2.add(odd, f64x2.mul(v128.load(x, 48), gather(productivities, load<u64>(e, 24))));
  }
  if (e < eFour) {
    even = f64x2.add(even, f64x2.mul(v128.load(x), gather(productivities, load<u64>(e))));
    odd = f64x2.add(odd, f64x2.mul(v128.load(x, 16), gather(productivities, load<u64>(e, 8))));
    e += 16;
    x += 32;
  }
  let lane0 = f64x2.extract_lane(even, 0);
  const eEnd = entities + (<usize>end << 2);
  for (; e < eEnd; e += 4, x += 8) lane0 += load<f64>(x) * load<f64>(productivities + (<usize>load<u32>(e) << 3));
  return (lane0 + f64x2.extract_lane(even, 1)) + (f64x2.extract_lane(odd, 0) + f64x2.extract_lane(odd, 1));
}

// sums[entity] += exposure * ratio over the same brick
// @ts-expect-error: decorator
@inline
function creditBrick(start: u32, end: u32, entities: usize, exposures: usize, ratio: f64, sums: usize): void {
  let e = entities + (<usize>start << 2);
  let x = exposures + (<usize>start << 3);
  const eFour = e + (<usize>((end - start) & ~3) << 2);
  const eEight = e + (<usize>((end - start) & ~7) << 2);
  const ratios = f64x2.splat(ratio);
  for (; e < eEight; e += 32, x += 64) {
    const low = f64x2.mul(v128.load(x), ratios);
    const high = f64x2.mul(v128.load(x, 16), ratios);
    scatter(sums, load<u64>(e), load<u64>(e, 8), low, high);
    const nextLow = f64x2.mul(v128.load(x, 32), ratios);
    const nextHigh = f64x2.mul(v128.load(x, 48), ratios);
    scatter(sums, load<u64>(e, 16), load<u64>(e, 24), nextLow, nextHigh);
  }
  if (e < eFour) {
    const low = f64x2.mul(v128.load(x), ratios);
    const high = f64x2.mul(v128.load(x, 16), ratios);
    scatter(sums, load<u64>(e), load<u64>(e, 8), low, high);
    e += 16;
    x += 32;
  }
  const eEnd = entities + (<usize>end << 2);
  for (; e < eEnd; e += 4, x += 8) {
    const at = sums + (<usize>load<u32>(e) << 3);
    store<f64>(at, load<f64>(at) + load<f64>(x) * ratio);
  }
}

// fits and credits bricks in their order; scores apart from them leave the loop its registers
function passBlock(
  segments: usize,
  entities: usize,
  exposures: usize,
  totals: usize,
  productivities: usize,
  fitted: usize,
  sums: usize,
  bricks: i32,
): void {
  let start = load<u32>(segments);
  const last = segments + ((<usize>bricks) << 2);
  for (let s = segments + 4; s <= last; s += 4, totals += 8, fitted += 8) {
    const end = load<u32>(s);
    const fit = fitBrick(start, end, entities, exposures, productivities);
    const total = load<f64>(totals);
    store<f64>(fitted, fit);
    if (fit > 0 && total > 0) creditBrick(start, end, entities, exposures, total / fit, sums);
    start = end;
  }
}

// the same with runs of 256 bricks that take turns, a brick each
function passTurns(
  segments: usize,
  entities: usize,
  exposures: usize,
  totals: usize,
  productivities: usize,
  fitted: usize,
  sums: usize,
  bricks: i32,
): void {
  const last = segments + ((<usize>bricks) << 2);
  for (let turn: usize = 0; turn < <usize>(blockBricks << 2); turn += 4) {
    let y = totals + (turn << 1);
    let f = fitted + (turn << 1);
    for (let s = segments + turn; s < last; s += blockBricks << 2, y += blockBricks << 3, f += blockBricks << 3) {
      const start = load<u32>(s);
      const end = load<u32>(s, 4);
      const fit = fitBrick(start, end, entities, exposures, productivities);
      const total = load<f64>(y);
      store<f64>(f, fit);
      if (fit > 0 && total > 0) creditBrick(start, end, entities, exposures, total / fit, sums);
    }
  }
}

/**
 * One E step at given productivities, with everything a solver asks of it:
 *   fitted[b] = sum_j exposure_j * productivity[entity_j]
 *   sums[h]  += exposure_j * total_b / fitted[b]                 (bricks with a total above 0)
 *   scores   += [log-likelihood sum_b total_b ln fitted_b as high and low word,
 *                Pearson sum_b (total_b - fitted_b)^2 / fitted_b, bricks with a total and no fit]
 * Assumes exposures > 0 and totals >= 0. A brick with a total and fitted 0 is only counted.
 *
 * Bricks are added to sums and scores in their order if `runs` is 1. If it is more, so many runs of 256 bricks take turns
 * at the sums: with 4, in every 1,024 bricks, 0 256 512 768 1 257 513 769 2 ... That is for exposures in main memory: a
 * processor fetches few lines ahead of each run, and they arrive while the other runs have their turn.
 */
export function passSegments(
  segments: usize,
  entities: usize,
  exposures: usize,
  totals: usize,
  productivities: usize,
  fitted: usize,
  sums: usize,
  scores: usize,
  bricks: i32,
  runs: i32,
): void {
  const most = runs * blockBricks;
  for (; bricks > 0; bricks -= most) {
    const count = min(bricks, most);
    if (runs > 1) passTurns(segments, entities, exposures, totals, productivities, fitted, sums, count);
    else passBlock(segments, entities, exposures, totals, productivities, fitted, sums, count);
    for (let left = count; left > 0; left -= blockBricks) {
      scoreBricks(totals, fitted, scores, min(left, blockBricks));
      totals += blockBricks << 3;
      fitted += blockBricks << 3;
    }
    segments += (<usize>most) << 2;
  }
}

/**
 * The data's part of the row-local certificate C2 (docs/method.md, "The certificate"):
 *   bound += sum_b total_b * ln(max_j factors[entity_j])         as high and low word
 * where a factor is what one EM step would multiply the entity's productivity by. Bricks with total 0 add nothing.
 */
export function boundSegments(
  segments: usize,
  entities: usize,
  factors: usize,
  totals: usize,
  bound: usize,
  bricks: i32,
): void {
  let e = entities + (<usize>load<u32>(segments) << 2);
  for (; bricks > 0; bricks -= blockBricks) {
    const count = min(bricks, blockBricks);
    const last = logs + ((<usize>count) << 3);
    for (let to = logs; to < last; to += 8) {
      segments += 4;
      const end = entities + (<usize>load<u32>(segments) << 2);
      const four = e + ((end - e) & ~15);
      let even = f64x2.splat(0);
      let odd = f64x2.splat(0);
      // factor > largest ? factor : largest
      for (; e < four; e += 16) {
        even = f64x2.pmax(even, gather(factors, load<u64>(e)));
        odd = f64x2.pmax(odd, gather(factors, load<u64>(e, 8)));
      }
      for (; e < end; e += 4) odd = f64x2.pmax(odd, v128.load64_zero(factors + (<usize>load<u32>(e) << 3)));
      const largest = f64x2.pmax(even, odd);
      store<f64>(to, max(f64x2.extract_lane(largest, 0), f64x2.extract_lane(largest, 1)));
    }
    addLogs(totals, bound, count);
    totals += blockBricks << 3;
  }
}
