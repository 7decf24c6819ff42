/**
 * EM sweeps over bricks stored as a dense panel: brick b is row b, column h is entity h, a zero cell is no exposure.
 * `columns`, the length of a row, is a multiple of 4; what pads a row is zero in the panel and in the productivities.
 * docs/method.md, "The pass". A row is added up in four lanes (column h goes to lane h % 4), joined as
 * (0 + 1) + (2 + 3); columns are added up in the order of the bricks. Rows are taken four at a time, which changes no
 * operation.
 */
import { addLogs, blockBricks, logs, scoreBricks } from './score';

const largestRatio: f64 = 1.7976931348623157e308;

// @ts-expect-error: decorator
@inline
function joined(even: v128, odd: v128): f64 {
  return (f64x2.extract_lane(even, 0) + f64x2.extract_lane(even, 1)) +
    (f64x2.extract_lane(odd, 0) + f64x2.extract_lane(odd, 1));
}

// one row's fit
function fitRow(row: usize, productivities: usize, rowBytes: usize): f64 {
  let even = f64x2.splat(0);
  let odd = f64x2.splat(0);
  for (let at: usize = 0; at < rowBytes; at += 32) {
    even = f64x2.add(even, f64x2.mul(v128.load(row + at), v128.load(productivities + at)));
    odd = f64x2.add(odd, f64x2.mul(v128.load(row + at, 16), v128.load(productivities + at, 16)));
  }
  return joined(even, odd);
}

// four rows' fits to `fitted`
function fitFour(row: usize, productivities: usize, fitted: usize, rowBytes: usize): void {
  const row1 = row + rowBytes;
  const row2 = row1 + rowBytes;
  const row3 = row2 + rowBytes;
  let even0 = f64x2.splat(0);
  let odd0 = f64x2.splat(0);
  let even1 = f64x2.splat(0);
  let odd1 = f64x2.splat(0);
  let even2 = f64x2.splat(0);
  let odd2 = f64x2.splat(0);
  let even3 = f64x2.splat(0);
  let odd3 = f64x2.splat(0);
  for (let at: usize = 0; at < rowBytes; at += 32) {
    const low = v128.load(productivities + at);
    const high = v128.load(productivities + at, 16);
    even0 = f64x2.add(even0, f64x2.mul(v128.load(row + at), low));
    odd0 = f64x2.add(odd0, f64x2.mul(v128.load(row + at, 16), high));
    even1 = f64x2.add(even1, f64x2.mul(v128.load(row1 + at), low));
    odd1 = f64x2.add(odd1, f64x2.mul(v128.load(row1 + at, 16), high));
    even2 = f64x2.add(even2, f64x2.mul(v128.load(row2 + at), low));
    odd2 = f64x2.add(odd2, f64x2.mul(v128.load(row2 + at, 16), high));
    even3 = f64x2.add(even3, f64x2.mul(v128.load(row3 + at), low));
    odd3 = f64x2.add(odd3, f64x2.mul(v128.load(row3 + at, 16), high));
  }
  store<f64>(fitted, joined(even0, odd0));
  store<f64>(fitted, joined(even1, odd1), 8);
  store<f64>(fitted, joined(even2, odd2), 16);
  store<f64>(fitted, joined(even3, odd3), 24);
}

// sums[h] += x_h * factor for one row
function creditRow(row: usize, factor: f64, sums: usize, rowBytes: usize): void {
  const pair = f64x2.splat(factor);
  for (let at: usize = 0; at < rowBytes; at += 16) {
    v128.store(sums + at, f64x2.add(v128.load(sums + at), f64x2.mul(v128.load(row + at), pair)));
  }
}

// the same for four rows, one after the other
function creditFour(
  row: usize,
  factor0: f64,
  factor1: f64,
  factor2: f64,
  factor3: f64,
  sums: usize,
  rowBytes: usize,
): void {
  const pair0 = f64x2.splat(factor0);
  const pair1 = f64x2.splat(factor1);
  const pair2 = f64x2.splat(factor2);
  const pair3 = f64x2.splat(factor3);
  const row1 = row + rowBytes;
  const row2 = row1 + rowBytes;
  const row3 = row2 + rowBytes;
  for (let at: usize = 0; at < rowBytes; at += 16) {
    let sum = f64x2.add(v128.load(sums + at), f64x2.mul(v128.load(row + at), pair0));
    sum = f64x2.add(sum, f64x2.mul(v128.load(row1 + at), pair1));
    sum = f64x2.add(sum, f64x2.mul(v128.load(row2 + at), pair2));
    v128.store(sums + at, f64x2.add(sum, f64x2.mul(v128.load(row3 + at), pair3)));
  }
}

