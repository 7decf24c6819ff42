import { describe, expect, it } from 'vitest';
import { type Curve, fit, type Preset, type SaturatesOf } from '../../bindings/index.js';
import { randomOf } from '../support/kernels.js';
import { type Delivery, effectiveOf, modelWith, tablesOf } from './support.js';

const weeks = Array.from({ length: 20 }, (_, t) => t + 1);
const geos = ['N', 'S'];

function flights(campaigns: readonly string[], seed: number): Delivery[] {
  const random = randomOf(seed);
  return campaigns.flatMap((campaign) =>
    geos.flatMap((geo) => {
      const start = Math.floor(random() * 12);
      return weeks
        .slice(start, start + 8)
        .map((week): Delivery => [week, geo, 'tv', campaign, Math.ceil(random() * 1000)]);
    }),
  );
}

/** One campaign as two: each row cut in uneven parts. */
const cut = (deliveries: readonly Delivery[], campaign: string, seed: number): Delivery[] => {
  const random = randomOf(seed);
  return deliveries.flatMap(([week, geo, medium, name, x]): Delivery[] => {
    if (name !== campaign) return [[week, geo, medium, name, x]];
    const part = x * random();
    return [
      [week, geo, medium, `${name} one`, part],
      [week, geo, medium, `${name} two`, x - part],
    ];
  });
};

const halve = (deliveries: readonly Delivery[], campaign: string): Delivery[] =>
  deliveries.flatMap(([week, geo, medium, name, x]): Delivery[] =>
    name === campaign
      ? [
          [week, geo, medium, `${name} one`, x * 0.3],
          [week, geo, medium, `${name} two`, x * 0.7],
        ]
      : [[week, geo, medium, name, x]],
  );

const curve = (of: SaturatesOf): Curve => ({
  adstock: { kind: 'geometric', decay: 0.6 },
  saturation: { kind: 'hill', halfSaturation: 0.3, slope: 1.7, of },
});

/** Curves of other kinds, whatever saturates. */
const others = (of: SaturatesOf): Curve[] => [
  { adstock: { kind: 'delayed', decay: 0.5, peak: 1, window: 6 }, saturation: { kind: 'logistic', rate: 2, of } },
  {
    adstock: { kind: 'geometricWindow', decay: 0.7, window: 8, normalize: true },
    saturation: { kind: 'exponential', rate: 0.8, of },
    scale: { kind: 'median', from: 'delivered', per: 'curve' },
    order: 'saturationFirst',
  },
  {
    adstock: { kind: 'weibullPdf', shape: 2, scale: { quantile: 0.2 } },
    saturation: { kind: 'sigmoid', rate: 4, midpoint: 0.4, amplitude: 3, of },
    scale: { kind: 'mean' },
  },
  {
    adstock: { kind: 'kernel', weights: [1, 0.5, 0.2], lead: 1 },
    saturation: { kind: 'power', exponent: 0.6, of },
    scale: { kind: 'value', value: 250 },
  },
];

/** Presets of other libraries, whatever saturates. */
const presets = (of: 'medium' | 'scaled' | 'entity'): Preset[] => [
  { preset: 'robyn', theta: 0.4, alpha: 1.6, gamma: 0.5, of },
  { preset: 'robyn-legacy', adstock: 'weibull_cdf', shape: 1.2, scale: 0.2, alpha: 0.9, gamma: 0.3, of },
  { preset: 'meridian', alpha: 0.6, ec: 0.9, slope: 1.3, of },
  { preset: 'meridian', alpha: 0.3, ec: 1.4, adstock_decay_spec: 'binomial', hill_before_adstock: true, of },
  {
    preset: 'pymc-marketing',
    adstock: 'delayed',
    adstock_alpha: 0.5,
    adstock_theta: 1,
    saturation: 'logistic',
    saturation_lam: 2,
    of,
  },
  {
    preset: 'lightweight-mmm',
    model_name: 'hill_adstock',
    lag_weight: 0.5,
    half_max_effective_concentration: 1.2,
    slope: 1.5,
    of,
  },
];

