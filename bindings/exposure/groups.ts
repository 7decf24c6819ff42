import type { Faults } from '../faults.js';
import { type Curve, type Curves, curvesOf } from '../model/config.js';
import { suggestion } from '../nearest.js';
import type { Deliveries } from '../problem/deliveries.js';
import { type KeySet, keyText, rankTuples } from '../problem/keys.js';
import type { Rows } from '../problem/read.js';

/** Series that saturate together: one place (all brick columns but time), one curve. */
export interface Group {
  readonly curve: Curve;
  readonly place: number;
  /** Texts of the `by` columns, and of the place. */
  readonly by: readonly string[];
  readonly where: readonly string[];
  /** Entities, rising. */
  readonly series: number[];
}

/** Places, numbered: tuples of all brick columns but time. */
export interface Places {
  /** Place of each brick. */
  readonly ids: Uint32Array;
  readonly count: number;
  /** Which brick columns make a place. */
  readonly parts: readonly number[];
}

export function placesOf(bricks: KeySet, timePart: number): Places {
  const parts = [...bricks.names.keys()].filter((c) => c !== timePart);
  if (parts.length === 0) return { ids: new Uint32Array(bricks.count), count: 1, parts };
  const { ids, count } = rankTuples(
    [parts.map((c) => bricks.codes[c])],
    parts.map((c) => bricks.values[c].length),
  );
  return { ids: ids[0], count, parts };
}

/** Finds the groups, place by place, in canonical order; a missing curve is a fault. */
export function groupSeries(
  faults: Faults,
  rows: Rows,
  deliveries: Deliveries,
  place: Places,
  config: { by: readonly string[]; curves: Curves; brick: readonly string[] },
): Group[] {
  const groups: Group[] = [];
  const missing = new Set<string>();
  const entitiesAt = new Map<number, Set<number>>();
  const brickAt = new Map<number, number>();
  for (let b = 0; b < rows.bricks.count; b++) {
    if (deliveries.segments[b] === deliveries.segments[b + 1]) continue;
    const there = entitiesAt.get(place.ids[b]) ?? new Set<number>();
    entitiesAt.set(place.ids[b], there);
    brickAt.set(place.ids[b], b);
    for (let j = deliveries.segments[b]; j < deliveries.segments[b + 1]; j++) there.add(deliveries.entity[j]);
  }
  for (const [placeId, entities] of [...entitiesAt].sort(([a], [b]) => a - b)) {
    const brick = brickAt.get(placeId)!;
    const byKey = new Map<string, Group>();
    for (const entity of [...entities].sort((a, b) => a - b)) {
      const key = config.by.map((name) => {
        const part = config.brick.indexOf(name);
        return part >= 0
          ? keyText(rows.bricks, brick, part)
          : keyText(rows.entities, entity, rows.entities.names.indexOf(name));
      });
      const id = JSON.stringify(key);
      const group = byKey.get(id);
      if (group) {
        group.series.push(entity);
        continue;
      }
      const curve = curveFor(config.curves, key);
      if (curve === null) {
        if (!missing.has(id)) {
          const at = ['effectiveExposure.curves', ...key].join('.');
          const names = Object.keys(config.curves);
          faults.add('missing-curve', at, `expected a curve, got nothing${suggestion(key[0], names)}`);
        }
        missing.add(id);
        continue;
      }
      const where = place.parts.map((c) => keyText(rows.bricks, brick, c));
      byKey.set(id, { curve, place: placeId, by: key, where, series: [entity] });
    }
    groups.push(...byKey.values());
  }
  return groups;
}

/** The curve that the `by` values lead to. */
function curveFor(curves: Curves, key: readonly string[]): Curve | null {
  let at: Curves | undefined = curves;
  for (const value of key) at = at && Object.hasOwn(at, value) ? (at as Record<string, Curves>)[value] : undefined;
  return (at as Curve | undefined) ?? null;
}

/** Curves of the configuration that no row uses, as paths. */
export function unusedCurves(curves: Curves, depth: number, groups: readonly Group[]): string[] {
  const used = new Set(groups.map((group) => JSON.stringify(group.by)));
  const unused: string[] = [];
  for (const [path] of curvesOf(curves, depth)) if (!used.has(JSON.stringify(path))) unused.push(path.join('.'));
  return unused;
}
