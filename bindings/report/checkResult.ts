import { ApportionError } from '../base/errors.js';
import { collectFaults, type Faults, refuse } from '../base/faults.js';
import { readMembers } from '../base/members.js';
import { got, reasonOf } from '../base/show.js';

// What callers hand back to be written: results of ours, or what they take for one.

const mostRows = 4_294_967_295;

type List = ArrayLike<unknown>;

const isList = (value: unknown): value is List =>
  Array.isArray(value) ||
  (ArrayBuffer.isView(value) && Number.isInteger((value as unknown as { length?: unknown }).length));

/** @throws InputError on what is no table of a result */
export function checkTable(table: unknown, name = 'table'): void {
  const faults = collectFaults();
  noteTable(faults, table, name);
  faults.throwIfAny();
}

function noteTable(faults: Faults, table: unknown, name: string): void {
  const { rows, names, columns } = readMembers(faults, table, ['rows', 'names', 'columns'], {
    whole: name,
    expected: 'a table of a result: { rows, names, columns }',
    others: 'allowed',
  });
  if (faults.any) return;
  const count = rows as number;
  if (!(Number.isInteger(rows) && count >= 0 && count <= mostRows)) {
    faults.add('result', `${name}.rows`, `expected a count of rows, got ${got(rows)}`);
  }
  if (typeof columns !== 'object' || columns === null) {
    faults.add('result', `${name}.columns`, `expected columns by name, got ${got(columns)}`);
  }
  if (!isTexts(names)) faults.add('result', `${name}.names`, `expected a list of column names, got ${got(names)}`);
  if (faults.any) return;
  for (const column of names as string[]) {
    const path = `${name}, column ${column}`;
    try {
      const problem = problemOf((columns as Record<string, unknown>)[column], count);
      if (problem !== null) faults.add('result', path, problem);
    } catch (error) {
      faults.add('result', path, `expected a column, got an error: ${reasonOf(error)}`);
    }
  }
}

function isTexts(value: unknown): boolean {
  try {
    return Array.isArray(value) && value.every((text) => typeof text === 'string');
  } catch {
    return false;
  }
}

/** What keeps a column from being written; null for a good one. */
function problemOf(column: unknown, rows: number): string | null {
  const short = (list: List) => (list.length < rows ? `expected ${rows} rows, got ${list.length}` : null);
  if (column instanceof Float64Array) return short(column);
  if (Array.isArray(column)) return short(column) ?? wordless(column, rows, 'a text');
  const { codes, values } = (typeof column === 'object' && column !== null ? column : {}) as Record<string, unknown>;
  if (!isList(codes) || !isList(values)) {
    return `expected a Float64Array, a list of texts or a dictionary, got ${got(column)}`;
  }
  const wrong = short(codes) ?? wordless(values, values.length, 'a value that is text');
  if (wrong !== null) return wrong;
  for (let r = 0; r < rows; r++) {
    const code = codes[r] as number;
    if (!(code >= 0 && code < values.length && Number.isInteger(code))) {
      return `expected codes of the ${values.length} values, counted from 0, got ${got(code)}`;
    }
  }
  return null;
}

/** The first of a list that is no text, in words. */
function wordless(list: List, end: number, expected: string): string | null {
  for (let i = 0; i < end; i++) if (typeof list[i] !== 'string') return `expected ${expected}, got ${got(list[i])}`;
  return null;
}

/** What members of a result are. */
type Kind = 'table' | 'object' | 'list' | 'numbers';
type Shape = Readonly<Record<string, Kind>>;

const fitShape: Shape = {
  entities: 'table',
  components: 'table',
  groups: 'table',
  counts: 'numbers',
  sums: 'numbers',
  dispersion: 'object',
  pooling: 'object',
  model: 'object',
  run: 'object',
  warnings: 'list',
};
const exposureShape: Shape = {
  table: 'table',
  curves: 'list',
  periods: 'list',
  warnings: 'list',
  model: 'object',
  run: 'object',
};

function noteShape(faults: Faults, result: unknown, whole: string, shape: Shape, expected: string): void {
  const members = readMembers(faults, result, Object.keys(shape), { whole, expected, others: 'allowed' });
  if (faults.any) return;
  for (const [name, kind] of Object.entries(shape)) {
    const path = `${whole}.${name}`;
    const member = members[name];
    if (kind === 'table') noteTable(faults, member, path);
    else if (kind === 'list' && !Array.isArray(member))
      faults.add('result', path, `expected a list, got ${got(member)}`);
    else if (kind !== 'list' && (typeof member !== 'object' || member === null || Array.isArray(member))) {
      faults.add('result', path, `expected an object, got ${got(member)}`);
    } else if (kind === 'numbers') noteNumbers(faults, member as object, path);
  }
}

function noteNumbers(faults: Faults, member: object, path: string): void {
  for (const [name, value] of Object.entries(member)) {
    if (typeof value !== 'number') faults.add('result', `${path}.${name}`, `expected a number, got ${got(value)}`);
  }
}

/** Writes something of a result. @throws InputError where it is none, or nothing that can be written */
function written<T>(whole: string, shape: Shape, expected: string, result: unknown, write: () => T): T {
  try {
    const faults = collectFaults();
    noteShape(faults, result, whole, shape, expected);
    faults.throwIfAny();
    return write();
  } catch (error) {
    if (error instanceof ApportionError) throw error;
    return refuse('result', whole, `expected ${expected}, got one that cannot be read: ${reasonOf(error)}`, error);
  }
}

/** Writes something of what `fit` gave. @throws InputError where it is something else */
export const writtenFit = <T>(fit: unknown, write: () => T): T =>
  written('fit', fitShape, 'a result of fit', fit, write);

/** Writes something of what `effectiveExposure` gave. @throws InputError where it is something else */
export const writtenExposure = <T>(result: unknown, write: () => T): T =>
  written('result', exposureShape, 'a result of effectiveExposure', result, write);

/** Writes something of a configuration that was parsed. @throws InputError where it is something else */
export const writtenModel = <T>(model: unknown, write: () => T): T =>
  written('model', { totals: 'object', exposure: 'object' }, 'a configuration', model, write);
