import { describe, expect, it } from 'vitest';
import { check, entityColumns, type Fit, fit, type Model, type Table } from '../../bindings/index.js';
import { refusalOf } from '../support/refusal.js';
import { figures, words } from '../support/simulations.js';

const names = { totals: 'totals.csv', exposure: 'visits.csv', entities: 'hcps.csv' };
const modelOf = (section: object, entities: object | null = {}): Model => ({
  totals: { brick: ['brick', 'week'], value: 'sales' },
  exposure: { brick: ['brick', 'week'], entity: ['hcp'], value: 'visits' },
  ...(entities && { entities: { entity: ['hcp'], ...entities } }),
  model: { productivity: { covariates: ['x'], deviation: 0, ...section } },
});

const count = 6;
const hcps = Array.from({ length: count }, (_, h) => `h${h}`);
/** Twelve bricks of one entity each and twelve of two; h6, where it is listed, is visited by nobody. */
const tables = (entities: Table) => ({
  totals: {
    brick: Array.from({ length: 24 }, (_, b) => `b${b}`),
    week: Array.from({ length: 24 }, (_, b) => b % 4),
    sales: Array.from({ length: 24 }, (_, b) => 10 + ((b * 7) % 11)),
  },
  exposure: {
    brick: Array.from({ length: 36 }, (_, j) => `b${j % 24}`),
    week: Array.from({ length: 36 }, (_, j) => (j % 24) % 4),
    hcp: Array.from({ length: 36 }, (_, j) => `h${j < 24 ? j % 6 : (j + (j < 30 ? 1 : 2)) % 6}`),
    visits: Array.from({ length: 36 }, (_, j) => 1 + ((j * 5) % 7)),
  },
  entities,
});
const plain = { hcp: hcps, x: [1, 2, 3, 5, 8, 13], s: ['a', 'b', 'c', 'a', 'b', 'c'] };

const refused = (entities: Table, section: object, table: object = {}) =>
  refusalOf(() => check(tables(entities), modelOf(section, table), { names }));

const termsOf = ({ coefficients }: Fit) => words(coefficients!, 'term');
const estimatesOf = ({ coefficients }: Fit) => [...figures(coefficients!, 'estimate')];

describe('columns of covariates', () => {
  it('are those of the entities table that the model names, once each, keys aside', () => {
    const model = modelOf({ covariates: ['C(s):log(x)', 'x/10', 'hcp', '`a b`'], by: ['region', 's'] });
    expect(entityColumns(model)).toEqual(['s', 'x', 'a b', 'region']);
    expect(entityColumns({ ...model, model: {} })).toEqual([]);
  });

  it('that are not there are refused, with where they were asked for', async () => {
    expect(await refused(plain, { covariates: ['x', 'X:s'], by: ['region'] })).toEqual([
      'model.productivity.covariates, "X:s": expected a column of hcps.csv, got "X". Did you mean "x"?',
      'model.productivity.by[0]: expected a column of hcps.csv, got "region". Known: "hcp", "x", "s".',
    ]);
  });

  it('need an entities table unless they are of the key', async () => {
    const { totals, exposure } = tables(plain);
    const without = (covariates: string[]) =>
      refusalOf(() => check({ totals, exposure }, modelOf({ covariates }, null), { names }));
    expect(await without(['x'])).toEqual([
      'model.productivity.covariates, "x": expected one of exposure.entity, got "x". Add an entities table that has it.',
    ]);
    expect(await without(['hcp'])).toEqual([]);
  });

  it('may be of the entity key: a coefficient for each campaign but the first, or numbers in it', async () => {
    const { totals, exposure } = tables(plain);
    const fitted = await fit({ totals, exposure }, modelOf({ covariates: ['hcp'] }, null));
    expect(termsOf(fitted)).toEqual(['(intercept)', ...hcps.slice(1).map((h) => `hcp: ${h}`)]);
    const numbered = { ...exposure, hcp: exposure.hcp.map((h) => Number(h.slice(1))) };
    const slope = await fit({ totals, exposure: numbered }, modelOf({ covariates: ['hcp/10'] }, null));
    expect(termsOf(slope)).toEqual(['(intercept)', 'hcp/10']);
  });

  it('may be text with a decimal comma, as the entities table says', async () => {
    const commas = { ...plain, x: plain.x.map((x) => String(x / 2).replace('.', ',')) };
    const expected = estimatesOf(await fit(tables({ ...plain, x: plain.x.map((x) => x / 2) }), modelOf({})));
    expect(estimatesOf(await fit(tables(commas), modelOf({}, { decimal: ',' })))).toEqual(expected);
    // without it they are categories
    expect(termsOf(await fit(tables(commas), modelOf({})))).toContain('x: 6,5');
  });

  it('are read in the rows that "where" keeps', async () => {
    const twice = {
      hcp: [...hcps, ...hcps],
      x: [...plain.x, ...plain.x.map((x) => x * x)],
      run: [...hcps.map(() => 'new'), ...hcps.map(() => 'old')],
    };
    const expected = estimatesOf(await fit(tables(plain), modelOf({})));
    expect(estimatesOf(await fit(tables(twice), modelOf({}, { where: { run: 'new' } })))).toEqual(expected);
  });
});

