import type { DictionaryColumn, ResultTable } from '../problem/tables.js';
import { writeNumber } from './digits.js';
import { isDictionaryColumn } from './tables.js';

export interface CsvDialect {
  /** One character between fields. */
  readonly delimiter?: string | undefined;
  /** The decimal mark of numbers. */
  readonly decimal?: '.' | ',' | undefined;
}

const piece = 5 << 18; // bytes handed over at a time: mostly ASCII, so a megabyte of characters at least
const longestNumber = 64; // bytes: at most 25 characters, quotes and a delimiter

/** Writes one column's cells, each with what stands between it and the next. */
interface Writer {
  /** The most bytes a cell takes. */
  readonly longest: number;
  /** Writes the cell of a row at `at`, and returns where it ends. */
  write(bytes: Uint8Array, at: number, row: number): number;
}

/**
 * A table as CSV in UTF-8 (RFC 4180: header first, fields quoted only where they must be, lines end in a line feed), in
 * pieces of about a megabyte that end with a line. Numbers are the shortest digits that read back as the same number;
 * what is not a number is empty.
 */
export function* csvBytes(
  { rows, names, columns }: ResultTable,
  { delimiter = ',', decimal = '.' }: CsvDialect = {},
): Generator<Uint8Array> {
  // quotes, line ends and the delimiter need quoting; so does a lone empty field, which would be an empty line
  const special = new RegExp(`["\\r\\n${delimiter.replace(/[\\\]^-]/g, '\\$&')}]`);
  const quote = (text: string) =>
    special.test(text) || (text === '' && names.length === 1) ? `"${text.replaceAll('"', '""')}"` : text;
  const writers = names.map((name, c) => {
    const column = columns[name];
    const after = c + 1 < names.length ? delimiter : '\n';
    if (column instanceof Float64Array) return writeNumbers(column, quote, delimiter, decimal, after);
    return writeKeys(
      isDictionaryColumn(column) ? column : { codes: Uint32Array.from(column.keys()), values: column },
      quote,
      after,
    );
  });
  const header = encode(`${names.map(quote).join(delimiter)}\n`);
  const bytes = new Uint8Array(header.length + piece + writers.reduce((sum, { longest }) => sum + longest, 0));
  bytes.set(header);
  let at = header.length;
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < writers.length; c++) at = writers[c].write(bytes, at, r);
    if (at < piece) continue;
    yield bytes.slice(0, at);
    at = 0;
  }
  if (at > 0) yield bytes.slice(0, at);
}

const encode = (text: string) => new TextEncoder().encode(text);

function writeNumbers(
  column: Float64Array,
  quote: (text: string) => string,
  delimiter: string,
  decimal: '.' | ',',
  after: string,
): Writer {
  const mark = decimal.charCodeAt(0);
  const end = encode(after);
  // a delimiter that numbers hold themselves makes them need quotes
  const plain = delimiter !== decimal && !/[-+.\dE]/i.test(delimiter);
  return {
    longest: longestNumber,
    write(bytes, at, row) {
      let next = plain ? writeNumber(bytes, at, column, row, mark) : -1;
      if (next < 0) {
        const x = column[row] + 0; // -0 becomes 0
        const field = encode(quote(Number.isFinite(x) ? String(x).replace('.', decimal) : ''));
        bytes.set(field, at);
        next = at + field.length;
      }
      for (let i = 0; i < end.length; i++) bytes[next++] = end[i];
      return next;
    },
  };
}

/** Texts are quoted and encoded once each, however many rows have them. */
function writeKeys({ codes, values }: DictionaryColumn, quote: (text: string) => string, after: string): Writer {
  const cells = Array.from(values, (text) => quote(text) + after);
  const text = cells.join('');
  const pool = encode(text);
  const starts = new Uint32Array(cells.length + 1);
  let longest = 0;
  cells.forEach((cell, k) => {
    // as many bytes as characters: plain ASCII, where both count alike
    const { length } = pool.length === text.length ? cell : encode(cell);
    starts[k + 1] = starts[k] + length;
    longest = Math.max(longest, length);
  });
  return {
    longest,
    write(bytes, at, row) {
      const code = codes[row];
      const end = starts[code + 1];
      for (let i = starts[code]; i < end; i++) bytes[at++] = pool[i];
      return at;
    },
  };
}

/** The same as text. */
export function* csvChunks(table: ResultTable, dialect?: CsvDialect): Generator<string> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  for (const bytes of csvBytes(table, dialect)) yield decoder.decode(bytes);
}

/** A whole table as CSV text; see `csvBytes` for the form. */
export const toCsv = (table: ResultTable, dialect?: CsvDialect): string => [...csvChunks(table, dialect)].join('');
