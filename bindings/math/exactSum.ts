/**
 * Correctly rounded sums, so they do not depend on the order of adding. Every list keeps its sum as high + low, both
 * added without error (two-sum); what low itself lost is bounded. Nearly always that settles the rounding; where it does
 * not, the list is added once more as an expansion, which loses nothing.
 */
export function exactSum(values: ArrayLike<number>, start = 0, end = values.length): number {
  let high = 0;
  let low = 0;
  let lost = 0;
  for (let i = start; i < end; i++) {
    const x = values[i];
    const sum = high + x;
    const part = sum - high;
    const rest = high - (sum - part) + (x - part);
    high = sum;
    const lowSum = low + rest;
    const lowPart = lowSum - low;
    lost += Math.abs(low - (lowSum - lowPart) + (rest - lowPart));
    low = lowSum;
  }
  const rounded = settle(high, low, lost);
  if (rounded !== null) return rounded;
  const whole = createExactSum();
  for (let i = start; i < end; i++) whole.add(values[i]);
  return whole.value();
}

/** The same for many lists in one sweep: `values[i]` is added to the list `lists[i]`, below `count`. */
export function exactSums(values: Float64Array, lists: Uint32Array, count: number): Float64Array {
  const sums = new Float64Array(count);
  const lows = new Float64Array(count);
  const losses = new Float64Array(count);
  for (let i = 0; i < values.length; i++) {
    const k = lists[i];
    const x = values[i];
    const high = sums[k];
    const sum = high + x;
    const part = sum - high;
    const rest = high - (sum - part) + (x - part);
    sums[k] = sum;
    const low = lows[k];
    const lowSum = low + rest;
    const lowPart = lowSum - low;
    losses[k] += Math.abs(low - (lowSum - lowPart) + (rest - lowPart));
    lows[k] = lowSum;
  }
  const open = new Map<number, ReturnType<typeof createExactSum>>();
  for (let k = 0; k < count; k++) {
    const rounded = settle(sums[k], lows[k], losses[k]);
    if (rounded === null) open.set(k, createExactSum());
    else sums[k] = rounded;
  }
  if (open.size > 0) for (let i = 0; i < values.length; i++) open.get(lists[i])?.add(values[i]);
  for (const [k, whole] of open) sums[k] = whole.value();
  return sums;
}

/** high + low, rounded once, when nothing up to about `lost` beyond them can change it; else null. */
function settle(high: number, low: number, lost: number): number | null {
  const sum = high + low;
  if (lost === 0) return sum + 0; // -0 becomes 0
  const part = sum - high;
  const rest = high - (sum - part) + (low - part);
  // twice what was lost covers the rounding of `lost`; the last term, that of this very test at a tie
  const room = 2 * lost + Math.abs(rest) * 4.5e-16;
  return sum + (rest + room) === sum && sum + (rest - room) === sum ? sum : null;
}

/** Numbers added without any rounding: a few parts that do not overlap and sum exactly to everything added (Shewchuk). */
export interface ExactSum {
  add(x: number): void;
  /** The sum, rounded once. */
  value(): number;
  clear(): void;
}

export function createExactSum(): ExactSum {
  const parts: number[] = [];
  return {
    add(x) {
      let carried = x;
      let kept = 0;
      for (let i = 0; i < parts.length; i++) {
        let large = carried;
        let small = parts[i];
        if (Math.abs(large) < Math.abs(small)) {
          large = parts[i];
          small = carried;
        }
        const sum = large + small;
        const dropped = small - (sum - large);
        if (dropped !== 0) parts[kept++] = dropped;
        carried = sum;
      }
      parts[kept] = carried;
      parts.length = kept + 1;
    },
    value() {
      // from the largest down until a part no longer fits, then settle ties by the sign of what is left
      let i = parts.length - 1;
      if (i < 0) return 0;
      let sum = parts[i];
      let dropped = 0;
      while (i > 0) {
        const before = sum;
        const part = parts[--i];
        sum = before + part;
        dropped = part - (sum - before);
        if (dropped !== 0) break;
      }
      if (i > 0 && Math.sign(dropped) === Math.sign(parts[i - 1])) {
        const twice = dropped * 2;
        const nudged = sum + twice;
        if (twice === nudged - sum) sum = nudged;
      }
      return sum + 0; // -0 becomes 0
    },
    clear() {
      parts.length = 0;
    },
  };
}
