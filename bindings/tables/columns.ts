import { InputError } from '../base/errors.js';
import { got, reasonOf } from '../base/show.js';
import { decimalOf, isDecimal } from './decimals.js';
import type { Column, DictionaryColumn, VectorLike } from './tables.js';
import { mostListed, Unreadable } from './take.js';

export const isDictionary = (column: Column): column is DictionaryColumn =>
  'codes' in column && 'values' in column && typeof column.values !== 'function';
export const isVector = (column: Column): column is VectorLike => typeof (column as VectorLike).get === 'function';

/** What an Arrow vector says its type is: `Utf8`, `Dictionary<Int32, Utf8>`; nothing where it says none. */
export function typeOf(column: Column): string {
  if (!isVector(column)) return '';
  try {
    return String(column.type);
  } catch {
    return '';
  }
}

const mostRows = 4_294_967_295; // rows are counted in 32 bits
const mostInVector = 2_147_483_647; // Arrow counts in signed ones

const mostOf = (list: object): number => {
  if (ArrayBuffer.isView(list)) return mostRows;
  return typeof (list as { get?: unknown }).get === 'function' ? mostInVector : mostListed;
};

/** A length that can be one: typed arrays of another realm and objects that pretend to be lists are judged alike. */
function lengthIn(list: unknown): number | undefined {
  if (typeof list !== 'object' || list === null) return undefined;
  const { length } = list as { length?: unknown };
  return Number.isInteger(length) && (length as number) >= 0 && (length as number) <= mostOf(list)
    ? (length as number)
    : undefined;
}

/** A column that can be read, and its rows; or what is wrong with it in words: `expected an array or a dictionary, got 5`. */
export type ReadColumn = { readonly column: Column; readonly rows: number } | { readonly problem: string };

export function readColumn(raw: unknown): ReadColumn {
  const unreadable = (reason: string) => ({ problem: `expected a column that can be read, got an error: ${reason}` });
  try {
    if (raw instanceof Unreadable) return unreadable(raw.reason);
    if (typeof raw !== 'object' || raw === null || raw instanceof DataView || !isListLike(raw)) {
      return { problem: `expected an array or a dictionary, got ${got(raw)}` };
    }
    const column = isDictionary(raw) ? takeDictionary(raw) : raw;
    if (typeof column === 'string') return { problem: column };
    const list = isDictionary(column) ? column.codes : column;
    const rows = lengthIn(list);
    if (rows !== undefined) return { column, rows };
    const { length } = list as { length: unknown };
    return { problem: `expected a length from 0 to ${mostOf(list)}, got ${got(length)}` };
  } catch (error) {
    return unreadable(reasonOf(error));
  }
}

const isListLike = (raw: object): raw is Column => 'length' in raw || ('codes' in raw && 'values' in raw);

const isNoCode = (code: unknown) => typeof code !== 'number' && typeof code !== 'bigint' && code != null;

/** A dictionary whose parts are read without harm: lists that are no typed arrays are copied. */
function takeDictionary({ codes, values }: DictionaryColumn): DictionaryColumn | string {
  for (const [what, list] of Object.entries({ values, codes })) {
    if (lengthIn(list) !== undefined) continue;
    const length = typeof list === 'object' && list !== null && Number.isInteger(list.length) && list.length;
    return `expected a list of ${what}${length ? ` of at most ${mostOf(list)}, got one of ${length}` : `, got ${got(list)}`}`;
  }
  const listed = { codes: ArrayBuffer.isView(codes) ? codes : Array.from(codes), values: Array.from(values) };
  // a name would be looked up too: that of the length gives a number
  const strange = Array.isArray(listed.codes) ? listed.codes.findIndex(isNoCode) : -1;
  return strange < 0 ? listed : `expected codes that are numbers, got ${got(listed.codes[strange])}`;
}

/**
 * Reads one cell of any kind of column. `at` is where messages say a row of the column is.
 * @throws InputError where reading fails: a getter, a proxy or a vector that throws
 */
export function cellOf(column: Column, at: (row: number) => string): (row: number) => unknown {
  if (ArrayBuffer.isView(column)) return (row) => (column as unknown as readonly number[])[row];
  const read = readerOf(column);
  return (row) => {
    try {
      return read(row);
    } catch (error) {
      const path = at(row);
      const message = `${path}: expected a value, got an error: ${reasonOf(error)}`;
      throw new InputError([{ kind: 'unreadable', path, message }]);
    }
  };
}

function readerOf(column: Column): (row: number) => unknown {
  if (isDictionary(column)) return (row) => column.values[column.codes[row]];
  if (!isVector(column)) return (row) => column[row];
  const { type } = column;
  if (isDecimal(type)) return (row) => decimalOf(type, column.get(row));
  // a dictionary vector decodes its text anew each time unless asked to remember; over several batches, each with a
  // dictionary of its own, Arrow would remember the first alone
  const forgets = typeOf(column).startsWith('Dictionary') && column.data?.length === 1;
  const vector = forgets && typeof column.memoize === 'function' ? column.memoize() : column;
  return (row) => vector.get(row);
}
