import { refuse } from '../base/faults.js';
import { got } from '../base/show.js';
import type { ResultTable } from '../tables/tables.js';
import { checkTable, writtenFit } from './checkResult.js';
import type { Fit } from './result.js';
import { cellAt } from './tables.js';

// listed in fit.json; the tables have all
const mostComponents = 100;
const mostGroups = 1000; // and entities with standard errors

/** Said wherever numbers are shown. */
export const caution =
  'A split is model-based attribution, not proof of cause. Where budget followed demand, or entities always ran together, totals cannot show it: only experiments or outside knowledge can.';

/**
 * The content of fit.json: every figure of the fit that is not a table. All but `run` is identical for identical data.
 * @throws InputError for anything but a result of `fit`
 */
export const fitJson = (fit: Fit): Record<string, unknown> => writtenFit(fit, () => jsonOf(fit));

function jsonOf(fit: Fit): Record<string, unknown> {
  const {
    allocation: _,
    entities: byEntity,
    unallocated: ___,
    components,
    groups,
    spreads,
    coefficients,
    regression,
    learnedCurves,
    allocate: ____,
    model,
    run,
    warnings,
    ...figures
  } = fit;
  const { totals, exposure, entities, ...settings } = model;
  const withoutFile = ({ file: _file, ...section }: { file?: string | undefined }) => section;
  const config = {
    totals: withoutFile(totals),
    exposure: withoutFile(exposure),
    ...(entities && { entities: withoutFile(entities) }),
    ...settings,
  };
  return {
    ...figures,
    ...(learnedCurves && { learnedCurves }),
    ...(coefficients && { coefficients: rowsIn(coefficients), regression }),
    ...(spreads && { spreads }),
    ...(byEntity.names.includes('standardError') && { entities: errorRows(byEntity, exposure.entity) }),
    ...(groups.rows > 0 && { groups: rowsIn(groups, mostGroups) }),
    components: rowsIn(components, mostComponents),
    config,
    warnings,
    caution,
    run,
  };
}

/** Productivities and their standard errors, the first `mostGroups` of them. */
function errorRows(table: ResultTable, keys: readonly string[]) {
  const names = [...keys, 'productivity', 'posteriorDeviation', 'standardError', 'sandwichError', 'blockError'];
  return rowsIn({ ...table, names }, mostGroups);
}

/** A row: figures by name as numbers, keys and words as text. What is not a number is null. */
export type Row<Figures extends string = never> = Record<string, string | number | null> &
  Record<Figures, number | null>;

/** Rows of a table as objects, the first `most` of them; all when left out. @throws InputError where it is no table */
export function rowsOf<Figures extends string = never>(
  table: ResultTable<Figures>,
  most: number = Number.POSITIVE_INFINITY,
): Row<Figures>[] {
  checkTable(table);
  if (!(typeof most === 'number' && most >= 0 && (Number.isInteger(most) || most === Number.POSITIVE_INFINITY))) {
    refuse('option', 'most', `expected a count of rows, got ${got(most)}`);
  }
  return rowsIn(table, most);
}

function rowsIn<Figures extends string = never>(
  { rows, names, columns }: ResultTable<Figures>,
  most = rows,
): Row<Figures>[] {
  return Array.from({ length: Math.min(rows, most) }, (_, r) => {
    const row: Record<string, string | number | null> = Object.create(null);
    for (const name of names) {
      const cell = cellAt(columns[name], r);
      row[name] = typeof cell === 'number' && !Number.isFinite(cell) ? null : cell;
    }
    return row as Row<Figures>;
  });
}
