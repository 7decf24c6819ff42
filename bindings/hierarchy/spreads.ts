import { expOf } from '../math/exp.js';
import { logOf } from '../math/log.js';
import type { Hierarchy } from './hierarchy.js';
import { type LogPooling, mostDeviation } from './pooling.js';

const longest = 1; // of a deviation's logarithm in one move
const fewest = 3; // differences of a level: fewer have nothing to say of how far they spread
const least = 1e-3;

/** What a fit says of the differences of one level. */
export interface LevelEvidence {
  /** Differences, the sum of their squares at the optimum, and the sum of their variances there. */
  readonly count: number;
  readonly squares: number;
  readonly variances: number;
}

/** One spread that is looked for. */
export interface SpreadSearch {
  readonly deviation: number;
  /** Where the last evidence would have it. */
  propose(evidence: LevelEvidence): number;
  adopt(): void;
}

/**
 * Looks for the deviation sigma at which the slope of the Laplace approximation to the likelihood of the totals, with a half-Cauchy(1)
 * prior on sigma taken as a density of ln sigma, is 0:
 *   squares / sigma^2 + variances / sigma^2 - count + (1 - sigma^2) / (1 + sigma^2) = 0
 * By the secant of the last two slopes, or the EM step (Dempster, Laird & Rubin 1977) where that is no good. docs/method.md,
 * "Estimated spreads".
 */
export function searchSpread(start: number): SpreadSearch {
  let deviation = start;
  let proposed = start;
  let slope = 0;
  let before: { readonly at: number; readonly slope: number } | null = null;
  return {
    get deviation() {
      return deviation;
    },
    propose({ count, squares, variances }) {
      const variance = deviation * deviation;
      const explained = (squares + variances) / variance;
      const belief = (1 - variance) / (1 + variance);
      slope = explained - count + belief;
      const curvature = 2 * explained + (4 * variance) / ((1 + variance) * (1 + variance));
      const at = logOf(deviation);
      const short = slope / curvature; // what EM would do: never too far, often not far enough
      let move = 2 * short;
      if (before && before.at !== at) {
        const secant = (slope - before.slope) / (at - before.at);
        const to = -slope / secant;
        // upwards where the slope is, no shorter than EM and not out of its sight, nor far out of that of the last move
        const furthest = Math.max(50 * Math.abs(short), 4 * Math.abs(at - before.at));
        if (secant < 0 && Math.abs(to) >= Math.abs(short)) move = Math.min(furthest, Math.max(-furthest, to));
      }
      proposed = Math.min(
        mostDeviation,
        Math.max(least, deviation * expOf(Math.min(longest, Math.max(-longest, move)))),
      );
      return proposed;
    },
    adopt() {
      before = { at: logOf(deviation), slope };
      deviation = proposed;
    },
  };
}

/** The spreads of components that share them, between the rounds of a fit. */
export interface Spreads {
  /** Of each level's differences, as the next fit is to have them. */
  readonly deviations: Float64Array;
  /** Which levels are estimated, and whether any is. */
  readonly estimated: readonly boolean[];
  readonly moving: boolean;
  /** How far the furthest would move, in its logarithm. */
  readonly furthest: number;
  /** Sees what the last fits say of the differences. */
  look(states: readonly { readonly evidence: readonly LevelEvidence[] | null }[]): void;
  /** Takes what that proposed. */
  adopt(): void;
}

/** Looks for the spreads that are estimated, together over all members; a level of fewer than three differences keeps its own. */
export function searchSpreads(
  pooling: LogPooling,
  members: readonly { readonly hierarchy?: Hierarchy | undefined }[],
): Spreads {
  const searches = pooling.deviations.map((deviation, level) => {
    const count = members.reduce((sum, { hierarchy }) => sum + (hierarchy?.counts[level] ?? 0), 0);
    return pooling.estimated[level] && count >= fewest ? searchSpread(deviation) : null;
  });
  let furthest = 0;
  return {
    get deviations() {
      return Float64Array.from(pooling.deviations, (deviation, level) => searches[level]?.deviation ?? deviation);
    },
    estimated: searches.map((search) => search !== null),
    moving: searches.some((search) => search !== null),
    get furthest() {
      return furthest;
    },
    look(states) {
      furthest = 0;
      searches.forEach((search, level) => {
        if (!search) return;
        const sum = { count: 0, squares: 0, variances: 0 };
        for (const { evidence } of states) {
          if (!evidence) continue;
          sum.count += evidence[level].count;
          sum.squares += evidence[level].squares;
          sum.variances += evidence[level].variances;
        }
        if (sum.count === 0) return;
        furthest = Math.max(furthest, Math.abs(logOf(search.propose(sum) / search.deviation)));
      });
    },
    adopt() {
      for (const search of searches) search?.adopt();
    },
  };
}
