/**
 * Dense triangular algebra on matrices stored by rows, lower triangle only. Rows are taken four at a time, so that each
 * row before them is fetched once for all four; that changes no operation and no order. Dot products run in four lanes
 * (element k goes to lane k % 4), the last one to three elements into lane 0, joined as (0 + 1) + (2 + 3).
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

// joins the lanes of one dot product after its tail, elements `from` .. `end` of a against b
// @ts-expect-error: decorator
@inline
function joined(even: v128, odd: v128, from: usize, end: usize, b: usize): f64 {
  let lane0 = f64x2.extract_lane(even, 0);
  for (; from < end; from += 8, b += 8) lane0 += load<f64>(from) * load<f64>(b);
  return (lane0 + f64x2.extract_lane(even, 1)) + (f64x2.extract_lane(odd, 0) + f64x2.extract_lane(odd, 1));
}

// element j of four rows from `row` on: L[i][j] = (A[i][j] - L[i] . L[j]) / L[j][j]
function eliminateFour(row: usize, other: usize, j: i32, rowBytes: usize): void {
  let even0 = f64x2.splat(0);
  let odd0 = f64x2.splat(0);
  let even1 = f64x2.splat(0);
  let odd1 = f64x2.splat(0);
  let even2 = f64x2.splat(0);
  let odd2 = f64x2.splat(0);
  let even3 = f64x2.splat(0);
  let odd3 = f64x2.splat(0);
  const row1 = row + rowBytes;
  const row2 = row1 + rowBytes;
  const row3 = row2 + rowBytes;
  const four = <usize>(j & ~3) << 3;
  for (let at: usize = 0; at < four; at += 32) {
    const low = v128.load(other + at);
    const high = v128.load(other + at, 16);
    even0 = f64x2.add(even0, f64x2.mul(v128.load(row + at), low));
    odd0 = f64x2.add(odd0, f64x2.mul(v128.load(row + at, 16), high));
    even1 = f64x2.add(even1, f64x2.mul(v128.load(row1 + at), low));
    odd1 = f64x2.add(odd1, f64x2.mul(v128.load(row1 + at, 16), high));
    even2 = f64x2.add(even2, f64x2.mul(v128.load(row2 + at), low));
    odd2 = f64x2.add(odd2, f64x2.mul(v128.load(row2 + at, 16), high));
    even3 = f64x2.add(even3, f64x2.mul(v128.load(row3 + at), low));
    odd3 = f64x2.add(odd3, f64x2.mul(v128.load(row3 + at, 16), high));
  }
  const to = <usize>j << 3;
  const pivot = load<f64>(other + to);
  store<f64>(row + to, (load<f64>(row + to) - joined(even0, odd0, row + four, row + to, other + four)) / pivot);
  store<f64>(row1 + to, (load<f64>(row1 + to) - joined(even1, odd1, row1 + four, row1 + to, other + four)) / pivot);
  store<f64>(row2 + to, (load<f64>(row2 + to) - joined(even2, odd2, row2 + four, row2 + to, other + four)) / pivot);
  store<f64>(row3 + to, (load<f64>(row3 + to) - joined(even3, odd3, row3 + four, row3 + to, other + four)) / pivot);
}

/**
 * Cholesky factor L of A = L L', in place of the lower triangle: rows `from` (a multiple of 4) up to `to` of it, those
 * before them done. Cutting between rows changes no operation.
 * Returns 0, or 1 + the first row whose pivot is not positive (also taken for NaN); rows before it are done, those
 * after it in the same four are begun.
 */
export function cholesky(matrix: usize, size: i32, from: i32, to: i32): i32 {
  const rowBytes = <usize>size << 3;
  for (let first = from; first < to; first += 4) {
    const block = matrix + <usize>first * rowBytes;
    const rows = min(4, size - first);
    if (rows == 4) {
      let other = matrix;
      for (let j = 0; j < first; j++, other += rowBytes) eliminateFour(block, other, j, rowBytes);
    }
    for (let i = first; i < first + rows; i++) {
      const row = matrix + <usize>i * rowBytes;
      const start = rows == 4 ? first : 0;
      let other = matrix + <usize>start * rowBytes;
      for (let j = start; j < i; j++) {
        const at = row + (<usize>j << 3);
        store<f64>(at, (load<f64>(at) - dot(row, other, j)) / load<f64>(other + (<usize>j << 3)));
        other += rowBytes;
      }
      const at = row + (<usize>i << 3);
      const pivot = load<f64>(at) - dot(row, row, i);
      if (!(pivot > 0)) return i + 1;
      store<f64>(at, sqrt<f64>(pivot));
    }
  }
  return 0;
}

