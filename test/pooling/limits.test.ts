import { describe, expect, it } from 'vitest';
import { ofComponents } from '../fit/problems.js';
import { byAd, byGroup, distance, engines, fitOf, type Pooling, type Sample, sampleOf } from './support.js';

const shapes: readonly ((spread: number) => Pooling)[] = [
  (spread) => ({ kind: 'lognormal', spread }),
  (spread) => ({ kind: 'lognormal', groups: ['campaign'], spread }),
  (spread) => ({ kind: 'tree', levels: ['market', 'campaign'], spread }),
  (spread) => ({ kind: 'crossed', groups: ['campaign', 'format'], spread }),
];
const sample = sampleOf({ seed: 1 });
const nameOf = (pooling: Pooling) =>
  [pooling.kind, ...('levels' in pooling ? pooling.levels! : 'groups' in pooling ? pooling.groups! : [])].join(' ');

/** The same with all totals, or all clicks, times a factor. */
const scaled = ({ totals, rows, ...rest }: Sample, ofTotals: number, ofClicks = 1): Sample => ({
  ...rest,
  totals: totals.map(([medium, week, sales]) => [medium, week, sales * ofTotals]),
  rows: rows.map(([medium, week, ad, clicks]) => [medium, week, ad, clicks * ofClicks]),
});

describe('the unit', () => {
  for (const shape of shapes) {
    const pooling = shape(0.4);
    it(`of totals and exposure, by powers of two, changes no digit: ${nameOf(pooling)}`, async () => {
      for (const engine of engines) {
        const rest = { output: { standardErrors: true } };
        const fit = await fitOf(sample, pooling, {}, rest, engine);
        const other = await fitOf(scaled(sample, 2 ** 37, 2 ** -11), pooling, {}, rest, engine);
        for (const [name, factor] of [
          ['productivity', 2 ** 48],
          ['allocation', 2 ** 37],
          ['trust', 1],
          ['relative', 1],
          ['standardError', 1],
          ['sandwichError', 1],
        ] as const) {
          expect(byAd(other, sample.ads, name)).toEqual(byAd(fit, sample.ads, name).map((x) => x * factor));
        }
        expect([...byGroup(other, 'productivity')]).toEqual(
          [...byGroup(fit, 'productivity')].map(([group, x]) => [group, x * 2 ** 48]),
        );
        expect([...byGroup(other, 'relative')]).toEqual([...byGroup(fit, 'relative')]);
        expect(ofComponents(other, 'dispersion')[0]).toBe(ofComponents(fit, 'dispersion')[0] * 2 ** 37);
      }
    });

    it(`of totals, by ten, scales productivities with them: ${nameOf(pooling)}`, async () => {
      const fit = await fitOf(sample, pooling);
      const other = await fitOf(scaled(sample, 10), pooling);
      const tenfold = byAd(fit, sample.ads, 'productivity').map((x) => 10 * x);
      expect(distance(byAd(other, sample.ads, 'productivity'), tenfold)).toBeLessThan(1e-6);
      expect(distance(byAd(other, sample.ads, 'trust'), byAd(fit, sample.ads, 'trust'))).toBeLessThan(1e-6);
      expect(distance([...byGroup(other, 'relative').values()], [...byGroup(fit, 'relative').values()])).toBeLessThan(
        1e-6,
      );
    });
  }
});

describe('the spread', () => {
  for (const shape of shapes) {
    const name = nameOf(shape(1));
    for (const solver of ['newton', 'lbfgs', 'em'] as const) {
      it(`goes to 0 with its square as the proportional split: ${name}, ${solver}`, async () => {
        const offAt = async (spread: number) => {
          const fit = await fitOf(sample, shape(spread), { solver, tolerance: 1e-13 });
          expect(fit.converged).toBe(true);
          return distance(byAd(fit, sample.ads, 'allocation'), byAd(fit, sample.ads, 'proportional'));
        };
        const [small, tiny, none] = [await offAt(1e-2), await offAt(1e-3), await offAt(1e-9)];
        expect(small).toBeGreaterThan(1e-4);
        expect(tiny / small).toBeGreaterThan(0.0095);
        expect(tiny / small).toBeLessThan(0.0105);
        expect(none).toBeLessThan(1e-13);
      });
    }

    it(`goes to plain maximum likelihood as it gets large: ${name}`, async () => {
      const plain = byAd(await fitOf(sample, { kind: 'none' }), sample.ads, 'productivity');
      const offAt = async (spread: number) =>
        distance(byAd(await fitOf(sample, shape(spread)), sample.ads, 'productivity'), plain);
      const off = [await offAt(0.3), await offAt(3), await offAt(1e3), await offAt(1e50)];
      for (let i = 1; i < off.length; i++) expect(off[i]).toBeLessThan(off[i - 1]);
      expect(off[0]).toBeGreaterThan(0.1);
      expect(off[3]).toBeLessThan(2e-3);
    });

    it(`may be as small as 1e-10 and as large as 1e100: ${name}`, async () => {
      const small = await fitOf(sample, shape(1e-10), {});
      expect(small.converged).toBe(true);
      expect(distance(byAd(small, sample.ads, 'allocation'), byAd(small, sample.ads, 'proportional'))).toBeLessThan(
        1e-4,
      );
      const large = await fitOf(sample, shape(1e100), {});
      expect(large.converged).toBe(true);
      const plain = await fitOf(sample, { kind: 'none' });
      const productivity = (fit: typeof plain) => byAd(fit, sample.ads, 'productivity');
      expect(distance(productivity(large), productivity(plain))).toBeLessThan(2e-2);
    });
  }
});

describe('evidence', () => {
  it('weighs the prior as B / N bricks do: the prior of 30 bricks capped at 10 is that of none at a wider spread', async () => {
    // psi / sigma^2 alone counts, with psi = phi (1 + 30 / 10) = 4 phi and counts of dispersion 1
    const at = (pooling: Pooling) =>
      fitOf(sample, pooling, { tolerance: 1e-13 }, { model: { family: 'poisson', pooling } });
    const wide = Math.sqrt(1.09 ** 4 - 1); // ln(1 + wide^2) = 4 ln(1 + 0.3^2)
    const capped = await at({ kind: 'lognormal', groups: ['campaign'], spread: wide, evidence: 10 });
    const free = await at({ kind: 'lognormal', groups: ['campaign'], spread: 0.3, evidence: 'none' });
    for (const name of ['productivity', 'trust']) {
      expect(distance(byAd(capped, sample.ads, name), byAd(free, sample.ads, name))).toBeLessThan(1e-9);
    }
    expect(sample.totals.length).toBe(30);
  });
});
