import type { Pace } from '../base/pace.js';
import { type Steps, walk } from '../base/steps.js';
import { addSums, noSums, type Sums } from './statistics.js';
import type { Want } from './want.js';

/** Some bricks, whole, and what one sweep over them adds up. It knows no solver and makes no promises. */
export interface Shard {
  /**
   * Sums at given productivities; at none (null) the bound alone. A caller may pause at every yield, or leave for good. What is
   * handed over must not change afterwards.
   */
  sweep(at: Float64Array | null, want: Want): Steps<Sums>;
}

/** Whoever holds shards: in memory, in workers, on disk. Their sums are added in their order, so the bits do not depend on who ran them. */
export type Runner = (at: Float64Array | null, want: Want) => Promise<Sums>;

/** Runs shards one after the other where they are. Throws the signal's reason at the next chance once that is aborted. */
export function inMemory(shards: readonly Shard[], entities: number, pace: Pace): Runner {
  return async (at, want) => {
    let all: Sums | null = null;
    for (const shard of shards) {
      const sums = await walk(pace, shard.sweep(at, want));
      if (all) addSums(all, sums);
      else all = sums;
    }
    return all ?? noSums(entities);
  };
}
