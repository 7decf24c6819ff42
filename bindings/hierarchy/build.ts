import { atOnce } from '../base/steps.js';
import type { Panel } from '../problem/compile.js';
import type { GroupColumn, ParentTree } from '../tables/groups.js';
import { rankTuples } from '../tables/keys.js';
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

/** The hierarchy of each component of a panel. Groups without entities in it are not there. */
export function buildHierarchies(panel: Panel, grouping: Grouping): NamedHierarchy[] {
  const components = panel.columns.length - 1;
  const build = grouping.kind === 'parents' ? byParents(panel, grouping.tree) : byColumns(panel, grouping);
  return Array.from({ length: components }, (_, c) => build(panel.columns[c], panel.columns[c + 1]));
}

type Build = (first: number, end: number) => NamedHierarchy;

function byColumns(panel: Panel, { kind, columns }: Exclude<Grouping, { readonly kind: 'parents' }>): Build {
  const values = columns.map(({ of }) => panel.entity.map((e) => of[e]));
  const all = [...columns.keys()];
  // the columns that tell the groups of each level apart
  const levels =
    kind === 'levels' ? all.map((c) => all.slice(0, c + 1)) : kind === 'crossed' ? all.map((c) => [c]) : [all];
  const told = levels
    .filter((parts) => parts.length > 0)
    .map((parts) => {
      const sizes = parts.map((c) => columns[c].texts.length);
      return { parts, ids: atOnce(rankTuples([parts.map((c) => values[c])], sizes)).ids[0] };
    });
  return (first, end) => {
    const places = told.map(({ ids }) => amongThemselves(ids.subarray(first, end)));
    const names = told.map(({ parts }, level) => {
      const found: string[][] = [];
      places[level].forEach((place, h) => {
        found[place] ??= parts.map((c) => columns[c].texts[values[c][first + h]]);
      });
      return found;
    });
    // nested groups stand innermost level first
    return kind === 'crossed'
      ? { hierarchy: crossed(end - first, places), names: names.flat() }
      : { hierarchy: nested(end - first, places), names: names.toReversed().flat() };
  };
}

/** Numbers anew from 0, in the same order, without gaps. */
function amongThemselves(ids: Uint32Array): Uint32Array {
  const sorted = [...new Set(ids)].sort((a, b) => a - b);
  const place = new Map(sorted.map((id, i) => [id, i]));
  return ids.map((id) => place.get(id)!);
}

/** Groups that have an entity of the component below them, deepest first, all of one level. */
function byParents({ entity }: Panel, { texts, parents, of }: ParentTree): Build {
  const depth = new Int32Array(texts.length).fill(-1);
  // down from the root along each chain, however long
  for (let start = 0; start < texts.length; start++) {
    const chain: number[] = [];
    for (let group = start; group >= 0 && depth[group] < 0; group = parents[group]) chain.push(group);
    for (const group of chain.reverse()) depth[group] = parents[group] < 0 ? 1 : depth[parents[group]] + 1;
  }
  return (first, end) => {
    const met = new Set<number>();
    for (let k = first; k < end; k++) {
      for (let group = of[entity[k]]; group >= 0 && !met.has(group); group = parents[group]) met.add(group);
    }
    const used = [...met].sort((a, b) => depth[b] - depth[a] || a - b);
    const entities = end - first;
    const root = entities + used.length;
    const unknown = new Map(used.map((group, i) => [group, entities + i]));
    const above = (group: number) => (group < 0 ? root : unknown.get(group)!);
    const all = new Uint32Array(root);
    for (let h = 0; h < entities; h++) all[h] = above(of[entity[first + h]]);
    used.forEach((group, i) => {
      all[entities + i] = above(parents[group]);
    });
    return {
      hierarchy: {
        kind: 'nested',
        entities,
        groups: used.length,
        levelOf: new Uint16Array(used.length).fill(1),
        levels: 2,
        counts: [entities, used.length],
        parents: all,
        columns: [],
      },
      names: used.map((group) => [texts[group]]),
    };
  };
}
