/** What fits and factors are judged by, brick by brick in order. The logs of many bricks are taken two at a time. */
import { log } from './log';

/** The most bricks that are scored together: what a pass has just written of them is still in the first cache. */
export const blockBricks = 256;

/** Room for a block's numbers, and then their logs. */
export const logs: usize = memory.data(8 * blockBricks, 16);

/** sum += sum_b total_b ln(number_b), as high and low word, for numbers in `logs`. Bricks with total 0 add nothing. */
export function addLogs(totals: usize, sum: usize, bricks: i32): void {
  log(logs, logs, bricks);
  let high = load<f64>(sum);
  let low = load<f64>(sum, 8);
  const end = logs + ((<usize>bricks) << 3);
  for (let at = logs; at < end; at += 8, totals += 8) {
    const total = load<f64>(totals);
    if (!(total > 0)) continue;
    // two-sum: what rounding drops goes to the low word
    const x = total * load<f64>(at);
    const next = high + x;
    const part = next - high;
    low += (high - (next - part)) + (x - part);
    high = next;
  }
  store<f64>(sum, high);
  store<f64>(sum, low, 8);
}

/**
 * scores += [log-likelihood sum_b total_b ln fitted_b as high and low word,
 *            Pearson sum_b (total_b - fitted_b)^2 / fitted_b, bricks with a total and no fit]
 * for at most `blockBricks` bricks. A brick with a total and no fit is only counted.
 */
export function scoreBricks(totals: usize, fitted: usize, scores: usize, bricks: i32): void {
  let pearson = load<f64>(scores, 16);
  let unfitted = load<f64>(scores, 24);
  const end = (<usize>bricks) << 3;
  for (let at: usize = 0; at < end; at += 8) {
    const fit = load<f64>(fitted + at);
    const total = load<f64>(totals + at);
    if (fit > 0) {
      pearson += ((total - fit) / fit) * (total - fit);
      store<f64>(logs + at, fit);
    } else {
      if (total > 0) unfitted += 1;
      store<f64>(logs + at, 1); // whose log adds nothing
    }
  }
  store<f64>(scores, pearson, 16);
  store<f64>(scores, unfitted, 24);
  addLogs(totals, scores, bricks);
}
