import { runLength, type Steps } from '../base/steps.js';
import type { Deliveries } from '../tables/deliveries.js';
import { type KeySet, keyText, rankTuples } from '../tables/keys.js';
import { orderBy, segmentsOf } from '../tables/order.js';
import type { Rows } from '../tables/read.js';

/** Places: tuples of all brick columns but time, numbered canonically. */
export interface Places {
  /** Place of each brick. */
  readonly ids: Uint32Array;
  readonly count: number;
  /** Bricks by place: those of place p are bricks[segments[p]] .. bricks[segments[p+1]-1]. */
  readonly bricks: Uint32Array;
  readonly segments: Uint32Array;
  /** Which brick columns make a place. */
  readonly parts: readonly number[];
}

export function* placesOf(bricks: KeySet, timePart: number): Steps<Places> {
  const parts = [...bricks.names.keys()].filter((c) => c !== timePart);
  const { ids, count } = yield* rankTuples(
    [parts.length > 0 ? parts.map((c) => bricks.codes[c]) : [new Uint32Array(bricks.count)]],
    parts.length > 0 ? parts.map((c) => bricks.values[c].length) : [1],
  );
  const [place] = ids;
  return { ids: place, count, bricks: yield* orderBy(place, count), segments: segmentsOf(place, count), parts };
}

/**
 * Deliveries as series: an entity at a place, over time. Series that share a curve at a place make a group, they
 * saturate together: group by group, entities rising inside.
 */
export interface SeriesGroups {
  /** Series of group g are starts[g] .. starts[g+1]-1. */
  readonly starts: Uint32Array;
  /** Place and values of the `by` columns (a row of `by`) of each group. */
  readonly place: Uint32Array;
  readonly key: Uint32Array;
  /** Entity of each series. */
  readonly entity: Uint32Array;
  /** Deliveries of series s, by brick: deliveries[segments[s]] .. deliveries[segments[s+1]-1]. */
  readonly segments: Uint32Array;
  readonly deliveries: Uint32Array;
  /** Distinct values of the `by` columns. */
  readonly by: readonly (readonly string[])[];
}

/** Values of the `by` columns, which lead to a curve. */
export interface CurveKeys {
  /** Key of each delivery: a row of `by`. */
  readonly ids: Uint32Array;
  readonly by: readonly (readonly string[])[];
}

interface KeyColumns {
  readonly by: readonly string[];
  readonly brick: readonly string[];
}

/** Which curve each delivery is shaped by: values of the `by` columns, from the brick or from the entity. */
export function* curveKeys(
  { bricks, entities }: Pick<Rows, 'bricks' | 'entities'>,
  { segments, entity }: Deliveries,
  config: KeyColumns,
): Steps<CurveKeys> {
  const rows = entity.length;
  const brickOf = new Uint32Array(rows);
  for (let b = 0; b < bricks.count; b++) brickOf.fill(b, segments[b], segments[b + 1]);
  const columns = config.by.map((name) => {
    const part = config.brick.indexOf(name);
    const of = part >= 0 ? bricks : entities;
    const c = part >= 0 ? part : entities.names.indexOf(name);
    const ids = part >= 0 ? brickOf : entity;
    const codes = new Uint32Array(rows);
    for (let j = 0; j < rows; j++) codes[j] = of.codes[c][ids[j]];
    return { codes, values: of.values[c] };
  });
  yield;
  const keys = yield* rankTuples(
    [columns.length > 0 ? columns.map(({ codes }) => codes) : [new Uint32Array(rows)]],
    columns.length > 0 ? columns.map(({ values }) => values.length) : [1],
  );
  return {
    ids: keys.ids[0],
    by: Array.from({ length: keys.count }, (_, k) => columns.map(({ values }, c) => values[keys.codes[c][k]])),
  };
}

export function* groupSeries(rows: Rows, sorted: Deliveries, places: Places, config: KeyColumns): Steps<SeriesGroups> {
  const { segments: ofBrick, entity } = sorted;
  const { ids: keyOf, by } = yield* curveKeys(rows, sorted, config);
  const count = entity.length;
  const placeOf = new Uint32Array(count);
  for (let b = 0; b < rows.bricks.count; b++) placeOf.fill(places.ids[b], ofBrick[b], ofBrick[b + 1]);

  // by place, curve, entity, brick
  const byEntity = yield* orderBy(entity, rows.entities.count);
  const byKey = by.length > 1 ? yield* orderBy(keyOf, by.length, byEntity) : byEntity;
  const deliveries = yield* orderBy(placeOf, places.count, byKey);
  const starts: number[] = [];
  const place: number[] = [];
  const key: number[] = [];
  const seriesEntity = new Uint32Array(count);
  const seriesStart = new Uint32Array(count + 1);
  let series = 0;
  for (let i = 0; i < count; i++) {
    if (i % runLength === 0) yield;
    const j = deliveries[i];
    const before = deliveries[i - 1];
    const sameGroup = i > 0 && placeOf[j] === placeOf[before] && keyOf[j] === keyOf[before];
    if (!sameGroup) {
      starts.push(series);
      place.push(placeOf[j]);
      key.push(keyOf[j]);
    }
    if (sameGroup && entity[j] === entity[before]) continue;
    seriesEntity[series] = entity[j];
    seriesStart[series++] = i;
  }
  seriesStart[series] = count;
  return {
    starts: Uint32Array.from([...starts, series]),
    place: Uint32Array.from(place),
    key: Uint32Array.from(key),
    entity: seriesEntity.slice(0, series),
    segments: seriesStart.slice(0, series + 1),
    deliveries,
    by,
  };
}

/** Texts of a place. */
export function placeTexts(bricks: KeySet, places: Places, place: number): string[] {
  const brick = places.bricks[places.segments[place]];
  return places.parts.map((c) => keyText(bricks, brick, c));
}
