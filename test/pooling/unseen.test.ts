import { describe, expect, it } from 'vitest';
import type { Fit, Tables } from '../../bindings/index.js';
import { ofComponents } from '../fit/problems.js';
import { figures, rowsBy } from '../support/simulations.js';
import { byAd, byGroup, engines, fitOf, type Pooling, type Sample, sampleOf, tablesOf } from './support.js';

const sample = sampleOf({ seed: 51, weeks: 26 });
const seen = sample.ads[4];

/** A brick of one known ad and new ones, a click each: what it gives them over what it gives the known. */
async function ratesOf(fit: Fit, ads: Readonly<Record<string, Record<string, string>>>, rows = true, medium = 'tv') {
  const names = Object.keys(ads);
  const columns = Object.keys(sample.columns);
  const own = Object.fromEntries(columns.map((name) => [name, sample.columns[name][4]]));
  const all = [own, ...Object.values(ads)];
  const tables: Tables = {
    totals: { medium: [medium], week: ['later'], sales: [1000] },
    exposure: {
      medium: new Array(names.length + 1).fill(medium),
      week: new Array(names.length + 1).fill('later'),
      ad: [seen, ...names],
      clicks: new Array(names.length + 1).fill(1),
    },
    ...(rows && {
      entities: {
        ad: [seen, ...names],
        ...Object.fromEntries(Object.keys(all[1] ?? own).map((name) => [name, all.map((of) => of[name] ?? own[name])])),
      },
    }),
  };
  const split = await fit.allocate(tables);
  const at = rowsBy(split.allocation, ['ad']);
  const parts = figures(split.allocation, 'allocation');
  return {
    rates: names.map((name) => parts[at.get(name)!] / parts[at.get(seen)!]),
    warnings: split.warnings.map(({ code, message }) => `${code}: ${message}`),
  };
}

/** The same by what the fit says of the known ad and of groups. */
const expected = (fit: Fit, rates: readonly number[]) => {
  const [known] = byAd(fit, sample.ads, 'productivity').slice(4);
  return rates.map((rate) => rate / known);
};
const near = (a: readonly number[], b: readonly number[]) => {
  expect(a).toHaveLength(b.length);
  a.forEach((x, i) => {
    expect(Math.abs(x / b[i] - 1)).toBeLessThan(1e-12);
  });
};
const { campaign, format, market } = sample.columns;
const by = (fit: Fit) => {
  const productivity = byGroup(fit, 'productivity');
  const relative = byGroup(fit, 'relative');
  const [first] = productivity.keys();
  return {
    rate: (key: string) => productivity.get(key)!,
    factor: (key: string) => relative.get(key)!,
    root: productivity.get(first)! / relative.get(first)!,
  };
};
const warning = (count: number, how: string) => [
  `unseen-entities: ${count} ${count === 1 ? 'entity' : 'entities'} without exposure in the fit: split ${how}.`,
];
const byGroups = 'at the rate of their pooling groups';

