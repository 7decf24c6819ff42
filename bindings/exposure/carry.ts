import type { Adstock } from '../config/config.js';
import { f64, type Region } from '../machine/arena.js';
import type { Kernels } from '../machine/kernels.js';
import { decayOf, weightsOf } from './weights.js';

/** A panel and the byte where it stands: value of series s in period t at t * width + s. */
export interface Panel {
  readonly at: number;
  readonly values: Float64Array;
}

/** An adstock made ready for a calendar: a share kept from period to period, or a list of weights. */
type Plan =
  | { readonly decay: number; readonly factor: number }
  | { readonly weights: Float64Array; readonly lead: number };

function planOf(adstock: Adstock, periods: number, calendar: number): Plan | null {
  if (adstock.kind === 'none') return null;
  if (adstock.kind === 'geometric') {
    const decay = decayOf(adstock.decay);
    // the sum of 1, decay, decay^2, .. is 1 / (1 - decay)
    return { decay, factor: adstock.normalize ? 1 - decay : 1 };
  }
  const lead = adstock.kind === 'kernel' ? (adstock.lead ?? 0) : 0;
  return { weights: weightsOf(adstock, calendar).subarray(0, periods + lead), lead };
}

/**
 * The adstocks of so many periods, and the room they need for panels of up to `width` series. Weights are those of a
 * calendar of its own length, which a fit may have had. Exposure in `panel` is carried
 * over in place by the recursion; by weights into `carried`.
 */
export function planCarrying(adstocks: readonly Adstock[], periods: number, width: number, calendar = periods) {
  const plans = new Map(adstocks.map((adstock) => [adstock, planOf(adstock, periods, calendar)]));
  let lead = 0;
  let lags = 0;
  for (const plan of plans.values()) {
    if (plan === null || !('weights' in plan)) continue;
    lead = Math.max(lead, plan.lead);
    lags = Math.max(lags, plan.weights.length);
  }
  const rows = periods + lead;
  const fields = {
    panel: f64(rows * width),
    carried: f64(lags > 0 ? rows * width : 0),
    weights: f64(lags),
    decays: f64(width),
  };
  return {
    fields,
    /** Carries the first `periods` rows of `panel` over, `series` (even) to a row. */
    carry(kernels: Kernels, region: Region<keyof typeof fields>, adstock: Adstock, series: number): Panel {
      const { at } = region;
      const panel = region.f64('panel');
      const here = { at: at.panel, values: panel.subarray(0, periods * series) };
      const plan = plans.get(adstock);
      if (!plan) return here;
      if ('decay' in plan) {
        region.f64('decays').fill(plan.decay, 0, series);
        kernels.adstockGeometric(at.panel, at.decays, at.panel, periods, series);
        if (plan.factor !== 1) for (let i = 0; i < here.values.length; i++) here.values[i] *= plan.factor;
        return here;
      }
      // what leads is what lags behind on a calendar that goes on without exposure
      const skipped = plan.lead * series;
      panel.fill(0, periods * series, periods * series + skipped);
      region.f64('weights').set(plan.weights);
      kernels.adstockWindow(at.panel, at.weights, at.carried, periods + plan.lead, series, plan.weights.length);
      const values = region.f64('carried').subarray(skipped, skipped + periods * series);
      return { at: at.carried + skipped * 8, values };
    },
  };
}