describe('what an entity lacks', () => {
  const lacking = { hcp: [...hcps, 'h6'], x: [1, 2, null, 5, 8, 13, null], s: ['a', 'b', 'c', 'a', '', 'c', ''] };

  it('is refused with record and column where the entity has exposure', async () => {
    const cure = 'Fill it in, leave the entity out, or set model.productivity.missing to "indicate".';
    expect(await refused(lacking, { covariates: ['log(x)', 's'] })).toEqual([
      `hcps.csv record 3, column x: expected a value, got nothing. ${cure}`,
      `hcps.csv record 5, column s: expected a value, got nothing. ${cure}`,
    ]);
  });

  it('is refused in a column of groups too, where one that is indicated is a group', async () => {
    const cure = 'Fill it in, leave the entity out, or set model.productivity.missing to "indicate".';
    const table = { ...plain, s: lacking.s.slice(0, 6) };
    expect(await refused(table, { by: ['s'] })).toEqual([
      `hcps.csv record 5, column s: expected a value, got nothing. ${cure}`,
    ]);
    expect(await refused(table, { covariates: ['s'], by: ['s'] })).toHaveLength(1);
    const { coefficients } = await fit(tables(table), modelOf({ by: ['s'], missing: 'indicate' }));
    expect(words(coefficients!, 'group')).toEqual(['', '', '(missing)', '(missing)', 'a', 'a', 'b', 'b', 'c', 'c']);
  });

  it('has a coefficient of its own where it is indicated', async () => {
    const fitted = await fit(tables(lacking), modelOf({ covariates: ['log(x)', 's'], missing: 'indicate' }));
    expect(termsOf(fitted)).toEqual(['(intercept)', 'x: missing', 'log(x)', 's: b', 's: c', 's: missing']);
  });

  it('in the table after all entities with exposure says nothing', async () => {
    const more = { hcp: [...hcps, 'h6'], x: [...plain.x, null], s: [...plain.s, 'z'] };
    const fitted = await fit(tables(more), modelOf({ covariates: ['x', 's'] }));
    expect(termsOf(fitted)).toEqual(['(intercept)', 'x', 's: b', 's: c']);
    expect(estimatesOf(fitted)).toEqual(estimatesOf(await fit(tables(plain), modelOf({ covariates: ['x', 's'] }))));
  });
});

describe('columns that the data cannot tell apart', () => {
  it('are named, with what they are combinations of, all at once', async () => {
    const table = {
      ...plain,
      y: plain.x.map((x) => 3 * x + 1),
      one: hcps.map(() => 7),
      n: ['p', 'q', 'r', 'p', 'q', 'r'],
    };
    const problem = (name: string, why: string) =>
      `model.productivity.covariates: expected columns that the data can tell apart, got "${name}", which is ${why}. Leave one out.`;
    expect(await refused(table, { covariates: ['x', 'y', 'scale(one)', 's', 'n'] })).toEqual([
      problem('y', 'a combination of "x"'),
      problem('scale(one)', 'the same for every entity with exposure'),
      problem('n: q', 'a combination of "s: b"'),
      problem('n: r', 'a combination of "s: c"'),
    ]);
    expect(await refused(table, { covariates: ['s', 'C(x)'] })).toEqual([
      problem('x: 3', 'a combination of "s: c", "x: 13"'),
      problem('x: 8', 'a combination of "s: b", "x: 2"'),
    ]);
  });

  it('are refused where an interaction is the same as its parts', async () => {
    expect(await refused(plain, { covariates: ['s', 's:s'] })).toContain(
      'model.productivity.covariates: expected columns that the data can tell apart, got "s: b : s: b", which is a combination of "s: b". Leave one out.',
    );
  });
});

describe('a category of one entity', () => {
  it('is said to be that of one entity alone', async () => {
    const rare = { ...plain, s: ['a', 'b', 'b', 'a', 'b', 'c'] };
    const { warnings } = await fit(tables(rare), modelOf({ covariates: ['s', 'x'] }));
    expect(warnings.filter(({ code }) => code === 'rare-category').map(({ message }) => message)).toEqual([
      "s: c: one entity with exposure has it; its coefficient is that entity's alone.",
    ]);
    const common = await fit(tables(plain), modelOf({ covariates: ['s', 'x'] }));
    expect(common.warnings.filter(({ code }) => code === 'rare-category')).toEqual([]);
  });
});
