import { show } from '../base/errors.js';
import type { Faults } from '../base/faults.js';
import type { Change, Factor, Term } from '../config/formula.js';
import { type Applied, applied, boundOf, nameOf } from '../tables/changes.js';
import { type Covariate, notNumbers, refuseMissing } from '../tables/covariates.js';

/** One column of a design before it meets the data: how to make it from covariates. */
export interface DesignColumn {
  /** `specialty: cardiology`, `seniority/10`, as coefficients are named. */
  readonly name: string;
  readonly pieces: readonly Piece[];
}

/** What a factor gives an entity: a number, an indicator of one category, or an indicator of what is missing. */
type Piece =
  | {
      readonly kind: 'number';
      readonly column: string;
      readonly changes: readonly Applied[];
      readonly otherwise: number;
    }
  | { readonly kind: 'category'; readonly column: string; readonly category: string }
  | { readonly kind: 'missing'; readonly column: string };

/** Covariates as numbers: one row per entity, without the intercept. */
export interface Design {
  readonly columns: readonly DesignColumn[];
  /** Row e holds columns.length values. Entities without known categories have zeros there. */
  readonly values: Float64Array;
}

export type Missing = 'refuse' | 'indicate';

/**
 * The design matrix of terms (docs/method.md, "Covariates"). A column of numbers is used as it is; one that holds anything
 * else, or stands in C(), is one indicator per category but the reference. `used` says which entities count: scale() and
 * categories are taken from them alone. With `indicate` what is missing is the mean of the others and an indicator of its own.
 */
export function compileDesign(
  faults: Faults,
  terms: readonly Term[],
  covariates: ReadonlyMap<string, Covariate>,
  used: Uint8Array,
  missing: Missing,
  path: string,
): Design {
  const columns: DesignColumn[] = [];
  const indicated = new Set<string>();
  const checked = new Set<string>();
  terms.forEach((term, t) => {
    let products: DesignColumn[] = [{ name: '', pieces: [] }];
    for (const factor of term.factors) {
      const covariate = covariates.get(factor.column)!;
      if (missing === 'refuse' && !checked.has(factor.column)) {
        const cure = `Fill it in, leave the entity out, or set ${path}.missing to "indicate".`;
        refuseMissing(faults, covariate, used, cure);
      }
      checked.add(factor.column);
      const levels = levelsOf(faults, factor, covariate, used, missing, `${path}.covariates[${t}]`);
      products = products.flatMap(({ name, pieces }) =>
        levels.map((level) => ({
          name: name === '' ? level.name : `${name} : ${level.name}`,
          pieces: [...pieces, ...level.pieces],
        })),
      );
      const lacks = factorIsNumber(factor, covariate) && isMissingSomewhere(covariate, used);
      if (missing === 'indicate' && lacks && !indicated.has(factor.column)) {
        indicated.add(factor.column);
        columns.push({ name: `${factor.column}: missing`, pieces: [{ kind: 'missing', column: factor.column }] });
      }
    }
    columns.push(...products);
  });
  const repeated = columns.find(({ name }, i) => columns.findIndex((other) => other.name === name) < i);
  if (repeated)
    faults.add('covariate', `${path}.covariates`, `expected each term once, got ${show(repeated.name)} again`);
  const values = fillDesign(columns, covariates, used.length);
  if (!faults.any) refuseHuge(faults, columns, values, covariates, used, `${path}.covariates`);
  return { columns, values };
}

const largest = 1e100; // so that sums of squares, and products of two, stay far below the largest number

/** Notes values that are too large to be told apart by sums of their squares: the first of each column. */
function refuseHuge(
  faults: Faults,
  columns: readonly DesignColumn[],
  values: Float64Array,
  covariates: ReadonlyMap<string, Covariate>,
  used: Uint8Array,
  path: string,
): void {
  columns.forEach(({ name, pieces }, c) => {
    const at = used.findIndex((is, e) => is === 1 && !(Math.abs(values[e * columns.length + c]) <= largest));
    if (at < 0) return;
    const got = `${values[at * columns.length + c]} (${covariates.get(pieces[0].column)!.describe(at)})`;
    const cure = 'Divide the column, or take log().';
    faults.add('covariate', path, `expected numbers of at most ${largest} in ${show(name)}, got ${got}. ${cure}`);
  });
}

/** The same columns for other entities: categories the fit has not seen count as the reference. */
export function fillDesign(
  columns: readonly DesignColumn[],
  covariates: ReadonlyMap<string, Covariate>,
  entities: number,
): Float64Array {
  const width = columns.length;
  const values = new Float64Array(entities * width).fill(1);
  columns.forEach(({ pieces }, c) => {
    for (const piece of pieces) {
      const covariate = covariates.get(piece.column)!;
      const code = piece.kind === 'category' ? covariate.categories.indexOf(piece.category) : 0;
      for (let e = 0; e < entities; e++) {
        values[e * width + c] *=
          piece.kind === 'number'
            ? numberOf(covariate, e, piece.changes, piece.otherwise)
            : piece.kind === 'category'
              ? Number(code >= 0 && covariate.codes[e] === code)
              : Number(covariate.codes[e] < 0);
      }
    }
  });
  return values;
}

function numberOf({ numbers }: Covariate, entity: number, changes: readonly Applied[], otherwise: number): number {
  const value = numbers ? numbers[entity] : Number.NaN;
  return Number.isNaN(value) ? otherwise : changes.reduce(applied, value);
}

const factorIsNumber = ({ categorical }: Factor, { numbers }: Covariate) => !categorical && numbers !== null;
const isMissingSomewhere = ({ codes }: Covariate, used: Uint8Array) =>
  codes.some((code, e) => code < 0 && used[e] === 1);

