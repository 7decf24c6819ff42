import type { Faults } from '../base/faults.js';
import type { Steps } from '../base/steps.js';
import type { EffectiveExposureConfig, ExposureConfig } from '../config/config.js';
import { type FullScale, scaleOf } from '../config/fill.js';
import type { Arena } from '../machine/arena.js';
import type { Kernels } from '../machine/kernels.js';
import type { Deliveries } from '../tables/deliveries.js';
import { keyText } from '../tables/keys.js';
import type { Rows } from '../tables/read.js';
import { type Calendar, readCalendar, type Step, type Times } from './calendar.js';
import { collectCells } from './cells.js';
import { findCurve, type NamedCurve, pathOf, unusedCurves, type Watch } from './curves.js';
import { weighByFrequency } from './frequency.js';
import { groupSeries, placesOf, placeTexts } from './groups.js';
import { countRows, findHistory } from './history.js';
import { type LostBricks, lostPeriods, markLost } from './lost.js';
import { type Meter, openMeter } from './meter.js';
import { readPopulations } from './population.js';
import { type Block, type Fill, ofCurve, openShaper, type Scaling, type Take } from './shaper.js';

/** How exposure was shaped: kept with a fit, so that later tables are shaped alike. */
export interface Shaping {
  /** Scale of whatever saturates, and share of whatever has one, by what it is. */
  readonly scales: ReadonlyMap<string, number>;
  /** Step of the calendar; null without one. */
  readonly step: Step | null;
  /** Periods of the calendar: some adstocks are as long as it is. */
  readonly periods: number;
}

/** Effective exposure of every brick with a total; deliveries without effect stay listed with 0. */
export interface Effective {
  readonly deliveries: Deliveries;
  readonly shaping: Shaping;
  /** Curves of the configuration that no row uses. */
  readonly unused: readonly string[];
  /** Null without a time column. */
  readonly calendar: Calendar | null;
  /** Curves in use, presets as the plain curves they stand for. */
  readonly named: readonly NamedCurve[];
  /** Curves in use by which each entity saturates by itself, as paths. */
  readonly dependsOnCut: readonly string[];
  /** Rows of exposure without a total in their brick that adstock carries to one. */
  readonly history: number;
  /** Bricks whose totals lost delivery leaves unallocated; null where none is lost. */
  readonly lost: LostBricks | null;
}

/** Name of a series of a group, or of their sum: at its place, or anywhere. */
type NameOf = (series: number | null, anywhere?: boolean) => string;

/**
 * Turns delivery into effective exposure (docs/method.md, "Effective exposure"): adstock and saturation per place (all
 * brick columns but time) and curve. Scales are over the whole calendar, history included, or those of `known`. `marked`
 * are bricks that were found lost before, with other curves.
 * @throws InputError when the calendar or the curves are wrong
 */
