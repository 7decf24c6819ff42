/**
 * What ln productivity of the entities of a component hangs on, in numbers alone. Unknowns stand in one vector: the entities,
 * then the groups, then the root, which is free. Every entity and every group brings one difference that is believed to be
 * near 0: with nested groups from its parent, with crossed ones an entity's from the sum of its groups and the root, and a
 * group's from 0.
 */
export interface Hierarchy {
  readonly kind: 'nested' | 'crossed';
  readonly entities: number;
  readonly groups: number;
  /** Level of each group, from 1; 0 is that of the entities' own differences. */
  readonly levelOf: Uint16Array;
  /** How many levels there are, the entities' own included. */
  readonly levels: number;
  /** How many differences each level has. */
  readonly counts: readonly number[];
  /** Nested: the unknown that each entity and each group hangs on; groups stand before the groups they hang on. */
  readonly parents: Uint32Array;
  /** Crossed: for each column of groups, the unknown of each entity. */
  readonly columns: readonly Uint32Array[];
}

/** Nested groups. `paths[d]` is the group of each entity at depth d, numbered from 0 there, widest first. */
export function nested(entities: number, paths: readonly Uint32Array[]): Hierarchy {
  const sizes = paths.map((ids) => ids.reduce((most, id) => Math.max(most, id + 1), 0));
  const groups = sizes.reduce((sum, size) => sum + size, 0);
  const root = entities + groups;
  // the innermost level comes first, so that every group stands before its parent
  const starts = new Array<number>(paths.length);
  let next = entities;
  for (let d = paths.length - 1; d >= 0; d--) {
    starts[d] = next;
    next += sizes[d];
  }
  const parents = new Uint32Array(root).fill(root);
  const levelOf = new Uint16Array(groups);
  paths.forEach((ids, d) => {
    levelOf.fill(d + 1, starts[d] - entities, starts[d] - entities + sizes[d]);
    const inner = d + 1 < paths.length ? paths[d + 1] : null;
    for (let h = 0; h < entities; h++) parents[inner ? starts[d + 1] + inner[h] : h] = starts[d] + ids[h];
  });
  return {
    kind: 'nested',
    entities,
    groups,
    levelOf,
    levels: paths.length + 1,
    counts: [entities, ...sizes],
    parents,
    columns: [],
  };
}

/** Crossed groups. `ids[k]` is the group of each entity in column k, numbered from 0 there. */
export function crossed(entities: number, ids: readonly Uint32Array[]): Hierarchy {
  const sizes = ids.map((column) => column.reduce((most, id) => Math.max(most, id + 1), 0));
  const groups = sizes.reduce((sum, size) => sum + size, 0);
  const levelOf = new Uint16Array(groups);
  let start = 0;
  const columns = ids.map((column, k) => {
    const from = entities + start;
    levelOf.fill(k + 1, start, start + sizes[k]);
    start += sizes[k];
    return column.map((id) => from + id);
  });
  return {
    kind: 'crossed',
    entities,
    groups,
    levelOf,
    levels: ids.length + 1,
    counts: [entities, ...sizes],
    parents: new Uint32Array(0),
    columns,
  };
}

/** Unknowns of a hierarchy: entities, groups and the root. */
export const unknownsOf = ({ entities, groups }: Hierarchy): number => entities + groups + 1;

/** Unknown `u` is an entity's or a group's: the level of its difference. */
export const levelAt = ({ entities, levelOf }: Hierarchy, u: number): number =>
  u < entities ? 0 : levelOf[u - entities];
