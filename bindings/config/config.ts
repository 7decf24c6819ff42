import type { DateFormat } from '../base/dates/spellings.js';
import { refuse } from '../base/faults.js';
import type { ThousandsMark } from '../base/numbers/grammar.js';
import { got, reasonOf } from '../base/show.js';
import type { CovariatesConfig } from './covariates.js';
import type { Curve } from './curve.js';
import type { LearnedParameter } from './learn.js';
import type { Pooling } from './pooling.js';
import type { Preset } from './presets/preset.js';

export type { DateFormat } from '../base/dates/spellings.js';
export type { ThousandsMark } from '../base/numbers/grammar.js';
export type { CovariatesConfig, Penalty } from './covariates.js';
export type {
  Adstock,
  Curve,
  HalfLife,
  HalfSaturation,
  SaturatesOf,
  Saturation,
  Scale,
  WindowQuantile,
} from './curve.js';
export type { LearnedParameter } from './learn.js';
export type {
  Cohort,
  CrossedPooling,
  GammaPooling,
  LognormalPooling,
  NoPooling,
  Pooling,
  TreePooling,
} from './pooling.js';
export type {
  LightweightMmmPreset,
  MeridianPreset,
  Preset,
  PresetName,
  PymcMarketingPreset,
  RobynPreset,
} from './presets/preset.js';

/**
 * The configuration as a caller writes it. `schema.ts` checks exactly these types (a test compares them), fills in
 * `defaults` and publishes the JSON Schema. Everything but `totals` and `exposure` is optional.
 */
export interface Model {
  /** Where the trusted totals are: one row per brick. */
  totals: TotalsConfig;
  /** Where the exposure is: one row per brick and entity. */
  exposure: ExposureConfig;
  /** One row per entity: only for pooling groups. */
  entities?: EntitiesConfig | undefined;
  /** Adstock and saturation. Without it exposure is used as it is. */
  effectiveExposure?: EffectiveExposureConfig | undefined;
  model?: ModelConfig | undefined;
  fit?: FitConfig | undefined;
  output?: OutputConfig | undefined;
  /** Seed of every random number, an integer from 0 to 2^53 - 1. Same seed, same bits. */
  seed?: number | undefined;
}

/**
 * What every table has. `file`, `delimiter`, `header` and `footer` are for the command line; tables handed over in memory
 * ignore them.
 */
export interface TableConfig {
  /** Path of a CSV or Parquet file, relative to the configuration file. */
  file?: string | undefined;
  /** Keeps the rows whose columns have these values (or one of several), compared as text. */
  where?: Record<string, string | string[]> | undefined;
  /** Leaves out the rows of which a column has this value (or one of several), such as the totals of a report. */
  without?: Record<string, string | string[]> | undefined;
  /** CSV only: one character between fields. */
  delimiter?: string | undefined;
  /** The decimal mark of numbers given as text. */
  decimal?: '.' | ',' | undefined;
  /** How key columns are read, by name; those not listed are text, compared exactly as written. */
  types?: Record<string, KeyType> | undefined;
  /**
   * The mark between thousands of numbers given as text, in groups of three: `,` `.` `'` or a space, which stands for
   * no-break spaces too. Without it such numbers are faults.
   */
  thousands?: ThousandsMark | undefined;
  /**
   * Texts that count as empty where a number is expected, such as `--`. A row without a figure in `value` is then left out
   * and counted, a covariate without one is missing; otherwise they are faults.
   */
  empty?: string[] | undefined;
  /** CSV only: the line that holds the column names, counted from 1; what stands above it is passed over. */
  header?: number | undefined;
  /** CSV only: how many records at the end are left out. */
  footer?: number | undefined;
}

/**
 * How a key column is read. `text`: exactly as written. `integer`: whole numbers, so that `7`, `007` and `7.0` are one
 * key. `date`: the usual spellings of days, weeks, months and ranges become the ISO date of their first day; `datetime`:
 * those of hours become `2024-03-01 07:00:00`. Anything else in the column is a fault. A format says how to read what can
 * be read in several ways: `d/m/y` or `m/d/y`, `yyyyww` (ISO weeks) or `yyyymm`, `excel` (its numbers of days).
 */
export type KeyType =
  | 'text'
  | 'integer'
  | 'date'
  | 'datetime'
  | { date: DateFormat }
  | { datetime: Extract<DateFormat, 'd/m/y' | 'm/d/y'> };

export interface TotalsConfig extends TableConfig {
  /** Columns that name a brick. */
  brick: string[];
  /** Column of the totals, each >= 0. */
  value: string;
  /** `share` leaves negative totals out of the fit and splits them by the fitted shares; otherwise they are an error. */
  negativeTotals?: 'share' | undefined;
}

export interface ExposureConfig extends TableConfig {
  /** Columns that name the brick, in the order of `totals.brick`; names may differ. */
  brick: string[];
  /** Columns that name the entity. */
  entity: string[];
  /** Column of the exposure, each finite and >= 0. */
  value: string;
  /** Column of the frequency, each finite and >= 0, for curves with `of: "frequency"`: `value` then is the reach. */
  frequency?: string | undefined;
  /** `sum` adds rows of the same brick and entity; otherwise they are an error. */
  duplicates?: 'sum' | undefined;
}

export interface EntitiesConfig extends TableConfig {
  /** Columns that name the entity, in the order of `exposure.entity`; names may differ. */
  entity: string[];
}

