import { describe, expect, it } from 'vitest';
import { fit, fitJson, type LevelSpread } from '../../bindings/index.js';
import { refusalOf } from '../support/refusal.js';
import {
  byAd,
  byGroup,
  distance,
  engines,
  fitOf,
  modelOf,
  numbersOf,
  type Pooling,
  sampleOf,
  shuffled,
  tablesOf,
  warningsOf,
} from './support.js';

const sample = sampleOf({ seed: 61, campaigns: 8, ads: 3, weeks: 60, spread: 0.6 });
const level = (level: string | null, spread: number | null, groups: number, estimated = false): LevelSpread => ({
  component: 0,
  level,
  spread,
  estimated,
  groups,
});

describe('spreads', () => {
  const cases: [Pooling, LevelSpread[] | null][] = [
    [{ kind: 'none' }, null],
    [{ kind: 'gamma', groups: ['campaign'] }, null],
    [{ kind: 'lognormal' }, [level(null, 0.3, 24)]],
    [{ kind: 'lognormal', groups: ['campaign'], spread: 0.7 }, [level(null, 0.7, 24), level('campaign', 0.7, 8)]],
    [
      { kind: 'lognormal', groups: ['market', 'campaign'] },
      [level(null, 0.3, 24), level('market / campaign', 0.3, 14)],
    ],
    [
      { kind: 'crossed', groups: ['format', 'market'], spreads: { market: 0.1 } },
      [level(null, 0.3, 24), level('format', 0.3, 3), level('market', 0.1, 2)],
    ],
    [
      { kind: 'tree', levels: ['market', 'campaign'], spread: 0.2, spreads: { market: 'free' } },
      [level(null, 0.2, 24), level('market', null, 2), level('campaign', 0.2, 14)],
    ],
  ];
  for (const [pooling, spreads] of cases) {
    it(`are told level by level, and in fit.json: ${JSON.stringify(pooling)}`, async () => {
      const found = await fitOf(sample, pooling, {});
      expect(found.spreads).toEqual(spreads);
      const json = fitJson(found);
      if (spreads) expect(json.spreads).toEqual(spreads);
      else expect('spreads' in json).toBe(false);
    });
  }

  it('have their defaults written out under config', async () => {
    const at = async (pooling: Pooling) => {
      const found = await fitOf(sample, pooling, {});
      const { config } = fitJson(found) as { config: { model: { pooling: unknown } } };
      expect(config.model.pooling).toEqual(found.pooling);
      return config.model.pooling;
    };
    const rest = { evidence: 25, together: false };
    expect(await at({ kind: 'lognormal' })).toEqual({ kind: 'lognormal', groups: [], spread: 0.3, ...rest });
    expect(
      await at({ kind: 'crossed', groups: ['format', 'market'], spread: 0.4, spreads: { market: 'estimate' } }),
    ).toEqual({
      kind: 'crossed',
      groups: ['format', 'market'],
      spread: 0.4,
      spreads: { format: 0.4, market: 'estimate' },
      ...rest,
    });
    expect(await at({ kind: 'tree', levels: ['campaign'], together: true, evidence: 'none' })).toEqual({
      kind: 'tree',
      levels: ['campaign'],
      spread: 0.3,
      spreads: { campaign: 0.3 },
      evidence: 'none',
      together: true,
    });
    const cohort = { time: 'week', every: 'month' } as const;
    expect(await at({ kind: 'gamma', groups: ['cohort'], cohort })).toEqual({
      kind: 'gamma',
      groups: ['cohort'],
      cohort,
      spread: 0.3,
      evidence: 25,
    });
  });

  it('of a level that are small hold its groups together, and free ones let them go', async () => {
    const rangeAt = async (spread: number | 'free') => {
      const found = await fitOf(sample, { kind: 'tree', levels: ['campaign'], spreads: { campaign: spread } });
      const rates = [...byGroup(found, 'productivity').values()];
      return Math.max(...rates) / Math.min(...rates);
    };
    const ranges = [await rangeAt(0.001), await rangeAt(0.1), await rangeAt(0.5), await rangeAt('free')];
    expect(ranges[0]).toBeLessThan(1.001);
    for (let i = 1; i < ranges.length; i++) expect(ranges[i]).toBeGreaterThan(ranges[i - 1]);
  });

  it('that are free leave no factor of a crossed column to the solver that looks for it', async () => {
    const pooling: Pooling = { kind: 'crossed', groups: ['format', 'campaign'], spreads: { format: 'free' } };
    const [newton, lbfgs, em] = await Promise.all(
      (['newton', 'lbfgs', 'em'] as const).map((solver) => fitOf(sample, pooling, { solver, tolerance: 1e-13 })),
    );
    for (const other of [lbfgs, em]) {
      expect(distance(byAd(other, sample.ads, 'productivity'), byAd(newton, sample.ads, 'productivity'))).toBeLessThan(
        2e-5,
      );
      for (const name of ['relative', 'productivity']) {
        expect(distance([...byGroup(other, name).values()], [...byGroup(newton, name).values()])).toBeLessThan(2e-5);
      }
    }
  });
});

