import { describe, expect, it } from 'vitest';
import { type Change, type Factor, parseFormula } from '../../bindings/config/formula.js';
import { parseModel } from '../../bindings/index.js';
import { refusalOf } from '../support/refusal.js';

const least = { totals: { brick: ['b'], value: 'y' }, exposure: { brick: ['b'], entity: ['e'], value: 'x' } };
const numbers = (column: string, ...changes: Change[]): Factor => ({
  column,
  categorical: false,
  reference: null,
  changes,
});
const categories = (column: string, reference: string | null = null): Factor => ({
  column,
  categorical: true,
  reference,
  changes: [],
});
const by = (divisor: number): Change => ({ kind: 'divide', by: divisor });

/** Texts of the terms that a formula stands for. */
const texts = (formula: string) => parseFormula(formula).map(({ text }) => text);

describe('a formula of one factor', () => {
  const cases: [string, Factor][] = [
    ['seniority', numbers('seniority')],
    ['_x.1', numbers('_x.1')],
    ['especialización_médica', numbers('especialización_médica')],
    ['潜在', numbers('潜在')],
    ['`any text: a*b/(c)`', numbers('any text: a*b/(c)')],
    ['`__proto__`', numbers('__proto__')],
    ['logarithm', numbers('logarithm')],
    ['C', numbers('C')],
    ['log', numbers('log')],
    ['seniority/10', numbers('seniority', by(10))],
    ['x/.5', numbers('x', by(0.5))],
    ['x/2.', numbers('x', by(2))],
    ['x/1e-3', numbers('x', by(0.001))],
    ['log1p(potential)', numbers('potential', { kind: 'log1p' })],
    ['log(x)', numbers('x', { kind: 'log' })],
    ['sqrt(x)', numbers('x', { kind: 'sqrt' })],
    ['scale(x)', numbers('x', { kind: 'scale' })],
    ['log1p(`patients a year`)', numbers('patients a year', { kind: 'log1p' })],
    ['C(specialty)', categories('specialty')],
    ['C(`a b`)', categories('a b')],
    ['C(specialty, "general practice")', categories('specialty', 'general practice')],
    ['C(x, "")', categories('x', '')],
    ['C(x, "a \\"quoted\\" \\u00e9, with \\\\")', categories('x', 'a "quoted" é, with \\')],
  ];
  it.each(cases)('reads %s', (formula, factor) => {
    expect(parseFormula(formula)).toEqual([{ text: formula, factors: [factor] }]);
  });

  it('applies changes from the inside out, and a division after what it stands behind', () => {
    expect(parseFormula('scale(log1p(x/10)/2)/3')[0].factors).toEqual([
      numbers('x', by(10), { kind: 'log1p' }, by(2), { kind: 'scale' }, by(3)),
    ]);
  });

  it('may be written with any spaces, which are no part of the name of a term', () => {
    expect(parseFormula('  log1p ( x / 10 )  ')).toEqual([
      { text: 'log1p ( x / 10 )', factors: [numbers('x', by(10), { kind: 'log1p' })] },
    ]);
    expect(parseFormula('\tC ( a ,\n"b" ) : x')[0].factors).toEqual([categories('a', 'b'), numbers('x')]);
  });
});

describe('a formula of several factors', () => {
  it('makes one term of what ":" joins, a division before it', () => {
    expect(parseFormula('a:log(b)/2:C(c)')).toEqual([
      { text: 'a:log(b)/2:C(c)', factors: [numbers('a'), numbers('b', { kind: 'log' }, by(2)), categories('c')] },
    ]);
  });

  it('stands with "*" for every product, short ones first', () => {
    expect(texts('a*b')).toEqual(['a', 'b', 'a:b']);
    expect(texts('a * b * c')).toEqual(['a', 'b', 'c', 'a:b', 'a:c', 'b:c', 'a:b:c']);
    expect(parseFormula('a*b')[2].factors).toEqual([numbers('a'), numbers('b')]);
  });

  it('binds ":" before "*"', () => {
    expect(texts('a:b*c')).toEqual(['a:b', 'c', 'a:b:c']);
    expect(parseFormula('a:b*c')[2].factors.map(({ column }) => column)).toEqual(['a', 'b', 'c']);
  });

  it('takes five factors with "*", and ten in a term', () => {
    expect(texts('a*b*c*d*e')).toHaveLength(31);
    expect(texts('a:a:a:a:a*b:b:b:b:b')).toHaveLength(3);
  });
});

