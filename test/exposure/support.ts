import {
  type Curves,
  createEngine,
  type EffectiveExposureConfig,
  type Model,
  type Tables,
} from '../../bindings/index.js';
import { words } from '../support/simulations.js';

/** One delivery: week, geo, medium, campaign, impressions. */
export type Delivery = readonly [
  week: number | string,
  geo: string,
  medium: string,
  campaign: string,
  impressions: number,
];

export const modelWith = (curves: Curves, section: Partial<EffectiveExposureConfig> = {}): Model => ({
  totals: { brick: ['medium', 'week', 'geo'], value: 'sales' },
  exposure: { brick: ['medium', 'week', 'geo'], entity: ['medium', 'campaign'], value: 'impressions' },
  effectiveExposure: { time: 'week', by: ['medium'], curves, ...section },
});

/** Totals of 1 for every medium, week and geo of the lists, and the deliveries. */
export function tablesOf(
  deliveries: readonly Delivery[],
  weeks: readonly (number | string)[],
  geos: readonly string[] = ['N'],
  media: readonly string[] = ['tv'],
): Tables {
  const bricks = media.flatMap((medium) => weeks.flatMap((week) => geos.map((geo) => ({ medium, week, geo }))));
  return {
    totals: {
      medium: bricks.map(({ medium }) => medium),
      week: bricks.map(({ week }) => week),
      geo: bricks.map(({ geo }) => geo),
      sales: bricks.map(() => 1),
    },
    exposure: {
      week: deliveries.map(([week]) => week),
      geo: deliveries.map(([, geo]) => geo),
      medium: deliveries.map(([, , medium]) => medium),
      campaign: deliveries.map(([, , , campaign]) => campaign),
      impressions: deliveries.map(([, , , , impressions]) => impressions),
    },
  };
}

/** Effective exposure as the result lists it, by `medium campaign geo week`. */
export async function effectiveOf(
  tables: Tables,
  model: Model,
  kernels: 'wasm' | 'js' = 'wasm',
): Promise<Record<string, number>> {
  const engine = await createEngine({ kernels });
  const { allocation } = await engine.fit(tables, { ...model, model: { pooling: { kind: 'gamma', spread: 0 } } });
  const keys = ['medium', 'campaign', 'geo', 'week'].map((name) => words(allocation, name));
  return Object.fromEntries(
    Array.from(allocation.columns.exposure, (exposure, r) => [keys.map((key) => key[r]).join(' '), exposure]),
  );
}
