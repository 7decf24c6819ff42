import { describe, expect, it } from 'vitest';
import type { Progress } from '../../bindings/index.js';
import { figures, words } from '../support/simulations.js';
import { objectiveOf } from './objective.js';
import {
  byAd,
  byGroup,
  distance,
  engines,
  fitOf,
  js,
  modelOf,
  numbersOf,
  type Pooling,
  type Sample,
  sampleOf,
  shuffled,
  tablesOf,
  wasm,
} from './support.js';

type Lognormal = Extract<Pooling, { kind: 'lognormal' | 'crossed' | 'tree' }>;

/** Every shape of lognormal pooling, over columns of a sample's ads. */
const poolings: readonly (readonly [name: string, Lognormal])[] = [
  ['lognormal without groups', { kind: 'lognormal' }],
  ['lognormal in groups', { kind: 'lognormal', groups: ['campaign'], spread: 0.5, evidence: 8 }],
  ['lognormal in groups of two columns', { kind: 'lognormal', groups: ['format', 'market'] }],
  ['a tree', { kind: 'tree', levels: ['market', 'format', 'campaign'], spreads: { format: 0.1, market: 0.8 } }],
  ['a tree with a free level', { kind: 'tree', levels: ['format', 'campaign'], spreads: { format: 'free' } }],
  ['a tree in the order of no key', { kind: 'tree', levels: ['format', 'market'], evidence: 'none' }],
  ['crossed groups', { kind: 'crossed', groups: ['campaign', 'format', 'market'], spreads: { market: 0.9 } }],
  ['crossed groups, one free', { kind: 'crossed', groups: ['format', 'campaign'], spreads: { format: 'free' } }],
];
const samples = [
  sampleOf({ seed: 1 }),
  sampleOf({ seed: 2, weeks: 21, campaigns: 7, ads: 1 }),
  sampleOf({ seed: 3, weeks: 25, campaigns: 5, ads: 5, runs: 0.3, noise: 0.6 }),
];
// a step that promises 1e-13 of the totals may still move an ad with a hundredth of them by sqrt(2 * 1e-13 * 100)
const near = 2e-5;
const isFree = (pooling: Lognormal, group: string) =>
  pooling.kind === 'crossed' && pooling.spreads?.[group.split('\t')[0]] === 'free';

/** Sum over bricks of total * share^2, for each ad. */
function informationOf({ ads, totals, rows }: Sample, productivity: readonly number[]): number[] {
  const fitted = new Map<string, number>();
  for (const [, week, ad, clicks] of rows) fitted.set(week, (fitted.get(week) ?? 0) + clicks * productivity[ad]);
  const sales = new Map(totals.map(([, week, total]) => [week, total]));
  const out = ads.map(() => 0);
  for (const [, week, ad, clicks] of rows)
    out[ad] += sales.get(week)! * ((clicks * productivity[ad]) / fitted.get(week)!) ** 2;
  return out;
}
const fine = { tolerance: 1e-13, maxPasses: 100_000 };

