import type { Faults } from '../base/faults.js';
import type { NumberMarks } from '../base/numbers/grammar.js';
import { got, show, tagOf } from '../base/show.js';
import { inRuns, type Steps } from '../base/steps.js';
import type { KeyType } from '../config/config.js';
import { isDictionary, isVector, typeOf } from './columns.js';
import { type Misread, openKeyReader, textOfMilliseconds } from './keyTypes.js';
import type { Source } from './source.js';
import type { Column } from './tables.js';

/** Distinct texts of one key column across tables, numbered as they come. */
export interface Dictionary {
  readonly values: string[];
  readonly index: Map<string, number>;
}

export const createDictionary = (): Dictionary => ({ values: [], index: new Map() });

/**
 * Codes of a key column's kept rows in `dictionary`. Keys are compared as text, as `type` has it read (`none` for a column that
 * can have no type); missing and floating-point ones are faults, and so is what is not of the type.
 */
export function* encodeKeys(
  faults: Faults,
  source: Source,
  name: string,
  column: Column,
  { values, index }: Dictionary,
  type?: KeyType | 'none',
  marks: NumberMarks = {},
): Steps<Uint32Array> {
  const { kept, rows } = source;
  const codes = new Uint32Array(rows);
  const typeable = type !== 'none';
  const reader = typeable ? openKeyReader(name, type, marks) : null;
  const unfit = unfitAsKeys(column, reader !== null, typeable ? name : null);
  if (unfit !== null) {
    faults.add('key', `${source.name}, column ${name}`, `expected text or whole numbers as keys, got ${unfit}`);
    return codes;
  }
  const codeOf = (text: string): number => {
    let code = index.get(text);
    if (code === undefined) {
      code = values.length;
      values.push(text);
      index.set(text, code);
    }
    return code;
  };
  const read = new Map<string, number | Misread>(); // by text as written
  /** Code of a text as the type has it; what is wrong with it where it is none. */
  const codeOfText = (text: string): number | Misread => {
    if (!reader) return codeOf(text);
    let found = read.get(text);
    if (found === undefined) {
      const key = reader.read(text);
      found = typeof key === 'string' ? codeOf(key) : key;
      read.set(text, found);
    }
    return found;
  };
  const refuse = (row: number, value: unknown, misread?: Misread): void => {
    const path = `${source.record(row)}, column ${name}`;
    if (misread) {
      const { expected, cure } = misread;
      faults.add('key-type', path, () => `expected ${expected}, got ${gotCell(value)}${cure && `. ${cure}`}`);
    } else refuseKey(faults, path, value, reader ? undefined : typeable ? name : null);
  };

  const refuseCode = (row: number, code: number, values: number): void => {
    faults.add('key', `${source.record(row)}, column ${name}`, () => {
      return `expected a code of the ${values} values, counted from 0, got ${got(code)}`;
    });
  };

  if (isDictionary(column)) {
    const known = new Int32Array(column.values.length).fill(-1);
    const local = column.codes;
    yield* inRuns(rows, (from, to) => {
      for (let r = from; r < to; r++) {
        const at = local[kept ? kept[r] : r];
        if (!(known[at] >= 0)) {
          const text = column.values[at];
          const code = typeof text === 'string' ? codeOfText(text) : undefined;
          if (typeof code !== 'number') {
            if (at in column.values) refuse(r, text, code);
            else refuseCode(r, at, column.values.length);
            continue;
          }
          known[at] = code;
        }
        codes[r] = known[at];
      }
    });
  } else {
    const cell = source.cells(name, column);
    const textOf = reader ? typedText(column) : plainText;
    let last: unknown; // runs of one value are common, and cheaper to see than to look up
    let lastCode = 0;
    yield* inRuns(rows, (from, to) => {
      for (let r = from; r < to; r++) {
        const value = cell(r);
        if (value !== last || r === 0) {
          last = value;
          const text = textOf(value);
          const code = text === null ? undefined : codeOfText(text);
          if (typeof code !== 'number') {
            refuse(r, value, code);
            last = Number.NaN; // equal to nothing: the next is looked at again
            continue;
          }
          lastCode = code;
        }
        codes[r] = lastCode;
      }
    });
  }
  const both = reader?.overlap();
  if (both) {
    const problem = `expected ranges that do not overlap, got ${both.map(show).join(' and ')}`;
    faults.add('key-type', `${source.name}, column ${name}`, problem);
  }
  return codes;
}

