/**
 * The exact split. docs/method.md, "The exact split". With q = ulp(total) and N = |total| / q, a whole number of at
 * most 53 bits, part j is (c_j - c_{j-1}) q where c_j = round(N W_j / W_n) and W_j is the running sum of
 * exposure * productivity. Every part is a whole multiple of q and any partial sum of parts is at most N of them, so
 * adding them up is exact in whatever order. The running sum carries its rounding error along (two-sum) and so does the
 * multiplier N / W_n, so a part is within 2 q of the real share, and what rounding the masses adds, however many there are.
 */

const smallest: f64 = reinterpret<f64>(<u64>1); // the smallest positive double, 2^-1074
const shift52: f64 = 4503599627370496.0; // 2^52
const lift: f64 = 18014398509481984.0; // 2^54: brings every subnormal into the normal range
const veltkamp: f64 = 134217729.0; // 2^27 + 1: cuts a double in two halves of 26 bits
// masses in these bounds need no scaling, and halves of their sums can be multiplied without overflow
const massLow: f64 = reinterpret<f64>(<u64>(1023 - 900) << 52); // 2^-900
const massHigh: f64 = reinterpret<f64>(<u64>(1023 + 900) << 52); // 2^900
const nowhere: i32 = -10000; // exponent of a mass of zero

let sumDropped: f64 = 0; // what rounding dropped from the last sum of masses

// what rounding drops from sum + x
// @ts-expect-error: decorator
@inline
function dropOf(sum: f64, x: f64, next: f64): f64 {
  const part = next - sum;
  return (sum - (next - part)) + (x - part);
}

// writes mass to `shares` for one brick; returns the sum and leaves what it dropped in sumDropped
function addMasses(entities: usize, exposures: usize, productivities: usize, shares: usize, count: usize): f64 {
  let sum = 0.0;
  let dropped = 0.0;
  for (let j: usize = 0; j < count; j++) {
    const productivity = load<f64>(productivities + (<usize>load<u32>(entities + (j << 2)) << 3));
    const mass = load<f64>(exposures + (j << 3)) * productivity;
    store<f64>(shares + (j << 3), mass);
    const next = sum + mass;
    dropped += dropOf(sum, mass, next);
    sum = next;
  }
  sumDropped = dropped;
  return sum;
}

// exponent of a positive double: x = m * 2^exponent, 1 <= m < 2
function exponentOf(x: f64): i32 {
  const field = <i32>(reinterpret<u64>(x) >> 52);
  return field > 0 ? field - 1023 : <i32>(reinterpret<u64>(x * lift) >> 52) - 1023 - 54;
}

// m of the same
function mantissaOf(x: f64): f64 {
  const bits = reinterpret<u64>(reinterpret<u64>(x) >> 52 > 0 ? x : x * lift);
  return reinterpret<f64>((bits & 0x000fffffffffffff) | 0x3ff0000000000000);
}

// the same for masses that overflow or vanish: all are divided by one power of two that brings the largest near 1
function addScaledMasses(entities: usize, exposures: usize, productivities: usize, shares: usize, count: usize): f64 {
  let top = nowhere;
  for (let j: usize = 0; j < count; j++) {
    const exposure = load<f64>(exposures + (j << 3));
    const productivity = load<f64>(productivities + (<usize>load<u32>(entities + (j << 2)) << 3));
    if (exposure > 0 && productivity > 0) top = max(top, exponentOf(exposure) + exponentOf(productivity));
  }
  let sum = 0.0;
  let dropped = 0.0;
  for (let j: usize = 0; j < count; j++) {
    const exposure = load<f64>(exposures + (j << 3));
    const productivity = load<f64>(productivities + (<usize>load<u32>(entities + (j << 2)) << 3));
    let mass = 0.0;
    if (exposure > 0 && productivity > 0) {
      const below = exponentOf(exposure) + exponentOf(productivity) - top;
      // 1,000 binary places below the largest nothing is left of it
      if (below > -1000) {
        mass = mantissaOf(exposure) * mantissaOf(productivity) * reinterpret<f64>(<u64>(1023 + below) << 52);
      }
    }
    store<f64>(shares + (j << 3), mass);
    const next = sum + mass;
    dropped += dropOf(sum, mass, next);
    sum = next;
  }
  sumDropped = dropped;
  return sum;
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
    let whole = addMasses(entity, exposure, productivities, share, count);
    if (!(whole >= massLow && whole <= massHigh)) {
      whole = addScaledMasses(entity, exposure, productivities, share, count);
    }
    const wholeDropped = sumDropped;
    const mass = whole + wholeDropped;
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

    // units / mass as rate + rateLow: the remainder of the division, its product taken exactly by halves (Dekker)
    const rate = units / mass;
    const product = rate * mass;
    let cut = veltkamp * rate;
    const rateHead = cut - (cut - rate);
    const rateTail = rate - rateHead;
    cut = veltkamp * mass;
    const massHead = cut - (cut - mass);
    const massTail = mass - massHead;
    const lost = ((rateHead * massHead - product) + rateHead * massTail + rateTail * massHead) + rateTail * massTail;
    const massLower = (whole - mass) + wholeDropped;
    const rateLow = ((units - product) - lost - rate * massLower) / mass;

    let sum = 0.0;
    let dropped = 0.0;
    let before = 0.0;
    for (let j: usize = 0; j < count; j++) {
      const own = load<f64>(share + (j << 3));
      const next = sum + own;
      dropped += dropOf(sum, own, next);
      sum = next;
      let upTo = nearest(sum * rate + (sum * rateLow + dropped * rate));
      // monotone and within the total, whatever the last bit says; all of it once all the mass is passed
      if (upTo < before) upTo = before;
      if (upTo > units || (sum == whole && dropped == wholeDropped)) upTo = units;
      store<f64>(part + (j << 3), (upTo - before) * step + 0.0); // + 0: a zero part of a negative total is no -0
      store<f64>(share + (j << 3), own / mass);
      before = upTo;
    }
  }
  return massless;
}
