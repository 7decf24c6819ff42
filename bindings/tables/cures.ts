import type { KeyType } from '../config/config.js';
import { openKeyReader } from './keyTypes.js';
import { type Difference, differencesOf } from './spellings.js';

/** One table's side of two keys that differ in writing alone. */
export interface Written {
  readonly section: string;
  /** What messages call the table, and its column. */
  readonly table: string;
  readonly column: string;
  readonly text: string;
  /** All texts of the column. */
  texts(): readonly string[];
}

const types: readonly KeyType[] = ['integer', 'date', 'datetime', { date: 'd/m/y' }, { date: 'm/d/y' }];

/** What to do about keys that differ in writing alone: a type by which both columns are read alike, or words. */
export function cureOf(left: Written, right: Written): string {
  const both = [left, right];
  const cures = types.flatMap((type) => {
    const cure = typeCure(both, type);
    return cure === null ? [] : [cure];
  });
  // which of day and month comes first is never guessed
  if (cures.length > 0) return cures.length === 2 && /d\/m\/y/.test(cures[0]) ? cures.join(' Or: ') : cures[0];
  return rewriteOf(left, right);
}

/** What to write in another way so that the two are one key. */
export function rewriteOf(left: Pick<Written, 'table' | 'text'>, right: Pick<Written, 'table' | 'text'>): string {
  const both = [left, right];
  const which = (differs: RegExp) => {
    const tables = both.filter(({ text }) => differs.test(text)).map(({ table }) => table);
    return tables.length > 0 ? tables.join(' and ') : 'both tables';
  };
  const composed = both.every(({ text }) => text === text.normalize('NFC'));
  const words: Readonly<Record<Difference, string>> = {
    blanks: blanksInside(left.text, right.text)
      ? 'Write the blanks between words alike in both tables, each as one plain space.'
      : `Take the blanks out of ${which(/\p{Cf}|^\s|\s$/u)}.`,
    quotes: `Take the quotes out of ${which(/^=?["']/)}.`,
    form: `Write letters by the same code points in both tables (Unicode ${composed ? 'NFKC' : 'NFC'}).`,
    case: 'Write upper and lower case alike in both tables.',
    number: 'Write numbers alike in both tables, digits alone.',
    date: 'Write dates alike in both tables, as "2024-03-01".',
    punctuation: 'Write hyphens, underscores and the like alike in both tables.',
  };
  return differencesOf(left.text, right.text)
    .map((difference) => words[difference])
    .join(' ');
}

/** Whether one of two texts has other blanks between its words than one plain space. */
const blanksInside = (...texts: readonly string[]) =>
  texts.some((text) => /\s{2}|[^\S ]/u.test(text.replace(/\p{Cf}/gu, '').trim()));

/** The option that has both read alike; null where it does not, or where a column has texts that are none of the type. */
function typeCure(both: readonly Written[], type: KeyType): string | null {
  const readers = both.map(({ column }) => openKeyReader(column, type, {})!);
  const [a, b] = both.map(({ text }, i) => readers[i].read(text));
  if (typeof a !== 'string' || a !== b) return null;
  const odd = both.filter(({ text }) => text !== a);
  const reads = ({ column, texts }: Written) => {
    const reader = openKeyReader(column, type, {})!;
    return texts().every((text) => typeof reader.read(text) === 'string') && reader.overlap() === null;
  };
  if (!odd.every(reads)) return null;
  const option = (column: string) =>
    typeof type === 'string'
      ? `{ ${JSON.stringify(column)}: "${type}" }`
      : `{ ${JSON.stringify(column)}: { "date": "${Object.values(type)[0]}" } }`;
  return odd.map(({ column, section }) => `Set "types": ${option(column)} on ${section}.`).join(' ');
}
