/** Productivities that follow from covariates of entities: exp(X beta), and a deviation of each around it. */
export interface CovariatesConfig {
  /**
   * Terms of X, an intercept aside: `specialty` (a column of numbers, or categories), `seniority/10`, `log1p(potential)`,
   * `log(x)`, `sqrt(x)`, `scale(x)` (mean 0, standard deviation 1), `C(region, "north")` (categories, and the one that the
   * others are compared with), `a:b` (interaction), `a*b` (a, b and a:b). Columns are those of the entities table or of the
   * entity key; names other than letters, digits, "_" and "." stand in backquotes.
   */
  covariates: string[];
  /** Columns of the entity key or the entities table: equal values have coefficients of their own, shrunk to common ones. */
  by?: string[] | undefined;
  /** `{ kind: 'ridge', strength: 'path' }` when left out; `{ kind: 'none' }` is bare maximum likelihood. */
  penalty?: Penalty | undefined;
  /**
   * Coefficient of variation of productivities around exp(X beta), >= 0; the pooling's `spread` when left out. 0 is the
   * regression alone.
   */
  deviation?: number | undefined;
  /** `indicate` puts the mean where a value is missing, and an indicator beside it; otherwise that is an error. */
  missing?: 'refuse' | 'indicate' | undefined;
  /** Brick columns whose equal values are one block for standard errors; the time column when left out. */
  blocks?: string[] | undefined;
}

/** On coefficients of columns scaled to standard deviation 1, the intercept aside, times the dispersion. */
export type Penalty =
  | { kind: 'none' }
  | {
      /** `ridge`: strength / 2 times the sum of squares; `lasso`: strength times the sum of absolute values. */
      kind: 'ridge' | 'lasso';
      /** > 0, or `path`: the strength on a path whose Schwarz criterion is smallest. */
      strength: number | 'path';
    };
