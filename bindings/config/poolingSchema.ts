import * as z from 'zod/mini';
import { columns, integer, kinds, none, number, positive, section, text, within } from './leaves.js';

const cohort = z.optional(
  section({
    time: text('the name of the brick column that holds the period'),
    every: z.union(
      [z.enum(['year', 'quarter', 'month']), integer('a whole number from 1', 1, Number.MAX_SAFE_INTEGER)],
      {
        error: '"year", "quarter", "month" or a whole number from 1',
      },
    ),
  }),
);
const evidence = z.optional(z.union([positive(), z.literal('none')], { error: 'a number above 0 or "none"' }));
const wide = within(1e-10, 1e100);
const spread = z.optional(
  z.union([wide, z.literal('estimate')], { error: 'a number in [1e-10, 1e+100] or "estimate"' }),
);
const spreads = z.optional(
  z.record(
    z.string(),
    z.union([wide, z.literal('estimate'), z.literal('free')], {
      error: 'a number in [1e-10, 1e+100], "estimate" or "free"',
    }),
    { error: 'an object of column names and spreads' },
  ),
);
const together = z.optional(z.boolean({ error: 'true or false' }));
const groups = columns('a list of column names');

export const poolingSchema = z.discriminatedUnion(
  'kind',
  [
    none,
    section({
      kind: z.literal('gamma'),
      groups: z.optional(groups),
      spread: z.optional(number('a number >= 0', z.gte(0, { error: 'a number >= 0' }))),
      evidence,
      cohort,
    }),
    section({ kind: z.literal('lognormal'), groups: z.optional(groups), spread, evidence, cohort, together }),
    section({ kind: z.literal('crossed'), groups, spread, spreads, evidence, cohort, together }),
    section({
      kind: z.literal('tree'),
      levels: z.optional(groups),
      parent: z.optional(text('the name of a column of the entities table')),
      spread,
      spreads,
      evidence,
      cohort,
      together,
    }),
  ],
  kinds('none', 'gamma', 'lognormal', 'crossed', 'tree'),
);