describe('cutting a campaign in two', () => {
  const deliveries = flights(['a', 'b', 'c'], 5);
  const unevenly = cut(deliveries, 'b', 9);
  const evenly = halve(deliveries, 'b');
  const both = async (curve: Curve | Preset, parts: readonly Delivery[]) => {
    const model = modelWith({ tv: curve });
    const before = await effectiveOf(tablesOf(deliveries, weeks, geos), model);
    const after = await effectiveOf(tablesOf(parts, weeks, geos), model);
    const change = { exposureOfCut: [] as number[], exposureOfOthers: [] as number[], shareOfOthers: [] as number[] };
    const brickOf = (key: string) => key.split(' ').slice(-2).join(' ');
    const sumAt = (cells: Record<string, number>, brick: string, name: string) =>
      Object.keys(cells)
        .filter((key) => brickOf(key) === brick && key.startsWith(`tv ${name}`))
        .reduce((sum, key) => sum + cells[key], 0);
    for (const brick of new Set(Object.keys(before).map(brickOf))) {
      const [was, is] = [sumAt(before, brick, 'b'), sumAt(after, brick, 'b')];
      if (was === 0) continue; // campaign b does not run yet
      change.exposureOfCut.push(is / was - 1);
      for (const other of ['a', 'c']) {
        const [x, y] = [sumAt(before, brick, other), sumAt(after, brick, other)];
        if (x === 0) continue;
        change.exposureOfOthers.push(y / x - 1);
        change.shareOfOthers.push(y / sumAt(after, brick, '') - x / sumAt(before, brick, ''));
      }
    }
    expect(change.shareOfOthers.length).toBeGreaterThan(10);
    return change;
  };
  const expectNone = (changes: readonly number[]) => {
    for (const change of changes) expect(Math.abs(change)).toBeLessThan(1e-12);
  };

  it('changes nothing else where the medium saturates: its parts make up the whole', async () => {
    for (const of of [curve('medium'), ...others('medium'), ...presets('medium')]) {
      const { exposureOfCut, exposureOfOthers, shareOfOthers } = await both(of, unevenly);
      expectNone([...exposureOfCut, ...exposureOfOthers, ...shareOfOthers]);
    }
  });

  it('changes nothing else on a curve scaled to its size, if both parts run alike', async () => {
    for (const of of [curve('scaled'), ...others('scaled'), ...presets('scaled')]) {
      const { exposureOfCut, exposureOfOthers, shareOfOthers } = await both(of, evenly);
      expectNone([...exposureOfCut, ...exposureOfOthers, ...shareOfOthers]);
    }
  });

  it('changes no other exposure on a curve scaled to its size, however the parts run', async () => {
    for (const of of [curve('scaled'), ...others('scaled'), ...presets('scaled')]) {
      const { exposureOfCut, exposureOfOthers } = await both(of, unevenly);
      expectNone(exposureOfOthers);
      // the parts themselves are other campaigns than the whole
      expect(Math.max(...exposureOfCut.map(Math.abs))).toBeGreaterThan(1e-3);
    }
  });

  it('takes credit from everyone else where each campaign saturates by itself: its parts are more than the whole', async () => {
    const [robyn] = presets('entity');
    for (const [of, parts] of [curve('entity'), robyn].flatMap((of) => [
      [of, unevenly] as const,
      [of, evenly] as const,
    ])) {
      const { exposureOfCut, exposureOfOthers, shareOfOthers } = await both(of, parts);
      expect(Math.min(...exposureOfCut)).toBeGreaterThan(0.1);
      expect(exposureOfOthers.every((change) => change === 0)).toBe(true);
      expect(Math.max(...shareOfOthers)).toBeLessThan(0);
    }
  });

  it('scaled to its size, a campaign alone is its medium', async () => {
    const alone = flights(['a'], 11);
    for (const [i, of] of [curve('scaled'), ...others('scaled')].entries()) {
      const medium = [curve('medium'), ...others('medium')][i];
      const found = await effectiveOf(tablesOf(alone, weeks, geos), modelWith({ tv: of }));
      const expected = await effectiveOf(tablesOf(alone, weeks, geos), modelWith({ tv: medium }));
      expect(Object.keys(found)).toEqual(Object.keys(expected));
      for (const key of Object.keys(found)) expect(Math.abs(found[key] - expected[key])).toBeLessThan(1e-12);
    }
  });
});

