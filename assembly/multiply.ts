/**
 * W = sum over rows of weight_r v_r v_r' applied to eight vectors at once, for the trace of what it decides.
 * docs/method.md, "Dispersion and evidence".
 */

/**
 * outputs += W inputs for eight interleaved vectors: vector k of id h stands at 8 h + k. A row of weight 0 adds nothing, and
 * its values are not read. Additions to an element are in the order of the rows.
 */
export function multiplySegments(
  segments: usize,
  ids: usize,
  values: usize,
  weights: usize,
  inputs: usize,
  outputs: usize,
  rows: i32,
): void {
  for (let r = 0; r < rows; r++) {
    const start = <usize>load<u32>(segments + ((<usize>r) << 2));
    const end = <usize>load<u32>(segments + ((<usize>r) << 2), 4);
    const weight = load<f64>(weights + ((<usize>r) << 3));
    if (weight == 0) continue;
    // t = weight * row . inputs
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
    const by = f64x2.splat(weight);
    t0 = f64x2.mul(t0, by);
    t1 = f64x2.mul(t1, by);
    t2 = f64x2.mul(t2, by);
    t3 = f64x2.mul(t3, by);
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
