import type { Curve, Model } from '../../config/config.js';
import { presets } from './media.js';
import type { MtaValues } from './options.js';

/** Columns that name an entity, and the table that has a row for each. */
export const entityKeys = ({ creatives }: MtaValues) =>
  creatives > 1 ? ['medium', 'campaign', 'creative'] : ['medium', 'campaign'];
export const entitiesFile = ({ creatives }: MtaValues) => (creatives > 1 ? 'creatives.csv' : 'campaigns.csv');

/** The configuration that fits what was simulated: its own curves, all else as by default. */
export function modelOf(values: MtaValues): Model {
  const { media, seed } = values;
  const curves: Record<string, Curve> = {};
  for (const { name, decay, halfSaturation, slope } of presets.slice(0, media)) {
    curves[name] = {
      adstock: { kind: 'geometric', decay },
      saturation: { kind: 'hill', halfSaturation, slope, of: 'medium' },
      scale: 'max',
    };
  }
  const brick = ['medium', 'week', 'geo'];
  const entity = entityKeys(values);
  return {
    totals: { file: 'totals.csv', brick: [...brick], value: 'contribution' },
    exposure: { file: 'delivery.csv', brick: [...brick], entity: [...entity], value: 'impressions' },
    entities: { file: entitiesFile(values), entity: [...entity] },
    effectiveExposure: { time: 'week', by: ['medium'], curves },
    seed,
  };
}
