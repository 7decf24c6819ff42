import { describe, expect, it } from 'vitest';
import { type Adstock, type Curve, check, fit, type SaturatesOf, type Saturation } from '../../bindings/index.js';
import { refusalOf } from '../support/refusal.js';
import { type Delivery, effectiveOf, modelWith, tablesOf } from './support.js';

const half: Adstock = { kind: 'geometric', decay: 0.5 };
const hill = (of: SaturatesOf, slope = 1, halfSaturation = 0.5): Saturation => ({
  kind: 'hill',
  halfSaturation,
  slope,
  of,
});
const tv = (curve: Curve) => modelWith({ tv: curve });
const close = (found: Record<string, number>, expected: Record<string, number>) => {
  expect(Object.keys(found).sort()).toEqual(Object.keys(expected).sort());
  for (const key of Object.keys(expected)) {
    expect(Math.abs(found[key] - expected[key]), key).toBeLessThanOrEqual(1e-15 * Math.abs(expected[key]));
  }
};

for (const kernels of ['wasm', 'js'] as const) {
  describe(`effective exposure by hand (${kernels})`, () => {
    // campaign a runs in weeks 1 and 3, b in week 3 alone; totals from week 2
    const flight: Delivery[] = [
      [1, 'N', 'tv', 'a', 8],
      [3, 'N', 'tv', 'a', 4],
      [3, 'N', 'tv', 'b', 2],
      [4, 'N', 'tv', 'b', 0],
      [2, 'N', 'tv', 'b', 0],
    ];
    const flights = tablesOf(flight, [2, 3, 4]);

    it('carries exposure over, from before the first total on, and lists deliveries without effect', async () => {
      expect(await effectiveOf(flights, tv({ adstock: half }), kernels)).toEqual({
        'tv a N 2': 4, // 8 / 2
        'tv a N 3': 6, // 4 + 4 / 2
        'tv a N 4': 3, // 6 / 2
        'tv b N 2': 0, // before its first impression
        'tv b N 3': 2,
        'tv b N 4': 1,
      });
    });

    it('is the exposure itself without adstock and saturation', async () => {
      const as = { 'tv a N 3': 4, 'tv b N 3': 2, 'tv b N 4': 0, 'tv b N 2': 0 };
      expect(await effectiveOf(flights, tv({}), kernels)).toEqual(as);
      expect(
        await effectiveOf(flights, tv({ adstock: { kind: 'none' }, saturation: { kind: 'none' } }), kernels),
      ).toEqual(as);
    });

    it('saturates the sum of the medium, as a share of its maximum, and shares it by adstocked exposure', async () => {
      // sums over weeks 1 to 4: 8, 4, 8, 4; of their maximum: 1, 1/2, 1, 1/2; Hill with half 1/2: 2/3, 1/2, 2/3, 1/2
      close(await effectiveOf(flights, tv({ adstock: half, saturation: hill('medium') }), kernels), {
        'tv a N 2': 1 / 2,
        'tv a N 3': (2 / 3) * (6 / 8),
        'tv a N 4': (1 / 2) * (3 / 4),
        'tv b N 2': 0,
        'tv b N 3': (2 / 3) * (2 / 8),
        'tv b N 4': (1 / 2) * (1 / 4),
      });
    });

    it('saturates each campaign by itself, as a share of its own maximum', async () => {
      // a: 8, 4, 6, 3 of 8, history included; b: 0, 0, 2, 1 of 2
      close(await effectiveOf(flights, tv({ adstock: half, saturation: hill('entity') }), kernels), {
        'tv a N 2': 0.5 / 1,
        'tv a N 3': 0.75 / 1.25,
        'tv a N 4': 0.375 / 0.875,
        'tv b N 2': 0,
        'tv b N 3': 1 / 1.5,
        'tv b N 4': 0.5 / 1,
      });
    });

    it('takes half saturation in impressions where nothing is scaled', async () => {
      const curve: Curve = { adstock: half, saturation: hill('medium', 1, 4), scale: 'none' };
      close(await effectiveOf(flights, tv(curve), kernels), {
        'tv a N 2': 4 / 8,
        'tv a N 3': (8 / 12) * (6 / 8),
        'tv a N 4': (4 / 8) * (3 / 4),
        'tv b N 2': 0,
        'tv b N 3': (8 / 12) * (2 / 8),
        'tv b N 4': (4 / 8) * (1 / 4),
      });
    });

    it('scales without saturating: shares of the largest sum', async () => {
      close(await effectiveOf(flights, tv({ adstock: half, scale: 'max' }), kernels), {
        'tv a N 2': 4 / 8,
        'tv a N 3': 6 / 8,
        'tv a N 4': 3 / 8,
        'tv b N 2': 0,
        'tv b N 3': 2 / 8,
        'tv b N 4': 1 / 8,
      });
    });

    it('bends with the slope', async () => {
      // shares of the maximum 1 and 1/4 to the power of 2, over themselves and a quarter
      const tables = tablesOf(
        [
          [1, 'N', 'tv', 'a', 8],
          [2, 'N', 'tv', 'a', 2],
        ],
        [1, 2],
      );
      close(await effectiveOf(tables, tv({ saturation: hill('medium', 2) }), kernels), {
        'tv a N 1': 1 / 1.25,
        'tv a N 2': 0.0625 / 0.3125,
      });
    });

    it('knows each place by itself: its own maximum, its own history', async () => {
      const deliveries: Delivery[] = [
        [1, 'N', 'tv', 'a', 10],
        [1, 'S', 'tv', 'a', 1],
        [2, 'S', 'tv', 'a', 1],
      ];
      close(
        await effectiveOf(
          tablesOf(deliveries, [2], ['N', 'S']),
          tv({ adstock: half, saturation: hill('medium') }),
          kernels,
        ),
        {
          'tv a N 2': 0.5 / 1, // 5 of 10
          'tv a S 2': 1 / 1.5, // 1.5 of 1.5
        },
      );
    });

    it('shares a medium out over many campaigns and weeks alike, whatever room they need', async () => {
      // 2,100 series over 501 weeks are more than fit at once, and odd in number
      const campaigns = 2101;
      const weeks = 501;
      const deliveries = Array.from({ length: campaigns }, (_, c): Delivery => {
        return [1 + ((c * 7) % weeks), 'N', 'tv', `c${String(c).padStart(4, '0')}`, 1 + (c % 13)];
      });
      const sums = new Map<number, number>();
      for (const [week, , , , x] of deliveries) sums.set(week as number, (sums.get(week as number) ?? 0) + x);
      const most = Math.max(...sums.values());
      const allWeeks = Array.from({ length: weeks }, (_, t) => t + 1);
      const found = await effectiveOf(tablesOf(deliveries, allWeeks), tv({ saturation: hill('medium') }), kernels);
      const expected = deliveries.map(([week, , , campaign, x]) => {
        const level = sums.get(week as number)! / most;
        return [`tv ${campaign} N ${week}`, ((level / (level + 0.5)) * x) / sums.get(week as number)!] as const;
      });
      for (const [key, value] of expected) expect(Math.abs(found[key] - value), key).toBeLessThan(1e-15);
      // each by itself is 1 wherever it runs: 1 / 1.5
      const alone = await effectiveOf(tablesOf(deliveries, allWeeks), tv({ saturation: hill('entity') }), kernels);
      expect(new Set(Object.values(alone))).toEqual(new Set([1 / 1.5]));
    });
  });
}

