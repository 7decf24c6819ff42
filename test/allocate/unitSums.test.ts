import { describe, expect, it } from 'vitest';
import { addingIn } from '../../bindings/allocate/unitSums.js';
import { fit, fitJson, type Model, toCsv } from '../../bindings/index.js';
import { randomOf } from '../support/kernels.js';
import { parseCsv } from '../support/parseCsv.js';
import { words } from '../support/simulations.js';

describe('sums of amounts', () => {
  it('of cents are cents where binary sums are not', () => {
    const values = Float64Array.of(0.1, 0.2, 0.3, 1.1, 2.2);
    const lists = Uint32Array.of(0, 0, 1, 2, 2);
    expect([...addingIn(2).sums(values, lists, 4)]).toEqual([0.3, 0.3, 3.3, 0]);
    expect([...addingIn(null).sums(values, lists, 4)]).toEqual([0.30000000000000004, 0.3, 3.3000000000000003, 0]);
    expect(addingIn(2).sum(Float64Array.of(0.1, 0.2))).toBe(0.3);
    expect(addingIn(null).sum(Float64Array.of(0.1, 0.2))).toBe(0.30000000000000004);
  });

  it('read as the digits added by hand, at every number of decimals', () => {
    const random = randomOf(31);
    for (let decimals = 0; decimals <= 15; decimals++) {
      for (let trial = 0; trial < 100; trial++) {
        const lists = Uint32Array.from({ length: 50 }, () => Math.floor(5 * random()));
        const most = Math.min(2 ** 52, 10 ** Math.floor(16 * random()));
        const units = Array.from(lists, () => BigInt(Math.floor((random() - 0.3) * most)));
        const values = Float64Array.from(units, (count) => Number(`${count}e-${decimals}`));
        const exact = [0n, 0n, 0n, 0n, 0n];
        units.forEach((count, i) => {
          exact[lists[i]] += count;
        });
        const wanted = exact.map((count) => Number(`${count}e-${decimals}`));
        expect([...addingIn(decimals).sums(values, lists, 5)], `${decimals}, ${trial}`).toEqual(wanted);
      }
    }
  });

  it('stay right past 2^53 units, up and back down', () => {
    const large = 70000000000000.03; // about as many cents as a total may have
    const { sum } = addingIn(2);
    expect(sum(Float64Array.of(large, large, 0.03))).toBe(140000000000000.09);
    expect(sum(Float64Array.of(large, large, 0.03, -large, -large))).toBe(0.03);
    expect(sum(Float64Array.of(-large, -large, large, 0.01))).toBe(-70000000000000.02);
    expect(Object.is(sum(Float64Array.of(-1, 1)), 0)).toBe(true);
  });
});

const model: Model = {
  totals: { brick: ['b'], value: 'y', negativeTotals: 'share' },
  exposure: { brick: ['b'], entity: ['e'], value: 'x' },
};

/** Totals with `digits` decimals; every tenth brick has no exposure, some totals are negative. */
function tables(bricks: number, digits: number, seed: number) {
  const random = randomOf(seed);
  const b = Array.from({ length: bricks }, (_, t) => `b${t}`);
  const y = b.map((_, t) => Number(((t % 17 === 3 ? -1 : 1) * 1000 * random() ** 3).toFixed(digits)));
  const exposure = { b: [] as string[], e: [] as string[], x: [] as number[] };
  b.forEach((brick, t) => {
    if (t % 10 === 9) return;
    for (let e = 0; e < 6; e++) {
      if (random() < 0.4) continue;
      exposure.b.push(brick);
      exposure.e.push(`e${e}`);
      exposure.x.push(random());
    }
  });
  return { totals: { b, y }, exposure };
}

describe('with decimals, a result', () => {
  for (const decimals of [0, 2, 5]) {
    it(`has every amount and every sum of amounts in units of 10^-${decimals}, in code, in CSV and in fit.json`, async () => {
      const result = await fit(tables(400, decimals, 5 + decimals), { ...model, output: { decimals } });
      const amounts = {
        allocation: result.allocation.columns.allocation,
        entities: result.entities.columns.allocation,
        proportional: result.entities.columns.proportional,
        unallocated: result.unallocated.columns.total,
        components: result.components.columns.total,
        sums: Float64Array.of(...Object.values(result.sums)),
      };
      const shape = decimals === 0 ? /^-?\d+$/ : new RegExp(`^-?\\d+(\\.\\d{1,${decimals}})?$`);
      for (const [name, values] of Object.entries(amounts)) {
        expect(values.length, name).toBeGreaterThan(0);
        for (const value of values) expect(String(value), name).toMatch(shape);
      }
      const units = (x: number) => BigInt(Math.round(x * 10 ** decimals));
      const added = (values: Iterable<number>) => Array.from(values, units).reduce((sum, x) => sum + x, 0n);
      expect(added(amounts.entities)).toBe(units(result.sums.allocated));
      expect(added(amounts.allocation)).toBe(units(result.sums.allocated));
      expect(added(amounts.proportional)).toBe(units(result.sums.allocated));
      expect(added(amounts.unallocated)).toBe(units(result.sums.unallocated));
      expect(units(result.sums.totals)).toBe(units(result.sums.allocated) + units(result.sums.unallocated));

      const [header, ...rows] = parseCsv(toCsv(result.entities));
      for (const name of ['allocation', 'proportional']) {
        for (const row of rows) expect(row[header.indexOf(name)], name).toMatch(shape);
      }
      for (const sum of Object.values((fitJson(result) as { sums: object }).sums)) {
        expect(JSON.stringify(sum)).toMatch(shape);
      }
      const { entities, allocation } = result;
      words(entities, 'e').forEach((e, r) => {
        const own = words(allocation, 'e').map((other, j) => (other === e ? allocation.columns.allocation[j] : 0));
        expect(units(entities.columns.allocation[r]), e).toBe(added(own));
      });
    });
  }

  it('rounds totals that nothing can receive like the others, and says what that changed', async () => {
    const { unallocated, sums, warnings } = await fit(
      {
        totals: { b: ['p', 'lonely', 'faint'], y: [10, 5.126, 0.003] },
        exposure: { b: ['p'], e: ['a'], x: [1] },
      },
      { ...model, output: { decimals: 2 } },
    );
    expect([...unallocated.columns.total]).toEqual([5.13, 0]);
    expect(sums).toEqual({ totals: 15.13, allocated: 10, unallocated: 5.13 });
    expect(warnings.filter(({ code }) => code === 'rounded-totals')).toEqual([
      {
        code: 'rounded-totals',
        message: 'totals were rounded to 2 decimals before the split: together they changed by 0.001.',
      },
    ]);
  });

  it('gives other bricks the same: what fit.allocate cannot give to anybody is in units too', async () => {
    const fitted = await fit(tables(50, 2, 3), { ...model, output: { decimals: 2 } });
    const { unallocated } = await fitted.allocate({
      totals: { b: ['lonely', 'shared'], y: [5.126, 1] },
      exposure: { b: ['shared'], e: ['e1'], x: [1] },
    });
    expect([...unallocated.columns.total]).toEqual([5.13]);
  });
});
