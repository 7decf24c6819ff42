/**
 * EM sweeps over bricks stored as segments: brick b has the exposures segments[b] .. segments[b+1]-1, its entities are
 * distinct. docs/method.md, "The pass". Additions run in four lanes (exposure j of a brick goes to lane j % 4 up to
 * the last full four, the rest to lane 0), joined as (0 + 1) + (2 + 3).
 */
import { logOf } from './log';

// adds x to the double-double at `sum` (two-sum: what rounding drops goes to the low word)
// @ts-expect-error: decorator
@inline
export function addTo(sum: usize, x: f64): void {
  const high = load<f64>(sum);
  const total = high + x;
  const part = total - high;
  store<f64>(sum, total);
  store<f64>(sum, load<f64>(sum, 8) + ((high - (total - part)) + (x - part)), 8);
}

/**
 * One E step at given productivities, with everything a solver asks of it:
 *   fitted[b] = sum_j exposure_j * productivity[entity_j]
 *   sums[h]  += exposure_j * total_b / fitted[b]                 (bricks with a total above 0)
 *   scores   += [log-likelihood sum_b total_b ln fitted_b as high and low word,
 *                Pearson sum_b (total_b - fitted_b)^2 / fitted_b, bricks with a total and no fit]
 * Assumes exposures > 0 and totals >= 0. A brick with a total and fitted 0 is only counted.
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
): void {
  let start = load<u32>(segments);
  let pearson = load<f64>(scores, 16);
  for (let b = 0; b < bricks; b++) {
    segments += 4;
    const end = load<u32>(segments);
    const e0 = entities + (<usize>start << 2);
    const x0 = exposures + (<usize>start << 3);
    const eEnd = entities + (<usize>end << 2);
    const eFour = e0 + (<usize>((end - start) & ~3) << 2);

    // what the productivities expect of this brick
    let lane0 = 0.0;
    let lane1 = 0.0;
    let lane2 = 0.0;
    let lane3 = 0.0;
    let e = e0;
    let x = x0;
    for (; e < eFour; e += 16, x += 32) {
      lane0 += load<f64>(x) * load<f64>(productivities + (<usize>load<u32>(e) << 3));
      lane1 += load<f64>(x, 8) * load<f64>(productivities + (<usize>load<u32>(e, 4) << 3));
      lane2 += load<f64>(x, 16) * load<f64>(productivities + (<usize>load<u32>(e, 8) << 3));
      lane3 += load<f64>(x, 24) * load<f64>(productivities + (<usize>load<u32>(e, 12) << 3));
    }
    for (; e < eEnd; e += 4, x += 8) lane0 += load<f64>(x) * load<f64>(productivities + (<usize>load<u32>(e) << 3));
    const fit = (lane0 + lane1) + (lane2 + lane3);
    const total = load<f64>(totals);
    store<f64>(fitted, fit);
    totals += 8;
    fitted += 8;
    start = end;

    if (!(fit > 0)) {
      if (total > 0) store<f64>(scores, load<f64>(scores, 24) + 1, 24);
      continue;
    }
    pearson += ((total - fit) / fit) * (total - fit);
    if (!(total > 0)) continue;
    addTo(scores, total * logOf(fit));

    // credit per unit of productivity; entities are distinct, so four at a time cannot collide
    const ratio = total / fit;
    e = e0;
    x = x0;
    for (; e < eFour; e += 16, x += 32) {
      const at0 = sums + (<usize>load<u32>(e) << 3);
      const at1 = sums + (<usize>load<u32>(e, 4) << 3);
      const at2 = sums + (<usize>load<u32>(e, 8) << 3);
      const at3 = sums + (<usize>load<u32>(e, 12) << 3);
      const sum0 = load<f64>(at0) + load<f64>(x) * ratio;
      const sum1 = load<f64>(at1) + load<f64>(x, 8) * ratio;
      const sum2 = load<f64>(at2) + load<f64>(x, 16) * ratio;
      const sum3 = load<f64>(at3) + load<f64>(x, 24) * ratio;
      store<f64>(at0, sum0);
      store<f64>(at1, sum1);
      store<f64>(at2, sum2);
      store<f64>(at3, sum3);
    }
    for (; e < eEnd; e += 4, x += 8) {
      const at = sums + (<usize>load<u32>(e) << 3);
      store<f64>(at, load<f64>(at) + load<f64>(x) * ratio);
    }
  }
  store<f64>(scores, pearson, 16);
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
  let start = load<u32>(segments);
  for (let b = 0; b < bricks; b++) {
    segments += 4;
    const end = load<u32>(segments);
    const total = load<f64>(totals);
    totals += 8;
    if (total > 0) {
      let largest = 0.0;
      const eEnd = entities + (<usize>end << 2);
      for (let e = entities + (<usize>start << 2); e < eEnd; e += 4) {
        const factor = load<f64>(factors + (<usize>load<u32>(e) << 3));
        if (factor > largest) largest = factor;
      }
      addTo(bound, total * logOf(largest));
    }
    start = end;
  }
}
