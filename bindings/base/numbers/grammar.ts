// The one grammar of numbers written as text, whoever reads them: the library, the command's database and its importers.

/** What stands between the digits of numbers in a table. */
export interface NumberMarks {
  readonly decimal?: '.' | ',' | undefined;
  /** Between groups of three digits. A space stands for no-break and thin spaces too, an apostrophe for both kinds of it. */
  readonly thousands?: ThousandsMark | undefined;
}

export const thousandsMarks = [',', '.', ' ', "'"] as const;
export type ThousandsMark = (typeof thousandsMarks)[number];

const spaces = ' \u00a0\u2009\u202f';
const written = { ',': ',', '.': '.', ' ': spaces, "'": "'\u2019" } as const;

/** All characters that stand for the thousands mark; none without. */
export const thousandsCharacters = ({ thousands }: NumberMarks): string =>
  thousands === undefined ? '' : written[thousands];

/**
 * The regular expression that a whole number text matches, for JavaScript and RE2 alike: digits with one decimal mark and
 * an exponent, or, where a thousands mark is declared, groups of exactly three digits after one to three; nothing else (no
 * other spaces, no signs of currencies, no hexadecimal).
 */
export function numberPattern(marks: NumberMarks): string {
  const decimal = marks.decimal === ',' ? ',' : '[.]';
  const plain = `(?:[0-9]+${decimal}?[0-9]*|${decimal}[0-9]+)(?:[eE][+-]?[0-9]+)?`;
  const characters = thousandsCharacters(marks);
  if (characters === '') return `[+-]?${plain}`;
  return `[+-]?(?:${plain}|[0-9]{1,3}(?:[${characters}][0-9]{3})+(?:${decimal}[0-9]*)?)`;
}

interface Grammar {
  readonly whole: RegExp;
  /** Characters to leave out; null for none. */
  readonly thousands: RegExp | null;
}

const grammars = new Map<string, Grammar>();

function grammarOf(marks: NumberMarks): Grammar {
  const pattern = numberPattern(marks);
  let grammar = grammars.get(pattern);
  if (!grammar) {
    const characters = thousandsCharacters(marks);
    const thousands = characters === '' ? null : new RegExp(`[${characters}]`, 'g');
    grammar = { whole: new RegExp(`^(?:${pattern})$`), thousands };
    grammars.set(pattern, grammar);
  }
  return grammar;
}

const notFinite = /^([+-]?)(nan|inf|infinity)$/i;

/**
 * Reads a number as written in a file, by `numberPattern`. NaN and infinities spelt out are recognised so that they can be
 * refused by name. Returns undefined for any other text.
 */
export function parseNumber(text: string, marks: NumberMarks): number | undefined {
  const { whole, thousands } = grammarOf(marks);
  if (whole.test(text)) {
    const digits = thousands ? text.replace(thousands, '') : text;
    return Number(marks.decimal === ',' ? digits.replace(',', '.') : digits);
  }
  const word = notFinite.exec(text);
  if (!word) return undefined;
  if (word[2].toLowerCase() === 'nan') return Number.NaN;
  return word[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}
