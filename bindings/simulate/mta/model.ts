import type { Curve, Model } from '../../model/config.js';
import { presets } from './media.js';
import type { MtaValues } from './options.js';

/** The configuration that fits what was simulated: its own curves, all else as by default. */
export function modelOf({ media, seed }: MtaValues): Model {
  const curves: Record<string, Curve> = {};
  for (const { name, decay, halfSaturation, slope } of presets.slice(0, media)) {
    curves[name] = {
      adstock: { kind: 'geometric', decay },
      saturation: { kind: 'hill', halfSaturation, slope, of: 'medium' },
      scale: 'max',
    };
  }
  const brick = ['medium', 'week', 'geo'];
  const entity = ['medium', 'campaign'];
  return {
    totals: { file: 'totals.csv', brick: [...brick], value: 'contribution' },
    exposure: { file: 'delivery.csv', brick: [...brick], entity: [...entity], value: 'impressions' },
    entities: { file: 'campaigns.csv', entity: [...entity] },
    effectiveExposure: { time: 'week', by: ['medium'], curves },
    seed,
  };
}
