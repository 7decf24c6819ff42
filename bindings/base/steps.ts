import type { Pace } from './pace.js';

/**
 * Work cut into steps: a generator that yields wherever its caller may pause or leave for good, and returns what it made. Where it is
 * cut changes no number.
 */
export type Steps<T> = Generator<void, T, void>;

/** Items between two steps: some milliseconds of simple work. */
export const runLength = 16384;

/** Consecutive runs of `count` items, `[from, to)` each, with a step before each. `yield*` gives them to a loop: see `inRuns`. */
export function* inRuns(count: number, work: (from: number, to: number) => void, items = runLength): Steps<void> {
  for (let from = 0; from < count; from += items) {
    yield;
    work(from, Math.min(from + items, count));
  }
}

/** All steps at once. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** Steps with a chance to pause before each. @throws the signal's reason once it is aborted; what they opened is closed then */
export async function walk<T>(pace: Pace, steps: Steps<T>): Promise<T> {
  try {
    for (;;) {
      await pace.pause();
      const { done, value } = steps.next();
      if (done) return value;
    }
  } finally {
    steps.return(undefined as T);
  }
}

/**
 * When to make a step in a loop over lists that lie one after the other, `segments` apart: true once a run of items has gone by since it
 * last was, wherever the loop jumps.
 */
export function pausesIn(segments: ArrayLike<number>): (list: number) => boolean {
  let items = 0;
  return (list) => {
    items += segments[list + 1] - segments[list] + 1;
    if (items < runLength) return false;
    items = 0;
    return true;
  };
}
