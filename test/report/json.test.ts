import { describe, expect, it } from 'vitest';
import { fit, fitJson, type Model, rowsOf, summarize, type Tables, version } from '../../bindings/index.js';

const tables: Tables = {
  totals: { week: ['1', '2', '3'], sales: [100, 60, 5] },
  exposure: {
    week: ['1', '1', '1', '2', '2', '2'],
    campaign: ['a', 'b', 'c\nd', 'a', 'b', 'c\nd'],
    clicks: [3, 4, 5, 6, 1, 2],
  },
};
const model: Model = {
  totals: { file: 'private/totals.csv', brick: ['week'], value: 'sales', where: { week: ['1', '2', '3'] } },
  exposure: { file: 'delivery.csv', brick: ['week'], entity: ['campaign'], value: 'clicks' },
};

describe('fitJson', () => {
  it('has every figure that is not a table, the configuration with its defaults, and no file or function', async () => {
    const result = await fit(tables, model);
    const json = fitJson(result);
    expect(Object.keys(json)).toEqual([
      'converged',
      'passes',
      'solver',
      'solverChoice',
      'objective',
      'logLikelihood',
      'gap',
      'family',
      'dispersion',
      'pooling',
      'massError',
      'massMoved',
      'sums',
      'counts',
      'indistinguishable',
      'components',
      'config',
      'warnings',
      'caution',
      'run',
    ]);
    expect(JSON.parse(JSON.stringify(json))).toEqual(json);
    expect(json.config).toEqual({
      totals: { brick: ['week'], value: 'sales', where: { week: ['1', '2', '3'] } },
      exposure: { brick: ['week'], entity: ['campaign'], value: 'clicks' },
      model: {
        family: 'quasiPoisson',
        productivity: 'free',
        pooling: { kind: 'gamma', groups: [], spread: 0.3, evidence: 25 },
        blocks: [],
      },
      fit: { solver: 'auto', tolerance: 1e-8, maxPasses: 10000 },
      output: { format: 'csv', decimals: null, standardErrors: false },
      seed: 1,
    });
    expect(json.sums).toEqual({ totals: 165, allocated: 160, unallocated: 5 });
    expect(json.run).toEqual({ kernels: 'wasm', reason: null, version });
    expect(JSON.stringify(json)).not.toContain('.csv');
  });

  it('fills in what a curve leaves out', async () => {
    const curve = { saturation: { kind: 'hill', halfSaturation: 0.5, slope: 1 } } as const;
    const { model: used } = await fit(tables, { ...model, effectiveExposure: { time: 'week', curves: curve } });
    expect(used.effectiveExposure).toEqual({
      time: 'week',
      curves: {
        adstock: { kind: 'none' },
        saturation: { kind: 'hill', halfSaturation: 0.5, slope: 1, amplitude: 1, of: 'medium' },
        scale: { kind: 'max', from: 'adstocked', per: 'place', over: 'calendar' },
        order: 'adstockFirst',
      },
    });
  });

  it('lists a hundred components at most; the table has all', async () => {
    const many = Array.from({ length: 130 }, (_, i) => `b${i}`);
    const result = await fit(
      {
        totals: { week: many, sales: many.map(() => 1) },
        exposure: { week: many, campaign: many, clicks: many.map(() => 1) },
      },
      {
        totals: { brick: ['week'], value: 'sales' },
        exposure: { brick: ['week'], entity: ['campaign'], value: 'clicks' },
      },
    );
    expect(result.components.rows).toBe(130);
    expect(fitJson(result).components).toHaveLength(100);
  });
});

describe('rowsOf', () => {
  it('makes objects of rows, null of what is no number, and no prototype to hit', () => {
    const columns = Object.assign(Object.create(null), {
      name: { codes: [1, 0], values: ['x', 'y'] },
      figure: Float64Array.of(1.5, Number.NaN),
      note: ['p', 'q'],
    });
    Object.defineProperty(columns, '__proto__', { value: ['r', 's'], enumerable: true });
    const table = { rows: 2, names: Object.keys(columns), columns };
    const rows = rowsOf(table);
    expect(JSON.stringify(rows)).toBe(
      '[{"name":"y","figure":1.5,"note":"p","__proto__":"r"},{"name":"x","figure":null,"note":"q","__proto__":"s"}]',
    );
    expect(rowsOf(table, 1)).toHaveLength(1);
  });
});