describe('estimated spreads', () => {
  const poolings: Pooling[] = [
    { kind: 'lognormal', spread: 'estimate' },
    { kind: 'lognormal', groups: ['campaign'], spread: 'estimate' },
    { kind: 'tree', levels: ['market', 'campaign'], spreads: { campaign: 'estimate' } },
    { kind: 'crossed', groups: ['market', 'campaign'], spread: 'estimate', spreads: { market: 0.2 } },
  ];
  for (const pooling of poolings) {
    it(`are where a fit with them given is: ${JSON.stringify(pooling)}`, async () => {
      const found = await fitOf(sample, pooling, { tolerance: 1e-12 });
      expect(found.warnings.filter(({ code }) => code.endsWith('settled'))).toEqual([]);
      const given = new Map(found.spreads!.map(({ level, spread }) => [level, spread!]));
      const columns = [...given.keys()].filter((name) => name !== null);
      const own = given.get(null)!;
      const spreads = Object.fromEntries(columns.map((name) => [name, given.get(name)!]));
      const same: Pooling =
        pooling.kind === 'crossed'
          ? { ...pooling, spread: own, spreads }
          : { kind: 'tree', levels: columns, spread: own, spreads };
      const plain: Pooling = columns.length > 0 ? same : { kind: 'lognormal', spread: own };
      const again = await fitOf(sample, plain, { tolerance: 1e-12 });
      expect(distance(byAd(again, sample.ads, 'productivity'), byAd(found, sample.ads, 'productivity'))).toBeLessThan(
        1e-4,
      );
    });

    it(`are the same for both kernel sets and rows in any order: ${JSON.stringify(pooling)}`, async () => {
      const one = await fitOf(sample, pooling, {}, {}, engines[0]);
      const other = await fitOf(shuffled(sample, 5), pooling, {}, {}, engines[1]);
      expect(numbersOf(other, sample.ads)).toEqual(numbersOf(one, sample.ads));
      for (const { estimated, spread } of one.spreads!) expect(spread === 0.3 || spread === 0.2).toBe(!estimated);
    });
  }

  it('are wide where groups lie far apart, and narrow where they do not', async () => {
    const spreadOf = async (spread: number) => {
      const drawn = sampleOf({ seed: 62, campaigns: 12, ads: 2, weeks: 90, spread, noise: 0.05 });
      const pooling: Pooling = { kind: 'lognormal', groups: ['campaign'], spread: 'estimate' };
      return (await fitOf(drawn, pooling, {})).spreads!.map((of) => of.spread!);
    };
    const [near, far] = [await spreadOf(0.05), await spreadOf(0.8)];
    // uniform within +-0.05 and +-0.8: deviations 0.03 and 0.46
    for (const found of near) expect(found).toBeLessThan(0.15);
    for (const found of far) {
      expect(found).toBeGreaterThan(0.3);
      expect(found).toBeLessThan(0.8);
    }
  });

  it('that the sweeps do not suffice for are kept as they are, with a warning', async () => {
    const pooling: Pooling = { kind: 'lognormal', groups: ['campaign'], spread: 'estimate' };
    const codes = new Set<string>();
    for (let maxPasses = 2; maxPasses <= 60; maxPasses++) {
      const found = await fitOf(sample, pooling, { tolerance: 1e-10, maxPasses });
      expect(found.passes).toBeLessThanOrEqual(maxPasses);
      const settled = warningsOf(found, 'spreads-not-settled');
      // short of sweeps there is always a word on it
      codes.add(found.converged ? (settled[0] ?? 'settled') : 'not-converged');
    }
    expect([...codes].sort()).toEqual([
      '1 component: the estimated spreads did not settle within their rounds or passes; the last are kept.',
      'not-converged',
      'settled',
    ]);
  });
});

