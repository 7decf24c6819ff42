/**
 * Dense triangular algebra on matrices stored by rows, lower triangle only. Dot products run in four lanes (element k
 * goes to lane k % 4), the last one to three elements into lane 0, joined as (0 + 1) + (2 + 3).
 */

// @ts-expect-error: decorator
@inline
function dot(a: usize, b: usize, count: i32): f64 {
  let even = f64x2.splat(0);
  let odd = f64x2.splat(0);
  const four = a + (<usize>(count & ~3) << 3);
  const end = a + (<usize>count << 3);
  for (; a < four; a += 32, b += 32) {
    even = f64x2.add(even, f64x2.mul(v128.load(a), v128.load(b)));
    odd = f64x2.add(odd, f64x2.mul(v128.load(a, 16), v128.load(b, 16)));
  }
  let lane0 = f64x2.extract_lane(even, 0);
  for (; a < end; a += 8, b += 8) lane0 += load<f64>(a) * load<f64>(b);
  return (lane0 + f64x2.extract_lane(even, 1)) + (f64x2.extract_lane(odd, 0) + f64x2.extract_lane(odd, 1));
}

/**
 * Cholesky factor L of A = L L', in place of the lower triangle.
 * Returns 0, or 1 + the first row whose pivot is not positive (also taken for NaN); rows before it are done.
 */
export function cholesky(matrix: usize, size: i32): i32 {
  const rowBytes = <usize>size << 3;
  for (let i = 0; i < size; i++) {
    const row = matrix + <usize>i * rowBytes;
    let other = matrix;
    for (let j = 0; j < i; j++) {
      const at = row + (<usize>j << 3);
      store<f64>(at, (load<f64>(at) - dot(row, other, j)) / load<f64>(other + (<usize>j << 3)));
      other += rowBytes;
    }
    const at = row + (<usize>i << 3);
    const pivot = load<f64>(at) - dot(row, row, i);
    if (!(pivot > 0)) return i + 1;
    store<f64>(at, sqrt<f64>(pivot));
  }
  return 0;
}

/**
 * Trace of (L L')^-1: the sum of squares of X = L^-1, which takes the place of L.
 *   X[i] = (e_i - sum_{k<i} L[i][k] X[k]) / L[i][i]
 * `scratch` holds one row. Squares are added row by row, then over rows.
 */
export function traceInverse(matrix: usize, scratch: usize, size: i32): f64 {
  const rowBytes = <usize>size << 3;
  let trace = 0.0;
  for (let i = 0; i < size; i++) {
    const row = matrix + <usize>i * rowBytes;
    memory.fill(scratch, 0, rowBytes);
    let other = matrix;
    for (let k = 0; k < i; k++) {
      const factor = load<f64>(row + (<usize>k << 3));
      const pair = f64x2.splat(factor);
      // scratch[0..k] -= factor * X[k][0..k], by pairs; what lies past k in X[k] is not read
      const pairs = (k + 1) & ~1;
      const end = <usize>pairs << 3;
      for (let at: usize = 0; at < end; at += 16) {
        v128.store(scratch + at, f64x2.sub(v128.load(scratch + at), f64x2.mul(pair, v128.load(other + at))));
      }
      if (pairs <= k) store<f64>(scratch + end, load<f64>(scratch + end) - factor * load<f64>(other + end));
      other += rowBytes;
    }
    const pivot = load<f64>(row + (<usize>i << 3));
    store<f64>(scratch + (<usize>i << 3), 1.0);
    let squares = 0.0;
    for (let j = 0; j <= i; j++) {
      const x = load<f64>(scratch + (<usize>j << 3)) / pivot;
      store<f64>(row + (<usize>j << 3), x);
      squares += x * x;
    }
    trace += squares;
  }
  return trace;
}
