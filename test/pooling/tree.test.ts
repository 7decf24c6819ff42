import { describe, expect, it } from 'vitest';
import { words } from '../support/simulations.js';
import {
  byAd,
  byGroup,
  distance,
  engines,
  fitOf,
  flagsOf,
  js,
  numbersOf,
  type Pooling,
  type Sample,
  sampleOf,
  shuffled,
} from './support.js';

const tree: Pooling = { kind: 'tree', levels: ['medium', 'campaign'] };

/** With a column that says the medium, as its ads' names do. */
const withMedium = (sample: Sample): Sample => ({
  ...sample,
  columns: { ...sample.columns, medium: sample.ads.map((ad) => ad.split('-')[0]) },
});

/** The part of a sample that one medium is. */
function only(sample: Sample, medium: string): Sample {
  const kept = sample.ads.flatMap((ad, i) => (ad.startsWith(`${medium}-`) ? [i] : []));
  return {
    ads: kept.map((i) => sample.ads[i]),
    columns: Object.fromEntries(
      Object.entries(sample.columns).map(([name, values]) => [name, kept.map((i) => values[i])]),
    ),
    totals: sample.totals.filter(([of]) => of === medium),
    rows: sample.rows
      .filter(([of]) => of === medium)
      .map(([of, week, ad, clicks]) => [of, week, kept.indexOf(ad), clicks]),
  };
}

/** Media of very different size in one sample. */
function together(...parts: Sample[]): Sample {
  const starts = parts.map((_, p) => parts.slice(0, p).reduce((sum, { ads }) => sum + ads.length, 0));
  return {
    ads: parts.flatMap(({ ads }) => ads),
    columns: Object.fromEntries(
      Object.keys(parts[0].columns).map((name) => [name, parts.flatMap(({ columns }) => columns[name])]),
    ),
    totals: parts.flatMap(({ totals }) => totals),
    rows: parts.flatMap(({ rows }, p) =>
      rows.map(([medium, week, ad, clicks]) => [medium, week, starts[p] + ad, clicks] as const),
    ),
  };
}

describe('creatives without history', () => {
  // four campaigns of two creatives that always run, and one in each that had a hundredth of a click once
  const rich = sampleOf({ seed: 4, weeks: 60, campaigns: 4, ads: 2, runs: 0.7, noise: 0.02, spread: 0.7 });
  const cold = [0, 1, 2, 3].map((c) => `tv-${c}-cold`);
  const sample = withMedium({
    ads: [...rich.ads, ...cold],
    columns: { campaign: [...rich.columns.campaign, 'tv-0', 'tv-1', 'tv-2', 'tv-3'] },
    totals: rich.totals,
    rows: [...rich.rows, ...cold.map((_, c) => ['tv', rich.totals[10 + c][1], rich.ads.length + c, 0.01] as const)],
  });

  for (const engine of engines) {
    it(`have the rate of their campaign, no trust, and say so (${engine.kernels})`, async () => {
      const fit = await fitOf(sample, tree, {}, {}, engine);
      const campaigns = byGroup(fit, 'productivity');
      const trust = byAd(fit, cold, 'trust');
      byAd(fit, cold, 'productivity').forEach((p, c) => {
        expect(Math.abs(p / campaigns.get(`campaign\ttv / tv-${c}`)! - 1)).toBeLessThan(1e-3);
        expect(trust[c]).toBeLessThan(1e-3);
      });
      expect(flagsOf(fit, cold)).toEqual(cold.map(() => 'cold'));
      // campaigns differ, so cold creatives do
      const rates = cold.map((_, c) => campaigns.get(`campaign\ttv / tv-${c}`)!);
      expect(Math.max(...rates) / Math.min(...rates)).toBeGreaterThan(1.3);
    });

    it(`leave those with history what is theirs (${engine.kernels})`, async () => {
      const fit = await fitOf(sample, tree, {}, {}, engine);
      const plain = byAd(await fitOf(rich, { kind: 'none' }, {}, {}, engine), rich.ads, 'productivity');
      expect(distance(byAd(fit, rich.ads, 'productivity'), plain)).toBeLessThan(0.05);
      expect(Math.min(...byAd(fit, rich.ads, 'trust'))).toBeGreaterThan(0.9);
      expect(flagsOf(fit, rich.ads)).toEqual(rich.ads.map(() => ''));
      const rate = byAd(fit, rich.ads, 'productivity');
      const apart = rich.ads.map((_, h) => Math.abs(rate[h] / rate[h - (h % 2)] - 1));
      expect(Math.max(...apart)).toBeGreaterThan(0.2); // within a campaign too
    });
  }

  it('are flagged below a trust of 0.05 and nowhere else, but not where the data cannot tell them from another', async () => {
    const twins: Sample = {
      ...sample,
      ads: [...sample.ads, 'twin'],
      columns: {
        campaign: [...sample.columns.campaign, 'tv-0'],
        medium: [...sample.columns.medium, 'tv'],
      },
      rows: [...sample.rows, ['tv', rich.totals[10][1], sample.ads.length, 0.01]],
    };
    const fit = await fitOf(twins, tree);
    expect(flagsOf(fit, [cold[0], 'twin', cold[1]])).toEqual(['indistinguishable', 'indistinguishable', 'cold']);
    // a click more for each of 60: some just below, some just above
    const graded: Sample = {
      ads: [...rich.ads, ...Array.from({ length: 60 }, (_, i) => `new${i}`)],
      columns: {},
      totals: rich.totals,
      rows: [
        ...rich.rows,
        ...Array.from({ length: 60 }, (_, i) => ['tv', rich.totals[i][1], rich.ads.length + i, 1 + i] as const),
      ],
    };
    const held = await fitOf(graded, { kind: 'lognormal', spread: 0.3 });
    const trust = byAd(held, graded.ads, 'trust');
    expect(trust.filter((x) => x > 0.04 && x < 0.05).length).toBeGreaterThan(0);
    expect(trust.filter((x) => x > 0.05 && x < 0.06).length).toBeGreaterThan(0);
    expect(flagsOf(held, graded.ads)).toEqual(trust.map((x) => (x < 0.05 ? 'cold' : '')));
  });
});

