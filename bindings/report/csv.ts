import { collectFaults } from '../base/faults.js';
import { readMembers } from '../base/members.js';
import { got } from '../base/show.js';
import type { DictionaryColumn, ResultTable } from '../tables/tables.js';
import { checkTable } from './checkResult.js';
import { type Units, writeNumber } from './digits.js';
import { isDictionaryColumn } from './tables.js';

export interface CsvDialect {
  /** One character between fields, not a quote or a line end. */
  readonly delimiter?: string | undefined;
  /** The decimal mark of numbers. */
  readonly decimal?: '.' | ',' | undefined;
  /**
   * Puts an apostrophe before texts, names of columns too, that a spreadsheet would run as a formula: those that begin
   * with = + - @, their full-width forms, a tab or a line end, and are no plain number. So that no two texts become one,
   * texts that begin so after apostrophes get one more. Keys are other texts then; numbers stay as they are.
   */
  readonly escapeFormulas?: boolean | undefined;
}

const formula = /^'*[=+\-@\t\r\n＝＋－＠]/;
const plainNumber = /^[+-]?(\d+([.,]\d*)?|[.,]\d+)(e[+-]?\d+)?$/i;

/** A text that a spreadsheet takes as text. */
const escapeFormula = (text: string) => (formula.test(text) && !plainNumber.test(text) ? `'${text}` : text);

const piece = 5 << 18; // units handed over at a time: mostly ASCII, so a megabyte of characters at least
const longestNumber = 64; // units: at most 25 digits and marks, quotes and a delimiter

/** Both as they are at the call. @throws InputError */
function readDialect(dialect: unknown): CsvDialect {
  const faults = collectFaults();
  const names = ['delimiter', 'decimal', 'escapeFormulas'] as const;
  const { delimiter, decimal, escapeFormulas } = readMembers(faults, dialect, names, { whole: 'dialect' });
  if (delimiter !== undefined && !(typeof delimiter === 'string' && /^[^"\r\n]$/u.test(delimiter))) {
    const problem = `expected one character, not a quote or a line end, got ${got(delimiter)}`;
    faults.add('option', 'dialect.delimiter', problem);
  }
  if (decimal !== undefined && decimal !== '.' && decimal !== ',') {
    faults.add('option', 'dialect.decimal', `expected "." or ",", got ${got(decimal)}`);
  }
  if (escapeFormulas !== undefined && typeof escapeFormulas !== 'boolean') {
    faults.add('option', 'dialect.escapeFormulas', `expected true or false, got ${got(escapeFormulas)}`);
  }
  faults.throwIfAny();
  return { delimiter, decimal, escapeFormulas } as CsvDialect;
}

/** How text becomes units. */
type Encode<U extends Units = Units> = (text: string) => U;

/** Writes one column's cells, each with what stands between it and the next. */
interface Writer {
  /** The most units a cell takes. */
  readonly longest: number;
  /** Writes the cell of a row at `at`, and returns where it ends. */
  write(units: Units, at: number, row: number): number;
}

function* writeTable<U extends Units>(
  encode: Encode<U>,
  { rows, names, columns }: ResultTable,
  { delimiter = ',', decimal = '.', escapeFormulas = false }: CsvDialect,
): Generator<U> {
  const safe = escapeFormulas ? escapeFormula : (text: string) => text;
  // quotes, line ends and the delimiter need quoting; so does a lone empty field, which would be an empty line
  const special = new RegExp(`["\\r\\n${delimiter.replace(/[\\\]^-]/g, '\\$&')}]`);
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const quote = (text: string) => (special.test(text) || (text === '' && names.length === 1) ? quoted(text) : text);
  const writers = names.map((name, c) => {
    const column = columns[name];
    const after = c + 1 < names.length ? delimiter : '\n';
    if (column instanceof Float64Array) {
      const cell = (x: number) => encode(quote(Number.isFinite(x) ? String(x).replace('.', decimal) : ''));
      // a delimiter that numbers hold themselves makes them need quotes
      const plain = delimiter !== decimal && !/[-+.\dE]/i.test(delimiter);
      return writeNumbers(column, plain ? decimal.charCodeAt(0) : 0, cell, encode(after));
    }
    const keys = isDictionaryColumn(column) ? column : { codes: Uint32Array.from(column.keys()), values: column };
    return writeKeys(keys, (text) => quote(safe(text)) + after, encode);
  });
  // at the head of a file U+FEFF is a byte order mark unless a quote stands before it
  const nameOf = (name: string, c: number) => (c === 0 && name.startsWith('\ufeff') ? quoted(name) : quote(name));
  const header = encode(`${names.map(safe).map(nameOf).join(delimiter)}\n`);
  const longest = writers.reduce((sum, writer) => sum + writer.longest, 0);
  const units = encode(' '.repeat(header.length + piece + longest));
  units.set(header);
  let at = header.length;
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < writers.length; c++) at = writers[c].write(units, at, r);
    if (at < piece) continue;
    yield units.slice(0, at) as U;
    at = 0;
  }
  if (at > 0) yield units.slice(0, at) as U;
}

