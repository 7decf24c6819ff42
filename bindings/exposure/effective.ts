import type { Faults } from '../faults.js';
import type { Kernels } from '../kernels/kernels.js';
import { type Arena, f64 } from '../memory/arena.js';
import type { EffectiveExposureConfig } from '../model/config.js';
import { type Deliveries, orderBy, segmentsOf } from '../problem/deliveries.js';
import { type KeySet, keyText } from '../problem/keys.js';
import type { Rows } from '../problem/read.js';
import { type Calendar, readCalendar } from './calendar.js';
import { type Group, groupSeries, placesOf, unusedCurves } from './groups.js';

/** Largest value over time of whatever saturates, by what it is: kept so that later tables are scaled alike. */
export type Scales = Map<string, number>;

/** Effective exposure of every brick with a total; deliveries without effect stay listed with 0. */
export interface Effective {
  readonly deliveries: Deliveries;
  readonly scales: Scales;
  /** Curves of the configuration that no row uses. */
  readonly unused: readonly string[];
}

/**
 * Turns delivery into effective exposure (docs/method.md, "Effective exposure"). Per entity and place a = adstock(x).
 * What saturates is their sum X over the curve's entities there (`of: "medium"`: w = S(X / max X) a / X) or each by
 * itself (`of: "entity"`: w = S(a / max a)). Maxima are over the whole calendar, history included.
 */
export function shapeExposure(
  faults: Faults,
  kernels: Kernels,
  arena: Arena,
  rows: Rows,
  deliveries: Deliveries,
  config: EffectiveExposureConfig,
  exposureNames: { readonly brick: readonly string[]; readonly table: string },
  known?: Scales,
): Effective {
  const { time, by = [], curves, gaps } = config;
  const timePart = time === undefined ? -1 : exposureNames.brick.indexOf(time);
  const calendar: Calendar =
    timePart < 0
      ? { period: new Int32Array(0), periods: 1 }
      : readCalendar(faults, `${exposureNames.table}, column ${time}`, rows.bricks.values[timePart], gaps);
  const periodOf = (brick: number) => (timePart < 0 ? 0 : calendar.period[rows.bricks.codes[timePart][brick]]);
  const place = placesOf(rows.bricks, timePart);
  const groups = groupSeries(faults, rows, deliveries, place, { by, curves, brick: exposureNames.brick });
  faults.throwIfAny();

  const hasTotal = new Uint8Array(rows.bricks.count);
  for (const b of rows.totals.brick) hasTotal[b] = 1;
  // brick of each period, place by place
  const byPlace = orderBy(place.ids, place.count);
  const placeStart = segmentsOf(place.ids, place.count);
  const brickAt = new Int32Array(calendar.periods);
  let placeLoaded = -1;

  const scales: Scales = new Map();
  const out = { brick: [] as number[], entity: [] as number[], value: [] as number[] };
  for (const group of groups) {
    if (group.place !== placeLoaded) {
      brickAt.fill(-1);
      for (let i = placeStart[group.place]; i < placeStart[group.place + 1]; i++)
        brickAt[periodOf(byPlace[i])] = byPlace[i];
      placeLoaded = group.place;
    }
    const { periods } = calendar;
    const { series } = group;
    const width = series.length + (series.length % 2); // padded: kernels take series in pairs
    const region = arena.open({ panel: f64(periods * width), decays: f64(width), level: f64(periods * width) });
    const panel = region.f64('panel').fill(0);
    const listed = new Uint8Array(periods * width);
    const position = new Map(series.map((entity, s) => [entity, s]));
    for (let t = 0; t < periods; t++) {
      const b = brickAt[t];
      if (b < 0) continue;
      for (let j = deliveries.segments[b]; j < deliveries.segments[b + 1]; j++) {
        const s = position.get(deliveries.entity[j]);
        if (s === undefined) continue;
        panel[t * width + s] = deliveries.value[j];
        listed[t * width + s] = 1;
      }
    }
    const { adstock } = group.curve;
    if (adstock?.kind === 'geometric') {
      region.f64('decays').fill(adstock.decay);
      kernels.adstockGeometric(region.at.panel, region.at.decays, region.at.panel, periods, width);
    }
    saturate(kernels, region, group, width, periods, rows.entities, known, scales);
    for (let t = 0; t < periods; t++) {
      const b = brickAt[t];
      if (b < 0 || !hasTotal[b]) continue;
      for (let s = 0; s < series.length; s++) {
        const value = panel[t * width + s];
        if (!(value > 0) && !listed[t * width + s]) continue;
        out.brick.push(b);
        out.entity.push(series[s]);
        out.value.push(value);
      }
    }
    region.close();
  }
  const brick = Uint32Array.from(out.brick);
  const entity = Uint32Array.from(out.entity);
  const order = orderBy(brick, rows.bricks.count, orderBy(entity, rows.entities.count));
  return {
    deliveries: {
      segments: segmentsOf(brick, rows.bricks.count),
      entity: order.map((i) => entity[i]),
      value: Float64Array.from(order, (i) => out.value[i]),
    },
    scales,
    unused: unusedCurves(curves, by.length, groups),
  };
}

/** Turns adstocked exposure in `panel` into effective exposure, in place. */
function saturate(
  kernels: Kernels,
  region: { at: Record<'panel' | 'level', number>; f64(field: 'panel' | 'level'): Float64Array },
  group: Group,
  width: number,
  periods: number,
  entities: KeySet,
  known: Scales | undefined,
  scales: Scales,
): void {
  const { saturation, scale } = group.curve;
  const hill = saturation?.kind === 'hill' ? saturation : null;
  const scaled = (scale ?? (hill ? 'max' : 'none')) === 'max';
  if (!hill && !scaled) return;
  const panel = region.f64('panel');
  const level = region.f64('level');
  const alone = hill?.of === 'entity';
  const levels = alone ? width : 1; // series that saturate: each by itself, or their sum
  for (let t = 0; t < periods; t++) {
    if (alone) level.set(panel.subarray(t * width, (t + 1) * width), t * width);
    else {
      let sum = 0;
      for (let s = 0; s < width; s++) sum += panel[t * width + s];
      level[t] = sum;
    }
  }
  if (scaled) {
    for (let s = 0; s < levels; s++) {
      const texts =
        alone && s < group.series.length ? entities.names.map((_, c) => keyText(entities, group.series[s], c)) : [];
      const name = JSON.stringify([group.by, group.where, texts]);
      let most = 0;
      for (let t = 0; t < periods; t++) most = Math.max(most, level[t * levels + s]);
      most = known?.get(name) ?? most;
      scales.set(name, most);
      if (most > 0) for (let t = 0; t < periods; t++) level[t * levels + s] /= most;
    }
  }
  // the sum itself is needed once more, to share it out
  const sums = alone ? null : level.slice(0, periods);
  if (hill) kernels.saturateHill(region.at.level, hill.halfSaturation, hill.slope, region.at.level, periods * levels);
  if (alone) {
    panel.set(level.subarray(0, periods * width));
    return;
  }
  for (let t = 0; t < periods; t++) {
    let sum = 0;
    for (let s = 0; s < width; s++) sum += panel[t * width + s];
    if (!(sum > 0) || !(sums![t] > 0)) continue;
    for (let s = 0; s < width; s++) panel[t * width + s] = level[t] * (panel[t * width + s] / sum);
  }
}
