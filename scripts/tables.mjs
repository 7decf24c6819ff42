// Writes the tables and polynomials of exp, log, pow and Hill, every number rounded once from 320 bits.
//   node scripts/tables.mjs             writes assembly/tables.ts and bindings/kernels/js/tables.ts
//   node scripts/tables.mjs --check     writes nothing; exit code 1 when a file is not what this script makes
import { readFileSync, writeFileSync } from 'node:fs';

// fixed point: the BigInt v stands for v / 2^320
const places = 320n;
const one = 1n << places;
const multiply = (a, b) => (a * b) >> places;
const divide = (a, b) => (a << places) / b;
/** Nearest double: Number(BigInt) rounds once, to even, and the power of two is exact. */
const round = (v) => Number(v) * 2 ** -320;
/** The double as fixed point: exact here, where no number has bits under 2^-280. */
const exactly = (x) => BigInt(x * 2 ** 160 * 2 ** 120) << 40n;

/** ln x = 2 (t + t^3/3 + t^5/5 + ...), t = (x - 1) / (x + 1), for x between 1/2 and 2. */
function ln(x) {
  const t = divide(x - one, x + one);
  const square = multiply(t, t);
  let sum = 0n;
  for (let power = t, n = 1n; power !== 0n && power !== -1n; power = multiply(power, square), n += 2n) sum += power / n;
  return 2n * sum;
}

const ln2 = ln(2n * one);

/** sum x^n / n! */
function exp(x) {
  let sum = 0n;
  for (let term = one, n = 1n; term !== 0n && term !== -1n; term = multiply(term, x) / n, n++) sum += term;
  return sum;
}

/** The double on the grid of 2^-42 nearest to v, so that any whole multiple up to 2^10 of it, and sums, are exact. */
const onGrid = (v) => round(((v + (1n << (places - 43n))) >> (places - 42n)) << (places - 42n));

/**
 * f is sum series[n] x^n: the polynomial of this degree that meets it near the Chebyshev points of [-reach, reach].
 * The cosines are cut to six digits, in which all engines agree.
 */
function approximate(series, degree, reach) {
  const f = (x) => series.reduceRight((sum, coefficient) => multiply(sum, x) + coefficient, 0n);
  const points = Array.from({ length: degree + 1 }, (_, i) => {
    const cosine = Math.cos(((i + 0.5) * Math.PI) / (degree + 1));
    return exactly((reach * Math.round(cosine * 1e6)) / 1e6);
  });
  const divided = points.map(f);
  for (let order = 1; order <= degree; order++) {
    for (let i = degree; i >= order; i--)
      divided[i] = divide(divided[i] - divided[i - 1], points[i] - points[i - order]);
  }
  // Newton's form to powers of x
  let powers = [divided[degree]];
  for (let i = degree - 1; i >= 0; i--) {
    const next = [divided[i], ...powers];
    for (let n = 0; n < powers.length; n++) next[n] -= multiply(powers[n], points[i]);
    powers = next;
  }
  return powers.map(round);
}

/** Coefficients of x^first, x^(first+1), ... of e^x or ln(1+x), as a series that starts at x^0. */
const expSeries = (first) => Array.from({ length: 20 }, (_, i) => one / factorial(BigInt(first + i)));
const lnSeries = (first) => Array.from({ length: 30 }, (_, i) => ((first + i) % 2 ? one : -one) / BigInt(first + i));
const factorial = (n) => (n < 2n ? 1n : n * factorial(n - 1n));

// 2^(j/128): the double, and what it misses in units of itself
const exp2Rows = Array.from({ length: 128 }, (_, j) => {
  const value = exp((ln2 * BigInt(j)) / 128n);
  const nearest = round(value);
  return [round(divide(value - exactly(nearest), exactly(nearest))), nearest];
});

// ln c over 128 intervals of z in [0.707, 1.418). 1/c is a whole number of 256ths or 128ths, so few bits that z/c - 1
// is a double, exactly; the interval around 1 has c = 1. ln c stands on the grid of 2^-42, what that misses follows.
const bits = new BigUint64Array(1);
const asDouble = new Float64Array(bits.buffer);
const at = (pattern) => {
  bits[0] = pattern;
  return asDouble[0];
};
const firstBits = 0x3ff0000000000000n + (1n << 44n) - 75n * (1n << 45n);
let reach = 0;
const logRows = Array.from({ length: 128 }, (_, i) => {
  const low = at(firstBits + (BigInt(i) << 45n));
  const high = at(firstBits + (BigInt(i + 1) << 45n) - 1n);
  const choose = (steps) => {
    const inverse = Math.round((2 * steps) / (low + high)) / steps;
    const farthest = Math.max(1 - low * inverse, high * inverse - 1);
    // the last place of z is 2^-53 below 1, else 2^-52: 53 bits must do for z/c - 1
    return { inverse, farthest, exact: farthest < 2 ** (low < 1 ? 0 : 1) / steps };
  };
  const { inverse, farthest, exact } = choose(256).exact ? choose(256) : choose(128);
  if (!exact) throw new Error(`interval ${i}: z/c - 1 has more than 53 bits`);
  reach = Math.max(reach, farthest);
  const value = -ln(exactly(inverse));
  const grid = onGrid(value);
  return [inverse, round(divide(value, ln2)), grid, round(value - exactly(grid))];
});

