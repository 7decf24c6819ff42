import { describe, expect, it } from 'vitest';
import { modelJsonSchema } from '../../bindings/config/jsonSchema.js';
import { defaults, parseModel } from '../../bindings/index.js';
import { accepts } from '../support/jsonSchema.js';

const schema = modelJsonSchema();
const least = { totals: { brick: ['b'], value: 'y' }, exposure: { brick: ['b'], entity: ['e'], value: 'x' } };
const hill = { kind: 'hill', halfSaturation: 0.4, slope: 1.3, of: 'medium' };
const geometric = { kind: 'geometric', decay: 0.7 };
const effective = (section: object) => ({ ...least, effectiveExposure: { time: 'b', ...section } });
const pymc = { preset: 'pymc-marketing', adstock: 'no_adstock', saturation: 'no_saturation' };
const carryover = {
  preset: 'lightweight-mmm',
  model_name: 'carryover',
  ad_effect_retention_rate: 1,
  peak_effect_delay: 0,
  exponent: 0.5,
};
const pooling = (section: unknown) => ({ ...least, model: { pooling: section } });

const parses = (config: unknown) => {
  try {
    parseModel(config);
    return true;
  } catch {
    return false;
  }
};

const good: Record<string, unknown> = {
  'the least there can be': least,
  'file settings': {
    ...least,
    totals: { ...least.totals, file: 'a.csv', delimiter: '\t', decimal: ',', where: { a: 'x', b: ['y', 'z', 'z'] } },
  },
  'policies for rows': {
    ...least,
    totals: { ...least.totals, negativeTotals: 'share' },
    exposure: { ...least.exposure, duplicates: 'sum' },
  },
  'types of keys': {
    totals: { ...least.totals, types: { b: 'date' } },
    exposure: { ...least.exposure, types: { b: { date: 'yyyyww' }, e: 'integer' } },
    entities: { entity: ['e'], types: { e: { datetime: 'd/m/y' } } },
  },
  'an entities table': { ...least, entities: { entity: ['e'], file: 'c.parquet' } },
  'one curve for all': effective({ curves: { adstock: geometric, saturation: hill, scale: 'none' } }),
  'every adstock': effective({
    by: ['e'],
    curves: {
      a: { adstock: { kind: 'geometric', decay: { halfLife: 3 }, normalize: true } },
      b: { adstock: { kind: 'geometricWindow', decay: 1, window: 9, normalize: false, shrink: true } },
      c: { adstock: { kind: 'delayed', decay: { halfLife: 0.5 }, peak: 1.5, window: 13 } },
      d: { adstock: { kind: 'binomial', decay: 0, window: 12, zeroAt: 13 } },
      e: { adstock: { kind: 'weibullPdf', shape: 0, scale: { quantile: 0.1 } } },
      f: { adstock: { kind: 'weibullCdf', shape: 100, scale: 0, window: 4 } },
      g: { adstock: { kind: 'kernel', weights: [0, 1], lead: 1 } },
    },
  }),
  'every saturation': effective({
    by: ['e'],
    curves: {
      a: { saturation: { ...hill, of: 'scaled', amplitude: 2 }, order: 'saturationFirst' },
      b: { saturation: { kind: 'michaelisMenten', halfSaturation: 1 }, order: 'adstockFirst' },
      c: { saturation: { kind: 'logistic', rate: { halfSaturation: 2 }, of: 'entity' } },
      d: { saturation: { kind: 'exponential', rate: 2 } },
      e: { saturation: { kind: 'tanh', ceiling: 1, cost: 1 } },
      f: { saturation: { kind: 'tanhBaseline', baseline: 1, gain: 1, reached: 0.5 } },
      g: { saturation: { kind: 'power', exponent: 2 } },
      h: { saturation: { kind: 'log' } },
      i: { saturation: { kind: 'sigmoid', rate: 1, midpoint: 0 } },
    },
  }),
  'every scale': effective({
    by: ['e'],
    curves: {
      a: { scale: 'max' },
      b: { scale: { kind: 'mean', from: 'delivered', per: 'curve' } },
      c: { scale: { kind: 'median', from: 'adstocked', per: 'place' } },
      d: { scale: { kind: 'between', share: 0 } },
      e: { scale: { kind: 'value', value: 1e-9 } },
      f: { scale: { kind: 'max' } },
    },
  }),
  'an empty curve': effective({ curves: {} }),
  'every preset': effective({
    by: ['e'],
    population: 'people',
    curves: {
      a: { preset: 'robyn', theta: 0, alpha: 2, gamma: 1, of: 'scaled' },
      b: { preset: 'robyn-legacy', adstock: 'weibull_cdf', shape: 0, scale: 1, alpha: 2, gamma: 1 },
      c: { preset: 'meridian', alpha: 1, ec: 1, slope: 2, max_lag: 0, adstock_decay_spec: 'binomial' },
      d: { preset: 'meridian', alpha: 1, saturation_spec: 'none', hill_before_adstock: true, scale: 'none' },
      e: { preset: 'meridian', alpha: 1, ec: 1, reach_frequency: false },
      f: { ...pymc, adstock: 'delayed', adstock_alpha: 1, adstock_theta: 11 },
      g: { ...pymc, adstock: 'weibull_pdf', adstock_lam: 1, adstock_k: 1, l_max: 3, normalize: false },
      h: { ...pymc, saturation: 'log' },
      i: { ...pymc, saturation: 'hill_sigmoid', saturation_beta: 1, saturation_lam: 0, of: 'entity' },
      j: { ...pymc, saturation: 'michaelis_menten', saturation_lam: 1, adstock_first: false },
      k: { ...carryover, number_lags: 1, of: 'medium', scale: { kind: 'max', over: 'totals' } },
      l: { preset: 'lightweight-mmm', model_name: 'adstock', lag_weight: 0, normalise: false, exponent: 1 },
    },
  }),
  'reach and frequency': {
    ...effective({
      curves: { preset: 'meridian', alpha: 0, ec: 1, slope: 1, reach_frequency: true, saturation_spec: 'hill' },
    }),
    exposure: { ...least.exposure, frequency: 'f' },
  },
  'curves by one column': effective({
    by: ['e'],
    gaps: 'zero',
    curves: { tv: { adstock: geometric }, constructor: {} },
  }),
  'pooling of every kind': pooling({ kind: 'none' }),
  'gamma pooling in full': pooling({ kind: 'gamma', groups: ['e'], spread: 0, evidence: 'none' }),
  'gamma pooling with a cap': pooling({ kind: 'gamma', spread: 3, evidence: 0.5 }),
  'gamma pooling by cohort': pooling({ kind: 'gamma', groups: ['cohort'], cohort: { time: 'b', every: 'quarter' } }),
  'lognormal pooling': pooling({ kind: 'lognormal' }),
  'lognormal pooling in full': pooling({
    kind: 'lognormal',
    groups: ['e', 'cohort'],
    spread: 'estimate',
    evidence: 'none',
    cohort: { time: 'b', every: 4 },
    together: true,
  }),
  'crossed pooling': pooling({ kind: 'crossed', groups: ['e'] }),
  'crossed pooling in full': pooling({
    kind: 'crossed',
    groups: ['e', 'f'],
    spread: 1e-3,
    spreads: { e: 'free', f: 'estimate' },
    evidence: 3,
    together: false,
  }),
  'a tree by levels': pooling({ kind: 'tree', levels: ['e', 'f'], spread: 'estimate', spreads: { f: 0.5 } }),
  'a tree by parents': {
    ...pooling({ kind: 'tree', parent: 'p', spread: 2, together: true }),
    entities: { entity: ['e'] },
  },
  'standard errors, and their blocks': {
    ...least,
    model: { blocks: ['b'] },
    output: { standardErrors: true },
  },
  'no blocks': { ...least, model: { blocks: [] }, output: { standardErrors: false } },
  'a family, a solver, a form of output, a seed': {
    ...least,
    model: { family: 'poisson', productivity: 'free' },
    fit: { solver: 'em', tolerance: 1e-12, maxPasses: 1 },
    output: { format: 'parquet', decimals: 15, delimiter: ';', decimal: '.' },
    seed: 2 ** 53 - 1,
  },
  'no decimals': { ...least, output: { decimals: null } },
};

