import type { Memory } from '../../memory/memory.js';
import type { Kernels } from '../kernels.js';
import { logOf } from './log.js';

/** Adds x to the double-double at index `sum`. */
export function addTo(f64: Float64Array, sum: number, x: number): void {
  const high = f64[sum];
  const total = high + x;
  const part = total - high;
  f64[sum] = total;
  f64[sum + 1] += high - (total - part) + (x - part);
}

/** Twin of assembly/pass.ts. */
export const passSegments =
  (memory: Memory): Kernels['passSegments'] =>
  (segments, entities, exposures, totals, productivities, fitted, sums, scores, bricks) => {
    const { f64, u32 } = memory;
    const segment = segments / 4;
    const entity = entities / 4;
    const exposure = exposures / 8;
    const productivity = productivities / 8;
    const sum = sums / 8;
    const score = scores / 8;
    let start = u32[segment];
    let pearson = f64[score + 2];
    for (let b = 0; b < bricks; b++) {
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
      f64[fitted / 8 + b] = fit;
      const first = start;
      start = end;

      if (!(fit > 0)) {
        if (total > 0) f64[score + 3] += 1;
        continue;
      }
      pearson += ((total - fit) / fit) * (total - fit);
      if (!(total > 0)) continue;
      addTo(f64, score, total * logOf(fit));

      const ratio = total / fit;
      for (j = first; j < end; j++) f64[sum + u32[entity + j]] += f64[exposure + j] * ratio;
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
