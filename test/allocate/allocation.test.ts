import { describe, expect, it } from 'vitest';
import { type Allocation, fit, type Model, type ResultTable, type Tables } from '../../bindings/index.js';
import { nearest, whole } from '../fit/exact.js';
import { randomOf } from '../support/kernels.js';
import { words } from '../support/simulations.js';

const model: Model = {
  totals: { brick: ['b'], value: 'y' },
  exposure: { brick: ['b'], entity: ['e'], value: 'x' },
};

type Delivery = readonly [brick: string, entity: string, exposure: number];

const tablesOf = (totals: readonly (readonly [string, number])[], deliveries: readonly Delivery[]): Tables => ({
  totals: { b: totals.map(([b]) => b), y: totals.map(([, y]) => y) },
  exposure: { b: deliveries.map(([b]) => b), e: deliveries.map(([, e]) => e), x: deliveries.map(([, , x]) => x) },
});

const rowsOf = (table: ResultTable) =>
  Array.from({ length: table.rows }, (_, r) =>
    Object.keys(table.columns).map((name) => {
      const column = table.columns[name];
      return column instanceof Float64Array ? column[r] : words(table, name)[r];
    }),
  );

// spread 0 is the proportional split, by the code path of every other
const proportional: Model = { ...model, model: { pooling: { kind: 'gamma', spread: 0 } } };

describe('the rows of the allocation', () => {
  const tables = tablesOf(
    [
      ['q', 12],
      ['lonely', 5],
      ['p', 9],
      ['idle', 4],
      ['nil', 0],
    ],
    [
      ['p', 'z', 2],
      ['history', 'first', 7],
      ['q', 'a', 1],
      ['q', 'z', 3],
      ['p', 'first', 1],
      ['q', 'idler', 0],
      ['idle', 'idler', 0],
      ['nil', 'a', 5],
    ],
  );

  it('are bricks as in totals, entities by first appearance in exposure, deliveries without effect included', async () => {
    const { allocation } = await fit(tables, proportional);
    expect(Object.keys(allocation.columns)).toEqual(['b', 'e', 'exposure', 'share', 'allocation']);
    expect(rowsOf(allocation)).toEqual([
      ['q', 'z', 3, 0.75, 9],
      ['q', 'a', 1, 0.25, 3],
      ['q', 'idler', 0, 0, 0],
      ['p', 'z', 2, 2 / 3, 6],
      ['p', 'first', 1, 1 / 3, 3],
      ['idle', 'idler', 0, 0, 0],
      ['nil', 'a', 5, 1, 0],
    ]);
  });

  it('leave out bricks with nothing to give their total to, which are kept apart with the reason', async () => {
    const { unallocated, counts, sums, warnings } = await fit(tables, proportional);
    expect(Object.keys(unallocated.columns)).toEqual(['b', 'total', 'reason']);
    expect(rowsOf(unallocated)).toEqual([
      ['lonely', 5, 'no exposure'],
      ['idle', 4, 'no exposure'],
    ]);
    expect(counts).toEqual({
      bricks: 5,
      entities: 4,
      exposures: 8,
      components: 1,
      allocations: 7,
      unallocated: 2,
      exposureWithoutTotal: 1,
    });
    expect(sums).toEqual({ totals: 30, allocated: 21, unallocated: 9 });
    expect(warnings.filter(({ code }) => code === 'unallocated' || code === 'exposure-without-total')).toEqual([
      {
        code: 'unallocated',
        message:
          '2 of 5 bricks with a total (sum 9 of 30) have no exposure: b "lonely"; b "idle". Kept apart in the unallocated table.',
      },
      {
        code: 'exposure-without-total',
        message:
          '1 of 8 rows of exposure is of 1 brick without a total: b "history". Not allocated, and nothing carries over from there.',
      },
    ]);
  });

  it('hold zeros where nothing was earned at all: a total of zero needs nobody', async () => {
    const { allocation, unallocated, entities, converged } = await fit(
      tablesOf(
        [
          ['p', 0],
          ['q', 0],
        ],
        [
          ['p', 'a', 1],
          ['p', 'b', 2],
        ],
      ),
      model,
    );
    expect(rowsOf(allocation)).toEqual([
      ['p', 'a', 1, 0, 0],
      ['p', 'b', 2, 0, 0],
    ]);
    expect(rowsOf(unallocated)).toEqual([['q', 0, 'no exposure']]);
    expect([...entities.columns.productivity]).toEqual([0, 0]);
    expect(converged).toBe(true);
  });

  it('add up by entity, by first appearance, beside what exposure alone would give', async () => {
    const { entities } = await fit(tables, proportional);
    expect(Object.keys(entities.columns)).toEqual([
      'e',
      'productivity',
      'exposure',
      'allocation',
      'share',
      'proportional',
      'relative',
      'trust',
      'flags',
    ]);
    const of = (name: string) => [...(entities.columns[name] as Float64Array)];
    expect(words(entities, 'e')).toEqual(['z', 'first', 'a', 'idler']);
    expect(of('exposure')).toEqual([5, 1, 6, 0]);
    expect(of('allocation')).toEqual([15, 3, 3, 0]);
    expect(of('share')).toEqual([15 / 21, 3 / 21, 3 / 21, 0]);
    expect(of('proportional')).toEqual([15, 3, 3, 0]);
    expect(words(entities, 'flags')).toEqual(['', '', '', 'no-exposure']);
    expect(of('productivity')[3]).toBe(0);
  });

  it('write a column that is in both keys once', async () => {
    const { allocation, entities } = await fit(
      {
        totals: { m: ['tv'], b: ['p'], y: [1] },
        exposure: { medium: ['tv'], brick: ['p'], campaign: ['c'], x: [1] },
      },
      {
        totals: { brick: ['m', 'b'], value: 'y' },
        exposure: { brick: ['medium', 'brick'], entity: ['medium', 'campaign'], value: 'x' },
      },
    );
    // the brick has the names of totals; the entity's own are not among them
    expect(Object.keys(allocation.columns).slice(0, 4)).toEqual(['m', 'b', 'medium', 'campaign']);
    expect(Object.keys(entities.columns).slice(0, 2)).toEqual(['medium', 'campaign']);
    const shared = await fit(
      { totals: { m: ['tv'], b: ['p'], y: [1] }, exposure: { m: ['tv'], b: ['p'], campaign: ['c'], x: [1] } },
      {
        totals: { brick: ['m', 'b'], value: 'y' },
        exposure: { brick: ['m', 'b'], entity: ['m', 'campaign'], value: 'x' },
      },
    );
    expect(Object.keys(shared.allocation.columns).slice(0, 4)).toEqual(['m', 'b', 'campaign', 'exposure']);
  });
});

