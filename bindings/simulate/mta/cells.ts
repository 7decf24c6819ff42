import { expOf } from '../../kernels/js/exp.js';
import { amountOf, factorOf } from '../noise.js';
import { openStream } from '../random.js';
import type { Campaign } from './campaigns.js';
import { effectiveExposure } from './effective.js';
import { presets } from './media.js';
import type { MtaValues } from './options.js';
import { streams } from './streams.js';

/** Campaigns' parts of bricks, a column each: by medium, week, geo, campaign. */
export interface Cells {
  /** Number of the campaign. */
  readonly campaign: Uint32Array;
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
export function drawCells(values: MtaValues, campaigns: readonly Campaign[], delivery: readonly Float64Array[]): Cells {
  const { seed, media, weeks, history, geos, cellDispersion, brickDispersion } = values;
  const periods = history + weeks;
  const productivities = campaigns.map((campaign) => walk(values, campaign));
  const cells = roomFor(campaigns.length * weeks * geos);
  let count = 0;
  for (let m = 0; m < media; m++) {
    const members = campaigns.filter(({ medium }) => medium === m);
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
        members.forEach(({ number }, i) => {
          const exposure = exposures[geo][i][history + week];
          if (exposure === 0 && series[i][geo * periods + history + week] === 0) return;
          const productivity = productivities[number][week];
          const draw = openStream(seed, streams.cells, (number * geos + geo) * weeks + week);
          const amount = amountOf(draw, productivity * exposure * factor, cellDispersion);
          cells.campaign[count] = number;
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
  return { campaign: whole(), week: whole(), geo: whole(), exposure: real(), productivity: real(), allocation: real() };
}

function firstOf({ campaign, week, geo, exposure, productivity, allocation }: Cells, rows: number): Cells {
  return {
    campaign: campaign.slice(0, rows),
    week: week.slice(0, rows),
    geo: geo.slice(0, rows),
    exposure: exposure.slice(0, rows),
    productivity: productivity.slice(0, rows),
    allocation: allocation.slice(0, rows),
  };
}

/** Productivity week by week: its logarithm takes a normal step each week. */
function walk({ seed, weeks, drift }: MtaValues, { number, productivity }: Campaign): Float64Array {
  const draw = openStream(seed, streams.drift, number);
  let level = 0;
  return Float64Array.from({ length: weeks }, (_, week) => {
    if (week > 0) level += drift * draw.normal();
    return productivity * expOf(level);
  });
}
