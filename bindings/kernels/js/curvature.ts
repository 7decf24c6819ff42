import type { Memory } from '../../memory/memory.js';
import type { Kernels } from '../kernels.js';

/** Twin of assembly/curvature.ts. */
export const shareSegments =
  (memory: Memory): Kernels['shareSegments'] =>
  (segments, entities, exposures, totals, productivities, values, bricks) => {
    const { f64, u32 } = memory;
    const entity = entities / 4;
    const exposure = exposures / 8;
    const productivity = productivities / 8;
    const out = values / 8;
    for (let b = 0; b < bricks; b++) {
      const start = u32[segments / 4 + b];
      const end = u32[segments / 4 + b + 1];
      let fit = 0;
      for (let j = start; j < end; j++) {
        const mass = f64[exposure + j] * f64[productivity + u32[entity + j]];
        f64[out + j] = mass;
        fit += mass;
      }
      const scale = fit > 0 ? Math.sqrt(f64[totals / 8 + b]) / fit : 0;
      for (let j = start; j < end; j++) f64[out + j] *= scale;
    }
  };

/** Twin of assembly/curvature.ts. */
export const multiplySegments =
  (memory: Memory): Kernels['multiplySegments'] =>
  (segments, ids, values, inputs, outputs, rows) => {
    const { f64, u32 } = memory;
    const id = ids / 4;
    const value = values / 8;
    for (let r = 0; r < rows; r++) {
      const start = u32[segments / 4 + r];
      const end = u32[segments / 4 + r + 1];
      let t0 = 0;
      let t1 = 0;
      let t2 = 0;
      let t3 = 0;
      let t4 = 0;
      let t5 = 0;
      let t6 = 0;
      let t7 = 0;
      for (let j = start; j < end; j++) {
        const v = f64[value + j];
        const at = inputs / 8 + u32[id + j] * 8;
        t0 += v * f64[at];
        t1 += v * f64[at + 1];
        t2 += v * f64[at + 2];
        t3 += v * f64[at + 3];
        t4 += v * f64[at + 4];
        t5 += v * f64[at + 5];
        t6 += v * f64[at + 6];
        t7 += v * f64[at + 7];
      }
      for (let j = start; j < end; j++) {
        const v = f64[value + j];
        const at = outputs / 8 + u32[id + j] * 8;
        f64[at] += v * t0;
        f64[at + 1] += v * t1;
        f64[at + 2] += v * t2;
        f64[at + 3] += v * t3;
        f64[at + 4] += v * t4;
        f64[at + 5] += v * t5;
        f64[at + 6] += v * t6;
        f64[at + 7] += v * t7;
      }
    }
  };
