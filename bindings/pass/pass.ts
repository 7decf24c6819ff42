import type { LowerMatrix } from '../linalg/quadratic.js';
import type { Product } from '../linalg/stochasticTrace.js';
import type { Projected, Projection } from './projection.js';

/**
 * The hinge: a solver on one side, the data on the other. One pass is a sweep over all bricks of a component at given
 * productivities; whether bricks are in memory, streamed or spread over workers, it is the same call. Data are cut into
 * shards by their size alone and statistics of shards are added in shard order, so the bits do not depend on who ran them.
 */
export interface Pass {
  readonly bricks: number;
  readonly entities: number;
  readonly exposures: number;
  /** Pairs of exposures of the same brick: the multiply-adds of a Hessian. */
  readonly pairs: number;
  /** Sum of totals. */
  readonly total: number;
  /** Summed exposure of each entity. */
  readonly exposure: Float64Array;
  /** Whether a Hessian stays until the pass is asked for its next, whatever other components ask for. */
  readonly ownHessian: boolean;
  /** For each entity the first with the same exposure in every brick: itself where it is like no other. Null: not known. */
  readonly twins: Uint32Array | null;
  /** Sweeps made so far, those of `bound` included, those `aside` left out. */
  readonly passes: number;
  /** Runs work whose sweeps describe what was found, standard errors say: they are not counted. */
  aside<T>(work: () => Promise<T>): Promise<T>;
  /**
   * One E step, with the curvature or the projection that is asked for, and the `bound` for factors of an earlier point. Where the last sweep
   * was at this point, it is not made again.
   */
  sweep(
    productivity: Float64Array,
    wanted?: Kind | Projection | null,
    factors?: Float64Array | null,
  ): Promise<Statistics>;
  /** Sum over bricks of total * ln(largest of `factors` among the brick's entities). */
  bound(factors: Float64Array): Promise<number>;
  /** What the data decide at `productivity`, in log productivity. */
  curvature(productivity: Float64Array): Promise<Curvature>;
  /** K itself (see Curvature), lower triangle; from the last sweep where that was here and brought the Hessian along. */
  logHessian(productivity: Float64Array): Promise<LowerMatrix>;
  /** The Hessian W at `productivity` by its diagonal and by what it does to vectors: lists alone, good until the next sweep. */
  product(productivity: Float64Array): Promise<{ readonly squares: Float64Array; readonly times: Product }>;
}

/** Curvature that a sweep can bring along: the Hessian's diagonal, or all of it. */
export type Kind = 'squares' | 'hessian';

/** Sufficient statistics of one sweep. */
export interface Statistics {
  /** Per entity: sum over bricks of exposure * total / fitted total, what one unit of productivity is credited. */
  readonly credits: Float64Array;
  /** Sum over bricks of total * ln(fitted total); -Infinity where a brick with a total is given nothing. */
  readonly logFit: number;
  /** Sum over bricks of (total - fitted)^2 / fitted. */
  readonly pearson: number;
  /** Diagonal of the Hessian, where it or the Hessian was asked for. */
  readonly squares: Float64Array | null;
  /** Where it was asked for. Good until the next sweep that asks for one, of any component unless `ownHessian`. */
  readonly hessian: Hessian | null;
  /** `bound` for the factors that were handed over; null without. */
  readonly bound: number | null;
  /** Where a projection was asked for. */
  readonly projected: Projected | null;
}

/** W = sum over bricks of total / fitted^2 * exposure exposure': minus the log-likelihood's second derivative. */
export interface Hessian {
  /** Whether a later sweep has taken its place. */
  readonly gone: boolean;
  /** The step d >= least that is best for pull'd - d'(W + diag(own)) d / 2. Twins move alike. */
  bestStep(quadratic: {
    readonly pull: Float64Array;
    readonly own: Float64Array;
    readonly least: Float64Array;
    /** For each entity the first that moves with it; null where each moves for itself. */
    readonly twins: Uint32Array | null;
  }): Promise<Float64Array>;
}

/** K = sum over bricks of total * p p', p the brick's shares: the curvature of the log-likelihood in log productivity. */
export interface Curvature {
  /** Diagonal of K: sum over bricks of total * share^2. */
  readonly diagonal: Float64Array;
  /** Trace of K (K + ridge I)^-1: how many directions the data decide against a prior of weight `ridge`. */
  effectiveParameters(ridge: number): Promise<{ readonly edf: number; readonly method: 'exact' | 'stochastic' }>;
}
