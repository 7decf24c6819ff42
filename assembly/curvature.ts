/**
 * The data's curvature K = M'M in log productivity, where row b of M holds share_bh * sqrt(total_b).
 * docs/method.md, "Dispersion and evidence".
 */

/**
 * values[j] = exposure_j * productivity[entity_j] / fitted_b * sqrt(total_b), fitted_b summed in the order of the
 * segment. Bricks with total 0 or fitted 0 get zeros.
 */
export function shareSegments(
  segments: usize,
  entities: usize,
  exposures: usize,
  totals: usize,
  productivities: usize,
  values: usize,
  bricks: i32,
): void {
  for (let b = 0; b < bricks; b++) {
    const start = <usize>load<u32>(segments + ((<usize>b) << 2));
    const end = <usize>load<u32>(segments + ((<usize>b) << 2), 4);
    let fit = 0.0;
    for (let j = start; j < end; j++) {
      const mass =
        load<f64>(exposures + (j << 3)) * load<f64>(productivities + ((<usize>load<u32>(entities + (j << 2))) << 3));
      store<f64>(values + (j << 3), mass);
      fit += mass;
    }
    const total = load<f64>(totals + ((<usize>b) << 3));
    const scale = fit > 0 ? sqrt<f64>(total) / fit : 0.0;
    for (let j = start; j < end; j++) store<f64>(values + (j << 3), load<f64>(values + (j << 3)) * scale);
  }
}

const mostRun = 32; // rows taken together: what they hold of eight columns fits the first cache

// how many rows from r on have the same ids as row r, at most `mostRun`; 1 unless those ids follow one upon the other
function runOf(segments: usize, ids: usize, r: i32, rows: i32): i32 {
  const start = load<u32>(segments + (<usize>r << 2));
  const length = load<u32>(segments + (<usize>r << 2), 4) - start;
  if (length < 8) return 1;
  const first = load<u32>(ids + (<usize>start << 2));
  let run = 0;
  let at = start;
  while (run < mostRun && r + run < rows) {
    if (load<u32>(segments + (<usize>(r + run) << 2), 4) - at != length) break;
    if (load<u32>(ids + (<usize>at << 2)) != first) break;
    // ids rise: between equal ends they are the same
    if (load<u32>(ids + (<usize>(at + length - 1) << 2)) != first + length - 1) break;
    run++;
    at += length;
  }
  return max(run, 1);
}

// gram[i][j] += sum over a run of rows, row by row, for one pair of columns
// @ts-expect-error: decorator
@inline
function addPair(values: usize, at: usize, i: usize, j: usize, rowBytes: usize, run: i32): void {
  let sum = load<f64>(at);
  let row = values;
  for (let r = 0; r < run; r++, row += rowBytes) sum += load<f64>(row + (i << 3)) * load<f64>(row + (j << 3));
  store<f64>(at, sum);
}

// outer products of a run of full rows, in tiles of four columns by four: additions in the order of the rows
function gramRun(values: usize, gram: usize, length: usize, gramBytes: usize, run: i32): void {
  const rowBytes = length << 3;
  const four = length & ~3;
  for (let i: usize = 0; i < four; i += 4) {
    const at0 = gram + i * gramBytes;
    const at1 = at0 + gramBytes;
    const at2 = at1 + gramBytes;
    const at3 = at2 + gramBytes;
    for (let j: usize = 0; j < i; j += 4) {
      const to = j << 3;
      let a0 = v128.load(at0 + to);
      let b0 = v128.load(at0 + to, 16);
      let a1 = v128.load(at1 + to);
      let b1 = v128.load(at1 + to, 16);
      let a2 = v128.load(at2 + to);
      let b2 = v128.load(at2 + to, 16);
      let a3 = v128.load(at3 + to);
      let b3 = v128.load(at3 + to, 16);
      let left = values + (i << 3);
      let right = values + to;
      for (let r = 0; r < run; r++, left += rowBytes, right += rowBytes) {
        const low = v128.load(right);
        const high = v128.load(right, 16);
        const v0 = v128.load64_splat(left);
        a0 = f64x2.add(a0, f64x2.mul(v0, low));
        b0 = f64x2.add(b0, f64x2.mul(v0, high));
        const v1 = v128.load64_splat(left, 8);
        a1 = f64x2.add(a1, f64x2.mul(v1, low));
        b1 = f64x2.add(b1, f64x2.mul(v1, high));
        const v2 = v128.load64_splat(left, 16);
        a2 = f64x2.add(a2, f64x2.mul(v2, low));
        b2 = f64x2.add(b2, f64x2.mul(v2, high));
        const v3 = v128.load64_splat(left, 24);
        a3 = f64x2.add(a3, f64x2.mul(v3, low));
        b3 = f64x2.add(b3, f64x2.mul(v3, high));
      }
      v128.store(at0 + to, a0);
      v128.store(at0 + to, b0, 16);
      v128.store(at1 + to, a1);
      v128.store(at1 + to, b1, 16);
      v128.store(at2 + to, a2);
      v128.store(at2 + to, b2, 16);
      v128.store(at3 + to, a3);
      v128.store(at3 + to, b3, 16);
    }
    for (let k = i; k < i + 4; k++) {
      for (let j = i; j <= k; j++) addPair(values, gram + k * gramBytes + (j << 3), k, j, rowBytes, run);
    }
  }
  for (let i = four; i < length; i++) {
    for (let j: usize = 0; j <= i; j++) addPair(values, gram + i * gramBytes + (j << 3), i, j, rowBytes, run);
  }
}