describe('groups of a tree', () => {
  it('are told by their value and those before it', async () => {
    const sample = withMedium(sampleOf({ seed: 5, weeks: 24 }));
    const plain = { ...sample, columns: { ...sample.columns, name: sample.columns.market.map((_, i) => `c${i % 2}`) } };
    const fit = await fitOf(plain, { kind: 'tree', levels: ['market', 'name'] });
    const joined = sample.columns.market.map((market, i) => `${market}|${plain.columns.name[i]}`);
    const other = await fitOf(
      { ...plain, columns: { ...plain.columns, name: joined } },
      { kind: 'tree', levels: ['market', 'name'] },
    );
    expect(byAd(fit, sample.ads, 'productivity')).toEqual(byAd(other, sample.ads, 'productivity'));
    expect(words(fit.groups, 'level')).toEqual(['market', 'market', 'name', 'name', 'name', 'name']);
    expect(words(fit.groups, 'group')).toEqual(['m0', 'm1', 'm0 / c0', 'm0 / c1', 'm1 / c0', 'm1 / c1']);
    const entities = byGroup(fit, 'entities');
    for (const market of ['m0', 'm1']) {
      expect(entities.get(`market\t${market}`)).toBe(sample.columns.market.filter((of) => of === market).length);
      expect(entities.get(`name\t${market} / c0`)! + entities.get(`name\t${market} / c1`)!).toBe(
        entities.get(`market\t${market}`),
      );
    }
  });

  it('are over what they hang on what they are over the root, one after the other', async () => {
    const sample = withMedium(sampleOf({ seed: 6, weeks: 24 }));
    const fit = await fitOf(sample, { kind: 'tree', levels: ['medium', 'market', 'campaign'] });
    const productivity = byGroup(fit, 'productivity');
    const relative = byGroup(fit, 'relative');
    for (const [key, value] of productivity) {
      const [level, group] = key.split('\t');
      if (level === 'medium') continue;
      const outer = group.split(' / ').slice(0, -1).join(' / ');
      const above = productivity.get(`${level === 'market' ? 'medium' : 'market'}\t${outer}`)!;
      expect(Math.abs((relative.get(key)! * above) / value - 1)).toBeLessThan(1e-12);
    }
    expect(Math.abs(relative.get('medium\ttv')! - 1)).toBeLessThan(1e-6); // the only one: the root is where it is
  });
});

