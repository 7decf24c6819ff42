import { describe, expect, it } from 'vitest';
import { createEngine, type Model, type Tables } from '../../bindings/index.js';
import { words } from '../support/simulations.js';

/** Ten weeks of totals of 1, exposure in those weeks of campaign a, and of b in the last. */
const tables = (weeks: readonly number[], extra: readonly [number, string, number][] = []): Tables => {
  const rows = [...weeks.map((week) => [week, 'a', 8] as const), ...extra];
  return {
    totals: { week: Array.from({ length: 10 }, (_, t) => t + 1), y: new Array(10).fill(1) },
    exposure: { week: rows.map(([w]) => w), e: rows.map(([, e]) => e), x: rows.map(([, , x]) => x) },
  };
};
const model = (decay: number, gaps: 'zero' | 'unallocated' | undefined, scale: 'none' | 'mean' = 'none'): Model => ({
  totals: { brick: ['week'], value: 'y' },
  exposure: { brick: ['week'], entity: ['e'], value: 'x' },
  effectiveExposure: {
    time: 'week',
    gaps,
    curves: {
      ...(decay > 0 && { adstock: { kind: 'geometric', decay } }),
      scale: scale === 'none' ? 'none' : { kind: 'mean', from: 'delivered' },
    },
  },
  model: { pooling: { kind: 'gamma', spread: 0 } },
});

async function fitted(given: Tables, config: Model) {
  const engine = await createEngine({ kernels: 'js' });
  const { allocation, unallocated, sums, warnings } = await engine.fit(given, config);
  const exposure = new Map<string, number>();
  words(allocation, 'week').forEach((week, r) => {
    exposure.set(week, (exposure.get(week) ?? 0) + allocation.columns.exposure[r]);
  });
  const reasons = (unallocated.columns.reason as unknown as string[]).map(
    (reason, r) => `${words(unallocated, 'week')[r]} ${reason}`,
  );
  return { exposure, reasons, sums, warnings };
}

describe('lost delivery', () => {
  it('leaves the totals of its periods unallocated, where zero would have them earned by carry-over', async () => {
    const there = [1, 2, 3, 6, 7, 8, 9, 10];
    const lost = await fitted(tables(there), model(0.5, 'unallocated'));
    expect(lost.reasons).toEqual(['4 lost delivery', '5 lost delivery']);
    expect([...lost.exposure.keys()]).toEqual(there.map(String));
    expect(lost.sums).toMatchObject({ totals: 10, allocated: 8, unallocated: 2 });
    expect(lost.warnings.find(({ code }) => code === 'lost-delivery')?.message).toBe(
      '2 totals of periods whose delivery is lost, and 0 totals to which mostly lost delivery carries over: kept apart in the unallocated table, as "gaps" asks for.',
    );
    const zero = await fitted(tables(there), model(0.5, 'zero'));
    expect(zero.reasons).toEqual([]);
    // what is split has the same exposure: the decay goes on over the hole
    for (const [week, exposure] of lost.exposure) expect(zero.exposure.get(week)).toBe(exposure);
    expect(lost.exposure.get('6')).toBe(8 + (8 + 4 + 2) / 8);
  });

  it('leaves totals to which more than half of what carries over is lost, and no more', async () => {
    // from week 2 on lost up to week 6: of the carry-over to week 7, (d + .. + d^5) / (1 + d + .. + d^6) is lost
    const share = (decay: number, after: number) => {
      const power = (from: number, to: number) => {
        let sum = 0;
        for (let lag = from; lag <= to; lag++) sum += decay ** lag;
        return sum;
      };
      return power(after, after + 4) / power(0, after + 5);
    };
    for (const decay of [0.3, 0.5, 0.6, 0.8, 0.9]) {
      const { reasons } = await fitted(tables([1, 7, 8, 9, 10]), model(decay, 'unallocated'));
      const expected = [7, 8, 9, 10].filter((week) => share(decay, week - 6) > 0.5);
      expect(reasons.filter((reason) => reason.endsWith('carry-over of lost delivery'))).toEqual(
        expected.map((week) => `${week} carry-over of lost delivery`),
      );
      expect(reasons.filter((reason) => reason.endsWith(' lost delivery') && !/carry/.test(reason))).toHaveLength(5);
    }
    expect(share(0.6, 1) > 0.5 && share(0.5, 1) < 0.5).toBe(true);
  });

  it('is no row; a row of 0 says that nothing ran', async () => {
    const { reasons, exposure } = await fitted(
      tables(
        [1, 2, 3, 6, 7, 8, 9, 10],
        [
          [4, 'b', 0],
          [5, 'b', 0],
        ],
      ),
      model(0.5, 'unallocated'),
    );
    expect(reasons).toEqual([]);
    expect(exposure.get('5')).toBe((8 + 4 + 2) / 4);
  });

  it('after the last row is lost, before the first there is nothing to carry over', async () => {
    const { reasons } = await fitted(tables([3, 4, 5, 6, 7, 8]), model(0.9, 'unallocated'));
    expect(reasons).toEqual(['1 no exposure', '2 no exposure', '9 lost delivery', '10 lost delivery']);
  });

  it('without adstock is lost in its own periods alone', async () => {
    const { reasons } = await fitted(tables([1, 7, 8, 9, 10]), model(0, 'unallocated'));
    expect(reasons).toEqual([2, 3, 4, 5, 6].map((week) => `${week} lost delivery`));
  });

  it('counts for nothing in a mean', async () => {
    const { exposure } = await fitted(tables([1, 2, 3, 6, 7, 8, 9, 10]), model(0, 'unallocated', 'mean'));
    expect(exposure.get('1')).toBe(1);
    const { exposure: zero } = await fitted(tables([1, 2, 3, 6, 7, 8, 9, 10]), model(0, 'zero', 'mean'));
    expect(zero.get('1')).toBe(1.25);
  });

  it('changes nothing where every period has a row', async () => {
    const all = Array.from({ length: 10 }, (_, t) => t + 1);
    const [lost, plain] = [
      await fitted(tables(all), model(0.7, 'unallocated')),
      await fitted(tables(all), model(0.7, undefined)),
    ];
    expect([lost.reasons, [...lost.exposure]]).toEqual([[], [...plain.exposure]]);
  });
});