export function* shapeExposure(
  faults: Faults,
  kernels: Kernels,
  arena: Arena,
  rows: Rows,
  deliveries: Deliveries,
  config: EffectiveExposureConfig,
  exposure: Pick<ExposureConfig, 'brick' | 'value' | 'frequency'> & { readonly table: string },
  known?: Shaping,
  watch?: Watch,
  marked?: LostBricks | null,
): Steps<Effective> {
  const { bricks, entities } = rows;
  const { time, by = [], curves, gaps } = config;
  const timePart = time === undefined ? -1 : exposure.brick.indexOf(time);
  const calendar: Calendar | null =
    timePart < 0 ? null : readCalendar(faults, timesOf(rows, timePart, exposure.table, time!), gaps, known?.step);
  const periods = calendar?.periods ?? 1;
  const periodOf = (brick: number) => (calendar ? calendar.period[bricks.codes[timePart][brick]] : 0);
  const places = yield* placesOf(bricks, timePart);
  const population = readPopulations(faults, rows, places, config.population ?? '');
  const groups = yield* groupSeries(rows, deliveries, places, { by, brick: exposure.brick });
  const named = groups.by.map((values) => findCurve(faults, curves, values));
  faults.throwIfAny();

  const period = new Uint32Array(deliveries.entity.length);
  for (let b = 0; b < bricks.count; b++) {
    period.fill(periodOf(b), deliveries.segments[b], deliveries.segments[b + 1]);
  }
  const hasTotal = new Uint8Array(bricks.count);
  for (const b of rows.totals.brick) hasTotal[b] = 1;

  let most = 0;
  for (let g = 0; g < groups.place.length; g++) most = Math.max(most, groups.starts[g + 1] - groups.starts[g]);
  const inUse = (named as NamedCurve[]).map(({ curve }) => curve);
  const weights = weighByFrequency(
    faults,
    kernels,
    arena,
    rows,
    deliveries,
    groups,
    named as NamedCurve[],
    exposure.frequency ?? '',
    watch,
  );
  faults.throwIfAny();
  yield;
  const shaper = openShaper(kernels, arena, periods, most, inUse, known?.periods);
  const brickAt = new Int32Array(periods); // brick with a total of each period, at the place in work
  const lostAt = Array.from({ length: places.count }, (_, place) =>
    calendar && gaps === 'unallocated' ? lostPeriods(places, deliveries, place, periods, periodOf) : null,
  );
  const lost = lostAt.some((found) => found) ? (marked ?? new Uint8Array(bricks.count)) : null;
  if (lost && !marked) markLost(lost, shaper, places, groups, inUse, lostAt, periodOf);
  const counted = new Int32Array(periods); // -1 for periods that are lost, at the place in work
  const scales = new Map<string, number>();
  const cells = collectCells(deliveries.entity.length);
  const enter = (place: number) => {
    brickAt.fill(-1);
    for (let i = places.segments[place]; i < places.segments[place + 1]; i++) {
      const b = places.bricks[i];
      if (hasTotal[b] && !lost?.[b]) brickAt[periodOf(b)] = b;
    }
    counted.fill(0);
    lostAt[place]?.lost.forEach((gone, t) => {
      if (gone) counted[t] = -1;
    });
  };
  /** Shapes one group: what it is asked for on the way is named by its curve, place and entity. */
  const shapeGroup = (g: number, take: Take, scaling: (nameOf: NameOf) => Scaling) => {
    const { curve, by: values } = named[groups.key[g]] as NamedCurve;
    const first = groups.starts[g];
    const place = groups.place[g];
    const nameOf: NameOf = (series, anywhere = false) => {
      const entity = series === null ? null : groups.entity[first + series];
      const texts = entity === null ? [] : entities.names.map((_, c) => keyText(entities, entity, c));
      return JSON.stringify([values, anywhere ? null : placeTexts(bricks, places, place), texts]);
    };
    // per head only where that makes a difference: what is as delivered keeps its last digit
    const heads = population && (ofCurve(curve) !== null || scaleOf(curve) !== null) ? population[place] : 1;
    const fill: Fill = (into, block) =>
      eachDelivery(first, block, (j, at) => {
        into[at] = deliveries.value[j] / heads;
      });
    const weigh: Fill = (into, block) =>
      eachDelivery(first, block, (j, at) => {
        into[at] *= weights![j];
      });
    const source = { fill, ...(ofCurve(curve) === 'frequency' && { weigh }) };
    const takeAll: Take = (panel, block) => {
      if (heads !== 1) for (let i = 0; i < panel.length; i++) panel[i] *= heads;
      take(panel, block);
    };
    shaper.shape(curve, groups.starts[g + 1] - first, source, takeAll, scaling(nameOf));
  };
  const eachDelivery = (
    first: number,
    { start, end, width }: Block,
    visit: (j: number, at: number, series: number) => void,
  ) => {
    for (let s = start; s < end; s++) {
      for (let i = groups.segments[first + s]; i < groups.segments[first + s + 1]; i++) {
        const j = groups.deliveries[i];
        visit(j, period[j] * width + s - start, s);
      }
    }
  };

  // without a population there is nothing per head: such a place has no total
  const counts = (place: number) => population === null || population[place] > 0;
  /** A meter of those periods that the scale looks at. */
  const inPeriods = (meter: Meter, { over }: FullScale): Pick<Meter, 'add'> =>
    over === 'calendar' && !lost
      ? meter
      : { add: (values, start, stride) => meter.add(values, start, stride, over === 'calendar' ? counted : brickAt) };

  // scales over all places need a look at all of them first
  const meters = new Map<string, Meter>();
  for (let g = 0; g < groups.place.length; g++) {
    yield;
    const scale = scaleOf((named[groups.key[g]] as NamedCurve).curve);
    if (scale === null || typeof scale === 'number' || scale.per === 'place' || !counts(groups.place[g])) continue;
    enter(groups.place[g]);
    shapeGroup(
      g,
      () => undefined,
      (nameOf) => ({
        scaleFor(measure, scale, series) {
          const name = nameOf(series, true);
          const meter = meters.get(name) ?? openMeter(scale);
          meters.set(name, meter);
          measure(inPeriods(meter, scale));
          return 0;
        },
        shareFor: (share) => share,
      }),
    );
  }

  for (let g = 0; g < groups.place.length; g++) {
    yield;
    const place = groups.place[g];
    if (!counts(place)) continue;
    if (g === 0 || place !== groups.place[g - 1]) enter(place);
    const first = groups.starts[g];
    const take: Take = (effective, block) => {
      for (let t = 0; t < periods; t++) {
        if (brickAt[t] < 0) continue;
        const row = t * block.width;
        for (let s = block.start; s < block.end; s++) {
          const value = effective[row + s - block.start];
          if (value !== 0) cells.add(brickAt[t], groups.entity[first + s], value);
        }
      }
      // delivered without effect: listed all the same
      eachDelivery(first, block, (j, at, s) => {
        const b = brickAt[period[j]];
        if (b >= 0 && effective[at] === 0) cells.add(b, groups.entity[first + s], 0);
      });
    };
    // what the fit saw holds for later tables
    const keep = (name: string, found: () => number) => {
      const kept = known?.scales.get(name) || found();
      scales.set(name, kept);
      return kept;
    };
    shapeGroup(g, take, (nameOf) => ({
      scaleFor(measure, scale, series) {
        const name = nameOf(series, scale.per === 'curve');
        return keep(name, () => {
          const meter = meters.get(name) ?? openMeter(scale);
          if (scale.per === 'place') measure(inPeriods(meter, scale));
          return meter.value();
        });
      },
      shareFor: (share, series) => keep(nameOf(series), () => share),
      ...(watch && { see: (scaled) => watch(named[groups.key[g]] as NamedCurve, scaled) }),
    }));
  }
  shaper.close();
  yield;
  return {
    deliveries: yield* cells.sorted(faults, rows, `${exposure.table}, column ${exposure.value}`),
    shaping: { scales, step: calendar?.step ?? null, periods: known?.periods ?? periods },
    calendar,
    named: named as NamedCurve[],
    unused: unusedCurves(curves, by.length, named as NamedCurve[]),
    dependsOnCut: (named as NamedCurve[]).flatMap((one) => (ofCurve(one.curve) === 'entity' ? [pathOf(one)] : [])),
    lost,
    history: countRows(rows, deliveries, findHistory(rows, deliveries, places, groups, inUse, periodOf)),
  };
}

/** Texts of the time column, and where messages may send the reader: to the first row with one. */
function timesOf({ bricks, exposure, totals }: Rows, timePart: number, table: string, time: string): Times {
  const codes = bricks.codes[timePart];
  return {
    texts: bricks.values[timePart],
    path: `${table}, column ${time}`,
    typed: time,
    recordOf(code) {
      const row = exposure.brick.findIndex((b) => codes[b] === code);
      if (row >= 0) return `${exposure.record(row)}, column ${time}`;
      return `${totals.record(totals.brick.findIndex((b) => codes[b] === code))}, column ${bricks.names[timePart]}`;
    },
  };
}
