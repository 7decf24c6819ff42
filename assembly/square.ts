/** Diagonal of X'WX: what the curvature of a fit is in every entity alone. Additions are in the order of the bricks. */
import { scatter } from './pass';

/**
 * sums[h] += weight_b exposure_j * exposure_j over the exposures of entity h. Assumes weights >= 0 and entities
 * distinct within a brick; a brick of weight 0 adds nothing.
 */
export function squareSegments(
  segments: usize,
  entities: usize,
  exposures: usize,
  weights: usize,
  sums: usize,
  bricks: i32,
): void {
  const begin = load<u32>(segments);
  let e = entities + (<usize>begin << 2);
  let x = exposures + (<usize>begin << 3);
  for (; bricks > 0; bricks--, weights += 8) {
    segments += 4;
    const end = entities + (<usize>load<u32>(segments) << 2);
    const weight = load<f64>(weights);
    if (!(weight > 0)) {
      x += (end - e) << 1;
      e = end;
      continue;
    }
    const pair = f64x2.splat(weight);
    const four = e + ((end - e) & ~15);
    for (; e < four; e += 16, x += 32) {
      const x0 = v128.load(x);
      const x2 = v128.load(x, 16);
      const low = f64x2.mul(f64x2.mul(pair, x0), x0);
      const high = f64x2.mul(f64x2.mul(pair, x2), x2);
      scatter(sums, load<u64>(e), load<u64>(e, 8), low, high);
    }
    for (; e < end; e += 4, x += 8) {
      const exposure = load<f64>(x);
      const at = sums + (<usize>load<u32>(e) << 3);
      store<f64>(at, load<f64>(at) + weight * exposure * exposure);
    }
  }
}

// sum + (weight x) x for two cells
// @ts-expect-error: decorator
@inline
function withSquare(sum: v128, weight: v128, cell: usize): v128 {
  const x = v128.load(cell);
  return f64x2.add(sum, f64x2.mul(f64x2.mul(weight, x), x));
}

/** The same on a dense panel, rows of `columns` cells, a multiple of 4: sums[h] += weight_b x_bh * x_bh. */
export function squarePanel(exposures: usize, weights: usize, sums: usize, bricks: i32, columns: i32): void {
  const rowBytes = <usize>columns << 3;
  // four rows at a time, then one by one: the order of the additions is the same
  for (; bricks >= 4; bricks -= 4, exposures += rowBytes << 2, weights += 32) {
    const row1 = exposures + rowBytes;
    const row2 = row1 + rowBytes;
    const row3 = row2 + rowBytes;
    const weight0 = v128.load64_splat(weights);
    const weight1 = v128.load64_splat(weights, 8);
    const weight2 = v128.load64_splat(weights, 16);
    const weight3 = v128.load64_splat(weights, 24);
    for (let at: usize = 0; at < rowBytes; at += 16) {
      const one = withSquare(v128.load(sums + at), weight0, exposures + at);
      const two = withSquare(one, weight1, row1 + at);
      const three = withSquare(two, weight2, row2 + at);
      v128.store(sums + at, withSquare(three, weight3, row3 + at));
    }
  }
  for (; bricks > 0; bricks--, exposures += rowBytes, weights += 8) {
    const weight = v128.load64_splat(weights);
    for (let at: usize = 0; at < rowBytes; at += 16) {
      v128.store(sums + at, withSquare(v128.load(sums + at), weight, exposures + at));
    }
  }
}
