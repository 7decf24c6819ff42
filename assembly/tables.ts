// Constants and tables of exp, log, pow and Hill. test/kernels/tables.test.ts holds every number against 320 bits.
import { product, quotient, rest, sum } from './doubleDouble';

/** 128 / ln 2. */
export const stepsPerE: f64 = 184.6649652337873;

/** ln 2 / 128 to 35 bits: times a whole number below 2^18 it is exact. */
export const stepHigh: f64 = 0.0054152123482253955;

/** What stepHigh misses. */
export const stepLow: f64 = -1.0082281460997769e-13;

/** ln 2 on the grid of 2^-42: times a whole number below 2^11 it is exact. */
export const ln2High: f64 = 0.6931471805598903;

/** What ln2High misses. */
export const ln2Low: f64 = 5.497923018708371e-14;

/** (e^r - 1 - r) / r^2, |r| <= ln 2 / 256, rising powers. */
export const expSeries0: f64 = 0.4999999999999907;
export const expSeries1: f64 = 0.16666666666666533;
export const expSeries2: f64 = 0.04166667684879992;
export const expSeries3: f64 = 0.00833333478792376;

/** (ln(1 + r) - r) / r^2, |r| < 0.006. */
export const logSeries0: f64 = -0.5000000000000001;
export const logSeries1: f64 = 0.3333333333333334;
export const logSeries2: f64 = -0.24999999992933009;
export const logSeries3: f64 = 0.19999999993718226;
export const logSeries4: f64 = -0.16667261104872466;
export const logSeries5: f64 = 0.14286242675573196;

/** (ln(1 + r) - r + r^2 / 2) / r^3, |r| < 0.006. */
export const powSeries0: f64 = 0.3333333333333334;
export const powSeries1: f64 = -0.2500000000000001;
export const powSeries2: f64 = 0.19999999993718226;
export const powSeries3: f64 = -0.16666666661013066;
export const powSeries4: f64 = 0.14286242675573196;
export const powSeries5: f64 = -0.12500475551130003;

/** log2(1 + r) / r, |r| < 0.006. */
export const log2Series0: f64 = 1.4426950408889634;
export const log2Series1: f64 = -0.72134752036896;
export const log2Series2: f64 = 0.4808983468982548;
export const log2Series3: f64 = -0.36068328898941543;
export const log2Series4: f64 = 0.28854717569970634;

/** (2^(f / 128) - 1) / f, |f| <= 1 / 2. */
export const exp2Series0: f64 = 0.00541521234812427;
export const exp2Series1: f64 = 0.00001466226238764015;
export const exp2Series2: f64 = 2.6466431145778012e-8;
export const exp2Series3: f64 = 3.583033180990148e-11;

/** 2^(1 / 128) in three words: what a row of exp2Table misses takes 116 bits to round right. */
export const root: f64 = 1.0054299011128027;
export const rootRest: f64 = 9.499186535455032e-17;
export const rootLast: f64 = 2.6919761479528557e-33;

/** 1 / ln 2 in two words. */
export const log2e: f64 = 1.4426950408889634;
export const log2eRest: f64 = 2.0355273740931033e-17;

/** 2^(j / 128), j = 0..127: what the double misses, relative to it; the double. */
export const exp2Table: usize = memory.data(2048, 16);

/** 1/c, log2 c, ln c on the grid of 2^-42, what that misses; c for each interval of z. */
export const logTable: usize = memory.data(4096, 16);

fillExp2();
fillLogs(1);
fillLogs(-1);

/** 2^(j / 128) = a + b + c, each row root times the one before; the double a misses (b + c) / a of itself. */
function fillExp2(): void {
  let a: f64 = 1;
  let b: f64 = 0;
  let c: f64 = 0;
  for (let at = exp2Table; at < exp2Table + 2048; at += 16) {
    store<f64>(at, quotient(b, c, a));
    store<f64>(at, a, 8);
    // three products exactly, the rest of them and the smaller three as they come
    const first = product(a, root);
    const second = rest;
    const third = product(a, rootRest);
    let last = a * rootLast + b * rootRest + c * root + rest;
    const fourth = product(b, root);
    last += rest;
    const small = sum(third, fourth);
    last += rest;
    const middle = sum(second, small);
    last += rest;
    a = sum(first, middle);
    b = sum(rest, last);
    c = rest;
  }
}

/**
 * Rows `rowStep` apart, from the one around z = 1 to the end. 1/c = n / 256 is the whole number n nearest to the middle
 * of the interval, which is so close that z/c - 1 always is a double.
 *   ln c = ln(c of the row before) + 2 (1/m + 1/(3 m^3) + 1/(5 m^5) + ...),  m = (before + n) / (before - n)
 */
function fillLogs(rowStep: i32): void {
  let before: f64 = 256;
  // ln c = grid + high + low
  let grid: f64 = 0;
  let high: f64 = 0;
  let low: f64 = 0;
  for (let row = 74; row >= 0 && row < 128; row += rowStep) {
    // intervals are 1/256 long below 1, above it 1/128
    const n = nearest(row < 74 ? 65536 / <f64>(row + 182) : 32768 / <f64>(row + 54));
    if (n != before) {
      // a whole number or half of one, and its square has few bits too
      const m = (before + n) / (before - n);
      let power = quotient(2, 0, m);
      let powerRest = rest;
      // |m| > 180: what follows 1/m^17 is below 2^-140
      for (let odd: f64 = 1; odd <= 17; odd += 2) {
        const term = quotient(power, powerRest, odd);
        low += rest;
        high = sum(high, term);
        low += rest;
        power = quotient(power, powerRest, m * m);
        powerRest = rest;
      }
      before = n;
    }
    // 1.5 * 2^10: added and taken away again it leaves the nearest multiple of 2^-42
    const step = high + 1536 - 1536;
    grid += step;
    high = sum(high - step, low);
    low = rest;
    const at = logTable + (<usize>row << 5);
    store<f64>(at, n / 256);
    store<f64>(at, product(grid, log2e) + (rest + (grid * log2eRest + high * log2e)), 8);
    store<f64>(at, grid, 16);
    store<f64>(at, high, 24);
  }
}
