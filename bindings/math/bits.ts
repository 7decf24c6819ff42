// Doubles as bits, for the JS kernels. Words are little-endian, as on every platform that runs these engines.
const value = /* @__PURE__ */ new Float64Array(1);
const words = /* @__PURE__ */ new Int32Array(value.buffer);

/** The upper 32 bits of a double: sign, exponent, 20 bits of the mantissa. */
export function highWord(x: number): number {
  value[0] = x;
  return words[1];
}

/** x with only the upper 26 bits of its mantissa: two such numbers have an exact product. */
export function upper(x: number): number {
  value[0] = x;
  words[0] &= 0xf8000000;
  return value[0];
}

/** 2^n for n = -1024..1023 stands at n + 1024. */
export const powersOfTwo = /* @__PURE__ */ allPowersOfTwo();

// exact: each is half or twice its neighbour
function allPowersOfTwo(): Float64Array {
  const powers = new Float64Array(2048);
  powers[1024] = 1;
  for (let n = 1025; n < 2048; n++) powers[n] = powers[n - 1] * 2;
  for (let n = 1023; n >= 0; n--) powers[n] = powers[n + 1] / 2;
  return powers;
}
