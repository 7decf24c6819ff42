import { describe, expect, it } from 'vitest';
import { ofComponents } from '../fit/problems.js';
import { byAd, engines, fitOf, type Pooling, type Sample, sampleOf, warningsOf } from './support.js';

const sample = sampleOf({ seed: 41, weeks: 24 });
const withColumns = (columns: Record<string, readonly string[]>): Sample => ({
  ...sample,
  columns: { ...sample.columns, ...columns },
});

describe('groups of one', () => {
  const alone = (name: string) =>
    `${name}: every entity is a group of its own, so pooling by it says nothing that the entity does not.`;
  const cases: [Pooling, string[]][] = [
    [{ kind: 'gamma', groups: ['ad'] }, [alone('ad')]],
    [{ kind: 'lognormal', groups: ['ad'] }, [alone('ad')]],
    [{ kind: 'lognormal', groups: ['format', 'ad'] }, [alone('format / ad')]],
    [{ kind: 'crossed', groups: ['ad', 'format'] }, [alone('ad')]],
    [{ kind: 'tree', levels: ['campaign', 'ad'] }, [alone('ad')]],
    [{ kind: 'gamma', groups: ['campaign'] }, []],
    [{ kind: 'lognormal', groups: ['campaign'] }, []],
    [{ kind: 'crossed', groups: ['campaign', 'format'] }, []],
    [{ kind: 'tree', levels: ['market', 'campaign'] }, []],
  ];
  for (const [pooling, messages] of cases) {
    it(`are ${messages.length > 0 ? '' : 'not '}warned of: ${JSON.stringify(pooling)}`, async () => {
      expect(warningsOf(await fitOf(sample, pooling, {}), 'groups-of-one')).toEqual(messages);
    });
  }

  it('are no news where there is one entity', async () => {
    const one = sampleOf({ seed: 42, campaigns: 1, ads: 1, weeks: 3 });
    for (const [pooling] of cases) expect(warningsOf(await fitOf(one, pooling, {}), 'groups-of-one')).toEqual([]);
  });

  it('are looked for in each component: media that share names are not one group', async () => {
    // each medium has one ad of each format
    const media = sampleOf({ seed: 43, media: ['tv', 'web'], campaigns: 3, ads: 1, weeks: 22 });
    const named = { ...media, columns: { format: media.ads.map((_, i) => `f${i % 3}`) } };
    const pooling: Pooling = { kind: 'lognormal', groups: ['format'] };
    expect(warningsOf(await fitOf(named, pooling, {}), 'groups-of-one')).toEqual([alone('format')]);
    expect(warningsOf(await fitOf(named, { ...pooling, together: true }, {}), 'groups-of-one')).toEqual([]);
  });
});

describe('a level', () => {
  const nothing = (name: string) =>
    `${name}: every group of the level above holds a single one of it. Leave the level out, or check the order of the levels.`;
  const copied = withColumns({ copy: sample.columns.campaign.map((name) => `copy of ${name}`) });

  it('that adds nothing to the one above it is warned of', async () => {
    const at = async (levels: string[]) =>
      warningsOf(await fitOf(copied, { kind: 'tree', levels }, {}), 'level-adds-nothing');
    expect(await at(['campaign', 'copy'])).toEqual([nothing('copy')]);
    expect(await at(['market', 'campaign', 'copy', 'format'])).toEqual([nothing('copy')]);
    expect(await at(['market', 'campaign'])).toEqual([]);
    // as columns side by side they are not levels
    const crossed = await fitOf(copied, { kind: 'crossed', groups: ['campaign', 'copy'] }, {});
    expect(warningsOf(crossed, 'level-adds-nothing')).toEqual([]);
  });

  it('one of whose values stands under several is warned of, the first by name', async () => {
    const torn = withColumns({
      brand: sample.ads.map((_, i) => `b${i % 2}`),
      product: sample.ads.map((_, i) => (i < 2 ? 'tin "1"' : i < 4 ? 'box' : `own ${i}`)),
    });
    const fit = await fitOf(torn, { kind: 'tree', levels: ['brand', 'product'] }, {});
    expect(warningsOf(fit, 'several-parents')).toEqual([
      'product "box" (and 1 more) stands under several values of brand: taken as a group of its own under each.',
    ]);
    const single = withColumns({
      ...torn.columns,
      product: torn.columns.product.map((name) => (name === 'box' ? 'x' : name)),
    });
    const one = {
      ...single,
      columns: { ...single.columns, brand: torn.columns.brand.map((brand, i) => (i === 2 || i === 3 ? 'b0' : brand)) },
    };
    expect(warningsOf(await fitOf(one, { kind: 'tree', levels: ['brand', 'product'] }, {}), 'several-parents')).toEqual(
      ['product "tin \\"1\\"" stands under several values of brand: taken as a group of its own under each.'],
    );
    expect(
      warningsOf(await fitOf(one, { kind: 'crossed', groups: ['brand', 'product'] }, {}), 'several-parents'),
    ).toEqual([]);
  });
});