describe('lost delivery and curves that are learned', () => {
  // totals made with a decay of 0.1; 0.8 is given, under which lost delivery carries over for longer
  const weeks = Array.from({ length: 40 }, (_, t) => t + 1);
  const there = weeks.filter((week) => week < 2 || week > 6);
  const x = (week: number, c: number) => 1 + ((7 * week + 3 * c * week + c) % 11);
  const carried = (c: number) => {
    let value = 0;
    return weeks.map((week) => {
      value = x(week, c) + 0.1 * value;
      return value;
    });
  };
  const totals = weeks.map((_, t) => 3 * carried(0)[t] + carried(1)[t]);
  const given: Tables = {
    totals: { week: weeks, y: totals },
    exposure: {
      week: there.flatMap((week) => [week, week]),
      e: there.flatMap(() => ['a', 'b']),
      x: there.flatMap((week) => [x(week, 0), x(week, 1)]),
    },
  };
  const config = (decay: number, learn: boolean): Model => {
    const { effectiveExposure, ...rest } = model(decay, 'unallocated');
    const learned = [{ curve: [], parameter: 'decay' as const, from: 0.05, to: 0.9 }];
    return { ...rest, model: {}, effectiveExposure: { ...effectiveExposure!, ...(learn && { learn: learned }) } };
  };

  it('keep the totals that the first curves left, whatever decay is learned', async () => {
    const engine = await createEngine({ kernels: 'js' });
    const [plain, learned] = [await engine.fit(given, config(0.8, false)), await engine.fit(given, config(0.8, true))];
    const lost = words(plain.unallocated, 'week');
    expect(lost.slice(0, 5)).toEqual(['2', '3', '4', '5', '6']);
    // the decay that is learned would have left fewer
    const [{ learned: decay }] = learned.learnedCurves!;
    expect(decay).toBeLessThan(0.7);
    const fewer = words((await engine.fit(given, config(decay, false))).unallocated, 'week');
    expect(lost.length).toBeGreaterThan(fewer.length);
    expect(fewer.length).toBeGreaterThanOrEqual(5);
    expect(words(learned.unallocated, 'week')).toEqual(lost);
    expect(learned.unallocated.columns.reason).toEqual(plain.unallocated.columns.reason);
    expect(learned.massError).toBe(0);
    expect(learned.sums).toEqual(plain.sums);
  });
});
