import type { Panel } from '../../problem/compile.js';
import type { GroupColumn, ParentTree } from '../../problem/groups.js';
import { rankTuples } from '../../problem/keys.js';
import { crossed, type Hierarchy, nested } from './hierarchy.js';

/** How entities are grouped, as the configuration has it. */
export type Grouping =
  /** One level: equal values of all columns. */
  | { readonly kind: 'columns'; readonly columns: readonly GroupColumn[] }
  | { readonly kind: 'crossed'; readonly columns: readonly GroupColumn[] }
  | { readonly kind: 'levels'; readonly columns: readonly GroupColumn[] }
  | { readonly kind: 'parents'; readonly tree: ParentTree };

/** What is known of a hierarchy's groups beside numbers: texts of each, by the group's number. */
export interface NamedHierarchy {
  readonly hierarchy: Hierarchy;
  readonly names: readonly (readonly string[])[];
}

/** The hierarchy of one component of a panel. Groups without entities in it are not there. */
export function buildHierarchy(panel: Panel, component: number, grouping: Grouping): NamedHierarchy {
  const entity = panel.entity.subarray(panel.columns[component], panel.columns[component + 1]);
  if (grouping.kind === 'parents') return fromParents(entity, grouping.tree);
  const { columns } = grouping;
  const values = columns.map(({ of }) => entity.map((e) => of[e]));
  const textsOf = (h: number, parts: number[]) => parts.map((c) => columns[c].texts[values[c][h]]);
  // the columns that tell the groups of each level apart
  const levels =
    grouping.kind === 'columns'
      ? columns.length > 0
        ? [[...columns.keys()]]
        : []
      : grouping.kind === 'crossed'
        ? [...columns.keys()].map((c) => [c])
        : [...columns.keys()].map((c) => [...columns.keys()].slice(0, c + 1));
  const ids = levels.map((parts) => {
    const sizes = parts.map((c) => columns[c].texts.length);
    return rankTuples([parts.map((c) => values[c])], sizes).ids[0];
  });
  const names = levels.map((parts, level) => {
    const found: string[][] = [];
    for (let h = 0; h < entity.length; h++) found[ids[level][h]] ??= textsOf(h, parts);
    return found;
  });
  // nested groups stand innermost level first
  return grouping.kind === 'crossed'
    ? { hierarchy: crossed(entity.length, ids), names: names.flat() }
    : { hierarchy: nested(entity.length, ids), names: names.toReversed().flat() };
}

/** Groups that have an entity of the component below them, deepest first, all of one level. */
function fromParents(entity: Uint32Array, { texts, parents, of }: ParentTree): NamedHierarchy {
  const depth = new Int32Array(texts.length).fill(-1);
  // down from the root along each chain, however long
  for (const e of entity) {
    const chain: number[] = [];
    for (let group = of[e]; group >= 0 && depth[group] < 0; group = parents[group]) chain.push(group);
    for (const group of chain.reverse()) depth[group] = parents[group] < 0 ? 1 : depth[parents[group]] + 1;
  }
  const used = [...depth.keys()].filter((group) => depth[group] > 0).sort((a, b) => depth[b] - depth[a] || a - b);
  const root = entity.length + used.length;
  const unknown = new Map(used.map((group, i) => [group, entity.length + i]));
  const above = (group: number) => (group < 0 ? root : unknown.get(group)!);
  const all = new Uint32Array(root);
  entity.forEach((e, h) => {
    all[h] = above(of[e]);
  });
  used.forEach((group, i) => {
    all[entity.length + i] = above(parents[group]);
  });
  return {
    hierarchy: {
      kind: 'nested',
      entities: entity.length,
      groups: used.length,
      levelOf: new Uint16Array(used.length).fill(1),
      levels: 2,
      counts: [entity.length, used.length],
      parents: all,
      columns: [],
    },
    names: used.map((group) => [texts[group]]),
  };
}
