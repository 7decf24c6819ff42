import type { DateFormat } from './spellings.js';

/** Whole numbers that name periods of a year, or days: counted one by one, two neighbours may lie far apart. */
type Numbering = 'day' | 'six' | 'quarter';

const patterns: readonly (readonly [Numbering, RegExp])[] = [
  ['day', /^(?:19|20|21)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$/],
  ['six', /^(?:19|20|21)\d{2}(?:0[1-9]|[1-4]\d|5[0-3])$/],
  ['quarter', /^(?:19|20|21)\d{2}[1-4]$/],
];

/** Where counting breaks: at the end of a year, or of a month. Steps of whole years (or, in a year, of months) are even. */
function breaks(numbering: Numbering, before: number, after: number): boolean {
  const apart = after - before;
  const turns = (size: number) => Math.floor(after / size) > Math.floor(before / size);
  if (numbering === 'six') return turns(100) && apart % 100 !== 0;
  if (numbering === 'quarter') return turns(10) && apart % 10 !== 0;
  return turns(100) && apart % 10000 !== 0 && (turns(10000) || apart % 100 !== 0);
}

/** Two numbers between which counting breaks, and what they are. */
export interface Break {
  readonly numbering: Numbering;
  readonly before: string;
  readonly after: string;
}

/**
 * The first break among whole numbers that all look like days (`20240131`), weeks or months (`202452`) or quarters
 * (`20244`): as numbers, `202452` and `202501` are 49 apart and no neighbours. Null where there is none.
 */
export function findBreak(texts: readonly string[]): Break | null {
  const [numbering] = patterns.find(([, pattern]) => texts.every((text) => pattern.test(text))) ?? [];
  if (numbering === undefined) return null;
  const sorted = [...texts].sort((a, b) => Number(a) - Number(b));
  const at = sorted.findIndex((text, i) => i > 0 && breaks(numbering, Number(sorted[i - 1]), Number(text)));
  return at < 0 ? null : { numbering, before: sorted[at - 1], after: sorted[at] };
}

/** What to do about a break; `say` writes how a format is asked for, null where dates need none. */
export function cureOfBreak({ numbering }: Break, say: (format: DateFormat | null) => string): string {
  if (numbering === 'quarter') return 'Write quarters as "2024-Q4".';
  if (numbering === 'day') return `Set ${say(null)} to read them as dates.`;
  return `Set ${say('yyyyww')} if these are ISO weeks, ${say('yyyymm')} if they are months.`;
}

/** Whether whole numbers may be Excel's numbers of days, of the years 1954 to 2119. */
export const maybeSerials = (texts: readonly string[]): boolean => texts.every((text) => /^[2-7]\d{4}$/.test(text));
