import { describe, expect, it } from 'vitest';
import { defaults, type Model, parseModel } from '../../bindings/index.js';
import { refusalOf } from '../support/refusal.js';

const least = { totals: { brick: ['b'], value: 'y' }, exposure: { brick: ['b'], entity: ['e'], value: 'x' } };
const effective = (section: object) => ({ ...least, effectiveExposure: section });
const curve = (section: object) => effective({ time: 'b', curves: section });
const pooling = (section: unknown) => ({ ...least, model: { pooling: section } });
const hill = { kind: 'hill', halfSaturation: 0.4, slope: 1.3 };

describe('parseModel refuses', () => {
  const cases: [string, unknown, string[]][] = [
    ['what is no object', null, ['config: expected an object, got null']],
    ['a list', [], ['config: expected an object, got []']],
    [
      'an empty configuration, every section that must be there',
      {},
      ['totals: expected an object, got nothing', 'exposure: expected an object, got nothing'],
    ],
    [
      '__proto__ wherever it stands, before anything else',
      JSON.parse('{"__proto__": {}, "totals": {"where": {"__proto__": "x"}}, "exposure": [{"__proto__": 1}]}'),
      ['__proto__: unknown option', 'totals.where.__proto__: unknown option', 'exposure[0].__proto__: unknown option'],
    ],
    [
      'unknown options, with the nearest known name',
      { ...least, model: { pooing: { kind: 'gamma' } }, outputs: {}, totals: { ...least.totals, Value: 'y' } },
      [
        'totals.Value: unknown option. Did you mean "value"?',
        'model.pooing: unknown option. Did you mean "pooling"?',
        'outputs: unknown option. Did you mean "output"?',
      ],
    ],
    [
      'unknown options, with those there are when none is near',
      { ...least, fit: { stepLength: 3 } },
      ['fit.stepLength: unknown option. Known: "solver", "tolerance", "maxPasses".'],
    ],
    [
      'a number in place of a list',
      { ...least, totals: { brick: 5, value: 'y' } },
      ['totals.brick: expected a list of column names that name a brick, got 5'],
    ],
    [
      'an empty list of columns',
      { ...least, totals: { brick: [], value: 'y' } },
      ['totals.brick: expected a list of column names that name a brick, got []'],
    ],
    [
      'a column name that is none',
      { ...least, totals: { brick: ['b', 7], value: '' } },
      [
        'totals.brick[1]: expected a column name, got 7',
        'totals.value: expected the name of the column of totals, got ""',
      ],
    ],
    [
      'a column named twice',
      { ...least, exposure: { brick: ['b', 'b'], entity: ['e'], value: 'x' } },
      ['exposure.brick: expected a list of column names that name a brick, each once, got ["b","b"]'],
    ],
    [
      '"where" that is no text',
      { ...least, totals: { ...least.totals, where: { run: 5, geo: ['N', 1] } } },
      [
        'totals.where.run: expected text or a list of texts, got 5',
        'totals.where.geo: expected text or a list of texts, got ["N",1]',
      ],
    ],
    [
      'other policies than there are',
      {
        ...least,
        totals: { ...least.totals, negativeTotals: 'clip' },
        exposure: { ...least.exposure, duplicates: true },
      },
      ['totals.negativeTotals: expected "share", got "clip"', 'exposure.duplicates: expected "sum", got true'],
    ],
    [
      'marks that are none',
      { ...least, totals: { ...least.totals, delimiter: '::', decimal: "'" }, output: { delimiter: '"' } },
      [
        'totals.delimiter: expected one character, not a quote or a line end, got "::"',
        'totals.decimal: expected "." or ",", got "\'"',
        'output.delimiter: expected one character, not a quote or a line end, got "\\""',
      ],
    ],
    [
      'figures out of range',
      {
        ...least,
        fit: { tolerance: 1, maxPasses: 0, solver: 'gradient' },
        output: { decimals: 16, format: 'xlsx' },
        seed: 2 ** 53,
      },
      [
        'fit.solver: expected "auto" or "newton" or "lbfgs" or "em", got "gradient"',
        'fit.tolerance: expected a number in (0, 1), got 1',
        'fit.maxPasses: expected a whole number from 1, got 0',
        'output.format: expected "csv" or "parquet", got "xlsx"',
        'output.decimals: expected a whole number from 0 to 15, or null, got 16',
        'seed: expected a whole number from 0 to 2^53 - 1, got 9007199254740992',
      ],
    ],
    [
      'figures given as text',
      { ...least, seed: '1', output: { decimals: '2' } },
      [
        'output.decimals: expected a whole number from 0 to 15, or null, got "2"',
        'seed: expected a whole number from 0 to 2^53 - 1, got "1"',
      ],
    ],
    [
      'a pooling that is no object',
      pooling('gamma'),
      [
        'model.pooling: expected { "kind": "none" } or { "kind": "gamma" } or { "kind": "lognormal" } or { "kind": "crossed" } or { "kind": "tree" }, got "gamma"',
      ],
    ],
    [
      'a kind of pooling that there is not',
      pooling({ kind: 'gama' }),
      ['model.pooling.kind: expected "none" or "gamma" or "lognormal" or "crossed" or "tree", got "gama"'],
    ],
    [
      'a pooling without kind',
      pooling({ spread: 1 }),
      ['model.pooling.kind: expected "none" or "gamma" or "lognormal" or "crossed" or "tree", got nothing'],
    ],
    [
      'options of another kind',
      pooling({ kind: 'none', spread: 1 }),
      ['model.pooling.spread: unknown option. Known: "kind".'],
    ],
    [
      'a prior out of range',
      pooling({ kind: 'gamma', spread: -1, evidence: 'lots', groups: [] }),
      [
        'model.pooling.groups: expected a list of column names, got []',
        'model.pooling.spread: expected a number >= 0, got -1',
        'model.pooling.evidence: expected a number above 0 or "none", got "lots"',
      ],
    ],
    [
      'an infinite spread and a NaN',
      pooling({ kind: 'gamma', spread: Number.POSITIVE_INFINITY, evidence: Number.NaN }),
      [
        'model.pooling.spread: expected a number >= 0, got Infinity',
        'model.pooling.evidence: expected a number above 0 or "none", got NaN',
      ],
    ],
    [
      'a decay of 1.3',
      curve({ adstock: { kind: 'geometric', decay: 1.3 } }),
      ['effectiveExposure.curves.adstock.decay: expected a number in [0, 1), got 1.3'],
    ],
    [
      'a kind of adstock that there is not',
      curve({ adstock: { kind: 'weibull', shape: 2 } }),
      [
        'effectiveExposure.curves.adstock.kind: expected "none" or "geometric" or "geometricWindow" or "delayed" or "binomial" or "weibullPdf" or "weibullCdf" or "kernel", got "weibull"',
      ],
    ],
    [
      'a curve of the wrong shape',
      curve({ saturation: { kind: 'hill', halfSaturation: 0, slope: -1, of: 'campaign' } }),
      [
        'effectiveExposure.curves.saturation.halfSaturation: expected a number above 0, got 0',
        'effectiveExposure.curves.saturation.slope: expected a number above 0, got -1',
        'effectiveExposure.curves.saturation.of: expected "medium" or "entity" or "scaled" or "frequency", got "campaign"',
      ],
    ],
    [
      'a kind of saturation that there is not, and another order',
      curve({ saturation: { kind: 'Hill' }, order: 'adstock' }),
      [
        'effectiveExposure.curves.saturation.kind: expected "none" or "hill" or "michaelisMenten" or "logistic" or "exponential" or "tanh" or "tanhBaseline" or "power" or "log" or "sigmoid", got "Hill"',
        'effectiveExposure.curves.order: expected "adstockFirst" or "saturationFirst", got "adstock"',
      ],
    ],
    [
      'a decay and a half-life at once, which do not fit into one option',
      curve({ adstock: { kind: 'geometric', decay: 0.5, halfLife: 2 } }),
      ['effectiveExposure.curves.adstock.halfLife: unknown option. Known: "kind", "decay", "normalize".'],
    ],
    [
      'a decay that is neither a number nor a half-life',
      curve({ adstock: { kind: 'geometric', decay: '0.5' } }),
      ['effectiveExposure.curves.adstock.decay: expected a number in [0, 1) or { "halfLife": periods }, got "0.5"'],
    ],
    [
      'a half-life that is none',
      curve({ adstock: { kind: 'delayed', decay: { halfLife: 0 }, peak: -1, window: 0 } }),
      [
        'effectiveExposure.curves.adstock.decay.halfLife: expected a number in (0, 1e9], got 0',
        'effectiveExposure.curves.adstock.peak: expected a number >= 0, got -1',
        'effectiveExposure.curves.adstock.window: expected a whole number from 1 to 1,000,000, got 0',
      ],
    ],
    [
      'an option that a half-life does not have',
      curve({ adstock: { kind: 'geometric', decay: { halflife: 3 } } }),
      [
        'effectiveExposure.curves.adstock.decay.halfLife: expected a number in (0, 1e9], got nothing',
        'effectiveExposure.curves.adstock.decay.halflife: unknown option. Did you mean "halfLife"?',
      ],
    ],
    [
      'windows that are none',
      curve({ adstock: { kind: 'geometricWindow', decay: 1.1, window: 2.5, normalize: 'yes', shrink: 1 } }),
      [
        'effectiveExposure.curves.adstock.decay: expected a number in [0, 1], got 1.1',
        'effectiveExposure.curves.adstock.window: expected a whole number from 1 to 1,000,000, got 2.5',
        'effectiveExposure.curves.adstock.normalize: expected true or false, got "yes"',
        'effectiveExposure.curves.adstock.shrink: expected true or false, got 1',
      ],
    ],
    [
      'a binomial that would be zero within its window',
      curve({ adstock: { kind: 'binomial', decay: 0.5, window: 8, zeroAt: 7 } }),
      ['effectiveExposure.curves.adstock.zeroAt: expected a lag no smaller than the window, got 7'],
    ],
    [
      'Weibull laws out of range',
      effective({
        time: 'b',
        by: ['e'],
        curves: {
          tv: { adstock: { kind: 'weibullPdf', shape: 101, scale: -1, window: 0 } },
          radio: { adstock: { kind: 'weibullCdf', shape: -1, scale: { quantile: 2 } } },
        },
      }),
      [
        'effectiveExposure.curves.tv.adstock.shape: expected a number in [0, 100], got 101',
        'effectiveExposure.curves.tv.adstock.scale: expected a number >= 0, got -1',
        'effectiveExposure.curves.tv.adstock.window: expected a whole number from 1 to 1,000,000, got 0',
        'effectiveExposure.curves.radio.adstock.shape: expected a number in [0, 100], got -1',
        'effectiveExposure.curves.radio.adstock.scale.quantile: expected a number in [0, 1], got 2',
      ],
    ],
    [
      'a kernel of nothing, or with a weight below 0',
      effective({
        time: 'b',
        by: ['e'],
        curves: {
          tv: { adstock: { kind: 'kernel', weights: [0, 0], lead: -1 } },
          radio: { adstock: { kind: 'kernel', weights: [1, -0.5] } },
          web: { adstock: { kind: 'kernel', weights: [] } },
        },
      }),
      [
        'effectiveExposure.curves.tv.adstock.weights: expected a list of weights >= 0, at least one above 0, got [0,0]',
        'effectiveExposure.curves.tv.adstock.lead: expected a whole number from 0 to 1,000,000, got -1',
        'effectiveExposure.curves.radio.adstock.weights[1]: expected a weight >= 0, got -0.5',
        'effectiveExposure.curves.web.adstock.weights: expected a list of weights >= 0, at least one above 0, got []',
      ],
    ],
    [
      'curves out of range',
      effective({
        time: 'b',
        by: ['e'],
        curves: {
          a: { saturation: { kind: 'michaelisMenten', halfSaturation: 0, amplitude: 0 } },
          b: { saturation: { kind: 'logistic', rate: 0 } },
          c: { saturation: { kind: 'exponential', rate: { halfSaturation: 0 } } },
          d: { saturation: { kind: 'tanh', ceiling: 0, cost: -1, amplitude: 2 } },
          e: { saturation: { kind: 'tanhBaseline', baseline: 0, gain: 0, reached: 1 } },
          f: { saturation: { kind: 'power', exponent: 0 } },
          g: { saturation: { kind: 'log', base: 2 } },
          h: { saturation: { kind: 'sigmoid', rate: 0, midpoint: -1 } },
          i: { saturation: { kind: 'logistic', rate: 'x' } },
        },
      }),
      [
        'effectiveExposure.curves.a.saturation.halfSaturation: expected a number above 0, got 0',
        'effectiveExposure.curves.a.saturation.amplitude: expected a number above 0, got 0',
        'effectiveExposure.curves.b.saturation.rate: expected a number above 0, got 0',
        'effectiveExposure.curves.c.saturation.rate.halfSaturation: expected a number above 0, got 0',
        'effectiveExposure.curves.d.saturation.ceiling: expected a number above 0, got 0',
        'effectiveExposure.curves.d.saturation.cost: expected a number above 0, got -1',
        'effectiveExposure.curves.e.saturation.baseline: expected a number above 0, got 0',
        'effectiveExposure.curves.e.saturation.gain: expected a number above 0, got 0',
        'effectiveExposure.curves.e.saturation.reached: expected a number in (0, 1), got 1',
        'effectiveExposure.curves.f.saturation.exponent: expected a number above 0, got 0',
        'effectiveExposure.curves.h.saturation.rate: expected a number above 0, got 0',
        'effectiveExposure.curves.h.saturation.midpoint: expected a number >= 0, got -1',
        'effectiveExposure.curves.i.saturation.rate: expected a number above 0 or { "halfSaturation": exposure }, got "x"',
        'effectiveExposure.curves.d.saturation.amplitude: unknown option. Known: "kind", "ceiling", "cost", "of".',
        'effectiveExposure.curves.g.saturation.base: unknown option. Known: "kind", "amplitude", "of".',
      ],
    ],
    [
      'scales that are none',
      effective({
        time: 'b',
        by: ['e'],
        curves: {
          a: { scale: 'mean' },
          b: { scale: { kind: 'maximum' } },
          c: { scale: { kind: 'median', from: 'x', per: 'medium' } },
          d: { scale: { kind: 'value', value: 0 } },
          e: { scale: { kind: 'between', share: 2 } },
          f: { scale: { kind: 'value' } },
        },
      }),
      [
        'effectiveExposure.curves.a.scale: expected "none" or "max" or { "kind": "max" or "mean" or "median" or "between" or "value" }, got "mean"',
        'effectiveExposure.curves.b.scale.kind: expected "max" or "mean" or "median" or "between" or "value", got "maximum"',
        'effectiveExposure.curves.c.scale.from: expected "adstocked" or "delivered", got "x"',
        'effectiveExposure.curves.c.scale.per: expected "place" or "curve", got "medium"',
        'effectiveExposure.curves.d.scale.value: expected a number above 0, got 0',
        'effectiveExposure.curves.e.scale.share: expected a number in [0, 1], got 2',
        'effectiveExposure.curves.f.scale.value: expected a number above 0, got nothing',
      ],
    ],
    ['curves that are a list', curve([]), ['effectiveExposure.curves: expected an object of curves, got []']],
    [
      'curves less deep than "by"',
      effective({ by: ['e', 'b'], curves: { tv: 3, radio: { a: [] } } }),
      [
        'effectiveExposure.curves.tv: expected an object of curves, got 3',
        'effectiveExposure.curves.radio.a: expected a curve, got []',
      ],
    ],
    [
      'curves deeper than "by"',
      effective({ by: ['e'], curves: { tv: { a: { adstock: { kind: 'none' } } } } }),
      ['effectiveExposure.curves.tv.a: unknown option. Known: "adstock", "saturation", "scale", "order", "preset".'],
    ],
    [
      'an unknown option of a curve',
      effective({ by: ['e'], curves: { tv: { saturaton: hill } } }),
      ['effectiveExposure.curves.tv.saturaton: unknown option. Did you mean "saturation"?'],
    ],
    // once every section is right by itself: what holds between them
    [
      'keys of different lengths',
      { ...least, exposure: { ...least.exposure, brick: ['b', 'c'] }, entities: { entity: ['e', 'f'] } },
      [
        'exposure.brick: expected 1 column like totals.brick, got 2',
        'entities.entity: expected 1 column like exposure.entity, got 2',
      ],
    ],
    [
      'key columns under names of the result',
      {
        totals: { brick: ['total', 'share'], value: 'y' },
        exposure: { brick: ['total', 'share'], entity: ['trust', 'flags'], value: 'x' },
      },
      [
        'totals.brick: expected a column name that the result does not use, got "total". Rename the column.',
        'totals.brick: expected a column name that the result does not use, got "share". Rename the column.',
        'exposure.entity: expected a column name that the result does not use, got "trust". Rename the column.',
        'exposure.entity: expected a column name that the result does not use, got "flags". Rename the column.',
      ],
    ],
    [
      'an entity column under the name of another brick column',
      { totals: { brick: ['a', 'b'], value: 'y' }, exposure: { brick: ['b', 'a'], entity: ['a'], value: 'x' } },
      ['exposure.entity: expected a column name that the result does not use, got "a". Rename the column.'],
    ],
    [
      'a time that is no brick column',
      effective({ time: 'c', curves: {} }),
      ['effectiveExposure.time: expected one of exposure.brick, got "c". Known: "b".'],
    ],
    [
      '"by" columns that are no keys',
      effective({ by: ['x'], curves: {} }),
      ['effectiveExposure.by[0]: expected a column of exposure.brick or exposure.entity, got "x". Known: "b", "e".'],
    ],
    [
      'a curve by time',
      effective({ time: 'b', by: ['b'], curves: {} }),
      [
        'effectiveExposure.by[0]: expected a column of exposure.brick or exposure.entity other than time, got "b". Known: "e".',
      ],
    ],
    [
      '"by" naming a column twice',
      effective({ by: ['e', 'e'], curves: {} }),
      ['effectiveExposure.by: expected a list of column names, each once, got ["e","e"]'],
    ],
    [
      'an adstock without time',
      effective({ by: ['e'], curves: { tv: { adstock: { kind: 'geometric', decay: 0.5 } } } }),
      [
        'effectiveExposure.time: expected the column that holds the period, got nothing: effectiveExposure.curves.tv has an adstock',
      ],
    ],
    [
      'a maximum over time without time',
      effective({ curves: { saturation: hill } }),
      [
        'effectiveExposure.time: expected the column that holds the period, got nothing: effectiveExposure.curves has scale "max"',
      ],
    ],
    [
      'a mean over time without time',
      effective({ curves: { saturation: { kind: 'log' }, scale: { kind: 'mean', from: 'delivered' } } }),
      [
        'effectiveExposure.time: expected the column that holds the period, got nothing: effectiveExposure.curves has scale "mean"',
      ],
    ],
  ];
  for (const [name, config, messages] of cases) {
    it(name, async () => {
      expect(await refusalOf(() => parseModel(config))).toEqual(messages);
    });
  }

  it('configurations of any origin alike', async () => {
    // an object without prototype, as a parser of another realm may give
    const bare = Object.assign(Object.create(null), { totals: Object.assign(Object.create(null), { brick: 1 }) });
    expect(await refusalOf(() => parseModel(bare))).toEqual([
      'totals.brick: expected a list of column names that name a brick, got 1',
      'totals.value: expected the name of the column of totals, got nothing',
      'exposure: expected an object, got nothing',
    ]);
  });
});

