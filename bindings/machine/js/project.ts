import type { Kernels } from '../kernels.js';
import type { Memory } from '../memory.js';

/** Twin of assembly/project.ts. */
export const projectSegments =
  (memory: Memory): Kernels['projectSegments'] =>
  (segments, entities, exposures, productivities, design, outputs, bricks, columns) => {
    const { f64, u32 } = memory;
    const segment = segments / 4;
    const entity = entities / 4;
    const exposure = exposures / 8;
    const productivity = productivities / 8;
    const from = design / 8;
    for (let b = 0; b < bricks; b++) {
      const row = outputs / 8 + b * columns;
      const end = u32[segment + b + 1];
      for (let c = 0; c < columns; c += 4) {
        let s0 = 0;
        let s1 = 0;
        let s2 = 0;
        let s3 = 0;
        for (let j = u32[segment + b]; j < end; j++) {
          const h = u32[entity + j];
          const w = f64[exposure + j] * f64[productivity + h];
          const at = from + h * columns + c;
          s0 += w * f64[at];
          s1 += w * f64[at + 1];
          s2 += w * f64[at + 2];
          s3 += w * f64[at + 3];
        }
        f64[row + c] = s0;
        f64[row + c + 1] = s1;
        f64[row + c + 2] = s2;
        f64[row + c + 3] = s3;
      }
    }
  };
