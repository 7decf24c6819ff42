import { describe, expect, it } from 'vitest';
import { collectFaults } from '../../bindings/base/faults.js';
import { parseFormula } from '../../bindings/config/formula.js';
import { compileDesign, type DesignColumn, fillDesign, type Missing } from '../../bindings/regression/design.js';
import { covariateOf } from '../../bindings/tables/covariates.js';
import { refusalOf } from '../support/refusal.js';

type Cells = readonly unknown[];

/** Columns of a table of entities, one cell each. */
function covariatesOf(table: Readonly<Record<string, Cells>>, decimal: '.' | ',' = '.') {
  return new Map(
    Object.entries(table).map(([name, cells]) => {
      const describe = (e: number) => `hcps.csv record ${e + 1}, column ${name}`;
      return [name, covariateOf(collectFaults(), name, cells.length, (e) => cells[e], { decimal }, describe)];
    }),
  );
}

interface Setting {
  readonly used?: readonly number[];
  readonly missing?: Missing;
  readonly decimal?: '.' | ',';
}

function designOf(
  formulas: readonly string[],
  table: Readonly<Record<string, Cells>>,
  { used, missing = 'refuse', decimal }: Setting = {},
) {
  const faults = collectFaults();
  const covariates = covariatesOf(table, decimal);
  const entities = Object.values(table)[0].length;
  const inUse = Uint8Array.from({ length: entities }, (_, e) => (used ? used[e] : 1));
  const design = compileDesign(
    faults,
    formulas.flatMap(parseFormula),
    covariates,
    inUse,
    missing,
    'model.productivity',
  );
  faults.throwIfAny();
  return design;
}

/** The columns by name, a number per entity. */
function columnsOf({ columns, values }: { columns: readonly DesignColumn[]; values: Float64Array }) {
  return Object.fromEntries(
    columns.map(({ name }, c) => [name, [...values].filter((_, i) => i % columns.length === c)]),
  );
}

const build = (formulas: readonly string[], table: Readonly<Record<string, Cells>>, setting?: Setting) =>
  columnsOf(designOf(formulas, table, setting));

const refusal = (formulas: readonly string[], table: Readonly<Record<string, Cells>>, setting?: Setting) =>
  refusalOf(() => designOf(formulas, table, setting));

describe('a column of numbers', () => {
  it('is one column, changed as the formula says and named so', () => {
    expect(build(['x', 'x/4', 'sqrt(x)', 'log(x/10)/2'], { x: [1, 4, 100] })).toEqual({
      x: [1, 4, 100],
      'x/4': [0.25, 1, 25],
      'sqrt(x)': [1, 2, 10],
      'log(x/10)/2': [0.1, 0.4, 10].map((x) => expect.closeTo(Math.log(x) / 2, 14)),
    });
  });

  it('may be of whole numbers, big integers, or texts of numbers', () => {
    expect(build(['x'], { x: [1, 2n, '3e0', '.5'] })).toEqual({ x: [1, 2, 3, 0.5] });
    expect(build(['x'], { x: ['1,5', '2', '-3e1'] }, { decimal: ',' })).toEqual({ x: [1.5, 2, -30] });
  });

  it('has log1p right to the last digits, for small numbers too', () => {
    const xs = [0, 1e-300, 1e-17, 1e-9, 1e-4, 0.5, 20, 1e300, -0.5, -1e-12];
    const found = build(['log1p(x)'], { x: xs })['log1p(x)'];
    xs.forEach((x, i) => {
      expect(Math.abs(found[i] - Math.log1p(x)), `log1p(${x})`).toBeLessThanOrEqual(4e-16 * Math.abs(Math.log1p(x)));
    });
  });

  it('scaled has mean 0 and standard deviation 1 over the entities in use', () => {
    const { 'scale(x)': scaled } = build(['scale(x)'], { x: [1, 2, 3, 4, 100] }, { used: [1, 1, 1, 1, 0] });
    const deviation = Math.sqrt(5 / 3); // of 1, 2, 3, 4: sum of squares 5 over 3
    [-1.5, -0.5, 0.5, 1.5, 97.5].forEach((x, i) => {
      expect(scaled[i]).toBeCloseTo(x / deviation, 14);
    });
  });

  it('scaled where it is constant is zero, for the check of columns to refuse', () => {
    expect(build(['scale(x)'], { x: [7, 7, 7] })).toEqual({ 'scale(x)': [0, 0, 0] });
  });

  it.each([
    ['log(x)', 0, 'a number above 0 in log(), got 0'],
    ['log(x)', -2, 'a number above 0 in log(), got -2'],
    ['log1p(x)', -1, 'a number above -1 in log1p(), got -1'],
    ['sqrt(x)', -0.25, 'a number >= 0 in sqrt(), got -0.25'],
    ['log(x/10)', -30, 'a number above 0 in log(), got -3'],
  ])('is refused in %s where it holds %d', async (formula, bad, expected) => {
    expect(await refusal(['x', formula], { x: [1, 2, bad] })).toEqual([
      `model.productivity.covariates[1]: expected ${expected} (hcps.csv record 3, column x)`,
    ]);
    // nobody looks at an entity without exposure
    expect(await refusal(['x', formula], { x: [1, 2, bad] }, { used: [1, 1, 0] })).toEqual([]);
  });

  it('takes sqrt(0)', () => {
    expect(build(['sqrt(x)'], { x: [0, 1] })).toEqual({ 'sqrt(x)': [0, 1] });
  });

  it('is refused where it is to be changed and holds something else, which is named whatever the decimal mark', async () => {
    expect(await refusal(['log(x)'], { x: [1, 'many', 2] })).toEqual([
      'model.productivity.covariates[0]: expected numbers in "x", got "many" (hcps.csv record 2, column x)',
    ]);
    expect(await refusal(['x/10'], { x: ['3,5', 'n/a', '2,5'] }, { decimal: ',' })).toEqual([
      'model.productivity.covariates[0]: expected numbers in "x", got "n/a" (hcps.csv record 2, column x)',
    ]);
    expect(await refusal(['scale(x)'], { x: ['3.5', '1,200'] })).toEqual([
      'model.productivity.covariates[0]: expected numbers in "x", got "1,200" (hcps.csv record 2, column x)',
    ]);
    expect(await refusal(['scale(x)'], { x: [3, Number.POSITIVE_INFINITY] })).toEqual([
      'model.productivity.covariates[0]: expected numbers in "x", got "Infinity" (hcps.csv record 2, column x)',
    ]);
  });
});

