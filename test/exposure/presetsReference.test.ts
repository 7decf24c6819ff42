import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createEngine, type Model, type Preset, type Tables } from '../../bindings/index.js';
import { words } from '../support/simulations.js';

type Cell = [week: number, geo: string, medium: string, campaign: string];
// a medium for every form of every preset, from the formulas of their libraries: presetsReference.py beside this
const reference: {
  weeks: string[];
  history: number;
  population: Record<string, number>;
  curves: Record<string, Preset>;
  deliveries: [...Cell, exposure: number, frequency: number | null][];
  expected: [...Cell, exposure: number][];
} = JSON.parse(readFileSync(new URL('./presetsReference.json', import.meta.url), 'utf8'));

const { weeks, history, population, curves, deliveries, expected } = reference;
const bricks = Object.keys(curves).flatMap((medium) =>
  Object.keys(population).flatMap((geo) => weeks.slice(history).map((week) => ({ medium, geo, week }))),
);
// a geo without totals: it has no population, and its exposure counts in no median
const elsewhere = deliveries.filter(([, geo]) => geo === 'north');
const tables: Tables = {
  totals: {
    medium: bricks.map(({ medium }) => medium),
    geo: bricks.map(({ geo }) => geo),
    week: bricks.map(({ week }) => week),
    people: bricks.map(({ geo }) => population[geo]),
    sales: bricks.map(() => 1),
  },
  exposure: {
    week: [...deliveries, ...elsewhere].map(([week]) => weeks[week]),
    geo: [...deliveries.map(([, geo]) => geo), ...elsewhere.map(() => 'elsewhere')],
    medium: [...deliveries, ...elsewhere].map(([, , medium]) => medium),
    campaign: [...deliveries, ...elsewhere].map(([, , , campaign]) => campaign),
    reach: [...deliveries.map(([, , , , x]) => x), ...elsewhere.map(([, , , , x]) => x * 1000)],
    frequency: [...deliveries, ...elsewhere].map(([, , , , , frequency]) => frequency),
  },
};
const model: Model = {
  totals: { brick: ['medium', 'week', 'geo'], value: 'sales' },
  exposure: {
    brick: ['medium', 'week', 'geo'],
    entity: ['medium', 'campaign'],
    value: 'reach',
    frequency: 'frequency',
  },
  effectiveExposure: { time: 'week', by: ['medium'], curves: {}, population: 'people' },
  model: { pooling: { kind: 'gamma', spread: 0 } },
};
/** Meridian's are per head; the others look at exposure as it is. */
const isMeridian = (medium: string) => curves[medium].preset === 'meridian';

async function effectiveOf(kernels: 'wasm' | 'js', ofMeridian: boolean): Promise<Map<string, number>> {
  const engine = await createEngine({ kernels });
  const { population: _, ...section } = model.effectiveExposure!;
  const used: Model = {
    ...model,
    effectiveExposure: { ...section, curves, ...(ofMeridian && { population: 'people' }) },
  };
  const { allocation } = await engine.fit(tables, used);
  const keys = ['week', 'geo', 'medium', 'campaign'].map((name) => words(allocation, name));
  const { exposure } = allocation.columns;
  const found = new Map<string, number>();
  for (let r = 0; r < allocation.rows; r++) {
    if (exposure[r] > 0 && isMeridian(keys[2][r]) === ofMeridian) found.set(keys.map((k) => k[r]).join(), exposure[r]);
  }
  return found;
}

describe('effective exposure under the presets', () => {
  for (const kernels of ['wasm', 'js'] as const) {
    it(`is what the formulas of their libraries give (${kernels})`, async () => {
      const found = new Map([...(await effectiveOf(kernels, false)), ...(await effectiveOf(kernels, true))]);
      expect(found.size).toBe(expected.length);
      const worst = new Map<string, number>();
      for (const [week, geo, medium, campaign, exposure] of expected) {
        const value = found.get([weeks[week], geo, medium, campaign].join()) ?? Number.NaN;
        worst.set(medium, Math.max(worst.get(medium) ?? 0, Math.abs(value / exposure - 1)));
      }
      expect(worst.size).toBe(23);
      for (const [medium, apart] of worst) expect(apart, medium).toBeLessThan(1e-12);
    });
  }
});
