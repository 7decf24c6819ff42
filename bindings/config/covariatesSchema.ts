import * as z from 'zod/mini';
import { columns, kinds, least, names, none, oneOf, positive, section, text } from './leaves.js';

const strength = z.union([positive(), z.literal('path')], { error: 'a number above 0 or "path"' });

export const covariatesSchema = section({
  covariates: z
    .array(text('a term like "specialty" or "log1p(potential)"'), { error: 'a list of terms' })
    .check(z.minLength(1, { error: 'a list of terms' })),
  by: z.optional(columns('a list of column names')),
  penalty: z.optional(
    z.discriminatedUnion(
      'kind',
      [none, section({ kind: z.enum(['ridge', 'lasso']), strength })],
      kinds('none', 'ridge', 'lasso'),
    ),
  ),
  deviation: z.optional(least('a number >= 0', 0)),
  missing: z.optional(oneOf('refuse', 'indicate')),
  blocks: z.optional(names('a list of column names')),
});
