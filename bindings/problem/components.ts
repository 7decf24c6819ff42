import type { Cells } from '../tables/cells.js';

/** Bricks and entities connected through exposure, numbered by their first brick; -1 for those without exposure. */
export interface Components {
  readonly components: number;
  /** Component of each entity. */
  readonly componentOf: Int32Array;
  /** Component of each row of cells. */
  readonly rowComponent: Int32Array;
}

/** Union-find over entities that share a brick. */
export function connect({ brick, segments, entity, exposure }: Cells, entities: number): Components {
  const rows = brick.length;
  const parent = new Int32Array(entities);
  for (let e = 0; e < entities; e++) parent[e] = e;
  const root = (e: number) => {
    while (parent[e] !== e) {
      parent[e] = parent[parent[e]];
      e = parent[e];
    }
    return e;
  };
  const first = new Int32Array(rows).fill(-1);
  for (let t = 0; t < rows; t++) {
    let joined = -1;
    for (let j = segments[t]; j < segments[t + 1]; j++) {
      if (!(exposure[j] > 0)) continue;
      const other = root(entity[j]);
      if (joined < 0) joined = other;
      else if (other < joined) {
        parent[joined] = other;
        joined = other;
      } else parent[other] = joined;
    }
    first[t] = joined;
  }
  const number = new Int32Array(entities).fill(-1);
  const rowComponent = new Int32Array(rows).fill(-1);
  let components = 0;
  for (let t = 0; t < rows; t++) {
    if (first[t] < 0) continue;
    const r = root(first[t]);
    if (number[r] < 0) number[r] = components++;
    rowComponent[t] = number[r];
  }
  const componentOf = new Int32Array(entities);
  for (let e = 0; e < entities; e++) componentOf[e] = number[root(e)];
  return { components, componentOf, rowComponent };
}

/** All components as one. */
export function asOne({ components, componentOf, rowComponent }: Components): Components {
  const one = (c: number) => Math.min(c, 0);
  return {
    components: Math.min(1, components),
    componentOf: componentOf.map(one),
    rowComponent: rowComponent.map(one),
  };
}