/** A factor as one column of numbers, or one per category. */
function levelsOf(
  faults: Faults,
  factor: Factor,
  covariate: Covariate,
  used: Uint8Array,
  missing: Missing,
  path: string,
): DesignColumn[] {
  const { column, changes } = factor;
  if (factorIsNumber(factor, covariate)) {
    const { steps, mean } = learnChanges(faults, changes, covariate, used, path);
    const name = nameOf(column, changes);
    return [{ name, pieces: [{ kind: 'number', column, changes: steps, otherwise: mean }] }];
  }
  if (changes.length > 0) {
    faults.add('covariate', path, `expected numbers in ${show(column)}, got ${notNumbers(covariate)}`);
    return [];
  }
  const filled = covariate.codes.reduce((count, code) => count + (code >= 0 ? 1 : 0), 0);
  if (!factor.categorical && 2 * covariate.numeric > filled) {
    const cure = `Correct it, or write C(${column}) for categories.`;
    faults.add(
      'covariate',
      path,
      `expected numbers in ${show(column)}, as in most rows, got ${notNumbers(covariate)}. ${cure}`,
    );
    return [];
  }
  const seen = new Set<number>();
  for (let e = 0; e < used.length; e++) if (used[e]) seen.add(covariate.codes[e]);
  const lacks = seen.delete(-1);
  const categories = covariate.categories.filter((_, code) => seen.has(code));
  const reference = factor.reference ?? categories[0];
  if (factor.reference !== null && !categories.includes(reference)) {
    const known = categories.slice(0, 10).map(show).join(', ');
    faults.add('covariate', path, `expected a category of ${show(column)} (${known}), got ${show(reference)}`);
  }
  const levels: DesignColumn[] = categories
    .filter((category) => category !== reference)
    .map((category) => ({ name: `${column}: ${category}`, pieces: [{ kind: 'category', column, category }] }));
  if (lacks && missing === 'indicate') {
    levels.push({ name: `${column}: missing`, pieces: [{ kind: 'missing', column }] });
  }
  if (levels.length === 0) {
    const only = categories.length === 1 ? show(categories[0]) : 'none';
    faults.add('covariate', path, `expected at least two categories in ${show(column)}, got ${only}. Leave it out.`);
  }
  return levels;
}

/** The changes with the figures scale() needs, and the mean of what comes out. */
function learnChanges(
  faults: Faults,
  changes: readonly Change[],
  covariate: Covariate,
  used: Uint8Array,
  path: string,
): { steps: Applied[]; mean: number } {
  const steps: Applied[] = [];
  const values: number[] = [];
  const entities: number[] = [];
  for (let e = 0; e < used.length; e++) {
    if (!used[e] || covariate.codes[e] < 0) continue;
    values.push(covariate.numbers![e]);
    entities.push(e);
  }
  const average = () => values.reduce((sum, x) => sum + x / values.length, 0);
  for (const change of changes) {
    const bad = values.findIndex((x) => boundOf(change, x) !== null);
    if (bad >= 0) {
      const expected = `expected ${boundOf(change, values[bad])} in ${change.kind}()`;
      faults.add('covariate', path, `${expected}, got ${values[bad]} (${covariate.describe(entities[bad])})`);
      break;
    }
    let step: Applied = change;
    if (change.kind === 'scale') {
      const mean = average();
      const square = values.reduce((sum, x) => sum + ((x - mean) * (x - mean)) / Math.max(1, values.length - 1), 0);
      if (!(square < Number.POSITIVE_INFINITY)) {
        const e = entities[values.findIndex((x) => Math.abs(x) > largest)];
        const got = `${covariate.numbers![e]} (${covariate.describe(e)})`;
        faults.add('covariate', path, `expected numbers of at most ${largest} in scale(), got ${got}`);
      }
      step = { kind: 'standardise', mean, deviation: square > 0 ? Math.sqrt(square) : 1 };
    }
    steps.push(step);
    for (let i = 0; i < values.length; i++) values[i] = applied(values[i], step);
  }
  return { steps, mean: values.length > 0 ? average() : 0 };
}

/** Notes what the design of a fit cannot be made of: among the entities in use, of tables the fit has not seen. */
export function checkOthers(
  faults: Faults,
  columns: readonly DesignColumn[],
  covariates: ReadonlyMap<string, Covariate>,
  used: Uint8Array,
  missing: Missing,
  path: string,
): void {
  const pieces = new Map(columns.flatMap((column) => column.pieces).map((piece) => [JSON.stringify(piece), piece]));
  if (missing === 'refuse') {
    for (const name of new Set([...pieces.values()].map(({ column }) => column))) {
      refuseMissing(faults, covariates.get(name)!, used, 'Fill it in, or leave the entity out.');
    }
  }
  const where = `${path}.covariates`;
  for (const piece of pieces.values()) {
    if (piece.kind !== 'number') continue;
    const covariate = covariates.get(piece.column)!;
    const { numbers, codes } = covariate;
    if (!numbers) {
      faults.add('covariate', where, `expected numbers in ${show(piece.column)}, got ${notNumbers(covariate)}`);
      continue;
    }
    for (let e = 0; e < used.length; e++) {
      if (!used[e] || codes[e] < 0) continue;
      let value = numbers[e];
      for (const change of piece.changes) {
        const bound = boundOf(change, value);
        if (bound) {
          const got = `got ${value} (${covariate.describe(e)})`;
          faults.add('covariate', where, `expected ${bound} in ${change.kind}(), ${got}`);
          break;
        }
        value = applied(value, change);
      }
    }
  }
}
