import { powOf } from '../../math/pow.js';
import type { Medium } from './media.js';

/**
 * True effective exposure of one medium in one geo, written out by itself so that it can check the library's:
 *   a[c][p] = impressions[c][p] + decay * a[c][p - 1]                 adstock of each campaign
 *   X[p] = sum_c a[c][p],  X'[p] = X[p] / max_p X[p]                  the medium, as a share of its largest period
 *   w[c][p] = X'^slope / (X'^slope + halfSaturation^slope) * a[c][p] / X[p]
 * The maximum is over all periods given, history included. `from` and `to` bound this geo's periods in each campaign's
 * delivery; the result has one array a campaign, and zeros where X is zero.
 */
export function effectiveExposure(
  delivery: readonly Float64Array[],
  { decay, halfSaturation, slope }: Medium,
  from: number,
  to: number,
): Float64Array[] {
  const periods = to - from;
  const adstocked = delivery.map((impressions) => {
    const out = new Float64Array(periods);
    let carried = 0;
    for (let p = 0; p < periods; p++) out[p] = carried = impressions[from + p] + decay * carried;
    return out;
  });
  const medium = new Float64Array(periods);
  for (const series of adstocked) for (let p = 0; p < periods; p++) medium[p] += series[p];
  const largest = medium.reduce((most, x) => (x > most ? x : most), 0);
  const half = powOf(halfSaturation, slope);
  const perUnit = medium.map((x) => {
    if (x === 0) return 0;
    const power = powOf(x / largest, slope);
    return power / (power + half) / x;
  });
  return adstocked.map((series) => series.map((a, p) => a * perUnit[p]));
}
