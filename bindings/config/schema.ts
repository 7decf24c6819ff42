import * as z from 'zod/mini';
import { dateFormats } from '../base/dates/spellings.js';
import { thousandsMarks } from '../base/numbers/grammar.js';
import { covariatesSchema } from './covariatesSchema.js';
import { learnSchema } from './learnSchema.js';
import { character, columns, integer, names, number, oneOf, section, text } from './leaves.js';
import { poolingSchema } from './poolingSchema.js';

export { curveSchema } from './curveSchema.js';

const keyType = z.union(
  [
    z.enum(['text', 'integer', 'date', 'datetime']),
    section({ date: oneOf(...dateFormats) }),
    section({ datetime: oneOf('d/m/y', 'm/d/y') }),
  ],
  { error: '"text", "integer", "date", "datetime" or { "date": format }' },
);

const rows = z.record(z.string(), z.union([z.string(), z.array(z.string())], { error: 'text or a list of texts' }), {
  error: 'an object of column names and values',
});

const table = {
  file: z.optional(text('a path')),
  where: z.optional(rows),
  without: z.optional(rows),
  delimiter: z.optional(character),
  decimal: z.optional(oneOf('.', ',')),
  types: z.optional(z.record(z.string(), keyType, { error: 'an object of key columns and their types' })),
  thousands: z.optional(oneOf(...thousandsMarks)),
  empty: z.optional(z.array(z.string({ error: 'a text' }), { error: 'a list of texts that count as empty' })),
  header: z.optional(integer('a line from 1', 1, 1_000_000)),
  footer: z.optional(integer('a number of records from 0', 0, 1_000_000)),
};

/** The whole configuration; the same types as `config.ts`, except that `curves` is checked by depth in `parse.ts`. */
export const modelSchema = section({
  totals: section({
    ...table,
    brick: columns('a list of column names that name a brick'),
    value: text('the name of the column of totals'),
    negativeTotals: z.optional(z.literal('share', { error: '"share"' })),
  }),
  exposure: section({
    ...table,
    brick: columns('a list of column names that name a brick'),
    entity: columns('a list of column names that name an entity'),
    value: text('the name of the column of exposure'),
    frequency: z.optional(text('the name of the column of frequency')),
    duplicates: z.optional(z.literal('sum', { error: '"sum"' })),
  }),
  entities: z.optional(section({ ...table, entity: columns('a list of column names that name an entity') })),
  effectiveExposure: z.optional(
    section({
      time: z.optional(text('the name of the brick column that holds the period')),
      by: z.optional(names('a list of column names')),
      curves: z.record(z.string(), z.unknown(), { error: 'an object of curves' }),
      gaps: z.optional(oneOf('zero', 'unallocated')),
      population: z.optional(text('the name of a column of totals')),
      learn: z.optional(learnSchema),
    }),
  ),
  model: z.optional(
    section({
      family: z.optional(oneOf('quasiPoisson', 'poisson')),
      productivity: z.optional(
        z.union([z.literal('free'), covariatesSchema], { error: '"free" or { "covariates": [..] }' }),
      ),
      pooling: z.optional(poolingSchema),
      blocks: z.optional(names('a list of column names')),
    }),
  ),
  fit: z.optional(
    section({
      solver: z.optional(oneOf('auto', 'newton', 'lbfgs', 'em')),
      tolerance: z.optional(
        number(
          'a number in (0, 1)',
          z.gt(0, { error: 'a number in (0, 1)' }),
          z.lt(1, { error: 'a number in (0, 1)' }),
        ),
      ),
      maxPasses: z.optional(integer('a whole number from 1', 1, Number.MAX_SAFE_INTEGER)),
    }),
  ),
  output: z.optional(
    section({
      format: z.optional(oneOf('csv', 'parquet')),
      decimals: z.optional(z.nullable(integer('a whole number from 0 to 15, or null', 0, 15))),
      standardErrors: z.optional(z.boolean({ error: 'true or false' })),
      escapeFormulas: z.optional(z.boolean({ error: 'true or false' })),
      delimiter: z.optional(character),
      decimal: z.optional(oneOf('.', ',')),
    }),
  ),
  seed: z.optional(integer('a whole number from 0 to 2^53 - 1', 0, Number.MAX_SAFE_INTEGER)),
});
