import { lognormalOf } from '../noise.js';
import { openStream } from '../random.js';
import type { Campaign } from './campaigns.js';
import type { MtaValues } from './options.js';
import { streams } from './streams.js';

/** Spread of a campaign's weight in a geo, and of its impressions from week to week: coefficients of variation. */
const geoWeightSpread = 0.5;
const weekSpread = 0.3;

/** How far members of a collinear group stray from their ratio, cell by cell: coefficient of variation. */
const collinearSpread = 0.01;

/** Share of campaigns that run in some geos only, and the chance of each geo then. */
const regionalShare = 0.3;
const regionalReach = 0.5;

/**
 * Whole impressions of every campaign: result[campaign][geo * periods + period], periods being history and weeks. Zero
 * outside flights and outside a campaign's geos, at least 1 inside.
 *   impressions = size of campaign * size of geo * weight of campaign in geo * season * weekly noise
 * A follower in a collinear group takes its leader's, times a constant and noise of 1%.
 */
export function deliver(values: MtaValues, campaigns: readonly Campaign[]): Float64Array[] {
  const { seed, weeks, history, geos, geoSpread, seasonality } = values;
  const periods = history + weeks;
  const sizes = Array.from({ length: geos }, (_, g) =>
    lognormalOf(openStream(seed, streams.geoSizes, g).normal(), geoSpread),
  );
  const season = Float64Array.from({ length: periods }, (_, p) => 1 + seasonality * wave((p - history) / 52 + 0.25));

  // before rounding: followers take these from their leaders, who stand before them
  const amounts: Float64Array[] = [];
  for (const { number, leader, first, running, impressions } of campaigns) {
    const amount = new Float64Array(geos * periods);
    const follows = leader !== number;
    const weights = follows ? null : drawWeights(values, number, first);
    const ratio = 0.5 + openStream(seed, streams.collinear, number).uniform();
    for (let g = 0; g < geos; g++) {
      const past = follows ? streams.historyCollinearNoise : streams.historyDelivery;
      const present = follows ? streams.collinearNoise : streams.delivery;
      const noise = drawNormals(values, past, present, number * geos + g);
      for (let p = 0; p < periods; p++) {
        const at = g * periods + p;
        if (!running[p]) continue;
        amount[at] = weights
          ? impressions * sizes[g] * weights[g] * season[p] * lognormalOf(noise[p], weekSpread)
          : amounts[leader][at] * ratio * lognormalOf(noise[p], collinearSpread);
      }
    }
    amounts.push(amount);
  }
  return amounts.map((amount) => amount.map((x) => (x > 0 ? Math.max(1, Math.floor(x + 0.5)) : 0)));
}

/** Weight of a campaign in each geo; zero where a regional campaign does not run. It runs in one geo at least. */
function drawWeights({ seed, geos }: MtaValues, campaign: number, first: boolean): Float64Array {
  const draw = openStream(seed, streams.geoReach, campaign);
  const regional = draw.uniform() < regionalShare && !first;
  const sure = draw.integer(geos);
  return Float64Array.from({ length: geos }, (_, g) => {
    const runs = draw.uniform() < regionalReach;
    const weight = lognormalOf(draw.normal(), geoWeightSpread);
    return regional && !runs && g !== sure ? 0 : weight;
  });
}

/** A normal for each period, history from a stream of its own, both of the same part. */
export function drawNormals(
  { seed, weeks, history }: MtaValues,
  historyStream: number,
  stream: number,
  part: number,
): Float64Array {
  const past = openStream(seed, historyStream, part);
  const present = openStream(seed, stream, part);
  return Float64Array.from({ length: history + weeks }, (_, p) => (p < history ? past : present).normal());
}

/** Nearly sin(2 pi turns), within 0.0017, by Bhaskara's ratio of parabolas: no engine's sine, so the same bits everywhere. */
export function wave(turns: number): number {
  const half = 2 * (turns - Math.floor(turns));
  const x = half < 1 ? half : half - 1;
  const arch = x * (1 - x);
  return ((half < 1 ? 16 : -16) * arch) / (5 - 4 * arch);
}
