/**
 * True for two lists or typed arrays of one kind that hold the same primitive values in the same order, to the bit.
 * Whatever else there is goes the usual way, which takes a microsecond or more for each value.
 */
export function sameAtOnce(a: unknown, b: unknown): true | undefined {
  if (Array.isArray(a) ? !Array.isArray(b) : !isTyped(a) || !isTyped(b)) return undefined;
  const [one, other] = [a, b] as [ArrayLike<unknown>, ArrayLike<unknown>];
  if (one.constructor !== other.constructor || one.length !== other.length) return undefined;
  // a name beside the values, or a hole, is the usual way's to judge
  if (Array.isArray(a) && !(isPlain(a) && isPlain(b as unknown[]))) return undefined;
  for (let i = 0; i < one.length; i++) {
    const value = one[i];
    if (value === undefined || (typeof value === 'object' && value !== null) || typeof value === 'function')
      return undefined;
    if (!Object.is(value, other[i])) return undefined;
  }
  return true;
}

const isTyped = (value: unknown): boolean => ArrayBuffer.isView(value) && !(value instanceof DataView);
const isPlain = (list: unknown[]): boolean => Object.keys(list).length === list.length;