describe('parseModel', () => {
  it('gives back what was written, nothing filled in and nothing shared', () => {
    const written: Model = {
      ...least,
      totals: { ...least.totals, file: 't.csv', where: { run: '7', geo: ['N', 'S'] }, delimiter: ';', decimal: ',' },
      entities: { entity: ['e'] },
      effectiveExposure: {
        time: 'b',
        by: ['e'],
        curves: { tv: { saturation: hill as never, scale: 'none' } },
        gaps: 'zero',
      },
      model: {
        family: 'poisson',
        productivity: 'free',
        pooling: { kind: 'gamma', groups: ['e'], spread: 0, evidence: 'none' },
      },
      fit: { solver: 'em', tolerance: 1e-6, maxPasses: 5 },
      output: { format: 'parquet', decimals: null },
      seed: 0,
    };
    const model = parseModel(written);
    expect(model).toEqual(written);
    expect(model.totals).not.toBe(written.totals);
  });

  it('takes names that objects reserve as names', () => {
    const named = (name: string): Model => ({
      totals: { brick: [name], value: 'y', where: { [name]: name } },
      exposure: { brick: [name], entity: ['e'], value: 'x' },
      effectiveExposure: { by: ['e'], curves: { [name]: { adstock: { kind: 'none' } } } },
    });
    for (const name of ['constructor', 'toString', 'hasOwnProperty', '']) {
      if (name !== '') expect(parseModel(named(name))).toEqual(named(name));
    }
  });
});

describe('the defaults', () => {
  it('are those of the contract', () => {
    expect(defaults).toEqual({
      delimiter: ',',
      decimal: '.',
      escapeFormulas: false,
      header: 1,
      footer: 0,
      family: 'quasiPoisson',
      productivity: 'free',
      pooling: 'gamma',
      spread: 0.3,
      evidence: 25,
      solver: 'auto',
      together: false,
      standardErrors: false,
      tolerance: 1e-8,
      maxPasses: 10000,
      format: 'csv',
      decimals: null,
      seed: 1,
      of: 'medium',
      order: 'adstockFirst',
      from: 'adstocked',
      per: 'place',
      over: 'calendar',
      normalize: false,
      shrink: false,
      lead: 0,
      amplitude: 1,
      learnSpread: 0.5,
      penalty: { kind: 'ridge', strength: 'path' },
      missing: 'refuse',
    });
  });
});
