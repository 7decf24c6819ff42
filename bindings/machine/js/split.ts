import { powersOfTwo } from '../../math/bits.js';
import type { Kernels } from '../kernels.js';
import type { Memory } from '../memory.js';

const smallest = 5e-324;
const shift52 = 4503599627370496;
const lift = 18014398509481984;
const veltkamp = 134217729;
const massLow = powersOfTwo[1024 - 900];
const massHigh = powersOfTwo[1024 + 900];
const nowhere = -10000;

/** Rounds to the nearest whole number, halves to even, for 0 <= x < 2^53: wasm's f64.nearest (Math.round goes up). */
export const nearest = (x: number) => (x < shift52 ? x + shift52 - shift52 : x);

// what rounding drops from sum + x
function dropOf(sum: number, x: number, next: number): number {
  const part = next - sum;
  return sum - (next - part) + (x - part);
}

/** Twin of assembly/split.ts. */
export const splitSegments = (memory: Memory): Kernels['splitSegments'] => {
  let f64: Float64Array;
  let u32: Uint32Array;
  let sumDropped = 0;

  function addMasses(entity: number, exposure: number, rates: number, share: number, count: number): number {
    let sum = 0;
    let dropped = 0;
    for (let j = 0; j < count; j++) {
      const mass = f64[exposure + j] * f64[rates + u32[entity + j]];
      f64[share + j] = mass;
      const next = sum + mass;
      dropped += dropOf(sum, mass, next);
      sum = next;
    }
    sumDropped = dropped;
    return sum;
  }

  function addScaledMasses(entity: number, exposure: number, rates: number, share: number, count: number): number {
    let top = nowhere;
    for (let j = 0; j < count; j++) {
      const x = f64[exposure + j];
      const productivity = f64[rates + u32[entity + j]];
      if (x > 0 && productivity > 0) top = Math.max(top, exponentOf(x) + exponentOf(productivity));
    }
    let sum = 0;
    let dropped = 0;
    for (let j = 0; j < count; j++) {
      const x = f64[exposure + j];
      const productivity = f64[rates + u32[entity + j]];
      let mass = 0;
      if (x > 0 && productivity > 0) {
        const below = exponentOf(x) + exponentOf(productivity) - top;
        if (below > -1000) mass = mantissaOf(x) * mantissaOf(productivity) * powersOfTwo[1024 + below];
      }
      f64[share + j] = mass;
      const next = sum + mass;
      dropped += dropOf(sum, mass, next);
      sum = next;
    }
    sumDropped = dropped;
    return sum;
  }

  return (segments, entities, exposures, productivities, totals, shares, parts, bricks) => {
    f64 = memory.f64;
    u32 = memory.u32;
    const rates = productivities / 8;
    let massless = 0;
    for (let b = 0; b < bricks; b++) {
      const start = u32[segments / 4 + b];
      const count = u32[segments / 4 + b + 1] - start;
      const entity = entities / 4 + start;
      const exposure = exposures / 8 + start;
      const share = shares / 8 + start;
      const part = parts / 8 + start;
      let whole = addMasses(entity, exposure, rates, share, count);
      if (!(whole >= massLow && whole <= massHigh)) whole = addScaledMasses(entity, exposure, rates, share, count);
      const wholeDropped = sumDropped;
      const mass = whole + wholeDropped;
      if (!(mass > 0)) {
        f64.fill(0, share, share + count);
        f64.fill(0, part, part + count);
        massless++;
        continue;
      }
      const total = f64[totals / 8 + b];
      const size = Math.abs(total);
      const ulp = Math.max(leadingPower(size) / shift52, smallest);
      const units = size / ulp;
      const step = total < 0 ? -ulp : ulp;

      const rate = units / mass;
      const product = rate * mass;
      let cut = veltkamp * rate;
      const rateHead = cut - (cut - rate);
      const rateTail = rate - rateHead;
      cut = veltkamp * mass;
      const massHead = cut - (cut - mass);
      const massTail = mass - massHead;
      const lost = rateHead * massHead - product + rateHead * massTail + rateTail * massHead + rateTail * massTail;
      const massLower = whole - mass + wholeDropped;
      const rateLow = (units - product - lost - rate * massLower) / mass;

      let sum = 0;
      let dropped = 0;
      let before = 0;
      for (let j = 0; j < count; j++) {
        const own = f64[share + j];
        const next = sum + own;
        dropped += dropOf(sum, own, next);
        sum = next;
        let upTo = nearest(sum * rate + (sum * rateLow + dropped * rate));
        if (upTo < before) upTo = before;
        if (upTo > units || (sum === whole && dropped === wholeDropped)) upTo = units;
        f64[part + j] = (upTo - before) * step + 0;
        f64[share + j] = own / mass;
        before = upTo;
      }
    }
    return massless;
  };
};

const one = new Float64Array(1);
const words = new Uint32Array(one.buffer);

/** The power of two at the head of a double: its exponent bits alone (0 for subnormals). */
export function leadingPower(x: number): number {
  one[0] = x;
  words[0] = 0;
  words[1] &= 0x7ff00000;
  return one[0];
}

/** Exponent of a positive double: x = m * 2^exponent, 1 <= m < 2. */
function exponentOf(x: number): number {
  one[0] = x;
  if (words[1] >>> 20 > 0) return (words[1] >>> 20) - 1023;
  one[0] = x * lift;
  return (words[1] >>> 20) - 1023 - 54;
}

/** m of the same. */
function mantissaOf(x: number): number {
  one[0] = x;
  if (words[1] >>> 20 === 0) one[0] = x * lift;
  words[1] = (words[1] & 0x000fffff) | 0x3ff00000;
  return one[0];
}
