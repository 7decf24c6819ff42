/** Lags weighed for all periods before the next, an even number, and bytes of a row: their rows stay in the first cache. */
const lagBlock = 64;
const blockBytes: usize = 256;

/**
 * Carry-over by a list of weights down the periods of a panel. docs/method.md, "Effective exposure".
 *   outputs[t][s] = sum over l = 0 .. min(t, lags - 1) of weights[l] * exposures[t-l][s], added from lag 0 on
 * A row holds one period of all series; `series` is even (pad with zeros). Never in place: exposures are read again.
 * Where a series has only zeros within the window the result is exactly zero. Without lags all of it is zero.
 */
export function adstockWindow(
  exposures: usize,
  weights: usize,
  outputs: usize,
  periods: i32,
  series: i32,
  lags: i32,
): void {
  const row = (<usize>series) << 3;
  // eight series at once, two periods of them where there are two: what is loaded counts twice
  const wide = row & ~63;
  const even = lags > 0 ? periods & ~1 : 0;
  for (let start: usize = 0; start < wide; start += blockBytes) {
    const end = min(start + blockBytes, wide);
    for (let lag = 0; lag < lags; lag += lagBlock) {
      const stop = min(lag + lagBlock, lags);
      const list = weights + ((<usize>lag) << 3);
      // blocks are even, so that this pair of periods is the first which they reach
      for (let t = lag; t < even; t += 2) {
        const terms = min(t + 1, stop) - lag;
        const next = min(t + 2, stop) - lag;
        const from = exposures + (<usize>(t - lag)) * row;
        const to = outputs + (<usize>t) * row;
        for (let s = start; s < end; s += 64) weighTwice(from + s, list, to + s, terms, next, row, lag == 0);
      }
    }
  }
  for (let t = 0; t < periods; t++) {
    const terms = min(t + 1, lags);
    for (let s = t < even ? wide : 0; s < row; s += 16) weighPair(exposures + s, weights, outputs + s, terms, row);
    exposures += row;
    outputs += row;
  }
}

/**
 * sum += weights[0] x[t] + weights[1] x[t-1] + .. for eight series in period t, `terms` of them, and in the next, `nextTerms`
 * (at least one), from the sums in `outputs` on or, `fresh`, from zero.
 */
// @ts-ignore: decorator
@inline
function weighTwice(
  exposures: usize,
  weights: usize,
  outputs: usize,
  terms: i32,
  nextTerms: i32,
  row: usize,
  fresh: bool,
): void {
  const zero = f64x2.splat(0);
  let weight = v128.load64_splat(weights);
  const ahead = exposures + row;
  const then = outputs + row;
  let first = fresh ? zero : v128.load(outputs);
  let second = fresh ? zero : v128.load(outputs, 16);
  let third = fresh ? zero : v128.load(outputs, 32);
  let fourth = fresh ? zero : v128.load(outputs, 48);
  let firstNext = fresh ? zero : v128.load(then);
  let secondNext = fresh ? zero : v128.load(then, 16);
  let thirdNext = fresh ? zero : v128.load(then, 32);
  let fourthNext = fresh ? zero : v128.load(then, 48);
  firstNext = f64x2.add(firstNext, f64x2.mul(weight, v128.load(ahead)));
  secondNext = f64x2.add(secondNext, f64x2.mul(weight, v128.load(ahead, 16)));
  thirdNext = f64x2.add(thirdNext, f64x2.mul(weight, v128.load(ahead, 32)));
  fourthNext = f64x2.add(fourthNext, f64x2.mul(weight, v128.load(ahead, 48)));
  // a row at lag l of the one period is at lag l + 1 of the next
  for (let l = 1; l < nextTerms; l++) {
    weights += 8;
    const before = v128.load64_splat(weights);
    const a = v128.load(exposures);
    const b = v128.load(exposures, 16);
    const c = v128.load(exposures, 32);
    const d = v128.load(exposures, 48);
    first = f64x2.add(first, f64x2.mul(weight, a));
    second = f64x2.add(second, f64x2.mul(weight, b));
    third = f64x2.add(third, f64x2.mul(weight, c));
    fourth = f64x2.add(fourth, f64x2.mul(weight, d));
    firstNext = f64x2.add(firstNext, f64x2.mul(before, a));
    secondNext = f64x2.add(secondNext, f64x2.mul(before, b));
    thirdNext = f64x2.add(thirdNext, f64x2.mul(before, c));
    fourthNext = f64x2.add(fourthNext, f64x2.mul(before, d));
    weight = before;
    exposures -= row;
  }
  // the last lag of the window has left the next period's
  if (nextTerms == terms) {
    first = f64x2.add(first, f64x2.mul(weight, v128.load(exposures)));
    second = f64x2.add(second, f64x2.mul(weight, v128.load(exposures, 16)));
    third = f64x2.add(third, f64x2.mul(weight, v128.load(exposures, 32)));
    fourth = f64x2.add(fourth, f64x2.mul(weight, v128.load(exposures, 48)));
  }
  v128.store(outputs, first);
  v128.store(outputs, second, 16);
  v128.store(outputs, third, 32);
  v128.store(outputs, fourth, 48);
  v128.store(then, firstNext);
  v128.store(then, secondNext, 16);
  v128.store(then, thirdNext, 32);
  v128.store(then, fourthNext, 48);
}

/** The same for two series in one period. */
// @ts-ignore: decorator
@inline
function weighPair(exposures: usize, weights: usize, outputs: usize, terms: i32, row: usize): void {
  let sum = f64x2.splat(0);
  for (let l = 0; l < terms; l++) {
    sum = f64x2.add(sum, f64x2.mul(v128.load64_splat(weights), v128.load(exposures)));
    weights += 8;
    exposures -= row;
  }
  v128.store(outputs, sum);
}
