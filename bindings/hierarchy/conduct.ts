import type { Machine } from '../machine/machine.js';
import { type Conductor, conductCrossed } from './crossed.js';
import type { Precisions } from './differences.js';
import type { Hierarchy } from './hierarchy.js';
import { conductTree } from './tree.js';

/**
 * Solves (diag + sum of weight * difference difference') z = r over all unknowns, `diagonal` on the entities alone; nested
 * groups in two sweeps, crossed ones by elimination of the entities. Unknowns that nothing holds are 0. Null where the matrix
 * is not positive.
 */
export function conduct(
  machine: Machine,
  hierarchy: Hierarchy,
  diagonal: Float64Array,
  weights: Precisions,
): Conductor | null {
  return hierarchy.kind === 'nested'
    ? conductTree(hierarchy, diagonal, weights)
    : conductCrossed(machine, hierarchy, diagonal, weights);
}
