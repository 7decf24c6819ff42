import { leadingPower } from '../machine/js/split.js';

const shift52 = 4503599627370496;

const powers = Float64Array.from({ length: 16 }, (_, decimals) => Number(`1e${decimals}`));
const tenTo = (decimals: number) => powers[decimals]; // decimals are 0 to 15

/**
 * A total in whole units of 10^-decimals: its shortest decimal form, rounded half to even (so 0.125 is 12 cents and
 * 0.135 is 14, as written, whatever the binary digits say). `value` is the rounded total. `count` may be too many; see
 * `tooManyUnits`.
 */
export function toUnits(total: number, decimals: number): { count: number; value: number } {
  const [mantissa, exponent] = Math.abs(total).toExponential().split('e');
  const digits = mantissa.replace('.', '');
  // digits * 10^(power) units
  const power = Number(exponent) - (digits.length - 1) + decimals;
  let count: number;
  if (power >= 0) count = Number(`${digits}e${power}`);
  else {
    const cut = digits.length + power; // digits kept
    const kept = cut > 0 ? Number(digits.slice(0, cut)) : 0;
    const dropped = cut >= 0 ? digits.slice(Math.max(cut, 0)) : '0'; // more than one place below the unit: rounds to 0
    const half = dropped[0] === '5' && /^50*$/.test(dropped);
    const up = half ? kept % 2 === 1 : dropped[0] >= '5';
    count = kept + (up ? 1 : 0);
  }
  if (total < 0) count = -count;
  return { count, value: toValue(count, decimals) };
}

/**
 * Whether a total has more units than numbers can tell apart: 2^53 or more, or, just below that, units finer than the
 * total's ulp, so that two counts would be one number.
 */
export function tooManyUnits(total: number, decimals: number): boolean {
  const { count, value } = toUnits(total, decimals);
  const most = Number.MAX_SAFE_INTEGER;
  return Math.abs(count) > most || leadingPower(value) * tenTo(decimals) > shift52;
}

/** Units as a number: correctly rounded, so it prints with the digits it stands for. */
export const toValue = (count: number, decimals: number): number => count / tenTo(decimals) + 0;

const surelyRounds = 1125899906842624; // 2^50 units: up to there a value times 10^decimals is off by a quarter at most

/** The units of a value that is a whole number of them: `toUnits` without its detour over digits, where that is safe. */
export function unitsOf(value: number, decimals: number): number {
  const units = value * tenTo(decimals);
  return Math.abs(units) < surelyRounds ? Math.round(units) : toUnits(value, decimals).count;
}

/**
 * Splits whole units by largest remainder (Hamilton): each part is its share rounded down, and the units left over go to
 * the largest remainders, ties to the first in canonical order. Parts without share get nothing. Writes values to `out`.
 */
export function splitUnits(count: number, shares: Float64Array, decimals: number, out: Float64Array): void {
  const whole = Math.abs(count);
  const units = new Float64Array(shares.length);
  const remainders = new Float64Array(shares.length);
  let left = whole;
  for (let j = 0; j < shares.length; j++) {
    const exact = whole * shares[j];
    units[j] = Math.floor(exact);
    remainders[j] = exact - units[j];
    left -= units[j];
  }
  if (left !== 0) {
    const order = Uint32Array.from(shares.keys()).filter((j) => shares[j] > 0);
    order.sort((i, j) => remainders[j] - remainders[i] || i - j);
    // shares sum to 1 only nearly: with huge counts more than one unit each, or too many, may be left
    for (let k = 0; left > 0; k = (k + 1) % order.length) {
      units[order[k]]++;
      left--;
    }
    for (let k = order.length - 1; left < 0; k = k > 0 ? k - 1 : order.length - 1) {
      if (units[order[k]] === 0) continue;
      units[order[k]]--;
      left++;
    }
  }
  const sign = count < 0 ? -1 : 1;
  for (let j = 0; j < shares.length; j++) out[j] = toValue(sign * units[j], decimals);
}
