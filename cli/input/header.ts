import { type FileHandle, open } from 'node:fs/promises';
import { show } from '../../bindings/base/errors.js';
import type { Faults } from '../../bindings/base/faults.js';
import { fieldsOf, type ScannedRecord, scanRecord } from './records.js';
import { findHeader } from './title.js';

/** DuckDB's own limit, kept as it is. */
export const longestRecord = 2_000_000;

export interface Header {
  /** Column names as written, in the order of the file. */
  readonly names: readonly string[];
  readonly lineEnd: '\n' | '\r\n';
}

const none: Header = { names: [], lineEnd: '\n' };

/**
 * The header row of a CSV file; no names after noting what is wrong with it. `line` is where it stands in the file that the
 * user has; `needed` are columns asked for, which tell a header from a title.
 */
export async function readHeader(
  faults: Faults,
  path: string,
  name: string,
  delimiter: string,
  { line = 1, needed = [] }: { line?: number | undefined; needed?: readonly string[] } = {},
): Promise<Header> {
  const refuse = (problem: string) => {
    faults.add('header', `${name} header`, problem);
    return none;
  };
  const file = await open(path, 'r');
  try {
    const { bytes, complete } = await firstBytes(file);
    if (bytes.length === 0) {
      faults.add('empty-file', name, 'expected a header row, got an empty file');
      return none;
    }
    const record: ScannedRecord = { next: 0, end: 0, fields: 0, problem: null, manyLines: false };
    const from = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
    const found = scanRecord(bytes, from, bytes.length, complete, Buffer.from(delimiter), record);
    let text: string;
    try {
      const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }); // one at `from` is a name's
      text = decoder.decode(bytes.subarray(from, found ? record.end : from + 1000));
    } catch {
      return refuse('expected UTF-8 text, got other bytes. Save the file as plain CSV in UTF-8.');
    }
    if (text.includes('\0'))
      return refuse('expected UTF-8 text, got other bytes. Save the file as plain CSV in UTF-8.');
    if (!found) return refuse(`expected at most ${longestRecord} bytes, got more`);
    if (record.problem === 'line-end') return refuse('expected line ends \\n or \\r\\n, got \\r');
    if (record.problem !== null) return refuse('expected quotes only around whole names, each inner quote doubled');
    if (text === '') return refuse('expected column names, got an empty line');
    const likely = findHeader(bytes, from, complete, delimiter, needed);
    if (likely) {
      const { below, fields, usual } = likely;
      const counted = (count: number) => (count === usual ? 'a title' : `${count} ${count === 1 ? 'field' : 'fields'}`);
      const problem = `expected column names in line ${line}, got ${counted(fields)} above records of ${usual} fields`;
      return refuse(`${problem}. Set "header": ${line + below} if line ${line + below} has the names.`);
    }
    return { names: fieldsOf(text, delimiter), lineEnd: record.next - record.end === 2 ? '\r\n' : '\n' };
  } finally {
    await file.close();
  }
}

async function firstBytes(file: FileHandle): Promise<{ bytes: Uint8Array; complete: boolean }> {
  const { size } = await file.stat();
  for (let wanted = 65536; ; wanted = longestRecord) {
    const bytes = new Uint8Array(Math.min(size, wanted));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
    if (bytesRead === size || wanted === longestRecord || bytes.includes(0x0a)) {
      return { bytes: bytes.subarray(0, bytesRead), complete: bytesRead === size };
    }
  }
}

/** Notes needed columns that the header has more than once, and a delimiter that is plainly another one. */
export function checkHeader(
  faults: Faults,
  names: readonly string[],
  name: string,
  needed: readonly string[],
  delimiter: string,
): void {
  for (const column of needed) {
    const times = names.filter((other) => other === column).length;
    if (times > 1) {
      faults.add('duplicate-column', `${name} header`, `expected column ${show(column)} once, got it ${times} times`);
    }
  }
  if (names.length !== 1 || needed.includes(names[0])) return;
  const other = [';', '\t', ',', '|'].find((mark) => mark !== delimiter && names[0].includes(mark));
  if (other === undefined) return;
  const problem = `expected columns separated by ${show(delimiter)}, got one column ${show(names[0])}`;
  faults.add('delimiter', `${name} header`, `${problem}. Set "delimiter": ${JSON.stringify(other)}.`);
}