describe('negative totals', () => {
  const totals = [...Array(30).keys()].map((b) => [`b${b}`, 10 + b] as const);
  const deliveries = totals.flatMap(([b], i): Delivery[] => [
    [b, 'one', 1 + (i % 3)],
    [b, 'two', 2],
  ]);

  it('are split by the fitted shares and change nothing for the others', async () => {
    const share: Model = { ...model, totals: { ...model.totals, negativeTotals: 'share' } };
    const without = await fit(tablesOf(totals, deliveries), share);
    const extra: Delivery[] = [
      ['minus', 'two', 1],
      ['minus', 'one', 1],
    ];
    const withOne = await fit(tablesOf([...totals, ['minus', -7]], [...deliveries, ...extra]), share);
    const last = rowsOf(withOne.allocation).slice(-2);
    const productivity = withOne.entities.columns.productivity;
    expect([...productivity]).toEqual([...without.entities.columns.productivity]);
    expect(rowsOf(withOne.allocation).slice(0, -2)).toEqual(rowsOf(without.allocation));
    expect(last.map((row) => row.slice(0, 2))).toEqual([
      ['minus', 'one'],
      ['minus', 'two'],
    ]);
    const parts = last.map((row) => row[4] as number);
    expect(parts[0] + parts[1]).toBe(-7);
    for (const [k, part] of parts.entries()) {
      expect(part / -7).toBeCloseTo(productivity[k] / (productivity[0] + productivity[1]), 14);
    }
    expect(withOne.warnings.filter(({ code }) => code === 'negative-totals')).toEqual([
      { code: 'negative-totals', message: '1 negative total left out of the fit and split by the fitted shares.' },
    ]);
  });

  it('come by themselves: then shares are those of exposure', async () => {
    const share: Model = { ...model, totals: { ...model.totals, negativeTotals: 'share' } };
    const { allocation, massError, converged } = await fit(
      tablesOf(
        [['p', -9]],
        [
          ['p', 'a', 1],
          ['p', 'b', 2],
        ],
      ),
      share,
    );
    expect([...allocation.columns.allocation]).toEqual([-3, -6]);
    expect([massError, converged]).toEqual([0, true]);
  });
});