describe('the optimum of lognormal pooling', () => {
  for (const [name, pooling] of poolings) {
    samples.forEach((sample, i) => {
      it(`has no slope left, and the objective it claims: ${name}, sample ${i + 1}`, async () => {
        const fit = await fitOf(sample, pooling, fine);
        expect([fit.converged, fit.counts.components, fit.gap]).toEqual([true, 1, null]);
        const { objective, logLikelihood, slopes, psi } = objectiveOf(fit, sample, pooling);
        const { totals } = fit.sums;
        for (const [unknown, slope] of slopes)
          expect([unknown, Math.abs(slope) < 1e-7 * totals]).toEqual([unknown, true]);
        const size = totals * Math.log(totals);
        expect(Math.abs(fit.objective! - objective)).toBeLessThan(1e-13 * size);
        expect(Math.abs(fit.logLikelihood! - logLikelihood)).toBeLessThan(1e-13 * size);
        // trust: what the data decide of each by itself, against its own prior
        const own = psi / Math.log(1 + (pooling.spread === undefined ? 0.3 : Number(pooling.spread)) ** 2);
        const decided = informationOf(sample, byAd(fit, sample.ads, 'productivity'));
        const trust = decided.map((x) => x / (x + own));
        expect(distance(byAd(fit, sample.ads, 'trust'), trust)).toBeLessThan(1e-9);
        // a slope of 0 in all at once: whatever is held, fitted totals add up to the totals
        const productivity = byAd(fit, sample.ads, 'productivity');
        const fitted = sample.rows.reduce((sum, [, , ad, clicks]) => sum + clicks * productivity[ad], 0);
        expect(Math.abs(fitted / totals - 1)).toBeLessThan(1e-7);
      });

      it(`is where all three solvers go: ${name}, sample ${i + 1}`, async () => {
        const [newton, lbfgs, em] = await Promise.all(
          (['newton', 'lbfgs', 'em'] as const).map((solver) => fitOf(sample, pooling, { ...fine, solver })),
        );
        for (const fit of [lbfgs, em]) {
          expect(fit.converged).toBe(true);
          for (const column of ['productivity', 'trust', 'relative']) {
            expect(distance(byAd(newton, sample.ads, column), byAd(fit, sample.ads, column))).toBeLessThan(near);
          }
          for (const [group, relative] of byGroup(newton, 'relative')) {
            if (isFree(pooling, group)) continue; // for a test of their own
            expect(Math.abs(byGroup(fit, 'relative').get(group)! / relative - 1)).toBeLessThan(near);
          }
          expect(Math.abs(fit.objective! / newton.objective! - 1)).toBeLessThan(1e-8);
        }
        expect([newton, lbfgs, em].map(({ solver }) => solver)).toEqual(['newton', 'lbfgs', 'em']);
      });
    });

    it(`is the same for both kernel sets and for rows in any order: ${name}`, async () => {
      const [sample] = samples;
      for (const solver of ['auto', 'lbfgs', 'em'] as const) {
        const rest = { output: { standardErrors: true } };
        const fit = { solver, tolerance: 1e-10 };
        const one = numbersOf(await fitOf(sample, pooling, fit, rest, wasm), sample.ads);
        const other = numbersOf(await fitOf(shuffled(sample, 4), pooling, fit, rest, js), sample.ads);
        expect(other).toEqual(one);
      }
    });

    it(`is climbed to without a step down by em: ${name}`, async () => {
      for (const engine of engines) {
        const seen: Progress[] = [];
        const model = modelOf(pooling, { solver: 'em', tolerance: 1e-9 });
        // counts have dispersion 1: one climb, one objective
        const poisson = { ...model, model: { ...model.model, family: 'poisson' as const } };
        const fit = await engine.fit(tablesOf(samples[0]), poisson, {
          onProgress: (progress) => {
            if (progress.stage === 'fit') seen.push(progress);
          },
        });
        expect(fit.converged).toBe(true);
        expect(seen.length).toBeGreaterThan(3);
        const heights = seen.map(({ objective }) => objective!);
        const size = Math.max(...heights.map(Math.abs));
        heights.slice(1).forEach((height, i) => {
          expect(height).toBeGreaterThanOrEqual(heights[i] - 1e-13 * size);
        });
        expect(heights[heights.length - 1]).toBeGreaterThan(heights[0]);
      }
    });
  }

  it('is climbed to without a step down also where other starts are tried', async () => {
    const [, pooling] = poolings[0];
    const model = modelOf(pooling, { solver: 'em', tolerance: 1e-9 });
    const heights: number[] = [];
    await wasm.fit(
      tablesOf(samples[2]),
      { ...model, model: { pooling, family: 'poisson' } },
      {
        onProgress: ({ stage, objective }) => {
          if (stage === 'fit') heights.push(objective!);
        },
      },
    );
    const size = Math.max(...heights.map(Math.abs));
    const falls = heights.slice(1).flatMap((height, i) => (height < heights[i] - 1e-13 * size ? [i + 1] : []));
    expect(falls).toEqual([]);
  });

  it('of one ad alone is what it earns per click', async () => {
    const sample = sampleOf({ seed: 9, campaigns: 1, ads: 1, weeks: 5 });
    const exposure = sample.rows.reduce((sum, [, , , clicks]) => sum + clicks, 0);
    const total = sample.totals.reduce((sum, [, , sales]) => sum + sales, 0);
    for (const [, pooling] of poolings) {
      const fit = await fitOf(sample, pooling);
      expect(Math.abs((byAd(fit, sample.ads, 'productivity')[0] * exposure) / total - 1)).toBeLessThan(1e-9);
      expect(words(fit.groups, 'group').length).toBe(Object.keys(figures(fit.groups, 'relative')).length);
      for (const relative of figures(fit.groups, 'relative')) expect(Math.abs(relative - 1)).toBeLessThan(1e-9);
    }
  });

  it('of two ads with a brick each is between what each earned and what both did, as worked out by hand', async () => {
    const sample: Sample = {
      ads: ['a', 'b'],
      columns: {},
      totals: [
        ['tv', '1', 30],
        ['tv', '2', 10],
        ['tv', '3', 0],
      ],
      rows: [
        ['tv', '1', 0, 1],
        ['tv', '2', 1, 1],
        // joins them, and is too small to say anything
        ['tv', '3', 0, 1e-12],
        ['tv', '3', 1, 1e-12],
      ],
    };
    const pooling: Pooling = { kind: 'lognormal', evidence: 3 };
    const rest = { model: { family: 'poisson' as const, pooling } };
    const fit = await fitOf(sample, pooling, { tolerance: 1e-14 }, rest);
    const [a, b] = byAd(fit, sample.ads, 'productivity');
    // total - productivity = psi (ln productivity - root) / sigma^2, the root free and so in their middle
    const weight = (1 + 3 / 3) / Math.log(1.09);
    const root = (Math.log(a) + Math.log(b)) / 2;
    expect(Math.abs(30 - a - weight * (Math.log(a) - root))).toBeLessThan(1e-6);
    expect(Math.abs(10 - b - weight * (Math.log(b) - root))).toBeLessThan(1e-6);
    expect(Math.abs(a + b - 40)).toBeLessThan(1e-6);
    expect(a / b).toBeGreaterThan(1.5);
    expect(a / b).toBeLessThan(3);
  });
});
