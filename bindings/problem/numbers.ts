const grammar = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const notFinite = /^([+-]?)(nan|inf|infinity)$/i;

/**
 * Reads a number as written in a file: digits with one decimal mark and an exponent, nothing else (no spaces, no
 * thousands separators, no hexadecimal). NaN and infinities spelt out are recognised so that they can be refused by
 * name. Returns undefined for any other text.
 */
export function parseNumber(text: string, decimal: '.' | ','): number | undefined {
  const plain = decimal === ',' ? (text.includes('.') ? '' : text.replace(',', '.')) : text;
  if (grammar.test(plain)) return Number(plain);
  const word = notFinite.exec(text);
  if (!word) return undefined;
  if (word[2].toLowerCase() === 'nan') return Number.NaN;
  return word[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}