describe('spreads are refused', () => {
  const refusal = (pooling: object, rest: object = {}) =>
    refusalOf(() => fit(tablesOf(sample), { ...modelOf(pooling as Pooling, {}), ...rest }));

  it('of levels that there are not', async () => {
    expect(await refusal({ kind: 'tree', levels: ['market', 'campaign'], spreads: { campain: 0.2 } })).toEqual([
      'model.pooling.spreads.campain: unknown level. Did you mean "campaign"?',
    ]);
    expect(await refusal({ kind: 'crossed', groups: ['market', 'campaign'], spreads: { ad: 0.2, market: 1 } })).toEqual(
      ['model.pooling.spreads.ad: unknown level. Known: "market", "campaign".'],
    );
    expect(await refusal({ kind: 'lognormal', groups: ['market'], spreads: { market: 0.2 } })).toEqual([
      'model.pooling.spreads: unknown option. Did you mean "spread"?',
    ]);
  });

  it('that are no spreads', async () => {
    const crossed = { kind: 'crossed', groups: ['market'] };
    const own = 'model.pooling.spread: expected a number in [1e-10, 1e+100] or "estimate", got';
    expect(await refusal({ ...crossed, spread: 'free' })).toEqual([`${own} "free"`]);
    expect(await refusal({ ...crossed, spreads: { market: 'wide' } })).toEqual([
      'model.pooling.spreads.market: expected a number in [1e-10, 1e+100], "estimate" or "free", got "wide"',
    ]);
    expect(await refusal({ ...crossed, spread: 0 })).toEqual([
      'model.pooling.spread: expected a number in [1e-10, 1e+100], got 0',
    ]);
    expect(await refusal({ ...crossed, spreads: { market: -1 } })).toEqual([
      'model.pooling.spreads.market: expected a number in [1e-10, 1e+100], got -1',
    ]);
    expect(await refusal({ kind: 'gamma', spread: 'estimate' })).toEqual([
      'model.pooling.spread: expected a number >= 0, got "estimate"',
    ]);
  });

  it('where they are estimated beside learned curves', async () => {
    const rest = {
      effectiveExposure: {
        time: 'week',
        gaps: 'zero',
        curves: { adstock: { kind: 'geometric', decay: 0.5 } },
        learn: [{ parameter: 'decay', from: 0.1, to: 0.9 }],
      },
    };
    const message =
      'effectiveExposure.learn: expected nothing beside estimated spreads, got a list. Learn the curves first, then fit with what was learned.';
    for (const pooling of [
      { kind: 'lognormal', spread: 'estimate' },
      { kind: 'crossed', groups: ['market'], spreads: { market: 'estimate' } },
      { kind: 'tree', levels: ['market'], spreads: { market: 'estimate' } },
    ]) {
      expect(await refusal(pooling, rest)).toEqual([message]);
    }
    expect(await refusal({ kind: 'crossed', groups: ['market'], spreads: { market: 'free' } }, rest)).toEqual([]);
  });

  it('beside covariates, as is every lognormal pooling', async () => {
    for (const pooling of [
      { kind: 'lognormal' },
      { kind: 'crossed', groups: ['market'] },
      { kind: 'tree', levels: ['market'] },
    ]) {
      expect(await refusal(pooling, { model: { pooling, productivity: { covariates: ['format'] } } })).toEqual([
        `model.pooling: expected gamma pooling beside covariates, got "${pooling.kind}". Covariates are the prior mean there; put groups among them.`,
      ]);
    }
  });
});
