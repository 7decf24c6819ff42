/** An Arrow type of decimals: whole numbers of 10^-scale. */
interface DecimalType {
  readonly scale: number;
}

export function isDecimal(type: unknown): type is DecimalType {
  if (typeof type !== 'object' || type === null) return false;
  return Number.isInteger((type as DecimalType).scale) && /^Decimal/.test(String(type));
}

/**
 * The number an Arrow decimal stands for, correctly rounded: `get` hands over its words, least first, in two's complement, and
 * leaves the scale to the reader. What is no words is given back as it is.
 */
export function decimalOf({ scale }: DecimalType, words: unknown): unknown {
  if (!(words instanceof Uint32Array || words instanceof Int32Array)) return words;
  let whole = 0n;
  for (let i = words.length - 1; i >= 0; i--) whole = (whole << 32n) | BigInt(words[i] >>> 0);
  whole = BigInt.asIntN(32 * words.length, whole);
  return Number(`${whole}e${-scale}`);
}
