import * as z from 'zod/mini';

// Every leaf carries, as its error, what it expects in words; `parse.ts` turns that into `path: expected X, got Y`.

/**
 * An object of known options. Its error for an unknown one lists the known, so that the nearest can be named; `others` are
 * names that stand only in objects of another shape.
 */
export const section = <S extends z.core.$ZodShape>(shape: S, ...others: string[]) =>
  z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys' ? [...Object.keys(shape), ...others].join('\n') : 'an object',
  });
export const text = (expected: string) => z.string({ error: expected }).check(z.minLength(1, { error: expected }));
export const oneOf = <const T extends readonly [string, ...string[]]>(...values: T) =>
  z.enum(values, { error: values.map((value) => JSON.stringify(value)).join(' or ') });
export const number = (expected: string, ...checks: z.core.$ZodCheck<number>[]) =>
  z.number({ error: expected }).check(...checks);
export const integer = (expected: string, least: number, most: number) =>
  z
    .number({ error: expected })
    .check(z.int({ error: expected }), z.gte(least, { error: expected }), z.lte(most, { error: expected }));
export const names = (expected: string) =>
  z
    .array(text('a column name'), { error: expected })
    .check(z.refine((list) => new Set(list).size === list.length, { error: `${expected}, each once` }));
export const columns = (expected: string) => names(expected).check(z.minLength(1, { error: expected }));
export const character = z
  .string({ error: 'one character' })
  .check(z.regex(/^[^"\r\n]$/u, { error: 'one character, not a quote or a line end' }));
/** A number between two, which count or not as their brackets say. */
export function within(from: number, to: number, [opens, closes] = '[]') {
  const expected = `a number in ${opens}${from}, ${to}${closes}`;
  return number(
    expected,
    (opens === '[' ? z.gte : z.gt)(from, { error: expected }),
    (closes === ']' ? z.lte : z.lt)(to, { error: expected }),
  );
}
export const least = (expected: string, from: number) => number(expected, z.gte(from, { error: expected }));
export const positive = (expected = 'a number above 0') => number(expected, z.gt(0, { error: expected }));

export const none = section({ kind: z.literal('none') });
/** The error of a union by kind: names of the kinds, or objects with them where there is none. */
export const kinds = (...values: string[]) => ({
  error: ({ code }: { code?: string | undefined }) =>
    values.map((value) => (code === 'invalid_union' ? `"${value}"` : `{ "kind": "${value}" }`)).join(' or '),
});
