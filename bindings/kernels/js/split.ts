import type { Memory } from '../../memory/memory.js';
import type { Kernels } from '../kernels.js';

const power = (exponent: number) => {
  let value = 1;
  for (let i = 0; i < Math.abs(exponent); i++) value *= exponent < 0 ? 0.5 : 2;
  return value;
};
const smallest = 5e-324;
const shift52 = 4503599627370496;
const far = power(600);
const near = power(-600);
const high = power(500);
const low = power(-500);
const massLow = power(-900);
const massHigh = power(1000);

const centre = (largest: number) => (largest > high ? near : largest < low ? far : 1);

/** Rounds to the nearest whole number, halves to even, for 0 <= x < 2^53: wasm's f64.nearest (Math.round goes up). */
export const nearest = (x: number) => (x < shift52 ? x + shift52 - shift52 : x);

/** Twin of assembly/split.ts. */
export const splitSegments = (memory: Memory): Kernels['splitSegments'] => {
  let f64: Float64Array;
  let u32: Uint32Array;

  function runningMass(
    entity: number,
    exposure: number,
    productivities: number,
    share: number,
    part: number,
    count: number,
    exposureScale: number,
    productivityScale: number,
  ): number {
    let sum = 0;
    let dropped = 0;
    for (let j = 0; j < count; j++) {
      const productivity = f64[productivities + u32[entity + j]];
      const mass = f64[exposure + j] * exposureScale * (productivity * productivityScale);
      const next = sum + mass;
      const rounded = next - sum;
      dropped += sum - (next - rounded) + (mass - rounded);
      sum = next;
      f64[share + j] = mass;
      f64[part + j] = sum + dropped;
    }
    return sum + dropped;
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
      let mass = runningMass(entity, exposure, rates, share, part, count, 1, 1);
      if (!(mass >= massLow && mass <= massHigh)) {
        let largestExposure = 0;
        let largestRate = 0;
        for (let j = 0; j < count; j++) {
          if (f64[exposure + j] > 0) {
            largestExposure = Math.max(largestExposure, f64[exposure + j]);
            largestRate = Math.max(largestRate, f64[rates + u32[entity + j]]);
          }
        }
        const exposureScale = centre(largestExposure);
        mass = runningMass(entity, exposure, rates, share, part, count, exposureScale, centre(largestRate));
      }
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
      let before = 0;
      for (let j = 0; j < count; j++) {
        const reach = units * (f64[part + j] / mass);
        const upTo = Math.min(units, Math.max(before, nearest(reach)));
        f64[part + j] = (upTo - before) * step + 0;
        f64[share + j] = f64[share + j] / mass;
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
