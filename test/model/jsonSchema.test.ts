import { describe, expect, it } from 'vitest';
import { defaults, parseModel } from '../../bindings/index.js';
import { modelJsonSchema } from '../../bindings/model/jsonSchema.js';
import { accepts } from '../support/jsonSchema.js';

const schema = modelJsonSchema();
const least = { totals: { brick: ['b'], value: 'y' }, exposure: { brick: ['b'], entity: ['e'], value: 'x' } };
const hill = { kind: 'hill', halfSaturation: 0.4, slope: 1.3, of: 'medium' };
const geometric = { kind: 'geometric', decay: 0.7 };
const effective = (section: object) => ({ ...least, effectiveExposure: { time: 'b', ...section } });
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
  'curves by one column': effective({
    by: ['e'],
    gaps: 'zero',
    curves: { tv: { adstock: geometric }, constructor: {} },
  }),
  'pooling of every kind': pooling({ kind: 'none' }),
  'gamma pooling in full': pooling({ kind: 'gamma', groups: ['e'], spread: 0, evidence: 'none' }),
  'gamma pooling with a cap': pooling({ kind: 'gamma', spread: 3, evidence: 0.5 }),
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
  'an unknown pooling': pooling({ kind: 'beta' }),
  'a pooling without kind': pooling({ spread: 0.3 }),
  'an option of another pooling': pooling({ kind: 'none', spread: 0.3 }),
  'a spread below 0': pooling({ kind: 'gamma', spread: -0.1 }),
  'no evidence': pooling({ kind: 'gamma', evidence: 0 }),
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
    walk(schema);
    const { delimiter: _, decimal: __, pooling: ___, ...written } = defaults;
    expect(found).toEqual(written);
  });

  it('is plain data, and made anew for every caller', () => {
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
    expect(modelJsonSchema()).not.toBe(schema);
    expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
  });
});
