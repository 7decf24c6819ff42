import { add, freeDot, freeDots } from '../math/vectors.js';
import type { Pair } from './compact.js';

/**
 * The inverse curvature of the pairs times the gradient among free entities, over the diagonal `scale` (Nocedal 1980). `free`
 * is 1 or 0: entities that are not free get 0. Sums leave them out, so nothing need hold them there on the way.
 */
export function twoLoop(
  gradient: Float64Array,
  scale: Float64Array,
  free: Float64Array,
  pairs: readonly Pair[],
): Float64Array {
  const vector = Float64Array.from(gradient);
  const kept: (Pair & { readonly factor: number })[] = []; // newest first
  for (let k = pairs.length - 1; k >= 0; k--) {
    const { move, change } = pairs[k];
    const [product, along] = freeDots(move, change, vector, free);
    if (!(product > 0)) continue;
    const factor = along / product;
    kept.push({ move, change, product, factor });
    add(vector, -factor, change);
  }
  multiply(vector, kept.length > 0 ? lengthAlong(kept[0], scale, free) : 1, scale);
  for (let k = kept.length - 1; k >= 0; k--) {
    const { move, change, product, factor } = kept[k];
    add(vector, factor - freeDot(change, vector, free) / product, move);
  }
  multiply(vector, 1, free);
  return vector;
}

/** How far a step along a pair should go, over the one that the diagonal says. */
function lengthAlong({ change, product }: Pair, scale: Float64Array, free: Float64Array): number {
  let length = 0;
  for (let h = 0; h < change.length; h++) length += change[h] * change[h] * scale[h] * free[h];
  return length > 0 ? product / length : 1;
}

function multiply(vector: Float64Array, factor: number, scale: Float64Array): void {
  for (let h = 0; h < vector.length; h++) vector[h] *= factor * scale[h];
}
