import { createHash } from 'node:crypto';
import { type FileHandle, open, stat, truncate } from 'node:fs/promises';
import type { Faults } from '../../bindings/base/faults.js';
import { defaults } from '../../bindings/index.js';
import type { Database } from '../duckdb.js';
import { blocksOf } from './digest.js';
import type { TableFile } from './files.js';
import { type ScannedRecord, scanRecord } from './records.js';

/** A CSV file in UTF-8 that begins with its header: the file itself, or a copy that stands in for it. */
export interface PlainCsv {
  readonly path: string;
  /** Of the file itself, where that was read for the copy. */
  readonly sha256: string | null;
}

/**
 * Makes a file plain: UTF-16 becomes UTF-8, what stands above the header and below the last record goes. Null after noting
 * why it cannot be.
 */
export async function plainCsv(
  database: Database,
  faults: Faults,
  file: TableFile,
  signal?: AbortSignal,
): Promise<PlainCsv | null> {
  const { path, name, header = defaults.header, footer = defaults.footer, delimiter = defaults.delimiter } = file;
  const encoding = await encodingOf(path);
  if (encoding === 'utf-8' && header === 1 && footer === 0) return { path, sha256: null };
  return database.standIns.copy(JSON.stringify([path, header, footer, delimiter]), async (copy) => {
    const { sha256, lines, readable } = await writeCopy(path, copy, encoding, header, signal);
    if (!readable) {
      faults.add('encoding', name, 'expected UTF-16 text, got other bytes. Save the file in UTF-8.');
      return null;
    }
    if (lines < header - 1 || (header > 1 && (await sizeOf(copy)) === 0)) {
      const problem = `expected column names in line ${header}, got ${lines} ${lines === 1 ? 'line' : 'lines'}`;
      faults.add('header', `${name} header`, problem);
      return null;
    }
    if (footer > 0) await truncate(copy, await beginOfLast(copy, footer, delimiter, signal));
    return { path: copy, sha256 };
  });
}

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

async function encodingOf(path: string): Promise<Encoding> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
    const mark = bytesRead < 2 ? '' : buffer.toString('hex', 0, 2);
    return mark === 'fffe' ? 'utf-16le' : mark === 'feff' ? 'utf-16be' : 'utf-8';
  } finally {
    await file.close();
  }
}

const sizeOf = async (path: string): Promise<number> => (await stat(path)).size;

/** Writes what stands from a line on, in UTF-8. Gives the sha256 of the file, and how many line ends there are above. */
async function writeCopy(path: string, copy: string, encoding: Encoding, header: number, signal?: AbortSignal) {
  const hash = createHash('sha256');
  const decoder = encoding === 'utf-8' ? null : new TextDecoder('utf-16le', { fatal: true });
  let odd: Buffer = Buffer.alloc(0); // half of a unit, where a block ends in the middle
  const decode = (block: Buffer, last: boolean): Buffer => {
    if (!decoder) return block;
    const all = odd.length > 0 ? Buffer.concat([odd, block]) : block;
    const whole = Buffer.from(all.subarray(0, last ? all.length : all.length & ~1));
    odd = Buffer.from(all.subarray(whole.length));
    if (encoding === 'utf-16be' && whole.length % 2 === 0) whole.swap16();
    return Buffer.from(decoder.decode(whole, { stream: !last }));
  };
  let lines = 0;
  const file = await open(copy, 'wx', 0o600);
  try {
    const write = (bytes: Buffer) => {
      let from = 0;
      while (lines < header - 1 && from < bytes.length) {
        const end = bytes.indexOf(0x0a, from);
        if (end < 0) return Promise.resolve();
        from = end + 1;
        lines++;
      }
      return writeAll(file, bytes.subarray(from));
    };
    let readable = true;
    try {
      for await (const block of blocksOf(path, signal)) {
        hash.update(block);
        if (readable) await write(decode(block, false));
      }
      await write(decode(Buffer.alloc(0), true));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_ENCODING_INVALID_ENCODED_DATA') throw error;
      readable = false;
    }
    return { sha256: hash.digest('hex'), lines, readable };
  } finally {
    await file.close();
  }
}

async function writeAll(file: FileHandle, bytes: Buffer): Promise<void> {
  if (bytes.length > 0) await file.writeFile(bytes);
}

/** Where the last `count` records with something in them begin; the header is none of them. */
async function beginOfLast(path: string, count: number, delimiter: string, signal?: AbortSignal): Promise<number> {
  const mark = Buffer.from(delimiter);
  const record: ScannedRecord = { next: 0, end: 0, fields: 0, problem: null, manyLines: false };
  const begins: number[] = []; // the last ones
  let records = -1; // the header makes it 0
  let done = 0; // bytes before those at hand
  let rest: Buffer = Buffer.alloc(0);
  const scan = (bytes: Buffer, last: boolean) => {
    let at = 0;
    while (at < bytes.length && scanRecord(bytes, at, bytes.length, last, mark, record)) {
      if (record.end > at || records < 0) {
        if (records >= 0) begins.push(done + at);
        if (begins.length > count) begins.shift();
        records++;
      }
      at = record.next;
    }
    done += at;
    rest = Buffer.from(bytes.subarray(at));
  };
  for await (const block of blocksOf(path, signal)) scan(rest.length > 0 ? Buffer.concat([rest, block]) : block, false);
  scan(rest, true);
  return begins[0] ?? done;
}
