import type { Kernels } from '../kernels.js';
import type { Memory } from '../memory.js';

/** Twin of assembly/multiply.ts. */
export const multiplySegments =
  (memory: Memory): Kernels['multiplySegments'] =>
  (segments, ids, values, weights, inputs, outputs, rows) => {
    const { f64, u32 } = memory;
    const id = ids / 4;
    const value = values / 8;
    for (let r = 0; r < rows; r++) {
      const start = u32[segments / 4 + r];
      const end = u32[segments / 4 + r + 1];
      const weight = f64[weights / 8 + r];
      if (weight === 0) continue;
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
      t0 *= weight;
      t1 *= weight;
      t2 *= weight;
      t3 *= weight;
      t4 *= weight;
      t5 *= weight;
      t6 *= weight;
      t7 *= weight;
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
