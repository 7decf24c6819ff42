import { type Hierarchy, levelAt } from './hierarchy.js';

/** Calls `see` with the unknowns that the difference of each entity and group is taken from, one at a time. */
export function forEachParent(hierarchy: Hierarchy, u: number, see: (other: number) => void): void {
  const { kind, entities, groups, parents, columns } = hierarchy;
  if (kind === 'nested') see(parents[u]);
  else if (u < entities) {
    for (const column of columns) see(column[u]);
    see(entities + groups);
  }
}

/** The difference of each entity and group at given unknowns. */
export function differences(hierarchy: Hierarchy, unknowns: Float64Array): Float64Array {
  const { kind, parents, columns, entities, groups } = hierarchy;
  const count = entities + groups;
  const out = unknowns.slice(0, count);
  if (kind === 'nested') for (let u = 0; u < count; u++) out[u] -= unknowns[parents[u]];
  else {
    for (let h = 0; h < entities; h++) {
      for (const column of columns) out[h] -= unknowns[column[h]];
      out[h] -= unknowns[count];
    }
  }
  return out;
}

/** How believed differences are, by level: psi over their variance, 0 where a level is free. */
export type Precisions = Float64Array;

/** Sum over differences of precision * difference^2 / 2. */
export function penaltyOf(hierarchy: Hierarchy, precisions: Precisions, gaps: Float64Array): number {
  let sum = 0;
  for (let u = 0; u < gaps.length; u++) sum += (precisions[levelAt(hierarchy, u)] * gaps[u] * gaps[u]) / 2;
  return sum;
}

/** Sum of squared differences of each level. */
export function squaresByLevel(hierarchy: Hierarchy, gaps: Float64Array): Float64Array {
  const sums = new Float64Array(hierarchy.levels);
  for (let u = 0; u < gaps.length; u++) sums[levelAt(hierarchy, u)] += gaps[u] * gaps[u];
  return sums;
}

/** Calls `add` so that what every unknown has is added to what it is taken from, innermost first: sums over what hangs on each. */
export function applyZTransposed(hierarchy: Hierarchy, add: (from: number, to: number) => void): void {
  const { kind, entities, groups } = hierarchy;
  const count = kind === 'nested' ? entities + groups : entities;
  for (let u = 0; u < count; u++) forEachParent(hierarchy, u, (other) => add(u, other));
}

/** The unknowns that differences add up to, outermost first: Z times them. */
export function applyZ(hierarchy: Hierarchy, gaps: Float64Array): Float64Array {
  const { kind, entities, groups } = hierarchy;
  const out = gaps.slice();
  const count = kind === 'nested' ? entities + groups : entities;
  for (let u = count - 1; u >= 0; u--) {
    forEachParent(hierarchy, u, (other) => {
      out[u] += out[other];
    });
  }
  return out;
}

/**
 * Unknowns that neither the data nor the hierarchy hold apart from others, and that stay where they are: the root above a free
 * level, one group of each free crossed column.
 */
export function aliased({ kind, entities, groups, levels, levelOf }: Hierarchy, precisions: Precisions): number[] {
  const found: number[] = [];
  for (let level = 0; level < levels; level++) {
    if (precisions[level] !== 0) continue;
    if (kind === 'nested') return [entities + groups];
    const first = levelOf.indexOf(level);
    if (first >= 0) found.push(entities + first);
  }
  return found;
}

/**
 * Fixes what neither the data nor the hierarchy do: under a free outermost level the root, under a free crossed column the shift
 * between its effects and the root. The root is then the mean of the groups, and their effects sum to 0.
 */
export function sumToZero(hierarchy: Hierarchy, precisions: Precisions, unknowns: Float64Array): Float64Array {
  const { kind, entities, groups, levelOf, counts } = hierarchy;
  const root = entities + groups;
  const out = unknowns.slice();
  for (let level = 1; level < hierarchy.levels; level++) {
    if (precisions[level] !== 0 || (kind === 'nested' && level > 1)) continue;
    let sum = 0;
    for (let g = 0; g < groups; g++) if (levelOf[g] === level) sum += out[entities + g];
    const mean = sum / counts[level];
    if (kind === 'nested') {
      out[root] = mean;
      continue;
    }
    for (let g = 0; g < groups; g++) if (levelOf[g] === level) out[entities + g] -= mean;
    out[root] += mean;
  }
  return out;
}
