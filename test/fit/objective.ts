import type { SegmentData } from '../../bindings/pass/inMemory.js';
import type { Prior } from '../../bindings/solve/prior.js';

/**
 * The objective sum_b y ln u - u + weight * sum_h (ln p - p / rate), straight from its definition with Math.log and
 * compensated sums; `size` is the sum of the terms' absolute values. -Infinity where a brick with a total gets nothing.
 */
export function objectiveAt(data: SegmentData, { weight, rates }: Prior, productivity: ArrayLike<number>) {
  let sum = 0;
  let lost = 0;
  let size = 0;
  const add = (x: number) => {
    const next = sum + x;
    lost += Math.abs(sum) >= Math.abs(x) ? sum - next + x : x - next + sum;
    sum = next;
    size += Math.abs(x);
  };
  data.totals.forEach((total, b) => {
    let fitted = 0;
    for (let j = data.segments[b]; j < data.segments[b + 1]; j++) {
      fitted += data.exposure[j] * productivity[data.column[j]];
    }
    if (total > 0) add(total * Math.log(fitted));
    add(-fitted);
  });
  if (weight > 0) {
    for (let h = 0; h < rates.length; h++) {
      add(weight * Math.log(productivity[h]));
      add((-weight * productivity[h]) / rates[h]);
    }
  }
  return { value: Number.isFinite(sum) ? sum + lost : sum, size };
}
