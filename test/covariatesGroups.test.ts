import { describe, expect, it } from 'vitest';
import { fit, type Model, rowsOf, type Tables } from '../bindings/index.js';
import { refusalOf } from './support/refusal.js';

const model = (covariates: string[], by?: string[]): Model => ({
  totals: { brick: ['brick'], value: 'sales' },
  exposure: { brick: ['brick'], entity: ['hcp'], value: 'visits' },
  entities: { entity: ['hcp'] },
  model: { productivity: { covariates, ...(by && { by }), deviation: 0 } },
});

// two groups whose values read alike when joined; in the second x tells the other way
const hcps = Array.from({ length: 12 }, (_, h) => `h${h}`);
const second = (h: number) => h % 2 === 1;
const entities = {
  hcp: [...hcps, 'elsewhere'],
  region: [...hcps.map((_, h) => (second(h) ? 'a' : 'a / b')), 'nowhere'],
  branch: [...hcps.map((_, h) => (second(h) ? 'b / c' : 'c')), 'c'],
  x: [...hcps.map((_, h) => h - 6), 0],
};
const bricks = Array.from({ length: 80 }, (_, b) => `b${b}`);
const visits = (b: number, h: number) => 1 + ((b * (h + 3) + h * h) % 13);
const productivity = (h: number) => Math.exp((second(h) ? -0.2 : 0.2) * (h - 6));
const tables: Tables = {
  totals: {
    brick: bricks,
    sales: bricks.map((_, b) => hcps.reduce((sum, _, h) => sum + visits(b, h) * productivity(h), 0)),
  },
  exposure: {
    brick: bricks.flatMap((brick) => hcps.map(() => brick)),
    hcp: bricks.flatMap(() => hcps),
    visits: bricks.flatMap((_, b) => hcps.map((_, h) => visits(b, h))),
  },
  entities,
};

describe('groups with coefficients of their own', () => {
  it('are told apart by their values, however these read when joined', async () => {
    const result = await fit(tables, model(['x'], ['region', 'branch']));
    const slopes = rowsOf(result.coefficients!).filter(({ term }) => term === 'x');
    expect(slopes).toHaveLength(3);
    // entities the fit has not seen get the coefficients of their own group
    const { allocation } = await result.allocate({
      totals: { brick: ['new'], sales: [100] },
      exposure: { brick: ['new', 'new'], hcp: ['one', 'other'], visits: [1, 1] },
      entities: { hcp: ['one', 'other'], region: ['a / b', 'a'], branch: ['c', 'b / c'], x: [5, 5] },
    });
    const [one, other] = allocation.columns.allocation;
    // the first group rises with x, the second falls
    expect(one / other).toBeGreaterThan(4);
  });

  it('are those of entities with exposure alone', async () => {
    const result = await fit(tables, model(['x'], ['region']));
    const groups = new Set(rowsOf(result.coefficients!).map(({ group }) => group));
    expect([...groups]).toEqual(['', 'a', 'a / b']);
  });
});

describe('a column of numbers with something else in it', () => {
  it('is not taken for categories unless they are asked for', async () => {
    const x = entities.x.map((value, i) => (i === 3 ? 'n/a' : String(value)));
    const odd = { ...tables, entities: { ...entities, x } };
    expect(await refusalOf(() => fit(odd, model(['x'])))).toEqual([
      'model.productivity.covariates[0]: expected numbers in "x", as in most rows, got "n/a" (entities record 4, column x). Correct it, or write C(x) for categories.',
    ]);
    const asked = await fit(odd, model(['C(x)']));
    expect(asked.coefficients!.rows).toBe(12);
  });
});