// what a brick's exposures are to be credited with, each
// @ts-expect-error: decorator
@inline
function creditOf(totals: usize, fitted: usize): f64 {
  const fit = load<f64>(fitted);
  const total = load<f64>(totals);
  return fit > 0 && total > 0 ? min<f64>(total / fit, largestRatio) : 0;
}

/**
 * One E step at given productivities, with everything a solver asks of it (passSegments on a dense panel):
 *   fitted[b] = sum_h x_bh * productivity_h
 *   sums[h]  += x_bh * total_b / fitted[b]                       (bricks with a total above 0)
 *   scores   += [log-likelihood sum_b total_b ln fitted_b as high and low word,
 *                Pearson sum_b (total_b - fitted_b)^2 / fitted_b, bricks with a total and no fit]
 * Assumes finite exposures >= 0 and totals >= 0. A brick with a total and fitted 0 is only counted. total / fitted is
 * held to the largest double, so that a zero cell gets no NaN.
 */
export function passPanel(
  exposures: usize,
  totals: usize,
  productivities: usize,
  fitted: usize,
  sums: usize,
  scores: usize,
  bricks: i32,
  columns: i32,
): void {
  const rowBytes = <usize>columns << 3;
  for (; bricks > 0; bricks -= blockBricks) {
    const count = min(bricks, blockBricks);
    const end = fitted + ((<usize>count) << 3);
    const four = fitted + (((<usize>count) & ~3) << 3);
    let y = totals;
    let fit = fitted;
    for (; fit < four; fit += 32, y += 32, exposures += rowBytes << 2) {
      fitFour(exposures, productivities, fit, rowBytes);
      creditFour(
        exposures,
        creditOf(y, fit),
        creditOf(y + 8, fit + 8),
        creditOf(y + 16, fit + 16),
        creditOf(y + 24, fit + 24),
        sums,
        rowBytes,
      );
    }
    for (; fit < end; fit += 8, y += 8, exposures += rowBytes) {
      store<f64>(fit, fitRow(exposures, productivities, rowBytes));
      creditRow(exposures, creditOf(y, fit), sums, rowBytes);
    }
    scoreBricks(totals, fitted, scores, count);
    totals = y;
    fitted = fit;
  }
}

/**
 * The data's part of the row-local certificate C2 (boundSegments on a dense panel):
 *   bound += sum_b total_b * ln(max of factors[h] over cells with x_bh > 0)      as high and low word
 * Bricks with total 0 add nothing.
 */
export function boundPanel(
  exposures: usize,
  factors: usize,
  totals: usize,
  bound: usize,
  bricks: i32,
  columns: i32,
): void {
  const rowBytes = <usize>columns << 3;
  const zero = f64x2.splat(0);
  for (; bricks > 0; bricks -= blockBricks) {
    const count = min(bricks, blockBricks);
    const last = logs + ((<usize>count) << 3);
    for (let to = logs; to < last; to += 8, exposures += rowBytes) {
      let even = zero;
      let odd = zero;
      for (let at: usize = 0; at < rowBytes; at += 32) {
        // exposure > 0 ? max(largest, factor) : largest
        even = f64x2.pmax(even, v128.and(v128.load(factors + at), f64x2.gt(v128.load(exposures + at), zero)));
        odd = f64x2.pmax(odd, v128.and(v128.load(factors + at, 16), f64x2.gt(v128.load(exposures + at, 16), zero)));
      }
      const largest = f64x2.pmax(even, odd);
      store<f64>(to, max(f64x2.extract_lane(largest, 0), f64x2.extract_lane(largest, 1)));
    }
    addLogs(totals, bound, count);
    totals += blockBricks << 3;
  }
}

/**
 * X'Wz of a dense panel: outputs[h] += sum_b x_bh * (weight_b response_b), in the order of the bricks.
 */
export function crossPanel(
  exposures: usize,
  weights: usize,
  responses: usize,
  outputs: usize,
  bricks: i32,
  columns: i32,
): void {
  const rowBytes = <usize>columns << 3;
  let b = 0;
  for (; b + 4 <= bricks; b += 4) {
    creditFour(
      exposures,
      load<f64>(weights) * load<f64>(responses),
      load<f64>(weights, 8) * load<f64>(responses, 8),
      load<f64>(weights, 16) * load<f64>(responses, 16),
      load<f64>(weights, 24) * load<f64>(responses, 24),
      outputs,
      rowBytes,
    );
    exposures += rowBytes << 2;
    weights += 32;
    responses += 32;
  }
  for (; b < bricks; b++, exposures += rowBytes, weights += 8, responses += 8) {
    creditRow(exposures, load<f64>(weights) * load<f64>(responses), outputs, rowBytes);
  }
}
