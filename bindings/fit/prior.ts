/**
 * The gamma prior of a component in the form solvers use: entity h brings `weight` of its own total at its group's
 * rate, so one M step is (credited + weight) / (exposure + weight / rate). docs/method.md, "Pooling".
 */
export interface Prior {
  /** psi * a, in the unit of the totals: 0 without pooling, Infinity at spread 0. */
  readonly weight: number;
  /** Rate of each entity's group, > 0. */
  readonly rates: Float64Array;
}

/** The weight psi a = phi (1 + B / N) / spread^2. `evidence` is Infinity where bricks are not capped. */
export function priorWeight(dispersion: number, bricks: number, evidence: number, spread: number): number {
  const psi = dispersion * (1 + bricks / evidence);
  const square = spread * spread;
  // a spread without bounds weighs nothing, whatever the dispersion
  return square === Number.POSITIVE_INFINITY ? 0 : psi / square;
}