describe('a column of anything else', () => {
  const table = { s: ['gp', 'cardio', 'Gp', 'cardio', 'derma'] };

  it('is an indicator per category but the first in canonical order', () => {
    expect(build(['s'], table)).toEqual({
      's: cardio': [0, 1, 0, 1, 0],
      's: derma': [0, 0, 0, 0, 1],
      's: gp': [1, 0, 0, 0, 0],
    });
  });

  it('has the reference that is given', () => {
    expect(build(['C(s, "gp")'], table)).toEqual({
      's: Gp': [0, 0, 1, 0, 0],
      's: cardio': [0, 1, 0, 1, 0],
      's: derma': [0, 0, 0, 0, 1],
    });
  });

  it('may be numbers in C(), told apart as text and ordered as text', () => {
    expect(build(['C(n)'], { n: [10, 9, 10, 2] })).toEqual({ 'n: 2': [0, 0, 0, 1], 'n: 9': [0, 1, 0, 0] });
    expect(build(['C(n, "2")'], { n: ['2', '2.0', '2', '2'] })).toEqual({ 'n: 2.0': [0, 1, 0, 0] });
  });

  it('may be truth values, or texts with a few numbers among them', () => {
    expect(build(['t'], { t: [true, false, true] })).toEqual({ 't: true': [1, 0, 1] });
    expect(build(['n'], { n: [1, 'y', 'x', 2] })).toEqual({
      'n: 2': [0, 0, 0, 1],
      'n: x': [0, 0, 1, 0],
      'n: y': [0, 1, 0, 0],
    });
  });

  it('has no categories that only entities without exposure have', () => {
    expect(build(['s'], table, { used: [1, 1, 0, 1, 0] })).toEqual({ 's: gp': [1, 0, 0, 0, 0] });
  });

  it('is refused with a reference that no entity in use has', async () => {
    expect(await refusal(['C(s, "general practice")'], table)).toEqual([
      'model.productivity.covariates[0]: expected a category of "s" ("Gp", "cardio", "derma", "gp"), got "general practice"',
    ]);
    expect(await refusal(['x', 'C(s, "derma")'], { x: [1, 2, 3, 4, 5], ...table }, { used: [1, 1, 1, 1, 0] })).toEqual([
      'model.productivity.covariates[1]: expected a category of "s" ("Gp", "cardio", "gp"), got "derma"',
    ]);
  });

  it('is refused with a single category', async () => {
    expect(await refusal(['s'], table, { used: [0, 1, 0, 1, 0] })).toEqual([
      'model.productivity.covariates[0]: expected at least two categories in "s", got "cardio". Leave it out.',
    ]);
  });
});