/** Bricks of many sizes and magnitudes, each with its own entities and some shared ones. */
function randomTables(bricks: number, total: (random: () => number) => number, seed: number) {
  const random = randomOf(seed);
  const totals = Array.from({ length: bricks }, (_, b) => [`b${b}`, total(random)] as const);
  const deliveries = totals.flatMap(([b]): Delivery[] => {
    const entities = new Set(
      Array.from({ length: 1 + Math.floor(random() ** 3 * 40) }, () => Math.floor(random() * 200)),
    );
    return [...entities].map((e): Delivery => [b, `e${e}`, random() < 0.05 ? 0 : 10 ** (4 * random() - 2)]);
  });
  return tablesOf(totals, deliveries);
}

/** Parts by brick. */
function partsOf({ allocation }: Allocation): Map<string, number[]> {
  const parts = new Map<string, number[]>();
  words(allocation, 'b').forEach((b, r) => {
    const list = parts.get(b) ?? [];
    list.push(allocation.columns.allocation[r]);
    parts.set(b, list);
  });
  return parts;
}

describe('every brick adds up', () => {
  const totalsOf = (tables: Tables) => {
    const { b, y } = tables.totals as { b: string[]; y: number[] };
    return b.map((name, i) => [name, y[i]] as const);
  };

  it('to its total bit for bit, forward, backward and in pairs, over all magnitudes', async () => {
    const tables = randomTables(4000, (random) => 10 ** (600 * random() - 300), 31);
    const result = await fit(tables, { ...model, fit: { maxPasses: 20 } });
    const parts = partsOf(result);
    const inPairs = (list: readonly number[]): number =>
      list.length === 1
        ? list[0]
        : inPairs(Array.from({ length: Math.ceil(list.length / 2) }, (_, i) => list[2 * i] + (list[2 * i + 1] ?? 0)));
    const left = new Set(words(result.unallocated, 'b'));
    for (const [brick, total] of totalsOf(tables)) {
      if (left.has(brick)) continue;
      const list = parts.get(brick)!;
      const forward = list.reduce((sum, x) => sum + x, 0);
      const backward = list.reduceRight((sum, x) => sum + x, 0);
      expect([forward, backward, inPairs(list)], brick).toEqual([total, total, total]);
      expect(
        list.every((part) => part >= 0),
        brick,
      ).toBe(true);
    }
    expect(result.massError).toBe(0);
    expect(left.size).toBeLessThan(300);
  });

  it('in whole units where decimals are asked for, 10,000 bricks of 0 to 15 decimals', async () => {
    for (let decimals = 0; decimals <= 15; decimals++) {
      const unit = Number(`1e${decimals}`);
      const most = Math.min(2 ** 52 / unit, 1e9);
      const tables = randomTables(625, (random) => most * random() ** 4 * (random() < 0.1 ? -1 : 1), 40 + decimals);
      const result = await fit(tables, {
        ...model,
        totals: { ...model.totals, negativeTotals: 'share' },
        fit: { maxPasses: 5 },
        output: { decimals },
      });
      const parts = partsOf(result);
      const left = new Set(words(result.unallocated, 'b'));
      // digits as printed, in units: no arithmetic on floats at all
      const units = (x: number) => {
        const [mantissa, exponent] = x.toExponential().split('e');
        const [head, tail = ''] = mantissa.replace('-', '').split('.');
        const power = Number(exponent) - tail.length + decimals;
        expect(power >= 0 || x === 0, `${x} has more than ${decimals} decimals`).toBe(true);
        return x === 0 ? 0n : BigInt(head + tail) * 10n ** BigInt(power) * (x < 0 ? -1n : 1n);
      };
      let changed = 0;
      for (const [brick, total] of totalsOf(tables)) {
        if (left.has(brick)) continue;
        const sum = parts.get(brick)!.reduce((all, part) => all + units(part), 0n);
        const wanted = roundedUnits(total, decimals);
        expect(sum, `${brick}, ${total} at ${decimals}`).toBe(wanted);
        if (wanted !== BigInt(0) && Number(wanted) / unit !== total) changed++;
      }
      expect(result.massError).toBe(0);
      expect(result.warnings.some(({ code }) => code === 'rounded-totals')).toBe(changed > 0);
    }
  });

  it('and by entity: its allocation is the correctly rounded sum of its parts', async () => {
    const result = await fit(
      randomTables(2000, (random) => 10 ** (12 * random() - 6), 77),
      { ...model, fit: { maxPasses: 20 } },
    );
    const { allocation, entities, sums } = result;
    const exact = new Map<string, bigint>();
    words(allocation, 'e').forEach((e, r) => {
      exact.set(e, (exact.get(e) ?? 0n) + whole(allocation.columns.allocation[r]));
    });
    words(entities, 'e').forEach((e, r) => {
      expect(entities.columns.allocation[r], e).toBe(nearest(exact.get(e)!));
    });
    expect(sums.allocated).toBe(nearest([...exact.values()].reduce((sum, x) => sum + x, 0n)));
  });
});

