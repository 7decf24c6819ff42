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
export const gramSegments =
  (memory: Memory): Kernels['gramSegments'] =>
  (segments, ids, values, gram, rows, size) => {
    const { f64, u32 } = memory;
    const id = ids / 4;
    const value = values / 8;
    for (let r = 0; r < rows; r++) {
      const start = u32[segments / 4 + r];
      const end = u32[segments / 4 + r + 1];
      for (let i = start; i < end; i++) {
        const v = f64[value + i];
        if (v === 0) continue;
        const row = gram / 8 + u32[id + i] * size;
        for (let j = start; j <= i; j++) f64[row + u32[id + j]] += v * f64[value + j];
      }
    }
  };

/** Twin of assembly/curvature.ts. */
export const multiplySegments = (memory: Memory): Kernels['multiplySegments'] => {
  const t = new Float64Array(8);
  return (segments, ids, values, inputs, outputs, rows) => {
    const { f64, u32 } = memory;
    const id = ids / 4;
    const value = values / 8;
    for (let r = 0; r < rows; r++) {
      const start = u32[segments / 4 + r];
      const end = u32[segments / 4 + r + 1];
      t.fill(0);
      for (let j = start; j < end; j++) {
        const at = inputs / 8 + u32[id + j] * 8;
        for (let k = 0; k < 8; k++) t[k] += f64[value + j] * f64[at + k];
      }
      for (let j = start; j < end; j++) {
        const at = outputs / 8 + u32[id + j] * 8;
        for (let k = 0; k < 8; k++) f64[at + k] += f64[value + j] * t[k];
      }
    }
  };
};
