import type { Hierarchy } from './hierarchy.js';

/** A spread of 3: beyond it entities have nothing in common, and the approximation to the likelihood nothing to say. */
export const mostDeviation = 1.5174271293851465; // sqrt(ln(1 + 3^2))

/** A normal prior on ln productivity: entities around their groups, groups around those above or around nothing. */
export interface LogPooling {
  readonly kind: 'lognormal';
  /** Standard deviation of each level's differences, the entities' own first; Infinity where a level is free. */
  readonly deviations: readonly number[];
  /** Which of them are estimated, beginning there. */
  readonly estimated: readonly boolean[];
  /** Infinity where bricks are not capped. */
  readonly evidence: number;
}

/** What a lognormal fit knows beside productivities. In the scale of its pass. */
export interface LogResult {
  readonly hierarchy: Hierarchy;
  /** ln productivity of entities, groups and the root (crossed groups: their effects). */
  readonly unknowns: Float64Array;
  /** As the last fit used them. */
  readonly deviations: Float64Array;
  /** Levels whose deviation was looked for. */
  readonly estimated: readonly boolean[];
  /** psi: what the squares of differences over twice their variance are weighed by. */
  readonly psi: number;
  /** Starting points tried, and how many led to this optimum. */
  readonly starts: number;
  readonly agreeing: number;
}
