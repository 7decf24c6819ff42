import type { Faults } from '../faults.js';
import { got } from '../show.js';
import { isDictionary, typeOf } from './columns.js';
import type { Source } from './source.js';
import type { Column } from './tables.js';

/** Distinct texts of one key column across tables, numbered as they come. */
export interface Dictionary {
  readonly values: string[];
  readonly index: Map<string, number>;
}

export const createDictionary = (): Dictionary => ({ values: [], index: new Map() });

/** Codes of a key column's kept rows in `dictionary`. Keys are compared as text; missing and floating-point ones are faults. */
export function encodeKeys(
  faults: Faults,
  source: Source,
  name: string,
  column: Column,
  { values, index }: Dictionary,
): Uint32Array {
  const { kept, rows } = source;
  const codes = new Uint32Array(rows);
  const unfit = unfitAsKeys(column);
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
  const refuse = (row: number, value: unknown): void => {
    faults.add('key', `${source.record(row)}, column ${name}`, () => {
      return `expected text or a whole number, got ${got(value)}`;
    });
  };

  const refuseCode = (row: number, code: number, values: number): void => {
    faults.add('key', `${source.record(row)}, column ${name}`, () => {
      return `expected a code of the ${values} values, counted from 0, got ${got(code)}`;
    });
  };

  if (isDictionary(column)) {
    const known = new Int32Array(column.values.length).fill(-1);
    const local = column.codes;
    for (let r = 0; r < rows; r++) {
      const at = local[kept ? kept[r] : r];
      if (!(known[at] >= 0)) {
        const text = column.values[at];
        if (typeof text !== 'string') {
          if (at in column.values) refuse(r, text);
          else refuseCode(r, at, column.values.length);
          continue;
        }
        known[at] = codeOf(text);
      }
      codes[r] = known[at];
    }
    return codes;
  }

  const cell = source.cells(name, column);
  let last: unknown; // runs of one value are common, and cheaper to see than to look up
  let lastCode = 0;
  for (let r = 0; r < rows; r++) {
    const value = cell(r);
    if (value !== last || r === 0) {
      last = value;
      if (typeof value === 'string') lastCode = codeOf(value);
      else if (Number.isSafeInteger(value) || typeof value === 'bigint' || typeof value === 'boolean') {
        lastCode = codeOf(String(value));
      } else {
        refuse(r, value);
        last = Number.NaN; // equal to nothing: the next is looked at again
        continue;
      }
    }
    codes[r] = lastCode;
  }
  return codes;
}

/** What a column holds that cannot name anything, if its type says so. */
function unfitAsKeys(column: Column): string | null {
  const floats = column instanceof Float64Array || column instanceof Float32Array;
  const type = typeOf(column);
  if (floats || /Float/.test(type)) return 'floating-point numbers';
  // Arrow hands these over as counts of milliseconds or as words of memory
  return /Date|Time|Duration|Interval|Decimal/.test(type) ? `${type}. Cast the column to text.` : null;
}