// scratch -= L[i][k] X[k], elements 0 .. k, for one row
// @ts-expect-error: decorator
@inline
function subtract(scratch: usize, factor: f64, other: usize, k: i32): void {
  const pair = f64x2.splat(factor);
  const end = <usize>((k + 1) & ~1) << 3;
  for (let at: usize = 0; at < end; at += 16) {
    v128.store(scratch + at, f64x2.sub(v128.load(scratch + at), f64x2.mul(pair, v128.load(other + at))));
  }
  if ((k & 1) == 0) store<f64>(scratch + end, load<f64>(scratch + end) - factor * load<f64>(other + end));
}

// the same for four rows, whose scratch rows follow one another
function subtractFour(scratch: usize, row: usize, other: usize, k: i32, rowBytes: usize): void {
  const to = <usize>k << 3;
  const factor0 = load<f64>(row + to);
  const factor1 = load<f64>(row + rowBytes + to);
  const factor2 = load<f64>(row + 2 * rowBytes + to);
  const factor3 = load<f64>(row + 3 * rowBytes + to);
  const pair0 = f64x2.splat(factor0);
  const pair1 = f64x2.splat(factor1);
  const pair2 = f64x2.splat(factor2);
  const pair3 = f64x2.splat(factor3);
  const scratch1 = scratch + rowBytes;
  const scratch2 = scratch1 + rowBytes;
  const scratch3 = scratch2 + rowBytes;
  const end = <usize>((k + 1) & ~1) << 3;
  for (let at: usize = 0; at < end; at += 16) {
    const x = v128.load(other + at);
    v128.store(scratch + at, f64x2.sub(v128.load(scratch + at), f64x2.mul(pair0, x)));
    v128.store(scratch1 + at, f64x2.sub(v128.load(scratch1 + at), f64x2.mul(pair1, x)));
    v128.store(scratch2 + at, f64x2.sub(v128.load(scratch2 + at), f64x2.mul(pair2, x)));
    v128.store(scratch3 + at, f64x2.sub(v128.load(scratch3 + at), f64x2.mul(pair3, x)));
  }
  if ((k & 1) == 0) {
    const x = load<f64>(other + end);
    store<f64>(scratch + end, load<f64>(scratch + end) - factor0 * x);
    store<f64>(scratch1 + end, load<f64>(scratch1 + end) - factor1 * x);
    store<f64>(scratch2 + end, load<f64>(scratch2 + end) - factor2 * x);
    store<f64>(scratch3 + end, load<f64>(scratch3 + end) - factor3 * x);
  }
}

/**
 * Trace of (L L')^-1: the sum of squares of X = L^-1, which takes the place of L.
 *   X[i] = (e_i - sum_{k<i} L[i][k] X[k]) / L[i][i]
 * Rows `from` (a multiple of 4) up to `to`, those before them done, whose trace is `trace`. `scratch` holds four rows. Terms
 * are subtracted in the order of k; squares are added row by row, then over rows.
 */
export function traceInverse(matrix: usize, scratch: usize, size: i32, from: i32, to: i32, trace: f64): f64 {
  const rowBytes = <usize>size << 3;
  for (let first = from; first < to; first += 4) {
    const block = matrix + <usize>first * rowBytes;
    const rows = min(4, size - first);
    memory.fill(scratch, 0, 4 * rowBytes);
    if (rows == 4) {
      let other = matrix;
      for (let k = 0; k < first; k++, other += rowBytes) subtractFour(scratch, block, other, k, rowBytes);
    }
    for (let i = first; i < first + rows; i++) {
      const row = matrix + <usize>i * rowBytes;
      const own = scratch + <usize>(i - first) * rowBytes;
      const start = rows == 4 ? first : 0;
      let other = matrix + <usize>start * rowBytes;
      for (let k = start; k < i; k++, other += rowBytes) subtract(own, load<f64>(row + (<usize>k << 3)), other, k);
      const pivot = load<f64>(row + (<usize>i << 3));
      store<f64>(own + (<usize>i << 3), 1.0);
      let squares = 0.0;
      for (let j = 0; j <= i; j++) {
        const x = load<f64>(own + (<usize>j << 3)) / pivot;
        store<f64>(row + (<usize>j << 3), x);
        squares += x * x;
      }
      trace += squares;
    }
  }
  return trace;
}

/**
 * Solves L L' x = b in place of b, for the factor L that `cholesky` leaves.
 *   y_i = (b_i - L[i] . y) / L[i][i], i rising;  x_i = y_i / L[i][i], then y_j -= x_i L[i][j] for j < i, i falling
 */
export function solveCholesky(matrix: usize, vector: usize, size: i32): void {
  const rowBytes = <usize>size << 3;
  let row = matrix;
  for (let i = 0; i < size; i++, row += rowBytes) {
    const to = <usize>i << 3;
    store<f64>(vector + to, (load<f64>(vector + to) - dot(row, vector, i)) / load<f64>(row + to));
  }
  for (let i = size - 1; i >= 0; i--) {
    row -= rowBytes;
    const to = <usize>i << 3;
    const x = load<f64>(vector + to) / load<f64>(row + to);
    store<f64>(vector + to, x);
    if (i > 0) subtract(vector, x, row, i - 1);
  }
}
