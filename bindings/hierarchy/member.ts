import type { Pass } from '../pass/pass.js';
import type { Limits, Solution } from '../solve/climb.js';
import type { Prior } from '../solve/prior.js';
import type { SolverName } from '../solve/solvers.js';
import type { Hierarchy } from './hierarchy.js';
import type { LogPooling, LogResult } from './pooling.js';
import type { LevelEvidence } from './spreads.js';

/** A gamma prior around the rates of groups. Evidence is Infinity where bricks are not capped. */
export interface GammaPooling {
  readonly kind: 'gamma';
  readonly spread: number;
  readonly evidence: number;
}

/** Unknowns of a component up to which its standard errors are computed: they take the inverse of a dense matrix. */
export const mostErrors = 2000;

/** What is asked of the fit of a component. */
export interface FitRule {
  readonly family: 'quasiPoisson' | 'poisson';
  /** Null is plain maximum likelihood. */
  readonly pooling: GammaPooling | LogPooling | null;
  /** phi in the unit of the totals where it is known: there are no rounds then, and no figures that only they need. */
  readonly dispersion?: number | undefined;
  readonly solver: 'auto' | SolverName;
  readonly tolerance: number;
  readonly maxPasses: number;
  /** Wants standard errors of productivities: the block of each brick, whose residuals may go together; null without blocks. */
  readonly errors?: { readonly blockOf: Uint32Array | null } | undefined;
}

/** A component to fit. */
export interface Member {
  readonly pass: Pass;
  /** What its totals were divided by: a power of two. */
  readonly totalScale: number;
  /** With pooling groups of its own: the pass over groups, and the group of each entity. */
  readonly groups: { readonly pass: Pass; readonly groupOf: Uint32Array } | null;
  /** With covariates: the rate of each entity, how many coefficients it took, and the sweeps. */
  readonly predicted?:
    | { readonly rates: Float64Array; readonly parameters: number; readonly passes: number }
    | undefined;
  /** With lognormal pooling: what its entities hang on. */
  readonly hierarchy?: Hierarchy | undefined;
  readonly onSweep?: Limits['onSweep'];
}

export type DispersionWarning =
  | 'dispersion-not-settled'
  | 'dispersion-not-estimable'
  | 'totals-follow-exposure'
  | 'spreads-not-settled'
  | 'spreads-too-small';

/** The fit of one component. Figures are in the scale of its pass. */
export interface MemberFit {
  readonly solution: Solution;
  readonly prior: Prior;
  /** Common rate: total / exposure. */
  readonly rate: number;
  /** phi: what the variance of a total is to its mean. */
  readonly dispersion: number;
  /** Effective number of parameters, and how it was found. */
  readonly edf: number;
  readonly edfMethod: 'exact' | 'stochastic' | 'count';
  /** Curvature in each entity's own direction: sum of total * share^2. */
  readonly information: Float64Array;
  /** Null where nothing had to be solved: at spread 0 the rates are the answer. */
  readonly solver: SolverName | null;
  /** Sweeps, dispersion rounds and certificates included. */
  readonly passes: number;
  /** With lognormal pooling. */
  readonly log?: LogResult | undefined;
  /** The totals are one number times exposure, as if computed from it: they tell nothing of productivities. */
  readonly follows?: boolean | undefined;
}

/** One component on its way through the rounds of a shared dispersion, in the scale of its pass but for `dispersion`. */
export interface State {
  readonly pass: Pass;
  readonly scale: number;
  /** Coefficients of covariates. */
  readonly parameters: number;
  readonly pearson: number;
  /** Effective parameters, coefficients included. */
  readonly edf: number;
  readonly exhausted: boolean;
  readonly converged: boolean;
  /** The sweep at common rates. `alone`: no other component's sweeps come before this one's next. */
  startProportional(alone: boolean): Promise<void>;
  /** One rate per group, pooled to the common rate by the same formula. */
  poolRates(dispersion: number): Promise<void>;
  /** `bare`: the optimum alone, without what the dispersion needs of it. */
  refit(dispersion: number, bare?: boolean): Promise<void>;
  /** With lognormal pooling whose spreads are estimated: what the last fit says of each level's differences. */
  readonly evidence: readonly LevelEvidence[] | null;
  result(dispersion: number): MemberFit;
}