/** A total in units, halves to even, from its printed digits: whole numbers only. */
function roundedUnits(total: number, decimals: number): bigint {
  const [mantissa, exponent] = Math.abs(total).toExponential().split('e');
  const digits = mantissa.replace('.', '');
  const power = Number(exponent) - (digits.length - 1) + decimals;
  const sign = total < 0 ? -1n : 1n;
  if (power >= 0) return sign * BigInt(digits) * 10n ** BigInt(power);
  const scale = 10n ** BigInt(-power);
  const [kept, rest] = [BigInt(digits) / scale, BigInt(digits) % scale];
  const up = 2n * rest > scale || (2n * rest === scale && kept % 2n === 1n);
  return sign * (kept + (up ? 1n : 0n));
}

describe('decimals', () => {
  const cents: Model = { ...proportional, output: { decimals: 2 } };

  it('round a total half to even first, as it is written, and say what that changed', async () => {
    const totals = [0.125, 0.135, 10, -0.375].map((y, i) => [`b${i}`, y] as const);
    const deliveries = totals.flatMap(([b]): Delivery[] => [
      [b, 'a', 1],
      [b, 'c', 1],
    ]);
    const shared: Model = { ...cents, totals: { ...cents.totals, negativeTotals: 'share' } };
    const { allocation, warnings } = await fit(tablesOf(totals, deliveries), shared);
    expect([...allocation.columns.allocation]).toEqual([0.06, 0.06, 0.07, 0.07, 5, 5, -0.19, -0.19]);
    // -.005 + .005 - .005
    expect(warnings.filter(({ code }) => code === 'rounded-totals')).toEqual([
      {
        code: 'rounded-totals',
        message: 'totals were rounded to 2 decimals before the split: together they changed by -0.005.',
      },
    ]);
  });

  it('leave totals that are whole units alone, and say nothing', async () => {
    const { warnings, allocation } = await fit(tablesOf([['p', 0.1 + 0.2]], [['p', 'a', 1]]), {
      ...cents,
      output: { decimals: 15 },
    });
    expect([...allocation.columns.allocation]).toEqual([0.3]);
    expect(warnings.map(({ code }) => code)).toContain('rounded-totals');
    const exact = await fit(tablesOf([['p', 0.3]], [['p', 'a', 1]]), cents);
    expect(exact.warnings.map(({ code }) => code)).not.toContain('rounded-totals');
  });
});
