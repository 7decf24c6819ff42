/**
 * Adds numbers without rounding until asked (Shewchuk's expansions: a few non-overlapping parts that sum exactly to
 * everything added). `value()` is the correctly rounded sum, so it does not depend on the order of adding.
 */
export interface ExactSum {
  add(x: number): void;
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

/** The correctly rounded sum. */
export function exactSum(values: ArrayLike<number>): number {
  const sum = createExactSum();
  for (let i = 0; i < values.length; i++) sum.add(values[i]);
  return sum.value();
}
