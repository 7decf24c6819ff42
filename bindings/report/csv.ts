import type { ResultColumn, ResultTable } from '../problem/tables.js';
import { isDictionaryColumn } from './tables.js';

export interface CsvDialect {
  /** One character between fields. */
  readonly delimiter?: string | undefined;
  /** The decimal mark of numbers. */
  readonly decimal?: '.' | ',' | undefined;
}

const chunk = 1 << 20; // characters handed over at a time

/**
 * A table as CSV (RFC 4180: header first, fields quoted only where they must be, lines end in a line feed), in pieces of
 * about a megabyte. Numbers are the shortest digits that read back as the same number; what is not a number is empty.
 */
export function* csvChunks(
  { rows, columns }: ResultTable,
  { delimiter = ',', decimal = '.' }: CsvDialect = {},
): Generator<string> {
  // quotes, line ends and the delimiter need quoting; so does a lone empty field, which would be an empty line
  const special = new RegExp(`["\\r\\n${delimiter.replace(/[\\\]^-]/g, '\\$&')}]`);
  const names = Object.keys(columns);
  const quote = (text: string) =>
    special.test(text) || (text === '' && names.length === 1) ? `"${text.replaceAll('"', '""')}"` : text;
  const number = (x: number) => {
    if (Number.isNaN(x)) return '';
    const text = `${x + 0}`;
    return decimal === '.' ? text : quote(text.replace('.', decimal));
  };
  const writers = names.map((name) => writerOf(columns[name], quote, number));
  let text = `${names.map(quote).join(delimiter)}\n`;
  const last = writers.length - 1;
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < last; c++) text += writers[c](r) + delimiter;
    text += `${writers[last](r)}\n`;
    if (text.length >= chunk) {
      yield text;
      text = '';
    }
  }
  if (text !== '') yield text;
}

function writerOf(column: ResultColumn, quote: (text: string) => string, number: (x: number) => string) {
  if (column instanceof Float64Array) return (row: number) => number(column[row]);
  if (isDictionaryColumn(column)) {
    const quoted = Array.from(column.values, quote);
    return (row: number) => quoted[column.codes[row]];
  }
  return (row: number) => quote(column[row]);
}

/** A whole table as CSV text; see `csvChunks` for the form. */
export const toCsv = (table: ResultTable, dialect?: CsvDialect): string => [...csvChunks(table, dialect)].join('');
