import { atOnce } from '../base/steps.js';
import type { SegmentData } from '../pass/inMemory.js';
import type { Panel } from '../problem/compile.js';
import { rankTuples } from '../tables/keys.js';

/** Pooling groups within components: a panel whose columns are groups, and the group of each entity. */
export interface GroupPanel {
  readonly data: SegmentData;
  /** Position of each column's group within its component. */
  readonly groupOf: Uint32Array;
}

/**
 * Sums exposure over the groups of each component. `groups` holds, per group column, the group of each entity.
 * A group that reaches into two components is two groups: components know nothing of each other.
 */
export function groupPanel(panel: Panel, groups: readonly Uint32Array[]): GroupPanel {
  const components = panel.columns.length - 1;
  const component = new Uint32Array(panel.entity.length);
  for (let c = 0; c < components; c++) component.fill(c, panel.columns[c], panel.columns[c + 1]);
  const parts = [component, ...groups.map((group) => panel.entity.map((e) => group[e]))];
  const sizes = parts.map((part) => part.reduce((most, code) => Math.max(most, code), 0) + 1);
  const { ids, count, codes } = atOnce(rankTuples([parts], sizes));
  const column = ids[0];

  const columns = new Uint32Array(components + 1);
  for (const c of codes[0]) columns[c + 1]++;
  for (let c = 0; c < components; c++) columns[c + 1] += columns[c];

  const segments = new Uint32Array(panel.segments.length);
  const outColumn: number[] = [];
  const outExposure: number[] = [];
  const sums = new Float64Array(count);
  for (let b = 0; b + 1 < panel.segments.length; b++) {
    const touched = new Set<number>();
    for (let j = panel.segments[b]; j < panel.segments[b + 1]; j++) {
      const group = column[panel.column[j]];
      touched.add(group);
      sums[group] += panel.exposure[j];
    }
    for (const group of [...touched].sort((a, b) => a - b)) {
      outColumn.push(group);
      outExposure.push(sums[group]);
      sums[group] = 0;
    }
    segments[b + 1] = outColumn.length;
  }
  return {
    data: {
      totals: panel.totals,
      segments,
      column: Uint32Array.from(outColumn),
      exposure: Float64Array.from(outExposure),
      bricks: panel.bricks,
      columns,
    },
    groupOf: column.map((group, k) => group - columns[component[k]]),
  };
}
