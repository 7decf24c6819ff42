// see assembly/random.ts for the formula and where the constants come from
const multiplierEven = 0xd2511f53;
const multiplierOdd = 0xcd9e8d57;
const incrementLow = 0x9e3779b9;
const incrementHigh = 0xbb67ae85;

/** High 32 bits of a * b for unsigned 32-bit a and b: schoolbook on 16-bit halves, no partial sum passes 2^32. */
function highWord(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + (Math.imul(aLow, bLow) >>> 16);
  const cross = aLow * bHigh + (middle & 0xffff);
  return aHigh * bHigh + (middle >>> 16) + (cross >>> 16);
}

/** One block of Philox4x32-10: writes four words from `at` on. Counter words and keys are taken modulo 2^32. */
export function philoxOf(
  counter0: number,
  counter1: number,
  counter2: number,
  counter3: number,
  keyLow: number,
  keyHigh: number,
  words: Uint32Array,
  at: number,
): void {
  let c0 = counter0 >>> 0;
  let c1 = counter1 >>> 0;
  let c2 = counter2 >>> 0;
  let c3 = counter3 >>> 0;
  let k0 = keyLow >>> 0;
  let k1 = keyHigh >>> 0;
  for (let round = 0; round < 10; round++) {
    const even = Math.imul(multiplierEven, c0) >>> 0;
    const odd = Math.imul(multiplierOdd, c2) >>> 0;
    const evenHigh = highWord(multiplierEven, c0);
    c0 = (highWord(multiplierOdd, c2) ^ c1 ^ k0) >>> 0;
    c1 = odd;
    c2 = (evenHigh ^ c3 ^ k1) >>> 0;
    c3 = even;
    k0 = (k0 + incrementLow) >>> 0;
    k1 = (k1 + incrementHigh) >>> 0;
  }
  words[at] = c0;
  words[at + 1] = c1;
  words[at + 2] = c2;
  words[at + 3] = c3;
}
