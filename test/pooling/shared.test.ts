import { describe, expect, it } from 'vitest';
import { createEngine, type Model, type Tables } from '../../bindings/index.js';
import { simulateHcp } from '../../bindings/simulate/index.js';
import { tablesIn } from '../support/simulations.js';

const engine = await createEngine();

describe('estimated spreads of components of fewer than 20 bricks', () => {
  const simulation = simulateHcp({
    seed: 1,
    hcps: 60,
    bricks: 60,
    visits: 60,
    overlap: 0.4,
    regions: 4,
    regionSpread: 0.3,
  });
  const model: Model = {
    ...simulation.model,
    model: { pooling: { kind: 'lognormal', groups: ['region'], spread: 'estimate' } },
  };

  it('are shared, as the dispersion is, and those of larger components are their own', async () => {
    const fit = await engine.fit(tablesIn(simulation), model);
    const { bricks, dispersion } = fit.components.columns;
    const small = [...bricks.keys()].filter((c) => bricks[c] < 20);
    expect(small.length).toBeGreaterThan(2);
    const own = new Map(fit.spreads!.filter(({ level }) => level === null).map((s) => [s.component, s]));
    const spreads = small.map((c) => own.get(c)!);
    expect(new Set(spreads.map(({ spread }) => spread)).size).toBe(1);
    expect(spreads.every(({ estimated }) => estimated)).toBe(true);
    expect(new Set(small.map((c) => dispersion[c])).size).toBe(1);
    // sixty doctors with a handful to a component: alone, the belief in spreads near 1 would speak
    expect(spreads[0].spread!).toBeLessThan(0.9);
  });
});

describe('a level of fewer than three groups', () => {
  it('keeps the default spread, and says that it was not estimated', async () => {
    const weeks = Array.from({ length: 30 }, (_, w) => w);
    const ads = ['a', 'b', 'c', 'd'];
    const clicks = (w: number, a: number) => 1 + ((w * (a + 2) * 7) % 11);
    const tables: Tables = {
      totals: { week: weeks, sales: weeks.map((w) => ads.reduce((sum, _, a) => sum + (a + 1) * clicks(w, a), w % 5)) },
      exposure: {
        week: weeks.flatMap((w) => ads.map(() => w)),
        ad: weeks.flatMap(() => ads),
        clicks: weeks.flatMap((w) => ads.map((_, a) => clicks(w, a))),
      },
      entities: { ad: ads, format: ['x', 'x', 'y', 'y'] },
    };
    const fit = await engine.fit(tables, {
      totals: { brick: ['week'], value: 'sales' },
      exposure: { brick: ['week'], entity: ['ad'], value: 'clicks' },
      entities: { entity: ['ad'] },
      model: { pooling: { kind: 'tree', levels: ['format'], spread: 'estimate' } },
    });
    const [own, format] = fit.spreads!;
    expect(own.estimated).toBe(true);
    expect(own.spread).not.toBe(0.3);
    expect(format).toMatchObject({ level: 'format', groups: 2, estimated: false });
    expect(Math.abs(format.spread! - 0.3)).toBeLessThan(1e-12);
  });
});
