/** What a covariate does with a number, innermost first. */
export type Change =
  | { readonly kind: 'log1p' | 'log' | 'sqrt' | 'scale' }
  | { readonly kind: 'divide'; readonly by: number };

/** A column, and what is made of it: numbers as they are or changed, or one indicator per category but the reference. */
export interface Factor {
  readonly column: string;
  /** Categories even where the column holds numbers. */
  readonly categorical: boolean;
  /** The category that has no indicator: the first in canonical order when null. */
  readonly reference: string | null;
  readonly changes: readonly Change[];
}

/** The product of its factors: one is a main effect, several are an interaction. */
export interface Term {
  /** As written. */
  readonly text: string;
  readonly factors: readonly Factor[];
}

/** Where a formula cannot be read, and what should stand there. */
export class FormulaError extends Error {
  constructor(
    readonly expected: string,
    readonly at: string,
  ) {
    super(`expected ${expected}${at === '' ? ' at the end' : `, got ${JSON.stringify(at)}`}`);
  }
}

const functions = ['log1p', 'log', 'sqrt', 'scale'] as const;
const most = 10; // factors of a term
const mostInside = 20; // functions within functions
const quoted = /^"([^"\\\p{Cc}]|\\(["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/u; // as JSON has it

/**
 * Reads one covariate. docs/method.md, "Covariates":
 *   formula     = interaction { "*" interaction }        a*b stands for a, b and a:b
 *   interaction = factor { ":" factor }
 *   factor      = value [ "/" number ]
 *   value       = column | ("log1p" | "log" | "sqrt" | "scale") "(" factor ")" | "C(" column [ "," text ] ")"
 * A column is letters, digits, "_" and ".", not beginning with a digit, or any text in backquotes; text is in double quotes.
 * @throws FormulaError
 */
export function parseFormula(text: string): Term[] {
  let rest = text.trim();
  let inside = 0; // functions that are open
  const take = (pattern: RegExp): string | null => {
    const found = pattern.exec(rest)?.[0];
    if (found === undefined) return null;
    rest = rest.slice(found.length).trimStart();
    return found.trim();
  };
  const need = (pattern: RegExp, expected: string): string => {
    const found = take(pattern);
    if (found === null) throw new FormulaError(expected, rest);
    return found;
  };
  const column = () => {
    const name = need(/^(`[^`]+`|[\p{L}_][\p{L}\p{N}_.]*)/u, 'a column');
    return name.startsWith('`') ? name.slice(1, -1) : name;
  };

  const value = (): Factor => {
    const name = /^(log1p|log|sqrt|scale|C)\s*\(/.exec(rest)?.[1];
    if (name === undefined) {
      const unknown = /^[\p{L}_][\p{L}\p{N}_.]*\s*\(/u.exec(rest)?.[0];
      if (unknown) throw new FormulaError(`one of ${functions.join(', ')}, C`, unknown.slice(0, -1).trim());
      return { column: column(), categorical: false, reference: null, changes: [] };
    }
    take(/^\w+\s*\(/);
    let inner: Factor;
    if (++inside > mostInside) throw new FormulaError(`at most ${mostInside} changes of a column`, text);
    if (name === 'C') {
      const of = column();
      const reference = take(/^,/) ? need(quoted, 'a category in double quotes') : null;
      inner = { column: of, categorical: true, reference: reference && JSON.parse(reference), changes: [] };
    } else {
      const of = factor();
      if (of.categorical) throw new FormulaError('a column of numbers', `C(${of.column})`);
      inner = { ...of, changes: [...of.changes, { kind: name as (typeof functions)[number] }] };
    }
    need(/^\)/, '")"');
    inside--;
    return inner;
  };
  const factor = (): Factor => {
    const of = value();
    if (!take(/^\//)) return of;
    const by = Number(need(/^(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?/, 'a number above 0'));
    if (of.categorical) throw new FormulaError('nothing', `/ ${by}`);
    if (!(by > 0 && by < Number.POSITIVE_INFINITY)) throw new FormulaError('a number above 0', String(by));
    return { ...of, changes: [...of.changes, { kind: 'divide', by }] };
  };
  const interaction = (): Term => {
    const before = rest;
    const factors = [factor()];
    while (take(/^:/)) factors.push(factor());
    return { text: before.slice(0, before.length - rest.length).trim(), factors };
  };

  const written = [interaction()];
  while (take(/^\*/)) written.push(interaction());
  if (rest !== '') throw new FormulaError('":" or "*" or the end', rest);
  if (written.length > 5) throw new FormulaError('at most five factors with "*"', text);
  const terms: Term[] = [];
  // every product of some of them, short ones first
  for (let count = 1; count <= written.length; count++) {
    for (let mask = 1; mask < 1 << written.length; mask++) {
      const some = written.filter((_, i) => (mask >> i) & 1);
      if (some.length === count) {
        terms.push({ text: some.map((term) => term.text).join(':'), factors: some.flatMap((term) => term.factors) });
      }
    }
  }
  if (terms.some(({ factors }) => factors.length > most)) throw new FormulaError(`at most ${most} factors`, text);
  return terms;
}