describe('ads that a fit has not seen', () => {
  for (const engine of engines) {
    it(`have the rate of the innermost group of a tree that is known (${engine.kernels})`, async () => {
      const pooling: Pooling = { kind: 'tree', levels: ['market', 'format', 'campaign'] };
      const fit = await fitOf(sample, pooling, {}, {}, engine);
      const [m, f, c] = [market[7], format[7], campaign[7]];
      const { rates, warnings } = await ratesOf(fit, {
        all: { market: m, format: f, campaign: c },
        two: { market: m, format: f, campaign: 'new' },
        one: { market: m, format: 'new', campaign: c },
        none: { market: 'new', format: f, campaign: c },
      });
      const { rate, root } = by(fit);
      near(
        rates,
        expected(fit, [rate(`campaign\t${m} / ${f} / ${c}`), rate(`format\t${m} / ${f}`), rate(`market\t${m}`), root]),
      );
      expect(new Set(rates).size).toBe(4);
      expect(warnings).toEqual(warning(4, byGroups));
    });

    it(`have the product of the crossed factors that are known (${engine.kernels})`, async () => {
      const fit = await fitOf(sample, { kind: 'crossed', groups: ['campaign', 'format'], spread: 0.8 }, {}, {}, engine);
      const { rates, warnings } = await ratesOf(fit, {
        both: { campaign: campaign[7], format: 'f1' },
        first: { campaign: campaign[7], format: 'new' },
        second: { campaign: 'new', format: 'f1' },
        none: { campaign: 'f1', format: campaign[7] }, // values of the other column
      });
      const { factor, root } = by(fit);
      const [c, f] = [factor(`campaign\t${campaign[7]}`), factor('format\tf1')];
      near(rates, expected(fit, [root * c * f, root * c, root * f, root]));
      expect(warnings).toEqual(warning(4, byGroups));
    });

    it(`have the rate of their group, or the common one (${engine.kernels})`, async () => {
      for (const kind of ['gamma', 'lognormal'] as const) {
        const fit = await fitOf(sample, { kind, groups: ['format', 'market'] }, {}, {}, engine);
        const known = `${format[7]} / ${market[7]}`;
        const { rates, warnings } = await ratesOf(fit, {
          both: { format: format[7], market: market[7] },
          first: { format: format[7], market: 'new' },
          none: { format: 'new', market: 'new' },
        });
        const common = kind === 'gamma' ? ofComponents(fit, 'rate')[0] : by(fit).root;
        near(rates, expected(fit, [by(fit).rate(`format / market\t${known}`), common, common]));
        expect(warnings).toEqual(warning(3, byGroups));
      }
    });
  }

  it('have the rate of the nearest parent that is known', async () => {
    const inner = { 'tv-0': 'brand', 'tv-1': 'brand', 'tv-2': '', 'tv-3': '', brand: '' };
    const told: Sample = {
      ...sample,
      ads: [...sample.ads, ...Object.keys(inner)],
      columns: { parent: [...campaign, ...Object.values(inner)] },
    };
    const fit = await fitOf(told, { kind: 'tree', parent: 'parent' }, {});
    const names = {
      known: 'tv-1',
      fresh: 'newer',
      above: 'brand',
      lost: 'nobody',
      free: '',
      'tv-0': 'brand',
      newer: 'new',
      new: 'brand',
    };
    const rows = Object.fromEntries(
      Object.entries({ ...names, 'tv-1': 'brand', brand: '' }).map(([ad, parent]) => [ad, { parent }]),
    );
    const tables: Tables = {
      totals: { medium: ['tv'], week: ['later'], sales: [1000] },
      exposure: {
        medium: new Array(6).fill('tv'),
        week: new Array(6).fill('later'),
        ad: [seen, 'known', 'fresh', 'above', 'lost', 'free'],
        clicks: new Array(6).fill(1),
      },
      entities: {
        ad: [seen, ...Object.keys(rows)],
        parent: [campaign[4], ...Object.values(rows).map(({ parent }) => parent)],
      },
    };
    const split = await fit.allocate(tables);
    const at = rowsBy(split.allocation, ['ad']);
    const parts = figures(split.allocation, 'allocation');
    const { rate, factor } = by(fit);
    const root = rate('parent\tbrand') / factor('parent\tbrand');
    near(
      ['known', 'fresh', 'above', 'lost', 'free'].map((ad) => parts[at.get(ad)!] / parts[at.get(seen)!]),
      expected(fit, [rate('parent\ttv-1'), rate('parent\tbrand'), rate('parent\tbrand'), root, root]),
    );
  });

  it('have the common rate where no table tells their groups', async () => {
    for (const kind of ['gamma', 'lognormal'] as const) {
      const fit = await fitOf(sample, { kind, groups: ['campaign'] }, {});
      const { rates, warnings } = await ratesOf(fit, { new: {} }, false);
      near(rates, expected(fit, [ofComponents(fit, 'rate')[0]]));
      expect(warnings).toEqual(warning(1, 'at the common rate of what they share bricks with'));
    }
    const ungrouped = await fitOf(sample, { kind: 'lognormal' }, {});
    const { rates, warnings } = await ratesOf(ungrouped, { new: {} });
    near(rates, expected(ungrouped, [ofComponents(ungrouped, 'rate')[0]]));
    expect(warnings).toEqual(warning(1, 'at the common rate of what they share bricks with'));
  });

  it('have the rates of their groups also where a brick knows nobody', async () => {
    const pooling: Pooling = { kind: 'tree', levels: ['campaign'] };
    const tables: Tables = {
      totals: { medium: ['tv'], week: ['later'], sales: [1000] },
      exposure: { medium: ['tv', 'tv'], week: ['later', 'later'], ad: ['new', 'newer'], clicks: [1, 1] },
      entities: { ad: ['new', 'newer'], campaign: ['tv-0', 'tv-1'] },
    };
    const parts = async (of: Sample) => {
      const fit = await fitOf(of, pooling, {});
      const split = await fit.allocate(tables);
      expect(split.warnings.map(({ code, message }) => `${code}: ${message}`)).toEqual(warning(2, byGroups));
      const rate = byGroup(fit, 'productivity');
      const [a, b] = figures(split.allocation, 'allocation');
      return [a / b, rate.get('campaign\ttv-0')! / rate.get('campaign\ttv-1')!];
    };
    const [one, expectedOne] = await parts(sample);
    expect(Math.abs(one / expectedOne - 1)).toBeLessThan(1e-12);
    // a second medium in a component of its own tells nothing of these campaigns
    const [several, expectedSeveral] = await parts(sampleOf({ seed: 51, media: ['tv', 'web'], weeks: 26 }));
    expect(Math.abs(several / expectedSeveral - 1)).toBeLessThan(1e-12);
  });
});

describe('ads that a fit has seen', () => {
  const poolings: Pooling[] = [
    { kind: 'gamma', groups: ['campaign'] },
    { kind: 'lognormal', groups: ['campaign'] },
    { kind: 'crossed', groups: ['campaign', 'format'] },
    { kind: 'tree', levels: ['market', 'campaign'] },
    { kind: 'lognormal', groups: ['cohort'], cohort: { time: 'week', every: 'month' } },
  ];
  for (const pooling of poolings) {
    it(`are split again to the last bit, with and without the entities table: ${JSON.stringify(pooling)}`, async () => {
      for (const engine of engines) {
        const media = sampleOf({ seed: 52, media: ['tv', 'web'], weeks: 24 });
        const fit = await fitOf(media, pooling, {}, {}, engine);
        const { entities, ...tables } = tablesOf(media);
        for (const given of [{ ...tables, entities }, tables]) {
          const split = await fit.allocate(given);
          expect(split.allocation.columns.allocation).toEqual(fit.allocation.columns.allocation);
          expect(split.allocation.columns.share).toEqual(fit.allocation.columns.share);
          expect(split.warnings).toEqual([]);
        }
      }
    });
  }
});
