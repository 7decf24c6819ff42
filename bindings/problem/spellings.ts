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
  ['punctuation', (text) => (/\p{L}/u.test(text) ? text.replace(/[^\p{L}\p{N}]+/gu, ' ').trim() : text)],
];

/** "00101", "101.0", "1.01e2" and "+101" as "101"; any other text as it is. */
function plainNumber(text: string): string {
  // three zeros after a mark may be thousands
  const whole = /^\+?0*(\d+?)(?:[.,]0{1,2}|\.0{4,})?$/.exec(text) ?? /^0*(\d{1,3}(?:[,' ]\d{3})+)(?:\.0+)?$/.exec(text);
  if (whole) return whole[1].replace(/\D/g, '');
  const scientific = /^\d(?:\.\d+)?e\+?\d{1,2}$/i.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(scientific) ? String(scientific) : text;
}

const midnight = '(?:[T ]+00:00(?::00(?:[.,]0+)?)?)? ?(?:z|utc|gmt|[+-]00(?::?00)?)?';
const yearFirst = new RegExp(`^(\\d{4})([-/.]?)(\\d{1,2})\\2(\\d{1,2})${midnight}$`, 'i');
const yearLast = new RegExp(`^(\\d{1,2})([-/.])(\\d{1,2})\\2(\\d{4})${midnight}$`, 'i');

/** A day as ISO writes it, where the text is one and can be no other: 3/4/2024 stays as it is. */
function plainDate(text: string): string {
  const first = yearFirst.exec(text);
  if (first) return isoDay(first[1], first[3], first[4], first[2] === '') ?? text;
  const last = yearLast.exec(text);
  if (!last) return text;
  const [, a, mark, b, year] = last;
  const dayFirst = isoDay(year, b, a, false);
  const monthFirst = mark === '.' ? null : isoDay(year, a, b, false);
  const ambiguous = dayFirst !== null && monthFirst !== null && dayFirst !== monthFirst;
  return ambiguous ? text : (dayFirst ?? monthFirst ?? text);
}

function isoDay(year: string, month: string, day: string, packed: boolean): string | null {
  if (packed && (month.length < 2 || day.length < 2)) return null;
  const within = Number(month) >= 1 && Number(month) <= 12 && Number(day) >= 1 && Number(day) <= 31;
  return within ? `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}` : null;
}

/** A key without all that may be an accident of writing: keys that are equal in it are near misses. */
export function plainKey(text: string): string {
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
