import { isUtf8 } from 'node:buffer';
import type { Faults } from '../../bindings/base/faults.js';
import { blocksOf } from './digest.js';
import { longestRecord } from './header.js';
import { type ScannedRecord, scanRecord } from './records.js';

export interface Checked {
  /** Records with data: without the header and empty lines. */
  readonly records: number;
  /** Some field holds a line end. */
  readonly manyLines: boolean;
}

const problems = {
  'quote-inside':
    'expected quotes only around a whole field, got one inside. Quote the field and double its inner quotes.',
  'after-quote':
    'expected a delimiter after a closing quote, got other text. Double the inner quotes of a quoted field.',
  'open-quote': 'expected a closing quote, got the end of the file',
  'line-end': 'expected line ends \\n or \\r\\n, got \\r',
} as const;

const mostFooter = 20;

const inWords = (lineEnd: number) => (lineEnd === 2 ? '\\r\\n' : '\\n');

/**
 * Checks the form of every record of a CSV file in one sweep and notes all that is wrong. `fields` is how many the
 * header has.
 */
export async function checkRecords(
  faults: Faults,
  path: string,
  name: string,
  fields: number,
  delimiter: string,
  signal?: AbortSignal,
): Promise<Checked> {
  const mark = Buffer.from(delimiter);
  const record: ScannedRecord = { next: 0, end: 0, fields: 0, problem: null, manyLines: false };
  let seen = -1; // the header makes it 0
  let lineEnd = 0; // bytes of the header's line end
  let manyLines = false;
  const ragged: [record: number, fields: number][] = [];
  const noteRagged = () => {
    // at the end, and with fewer fields, they are totals or remarks of a report
    const last =
      ragged.length <= mostFooter &&
      ragged.every(([at, got], i) => at === seen - ragged.length + 1 + i && got < fields);
    const cure =
      last && seen > ragged.length ? `. Set "footer": ${ragged.length} to leave out the end of a report.` : '';
    for (const [at, got] of ragged)
      faults.add('ragged-row', `${name} record ${at}`, `expected ${fields} fields like the header, got ${got}${cure}`);
  };
  const note = (kind: string, problem: string) => faults.add(kind, `${name} record ${seen}`, problem);

  const checkRecord = (bytes: Buffer, from: number, allText: boolean) => {
    const size = record.next - record.end;
    // an empty line is passed over, if only it ends like the others
    if (record.end === from && fields > 1 && seen >= 0 && size === lineEnd) return;
    if (++seen === 0) {
      lineEnd = size;
      return;
    }
    manyLines ||= record.manyLines;
    if (!allText && !isUtf8(bytes.subarray(from, record.end))) {
      note('encoding', 'expected UTF-8 text, got other bytes. Save the file in UTF-8.');
    } else if (record.problem !== null) note('quoting', problems[record.problem]);
    else if (record.fields !== fields && record.end > from) ragged.push([seen, record.fields]);
    else if (size > 0 && size !== lineEnd) {
      note('line-end', `expected the line end ${inWords(lineEnd)} like the header, got ${inWords(size)}`);
    } else if (record.end - from > longestRecord)
      note('long-record', `expected at most ${longestRecord} bytes, got more`);
  };

  // what a block leaves unfinished goes in front of the next
  let rest: Buffer = Buffer.alloc(0);
  const check = (bytes: Buffer, last: boolean) => {
    const allText = last ? isUtf8(bytes) : isUtf8(bytes.subarray(0, bytes.lastIndexOf(0x0a) + 1));
    let at = seen < 0 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
    while (at < bytes.length && scanRecord(bytes, at, bytes.length, last, mark, record)) {
      checkRecord(bytes, at, allText);
      at = record.next;
    }
    rest = Buffer.from(bytes.subarray(at));
  };
  for await (const block of blocksOf(path, signal)) {
    check(rest.length > 0 ? Buffer.concat([rest, block]) : block, false);
    if (rest.length > longestRecord) {
      seen++;
      note('long-record', `expected at most ${longestRecord} bytes, got more. Is a closing quote missing?`);
      noteRagged();
      return { records: seen, manyLines };
    }
  }
  check(rest, true);
  noteRagged();
  return { records: Math.max(seen, 0), manyLines };
}
