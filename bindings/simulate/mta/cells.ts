import { expOf } from '../../math/exp.js';
import { amountOf, factorOf } from '../noise.js';
import { openStream } from '../random.js';
import { effectiveExposure } from './effective.js';
import type { Entity } from './entities.js';
import { presets } from './media.js';
import type { MtaValues } from './options.js';
import { streams } from './streams.js';

/** Entities' parts of bricks, a column each: by medium, week, geo, entity. */
export interface Cells {
  /** Number of the entity. */
  readonly entity: Uint32Array;
  /** From 0, the first week with totals. */
  readonly week: Uint32Array;
  readonly geo: Uint32Array;
  /** Effective. */
  readonly exposure: Float64Array;
  /** In this week. */
  readonly productivity: Float64Array;
  readonly allocation: Float64Array;
}

/** Contributions are whole multiples of 1 / `units`: a power of two, so that they add up exactly in any order. */
const units = 1024;

/**
 * Every cell with effective exposure or delivery.
 *   allocation ~ gamma with mean productivity * exposure * factor of the brick, variance cellDispersion * mean
 */
export function drawCells(values: MtaValues, entities: readonly Entity[], delivery: readonly Float64Array[]): Cells {
  const { seed, media, weeks, history, geos, cellDispersion, brickDispersion } = values;
  const periods = history + weeks;
  const productivities = entities.map((entity) => walk(values, entity));
  const cells = roomFor(entities.length * weeks * geos);
  let count = 0;
  for (let m = 0; m < media; m++) {
    const members = entities.filter(({ medium }) => medium === m);
    const series = members.map(({ number }) => delivery[number]);
    const exposures = Array.from({ length: geos }, (_, g) =>
      effectiveExposure(series, presets[m], g * periods, (g + 1) * periods),
    );
    for (let week = 0; week < weeks; week++) {
      for (let geo = 0; geo < geos; geo++) {
        const factor = factorOf(
          openStream(seed, streams.brickFactors, (m * geos + geo) * weeks + week),
          brickDispersion,
        );
        members.forEach(({ number, campaign, creative }, i) => {
          const exposure = exposures[geo][i][history + week];
          if (exposure === 0 && series[i][geo * periods + history + week] === 0) return;
          const productivity = productivities[number][week];
          const stream = creative === 0 ? streams.cells : streams.creativeCells + creative;
          const draw = openStream(seed, stream, (campaign * geos + geo) * weeks + week);
          const amount = amountOf(draw, productivity * exposure * factor, cellDispersion);
          cells.entity[count] = number;
          cells.week[count] = week;
          cells.geo[count] = geo;
          cells.exposure[count] = exposure;
          cells.productivity[count] = productivity;
          cells.allocation[count] = Math.floor(amount * units + 0.5) / units;
          count++;
        });
      }
    }
  }
  return firstOf(cells, count);
}

function roomFor(rows: number): Cells {
  const whole = () => new Uint32Array(rows);
  const real = () => new Float64Array(rows);
  return { entity: whole(), week: whole(), geo: whole(), exposure: real(), productivity: real(), allocation: real() };
}

function firstOf({ entity, week, geo, exposure, productivity, allocation }: Cells, rows: number): Cells {
  return {
    entity: entity.slice(0, rows),
    week: week.slice(0, rows),
    geo: geo.slice(0, rows),
    exposure: exposure.slice(0, rows),
    productivity: productivity.slice(0, rows),
    allocation: allocation.slice(0, rows),
  };
}

/** Productivity week by week: its logarithm takes a normal step each week, the same for all creatives of a campaign. */
function walk({ seed, weeks, drift }: MtaValues, { campaign, productivity }: Entity): Float64Array {
  const draw = openStream(seed, streams.drift, campaign);
  let level = 0;
  return Float64Array.from({ length: weeks }, (_, week) => {
    if (week > 0) level += drift * draw.normal();
    return productivity * expOf(level);
  });
}