/**
 * Adds the outer product of every row to the lower triangle of a size x size matrix stored by rows:
 *   gram[i][j] += v_i v_j, j <= i
 * Ids rise within a row. Additions to an element are in the order of the rows. Rows of the same ids, one following upon
 * the other, are taken many at a time: dense data belong in full rows, zeros included.
 */
export function gramSegments(segments: usize, ids: usize, values: usize, gram: usize, rows: i32, size: i32): void {
  const rowBytes = (<usize>size) << 3;
  for (let r = 0; r < rows; ) {
    const run = runOf(segments, ids, r, rows);
    const start = <usize>load<u32>(segments + ((<usize>r) << 2));
    const end = <usize>load<u32>(segments + ((<usize>r) << 2), 4);
    r += run;
    if (run > 1) {
      const first = <usize>load<u32>(ids + (start << 2));
      gramRun(values + (start << 3), gram + first * (rowBytes + 8), end - start, rowBytes, run);
      continue;
    }
    for (let i = start; i < end; i++) {
      const value = load<f64>(values + (i << 3));
      if (value == 0) continue;
      const row = gram + <usize>load<u32>(ids + (i << 2)) * rowBytes;
      for (let j = start; j <= i; j++) {
        const at = row + ((<usize>load<u32>(ids + (j << 2))) << 3);
        store<f64>(at, load<f64>(at) + value * load<f64>(values + (j << 3)));
      }
    }
  }
}

/**
 * outputs += M'M inputs for eight vectors at once, interleaved: vector k of id h stands at 8 h + k.
 */
export function multiplySegments(
  segments: usize,
  ids: usize,
  values: usize,
  inputs: usize,
  outputs: usize,
  rows: i32,
): void {
  for (let r = 0; r < rows; r++) {
    const start = <usize>load<u32>(segments + ((<usize>r) << 2));
    const end = <usize>load<u32>(segments + ((<usize>r) << 2), 4);
    // t = row . inputs
    let t0 = f64x2.splat(0);
    let t1 = f64x2.splat(0);
    let t2 = f64x2.splat(0);
    let t3 = f64x2.splat(0);
    for (let j = start; j < end; j++) {
      const value = f64x2.splat(load<f64>(values + (j << 3)));
      const at = inputs + ((<usize>load<u32>(ids + (j << 2))) << 6);
      t0 = f64x2.add(t0, f64x2.mul(value, v128.load(at)));
      t1 = f64x2.add(t1, f64x2.mul(value, v128.load(at, 16)));
      t2 = f64x2.add(t2, f64x2.mul(value, v128.load(at, 32)));
      t3 = f64x2.add(t3, f64x2.mul(value, v128.load(at, 48)));
    }
    // outputs += row' t
    for (let j = start; j < end; j++) {
      const value = f64x2.splat(load<f64>(values + (j << 3)));
      const at = outputs + ((<usize>load<u32>(ids + (j << 2))) << 6);
      v128.store(at, f64x2.add(v128.load(at), f64x2.mul(value, t0)));
      v128.store(at, f64x2.add(v128.load(at, 16), f64x2.mul(value, t1)), 16);
      v128.store(at, f64x2.add(v128.load(at, 32), f64x2.mul(value, t2)), 32);
      v128.store(at, f64x2.add(v128.load(at, 48), f64x2.mul(value, t3)), 48);
    }
  }
}
