import type { DictionaryColumn, ResultColumn, ResultTable } from '../problem/tables.js';
import { isDictionaryColumn } from './tables.js';

export interface CsvDialect {
  /** One character between fields. */
  readonly delimiter?: string | undefined;
  /** The decimal mark of numbers. */
  readonly decimal?: '.' | ',' | undefined;
}

const chunk = 1 << 20; // characters handed over at a time
const block = 1024; // rows put into words at a time: short-lived text stays in the young generation

/** The text of some neighbouring columns in the rows from `start` to before `end`, one field list a row. */
type Writer = (start: number, end: number) => string[];

/**
 * A table as CSV (RFC 4180: header first, fields quoted only where they must be, lines end in a line feed), in pieces of
 * about a megabyte. Numbers are the shortest digits that read back as the same number; what is not a number is empty.
 */
export function* csvChunks(
  { rows, names, columns }: ResultTable,
  { delimiter = ',', decimal = '.' }: CsvDialect = {},
): Generator<string> {
  // quotes, line ends and the delimiter need quoting; so does a lone empty field, which would be an empty line
  const special = new RegExp(`["\\r\\n${delimiter.replace(/[\\\]^-]/g, '\\$&')}]`);
  const quote = (text: string) =>
    special.test(text) || (text === '' && names.length === 1) ? `"${text.replaceAll('"', '""')}"` : text;
  const writers: Writer[] = [];
  for (let c = 0; c < names.length; ) {
    const kind = kindOf(columns[names[c]]);
    let end = c + 1;
    while (end < names.length && kindOf(columns[names[end]]) === kind) end++;
    writers.push(writersOf[kind](names.slice(c, end).map((name) => columns[name]) as never, quote, delimiter, decimal));
    c = end;
  }
  let text = `${names.map(quote).join(delimiter)}\n`;
  for (let start = 0; start < rows; start += block) {
    const end = Math.min(rows, start + block);
    const [first, ...others] = writers.map((write) => write(start, end));
    for (const fields of others) for (let k = 0; k < first.length; k++) first[k] += delimiter + fields[k];
    text += `${first.join('\n')}\n`;
    if (text.length < chunk) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}

const kindOf = (column: ResultColumn) =>
  column instanceof Float64Array ? 'numbers' : isDictionaryColumn(column) ? 'keys' : 'words';

const writersOf = { numbers: writeNumbers, keys: writeKeys, words: writeWords };

/** JSON writes numbers with the same digits as `String`, many at a time and twice as fast; what is not finite is null. */
function writeNumbers(
  columns: readonly Float64Array[],
  quote: (text: string) => string,
  delimiter: string,
  decimal: '.' | ',',
): Writer {
  // a mark that numbers hold themselves makes them need quotes; a lone column may hold an empty field, which does too
  const quoted = columns.length === 1 || delimiter === decimal || /[-+.\dE]/i.test(delimiter);
  const plain = !quoted && delimiter === ',' && decimal === '.';
  const rows = Array.from({ length: block }, () => columns.map(() => 0.5));
  return (start, end) => {
    for (let r = start; r < end; r++) {
      const row = rows[r - start];
      for (let c = 0; c < columns.length; c++) row[c] = columns[c][r];
    }
    let text = JSON.stringify(end - start < block ? rows.slice(0, end - start) : rows).slice(2, -2);
    if (text.includes('null')) text = text.replaceAll('null', '');
    if (plain) return text.split('],[');
    text = text.replaceAll('],[', '\n');
    if (quoted) {
      const field = (number: string) => quote(number.replace('.', decimal));
      return text.split('\n').map((line) => line.split(',').map(field).join(delimiter));
    }
    return text.replaceAll(',', delimiter).replaceAll('.', decimal).split('\n');
  };
}

/** Keys come in runs: all but the last of a row are mostly those of the row before. */
function writeKeys(columns: readonly DictionaryColumn[], quote: (text: string) => string, delimiter: string): Writer {
  const texts = columns.map((column) => Array.from(column.values, quote));
  const last = columns.length - 1;
  return (start, end) => {
    const lines: string[] = [];
    let before = '';
    for (let r = start; r < end; r++) {
      let same = r > start;
      for (let c = 0; same && c < last; c++) same = columns[c].codes[r] === columns[c].codes[r - 1];
      if (!same) {
        before = '';
        for (let c = 0; c < last; c++) before += texts[c][columns[c].codes[r]] + delimiter;
      }
      lines.push(before + texts[last][columns[last].codes[r]]);
    }
    return lines;
  };
}

function writeWords(
  columns: readonly (readonly string[])[],
  quote: (text: string) => string,
  delimiter: string,
): Writer {
  return (start, end) =>
    Array.from({ length: end - start }, (_, k) => columns.map((column) => quote(column[start + k])).join(delimiter));
}

/** A whole table as CSV text; see `csvChunks` for the form. */
export const toCsv = (table: ResultTable, dialect?: CsvDialect): string => [...csvChunks(table, dialect)].join('');