describe('a fit that is cut short', () => {
  const poolings: [Pooling, string][] = [
    [{ kind: 'gamma', groups: ['campaign'] }, 'the certified gap'],
    [{ kind: 'lognormal', groups: ['campaign'] }, 'what a step promises'],
    [{ kind: 'lognormal', spread: 'estimate' }, 'what a step promises'],
    [{ kind: 'tree', levels: ['market', 'campaign'] }, 'what a step promises'],
    [{ kind: 'crossed', groups: ['market', 'format'] }, 'what a step promises'],
  ];
  for (const [pooling, measure] of poolings) {
    for (const solver of ['newton', 'lbfgs', 'em'] as const) {
      it(`says so, and splits all the same: ${JSON.stringify(pooling)}, ${solver}`, async () => {
        const fits = await Promise.all(
          engines.map((engine) => fitOf(sample, pooling, { solver, tolerance: 1e-9, maxPasses: 1 }, {}, engine)),
        );
        for (const fit of fits) {
          expect(fit.converged).toBe(false);
          expect(warningsOf(fit, 'not-converged')).toEqual([
            `1 component stopped before ${measure} reached 1e-9. Raise fit.maxPasses or fit.tolerance.`,
          ]);
          expect(fit.sums.allocated).toBe(fit.sums.totals);
          expect(Number.isFinite(fit.sums.allocated)).toBe(true);
        }
        expect(fits[1].entities.columns.allocation).toEqual(fits[0].entities.columns.allocation);
      });
    }
  }
});

describe('several optima', () => {
  // two bricks, five ads, next to no prior: the second brick may be the second ad's or the fourth's
  const clicks = [
    [1, 9, 1, 1, 0],
    [0, 8, 0, 3, 1],
  ];
  const tiny: Sample = {
    ads: ['a', 'b', 'c', 'd', 'e'],
    columns: {},
    totals: [
      ['tv', '1', 20],
      ['tv', '2', 74],
    ],
    rows: clicks.flatMap((row, w) => row.map((x, ad) => ['tv', String(w + 1), ad, x] as const)),
  };
  const at = (spread: number, solver: 'newton' | 'lbfgs' | 'em', sample: Sample, engine = engines[0]) =>
    fitOf(sample, { kind: 'lognormal', spread, evidence: 'none' }, { tolerance: 1e-11, solver }, {}, engine);

  it('under next to no prior are looked for from three starts, and told where they differ', async () => {
    for (const solver of ['newton', 'lbfgs', 'em'] as const) {
      for (const engine of engines) {
        const fit = await at(1000, solver, tiny, engine);
        expect(warningsOf(fit, 'local-optimum')).toEqual([
          'In 1 component not all of 3 starting points led to the same productivities: under a wide lognormal prior there may be several optima, and the best is only known as the best of these. A smaller spread, or gamma pooling, has one.',
        ]);
      }
    }
  });

  it('are searched for the highest of those found: no point of a grid is higher', async () => {
    const fit = await at(1000, 'newton', tiny);
    const [psi] = ofComponents(fit, 'dispersion'); // no cap on evidence
    const variance = Math.log(1 + 1000 ** 2);
    const heightAt = (x: readonly number[]) => {
      const root = x.reduce((sum, value) => sum + value, 0) / 5;
      let height = 0;
      for (const value of x) height -= (psi * (value - root) ** 2) / (2 * variance);
      clicks.forEach((row, w) => {
        const fitted = row.reduce((sum, clicks, ad) => sum + clicks * Math.exp(x[ad]), 0);
        height += tiny.totals[w][2] * Math.log(fitted) - fitted;
      });
      return height;
    };
    const top = heightAt(byAd(fit, tiny.ads, 'productivity').map(Math.log));
    expect(Math.abs(top - fit.objective!)).toBeLessThan(1e-9 * Math.abs(top));
    const steps = Array.from({ length: 13 }, (_, i) => -7 + i);
    let highest = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < 13 ** 5; i++) {
      const x = [0, 1, 2, 3, 4].map((ad) => steps[Math.floor(i / 13 ** ad) % 13]);
      highest = Math.max(highest, heightAt(x));
    }
    expect(highest).toBeLessThanOrEqual(top);
  });

  it('are no matter under a believed spread, or gamma pooling', async () => {
    expect(warningsOf(await at(0.3, 'newton', tiny), 'local-optimum')).toEqual([]);
    const gamma = await fitOf(tiny, { kind: 'gamma', spread: 1000, evidence: 'none' }, {});
    expect(warningsOf(gamma, 'local-optimum')).toEqual([]);
    expect(warningsOf(await at(1000, 'newton', sample), 'local-optimum')).toEqual([]);
  });
});
