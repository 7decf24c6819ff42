/**
 * The exact split. docs/method.md, "The exact split". With q = ulp(total) and N = |total| / q, a whole number of at
 * most 53 bits, part j is (c_j - c_{j-1}) q where c_j = round(N W_j / W_n) and W_j is the running sum of
 * exposure * productivity. Every part is a whole multiple of q and any partial sum of parts is at most N of them, so
 * adding them up is exact in whatever order. The running sum carries its rounding error along (two-sum), so a part is
 * within about 2.5 q of the real share however many there are.
 */

const smallest: f64 = reinterpret<f64>(<u64>1); // the smallest positive double, 2^-1074
const shift52: f64 = 4503599627370496.0; // 2^52
const far: f64 = reinterpret<f64>(<u64>(1023 + 600) << 52); // 2^600
const near: f64 = reinterpret<f64>(<u64>(1023 - 600) << 52); // 2^-600
const high: f64 = reinterpret<f64>(<u64>(1023 + 500) << 52); // 2^500
const low: f64 = reinterpret<f64>(<u64>(1023 - 500) << 52); // 2^-500
const massLow: f64 = reinterpret<f64>(<u64>(1023 - 900) << 52); // 2^-900
const massHigh: f64 = reinterpret<f64>(<u64>(1023 + 1000) << 52); // 2^1000

// a power of two that brings `largest` within 2^+-500 of 1
// @ts-expect-error: decorator
@inline
function centre(largest: f64): f64 {
  return largest > high ? near : largest < low ? far : 1.0;
}

// writes mass to `shares` and the compensated running sum to `parts` for one brick; returns the whole mass
function runningMass(
  entities: usize,
  exposures: usize,
  productivities: usize,
  shares: usize,
  parts: usize,
  count: usize,
  exposureScale: f64,
  productivityScale: f64,
): f64 {
  let sum = 0.0;
  let dropped = 0.0;
  for (let j: usize = 0; j < count; j++) {
    const productivity = load<f64>(productivities + (<usize>load<u32>(entities + (j << 2)) << 3));
    const mass = load<f64>(exposures + (j << 3)) * exposureScale * (productivity * productivityScale);
    const next = sum + mass;
    const part = next - sum;
    dropped += (sum - (next - part)) + (mass - part);
    sum = next;
    store<f64>(shares + (j << 3), mass);
    store<f64>(parts + (j << 3), sum + dropped);
  }
  return sum + dropped;
}

// the same for masses that overflow or underflow: both factors are brought near 1 by powers of two
function runningMassScaled(
  entities: usize,
  exposures: usize,
  productivities: usize,
  shares: usize,
  parts: usize,
  count: usize,
): f64 {
  let exposure = 0.0;
  let productivity = 0.0;
  for (let j: usize = 0; j < count; j++) {
    const x = load<f64>(exposures + (j << 3));
    if (x > 0) {
      exposure = max(exposure, x);
      productivity = max(productivity, load<f64>(productivities + (<usize>load<u32>(entities + (j << 2)) << 3)));
    }
  }
  return runningMass(entities, exposures, productivities, shares, parts, count, centre(exposure), centre(productivity));
}

/**
 * Splits totals over the exposures of their bricks: shares[j] = mass_j / mass, parts as above (negative totals give
 * negative parts). Exposures and productivities are >= 0, finite. A brick without mass gets zeros; returns how many
 * of those there are.
 */
export function splitSegments(
  segments: usize,
  entities: usize,
  exposures: usize,
  productivities: usize,
  totals: usize,
  shares: usize,
  parts: usize,
  bricks: i32,
): i32 {
  let massless = 0;
  for (let b = 0; b < bricks; b++) {
    const start = <usize>load<u32>(segments + (<usize>b << 2));
    const count = <usize>load<u32>(segments + (<usize>b << 2), 4) - start;
    const entity = entities + (start << 2);
    const exposure = exposures + (start << 3);
    const share = shares + (start << 3);
    const part = parts + (start << 3);
    let mass = runningMass(entity, exposure, productivities, share, part, count, 1, 1);
    if (!(mass >= massLow && mass <= massHigh)) {
      mass = runningMassScaled(entity, exposure, productivities, share, part, count);
    }
    if (!(mass > 0)) {
      memory.fill(share, 0, count << 3);
      memory.fill(part, 0, count << 3);
      massless++;
      continue;
    }
    const total = load<f64>(totals + (<usize>b << 3));
    const size = abs(total);
    // ulp of the total: its leading power of two / 2^52, never below the smallest double
    const top = reinterpret<f64>(reinterpret<u64>(size) & 0x7ff0000000000000);
    const ulp = max(top / shift52, smallest);
    const units = size / ulp;
    const step = total < 0 ? -ulp : ulp;
    let before = 0.0;
    for (let j: usize = 0; j < count; j++) {
      const reach = units * (load<f64>(part + (j << 3)) / mass);
      // monotone and within the total, whatever the last bit of the running sum says
      const upTo = min(units, max(before, nearest(reach)));
      store<f64>(part + (j << 3), (upTo - before) * step + 0.0); // + 0: a zero part of a negative total is no -0
      store<f64>(share + (j << 3), load<f64>(share + (j << 3)) / mass);
      before = upTo;
    }
  }
  return massless;
}
