import type { Machine } from '../machine/machine.js';
import { type PrecisionSolver, solveCrossed } from './crossed.js';
import type { Precisions } from './differences.js';
import type { Hierarchy } from './hierarchy.js';
import { solveTree } from './tree.js';

/**
 * Solves (diag + sum of weight * difference difference') z = r over all unknowns, `diagonal` on the entities alone; nested
 * groups in two sweeps, crossed ones by elimination of the entities. Unknowns that nothing holds are 0. Null where the matrix
 * is not positive.
 */
export function solvePrecision(
  machine: Machine,
  hierarchy: Hierarchy,
  diagonal: Float64Array,
  precisions: Precisions,
): PrecisionSolver | null {
  return hierarchy.kind === 'nested'
    ? solveTree(hierarchy, diagonal, precisions)
    : solveCrossed(machine, hierarchy, diagonal, precisions);
}
