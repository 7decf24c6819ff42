import { isAscii } from 'node:buffer';
import type { DuckDBBlobValue, DuckDBDataChunk } from '@duckdb/node-api';

// Texts are taken from DuckDB as bytes: its own decoder drops a U+FEFF that a text begins with.

const mostBytes = 16 << 20; // joined at a time, well below the longest text JavaScript can hold

/** How many texts may be joined, the longest of which has so many bytes. */
export const textsTogether = (longest: number): number =>
  Math.min(4096, Math.max(1, Math.floor(mostBytes / Math.max(longest, 1))));

/** The bytes of a BLOB, null where there is none. */
export function bytesOf(chunk: DuckDBDataChunk, column: number, row: number): Buffer | null {
  const value = chunk.getColumnVector(column).getItem(row) as DuckDBBlobValue | null;
  if (value === null) return null;
  const { buffer, byteOffset, byteLength } = value.bytes;
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** Cuts joined texts into pieces of so many UTF-8 bytes each; every piece is decoded by itself. */
export function splitTexts(joined: Buffer, sizes: readonly number[], into: string[]): void {
  // where a byte is a character all are decoded at once and cut as text, which is much faster
  const text = isAscii(joined) ? joined.toString('latin1') : null;
  let at = 0;
  for (const size of sizes) {
    into.push(text === null ? joined.toString('utf8', at, at + size) : text.slice(at, at + size));
    at += size;
  }
}
