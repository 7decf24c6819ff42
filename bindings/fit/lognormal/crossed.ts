import type { Hierarchy, Precisions } from './hierarchy.js';

/** Solutions of one system for any right-hand side, over all unknowns. */
export type Conductor = (right: Float64Array) => Float64Array;

/**
 * The system of crossed groups: each entity is eliminated by itself, what it leaves joins its groups and the root, and the rest
 * is a dense system of as many unknowns as there are groups, solved by Cholesky.
 */
export function conductCrossed(hierarchy: Hierarchy, diagonal: Float64Array, weights: Precisions): Conductor | null {
  const { entities, groups, levelOf, columns } = hierarchy;
  const size = groups + 1;
  const own = weights[0];
  const pivots = new Float64Array(entities);
  const matrix = new Float64Array(size * size);
  const places = new Uint32Array(columns.length + 1).fill(groups);
  const see = (h: number) => {
    for (let k = 0; k < columns.length; k++) places[k] = columns[k][h] - entities;
  };
  for (let h = 0; h < entities; h++) {
    pivots[h] = diagonal[h] + own;
    if (!(pivots[h] > 0)) return null;
    const left = (diagonal[h] * own) / pivots[h];
    see(h);
    for (const a of places) for (const b of places) if (a >= b) matrix[a * size + b] += left;
  }
  for (let g = 0; g < groups; g++) matrix[g * size + g] += weights[levelOf[g]];
  if (!factor(matrix, size)) return null;
  return (right) => {
    const out = Float64Array.from(right);
    const rest = out.subarray(entities);
    for (let h = 0; h < entities; h++) {
      const share = (own / pivots[h]) * out[h];
      see(h);
      for (const a of places) rest[a] += share;
    }
    substitute(matrix, size, rest);
    for (let h = 0; h < entities; h++) {
      let sum = 0;
      see(h);
      for (const a of places) sum += rest[a];
      out[h] = (out[h] + own * sum) / pivots[h];
    }
    return out;
  };
}

const least = 1e-14; // of a diagonal entry: what is left below it is rounding, and nothing holds that unknown

/** Cholesky factor in place of the lower triangle; unknowns that nothing holds get a pivot of 0. False where it is not positive. */
function factor(matrix: Float64Array, size: number): boolean {
  for (let i = 0; i < size; i++) {
    const diagonal = matrix[i * size + i];
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * size + j];
      for (let k = 0; k < j; k++) sum -= matrix[i * size + k] * matrix[j * size + k];
      if (j < i) {
        const pivot = matrix[j * size + j];
        matrix[i * size + j] = pivot > 0 ? sum / pivot : 0;
        continue;
      }
      if (sum < -least * diagonal) return false;
      matrix[i * size + i] = sum > least * diagonal ? Math.sqrt(sum) : 0;
    }
  }
  return true;
}

function substitute(matrix: Float64Array, size: number, vector: Float64Array): void {
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < i; k++) vector[i] -= matrix[i * size + k] * vector[k];
    const pivot = matrix[i * size + i];
    vector[i] = pivot > 0 ? vector[i] / pivot : 0;
  }
  for (let i = size - 1; i >= 0; i--) {
    const pivot = matrix[i * size + i];
    vector[i] = pivot > 0 ? vector[i] / pivot : 0;
    for (let k = 0; k < i; k++) vector[k] -= matrix[i * size + k] * vector[i];
  }
}