const bad: Record<string, unknown> = {
  null: null,
  'a list': [],
  nothing: {},
  'no exposure': { totals: least.totals },
  'an unknown section': { ...least, Model: {} },
  'an unknown option': { ...least, totals: { ...least.totals, vale: 1 } },
  'an unknown option of a table': { ...least, entities: { entity: ['e'], value: 'x' } },
  'a list that is none': { ...least, totals: { brick: 'b', value: 'y' } },
  'an empty list': { ...least, totals: { brick: [], value: 'y' } },
  'a column twice': { ...least, exposure: { ...least.exposure, entity: ['e', 'e'] } },
  'an empty name': { ...least, totals: { brick: ['b'], value: '' } },
  'where with a number': { ...least, totals: { ...least.totals, where: { a: 1 } } },
  'a long delimiter': { ...least, totals: { ...least.totals, delimiter: ';;' } },
  'a quote as delimiter': { ...least, output: { delimiter: '"' } },
  'another decimal mark': { ...least, output: { decimal: ';' } },
  'another policy': { ...least, totals: { ...least.totals, negativeTotals: 'clip' } },
  'no curves': effective({}),
  'a decay of 1': effective({ curves: { adstock: { kind: 'geometric', decay: 1 } } }),
  'a decay below 0': effective({ by: ['e'], curves: { tv: { adstock: { kind: 'geometric', decay: -0.1 } } } }),
  'a decay forgotten': effective({ curves: { adstock: { kind: 'geometric' } } }),
  'an unknown adstock': effective({ by: ['e'], curves: { tv: { adstock: { kind: 'weibull', decay: 0.1 } } } }),
  'a half-life of 0': effective({ curves: { adstock: { kind: 'geometric', decay: { halfLife: 0 } } } }),
  'half a window': effective({ curves: { adstock: { kind: 'delayed', decay: 0.1, peak: 1, window: 1.5 } } }),
  'a window of another kind': effective({ curves: { adstock: { ...geometric, window: 3 } } }),
  'a weight below 0': effective({ curves: { adstock: { kind: 'kernel', weights: [1, -1] } } }),
  'another order': effective({ curves: { order: 'both' } }),
  'a rate of 0': effective({ curves: { saturation: { kind: 'exponential', rate: 0 } } }),
  'a baseline at the ceiling': effective({
    curves: { saturation: { kind: 'tanhBaseline', baseline: 1, gain: 1, reached: 1 } },
  }),
  'a scale of another kind': effective({ curves: { scale: { kind: 'range' } } }),
  'a scale without its value': effective({ curves: { scale: { kind: 'value' } } }),
  'a half saturation of 0': effective({ curves: { saturation: { ...hill, halfSaturation: 0 } } }),
  'an unknown option of a curve': effective({ by: ['e'], curves: { tv: { saturaton: hill } } }),
  'curves that are figures': effective({ by: ['e'], curves: { tv: 3 } }),
  'an unknown preset': effective({ curves: { preset: 'robin' } }),
  'a preset without its parameters': effective({ curves: { preset: 'robyn', alpha: 2, gamma: 1 } }),
  'a preset with those of another kind': effective({
    curves: { preset: 'robyn', theta: 0.5, shape: 2, alpha: 2, gamma: 1 },
  }),
  'a parameter out of its range': effective({ curves: { preset: 'robyn', theta: 1, alpha: 2, gamma: 1 } }),
  'a preset without its choice': effective({ curves: { preset: 'lightweight-mmm', exponent: 1 } }),
  'a choice that there is not': effective({ curves: { ...pymc, adstock: 'after' } }),
  'a preset with a curve written out': effective({ curves: { ...pymc, saturation: hill } }),
  'what saturates where nothing does': effective({ curves: { ...pymc, of: 'medium' } }),
  'what saturates beside frequency': {
    ...effective({ curves: { preset: 'meridian', alpha: 0, ec: 1, slope: 1, reach_frequency: true, of: 'medium' } }),
    exposure: { ...least.exposure, frequency: 'f' },
  },
  'reach and frequency without a slope': effective({
    curves: { preset: 'meridian', alpha: 0, ec: 1, reach_frequency: true },
  }),
  'a Hill curve that there is not': effective({
    curves: { preset: 'meridian', alpha: 0, saturation_spec: 'none', slope: 1 },
  }),
  'an unknown pooling': pooling({ kind: 'beta' }),
  'a pooling without kind': pooling({ spread: 0.3 }),
  'an option of another pooling': pooling({ kind: 'none', spread: 0.3 }),
  'a spread below 0': pooling({ kind: 'gamma', spread: -0.1 }),
  'no evidence': pooling({ kind: 'gamma', evidence: 0 }),
  'a pooling of another name': pooling({ kind: 'nested', levels: ['e'] }),
  'a lognormal spread of 0': pooling({ kind: 'lognormal', spread: 0 }),
  'a lognormal spread that is free': pooling({ kind: 'lognormal', spread: 'free' }),
  'an estimated gamma spread': pooling({ kind: 'gamma', spread: 'estimate' }),
  'a gamma prior of media together': pooling({ kind: 'gamma', together: true }),
  'spreads of lognormal pooling': pooling({ kind: 'lognormal', groups: ['e'], spreads: { e: 1 } }),
  'crossed pooling without groups': pooling({ kind: 'crossed' }),
  'crossed pooling of no groups': pooling({ kind: 'crossed', groups: [] }),
  'crossed pooling of a column twice': pooling({ kind: 'crossed', groups: ['e', 'e'] }),
  'a spread of 0 among others': pooling({ kind: 'crossed', groups: ['e'], spreads: { e: 0 } }),
  'a spread in words': pooling({ kind: 'tree', levels: ['e'], spreads: { e: 'wide' } }),
  'spreads as a list': pooling({ kind: 'tree', levels: ['e'], spreads: [0.3] }),
  'a tree of no levels': pooling({ kind: 'tree', levels: [] }),
  'a tree with groups': pooling({ kind: 'tree', groups: ['e'] }),
  'a parent without a name': pooling({ kind: 'tree', parent: '' }),
  'media half together': pooling({ kind: 'tree', levels: ['e'], together: 'half' }),
  'a cohort without its time': pooling({ kind: 'gamma', groups: ['cohort'], cohort: { every: 'month' } }),
  'a cohort without its length': pooling({ kind: 'gamma', groups: ['cohort'], cohort: { time: 'b' } }),
  'a cohort of a week': pooling({ kind: 'gamma', groups: ['cohort'], cohort: { time: 'b', every: 'week' } }),
  'a cohort of no length': pooling({ kind: 'gamma', groups: ['cohort'], cohort: { time: 'b', every: 0 } }),
  'a cohort of half a period': pooling({ kind: 'gamma', groups: ['cohort'], cohort: { time: 'b', every: 0.5 } }),
  'an unknown option of a cohort': pooling({
    kind: 'gamma',
    groups: ['cohort'],
    cohort: { time: 'b', every: 1, from: 2 },
  }),
  'standard errors of a kind': { ...least, output: { standardErrors: 'sandwich' } },
  'blocks that are no list': { ...least, model: { blocks: 'b' } },
  'a block twice': { ...least, model: { blocks: ['b', 'b'] } },
  'another family': { ...least, model: { family: 'gauss' } },
  'a tolerance of 0': { ...least, fit: { tolerance: 0 } },
  'half a pass': { ...least, fit: { maxPasses: 0.5 } },
  'sixteen decimals': { ...least, output: { decimals: 16 } },
  'a seed below 0': { ...least, seed: -1 },
  'a seed as text': { ...least, seed: '1' },
};

