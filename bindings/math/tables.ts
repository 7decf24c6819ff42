// biome-ignore-all lint/suspicious/noApproximativeNumericConstant: not the constants of the language, or rounded for another use
// Constants and tables of exp, log, pow and Hill. test/kernels/tables.test.ts holds every number against 320 bits.
import { product, quotient, rest, sum } from './doubleDouble.js';

/** 128 / ln 2. */
export const stepsPerE = 184.6649652337873;

/** ln 2 / 128 to 35 bits: times a whole number below 2^18 it is exact. */
export const stepHigh = 0.0054152123482253955;

/** What stepHigh misses. */
export const stepLow = -1.0082281460997769e-13;

/** ln 2 on the grid of 2^-42: times a whole number below 2^11 it is exact. */
export const ln2High = 0.6931471805598903;

/** What ln2High misses. */
export const ln2Low = 5.497923018708371e-14;

/** (e^r - 1 - r) / r^2, |r| <= ln 2 / 256, rising powers. */
export const expSeries0 = 0.4999999999999907;
export const expSeries1 = 0.16666666666666533;
export const expSeries2 = 0.04166667684879992;
export const expSeries3 = 0.00833333478792376;

/** (ln(1 + r) - r) / r^2, |r| < 0.006. */
export const logSeries0 = -0.5000000000000001;
export const logSeries1 = 0.3333333333333334;
export const logSeries2 = -0.24999999992933009;
export const logSeries3 = 0.19999999993718226;
export const logSeries4 = -0.16667261104872466;
export const logSeries5 = 0.14286242675573196;

/** (ln(1 + r) - r + r^2 / 2) / r^3, |r| < 0.006. */
export const powSeries0 = 0.3333333333333334;
export const powSeries1 = -0.2500000000000001;
export const powSeries2 = 0.19999999993718226;
export const powSeries3 = -0.16666666661013066;
export const powSeries4 = 0.14286242675573196;
export const powSeries5 = -0.12500475551130003;

/** log2(1 + r) / r, |r| < 0.006. */
export const log2Series0 = 1.4426950408889634;
export const log2Series1 = -0.72134752036896;
export const log2Series2 = 0.4808983468982548;
export const log2Series3 = -0.36068328898941543;
export const log2Series4 = 0.28854717569970634;

/** (2^(f / 128) - 1) / f, |f| <= 1 / 2. */
export const exp2Series0 = 0.00541521234812427;
export const exp2Series1 = 0.00001466226238764015;
export const exp2Series2 = 2.6466431145778012e-8;
export const exp2Series3 = 3.583033180990148e-11;

/** 2^(1 / 128) in three words: what a row of exp2Table misses takes 116 bits to round right. */
export const root = 1.0054299011128027;
export const rootRest = 9.499186535455032e-17;
export const rootLast = 2.6919761479528557e-33;

/** 1 / ln 2 in two words. */
export const log2e = 1.4426950408889634;
export const log2eRest = 2.0355273740931033e-17;

/** 2^(j / 128), j = 0..127: what the double misses, relative to it; the double. */
export const exp2Table = /* @__PURE__ */ exp2Rows();

/** 1/c, log2 c, ln c on the grid of 2^-42, what that misses; c for each interval of z. */
export const logTable = /* @__PURE__ */ logRows();

// formulas: assembly/tables.ts
function exp2Rows(): Float64Array {
  const rows = new Float64Array(256);
  let a = 1;
  let b = 0;
  let c = 0;
  for (let at = 0; at < 256; at += 2) {
    rows[at] = quotient(b, c, a);
    rows[at + 1] = a;
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
  return rows;
}

function logRows(): Float64Array {
  const rows = new Float64Array(512);
  for (const rowStep of [1, -1]) {
    let before = 256;
    let grid = 0;
    let high = 0;
    let low = 0;
    for (let row = 74; row >= 0 && row < 128; row += rowStep) {
      // no quotient ends in a half, where this rounding would be another than in assembly
      const n = Math.round(row < 74 ? 65536 / (row + 182) : 32768 / (row + 54));
      if (n !== before) {
        const m = (before + n) / (before - n);
        let power = quotient(2, 0, m);
        let powerRest = rest;
        for (let odd = 1; odd <= 17; odd += 2) {
          const term = quotient(power, powerRest, odd);
          low += rest;
          high = sum(high, term);
          low += rest;
          power = quotient(power, powerRest, m * m);
          powerRest = rest;
        }
        before = n;
      }
      const step = high + 1536 - 1536;
      grid += step;
      high = sum(high - step, low);
      low = rest;
      rows.set([n / 256, product(grid, log2e) + (rest + (grid * log2eRest + high * log2e)), grid, high], row * 4);
    }
  }
  return rows;
}
