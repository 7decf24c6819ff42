import { logOf } from '../../math/log.js';
import type { Kernels } from '../kernels.js';
import type { Memory } from '../memory.js';
import { addTo } from './pass.js';

/** Twin of assembly/panel.ts. */
export const passPanel =
  (memory: Memory): Kernels['passPanel'] =>
  (exposures, totals, productivities, fitted, sums, scores, bricks, columns) => {
    const { f64 } = memory;
    const productivity = productivities / 8;
    const sum = sums / 8;
    const score = scores / 8;
    for (let b = 0; b < bricks; b++) {
      const row = exposures / 8 + b * columns;
      let lane0 = 0;
      let lane1 = 0;
      let lane2 = 0;
      let lane3 = 0;
      for (let h = 0; h < columns; h += 4) {
        lane0 += f64[row + h] * f64[productivity + h];
        lane1 += f64[row + h + 1] * f64[productivity + h + 1];
        lane2 += f64[row + h + 2] * f64[productivity + h + 2];
        lane3 += f64[row + h + 3] * f64[productivity + h + 3];
      }
      const fit = lane0 + lane1 + (lane2 + lane3);
      const total = f64[totals / 8 + b];
      f64[fitted / 8 + b] = fit;
      if (!(fit > 0)) {
        if (total > 0) f64[score + 3] += 1;
        continue;
      }
      f64[score + 2] += ((total - fit) / fit) * (total - fit);
      if (!(total > 0)) continue;
      addTo(f64, score, total * logOf(fit));
      creditRow(f64, row, Math.min(total / fit, Number.MAX_VALUE), sum, columns);
    }
  };

/** Twin of assembly/panel.ts. */
export const boundPanel =
  (memory: Memory): Kernels['boundPanel'] =>
  (exposures, factors, totals, bound, bricks, columns) => {
    const { f64 } = memory;
    const factor = factors / 8;
    for (let b = 0; b < bricks; b++) {
      const total = f64[totals / 8 + b];
      if (!(total > 0)) continue;
      const row = exposures / 8 + b * columns;
      let largest = 0;
      for (let h = 0; h < columns; h++) {
        if (f64[row + h] > 0 && f64[factor + h] > largest) largest = f64[factor + h];
      }
      addTo(f64, bound / 8, total * logOf(largest));
    }
  };

/** Twin of assembly/panel.ts. */
export const crossPanel =
  (memory: Memory): Kernels['crossPanel'] =>
  (exposures, weights, responses, outputs, bricks, columns) => {
    const { f64 } = memory;
    for (let b = 0; b < bricks; b++) {
      const factor = f64[weights / 8 + b] * f64[responses / 8 + b];
      creditRow(f64, exposures / 8 + b * columns, factor, outputs / 8, columns);
    }
  };

function creditRow(f64: Float64Array, row: number, factor: number, sum: number, columns: number): void {
  for (let h = 0; h < columns; h++) f64[sum + h] += f64[row + h] * factor;
}