describe('curves', () => {
  const deliveries: Delivery[] = [
    [1, 'N', 'tv', 'a', 8],
    [1, 'S', 'tv', 'b', 8],
    [1, 'N', 'radio', 'a', 8],
  ];
  const tables = tablesOf(deliveries, [1, 2], ['N', 'S'], ['tv', 'radio']);

  it('are chosen by any key columns, one level each, from the brick or the entity', async () => {
    const decay = (value: number): Curve => ({ adstock: { kind: 'geometric', decay: value } });
    const model = modelWith(
      { N: { a: decay(0.5), z: decay(0.9) }, S: { b: decay(0.25) } },
      { by: ['geo', 'campaign'] },
    );
    expect(await effectiveOf(tables, model)).toEqual({
      'tv a N 1': 8,
      'tv a N 2': 4,
      'tv b S 1': 8,
      'tv b S 2': 2,
      'radio a N 1': 8,
      'radio a N 2': 4,
    });
    const { warnings } = await fit(tables, model);
    expect(warnings.filter(({ code }) => code === 'unused-curve')).toEqual([
      { code: 'unused-curve', message: 'effectiveExposure.curves.N.z: no exposure row uses this curve.' },
    ]);
  });

  it('that depend on how entities are cut are named in a warning, and no others', async () => {
    const robyn = { preset: 'robyn', theta: 0, alpha: 1, gamma: 0.5, of: 'entity' } as const;
    const model = modelWith({ tv: robyn, radio: { saturation: hill('scaled') }, web: { saturation: hill('entity') } });
    const cut = ({ code }: { code: string }) => code === 'depends-on-cut';
    expect((await fit(tables, model)).warnings.filter(cut)).toEqual([
      {
        code: 'depends-on-cut',
        message:
          'effectiveExposure.curves.tv: each entity saturates by itself, so one that is cut in two gets more. "of": "medium" or "scaled" does not depend on that.',
      },
    ]);
    const linear = modelWith({ saturation: { kind: 'none' } }, { by: [] });
    expect((await fit(tables, linear)).warnings.filter(cut)).toEqual([]);
  });

  it('make groups that saturate apart, also at one place', async () => {
    const both = tablesOf(
      [
        [1, 'N', 'tv', 'a', 6],
        [1, 'N', 'tv', 'b', 2],
        [2, 'N', 'tv', 'b', 1],
      ],
      [1, 2],
    );
    const saturation = hill('medium');
    const apart = modelWith({ a: { saturation }, b: { adstock: half, saturation } }, { by: ['campaign'] });
    close(await effectiveOf(both, apart), { 'tv a N 1': 1 / 1.5, 'tv b N 1': 1 / 1.5, 'tv b N 2': 1 / 1.5 });
  });

  it('are one for all without "by"', async () => {
    const found = await effectiveOf(tables, modelWith({ adstock: half }, { by: [] }));
    expect(found).toMatchObject({ 'tv a N 2': 4, 'tv b S 2': 4, 'radio a N 2': 4 });
  });

  it('need no time where they look at one period alone', async () => {
    const model = modelWith({ tv: { saturation: hill('medium', 1, 8), scale: 'none' }, radio: {} });
    const { time: _, ...section } = model.effectiveExposure!;
    const found = await effectiveOf(tables, { ...model, effectiveExposure: section });
    expect(found).toEqual({ 'tv a N 1': 0.5, 'tv b S 1': 0.5, 'radio a N 1': 8 });
  });

  const refusal = (curves: Parameters<typeof modelWith>[0], by?: string[]) =>
    refusalOf(() => check(tables, modelWith(curves, by && { by })));

  it('that are missing are refused by name, each once', async () => {
    expect(await refusal({ tvv: {} })).toEqual([
      'effectiveExposure.curves.radio: expected a curve, got nothing. Known: "tvv".',
      'effectiveExposure.curves.tv: expected a curve, got nothing. Did you mean "tvv"?',
    ]);
    expect(await refusal({ N: { a: {} }, S: { bb: {} } }, ['geo', 'campaign'])).toEqual([
      'effectiveExposure.curves.S.b: expected a curve, got nothing. Did you mean "bb"?',
    ]);
    expect(await refusal({}, ['geo'])).toEqual([
      'effectiveExposure.curves.N: expected a curve, got nothing',
      'effectiveExposure.curves.S: expected a curve, got nothing',
    ]);
  });

  it('are not found on the prototype of an object', async () => {
    const named = tablesOf([[1, 'N', 'constructor', 'a', 1]], [1], ['N'], ['constructor']);
    expect(await refusalOf(() => check(named, modelWith({ tv: {} })))).toEqual([
      'effectiveExposure.curves.constructor: expected a curve, got nothing. Known: "tv".',
    ]);
    expect(await effectiveOf(named, modelWith({ constructor: { adstock: half } } as never))).toEqual({
      'constructor a N 1': 1,
    });
  });

  it('and calendars are refused together, in the words of the tables', async () => {
    const wrong = tablesOf([[1, 'N', 'tv', 'a', 1]], ['1', 'x'], ['N'], ['tv']);
    const names = { exposure: 'delivery.csv', totals: 'totals.csv' };
    expect(await refusalOf(() => check(wrong, modelWith({}), { names }))).toEqual([
      'totals.csv record 2, column week: expected an ISO date, an ISO date-time or a whole number, got "x"',
      'effectiveExposure.curves.tv: expected a curve, got nothing',
    ]);
  });
});

