import { describe, expect, it } from 'vitest';
import { byAd, engines, fitOf, modelOf, type Pooling, sampleOf, tablesOf } from './support.js';

const sample = sampleOf({ seed: 71, media: ['tv', 'web', 'pos'], weeks: 22, campaigns: 3 });

/** The mean of `relative` over the ads of each medium, weighed by their exposure. */
async function meansOf(pooling: Pooling, model: object = {}, engine = engines[0]) {
  const fit = await engine.fit(tablesOf(sample), modelOf(pooling, {}, { model: { pooling, ...model } }));
  const relative = byAd(fit, sample.ads, 'relative');
  const exposure = byAd(fit, sample.ads, 'exposure');
  const productivity = byAd(fit, sample.ads, 'productivity');
  return ['tv', 'web', 'pos'].map((medium) => {
    let [sum, weight] = [0, 0];
    const rates: number[] = [];
    sample.ads.forEach((ad, h) => {
      if (!ad.startsWith(`${medium}-`)) return;
      sum += exposure[h] * relative[h];
      weight += exposure[h];
      rates.push(productivity[h] / relative[h]);
    });
    // within a medium it is the productivity in another unit
    for (const rate of rates) expect(Math.abs(rate / rates[0] - 1)).toBeLessThan(1e-12);
    return sum / weight;
  });
}

describe('relative productivity', () => {
  const cases: [Pooling, object][] = [
    [{ kind: 'none' }, {}],
    [{ kind: 'gamma' }, {}],
    [{ kind: 'gamma', groups: ['campaign'], spread: 0 }, {}],
    [{ kind: 'lognormal', groups: ['campaign'] }, {}],
    [{ kind: 'lognormal', groups: ['campaign'], together: true }, {}],
    [{ kind: 'crossed', groups: ['format', 'market'], together: true }, {}],
    [{ kind: 'tree', levels: ['market', 'campaign'] }, {}],
    [{ kind: 'gamma' }, { productivity: { covariates: ['format'] } }],
    [{ kind: 'gamma' }, { productivity: { covariates: ['format'], deviation: 0 } }],
  ];
  for (const [pooling, model] of cases) {
    it(`is 1 on average within what is connected: ${JSON.stringify({ pooling, ...model })}`, async () => {
      for (const engine of engines) {
        for (const mean of await meansOf(pooling, model, engine)) expect(Math.abs(mean - 1)).toBeLessThan(1e-12);
      }
    });
  }

  it('is 0 where all totals are 0, and for an ad without exposure', async () => {
    const quiet = {
      ...sample,
      ads: [...sample.ads, 'unused'],
      totals: sample.totals.map(([medium, week, sales]) => [medium, week, medium === 'web' ? 0 : sales] as const),
    };
    const fit = await fitOf(quiet, { kind: 'lognormal' }, {});
    byAd(fit, quiet.ads, 'relative').forEach((x, h) => {
      expect(x === 0).toBe(quiet.ads[h].startsWith('web') || quiet.ads[h] === 'unused');
    });
  });

  it('looks at the bricks that were fitted alone', async () => {
    // by hand: two ads that share a brick; a negative total is split by what the others say
    const hand = {
      ads: ['a', 'b'],
      columns: {},
      totals: [
        ['tv', '1', 9],
        ['tv', '2', -3],
      ] as const,
      rows: [
        ['tv', '1', 0, 1],
        ['tv', '1', 1, 2],
        ['tv', '2', 0, 100],
        ['tv', '2', 1, 1],
      ] as const,
    };
    const totals = { brick: ['medium', 'week'], value: 'sales', negativeTotals: 'share' as const };
    const fit = await fitOf(hand, { kind: 'gamma', spread: 0 }, {}, { totals });
    expect(byAd(fit, hand.ads, 'relative')).toEqual([1, 1]);
    const free = await fitOf(hand, { kind: 'lognormal' }, {}, { totals });
    const [a, b] = byAd(free, hand.ads, 'relative');
    expect(Math.abs((a + 2 * b) / 3 - 1)).toBeLessThan(1e-12);
  });
});
