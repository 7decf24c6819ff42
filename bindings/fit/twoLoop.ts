import type { Pair } from './compact.js';
import { dot, freeDot } from './vectors.js';

/**
 * The inverse curvature of the pairs times the gradient among free entities, over the diagonal `scale` (Nocedal 1980). `free`
 * is 1 or 0.
 */
export function twoLoop(
  gradient: Float64Array,
  scale: Float64Array,
  free: Float64Array,
  pairs: readonly Pair[],
): Float64Array {
  const size = gradient.length;
  const vector = gradient.map((g, h) => g * free[h]);
  const all = free.every((one) => one === 1);
  const kept = pairs
    .map(({ move, change, product }) => ({ move, change, product: all ? product : freeDot(move, change, free) }))
    .filter(({ product }) => product > 0);
  const factors = new Float64Array(kept.length);
  for (let k = kept.length - 1; k >= 0; k--) {
    const { move, change, product } = kept[k];
    const factor = dot(move, vector) / product; // held entities are zero in the vector
    factors[k] = factor;
    for (let h = 0; h < size; h++) vector[h] -= factor * change[h] * free[h];
  }
  let gamma = 1;
  if (kept.length > 0) {
    const { change, product } = kept[kept.length - 1];
    let length = 0;
    for (let h = 0; h < size; h++) length += change[h] * change[h] * scale[h] * free[h];
    if (length > 0) gamma = product / length;
  }
  for (let h = 0; h < size; h++) vector[h] *= gamma * scale[h];
  for (let k = 0; k < kept.length; k++) {
    const { move, change, product } = kept[k];
    const factor = factors[k] - dot(change, vector) / product;
    for (let h = 0; h < size; h++) vector[h] += factor * move[h] * free[h];
  }
  return vector;
}
