import { type NumberMarks, parseNumber, type ThousandsMark, thousandsMarks } from './grammar.js';

// what exports write where there is no figure
const placeholder = /^\s*(?:[-\u2013\u2014]{1,3}|#?n\/?a|null|none|nil|\.\.?|\(?(?:not set|blank|leer)\)?)?\s*$/i;
const sign = '(?:[A-Z]{0,3}\\p{Sc}|\\p{Sc}[A-Z]{2}|[A-Z]{3}|kr\\.?|K\u010d|z\u0142|Ft|lei|Fr\\.?|Rs\\.?)';
const currency = new RegExp(`^([+-]?)\\s*${sign}(?=[\\s\\d.,+-])\\s*(.*)$|^(.*?\\d)\\s*${sign}$`, 'u');
// what a spreadsheet shows in place of a formula that failed
const failed = /^#(?:div\/0|ref|value|name|num|null|spill|calc)[!?]?$/i;
// 12,34,567: India's groups of two above the thousand
const lakhs = /^([+-]?\d{1,2}),(?:\d{2},)+\d{3}(?:\.\d*)?$/;

/** How an option is written where the tables are declared: `"thousands": ","` in model.json. */
const optionText = (name: string, value: string) => `"${name}": ${JSON.stringify(value)}`;

/**
 * What to do about a text that is no number by the marks of its table: a sentence that ends a message, empty where nothing
 * is known. `declared` are the texts that count as empty there; null where none can.
 */
export function cureOfNumber(text: string, marks: NumberMarks, declared: readonly string[] | null = []): string {
  if (placeholder.test(text)) {
    if (declared === null || declared.includes(text)) return '';
    const list = [...declared, text].map((empty) => JSON.stringify(empty)).join(', ');
    return `. Set "empty": [${list}] to leave out rows without a figure.`;
  }
  const visible = text.replace(/\p{Cf}/gu, '');
  if (visible !== text && isNumber(visible.trim(), marks)) return '. Remove the invisible characters.';
  const plain = text.trim();
  if (plain !== text && isNumber(plain, marks)) return '. Remove the spaces.';
  if (failed.test(plain)) return '. A formula failed in the spreadsheet: mend it there.';
  const otherDigits = /(?![0-9])\p{Nd}/gu;
  if (otherDigits.test(plain) && isNumber(plain.replace(otherDigits, '0'), marks))
    return '. Write the digits as 0 to 9.';
  if (/^[+-]?[\d.,]+ ?(?:k|m|b|mn|bn|tsd\.?|mio\.?)$/i.test(plain)) return '. Write the figure out, without letters.';
  if (/%$/.test(plain)) return '. Remove the percent sign, or name a column of amounts.';
  const money = currency.exec(plain);
  if (money) {
    const rest = `${money[1] ?? ''}${money[2] ?? money[3]}`;
    if (isNumber(rest, marks) || groupings(rest, marks).length > 0) return '. Remove the currency sign.';
  }
  const signed = /^\((.*)\)$/.exec(plain)?.[1] ?? /^[\u2212\u2013](.*)$/.exec(plain)?.[1] ?? /^(.*)-$/.exec(plain)?.[1];
  if (signed !== undefined && isNumber(signed, marks)) return '. Write the minus as "-" before the digits.';
  return cureOfMarks(plain, marks);
}

const isNumber = (text: string, marks: NumberMarks) => Number.isFinite(parseNumber(text, marks));

/** The thousands marks by which a text is a number. */
function groupings(text: string, { decimal = '.' }: NumberMarks): ThousandsMark[] {
  return thousandsMarks.filter((thousands) => thousands !== decimal && isNumber(text, { decimal, thousands }));
}

function cureOfMarks(text: string, marks: NumberMarks): string {
  const { decimal = '.', thousands } = marks;
  const other = decimal === '.' ? ',' : '.';
  const asDecimal = isNumber(text, { decimal: other });
  const setDecimal = `set ${optionText('decimal', other)}`;
  const [grouped] = groupings(text, marks);
  if (grouped !== undefined && thousands === undefined) {
    const either = asDecimal ? ` If it is the decimal mark, ${setDecimal}.` : '';
    return `. Remove the thousands separator or set ${optionText('thousands', grouped)}.${either}`;
  }
  if (decimal === '.' && lakhs.test(text)) return '. Remove the separators: thousands are groups of three digits.';
  const [swapped] = groupings(text, { decimal: other });
  if (asDecimal && thousands !== other) return `. Set ${optionText('decimal', other)} if that is the decimal mark.`;
  if (thousands !== undefined && new RegExp(`^[+-]?[0-9]+(?:[${thousands}][0-9]*)+`).test(text))
    return `. Thousands are groups of three digits.${asDecimal ? ` If it is the decimal mark, ${setDecimal}.` : ''}`;
  if (grouped !== undefined) return `. Remove the thousands separator or set ${optionText('thousands', grouped)}.`;
  // 1.234,56 where the point is the decimal mark
  if (swapped !== undefined)
    return `. Set ${optionText('decimal', other)}, and ${optionText('thousands', swapped)} for what stands between thousands.`;
  return '';
}
