import type { FullScale } from '../config/fill.js';

/** Measures the values of what saturates, over periods and perhaps places, for its scale. */
export interface Meter {
  /** Takes in values[start], values[start + stride], .. ; of these, where `brickAt` says, only those with a brick. */
  add(values: Float64Array, start: number, stride: number, brickAt?: Int32Array): void;
  /** The scale; 0 where nothing but zeros came. */
  value(): number;
}

/**
 * `max`: the largest value; `mean`: over all periods, zeros too; `median`: of the values above 0; `between`: share of the way
 * from the smallest value to the largest.
 */
export function openMeter({ kind, share }: Pick<FullScale, 'kind' | 'share'>): Meter {
  if (kind === 'max' || kind === 'between') {
    let largest = 0;
    let smallest = Number.POSITIVE_INFINITY;
    return {
      add(values, start, stride, brickAt) {
        for (let i = start, t = 0; i < values.length; i += stride, t++) {
          if (brickAt && brickAt[t] < 0) continue;
          if (values[i] > largest) largest = values[i];
          if (values[i] < smallest) smallest = values[i];
        }
      },
      value: () => (share === 1 || largest === 0 ? largest : share * largest + (1 - share) * smallest),
    };
  }
  if (kind === 'mean') {
    let sum = 0;
    let lowered = 0; // the sum times 2^-40, for where the sum itself is past every double
    let count = 0;
    return {
      add(values, start, stride, brickAt) {
        for (let i = start, t = 0; i < values.length; i += stride, t++) {
          if (brickAt && brickAt[t] < 0) continue;
          count++;
          sum += values[i];
          lowered += values[i] * 9.094947017729282e-13;
        }
      },
      value: () => (count === 0 ? 0 : sum < Number.POSITIVE_INFINITY ? sum / count : (lowered / count) * 1099511627776),
    };
  }
  const above: number[] = [];
  return {
    add(values, start, stride, brickAt) {
      for (let i = start, t = 0; i < values.length; i += stride, t++) {
        if (values[i] > 0 && !(brickAt && brickAt[t] < 0)) above.push(values[i]);
      }
    },
    value() {
      const sorted = Float64Array.from(above).sort();
      const { length } = sorted;
      if (length === 0) return 0;
      // halves first: their sum is no double where the values are huge
      return length % 2 ? sorted[(length - 1) / 2] : sorted[length / 2 - 1] / 2 + sorted[length / 2] / 2;
    },
  };
}
