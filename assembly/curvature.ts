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
