import { describe, expect, it } from 'vitest';
import { type Adstock, type Curve, fit, type SaturatesOf, type Saturation, type Scale } from '../../bindings/index.js';
import { type Delivery, effectiveOf, modelWith, tablesOf } from './support.js';

const half: Adstock = { kind: 'geometric', decay: 0.5 };
const hill = (halfSaturation: number, of?: SaturatesOf): Saturation => ({ kind: 'hill', halfSaturation, slope: 1, of });
const close = (found: Record<string, number>, expected: Record<string, number>) => {
  expect(Object.keys(found).sort()).toEqual(Object.keys(expected).sort());
  for (const key of Object.keys(expected)) {
    expect(Math.abs(found[key] - expected[key]), key).toBeLessThanOrEqual(1e-15 * Math.abs(expected[key]));
  }
};

for (const kernels of ['wasm', 'js'] as const) {
  describe(`stages of effective exposure by hand (${kernels})`, () => {
    // a carries over to 8, 4, 6, 3 in weeks 1 to 4, b to 0, 0, 2, 1: sums 8, 4, 8, 4; delivered sums are 8, 0, 6, 0
    const deliveries: Delivery[] = [
      [1, 'N', 'tv', 'a', 8],
      [3, 'N', 'tv', 'a', 4],
      [3, 'N', 'tv', 'b', 2],
    ];
    const flights = tablesOf(deliveries, [2, 3, 4]);
    const effective = (curve: Curve, tables = flights) => effectiveOf(tables, modelWith({ tv: curve }), kernels);

    it('saturates first and carries over what is left where told to', async () => {
      // sums 8 and 6 with half at 4: 2/3 and 3/5, of which a has 2/5 and b 1/5 in week 3
      const first: Curve = { adstock: half, saturation: hill(4), scale: 'none', order: 'saturationFirst' };
      close(await effective(first), {
        'tv a N 2': 1 / 3,
        'tv a N 3': 1 / 6 + 2 / 5,
        'tv a N 4': 1 / 12 + 1 / 5,
        'tv b N 3': 1 / 5,
        'tv b N 4': 1 / 10,
      });
      const each: Curve = { ...first, saturation: hill(4, 'entity') };
      close(await effective(each), {
        'tv a N 2': 1 / 3,
        'tv a N 3': 1 / 6 + 1 / 2,
        'tv a N 4': 1 / 12 + 1 / 4,
        'tv b N 3': 1 / 3,
        'tv b N 4': 1 / 6,
      });
    });

    it.each([
      ['the mean of what saturates', { kind: 'mean' }, 6],
      ['the mean of what was delivered', { kind: 'mean', from: 'delivered' }, 3.5],
      ['the median of what saturates', { kind: 'median' }, 6],
      ['the median of what was delivered, zeros left out', { kind: 'median', from: 'delivered' }, 7],
      ['the largest value', { kind: 'max' }, 8],
      ['a point between the smallest and the largest value', { kind: 'between', share: 0.25 }, 5],
      ['the mean of what saturates in periods with a total', { kind: 'mean', over: 'totals' }, 16 / 3],
      ['the mean of what was delivered in those', { kind: 'mean', from: 'delivered', over: 'totals' }, 2],
      ['the largest delivery in those', { kind: 'max', from: 'delivered', over: 'totals' }, 6],
      ['the median in those', { kind: 'median', over: 'totals' }, 4],
      ['a point between the smallest and the largest in those', { kind: 'between', share: 0.5, over: 'totals' }, 6],
      ['a number of its own', { kind: 'value', value: 5 }, 5],
    ] as [string, Scale, number][])('scales by %s', async (_, scale, by) => {
      // w = S(A / by) a / A = a / (A + by), half being 1
      close(await effective({ adstock: half, saturation: hill(1), scale }), {
        'tv a N 2': 4 / (4 + by),
        'tv a N 3': 6 / (8 + by),
        'tv a N 4': 3 / (4 + by),
        'tv b N 3': 2 / (8 + by),
        'tv b N 4': 1 / (4 + by),
      });
    });

    it('scales each campaign by what it delivered itself where each saturates by itself', async () => {
      const scale: Scale = { kind: 'mean', from: 'delivered' };
      // means 12/4 and 2/4 over the four weeks
      close(await effective({ adstock: half, saturation: hill(1, 'entity'), scale }), {
        'tv a N 2': 4 / 7,
        'tv a N 3': 6 / 9,
        'tv a N 4': 3 / 6,
        'tv b N 3': 2 / 2.5,
        'tv b N 4': 1 / 1.5,
      });
    });

    it('scales the medium curve to the size of each campaign', async () => {
      // a has 21 of 24, b 3: w = c S(a / (8 c)) = c a / (a + 4 c), half being 1/2 and the maximum 8
      const [c, d] = [7 / 8, 1 / 8];
      close(await effective({ adstock: half, saturation: hill(0.5, 'scaled') }), {
        'tv a N 2': (c * 4) / (4 + 4 * c),
        'tv a N 3': (c * 6) / (6 + 4 * c),
        'tv a N 4': (c * 3) / (3 + 4 * c),
        'tv b N 3': (d * 2) / (2 + 4 * d),
        'tv b N 4': (d * 1) / (1 + 4 * d),
      });
    });

    it('scales all places of a curve alike where told to', async () => {
      const tables = tablesOf(
        [
          [1, 'N', 'tv', 'a', 10],
          [1, 'S', 'tv', 'a', 1],
          [2, 'S', 'tv', 'a', 4],
          [2, 'S', 'tv', 'b', 1],
        ],
        [1, 2],
        ['N', 'S'],
      );
      const with_ = (kind: 'max' | 'mean' | 'median', of: SaturatesOf): Curve => ({
        saturation: hill(1, of),
        scale: { kind, per: 'curve' },
      });
      // sums: 10, 0 in N and 1, 5 in S
      for (const [kind, by] of [
        ['max', 10],
        ['mean', 4],
        ['median', 5],
      ] as const) {
        close(await effective(with_(kind, 'medium'), tables), {
          'tv a N 1': 10 / (10 + by),
          'tv a S 1': 1 / (1 + by),
          'tv a S 2': 4 / (5 + by),
          'tv b S 2': 1 / (5 + by),
        });
      }
      // a has its largest in N, b only in S
      close(await effective(with_('max', 'entity'), tables), {
        'tv a N 1': 1 / 2,
        'tv a S 1': 1 / 11,
        'tv a S 2': 4 / 14,
        'tv b S 2': 1 / 2,
      });
    });

    it('carries over by weights, nothing before the first delivery and nothing past the window', async () => {
      const late = tablesOf([[2, 'N', 'tv', 'a', 8]], [1, 2, 3, 4, 5]);
      expect(await effective({ adstock: { kind: 'kernel', weights: [0, 1, 0.5] } }, late)).toEqual({
        'tv a N 2': 0,
        'tv a N 3': 8,
        'tv a N 4': 4,
      });
      expect(await effective({ adstock: { kind: 'kernel', weights: [0.5, 1, 0.25], lead: 1 } }, late)).toEqual({
        'tv a N 1': 4,
        'tv a N 2': 8,
        'tv a N 3': 2,
      });
    });

    it('takes exposure from before the first total into every window', async () => {
      const curve: Curve = { adstock: { kind: 'geometricWindow', decay: 0.5, window: 3 } };
      expect(await effective(curve)).toEqual({
        'tv a N 2': 4,
        'tv a N 3': 6, // 4 + 8 / 4
        'tv a N 4': 2,
        'tv b N 3': 2,
        'tv b N 4': 1,
      });
    });

    it('multiplies by the amplitude', async () => {
      const tables = tablesOf([[1, 'N', 'tv', 'a', 4]], [1]);
      const saturation: Saturation = { kind: 'michaelisMenten', halfSaturation: 4, amplitude: 3 };
      expect(await effective({ saturation, scale: 'none' }, tables)).toEqual({ 'tv a N 1': 1.5 });
    });

    it('works on groups that need more room than there is at once as on small ones', async () => {
      // 2,101 campaigns over 501 weeks are two blocks; all run alike but for their size
      const [campaigns, weeks] = [2101, 501];
      const many = Array.from({ length: campaigns }, (_, c): Delivery[] => {
        const name = `c${String(c).padStart(4, '0')}`;
        return [
          [1, 'N', 'tv', name, 1 + (c % 4)],
          [weeks, 'N', 'tv', name, 1 + (c % 4)],
        ];
      }).flat();
      const tables = tablesOf(many, [1, 2, 3, weeks]);
      const curve = (of: SaturatesOf, order: Curve['order']): Curve => ({
        adstock: { kind: 'geometricWindow', decay: 0.5, window: 2 },
        saturation: hill(0.5, of),
        order,
      });
      for (const order of ['adstockFirst', 'saturationFirst'] as const) {
        // sums are 1, 1/2, .. of their maximum: 2/3 and 1/2 saturated; or 2/3 and then half of it
        const next = order === 'adstockFirst' ? 1 / 2 : 1 / 3;
        for (const of of ['medium', 'scaled'] as const) {
          const found = await effectiveOf(tables, modelWith({ tv: curve(of, order) }, { gaps: 'zero' }), kernels);
          let total = 0;
          for (let c = 0; c < campaigns; c++) total += 1 + (c % 4);
          for (const c of [0, 1, 1046, 1047, 2047, 2100]) {
            const name = `tv c${String(c).padStart(4, '0')} N`;
            const size = (1 + (c % 4)) / total;
            expect(found[`${name} 1`] / size, `${of} ${order} ${c}`).toBeCloseTo(2 / 3, 12);
            expect(found[`${name} 2`] / size, `${of} ${order} ${c}`).toBeCloseTo(next, 12);
            expect(found[`${name} 3`]).toBeUndefined();
          }
        }
      }
    });
  });
}

