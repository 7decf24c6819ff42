import { logOf } from '../math/log.js';
import type { Panel } from '../problem/compile.js';
import type { Coefficients } from '../regression/fitCoefficients.js';
import type { PathStep } from '../regression/path.js';
import type { ResultTable } from '../tables/tables.js';
import { createTable } from './tables.js';

export type CoefficientsTable = ResultTable<'estimate' | 'standardError' | 'sandwichError' | 'blockError'>;

/** What is said of the fit of coefficients beside them. */
export interface RegressionReport {
  /** Pearson / (bricks - parameters) of the regression alone: what standard errors are scaled by. 1 for family `poisson`. */
  readonly dispersion: number;
  /** Coefficients that the data decide, the intercept included. */
  readonly parameters: number;
  /** Information behind `standardError`: `observed` (Louis), or `expected` (Fisher) where that is not positive definite. Null under a lasso. */
  readonly information: 'observed' | 'expected' | null;
  /** Starting points tried, and how many led here. The likelihood may have several tops: what is found is a local one. */
  readonly starts: number;
  readonly agreeing: number;
  readonly penalty: {
    readonly kind: string;
    readonly strength: number | null;
    readonly path: readonly PathStep[] | null;
  };
  readonly passes: number;
}

/**
 * One row per coefficient: `term`, with groups of their own `group` (empty for the common ones), `estimate` on the scale of
 * the column as written, `standardError`, `sandwichError` (by brick), `blockError` (by block); NaN where there is none.
 */
export function coefficientsTable(
  { panel }: { readonly panel: Panel },
  { estimate, size, errors }: Coefficients,
  terms: readonly string[],
  groups: readonly string[],
  dispersion: number,
): CoefficientsTable {
  const names = ['(intercept)', ...terms];
  const rows = estimate.length;
  const figures = estimate.slice();
  figures[0] += logOf(panel.totalScale[0]) - logOf(panel.exposureScale[0]);
  const none = () => new Float64Array(rows).fill(Number.NaN);
  const table = createTable(rows).add(
    'term',
    Array.from({ length: rows }, (_, i) => names[i % size]),
  );
  if (groups.length > 0) {
    table.add(
      'group',
      Array.from({ length: rows }, (_, i) => (i < size ? '' : groups[Math.floor(i / size) - 1])),
    );
  }
  return table
    .add('estimate', figures)
    .add('standardError', errors ? errors.model.map((e) => e * Math.sqrt(dispersion)) : none())
    .add('sandwichError', errors ? errors.sandwich.slice() : none())
    .add('blockError', errors?.blocks ? errors.blocks.slice() : none())
    .table();
}

/** Dispersion of the regression in the scale of its pass. `unit` is what totals were divided by. */
export function regressionDispersion(
  { pearson, parameters }: Coefficients,
  bricks: number,
  family: 'quasiPoisson' | 'poisson',
  unit: number,
): number {
  if (family === 'poisson') return 1 / unit;
  return bricks > parameters ? pearson / (bricks - parameters) : Number.NaN;
}
