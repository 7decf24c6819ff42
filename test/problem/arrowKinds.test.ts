import * as arrow from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { fit, type Model, type Tables, toCsv } from '../../bindings/index.js';
import { refusalOf } from '../support/refusal.js';

const model: Model = {
  totals: { brick: ['week'], value: 'sales' },
  exposure: { brick: ['week'], entity: ['campaign'], value: 'visits' },
};
const weeks = [1, 2, 3];
const exposure = { week: [1, 1, 2, 3], campaign: ['a', 'b', 'a', 'b'], visits: [1, 2, 3, 4] };

/** Whole numbers of 10^-scale as an Arrow vector of decimals: words in two's complement, least first. */
function decimals(units: readonly bigint[], scale: number, bits: 128 | 256): arrow.Vector {
  const words = new Uint32Array((units.length * bits) / 32);
  units.forEach((unit, i) => {
    let rest = BigInt.asUintN(bits, unit);
    for (let k = 0; k < bits / 32; k++, rest >>= 32n) words[(i * bits) / 32 + k] = Number(rest & 0xffffffffn);
  });
  const type = new arrow.Decimal(scale, bits === 128 ? 38 : 76, bits);
  return new arrow.Vector([arrow.makeData({ type, length: units.length, data: words })]);
}

const allocationOf = async (tables: Tables, config: Model = model) => toCsv((await fit(tables, config)).allocation);

describe('Arrow decimals', () => {
  for (const bits of [128, 256] as const) {
    it(`are the numbers that they stand for (${bits} bits)`, async () => {
      const table = { week: weeks, sales: decimals([10025n, 6050n, 9_007_199_254_740_993n], 2, bits) };
      expect(await allocationOf({ totals: table, exposure })).toBe(
        await allocationOf({ totals: { week: weeks, sales: [100.25, 60.5, Number('90071992547409.93')] }, exposure }),
      );
    });
  }

  it('without a scale are whole numbers, as sums of integers in DuckDB are', async () => {
    expect(await allocationOf({ totals: { week: weeks, sales: decimals([5n, 0n, 7n], 0, 128) }, exposure })).toBe(
      await allocationOf({ totals: { week: weeks, sales: [5, 0, 7] }, exposure }),
    );
  });

  it('below zero are refused by the number that they are', async () => {
    const table = { week: weeks, sales: decimals([100n, -150n, 3n], 2, 128) };
    expect(await refusalOf(() => fit({ totals: table, exposure }, model))).toEqual([
      'totals record 2, column sales: expected a number >= 0, got -1.5. Set "negativeTotals": "share" to split it by the fitted shares.',
    ]);
  });
});

describe('sums that overflow', () => {
  const cure = 'got one past the largest number. Use a larger unit: divide the column by 1000, say.';

  it('of totals are refused, whichever component they are of', async () => {
    const totals = { week: weeks, sales: [1e308, 1e308, 1e308] };
    expect(await refusalOf(() => fit({ totals, exposure }, model))).toEqual([
      `totals, column sales: expected totals with a finite sum, ${cure}`,
    ]);
    const named = { names: { totals: 'mine.csv' } };
    expect(await refusalOf(() => fit({ totals, exposure }, model, named))).toEqual([
      `mine.csv, column sales: expected totals with a finite sum, ${cure}`,
    ]);
    const result = await fit({ totals: { week: weeks, sales: [1e307, 1e307, 1e307] }, exposure }, model);
    expect([result.sums.totals, Number.isFinite(result.gap)]).toEqual([3e307, true]);
  });

  it('of negative totals are refused too', async () => {
    const totals = { week: weeks, sales: [-1e308, -1e308, 1] };
    const shared: Model = { ...model, totals: { ...model.totals, negativeTotals: 'share' } };
    expect(await refusalOf(() => fit({ totals, exposure }, shared))).toEqual([
      `totals, column sales: expected totals with a finite sum, ${cure}`,
    ]);
  });

  it('of exposure are refused, delivered or effective', async () => {
    const totals = { week: weeks, sales: [1, 2, 3] };
    const large = { ...exposure, visits: [1e308, 1, 1e308, 1] };
    expect(await refusalOf(() => fit({ totals, exposure: large }, model))).toEqual([
      `exposure, column visits: expected exposure with a finite sum, ${cure}`,
    ]);
    const carried: Model = {
      ...model,
      effectiveExposure: { time: 'week', curves: { adstock: { kind: 'geometric', decay: 0.9 } } },
    };
    const once = { ...exposure, visits: [1e308, 1, 0, 1] };
    expect(await refusalOf(() => fit({ totals, exposure: once }, carried))).toEqual([
      `exposure, column visits: expected effective exposure with a finite sum, ${cure}`,
    ]);
    expect((await fit({ totals, exposure: once }, model)).massError).toBe(0);
  });
});
