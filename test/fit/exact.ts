// Doubles as whole numbers of 2^-1074, so that sums and products are exact: slow, plain, nothing in common with the library.

const view = new DataView(new ArrayBuffer(8));

/** x * 2^1074, exactly. */
export function whole(x: number): bigint {
  view.setFloat64(0, x);
  const bits = view.getBigUint64(0);
  const exponent = (bits >> 52n) & 2047n;
  const mantissa = bits & 0xfffffffffffffn;
  const size = exponent === 0n ? mantissa : (mantissa | (1n << 52n)) << (exponent - 1n);
  return bits >> 63n ? -size : size;
}

/** The double nearest to n * 2^-1074, ties to the even one. */
export function nearest(n: bigint): number {
  const size = n < 0n ? -n : n;
  const bits = BigInt(size.toString(2).length);
  const drop = bits > 53n ? bits - 53n : 0n;
  let kept = size >> drop;
  const rest = size - (kept << drop);
  const half = drop > 0n ? 1n << (drop - 1n) : 0n;
  if (drop > 0n && (rest > half || (rest === half && (kept & 1n) === 1n))) kept += 1n;
  // the exponent field counts the places dropped; a mantissa that rounded up to 2^53 carries into it
  view.setBigUint64(0, (drop << 52n) + kept);
  return (n < 0n ? -1 : 1) * view.getFloat64(0);
}
