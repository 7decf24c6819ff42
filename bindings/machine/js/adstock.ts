import type { Kernels } from '../kernels.js';
import type { Memory } from '../memory.js';

/** Geometric carry-over down the periods of a panel. A series adds nothing to another, so blocks would change no bit. */
export const adstockGeometric =
  (memory: Memory): Kernels['adstockGeometric'] =>
  (exposures, decays, outputs, periods, series) => {
    const { f64 } = memory;
    const from = exposures / 8;
    const decay = decays / 8;
    const to = outputs / 8;
    if (periods < 1) return;
    for (let s = 0; s < series; s++) f64[to + s] = f64[from + s];
    for (let t = 1; t < periods; t++) {
      const row = t * series;
      const before = row - series;
      for (let s = 0; s < series; s++) f64[to + row + s] = f64[from + row + s] + f64[decay + s] * f64[to + before + s];
    }
  };