describe('extreme exposure', () => {
  it('is refused where its carry-over or its sum overflows', async () => {
    const large = (figure: number): Delivery[] => [
      [1, 'N', 'tv', 'a', figure],
      [1, 'N', 'tv', 'b', figure],
      [2, 'N', 'tv', 'a', figure],
    ];
    const refusal = (figure: number, curve: Curve) =>
      refusalOf(() => check(tablesOf(large(figure), [1, 2]), tv(curve)));
    expect(await refusal(5e307, { adstock: { kind: 'kernel', weights: [1, 3] } })).toEqual([
      'exposure, column impressions: expected exposure that stays finite with its carry-over, got Infinity for medium "tv", week "2", geo "N" and medium "tv", campaign "a"',
    ]);
    expect(await refusal(6e307, {})).toEqual([
      'exposure, column impressions: expected exposure with a finite sum, got one past the largest number. Use a larger unit: divide the column by 1000, say.',
    ]);
    expect(await refusal(5e307, { saturation: hill('medium') })).toEqual([]);
    expect(await refusal(5e307, { saturation: hill('entity') })).toEqual([]);
  });

  it('that vanishes is listed as zero', async () => {
    const deliveries: Delivery[] = [
      [1, 'N', 'tv', 'a', 1e300],
      [2, 'N', 'tv', 'a', 1e-300],
    ];
    expect(await effectiveOf(tablesOf(deliveries, [1, 2]), tv({ saturation: hill('medium') }))).toEqual({
      'tv a N 1': 1 / 1.5,
      'tv a N 2': 0,
    });
  });
});