describe('a formula is refused', () => {
  const cases: [string, string][] = [
    ['', 'expected a term like "specialty" or "log1p(potential)", got ""'],
    [' ', 'expected a column at the end of " "'],
    ['7', 'expected a column, got "7" of "7"'],
    ['a:', 'expected a column at the end of "a:"'],
    ['a*', 'expected a column at the end of "a*"'],
    ['*a', 'expected a column, got "*a" of "*a"'],
    ['a b', 'expected ":" or "*" or the end, got "b" of "a b"'],
    ['a+b', 'expected ":" or "*" or the end, got "+b" of "a+b"'],
    ['a-1', 'expected ":" or "*" or the end, got "-1" of "a-1"'],
    ['(a)', 'expected a column, got "(a)" of "(a)"'],
    ['`a', 'expected a column, got "`a" of "`a"'],
    ['``', 'expected a column, got "``" of "``"'],
    ['exp(a)', 'expected one of log1p, log, sqrt, scale, C, got "exp" of "exp(a)"'],
    ['Log (a)', 'expected one of log1p, log, sqrt, scale, C, got "Log" of "Log (a)"'],
    ['log()', 'expected a column, got ")" of "log()"'],
    ['log(a', 'expected ")" at the end of "log(a"'],
    ['log(a:b)', 'expected ")", got ":b)" of "log(a:b)"'],
    ['log(7)', 'expected a column, got "7)" of "log(7)"'],
    ['scale(C(a))', 'expected a column of numbers, got "C(a)" of "scale(C(a))"'],
    ['C(log(a))', 'expected ")", got "(a))" of "C(log(a))"'],
    ['C(a, b)', 'expected a category in double quotes, got "b)" of "C(a, b)"'],
    ["C(a, 'b')", 'expected a category in double quotes, got "\'b\')" of "C(a, \'b\')"'],
    ['C(a, "b", "c")', 'expected ")", got ", \\"c\\")" of "C(a, \\"b\\", \\"c\\")"'],
    ['C(a)/2', 'expected nothing, got "/ 2" of "C(a)/2"'],
    ['a/', 'expected a number above 0 at the end of "a/"'],
    ['a/b', 'expected a number above 0, got "b" of "a/b"'],
    ['a/-2', 'expected a number above 0, got "-2" of "a/-2"'],
    ['a/0', 'expected a number above 0, got "0" of "a/0"'],
    ['a/1e999', 'expected a number above 0, got "Infinity" of "a/1e999"'],
    ['a/1/2', 'expected ":" or "*" or the end, got "/2" of "a/1/2"'],
    ['a*b*c*d*e*f', 'expected at most five factors with "*", got "a*b*c*d*e*f" of "a*b*c*d*e*f"'],
    ['a:a:a:a:a:a*b:b:b:b:b', 'expected at most 10 factors, got "a:a:a:a:a:a*b:b:b:b:b" of "a:a:a:a:a:a*b:b:b:b:b"'],
    ['a:a:a:a:a:a:a:a:a:a:a', 'expected at most 10 factors, got "a:a:a:a:a:a:a:a:a:a:a" of "a:a:a:a:a:a:a:a:a:a:a"'],
    ['C(a, "\\x")', 'expected a category in double quotes, got "\\"\\\\x\\")" of "C(a, \\"\\\\x\\")"'],
  ];
  it.each(cases)('%j', async (formula, problem) => {
    const model = { ...least, model: { productivity: { covariates: ['fine', formula] } } };
    expect(await refusalOf(() => parseModel(model))).toEqual([`model.productivity.covariates[1]: ${problem}`]);
  });

  it('all at once', async () => {
    const model = { ...least, model: { productivity: { covariates: ['a:', 'fine', 'exp(x)'] } } };
    expect(await refusalOf(() => parseModel(model))).toEqual([
      'model.productivity.covariates[0]: expected a column at the end of "a:"',
      'model.productivity.covariates[2]: expected one of log1p, log, sqrt, scale, C, got "exp" of "exp(x)"',
    ]);
  });
});