/** Numbers with `mark` as their decimal mark; those that must be looked at as text, all of them without a mark, by `cell`. */
function writeNumbers(column: Float64Array, mark: number, cell: (x: number) => Units, after: Units): Writer {
  return {
    longest: longestNumber,
    write(units, at, row) {
      let next = mark ? writeNumber(units, at, column, row, mark) : -1;
      if (next < 0) {
        const text = cell(column[row]);
        units.set(text, at);
        next = at + text.length;
      }
      for (let i = 0; i < after.length; i++) units[next++] = after[i];
      return next;
    },
  };
}

/** Texts are put into words and encoded once each, however many rows have them. */
function writeKeys({ codes, values }: DictionaryColumn, words: (text: string) => string, encode: Encode): Writer {
  const cells = Array.from(values, words);
  const text = cells.join('');
  const pool = encode(text);
  const starts = new Uint32Array(cells.length + 1);
  let longest = 0;
  cells.forEach((cell, k) => {
    // as many units as characters: both count alike
    const { length } = pool.length === text.length ? cell : encode(cell);
    starts[k + 1] = starts[k] + length;
    longest = Math.max(longest, length);
  });
  return {
    longest,
    write(units, at, row) {
      const code = codes[row];
      const end = starts[code + 1];
      for (let i = starts[code]; i < end; i++) units[at++] = pool[i];
      return at;
    },
  };
}

/**
 * A table as CSV in UTF-8 (RFC 4180: header first, fields quoted only where they must be, lines end in a line feed), in
 * pieces of about a megabyte that end with a line. Numbers are the shortest digits that read back as the same number;
 * what is not a number is empty. @throws InputError at the call, where table or dialect are none
 */
export function csvBytes(table: ResultTable, dialect: CsvDialect = {}): Generator<Uint8Array> {
  const read = readDialect(dialect);
  checkTable(table);
  return writeTable(bytesOf, table, read);
}

/** The same as text. @throws InputError at the call */
export function csvChunks(table: ResultTable, dialect: CsvDialect = {}): Generator<string> {
  const read = readDialect(dialect);
  checkTable(table);
  return writeText(table, read);
}

function* writeText(table: ResultTable, dialect: CsvDialect): Generator<string> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let sayable = true; // UTF-8 cannot say half a character; all keys are encoded before the first piece
  const encode = (text: string) => {
    const bytes = bytesOf(text);
    sayable &&= decoder.decode(bytes) === text;
    return bytes;
  };
  for (const bytes of writeTable(encode, table, dialect)) {
    if (!sayable) break;
    yield decoder.decode(bytes);
  }
  if (sayable) return;
  for (const units of writeTable(unitsOf, table, dialect)) {
    yield Array.from(units, (unit) => String.fromCharCode(unit)).join('');
  }
}

const bytesOf = (text: string) => new TextEncoder().encode(text);
const unitsOf = (text: string) => Uint16Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));

/** A whole table as CSV text; see `csvBytes` for the form. @throws InputError */
export const toCsv = (table: ResultTable, dialect?: CsvDialect): string => [...csvChunks(table, dialect)].join('');
