import { inRuns, type Steps } from '../base/steps.js';

/** Stable order of rows by a small whole number each, below `count`: positions of rows, smallest first. */
export function* orderBy(numbers: Uint32Array, count: number, rows?: Uint32Array): Steps<Uint32Array> {
  const starts = segmentsOf(numbers, count);
  const order = new Uint32Array(numbers.length);
  yield* inRuns(order.length, (from, to) => {
    for (let i = from; i < to; i++) {
      const r = rows ? rows[i] : i;
      order[starts[numbers[r]]++] = r;
    }
  });
  return order;
}

/** Where the run of each number starts once they are sorted: those of k are segments[k] .. segments[k+1]-1. */
export function segmentsOf(numbers: Uint32Array, count: number): Uint32Array {
  const segments = new Uint32Array(count + 1);
  for (let i = 0; i < numbers.length; i++) segments[numbers[i] + 1]++;
  for (let k = 0; k < count; k++) segments[k + 1] += segments[k];
  return segments;
}