describe('the JSON Schema', () => {
  for (const [name, config] of Object.entries(good)) {
    it(`accepts ${name}, as parseModel does`, () => {
      expect(parses(config)).toBe(true);
      expect(accepts(schema, config)).toBe(true);
    });
  }

  for (const [name, config] of Object.entries(bad)) {
    it(`refuses ${name}, as parseModel does`, () => {
      expect(parses(config)).toBe(false);
      expect(accepts(schema, config)).toBe(false);
    });
  }

  it('carries the defaults', () => {
    const found: Record<string, unknown> = {};
    const walk = (at: unknown) => {
      if (typeof at !== 'object' || at === null) return;
      for (const [name, inner] of Object.entries((at as { properties?: object }).properties ?? {})) {
        if ('default' in inner) found[name] = inner.default;
      }
      for (const inner of Object.values(at)) walk(inner);
    };
    const { $defs, ...sections } = schema;
    walk([sections, ($defs as { curve: object }).curve]);
    const { delimiter: _, decimal: __, pooling: ___, learnSpread, ...written } = defaults;
    expect(found).toEqual(written);
    expect(JSON.stringify(schema.properties)).toContain(`"exclusiveMinimum":0,"default":${learnSpread}`);
  });

  it('is plain data, and made anew for every caller', () => {
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
    expect(modelJsonSchema()).not.toBe(schema);
    expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
  });
});
