import * as z from 'zod/mini';
import { number, oneOf, positive, section } from './leaves.js';

const bound = 'a number above 0';

export const learnSchema = z
  .array(
    section({
      curve: z.optional(
        z.array(z.string({ error: 'a value of a column' }), { error: 'a list of values of the by columns' }),
      ),
      parameter: oneOf('decay', 'halfSaturation'),
      from: number(bound, z.gt(0, { error: bound })),
      to: number(bound, z.gt(0, { error: bound })),
      spread: z.optional(positive()),
    }),
    { error: 'a list of parameters to learn' },
  )
  .check(z.minLength(1, { error: 'a list of parameters to learn' }));
