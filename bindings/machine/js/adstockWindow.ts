import type { Kernels } from '../kernels.js';
import type { Memory } from '../memory.js';

/** Carry-over by a list of weights down the periods of a panel: from lag 0 on, every series by itself. */
export const adstockWindow =
  (memory: Memory): Kernels['adstockWindow'] =>
  (exposures, weights, outputs, periods, series, lags) => {
    const { f64 } = memory;
    const from = exposures / 8;
    const weight = weights / 8;
    const to = outputs / 8;
    for (let t = 0; t < periods; t++) {
      const row = to + t * series;
      const terms = Math.min(t + 1, lags);
      f64.fill(0, row, row + series);
      for (let l = 0; l < terms; l++) {
        const w = f64[weight + l];
        const at = from + (t - l) * series;
        for (let s = 0; s < series; s++) f64[row + s] += w * f64[at + s];
      }
    }
  };
