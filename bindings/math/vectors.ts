// Sums run in four lanes, which are added as (0 + 1) + (2 + 3): one chain of additions would wait for itself.

/** a'b. */
export function dot(a: Float64Array, b: Float64Array): number {
  const size = a.length;
  const whole = size - (size % 4);
  let first = 0;
  let second = 0;
  let third = 0;
  let fourth = 0;
  for (let i = 0; i < whole; i += 4) {
    first += a[i] * b[i];
    second += a[i + 1] * b[i + 1];
    third += a[i + 2] * b[i + 2];
    fourth += a[i + 3] * b[i + 3];
  }
  for (let i = whole; i < size; i++) first += a[i] * b[i];
  return first + second + (third + fourth);
}

/** a'b and a'c among entries that are free; `free` is 1 or 0. One reading of a for both. */
export function freeDots(
  a: Float64Array,
  b: Float64Array,
  c: Float64Array,
  free: Float64Array,
): [ab: number, ac: number] {
  const size = a.length;
  const whole = size - (size % 2);
  let evenB = 0;
  let oddB = 0;
  let evenC = 0;
  let oddC = 0;
  for (let i = 0; i < whole; i += 2) {
    const even = a[i] * free[i];
    const odd = a[i + 1] * free[i + 1];
    evenB += even * b[i];
    oddB += odd * b[i + 1];
    evenC += even * c[i];
    oddC += odd * c[i + 1];
  }
  if (whole < size) {
    const last = a[whole] * free[whole];
    evenB += last * b[whole];
    evenC += last * c[whole];
  }
  return [evenB + oddB, evenC + oddC];
}

/** a'b among entries that are free. */
export function freeDot(a: Float64Array, b: Float64Array, free: Float64Array): number {
  const size = a.length;
  const whole = size - (size % 4);
  let first = 0;
  let second = 0;
  let third = 0;
  let fourth = 0;
  for (let i = 0; i < whole; i += 4) {
    first += a[i] * b[i] * free[i];
    second += a[i + 1] * b[i + 1] * free[i + 1];
    third += a[i + 2] * b[i + 2] * free[i + 2];
    fourth += a[i + 3] * b[i + 3] * free[i + 3];
  }
  for (let i = whole; i < size; i++) first += a[i] * b[i] * free[i];
  return first + second + (third + fourth);
}

/** into += factor a. */
export function add(into: Float64Array, factor: number, a: Float64Array): void {
  for (let i = 0; i < into.length; i++) into[i] += factor * a[i];
}

/** Entry by entry, a b. */
export function times(a: Float64Array, b: Float64Array): Float64Array {
  const out = new Float64Array(a.length);
  for (let i = 0; i < out.length; i++) out[i] = a[i] * b[i];
  return out;
}

/** a - b. */
export function minus(a: Float64Array, b: Float64Array): Float64Array {
  const out = new Float64Array(a.length);
  for (let i = 0; i < out.length; i++) out[i] = a[i] - b[i];
  return out;
}
