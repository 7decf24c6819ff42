import { highWord, powersOfTwo } from '../math/bits.js';

const veltkamp = 134217729; // 2^27 + 1: cuts a double into halves whose products are exact

/** 10^n for n = -6..22 stands at n + 6; from 1 on these are exact. */
const tens = /* @__PURE__ */ Float64Array.from({ length: 29 }, (_, n) => Number(`1e${n - 6}`));

/** Room for text: bytes of UTF-8 or units of UTF-16. */
export type Units = Uint8Array | Uint16Array;

/**
 * Writes values[row] in ASCII at `at`, with `mark` as its decimal mark, and returns where it ends. The digits are those
 * of `String`: as few as read back as the number, and of these the nearest to it. Returns -1 where doubles cannot settle
 * that: outside 1e-6 to 2^53, and at ties. (The number is not handed over by itself, since that puts it on the heap.)
 */
export function writeNumber(units: Units, at: number, values: Float64Array, row: number, mark: number): number {
  let x = values[row];
  if (x < 0) {
    units[at++] = 0x2d;
    x = -x;
  }
  if (x === (x | 0)) {
    let digits = 1;
    for (let limit = 10; x >= limit; limit *= 10) digits++;
    return writeDigits(units, at, x | 0, digits);
  }
  const exponent = (highWord(x) >>> 20) - 1023;
  // below a power of two doubles lie closer than above
  if (!(x >= 1e-6 && x < 9007199254740992) || x === powersOfTwo[1024 + exponent]) return -1;

  // 17 digits before the point: x * scale = whole + rest, without error (Dekker)
  let power = Math.floor(exponent * 0.30103);
  if (x >= tens[power + 7]) power++; // 10^power <= x < 10^(power + 1)
  const scale = tens[22 - power];
  const whole = x * scale;
  let cut = veltkamp * x;
  const xHead = cut - (cut - x);
  const xTail = x - xHead;
  cut = veltkamp * scale;
  const scaleHead = cut - (cut - scale);
  const scaleTail = scale - scaleHead;
  const rest = xHead * scaleHead - whole + xHead * scaleTail + xTail * scaleHead + xTail * scaleTail;

  // what lies nearer than half the way to the next double reads back as x: the nearest hundred, ten or one that does
  const room = powersOfTwo[1024 + exponent - 53] * scale; // 0.5 to 11.2
  let first = Math.floor(whole * 1e-8);
  const eight = whole - first * 1e8;
  let last = 0;
  for (let step = 100; ; step /= 10) {
    last = step * Math.floor((eight + rest) / step + 0.5);
    const off = Math.abs(eight - last + rest);
    if (off === room || (2 * off >= step && off < room + 1)) return -1;
    if (off < room) break;
  }
  if (last < 0) {
    first--;
    last += 1e8;
  } else if (last >= 1e8) {
    first++;
    last -= 1e8;
  }

  // zeros ahead of a fraction count as digits; those before the mark make room for it
  const ahead = Math.max(power, 0);
  let end = writeDigits(units, writeDigits(units, at + 1, first | 0, 9 + ahead - power), last | 0, 8);
  for (const point = at + ahead + 1; at < point; at++) units[at] = units[at + 1];
  units[at] = mark;
  while (units[end - 1] === 0x30) end--;
  return units[end - 1] === mark ? end - 1 : end;
}

/** The lowest `digits` digits of a whole number below 2^31, two at a time; returns where they end. */
function writeDigits(units: Units, at: number, x: number, digits: number): number {
  let left = x;
  let i = at + digits;
  while (i - 1 > at) {
    const next = (left / 100) | 0;
    const pair = left - 100 * next;
    const ten = (pair * 103) >> 10; // pair / 10, rounded down
    units[--i] = 0x30 + pair - 10 * ten;
    units[--i] = 0x30 + ten;
    left = next;
  }
  if (i > at) units[at] = 0x30 + left;
  return at + digits;
}
