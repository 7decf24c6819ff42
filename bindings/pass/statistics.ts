import type { LowerMatrix } from '../linalg/boundedQp.js';

/** Bricks times entities: what each entity contributes to each brick, exposure * productivity. */
export interface Rows {
  /** Positions in `ids` and `values` where each brick begins, and where the last one ends. */
  readonly segments: Uint32Array;
  /** Entity of each value; rising within a brick. */
  readonly ids: Uint32Array;
  readonly values: Float64Array;
  readonly totals: Float64Array;
}

/**
 * What a sweep over some bricks adds up: plain arrays, and null for what was not wanted. Sums of two sets of bricks add up to those of
 * both, see `addSums`.
 */
export interface Sums {
  readonly credits: Float64Array;
  /** Log fit as high and low word, Pearson, bricks with a total and no fit, bound. */
  readonly scores: Float64Array;
  readonly diagonal: Float64Array | null;
  /** By rows of the entities' number rounded up to fours, lower triangle. */
  readonly hessian: Float64Array | null;
  readonly gram: Float64Array | null;
  readonly blockScores: Float64Array | null;
  readonly products: Float64Array | null;
  /** One part for each set of bricks, in their order. */
  readonly rows: Rows[] | null;
}

/** Sums of no bricks. */
export const noSums = (entities: number): Sums => ({
  credits: new Float64Array(entities),
  scores: new Float64Array(5),
  diagonal: null,
  hessian: null,
  gram: null,
  blockScores: null,
  products: null,
  rows: null,
});

/** Adds the sums of the bricks that follow, in place. */
export function addSums(into: Sums, more: Sums): void {
  const { scores } = into;
  // two-sum of the high words, low words along
  const sum = scores[0] + more.scores[0];
  const part = sum - scores[0];
  scores[1] += scores[0] - (sum - part) + (more.scores[0] - part) + more.scores[1];
  scores[0] = sum;
  for (let i = 2; i < scores.length; i++) scores[i] += more.scores[i];
  for (const field of ['credits', 'diagonal', 'hessian', 'gram', 'blockScores', 'products'] as const) {
    const to = into[field];
    const from = more[field];
    if (to && from) for (let i = 0; i < to.length; i++) to[i] += from[i];
  }
  if (into.rows && more.rows) into.rows.push(...more.rows);
}

/** What a projection brings. */
export interface Projected {
  /** By rows of `columns`, lower triangle; null where it was not asked for. */
  readonly gram: Float64Array | null;
  /** One row of `columns` per block. */
  readonly scores: Float64Array | null;
}

/** Sufficient statistics of one sweep. */
export interface Statistics {
  /** Per entity: sum over bricks of exposure * total / fitted total, what one unit of productivity is credited. */
  readonly credits: Float64Array;
  /** Sum over bricks of total * ln(fitted total); -Infinity where a brick with a total is given nothing. */
  readonly logFit: number;
  /** Sum over bricks of (total - fitted)^2 / fitted. */
  readonly pearson: number;
  /** Diagonal of the Hessian, where it or the Hessian was asked for. */
  readonly diagonal: Float64Array | null;
  /** W = sum over bricks of total / fitted^2 * exposure exposure': minus the log-likelihood's second derivative. */
  readonly hessian: LowerMatrix | null;
  /** `bound` for the factors that were handed over; null without. */
  readonly bound: number | null;
  /** Where a projection was asked for. */
  readonly projected: Projected | null;
}

/** What the sums of all bricks say. */
export function statisticsOf(sums: Sums, bounded: boolean, projecting: boolean): Statistics {
  const { credits, scores, diagonal, hessian, gram, blockScores } = sums;
  const size = credits.length;
  return {
    credits,
    logFit: scores[3] > 0 ? Number.NEGATIVE_INFINITY : scores[0] + scores[1],
    pearson: scores[2],
    diagonal,
    hessian: hessian && { values: hessian, size, stride: Math.ceil(size / 4) * 4 },
    bound: bounded ? scores[4] : null,
    projected: projecting ? { gram, scores: blockScores } : null,
  };
}

/** Parts one after the other. */
export function joinRows(parts: readonly Rows[]): Rows {
  if (parts.length === 1) return parts[0];
  const count = (of: (part: Rows) => number) => parts.reduce((sum, part) => sum + of(part), 0);
  const joined: Rows = {
    segments: new Uint32Array(count(({ totals }) => totals.length) + 1),
    ids: new Uint32Array(count(({ ids }) => ids.length)),
    values: new Float64Array(count(({ ids }) => ids.length)),
    totals: new Float64Array(count(({ totals }) => totals.length)),
  };
  let brick = 0;
  let at = 0;
  for (const { segments, ids, values, totals } of parts) {
    for (let b = 1; b <= totals.length; b++) joined.segments[brick + b] = at + segments[b];
    joined.totals.set(totals, brick);
    joined.ids.set(ids, at);
    joined.values.set(values, at);
    brick += totals.length;
    at += ids.length;
  }
  return joined;
}
