import { clockText, dateText } from '../base/dates/civil.js';
import { readSpelling } from '../base/dates/spellings.js';

/** A way in which one key comes to be written in two ways. */
export type Difference = 'blanks' | 'quotes' | 'form' | 'case' | 'number' | 'date' | 'punctuation';

type Rule = readonly [difference: Difference, plain: (text: string) => string];

/** What each rule takes away, in the order in which they are applied. None is for comparing: keys are compared as written. */
const rules: readonly Rule[] = [
  [
    'blanks',
    (text) =>
      text
        .replace(/\p{Cf}/gu, '')
        .replace(/\s+/g, ' ')
        .trim(),
  ],
  ['quotes', (text) => text.replace(/^=?(["'])(.*)\1$/s, '$2').replace(/^'/, '')],
  ['form', (text) => text.normalize('NFKC')],
  ['case', (text) => text.toLowerCase()],
  ['number', plainNumber],
  ['date', plainDate],
  ['punctuation', plainPunctuation],
];

/** Words without what stands between them; of numbers only the kinds of dashes and apostrophes, as 1-2 is not 1 2. */
function plainPunctuation(text: string): string {
  if (/\p{L}/u.test(text)) return text.replace(/[^\p{L}\p{N}]+/gu, ' ').trim();
  return text.replace(/[\p{Pd}\u2212]/gu, '-').replace(/[\u2018\u2019\u02bc]/g, "'");
}

/** "00101", "101.0", "1.01e2" and "+101" as "101"; any other text as it is. */
function plainNumber(text: string): string {
  // three zeros after a mark may be thousands
  const whole = /^\+?0*(\d+?)(?:[.,]0{1,2}|\.0{4,})?$/.exec(text) ?? /^0*(\d{1,3}(?:[,' ]\d{3})+)(?:\.0+)?$/.exec(text);
  if (whole) return whole[1].replace(/\D/g, '');
  const scientific = /^\d(?:\.\d+)?e\+?\d{1,2}$/i.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(scientific) ? String(scientific) : text;
}

/** A day or moment as ISO writes it, where the text is one and can be no other: 3/4/2024 stays as it is. */
function plainDate(text: string): string {
  const plain = isoOf(readSpelling(text));
  if (plain !== 'order') return plain ?? text;
  const either = new Set((['d/m/y', 'm/d/y'] as const).map((format) => isoOf(readSpelling(text, [format]))));
  either.delete(null);
  return either.size === 1 ? [...either][0]! : text;
}

function isoOf(found: ReturnType<typeof readSpelling>): string | null {
  if (typeof found === 'string') return found === 'order' ? found : null;
  const { day, second } = found;
  if (second === 0) return dateText(day);
  return Number.isInteger(second) ? `${dateText(day)} ${clockText(second)}` : null;
}

/** Texts that no rule changes: lower-case words, ISO dates, whole numbers but for those of eight digits, which may be dates. */
const asPlain = /^(?:[a-z][a-z0-9]*|\d{4}-\d\d-\d\d|[1-9]\d{0,6}|[1-9]\d{8,})$/;

/** Texts in ASCII that begin with a letter and with no name of a date: what the rules leave of them are lower-case words. */
const asWords =
  /^(?!jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun|q\d)[a-z][\x20-\x7e]*$/i;

/** A key without all that may be an accident of writing: keys that are equal in it are near misses. */
export function plainKey(text: string): string {
  if (asPlain.test(text)) return text; // most keys, at a tenth of the time
  if (asWords.test(text)) {
    return text
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, ' ')
      .trim();
  }
  let plain = text;
  for (const [, apply] of rules) plain = apply(plain);
  return plain;
}

/** What two near misses differ in: the rules without which they would not be equal. */
export function differencesOf(a: string, b: string): Difference[] {
  const equal = (kept: readonly Rule[]) => {
    const apply = (text: string) => kept.reduce((plain, [, rule]) => rule(plain), text);
    return apply(a) === apply(b);
  };
  let needed = rules;
  for (const rule of [...rules].reverse()) {
    const without = needed.filter((other) => other !== rule);
    if (equal(without)) needed = without;
  }
  return needed.map(([difference]) => difference);
}
