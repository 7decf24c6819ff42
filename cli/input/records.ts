// Records of a CSV file by RFC 4180 to the letter. DuckDB reads the fields; this says what is wrong where DuckDB would
// be lenient (it drops spaces around quotes and an empty last field) or vague (a parser in an invalid state).

const quote = 0x22;
const lf = 0x0a;
const cr = 0x0d;

export type RecordProblem = 'quote-inside' | 'after-quote' | 'open-quote' | 'line-end';

/** What the last scanned record looks like. */
export interface ScannedRecord {
  /** Where the next record begins. */
  next: number;
  /** Where this one's text ends, before its line end. */
  end: number;
  fields: number;
  problem: RecordProblem | null;
  /** Some quoted field holds a line end. */
  manyLines: boolean;
}

/**
 * Scans the record that begins at `from` and describes it in `record`. Returns false when it does not end before `end`
 * and more bytes are to come.
 */
export function scanRecord(
  bytes: Uint8Array,
  from: number,
  end: number,
  last: boolean,
  delimiter: Uint8Array,
  record: ScannedRecord,
): boolean {
  const first = delimiter[0];
  record.fields = 1;
  record.problem = null;
  record.manyLines = false;
  let i = from;
  for (;;) {
    if (i < end && bytes[i] === quote) {
      for (i++; ; i++) {
        while (i < end && bytes[i] !== quote) {
          if (bytes[i] === lf || bytes[i] === cr) record.manyLines = true;
          i++;
        }
        if (i + 1 >= end && !last) return false;
        if (i >= end) record.problem = 'open-quote';
        if (i + 1 >= end || bytes[i + 1] !== quote) break;
        i++;
      }
      i = Math.min(i + 1, end);
      if (i < end && bytes[i] !== lf && bytes[i] !== cr && !isDelimiter(bytes, i, end, delimiter)) {
        record.problem ??= 'after-quote';
      }
    }
    while (i < end) {
      const byte = bytes[i];
      if (byte === lf || byte === cr) break;
      if (byte === first && (delimiter.length === 1 || isDelimiter(bytes, i, end, delimiter))) break;
      if (byte === quote) record.problem ??= 'quote-inside';
      i++;
    }
    // a line end or a delimiter may be cut off by the end of the bytes
    if (!last && i + Math.max(2, delimiter.length) > end) return false;
    if (i < end && bytes[i] !== lf && bytes[i] !== cr) {
      record.fields++;
      i += delimiter.length;
      continue;
    }
    record.end = i;
    if (i < end && bytes[i] === cr) {
      if (bytes[i + 1] === lf && i + 1 < end) i++;
      else record.problem ??= 'line-end';
    }
    record.next = Math.min(i + 1, end);
    return true;
  }
}

function isDelimiter(bytes: Uint8Array, at: number, end: number, delimiter: Uint8Array): boolean {
  if (at + delimiter.length > end) return false;
  for (let k = 0; k < delimiter.length; k++) if (bytes[at + k] !== delimiter[k]) return false;
  return true;
}

/** The fields of one record without problems, unquoted. */
export function fieldsOf(record: string, delimiter: string): string[] {
  const fields: string[] = [];
  for (let at = 0; at <= record.length; ) {
    let end: number;
    if (record[at] === '"') {
      end = at + 1;
      while (record[end] !== '"' || record[end + 1] === '"') end += record[end] === '"' ? 2 : 1;
      fields.push(record.slice(at + 1, end++).replaceAll('""', '"'));
    } else {
      end = record.indexOf(delimiter, at);
      if (end < 0) end = record.length;
      fields.push(record.slice(at, end));
    }
    at = end + delimiter.length;
  }
  return fields;
}
