import { choleskyFactor } from '../linalg/dense.js';
import type { Machine } from '../machine/machine.js';
import { aliased, type Precisions } from './differences.js';
import type { Hierarchy } from './hierarchy.js';

/** Solutions of one system for any right-hand side, over all unknowns. */
export type PrecisionSolver = (right: Float64Array) => Float64Array;

/** Groups of all crossed columns of a component together: the rest of the system is dense. */
export const mostCrossed = 2000;

const ridge = 1e-14; // of the unit diagonal

/**
 * The system of crossed groups: each entity is eliminated by itself, what it leaves joins its groups and the root, and the rest
 * is a dense system of as many unknowns as there are groups, solved by Cholesky. @throws MemoryError
 */
export function solveCrossed(
  machine: Machine,
  hierarchy: Hierarchy,
  diagonal: Float64Array,
  precisions: Precisions,
): PrecisionSolver | null {
  const { entities, groups, levelOf, columns } = hierarchy;
  const size = groups + 1;
  const own = precisions[0];
  const pivots = new Float64Array(entities);
  const places = new Uint32Array(columns.length + 1).fill(groups);
  const see = (h: number) => {
    for (let k = 0; k < columns.length; k++) places[k] = columns[k][h] - entities;
  };
  const still = new Set(aliased(hierarchy, precisions).map((u) => u - entities));
  const scale = new Float64Array(size);
  const matrix = new Float64Array(size * size);
  for (let h = 0; h < entities; h++) {
    pivots[h] = diagonal[h] + own;
    if (!(pivots[h] > 0)) return null;
    const left = (diagonal[h] * own) / pivots[h];
    see(h);
    for (const a of places) for (const b of places) if (a >= b) matrix[a * size + b] += left;
  }
  for (let g = 0; g < groups; g++) matrix[g * (size + 1)] += precisions[levelOf[g]];
  for (let i = 0; i < size; i++) {
    const held = matrix[i * (size + 1)];
    if (held < 0) return null;
    // what stays where it is, and what nothing holds
    scale[i] = held > 0 && !still.has(i) ? 1 / Math.sqrt(held) : 0;
  }
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < i; j++) matrix[i * size + j] *= scale[i] * scale[j];
    matrix[i * (size + 1)] = 1 + ridge;
  }
  const factor = choleskyFactor(machine, matrix, size);
  if (!factor) return null;
  return (right) => {
    const out = Float64Array.from(right);
    const rest = out.subarray(entities);
    for (let h = 0; h < entities; h++) {
      const share = (own / pivots[h]) * out[h];
      see(h);
      for (const a of places) rest[a] += share;
    }
    for (let i = 0; i < size; i++) rest[i] *= scale[i];
    substitute(factor, size, rest);
    for (let i = 0; i < size; i++) rest[i] *= scale[i];
    for (let h = 0; h < entities; h++) {
      let sum = 0;
      see(h);
      for (const a of places) sum += rest[a];
      out[h] = (out[h] + own * sum) / pivots[h];
    }
    return out;
  };
}

/** L L' x = vector, in its place. */
function substitute(factor: Float64Array, size: number, vector: Float64Array): void {
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < i; k++) vector[i] -= factor[i * size + k] * vector[k];
    vector[i] /= factor[i * (size + 1)];
  }
  for (let i = size - 1; i >= 0; i--) {
    vector[i] /= factor[i * (size + 1)];
    for (let k = 0; k < i; k++) vector[k] -= factor[i * size + k] * vector[i];
  }
}