/** Notes a cell that names nothing. `name` is that of its column where a type would have dates read; null where it can have none. */
export function refuseKey(faults: Faults, path: string, value: unknown, name: string | null | undefined): void {
  faults.add('key', path, () => {
    const cure = dateCure(value, name);
    return `expected text or a whole number, got ${gotCell(value)}${cure && `. ${cure}`}`;
  });
}

/** Text of a cell as a key: text itself, whole numbers, true and false. Null for all else. */
export const plainText = (value: unknown): string | null => {
  if (typeof value === 'string') return value;
  const whole = Number.isSafeInteger(value) || typeof value === 'bigint' || typeof value === 'boolean';
  return whole ? String(value) : null;
};

/** Texts of the cells of a column with a type: of objects that hold dates too. Null for a cell that holds nothing. */
export function typedText(column: Column): (value: unknown) => string | null {
  const dates = holdsArrowDates(column);
  return (value) => {
    if (dates && (typeof value === 'number' || typeof value === 'bigint')) return textOfMilliseconds(Number(value));
    if (isDate(value)) return textOfMilliseconds(value.getTime());
    // a calendar other than the ISO one is named behind the ISO date
    if (isTemporal(value)) return String(value).replace(/\[u-ca=.*\]$/, '');
    if (typeof value === 'number') return Number.isFinite(value) ? String(value) : null;
    return typeof value === 'boolean' ? null : plainText(value);
  };
}

// of any realm: an object of another one is no instance
const isDate = (value: unknown): value is { getTime(): number } => safeTag(value) === 'Date';
const isTemporal = (value: unknown): boolean => /^Temporal\./.test(safeTag(value));

function safeTag(value: unknown): string {
  try {
    return tagOf(value);
  } catch {
    return ''; // a revoked proxy
  }
}

export function gotCell(value: unknown): string {
  if (value === '') return 'nothing';
  if (isTemporal(value)) return show(String(value));
  return isDate(value) ? `a Date (${textOfMilliseconds(value.getTime()) ?? 'invalid'} in UTC)` : got(value);
}

function dateCure(value: unknown, name: string | null | undefined): string {
  if (name === undefined || (!isDate(value) && !isTemporal(value))) return '';
  return name === null
    ? 'Turn the column into text first.'
    : `Set "types": { ${JSON.stringify(name)}: "date" } to read dates.`;
}

/** The type of an Arrow column, of its texts where they are numbered. */
const typeInside = (column: Column): string => typeOf(column).replace(/^Dictionary<[^,]*, (.*)>$/, '$1');
const arrowDates = /^(Date|Timestamp)/;

/** Whether Arrow hands the column's dates over as counts. */
export const holdsArrowDates = (column: Column): boolean => isVector(column) && arrowDates.test(typeInside(column));

/** What a column holds that cannot name anything, if its type says so. */
function unfitAsKeys(column: Column, typed: boolean, name: string | null): string | null {
  const floats = column instanceof Float64Array || column instanceof Float32Array;
  const type = typeInside(column);
  if (floats || /Float/.test(type)) return typed ? null : 'floating-point numbers';
  // Arrow hands these over as counts of milliseconds or as words of memory
  if (arrowDates.test(type)) {
    if (typed) return null;
    return `${type}. ${name === null ? 'Cast' : `Set "types": { ${JSON.stringify(name)}: "date" }, or cast`} the column to text.`;
  }
  return /Date|Time|Duration|Interval|Decimal/.test(type) ? `${type}. Cast the column to text.` : null;
}
