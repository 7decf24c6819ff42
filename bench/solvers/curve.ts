/** What an EM run left behind: at some iterations, the time so far and the certified gap. */
export interface Curve {
  readonly iterations: readonly number[];
  readonly seconds: readonly number[];
  readonly gaps: readonly number[];
}

/** When a gap is reached, and how that is known. */
export interface Reached {
  readonly iterations: number;
  readonly seconds: number;
  /**
   * `measured`: the run got there. `counted`: it was cut off, but another got there, and plain EM makes the same
   * iterations in every language; at this run's own time per iteration. `continued`: nobody got there; a lower bound by
   * the furthest's curve.
   */
  readonly how: 'measured' | 'counted' | 'continued';
}

/** The iteration at which a long run next looks at the gap: each one at first, then 5% apart. */
export const nextLook = (iteration: number): number => iteration + Math.max(1, Math.floor(iteration / 20));

/** The best gap so far at each look: EM never gets worse, so a bound once proven stays one. */
export function bestGaps({ gaps }: Curve): number[] {
  let best = Number.POSITIVE_INFINITY;
  return gaps.map((gap) => {
    best = Math.min(best, gap);
    return best;
  });
}

/**
 * When a run itself reaches `gap`: between two looks on the straight line in logarithms. Null where it was cut off
 * before.
 */
export function crossing(curve: Curve, gap: number): { iterations: number; seconds: number } | null {
  const { iterations, seconds } = curve;
  const gaps = bestGaps(curve);
  const i = gaps.findIndex((g) => g <= gap);
  if (i < 0) return null;
  // a gap of exactly 0 has no logarithm: take the look as it is
  const part = i > 0 && gaps[i] > 0 ? Math.log(gaps[i - 1] / gap) / Math.log(gaps[i - 1] / gaps[i]) : 1;
  const between = (from: number, to: number) => from * (to / from) ** part;
  if (i === 0 || part === 1) return { iterations: iterations[i], seconds: seconds[i] };
  return {
    iterations: Math.round(between(iterations[i - 1], iterations[i])),
    seconds: between(seconds[i - 1], seconds[i]),
  };
}

/**
 * The iterations a run that was cut off would need at least: the last half of its ln gap against iterations, as a
 * straight line, continued from where the run stopped. EM only slows down (its gap is a sum of decays, the quick ones
 * go first), so the line is reached too early, in the run's favour. Null where the curve does not fall.
 */
export function continued(curve: Curve, gap: number): number | null {
  const { iterations } = curve;
  const gaps = bestGaps(curve);
  const last = iterations.length - 1;
  const kept = iterations.map((_, k) => k).filter((k) => iterations[k] >= iterations[last] / 2);
  const mean = (of: (k: number) => number) => kept.reduce((sum, k) => sum + of(k), 0) / kept.length;
  const x = mean((k) => iterations[k]);
  const y = mean((k) => Math.log(gaps[k]));
  const square = mean((k) => (iterations[k] - x) ** 2);
  const slope = mean((k) => (iterations[k] - x) * (Math.log(gaps[k]) - y)) / square;
  return gaps[last] < gaps[kept[0]] ? iterations[last] + Math.log(gap / gaps[last]) / slope : null;
}

/** When each of several runs of plain EM on one problem reaches `gap`. Null where no curve says. */
export function timesTo(curves: readonly Curve[], gap: number): (Reached | null)[] {
  const own = curves.map((curve) => crossing(curve, gap));
  const lengthOf = ({ iterations }: Curve) => iterations[iterations.length - 1];
  const furthest = curves.reduce<Curve | null>((most, c) => (most && lengthOf(most) >= lengthOf(c) ? most : c), null);
  const counted = own.find((reached) => reached !== null)?.iterations;
  const iterations = counted ?? (furthest && continued(furthest, gap));
  return curves.map((curve, i) => {
    const reached = own[i];
    if (reached) return { ...reached, how: 'measured' };
    if (iterations === null) return null;
    const perIteration = curve.seconds[curve.seconds.length - 1] / lengthOf(curve);
    const how = counted === undefined ? 'continued' : 'counted';
    return { iterations, seconds: iterations * perIteration, how };
  });
}
