import * as z from 'zod/mini';
import { integer, kinds, least, none, number, oneOf, positive, section, within } from './leaves.js';

const yesOrNo = z.optional(z.boolean({ error: 'true or false' }));

/** A number, or an object that says it in another way. */
const orHalfLife = <S extends z.ZodMiniType>(decay: S, expected: string) => {
  const halfLife = 'a number in (0, 1e9]';
  return z.union(
    [decay, section({ halfLife: number(halfLife, z.gt(0, { error: halfLife }), z.lte(1e9, { error: halfLife })) })],
    { error: `${expected} or { "halfLife": periods }` },
  );
};
const share = within(0, 1);
const decayBelowOne = orHalfLife(within(0, 1, '[)'), 'a number in [0, 1)');
const decay = orHalfLife(share, 'a number in [0, 1]');
const rate = z.union([positive(), section({ halfSaturation: positive() })], {
  error: 'a number above 0 or { "halfSaturation": exposure }',
});
const mostLags = 1_000_000; // past any calendar's use: bounds the list
const window = integer('a whole number from 1 to 1,000,000', 1, mostLags);

const weibull = <const K extends string>(kind: K) =>
  section({
    kind: z.literal(kind),
    shape: within(0, 100),
    scale: z.union([least('a number >= 0', 0), section({ quantile: share })], {
      error: 'a number >= 0 or { "quantile": share of the window }',
    }),
    window: z.optional(window),
    normalize: yesOrNo,
  });

const weights = 'a list of weights >= 0, at least one above 0';
const adstocks = {
  geometric: section({ kind: z.literal('geometric'), decay: decayBelowOne, normalize: yesOrNo }),
  geometricWindow: section({
    kind: z.literal('geometricWindow'),
    decay,
    window,
    normalize: yesOrNo,
    shrink: yesOrNo,
  }),
  delayed: section({
    kind: z.literal('delayed'),
    decay,
    peak: least('a number >= 0', 0),
    window,
    normalize: yesOrNo,
  }),
  binomial: section({
    kind: z.literal('binomial'),
    decay: share,
    window,
    zeroAt: z.optional(least('a number from 1', 1)),
    normalize: yesOrNo,
    shrink: yesOrNo,
  }).check(
    z.refine(({ window, zeroAt = window }) => zeroAt >= window, {
      error: 'a lag no smaller than the window',
      path: ['zeroAt'],
    }),
  ),
  weibullPdf: weibull('weibullPdf'),
  weibullCdf: weibull('weibullCdf'),
  kernel: section({
    kind: z.literal('kernel'),
    weights: z
      .array(least('a weight >= 0', 0), { error: weights })
      .check(z.refine((list) => list.some((weight) => weight > 0), { error: weights })),
    lead: z.optional(integer('a whole number from 0 to 1,000,000', 0, mostLags)),
    normalize: yesOrNo,
  }),
};

const of = z.optional(oneOf('medium', 'entity', 'scaled', 'frequency'));
const amplitude = z.optional(positive());
const common = { amplitude, of };
const saturations = {
  hill: section({ kind: z.literal('hill'), halfSaturation: positive(), slope: positive(), ...common }),
  michaelisMenten: section({ kind: z.literal('michaelisMenten'), halfSaturation: positive(), ...common }),
  logistic: section({ kind: z.literal('logistic'), rate, ...common }),
  exponential: section({ kind: z.literal('exponential'), rate, ...common }),
  tanh: section({ kind: z.literal('tanh'), ceiling: positive(), cost: positive(), of }),
  tanhBaseline: section({
    kind: z.literal('tanhBaseline'),
    baseline: positive(),
    gain: positive(),
    reached: within(0, 1, '()'),
    of,
  }),
  power: section({ kind: z.literal('power'), exponent: positive(), ...common }),
  log: section({ kind: z.literal('log'), ...common }),
  sigmoid: section({
    kind: z.literal('sigmoid'),
    rate: positive(),
    midpoint: least('a number >= 0', 0),
    ...common,
  }),
};

const measures = ['max', 'mean', 'median'] as const;
const measured = {
  from: z.optional(oneOf('adstocked', 'delivered')),
  per: z.optional(oneOf('place', 'curve')),
  over: z.optional(oneOf('calendar', 'totals')),
};
/** What exposure is divided by. */
export const scaleSchema = z.union(
  [
    z.enum(['none', 'max']),
    z.discriminatedUnion(
      'kind',
      [
        section({ kind: z.enum(measures), ...measured }),
        section({ kind: z.literal('between'), share: share, ...measured }),
        section({ kind: z.literal('value'), value: positive() }),
      ],
      kinds(...measures, 'between', 'value'),
    ),
  ],
  {
    error: `"none" or "max" or { "kind": ${[...measures, 'between', 'value'].map((kind) => `"${kind}"`).join(' or ')} }`,
  },
);

/** One curve. `parse.ts` applies it at the depth that `by` asks for. */
export const curveSchema = section(
  {
    adstock: z.optional(
      z.discriminatedUnion(
        'kind',
        [
          none,
          adstocks.geometric,
          adstocks.geometricWindow,
          adstocks.delayed,
          adstocks.binomial,
          adstocks.weibullPdf,
          adstocks.weibullCdf,
          adstocks.kernel,
        ],
        kinds('none', ...Object.keys(adstocks)),
      ),
    ),
    saturation: z.optional(
      z.discriminatedUnion(
        'kind',
        [
          none,
          saturations.hill,
          saturations.michaelisMenten,
          saturations.logistic,
          saturations.exponential,
          saturations.tanh,
          saturations.tanhBaseline,
          saturations.power,
          saturations.log,
          saturations.sigmoid,
        ],
        kinds('none', ...Object.keys(saturations)),
      ),
    ),
    scale: z.optional(scaleSchema),
    order: z.optional(oneOf('adstockFirst', 'saturationFirst')),
  },
  'preset',
);