describe('summarize', () => {
  it('says what was split, the largest shares beside the proportional ones, gap, warnings and the caution', async () => {
    const text = summarize(await fit(tables, model));
    const lines = text.split('\n');
    expect(lines[0]).toBe('3 totals (sum 165) split over 3 entities: 6 parts in 1 component.');
    expect(lines[1]).toBe('Every brick adds up: mass error 0. Unallocated: 1 brick, sum 5.');
    expect(lines[3]).toBe('campaign  allocation  share  proportional  trust');
    expect(lines.slice(4, 7).map((line) => line.slice(0, 8))).toEqual(['a       ', 'c d     ', 'b       ']);
    expect(text).toContain('certified gap');
    expect(text).toContain('  unallocated: 1 of 3 bricks with a total (sum 5 of 165) has no exposure: week "3". ');
    expect(text).toContain('not proof of cause');
    expect(text.endsWith('\n')).toBe(true);
  });

  it('shows ten entities at most, the largest first', async () => {
    const names = Array.from({ length: 25 }, (_, i) => `campaign ${i}`);
    const result = await fit(
      {
        totals: { week: ['1'], sales: [325] },
        exposure: { week: names.map(() => '1'), campaign: names, clicks: names.map((_, i) => i + 1) },
      },
      { ...model, totals: { brick: ['week'], value: 'sales' } },
    );
    const lines = summarize(result).split('\n');
    expect(lines.filter((line) => line.startsWith('campaign ')).map((line) => line.slice(0, 11))).toEqual([
      'campaign   ',
      ...names.slice(15).reverse(),
    ]);
    expect(lines).toContain('... and 15 more');
  });

  it.each([
    [
      'all totals are zero',
      [0, 0],
      ['1', '2'],
      [3, 4],
      'Nothing was split: 2 totals (sum 0), all of them 0, over 2 entities.',
    ],
    [
      'all totals are without exposure',
      [100, 60],
      ['1', '2'],
      [0, 0],
      'Nothing was split: of 2 totals (sum 160) each is 0 or has nothing to go to.',
    ],
    [
      'the one total with exposure is zero',
      [0, 60],
      ['1', '1'],
      [3, 4],
      'Nothing was split: of 2 totals (sum 60) each is 0 or has nothing to go to.',
    ],
  ])('says that nothing was split, and of no convergence, where %s', async (_, sales, week, clicks, first) => {
    const text = summarize(
      await fit(
        { totals: { week: ['1', '2'], sales }, exposure: { week, campaign: ['a', 'b'], clicks } },
        { ...model, totals: { brick: ['week'], value: 'sales' } },
      ),
    );
    expect(text.split('\n')[0]).toBe(first);
    expect(text).not.toMatch(/adds up|onverged|passes/);
    expect(text.includes('  unallocated: ')).toBe(sales[1] !== 0);
  });

  it.each([
    [1e15, '1.000e+15'],
    [999_999_999_999_999, '999,999,999,999,999'],
    [1234.5, '1,235'],
    [100.4, '100'],
    [99.94, '99.9'],
    [0.123456, '0.123'],
    [0.001, '0.001'],
    [0.00099, '9.900e-4'],
  ])('writes %d for people: %s', async (sales, written) => {
    const one = { totals: { week: ['1'], sales: [sales] }, exposure: { week: ['1'], campaign: ['a'], clicks: [1] } };
    const [first] = summarize(await fit(one, { ...model, totals: { brick: ['week'], value: 'sales' } })).split('\n');
    expect(first).toBe(`1 totals (sum ${written}) split over 1 entities: 1 parts in 1 component.`);
  });

  it('tells long names apart', async () => {
    const name = (ad: number) => `010124 XY Brand Product LEADS / 010124 XY Brand Product LP-Ver1 Video 00${ad}`;
    const exposure = { week: ['1', '1', '1'], campaign: [1, 2, 3].map(name), clicks: [5, 4, 3] };
    const text = summarize(
      await fit(
        { totals: { week: ['1'], sales: [12] }, exposure },
        { ...model, totals: { brick: ['week'], value: 'sales' } },
      ),
    );
    expect(
      text
        .split('\n')
        .filter((line) => line.startsWith('010124'))
        .map((line) => line.slice(0, 48)),
    ).toEqual([1, 2, 3].map((ad) => `010124 XY Brand Pr...d Product LP-Ver1 Video 00${ad}`));
  });
});
