import type { RunOptions } from '../base/run.js';
import type { Model, Pooling } from '../config/config.js';
import type { LearnedCurve } from '../diagnose/learnedCurves.js';
import type { Warning } from '../diagnose/warnings.js';
import type { Tables } from '../tables/tables.js';
import type { AllocationTable, UnallocatedTable } from './allocation.js';
import type { CoefficientsTable, RegressionReport } from './coefficients.js';
import type { ComponentsTable, EntitiesTable } from './entities.js';
import type { GroupsTable, LevelSpread } from './groups.js';
import type { SolverReport } from './solver.js';

/** Every total split over its entities. */
export interface Allocation {
  /**
   * Brick columns, entity columns, `exposure` (effective), `share` (of the brick), `allocation`. A row for every brick
   * with a total and entity with effective exposure or a delivery row there; bricks in the order of totals, entities by
   * first appearance in exposure. A brick's allocations sum to its total exactly, in any order of adding; each is within
   * about 2.5 ulp of the brick's total (with `decimals`: one unit) of its real share.
   */
  readonly allocation: AllocationTable;
  /** Brick columns, `total` (with `decimals` rounded to units), `reason`: bricks with a total and nothing to give it to. Never dropped. */
  readonly unallocated: UnallocatedTable;
  readonly warnings: readonly Warning[];
}

/** A fit, and the split it gives. A split is model-based attribution, not proof of cause. */
export interface Fit extends Allocation, SolverReport {
  /**
   * Entity columns, `productivity`, `exposure`, `allocation` (correctly rounded sum; with `decimals` in whole units), `share` (of all
   * allocated), `proportional` (what exposure alone would give, split into the same units), `relative` (productivity over the mean of its connected bricks, weighed by
   * exposure: 1 on average within a medium), `trust` (0 all prior, 1 all data), where asked for
   * `posteriorDeviation`, `standardError`, `sandwichError` and `blockError` (of ln productivity; NaN where there are none), `flags` (codes joined by `;`).
   */
  readonly entities: EntitiesTable;
  /** One row per component: its size, common rate, dispersion, effective parameters, passes and gap. */
  readonly components: ComponentsTable;
  /** One row per pooling group: `component`, `level`, `group`, `entities`, `productivity`, `relative`. Empty without groups. */
  readonly groups: GroupsTable;
  /** With lognormal pooling: the spread of each level in each component, as the fit used it. Null under other pooling. */
  readonly spreads: readonly LevelSpread[] | null;
  /** With covariates: one row per coefficient. Null without, or where all totals are zero. */
  readonly coefficients: CoefficientsTable | null;
  readonly regression: RegressionReport | null;
  /** What became of the curves' parameters that were learned; null where none were. */
  readonly learnedCurves: readonly LearnedCurve[] | null;
  /** Whether every component's gap is at most the tolerance (lognormal pooling: the rise that a step promises), and coefficients have arrived. */
  readonly converged: boolean;
  /** Sweeps over the data, dispersion rounds included: the largest over components. */
  readonly passes: number;
  /** Log-likelihood plus the prior's terms, in the unit of the totals; null when it overflows. */
  readonly objective: number | null;
  /** Sum of total * ln(fitted) - fitted: terms in the totals alone are dropped. Null when it overflows. */
  readonly logLikelihood: number | null;
  /**
   * Proven bound on (best objective - this objective) / sum of totals, at the last dispersion and rates. Null for a
   * regression without deviations and for lognormal pooling: their optimum is a local one.
   */
  readonly gap: number | null;
  readonly family: 'quasiPoisson' | 'poisson';
  /** phi of the components: 1 for family `poisson`. Null where all totals are zero. */
  readonly dispersion: {
    readonly lowest: number | null;
    readonly median: number | null;
    readonly highest: number | null;
  };
  readonly pooling: Pooling;
  /** Largest |sum of a brick's parts - total|: 0. */
  readonly massError: number;
  /** Share of all mass that this split places elsewhere than exposure alone would: the most it can differ from it. */
  readonly massMoved: number;
  /** Correctly rounded sums; with `decimals` in whole units, of the totals as they were split: allocated + unallocated = totals. */
  readonly sums: { readonly totals: number; readonly allocated: number; readonly unallocated: number };
  readonly counts: {
    readonly bricks: number;
    readonly entities: number;
    readonly exposures: number;
    readonly components: number;
    readonly allocations: number;
    readonly unallocated: number;
    readonly exposureWithoutTotal: number;
  };
  /** Groups of entities with the same exposure in every brick, as key columns. */
  readonly indistinguishable: readonly (readonly Readonly<Record<string, string>>[])[];
  /** The configuration, defaults filled in. What was learned of curves is in `learnedCurves`. */
  readonly model: Model;
  /** What depends on this run alone: which kernels ran, and why not WebAssembly. */
  readonly run: { readonly kernels: 'wasm' | 'js'; readonly reason: string | null; readonly version: string };
  /**
   * Splits other bricks by the productivities of this fit. Columns as in the fit; give deliveries before the first brick
   * too where the model has adstock. Entities the fit has not seen get what covariates
   * predict of them, where the model has covariates and their entities table is there, else the common rate of their
   * component.
   * @throws InputError, MemoryError, or the signal's reason
   */
  allocate(tables: Tables, options?: RunOptions): Promise<Allocation>;
}