describe('media in components of their own', () => {
  const tv = withMedium(sampleOf({ seed: 7, media: ['tv'], weeks: 40, campaigns: 3, ads: 3 }));
  const web = withMedium(sampleOf({ seed: 8, media: ['web'], weeks: 25, campaigns: 6, ads: 2 }));
  const big = withMedium(sampleOf({ seed: 9, media: ['pos'], weeks: 30, campaigns: 2, ads: 2 }));
  const huge: Sample = { ...big, totals: big.totals.map(([medium, week, sales]) => [medium, week, sales * 1e6]) };
  const all = together(tv, web, huge);
  const kinds: Pooling[] = [
    tree,
    { kind: 'tree', levels: ['medium', 'campaign'], spread: 'estimate' },
    { kind: 'lognormal', groups: ['campaign'] },
    { kind: 'crossed', groups: ['medium', 'format'] },
    { kind: 'gamma', groups: ['campaign'] },
  ];

  for (const pooling of kinds) {
    it(`of at least 20 bricks are fitted as each alone, bit for bit: ${JSON.stringify(pooling)}`, async () => {
      for (const engine of engines) {
        const rest = { output: { standardErrors: true } };
        const fit = await fitOf(all, pooling, {}, rest, engine);
        expect(fit.counts.components).toBe(3);
        // parts in another order, as components are numbered by their bricks
        const other = await fitOf(shuffled(together(huge, tv, web), 3), pooling, {}, rest, engine);
        expect(numbersOf(other, all.ads)).toEqual(numbersOf(fit, all.ads));
        for (const medium of ['tv', 'web', 'pos']) {
          const part = only(all, medium);
          const alone = await fitOf(part, pooling, {}, rest, engine);
          for (const name of ['productivity', 'allocation', 'relative', 'trust', 'standardError']) {
            expect(byAd(alone, part.ads, name)).toEqual(byAd(fit, part.ads, name));
          }
          const whole = byGroup(fit, 'productivity');
          for (const [group, value] of byGroup(alone, 'productivity')) {
            if (!group.startsWith('format')) expect(whole.get(group)).toBe(value);
          }
        }
      }
    });
  }

  it('share a common rate where they are taken together: a small one is pulled to the others', async () => {
    // radio has three weeks, and earns ten times as much per click as the others say
    const radio = withMedium(sampleOf({ seed: 10, media: ['radio'], weeks: 3, campaigns: 2, ads: 2, noise: 0.5 }));
    const loud: Sample = { ...radio, totals: radio.totals.map(([medium, week, sales]) => [medium, week, 10 * sales]) };
    const sample = together(tv, web, loud);
    const pooling: Pooling = { kind: 'tree', levels: ['medium', 'campaign'], spread: 0.2 };
    const apart = await fitOf(sample, pooling);
    const joined = await fitOf(sample, { ...pooling, together: true });
    const inJs = await fitOf(sample, { ...pooling, together: true }, undefined, {}, js);
    expect([apart.counts.components, joined.counts.components]).toEqual([3, 1]);
    expect(numbersOf(inJs, sample.ads)).toEqual(numbersOf(joined, sample.ads));
    const mean = (fit: typeof apart, ads: readonly string[]) => {
      const logs = byAd(fit, ads, 'productivity').map(Math.log);
      return logs.reduce((sum, x) => sum + x, 0) / logs.length;
    };
    const others = (mean(joined, tv.ads) + mean(joined, web.ads)) / 2;
    const before = mean(apart, radio.ads) - others;
    const after = mean(joined, radio.ads) - others;
    expect(before).toBeGreaterThan(1.5);
    expect(after).toBeLessThan(0.8 * before);
    expect(after).toBeGreaterThan(0);
    expect(byAd(joined, tv.ads, 'productivity')).not.toEqual(byAd(apart, tv.ads, 'productivity'));
    expect(distance(byAd(joined, tv.ads, 'productivity'), byAd(apart, tv.ads, 'productivity'))).toBeLessThan(0.5);
  });
});