const ln2Grid = onGrid(ln2);
const ln2Over128 = Number(BigInt(Math.round(round(ln2) * 2 ** 35))) * 2 ** -42;
const log2e = divide(one, ln2);
const halfStep = round(ln2) / 256;
const scaled = (series, factor) => series.map((coefficient, n) => multiply(coefficient, factor(n)));
const powerOf = (x, n) => (n === 0 ? one : multiply(x, powerOf(x, n - 1)));

const constants = {
  stepsPerE: [round(128n * log2e), '128 / ln 2'],
  stepHigh: [ln2Over128, 'ln 2 / 128 to 35 bits: times a whole number below 2^18 it is exact'],
  stepLow: [round(ln2 / 128n - exactly(ln2Over128)), 'What stepHigh misses'],
  ln2High: [ln2Grid, 'ln 2 on the grid of 2^-42: times a whole number below 2^11 it is exact'],
  ln2Low: [round(ln2 - exactly(ln2Grid)), 'What ln2High misses'],
};
const series = {
  expSeries: [approximate(expSeries(2), 3, halfStep), '(e^r - 1 - r) / r^2, |r| <= ln 2 / 256, rising powers'],
  logSeries: [approximate(lnSeries(2), 5, reach), '(ln(1 + r) - r) / r^2, |r| < 0.006'],
  powSeries: [approximate(lnSeries(3), 5, reach), '(ln(1 + r) - r + r^2 / 2) / r^3, |r| < 0.006'],
  log2Series: [
    approximate(
      scaled(lnSeries(1), () => log2e),
      4,
      reach,
    ),
    'log2(1 + r) / r, |r| < 0.006',
  ],
  exp2Series: [
    approximate(
      scaled(expSeries(1), (n) => powerOf(ln2 / 128n, n + 1)),
      3,
      0.5,
    ),
    '(2^(f / 128) - 1) / f, |f| <= 1 / 2',
  ],
};
const tables = {
  exp2Table: [exp2Rows, '2^(j / 128), j = 0..127: what the double misses, relative to it; the double'],
  logTable: [logRows, '1/c, log2 c, ln c on the grid of 2^-42, what that misses; c for each interval of z'],
};

function render(assembly) {
  const lines = ['// Written by scripts/tables.mjs. Do not edit.'];
  // ln 2 on a grid and the like are not the constants of the language
  if (!assembly)
    lines.push('// biome-ignore-all lint/suspicious/noApproximativeNumericConstant: rounded for another use');
  for (const [name, [value, says]] of Object.entries(constants)) {
    lines.push('', `/** ${says}. */`, `export const ${name}${assembly ? ': f64' : ''} = ${value};`);
  }
  for (const [name, [values, says]] of Object.entries(series)) {
    lines.push('', `/** ${says}. */`);
    values.forEach((value, i) => {
      lines.push(`export const ${name}${i}${assembly ? ': f64' : ''} = ${value};`);
    });
  }
  for (const [name, [rows, says]] of Object.entries(tables)) {
    const [open, close] = assembly ? [': usize = memory.data<f64>([', '], 16);'] : [' = new Float64Array([', ']);'];
    lines.push('', `/** ${says}. */`);
    if (!assembly) lines.push('// biome-ignore format: an entry a line');
    lines.push(`export const ${name}${open}`);
    // always with a point or an exponent: AssemblyScript reads 0 as an integer
    for (const row of rows) lines.push(`  ${row.map((x) => (Number.isInteger(x) ? `${x}.0` : `${x}`)).join(', ')},`);
    lines.push(close);
  }
  return `${lines.join('\n')}\n`;
}

const files = { 'assembly/tables.ts': render(true), 'bindings/kernels/js/tables.ts': render(false) };
for (const [file, text] of Object.entries(files)) {
  if (!process.argv.includes('--check')) writeFileSync(file, text);
  else if (readFileSync(file, 'utf8') !== text) {
    console.error(`${file}: expected what scripts/tables.mjs makes. Run node scripts/tables.mjs.`);
    process.exitCode = 1;
  }
}
