import { parseNumber } from '../../bindings/base/numbers/grammar.js';
import { fieldsOf, type ScannedRecord, scanRecord } from './records.js';

const mostLooked = 50; // records: a report has its header in the first lines

/** Where the header of a report seems to be that begins with a title. */
export interface LikelyHeader {
  /** Lines below that of the title, from 1. */
  readonly below: number;
  /** Fields of the title, and of the records below. */
  readonly fields: number;
  readonly usual: number;
}

/**
 * Looks at the first records of a CSV file: a title has fewer fields than what follows, or names almost nothing. Null where
 * the first record may well be the header. `needed` are columns that are asked for.
 */
export function findHeader(
  bytes: Uint8Array,
  from: number,
  complete: boolean,
  delimiter: string,
  needed: readonly string[],
): LikelyHeader | null {
  const mark = Buffer.from(delimiter);
  const record: ScannedRecord = { next: 0, end: 0, fields: 0, problem: null, manyLines: false };
  const records: { fields: number; names: readonly string[]; line: number }[] = [];
  let line = 0;
  for (let at = from; at < bytes.length && records.length < mostLooked; at = record.next) {
    if (!scanRecord(bytes, at, bytes.length, complete, mark, record) || record.problem !== null) break;
    const text = Buffer.from(bytes.subarray(at, record.end)).toString();
    if (text !== '') records.push({ fields: record.fields, names: fieldsOf(text, delimiter), line });
    for (let i = at; i < record.next; i++) if (bytes[i] === 0x0a) line++;
  }
  const [first, ...others] = records;
  if (!first || others.length === 0) return null;
  const usual = mostCommon(records.map(({ fields }) => fields));
  const found = others.find(({ fields, names }) => fields === usual && named(names) === usual);
  // separated by another mark, as will be said
  if (
    first.fields === 1 &&
    [';', '\t', '|', ','].some((other) => other !== delimiter && first.names[0].includes(other))
  )
    return null;
  if (!found) return null;
  const fewer = first.fields < usual && others.filter(({ fields }) => fields === usual).length > 1;
  // a spreadsheet fills up the line of a title with empty fields
  const filled = first.fields === usual && usual > 2 && named(first.names) * 2 < usual;
  const asked = needed.length > 0 && needed.every((name) => found.names.includes(name));
  const there = needed.some((name) => first.names.includes(name));
  if (!fewer && !(filled && !there) && !(asked && !there)) return null;
  return { below: found.line, fields: first.fields, usual };
}

/** How many different names there are; none where some are numbers. */
function named(names: readonly string[]): number {
  if (names.some((name) => parseNumber(name, {}) !== undefined)) return 0;
  return new Set(names.filter((name) => name.trim() !== '')).size;
}

/** The one there is most of, the larger of two. */
function mostCommon(numbers: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const number of numbers) counts.set(number, (counts.get(number) ?? 0) + 1);
  return [...counts].sort(([a, m], [b, n]) => n - m || b - a)[0][0];
}
