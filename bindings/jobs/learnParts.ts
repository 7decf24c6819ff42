import { atOnce } from '../base/steps.js';
import { curveKeys } from '../exposure/groups.js';
import type { Panel } from '../problem/compile.js';
import type { Deliveries } from '../tables/deliveries.js';
import type { Prepared } from './engine.js';

/** What changes when one curve does: components, and the deliveries of all curves that reach them. */
export interface LearnPart {
  readonly components: readonly number[];
  readonly deliveries: Deliveries;
  /** Values of the `by` columns that lead to its curves. */
  readonly curves: readonly (readonly string[])[];
}

/**
 * Cuts a problem where no curve reaches from one side to the other: two components belong together where one curve shapes
 * deliveries of both. With a curve for each medium, and the medium a part of the brick, every medium is a part.
 */
export function learnParts({ raw, problem, model }: Prepared): LearnPart[] {
  const { deliveries, rows } = raw;
  const keys = atOnce(
    curveKeys(rows, deliveries, { by: model.effectiveExposure?.by ?? [], brick: model.exposure.brick }),
  );
  const components = problem.panel.columns.length - 1;
  // a forest over components, then curves
  const parent = Uint32Array.from({ length: components + keys.by.length }, (_, i) => i);
  const root = (i: number): number => {
    let at = i;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at]];
      at = parent[at];
    }
    return at;
  };
  for (let j = 0; j < keys.ids.length; j++) {
    const component = problem.componentOf[deliveries.entity[j]];
    if (component >= 0) parent[root(component)] = root(components + keys.ids[j]);
  }
  const rooted = new Map<number, { components: number[]; curves: number[] }>();
  for (let k = 0; k < keys.by.length; k++) {
    const part = rooted.get(root(components + k)) ?? { components: [], curves: [] };
    rooted.set(root(components + k), part);
    part.curves.push(k);
  }
  for (let c = 0; c < components; c++) rooted.get(root(c))!.components.push(c);
  return [...rooted.values()].map((part) => {
    const inside = new Uint8Array(keys.by.length);
    for (const k of part.curves) inside[k] = 1;
    return {
      components: part.components,
      curves: part.curves.map((k) => keys.by[k]),
      deliveries: rooted.size === 1 ? deliveries : kept(deliveries, (j) => inside[keys.ids[j]] === 1),
    };
  });
}

/** Deliveries of the same bricks, those alone that are wanted. */
function kept({ segments, entity, value, frequency }: Deliveries, wanted: (j: number) => boolean): Deliveries {
  const list = new Uint32Array(entity.length);
  const starts = new Uint32Array(segments.length);
  let count = 0;
  for (let b = 0; b + 1 < segments.length; b++) {
    for (let j = segments[b]; j < segments[b + 1]; j++) if (wanted(j)) list[count++] = j;
    starts[b + 1] = count;
  }
  const at = list.subarray(0, count);
  return {
    segments: starts,
    entity: at.map((j) => entity[j]),
    value: Float64Array.from(at, (j) => value[j]),
    frequency: frequency && Float64Array.from(at, (j) => frequency[j]),
  };
}

/** Whether a component is the same in both problems, to the bit. */
export function sameComponent(a: Panel, b: Panel, component: number): boolean {
  if (a.columns.length !== b.columns.length) return false;
  const end = component + 1;
  const [first, other] = [a, b].map(({ bricks, columns, segments }) => ({
    bricks: [bricks[component], bricks[end]],
    columns: [columns[component], columns[end]],
    exposures: [segments[bricks[component]], segments[bricks[end]]],
  }));
  const of = (panel: Panel, at: typeof first) => [
    panel.row.subarray(...at.bricks),
    panel.entity.subarray(...at.columns),
    panel.totals.subarray(...at.bricks),
    panel.segments.subarray(at.bricks[0], at.bricks[1] + 1).map((from) => from - at.exposures[0]),
    panel.column.subarray(...at.exposures).map((column) => column - at.columns[0]),
    panel.exposure.subarray(...at.exposures),
    Float64Array.of(panel.totalScale[component], panel.exposureScale[component]),
  ];
  const theirs = of(b, other);
  return of(a, first).every((list, i) => list.length === theirs[i].length && list.every((x, k) => x === theirs[i][k]));
}