describe('other bricks, split by a fit', () => {
  const run = (curve: Curve) =>
    fit(
      tablesOf(
        [
          [1, 'N', 'tv', 'a', 6],
          [2, 'N', 'tv', 'a', 2],
          [2, 'N', 'tv', 'b', 2],
        ],
        [1, 2],
      ),
      modelWith({ tv: curve }, { gaps: 'zero' }),
    );
  const exposureOf = async (curve: Curve, deliveries: Delivery[]) => {
    const { allocation } = await (await run(curve)).allocate(tablesOf(deliveries, [3]));
    return [...allocation.columns.exposure];
  };
  const third: Delivery[] = [
    [3, 'N', 'tv', 'a', 9],
    [3, 'N', 'tv', 'b', 3],
  ];

  it('keep the scale of the fit, of every kind', async () => {
    // sums 6 and 4 in the fit, 12 now
    for (const [scale, by] of [
      [{ kind: 'mean' }, 5],
      [{ kind: 'median', per: 'curve' }, 5],
      [{ kind: 'between', share: 0.5 }, 5],
      [{ kind: 'value', value: 5 }, 5],
      ['max', 6],
    ] as [Scale, number][]) {
      const found = await exposureOf({ saturation: hill(1), scale }, third);
      expect(found[0], JSON.stringify(scale)).toBeCloseTo(9 / (12 + by), 15);
    }
  });

  it('keep the adstock of the fit where that is as long as its calendar', async () => {
    // over the two weeks of the fit 1 and 1/2; over one week it would be 1 alone, over three 1, 2/3, 1/3
    const shrunk: Curve = { adstock: { kind: 'binomial', decay: 0.5, window: 9, shrink: true } };
    expect(
      await exposureOf(shrunk, [
        [1, 'N', 'tv', 'a', 4],
        [2, 'N', 'tv', 'a', 8],
        [3, 'N', 'tv', 'a', 1],
      ]),
    ).toEqual([1 + 4]);
    // quantile 1 is the last period, 2: a survival of e^-(1/2) after one period
    const weibull: Curve = { adstock: { kind: 'weibullCdf', shape: 1, scale: { quantile: 1 } } };
    const [found] = await exposureOf(weibull, [
      [1, 'N', 'tv', 'a', 4],
      [2, 'N', 'tv', 'a', 8],
    ]);
    expect(found).toBeCloseTo(8 * Math.exp(-0.5), 14);
  });

  it('keep the sizes of campaigns that the fit saw; a new one has its share of the new table', async () => {
    // a has 8 of 10, b 2: w = c S(x / (6 c)) = c x / (x + 6 c), half being 1
    const [c, d] = [0.8, 0.2];
    const found = await exposureOf({ saturation: hill(1, 'scaled') }, [...third, [3, 'N', 'tv', 'new', 12]]);
    expect(found[0]).toBeCloseTo((c * 9) / (9 + 6 * c), 15);
    expect(found[1]).toBeCloseTo((d * 3) / (3 + 6 * d), 15);
    expect(found[2]).toBeCloseTo((0.5 * 12) / (12 + 6 * 0.5), 15);
  });
});