describe('the unit of impressions', () => {
  it('decides nothing where exposure is scaled to its maximum', async () => {
    const deliveries = flights(['a', 'b', 'c'], 6);
    const thousands = deliveries.map(([w, g, m, c, x]): Delivery => [w, g, m, c, x * 1024]);
    const measured: Curve[] = [
      { ...curve('medium'), scale: { kind: 'mean', from: 'delivered' } },
      { ...curve('medium'), scale: { kind: 'median', per: 'curve' } },
      { ...curve('entity'), scale: { kind: 'between', share: 0.4 } },
      { ...curve('scaled'), order: 'saturationFirst' },
    ];
    for (const tv of [curve('medium'), curve('entity'), curve('scaled'), ...measured, ...presets('medium')]) {
      const model = modelWith({ tv });
      const one = await effectiveOf(tablesOf(deliveries, weeks, geos), model);
      expect(await effectiveOf(tablesOf(thousands, weeks, geos), model)).toEqual(one);
    }
  });
});

describe('the order and the kernels', () => {
  it('change no bit', async () => {
    const deliveries = flights(['a', 'b', 'c', 'd', 'e'], 7);
    const kinds = ['medium', 'scaled', 'entity'] as const;
    for (const tv of [curve('medium'), ...kinds.flatMap(others), ...kinds.flatMap(presets)]) {
      const model = modelWith({ tv });
      const expected = await effectiveOf(tablesOf(deliveries, weeks, geos), model);
      expect(await effectiveOf(tablesOf(deliveries, weeks, geos), model, 'js')).toEqual(expected);
      expect(await effectiveOf(tablesOf(deliveries.slice().reverse(), weeks, geos), model)).toEqual(expected);
    }
  });
});

describe('other bricks, split by a fit', () => {
  const mondays = ['2024-01-01', '2024-01-08', '2024-01-15', '2024-01-22', '2024-01-29'];
  const run = (of: 'medium' | 'entity', adstock: Curve['adstock']) => {
    const saturation = { kind: 'hill', halfSaturation: 0.5, slope: 1, of } as const;
    const history = mondays.slice(0, 4).map((week, t): Delivery => [week, 'N', 'tv', 'a', 8 / 2 ** t]);
    const silent = mondays.slice(0, 4).map((week): Delivery => [week, 'S', 'tv', 'a', 0]);
    const model = modelWith({ tv: adstock ? { adstock, saturation } : { saturation } }, { gaps: 'zero' });
    return fit(tablesOf([...history, ...silent], mondays.slice(0, 4), geos), model);
  };
  const exposureOf = async (fitted: ReturnType<typeof run>, deliveries: Delivery[], last: string[], where = ['N']) => {
    const { allocation } = await (await fitted).allocate(tablesOf(deliveries, last, where));
    return [...allocation.columns.exposure];
  };
  const fifth = mondays[4];

  it('are a share of the maximum that the fit saw, whatever they reach themselves', async () => {
    // 4 of 8, 16 of 8
    for (const of of ['medium', 'entity'] as const) {
      const fitted = run(of, undefined);
      expect(await exposureOf(fitted, [[fifth, 'N', 'tv', 'a', 4]], [fifth])).toEqual([0.5 / 1]);
      expect(await exposureOf(fitted, [[fifth, 'N', 'tv', 'a', 16]], [fifth])).toEqual([2 / 2.5]);
    }
  });

  it('are a share of their own maximum where the fit saw nothing', async () => {
    const other: Delivery[] = [[fifth, 'S', 'tv', 'a', 4]];
    expect(await exposureOf(run('medium', undefined), other, [fifth], ['S'])).toEqual([1 / 1.5]);
    // a campaign that is new saturates by itself on its own scale, or with its medium on the medium's
    const fresh: Delivery[] = [[fifth, 'N', 'tv', 'new', 4]];
    expect(await exposureOf(run('entity', undefined), fresh, [fifth])).toEqual([1 / 1.5]);
    expect(await exposureOf(run('medium', undefined), fresh, [fifth])).toEqual([0.5 / 1]);
  });

  it('carry over in the steps of the fit, though they lie further apart', async () => {
    const decay = { kind: 'geometric', decay: 0.5 } as const;
    // 32 impressions two weeks before are 8 now, the fit's maximum; one step would leave 16 of 8
    const early: Delivery[] = [[mondays[2], 'N', 'tv', 'a', 32]];
    expect(await exposureOf(run('medium', decay), early, [fifth])).toEqual([1 / 1.5]);
  });
});
