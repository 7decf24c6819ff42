import { lognormalOf } from '../noise.js';
import { splitRow } from '../splitRow.js';
import { drawNormals } from './delivery.js';
import type { Entity } from './entities.js';
import type { MtaValues } from './options.js';
import { streams } from './streams.js';

/** Spread of a creative's weight from week to week in a geo: coefficient of variation. */
const weekSpread = 0.3;

/**
 * Cuts whole impressions of campaigns into those of their creatives: result[entity][geo * periods + period], periods
 * being history and weeks. What the creatives of a campaign have in a geo and period adds up to what it has.
 *   weight of a creative = its size * weekly noise while it runs, else 0
 * A creative with a small weight where the campaign delivers little may get nothing.
 */
export function cutDelivery(
  values: MtaValues,
  entities: readonly Entity[],
  delivery: readonly Float64Array[],
): readonly Float64Array[] {
  const { creatives } = values;
  if (creatives === 1) return delivery;
  const sums = new Float64Array(creatives); // of weights up to each creative
  const cut = new Float64Array(creatives);
  return delivery.flatMap((whole, campaign) => {
    // weights first, and parts over them: nothing else is needed of a weight once its cell is cut
    const parts = entities
      .slice(campaign * creatives, (campaign + 1) * creatives)
      .map((entity) => drawWeights(values, entity));
    whole.forEach((impressions, at) => {
      let sum = 0;
      for (let k = 0; k < creatives; k++) sums[k] = sum += parts[k][at];
      if (impressions === 0) cut.fill(0);
      else splitRow(impressions, sums, cut, 0);
      for (let k = 0; k < creatives; k++) parts[k][at] = cut[k];
    });
    return parts;
  });
}

/** Weight of a creative in every geo and period. */
function drawWeights(values: MtaValues, { campaign, creative, running, size }: Entity): Float64Array {
  const { geos, history, weeks } = values;
  const periods = history + weeks;
  const past = streams.historyCreativeDelivery + creative;
  const present = streams.creativeDelivery + creative;
  const weights = new Float64Array(geos * periods);
  for (let g = 0; g < geos; g++) {
    const noise = drawNormals(values, past, present, campaign * geos + g);
    running.forEach((runs, p) => {
      if (runs) weights[g * periods + p] = size * lognormalOf(noise[p], weekSpread);
    });
  }
  return weights;
}
