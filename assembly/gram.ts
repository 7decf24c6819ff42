/**
 * Weighted cross products X'WX and X'Wz. Additions to an element are in the order of the rows, however rows and columns
 * are taken together.
 */
import { scatter } from './pass';

// rows whose weighted copies stand in `scratch`: four columns of them, and of X, stay in the first cache
const tileRows = 32;

// scratch = the rows times their weights, four columns of all rows after the other
function weigh(exposures: usize, weights: usize, scratch: usize, rows: i32, rowBytes: usize): void {
  const stripBytes = <usize>rows << 5;
  for (let r = 0; r < rows; r++, weights += 8, scratch += 32) {
    const weight = v128.load64_splat(weights);
    let to = scratch;
    for (let at = exposures; at < exposures + rowBytes; at += 32, to += stripBytes) {
      v128.store(to, f64x2.mul(weight, v128.load(at)));
      v128.store(to, f64x2.mul(weight, v128.load(at, 16)), 16);
    }
    exposures += rowBytes;
  }
}

// four rows of `gram` by four columns: gram[i][j] += left[r][i] * right[r][j], row after row. A tile on the diagonal
// goes without the two by two elements that lie above it.
// @ts-expect-error: decorator
@inline
function addTile(left: usize, right: usize, gram: usize, rows: i32, rowBytes: usize, diagonal: bool): void {
  const gram1 = gram + rowBytes;
  const gram2 = gram1 + rowBytes;
  const gram3 = gram2 + rowBytes;
  let low0 = v128.load(gram);
  let high0 = v128.load(gram, 16);
  let low1 = v128.load(gram1);
  let high1 = v128.load(gram1, 16);
  let low2 = v128.load(gram2);
  let high2 = v128.load(gram2, 16);
  let low3 = v128.load(gram3);
  let high3 = v128.load(gram3, 16);
  for (let r = 0; r < rows; r++, left += 32, right += rowBytes) {
    const low = v128.load(right);
    const high = v128.load(right, 16);
    const left0 = v128.load64_splat(left);
    low0 = f64x2.add(low0, f64x2.mul(left0, low));
    if (!diagonal) high0 = f64x2.add(high0, f64x2.mul(left0, high));
    const left1 = v128.load64_splat(left, 8);
    low1 = f64x2.add(low1, f64x2.mul(left1, low));
    if (!diagonal) high1 = f64x2.add(high1, f64x2.mul(left1, high));
    const left2 = v128.load64_splat(left, 16);
    low2 = f64x2.add(low2, f64x2.mul(left2, low));
    high2 = f64x2.add(high2, f64x2.mul(left2, high));
    const left3 = v128.load64_splat(left, 24);
    low3 = f64x2.add(low3, f64x2.mul(left3, low));
    high3 = f64x2.add(high3, f64x2.mul(left3, high));
  }
  v128.store(gram, low0);
  if (!diagonal) v128.store(gram, high0, 16);
  v128.store(gram1, low1);
  if (!diagonal) v128.store(gram1, high1, 16);
  v128.store(gram2, low2);
  v128.store(gram2, high2, 16);
  v128.store(gram3, low3);
  v128.store(gram3, high3, 16);
}

/**
 * Weighted Gram matrix of a dense panel, added to the lower triangle of a columns x columns matrix stored by rows:
 *   gram[i][j] += sum_b (weight_b x_bi) x_bj, j <= i
 * `columns` is a multiple of 4. Above the diagonal the elements [i][i + 1] of even i are added to as well, all others
 * stay as they are. `scratch` holds gramScratch(columns) doubles.
 */
export function gramPanel(
  exposures: usize,
  weights: usize,
  gram: usize,
  scratch: usize,
  bricks: i32,
  columns: i32,
): void {
  const rowBytes = <usize>columns << 3;
  for (let first = 0; first < bricks; first += tileRows) {
    const rows = min(tileRows, bricks - first);
    weigh(exposures, weights, scratch, rows, rowBytes);
    let left = scratch;
    let row = gram;
    for (let i: usize = 0; i < rowBytes; i += 32) {
      for (let j: usize = 0; j < i; j += 32) addTile(left, exposures + j, row + j, rows, rowBytes, false);
      addTile(left, exposures + i, row + i, rows, rowBytes, true);
      left += <usize>rows << 5;
      row += rowBytes << 2;
    }
    exposures += <usize>rows * rowBytes;
    weights += <usize>rows << 3;
  }
}

const blockElements = 65536; // elements of gram that are added to at a time, 0.5 MB: they stay in the second cache

// the first entry from `start` on whose id is at least `least`: ids rise, about as evenly as they would by chance
function firstFrom(ids: usize, start: usize, end: usize, least: i32, size: i32): usize {
  let at = start + <usize>(<f64>least / <f64>size * <f64>(end - start));
  while (at > start && load<u32>(ids + (at << 2) - 4) >= <u32>least) at--;
  while (at < end && load<u32>(ids + (at << 2)) < <u32>least) at++;
  return at;
}

/**
 * Adds the weighted outer product of every row to the lower triangle of a size x size matrix stored by rows:
 *   gram[i][j] += (weight_r v_i) v_j, j <= i
 * Ids rise within a row.
 */
export function gramSegments(
  segments: usize,
  ids: usize,
  values: usize,
  weights: usize,
  gram: usize,
  rows: i32,
  size: i32,
): void {
  const rowBytes = (<usize>size) << 3;
  for (let first = 0; first < size; ) {
    // as many rows of gram as hold that many elements of the triangle
    const past = min(size, max(first + 1, <i32>sqrt<f64>(<f64>first * <f64>first + 2 * blockElements)));
    for (let r = 0; r < rows; r++) {
      const start = <usize>load<u32>(segments + ((<usize>r) << 2));
      const end = <usize>load<u32>(segments + ((<usize>r) << 2), 4);
      const weight = load<f64>(weights + ((<usize>r) << 3));
      for (let i = first > 0 ? firstFrom(ids, start, end, first, size) : start; i < end; i++) {
        const id = load<u32>(ids + (i << 2));
        if (id >= <u32>past) break;
        const value = weight * load<f64>(values + (i << 3));
        if (value == 0) continue;
        const row = gram + <usize>id * rowBytes;
        const pair = f64x2.splat(value);
        let e = ids + (start << 2);
        let v = values + (start << 3);
        const last = ids + (i << 2);
        const four = e + ((last + 4 - e) & ~15);
        for (; e < four; e += 16, v += 32) {
          const low = f64x2.mul(pair, v128.load(v));
          const high = f64x2.mul(pair, v128.load(v, 16));
          scatter(row, load<u64>(e), load<u64>(e, 8), low, high);
        }
        for (; e <= last; e += 4, v += 8) {
          const at = row + (<usize>load<u32>(e) << 3);
          store<f64>(at, load<f64>(at) + value * load<f64>(v));
        }
      }
    }
    first = past;
  }
}