export interface EffectiveExposureConfig {
  /** Brick column that holds the period: ISO dates, date-times, weeks, months, or integers. Needed for adstock and for scales over time. */
  time?: string | undefined;
  /** Key columns that choose the curve; none: `curves` is one curve for all. */
  by?: string[] | undefined;
  /** One curve per value of the `by` columns, nested one level per column. */
  curves: Curves;
  /**
   * Periods missing from the calendar are an error. `zero`: nothing was delivered there. `unallocated`: what was delivered
   * there is lost, as in every period without a row of exposure at a place (all brick columns but time) that had one
   * before; a row of 0 says that nothing ran. Totals of such periods stay unallocated, and so do those after them to which
   * more than half of what carries over is lost.
   */
  gaps?: 'zero' | 'unallocated' | undefined;
  /**
   * Column of the totals table with the population of a place, > 0 and the same in all its periods: curves then look at
   * exposure per head, and effective exposure is times the population again.
   */
  population?: string | undefined;
  /** Parameters of curves that are refined with the fit; none when left out. */
  learn?: LearnedParameter[] | undefined;
}

/** A curve written out, one under the names of another library, or curves by the next column. */
export type Curves = Curve | Preset | { [value: string]: Curves };

export interface ModelConfig {
  /** `quasiPoisson` estimates the dispersion; `poisson` sets it to 1, for counts only. */
  family?: 'quasiPoisson' | 'poisson' | undefined;
  /** One free productivity per entity, or one that covariates predict. */
  productivity?: 'free' | CovariatesConfig | undefined;
  pooling?: Pooling | undefined;
  /** Brick columns whose equal values are one block for standard errors; the time column when left out. */
  blocks?: string[] | undefined;
}

export interface FitConfig {
  /**
   * How the optimum is found. `newton`: explicit Hessian, fewest passes, for up to about 2,000 entities in a component;
   * `lbfgs`: vectors alone, for any number; `em`: plain expectation-maximisation, slow where entities overlap. `auto`
   * chooses per component between the first two, and fit.json says which and why.
   */
  solver?: 'auto' | 'newton' | 'lbfgs' | 'em' | undefined;
  /** Stop when the certified gap, per unit of total, is at most this; in (0, 1). */
  tolerance?: number | undefined;
  /** Sweeps over the data before giving up, dispersion rounds included; `converged` says which. */
  maxPasses?: number | undefined;
}

export interface OutputConfig {
  /** File format of the result tables (command line only). */
  format?: 'csv' | 'parquet' | undefined;
  /** Split in whole units of 10^-decimals, an integer from 0 to 15; null keeps full precision. */
  decimals?: number | null | undefined;
  /** Standard errors of ln productivity in the entities table, for components of at most 2,000 entities. */
  standardErrors?: boolean | undefined;
  /** CSV only: one character between fields. */
  delimiter?: string | undefined;
  /** CSV only: the decimal mark of numbers. */
  decimal?: '.' | ',' | undefined;
  /** CSV only: an apostrophe before texts that a spreadsheet would run as a formula. Keys are other texts then. */
  escapeFormulas?: boolean | undefined;
}

/** The defaults, all of them. */
export const defaults = {
  delimiter: ',',
  decimal: '.',
  header: 1,
  footer: 0,
  family: 'quasiPoisson',
  productivity: 'free',
  pooling: 'gamma',
  spread: 0.3, // productivities lie within about 30% of their group's rate
  together: false, // components know nothing of each other
  evidence: 25, // bricks share shocks: however many there are, they count as at most 25 independent ones
  solver: 'auto',
  tolerance: 1e-8, // certified gap per unit of total
  maxPasses: 10000, // sweeps over the data before giving up; those that describe what was found (errors, edf) aside
  format: 'csv',
  decimals: null,
  standardErrors: false,
  escapeFormulas: false, // texts as they are
  seed: 1,
  of: 'medium', // cutting a campaign in two changes nobody else's effective exposure
  order: 'adstockFirst',
  from: 'adstocked', // a scale looks at what saturates
  per: 'place',
  over: 'calendar',
  normalize: false,
  shrink: false,
  lead: 0, // no effect before the exposure
  amplitude: 1,
  learnSpread: 0.5, // decay 0.7 is believed within 0.59 and 0.79, half saturation within 61% and 165% of its value
  penalty: { kind: 'ridge', strength: 'path' }, // never bare maximum likelihood by default
  missing: 'refuse',
} as const;

/** Every curve with the `by` values that lead to it, `depth` of them. @throws InputError where no curves stand */
export function* curvesOf(curves: Curves, depth: number, path: string[] = []): Generator<[string[], Curve | Preset]> {
  const refused = (given: string) =>
    refuse('option', ['curves', ...path].join('.'), `expected an object of curves, got ${given}`);
  if (typeof curves !== 'object' || curves === null) refused(got(curves));
  if (!(Number.isInteger(depth) && depth >= 0)) refuse('option', 'depth', `expected a whole number, got ${got(depth)}`);
  let inside: [string, unknown][] = [];
  try {
    if (depth > 0) inside = Object.entries(curves);
  } catch (error) {
    refused(`an error: ${reasonOf(error)}`);
  }
  if (depth === 0) yield [path, curves as Curve | Preset];
  else for (const [value, inner] of inside) yield* curvesOf(inner as Curves, depth - 1, [...path, value]);
}
