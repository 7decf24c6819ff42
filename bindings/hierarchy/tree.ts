import type { PrecisionSolver } from './crossed.js';
import type { Precisions } from './differences.js';
import { type Hierarchy, levelAt } from './hierarchy.js';

/**
 * The system of a tree, factored from the leaves to the root and solved back from the root to the leaves: what an unknown holds
 * by itself and through its children is one precision `held`, of which its parent sees held * weight / (held + weight) (springs
 * in series). Exact, and as long as the tree: no unknown meets any but its parent.
 */
export function solveTree(
  hierarchy: Hierarchy,
  diagonal: Float64Array,
  precisions: Precisions,
): PrecisionSolver | null {
  const { entities, groups, parents } = hierarchy;
  const count = entities + groups;
  const held = new Float64Array(count + 1);
  const pivots = new Float64Array(count + 1);
  held.set(diagonal);
  for (let u = 0; u < count; u++) {
    const weight = precisions[levelAt(hierarchy, u)];
    const pivot = held[u] + weight;
    if (pivot < 0 || (pivot === 0 && held[u] !== 0)) return null;
    pivots[u] = pivot;
    if (pivot > 0) held[parents[u]] += (held[u] * weight) / pivot;
  }
  pivots[count] = held[count];
  if (held[count] < 0) return null;
  return (right) => {
    const out = Float64Array.from(right);
    // what each parent is pulled by, its child having given way
    for (let u = 0; u < count; u++) {
      if (pivots[u] > 0) out[parents[u]] += (precisions[levelAt(hierarchy, u)] / pivots[u]) * out[u];
    }
    out[count] = pivots[count] > 0 ? out[count] / pivots[count] : 0;
    for (let u = count - 1; u >= 0; u--) {
      out[u] = pivots[u] > 0 ? (out[u] + precisions[levelAt(hierarchy, u)] * out[parents[u]]) / pivots[u] : 0;
    }
    return out;
  };
}