describe('covariates are refused', () => {
  const entities = { entity: ['e'] };
  const of = (section: object, more: object = {}) => ({
    ...least,
    entities,
    model: { productivity: { covariates: ['a'], ...section }, ...more },
  });
  const cases: [string, unknown, string[]][] = [
    ['that are none', of({ covariates: [] }), ['model.productivity.covariates: expected a list of terms, got []']],
    [
      'that are one text',
      of({ covariates: 'a' }),
      ['model.productivity.covariates: expected a list of terms, got "a"'],
    ],
    [
      'that are no texts',
      of({ covariates: [1] }),
      ['model.productivity.covariates[0]: expected a term like "specialty" or "log1p(potential)", got 1'],
    ],
    [
      'under a wrong name',
      { ...least, model: { productivity: { covariate: ['a'] } } },
      [
        'model.productivity.covariates: expected a list of terms, got nothing',
        'model.productivity.covariate: unknown option. Did you mean "covariates"?',
      ],
    ],
    [
      'as a word other than "free"',
      { ...least, model: { productivity: 'fixed' } },
      ['model.productivity: expected "free" or { "covariates": [..] }, got "fixed"'],
    ],
    [
      'with a negative deviation',
      of({ deviation: -0.1 }),
      ['model.productivity.deviation: expected a number >= 0, got -0.1'],
    ],
    [
      'with a penalty that is none',
      of({ penalty: { kind: 'elastic' } }),
      ['model.productivity.penalty.kind: expected "none" or "ridge" or "lasso", got "elastic"'],
    ],
    [
      'with a strength of 0',
      of({ penalty: { kind: 'lasso', strength: 0 } }),
      ['model.productivity.penalty.strength: expected a number above 0, got 0'],
    ],
    [
      'with a strength that is no word of ours',
      of({ penalty: { kind: 'ridge', strength: 'auto' } }),
      ['model.productivity.penalty.strength: expected a number above 0 or "path", got "auto"'],
    ],
    [
      'without a strength',
      of({ penalty: { kind: 'ridge' } }),
      ['model.productivity.penalty.strength: expected a number above 0 or "path", got nothing'],
    ],
    [
      'with another policy for what is missing',
      of({ missing: 'drop' }),
      ['model.productivity.missing: expected "refuse" or "indicate", got "drop"'],
    ],
    [
      'beside no pooling',
      of({}, { pooling: { kind: 'none' } }),
      [
        'model.pooling: expected gamma pooling beside covariates, got "none". Set model.productivity.deviation to 0 for the regression alone.',
      ],
    ],
    [
      'beside pooling groups',
      of({}, { pooling: { kind: 'gamma', groups: ['g'] } }),
      ['model.pooling.groups: expected nothing beside covariates, got ["g"]. Put them among the covariates.'],
    ],
    [
      'with blocks that are no brick columns',
      of({ blocks: ['bb'] }),
      ['model.productivity.blocks[0]: expected one of totals.brick, got "bb". Did you mean "b"?'],
    ],
    [
      'by a column that only an entities table could have',
      { ...least, model: { productivity: { covariates: ['e'], by: ['e', 'g'] } } },
      ['model.productivity.by[1]: expected one of exposure.entity, got "g". Add an entities table that has it.'],
    ],
  ];
  it.each(cases)('%s', async (_, model, messages) => {
    expect(await refusalOf(() => parseModel(model))).toEqual(messages);
  });
});