describe('an interaction', () => {
  const table = { x: [2, 3, 5], y: [7, 11, 13], s: ['a', 'b', 'c'], t: ['q', 'p', 'p'] };

  it('of numbers is their product', () => {
    expect(build(['x:y', 'x:x', 'x/2:y'], table)).toEqual({
      'x : y': [14, 33, 65],
      'x : x': [4, 9, 25],
      'x/2 : y': [7, 16.5, 32.5],
    });
  });

  it('of a category and a number has a slope for each category but the reference', () => {
    expect(build(['s:x'], table)).toEqual({ 's: b : x': [0, 3, 0], 's: c : x': [0, 0, 5] });
  });

  it('of categories has an indicator of each pair', () => {
    expect(build(['s:t'], table)).toEqual({ 's: b : t: q': [0, 0, 0], 's: c : t: q': [0, 0, 0] });
    expect(build(['C(s, "c"):t'], table)).toEqual({ 's: a : t: q': [1, 0, 0], 's: b : t: q': [0, 0, 0] });
  });

  it('with "*" comes after its parts', () => {
    expect(Object.keys(build(['s*x'], table))).toEqual(['s: b', 's: c', 'x', 's: b : x', 's: c : x']);
  });
});

describe('a term', () => {
  it('is refused a second time, however it is written', async () => {
    const problem = (name: string) => [`model.productivity.covariates: expected each term once, got ${name} again`];
    const table = { x: [1, 2, 3], s: ['a', 'b', 'c'] };
    expect(await refusal(['x', 'x'], table)).toEqual(problem('"x"'));
    expect(await refusal(['x*s', 'x : s'], table)).toEqual(problem('"x : s: b"'));
    expect(await refusal(['log1p( x )', 'log1p(x)'], table)).toEqual(problem('"log1p(x)"'));
    expect(await refusal(['s', 'C(s, "b")'], table)).toEqual(problem('"s: c"'));
    expect(await refusal(['x', 'x/10', 'log(x)'], table)).toEqual([]);
  });
});

describe('what is missing', () => {
  const nothing = [null, undefined, '', Number.NaN];

  it('is refused among entities in use, once for each, whatever the terms', async () => {
    const x = [1, ...nothing, 2];
    const expected = [2, 3, 4, 5].map(
      (record) =>
        `hcps.csv record ${record}, column x: expected a value, got nothing. Fill it in, leave the entity out, or set model.productivity.missing to "indicate".`,
    );
    expect(await refusal(['x', 'log(x)', 'x:x'], { x })).toEqual(expected);
    expect(await refusal(['x', 'log(x)'], { x }, { used: [1, 1, 0, 0, 0, 1] })).toEqual(expected.slice(0, 1));
    expect(await refusal(['C(x)'], { x: ['a', ...nothing, 'b'] })).toEqual(expected);
  });

  it('is indicated by a column of its own and the mean of what is there, after the changes', () => {
    expect(build(['x'], { x: [1, null, 2, 6, ''] }, { missing: 'indicate' })).toEqual({
      'x: missing': [0, 1, 0, 0, 1],
      x: [1, 3, 2, 6, 3],
    });
    const { 'sqrt(x)': roots } = build(['sqrt(x)'], { x: [1, 16, Number.NaN] }, { missing: 'indicate' });
    expect(roots).toEqual([1, 4, 2.5]);
    expect(build(['scale(x)'], { x: [1, 2, 3, null] }, { missing: 'indicate' })['scale(x)']).toEqual([-1, 0, 1, 0]);
  });

  it('is indicated once for a column, however many terms it is in', () => {
    expect(
      Object.keys(build(['x', 'x/2', 's:x'], { x: [1, null, 3], s: ['a', 'b', 'a'] }, { missing: 'indicate' })),
    ).toEqual(['x: missing', 'x', 'x/2', 's: b : x']);
  });

  it('is one more category, never the reference', () => {
    expect(build(['s'], { s: ['b', null, 'c', ''] }, { missing: 'indicate' })).toEqual({
      's: c': [0, 0, 1, 0],
      's: missing': [0, 1, 0, 1],
    });
    expect(build(['s'], { s: ['b', null, 'b'] }, { missing: 'indicate' })).toEqual({ 's: missing': [0, 1, 0] });
  });

  it('is not indicated where only entities without exposure lack something', () => {
    expect(
      build(['x', 's'], { x: [1, 2, null], s: ['a', 'b', null] }, { missing: 'indicate', used: [1, 1, 0] }),
    ).toEqual({
      x: [1, 2, 1.5],
      's: b': [0, 1, 0],
    });
  });
});

describe('the design of other entities', () => {
  const train = { x: [1, 2, 3], s: ['a', 'b', 'c'] };

  it('has the figures of the fit, and the reference for categories the fit has not seen', () => {
    const { columns } = designOf(['scale(x)', 's', 's:x'], train);
    const values = fillDesign(columns, covariatesOf({ x: [2, 5], s: ['z', 'c'] }), 2);
    expect(columnsOf({ columns, values })).toEqual({
      'scale(x)': [0, 3],
      's: b': [0, 0],
      's: c': [0, 1],
      's: b : x': [0, 0],
      's: c : x': [0, 5],
    });
  });
});
