/** Bricks times covariates: how fitted totals move with coefficients. docs/method.md, "Covariates". */

// columns c .. c + 7 of a row: sums over the brick's exposures in four registers
// @ts-expect-error: decorator
@inline
function eight(
  entities: usize,
  exposures: usize,
  productivities: usize,
  design: usize,
  output: usize,
  start: usize,
  end: usize,
  rowBytes: usize,
): void {
  let s0 = f64x2.splat(0);
  let s1 = f64x2.splat(0);
  let s2 = f64x2.splat(0);
  let s3 = f64x2.splat(0);
  for (let j = start; j < end; j++) {
    const entity = <usize>load<u32>(entities + (j << 2));
    const mass = f64x2.splat(load<f64>(exposures + (j << 3)) * load<f64>(productivities + (entity << 3)));
    const at = design + entity * rowBytes;
    s0 = f64x2.add(s0, f64x2.mul(mass, v128.load(at)));
    s1 = f64x2.add(s1, f64x2.mul(mass, v128.load(at, 16)));
    s2 = f64x2.add(s2, f64x2.mul(mass, v128.load(at, 32)));
    s3 = f64x2.add(s3, f64x2.mul(mass, v128.load(at, 48)));
  }
  v128.store(output, s0);
  v128.store(output, s1, 16);
  v128.store(output, s2, 32);
  v128.store(output, s3, 48);
}

// @ts-expect-error: decorator
@inline
function four(
  entities: usize,
  exposures: usize,
  productivities: usize,
  design: usize,
  output: usize,
  start: usize,
  end: usize,
  rowBytes: usize,
): void {
  let s0 = f64x2.splat(0);
  let s1 = f64x2.splat(0);
  for (let j = start; j < end; j++) {
    const entity = <usize>load<u32>(entities + (j << 2));
    const mass = f64x2.splat(load<f64>(exposures + (j << 3)) * load<f64>(productivities + (entity << 3)));
    const at = design + entity * rowBytes;
    s0 = f64x2.add(s0, f64x2.mul(mass, v128.load(at)));
    s1 = f64x2.add(s1, f64x2.mul(mass, v128.load(at, 16)));
  }
  v128.store(output, s0);
  v128.store(output, s1, 16);
}

/**
 * How fitted totals move with coefficients: over the exposures j of brick b, in their order,
 *   outputs[b][c] = sum_j (exposure_j * productivity[entity_j]) * design[entity_j][c]
 * Rows of `design` and of `outputs` hold `columns` doubles, a multiple of 4. A brick without exposures gets zeros.
 */
export function projectSegments(
  segments: usize,
  entities: usize,
  exposures: usize,
  productivities: usize,
  design: usize,
  outputs: usize,
  bricks: i32,
  columns: i32,
): void {
  const rowBytes = <usize>columns << 3;
  const paired = <usize>(columns & ~7) << 3;
  for (let b = 0; b < bricks; b++, segments += 4, outputs += rowBytes) {
    const start = <usize>load<u32>(segments);
    const end = <usize>load<u32>(segments, 4);
    for (let c: usize = 0; c < paired; c += 64) {
      eight(entities, exposures, productivities, design + c, outputs + c, start, end, rowBytes);
    }
    if (paired < rowBytes) {
      four(entities, exposures, productivities, design + paired, outputs + paired, start, end, rowBytes);
    }
  }
}
