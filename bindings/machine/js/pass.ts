import { logOf } from '../../math/log.js';
import type { Kernels } from '../kernels.js';
import type { Memory } from '../memory.js';

/** Adds x to the double-double at index `sum`. */
export function addTo(f64: Float64Array, sum: number, x: number): void {
  const high = f64[sum];
  const total = high + x;
  const part = total - high;
  f64[sum] = total;
  f64[sum + 1] += high - (total - part) + (x - part);
}

const runBricks = 256;

/** Twin of assembly/pass.ts. */
export const passSegments =
  (memory: Memory): Kernels['passSegments'] =>
  (segments, entities, exposures, totals, productivities, fitted, sums, scores, bricks, runs) => {
    const { f64, u32 } = memory;
    const segment = segments / 4;
    const entity = entities / 4;
    const exposure = exposures / 8;
    const productivity = productivities / 8;
    const sum = sums / 8;
    const fits = fitted / 8;
    const score = scores / 8;

    const sweep = (first: number, last: number): void => {
      let start = u32[segment + first];
      for (let b = first; b < last; b++) {
        const end = u32[segment + b + 1];
        const four = start + (end - start - ((end - start) % 4));
        let lane0 = 0;
        let lane1 = 0;
        let lane2 = 0;
        let lane3 = 0;
        let j = start;
        for (; j < four; j += 4) {
          lane0 += f64[exposure + j] * f64[productivity + u32[entity + j]];
          lane1 += f64[exposure + j + 1] * f64[productivity + u32[entity + j + 1]];
          lane2 += f64[exposure + j + 2] * f64[productivity + u32[entity + j + 2]];
          lane3 += f64[exposure + j + 3] * f64[productivity + u32[entity + j + 3]];
        }
        for (; j < end; j++) lane0 += f64[exposure + j] * f64[productivity + u32[entity + j]];
        const fit = lane0 + lane1 + (lane2 + lane3);
        const total = f64[totals / 8 + b];
        f64[fits + b] = fit;
        if (fit > 0 && total > 0) {
          const ratio = total / fit;
          for (j = start; j < end; j++) f64[sum + u32[entity + j]] += f64[exposure + j] * ratio;
        }
        start = end;
      }
    };

    if (runs === 1) sweep(0, bricks);
    else {
      for (let block = 0; block < bricks; block += runs * runBricks) {
        const last = Math.min(bricks, block + runs * runBricks);
        for (let first = block; first < block + runBricks; first++) {
          for (let b = first; b < last; b += runBricks) sweep(b, b + 1);
        }
      }
    }

    let pearson = f64[score + 2];
    for (let b = 0; b < bricks; b++) {
      const fit = f64[fits + b];
      const total = f64[totals / 8 + b];
      if (fit > 0) {
        pearson += ((total - fit) / fit) * (total - fit);
        if (total > 0) addTo(f64, score, total * logOf(fit));
      } else if (total > 0) f64[score + 3] += 1;
    }
    f64[score + 2] = pearson;
  };

/** Twin of assembly/pass.ts. */
export const boundSegments =
  (memory: Memory): Kernels['boundSegments'] =>
  (segments, entities, factors, totals, bound, bricks) => {
    const { f64, u32 } = memory;
    const segment = segments / 4;
    const entity = entities / 4;
    const factor = factors / 8;
    for (let b = 0; b < bricks; b++) {
      const total = f64[totals / 8 + b];
      if (!(total > 0)) continue;
      let largest = 0;
      const end = u32[segment + b + 1];
      for (let j = u32[segment + b]; j < end; j++) {
        const candidate = f64[factor + u32[entity + j]];
        if (candidate > largest) largest = candidate;
      }
      addTo(f64, bound / 8, total * logOf(largest));
    }
  };
