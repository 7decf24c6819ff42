// exp, ln, pow, Hill and the exponential curve in fixed point of 240 bits: slow, plain, and nothing in common with the kernels.

/** The real number value / 2^scale. */
export interface Real {
  readonly value: bigint;
  readonly scale: number;
}

const places = 240;
const width = BigInt(places);
const one = 1n << width;
const multiply = (a: bigint, b: bigint) => (a * b) >> width;
const shift = (value: bigint, by: number) => (by >= 0 ? value << BigInt(by) : value >> BigInt(-by));

const view = new DataView(new ArrayBuffer(8));

/** A finite double as whole * 2^power. */
function parts(x: number): { whole: bigint; power: number } {
  view.setFloat64(0, x);
  const bits = view.getBigUint64(0);
  const exponent = Number((bits >> 52n) & 2047n);
  const mantissa = bits & 0xfffffffffffffn;
  const whole = exponent === 0 ? mantissa : mantissa | (1n << 52n);
  return { whole: bits >> 63n ? -whole : whole, power: Math.max(exponent, 1) - 1075 };
}

/** A double to 240 places; exact unless it has bits below. */
function fixed(x: number): bigint {
  const { whole, power } = parts(x);
  return shift(whole, power + places);
}

/** 2 atanh(d) = 2 (d + d^3/3 + ...) */
function twiceAtanh(d: bigint): bigint {
  const square = multiply(d, d);
  let sum = 0n;
  for (let power = d, n = 1n; power !== 0n && power !== -1n; power = multiply(power, square), n += 2n) sum += power / n;
  return 2n * sum;
}

const ln2 = twiceAtanh(one / 3n);

/** e^x of a fixed-point number: x = k ln 2 + 256 r, e^r by its series, squared eight times. */
function expOfFixed(x: bigint): Real {
  const k = (x + (ln2 >> 1n)) / ln2 - (x < -(ln2 >> 1n) ? 1n : 0n);
  const r = (x - k * ln2) >> 8n;
  let sum = one;
  for (let term = r, n = 2n; term !== 0n && term !== -1n; term = multiply(term, r) / n, n++) sum += term;
  for (let i = 0; i < 8; i++) sum = multiply(sum, sum);
  return { value: sum, scale: places - Number(k) };
}

/** ln of a positive double: a double's guess, then once by ln z = g + 2 atanh((z - e^g) / (z + e^g)). */
function lnOfDouble(x: number): bigint {
  const { whole, power } = parts(x);
  let k = whole.toString(2).length;
  let z = shift(whole, places - k);
  // z in [0.7, 1.4), so that near 1 the parts do not cancel
  if (z < (one * 7n) / 10n) {
    z <<= 1n;
    k -= 1;
  }
  const guess = fixed(Math.log(Number(z >> (width - 60n)) / 2 ** 60));
  const e = expOfFixed(guess);
  const power2 = shift(e.value, places - e.scale);
  return BigInt(k + power) * ln2 + guess + twiceAtanh(((z - power2) << width) / (z + power2));
}

export const expReference = (x: number): Real => expOfFixed(fixed(x));
export const lnReference = (x: number): Real => ({ value: lnOfDouble(x), scale: places });

/** x > 0. */
export function powReference(x: number, y: number): Real {
  const { whole, power } = parts(y);
  return expOfFixed(shift(lnOfDouble(x) * whole, power));
}

/** 1 / (1 + (half / x)^slope), x > 0. */
export function hillReference(x: number, half: number, slope: number): Real {
  const { whole, power } = parts(slope);
  const ratio = expOfFixed(shift((lnOfDouble(half) - lnOfDouble(x)) * whole, power));
  const sum = one + shift(ratio.value, places - ratio.scale);
  // as many places more as the sum has before the point
  const extra = sum.toString(2).length - places;
  return { value: (one << BigInt(places + extra)) / sum, scale: places + extra };
}

/** (1 - e) / (1 + shape e), e = e^-(rate x). */
export function exponentialReference(x: number, rate: number, shape: number): Real {
  const [a, b] = [parts(x), parts(rate)];
  const whole = -a.whole * b.whole;
  const power = a.power + b.power;
  const y = shift(whole, power + places);
  const timesShape = (e: bigint) => shift(parts(shape).whole * e, parts(shape).power);
  if (y > -(one >> 60n) && y < one >> 60n) {
    // 1 - e^y = -y (1 + y / 2 + y^2 / 6 + ...), the next term below 2^-180; the denominator has as many digits anyway
    const numerator = -whole * (one + y / 2n + multiply(y, y) / 6n);
    const e = one + y + multiply(y, y) / 2n;
    return { value: (numerator << width) / (one + timesShape(e)), scale: places - power };
  }
  const power2 = expOfFixed(y);
  const e = shift(power2.value, places - power2.scale);
  return { value: ((one - e) << width) / (one + timesShape(e)), scale: places };
}

/** By how many of the true value's last places `got` is off. The last place below the normal range is 2^-1074. */
export function ulpsOff(got: number, { value, scale }: Real): number {
  const size = value < 0n ? -value : value;
  const lastPlace = Math.max(size.toString(2).length - 1 - scale - 52, -1074);
  // in units of 2^-40 of that place
  const unit = lastPlace - 40;
  const { whole, power } = parts(got);
  const off = shift(whole, power - unit) - shift(value, -scale - unit);
  return Math.abs(Number(off)) / 2 ** 40;
}

/** |got / true - 1|. */
export function relativeError(got: number, { value, scale }: Real): number {
  const { whole, power } = parts(got);
  const off = shift(whole, power + scale) - value;
  return Math.abs(Number((off << 80n) / value)) / 2 ** 80;
}

/** As a double, for messages. */
export function toNumber({ value, scale }: Real): number {
  const excess = value.toString(2).length - 64;
  const power = excess - scale;
  const half = Math.trunc(power / 2);
  return Number(shift(value, -excess)) * 2 ** half * 2 ** (power - half);
}
