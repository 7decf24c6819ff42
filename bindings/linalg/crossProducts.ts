import { f64 } from '../machine/arena.js';
import { gramScratch } from '../machine/kernels.js';
import type { Machine } from '../machine/machine.js';

/** X'diag(weights)X by rows of `stride`, lower triangle. @throws MemoryError */
export function crossProducts(
  { kernels, arena }: Machine,
  values: Float64Array,
  stride: number,
  weights: Float64Array,
): Float64Array {
  const region = arena.open({
    rows: f64(values.length),
    weights: f64(weights.length),
    gram: f64(stride * stride),
    scratch: f64(gramScratch(stride)),
  });
  try {
    region.f64('rows').set(values);
    region.f64('weights').set(weights);
    region.f64('gram').fill(0);
    const { at } = region;
    kernels.gramPanel(at.rows, at.weights, at.gram, at.scratch, weights.length, stride);
    return region.f64('gram').slice();
  } finally {
    region.close();
  }
}
