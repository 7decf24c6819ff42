/** How many figures of as many digits there are: 12.34 is one of about 1234. Zeros at the end say nothing. */
export function countOf(value: number): number {
  const text = Math.abs(value)
    .toPrecision(9)
    .replace(/e.*$/, '')
    .replace('.', '')
    .replace(/^0+|0+$/g, '');
  return 1 + Number(text);
}
