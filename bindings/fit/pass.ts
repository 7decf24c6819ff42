/**
 * The hinge: a solver on one side, the data on the other. One pass is a sweep over all bricks of a component at given
 * productivities; whether bricks are in memory, streamed or spread over workers, it is the same call. Data are cut into
 * shards by their size alone and statistics of shards are added in shard order, so the bits do not depend on who ran them.
 */
export interface Pass {
  readonly bricks: number;
  readonly entities: number;
  /** Sum of totals. */
  readonly total: number;
  /** Summed exposure of each entity. */
  readonly exposure: Float64Array;
  /** One E step. The arrays returned are good until the next call. */
  sweep(productivity: Float64Array): Promise<Statistics>;
  /** Sum over bricks of total * ln(largest of `factors` among the brick's entities). */
  bound(factors: Float64Array): Promise<number>;
  /** The data's curvature at `productivity`: good until the next call. */
  curvature(productivity: Float64Array): Promise<Curvature>;
}

/** Sufficient statistics of one sweep. */
export interface Statistics {
  /** Per entity: sum over bricks of exposure * total / fitted total, what one unit of productivity is credited. */
  readonly credits: Float64Array;
  /** Sum over bricks of total * ln(fitted total); -Infinity where a brick with a total is given nothing. */
  readonly logFit: number;
  /** Sum over bricks of (total - fitted)^2 / fitted. */
  readonly pearson: number;
}

/** K = sum over bricks of total * p p', p the brick's shares: the curvature of the log-likelihood in log productivity. */
export interface Curvature {
  /** Diagonal of K: sum over bricks of total * share^2. */
  readonly diagonal: Float64Array;
  /** Trace of K (K + ridge I)^-1: how many directions the data decide against a prior of weight `ridge`. */
  effectiveParameters(ridge: number): Promise<{ readonly edf: number; readonly method: 'exact' | 'stochastic' }>;
}
