// What bindings/math/tables.ts and assembly/tables.ts are to hold: every number from 320 bits, rounded once.

// fixed point: the BigInt v stands for v / 2^320
const places = 320n;
const one = 1n << places;
const multiply = (a: bigint, b: bigint) => (a * b) >> places;
const divide = (a: bigint, b: bigint) => (a << places) / b;
/** Nearest double: Number(BigInt) rounds once, to even, and the power of two is exact. */
const round = (v: bigint) => Number(v) * 2 ** -320;
/** The double as fixed point: exact here, where no number has bits under 2^-280. */
const exactly = (x: number) => BigInt(x * 2 ** 160 * 2 ** 120) << 40n;

/** ln x = 2 (t + t^3/3 + t^5/5 + ...), t = (x - 1) / (x + 1), for x between 1/2 and 2. */
function ln(x: bigint): bigint {
  const t = divide(x - one, x + one);
  const square = multiply(t, t);
  let sum = 0n;
  for (let power = t, n = 1n; power !== 0n && power !== -1n; power = multiply(power, square), n += 2n) sum += power / n;
  return 2n * sum;
}

const ln2 = ln(2n * one);

/** sum x^n / n! */
function exp(x: bigint): bigint {
  let sum = 0n;
  for (let term = one, n = 1n; term !== 0n && term !== -1n; term = multiply(term, x) / n, n++) sum += term;
  return sum;
}

/** The double on the grid of 2^-42 nearest to v, so that any whole multiple up to 2^10 of it, and sums, are exact. */
const onGrid = (v: bigint) => round(((v + (1n << (places - 43n))) >> (places - 42n)) << (places - 42n));

/** v as so many doubles, each the nearest to what those before it miss. */
function inWords(v: bigint, count: number): number[] {
  let left = v;
  return Array.from({ length: count }, () => {
    const word = round(left);
    left -= exactly(word);
    return word;
  });
}

/**
 * f is sum series[n] x^n: the polynomial of this degree that meets it near the Chebyshev points of [-reach, reach].
 * The cosines are cut to six digits, in which all engines agree.
 */
function approximate(series: readonly bigint[], degree: number, reach: number): number[] {
  const f = (x: bigint) => series.reduceRight((sum, coefficient) => multiply(sum, x) + coefficient, 0n);
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
const expSeries = (first: number) => Array.from({ length: 20 }, (_, i) => one / factorial(BigInt(first + i)));
const lnSeries = (first: number) =>
  Array.from({ length: 30 }, (_, i) => ((first + i) % 2 ? one : -one) / BigInt(first + i));
const factorial = (n: bigint): bigint => (n < 2n ? 1n : n * factorial(n - 1n));

/** Rows of two: what the double nearest to 2^(j/128) misses, in units of itself, and that double. */
export const exp2Table = Array.from({ length: 128 }, (_, j) => {
  const value = exp((ln2 * BigInt(j)) / 128n);
  const nearest = round(value);
  return [round(divide(value - exactly(nearest), exactly(nearest))), nearest];
}).flat();

// ln c over 128 intervals of z in [0.707, 1.418). 1/c is a whole number of 256ths or 128ths, so few bits that z/c - 1
// is a double, exactly; the interval around 1 has c = 1.
const bits = new BigUint64Array(1);
const asDouble = new Float64Array(bits.buffer);
const at = (pattern: bigint) => {
  bits[0] = pattern;
  return asDouble[0];
};
const firstBits = 0x3ff0000000000000n + (1n << 44n) - 75n * (1n << 45n);
let reach = 0;

/** Rows of four: 1/c, log2 c, ln c on the grid of 2^-42, what that misses. */
export const logTable = Array.from({ length: 128 }, (_, i) => {
  const low = at(firstBits + (BigInt(i) << 45n));
  const high = at(firstBits + (BigInt(i + 1) << 45n) - 1n);
  const choose = (steps: number) => {
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
}).flat();

const ln2Grid = onGrid(ln2);
const ln2Over128 = Number(BigInt(Math.round(round(ln2) * 2 ** 35))) * 2 ** -42;
const perLn2 = divide(one, ln2);
const halfStep = round(ln2) / 256;
const powerOf = (x: bigint, n: number): bigint => (n === 0 ? one : multiply(x, powerOf(x, n - 1)));
const [root, rootRest, rootLast] = inWords(exp(ln2 / 128n), 3);
const [log2e, log2eRest] = inWords(perLn2, 2);

/** Coefficients of rising powers, for arguments as far from zero as rounding to the tables' steps leaves them. */
const series = {
  expSeries: approximate(expSeries(2), 3, halfStep),
  logSeries: approximate(lnSeries(2), 5, reach),
  powSeries: approximate(lnSeries(3), 5, reach),
  log2Series: approximate(
    lnSeries(1).map((coefficient) => multiply(coefficient, perLn2)),
    4,
    reach,
  ),
  exp2Series: approximate(
    expSeries(1).map((coefficient, n) => multiply(coefficient, powerOf(ln2 / 128n, n + 1))),
    3,
    0.5,
  ),
};

/** The single numbers, under the names they have in the kernels. */
export const constants: Record<string, number> = {
  stepsPerE: round(128n * perLn2),
  stepHigh: ln2Over128,
  stepLow: round(ln2 / 128n - exactly(ln2Over128)),
  ln2High: ln2Grid,
  ln2Low: round(ln2 - exactly(ln2Grid)),
  ...Object.fromEntries(
    Object.entries(series).flatMap(([name, values]) => values.map((value, n) => [`${name}${n}`, value])),
  ),
  root,
  rootRest,
  rootLast,
  log2e,
  log2eRest,
};
