import { type Curve, nextLook } from './curve.js';
import type { Panel } from './panel.js';

/**
 * One EM sweep as people would write it: one fused loop over typed arrays, handed over as arguments. Gives the
 * likelihood.
 */
export function plainSweep(
  segments: Uint32Array,
  column: Uint32Array,
  exposure: Float64Array,
  totals: Float64Array,
  productivity: Float64Array,
  credits: Float64Array,
): number {
  credits.fill(0);
  let likelihood = 0;
  for (let b = 0; b < totals.length; b++) {
    const start = segments[b];
    const end = segments[b + 1];
    let fit = 0;
    for (let j = start; j < end; j++) fit += exposure[j] * productivity[column[j]];
    const total = totals[b];
    if (total > 0) likelihood += total * Math.log(fit);
    const ratio = total / fit;
    for (let j = start; j < end; j++) credits[column[j]] += exposure[j] * ratio;
  }
  return likelihood;
}

/** Summed exposure of each entity. */
export function exposureOf({ column, exposure, entities }: Panel): Float64Array {
  const sums = new Float64Array(entities);
  for (let j = 0; j < exposure.length; j++) sums[column[j]] += exposure[j];
  return sums;
}

/**
 * Plain EM from the proportional split until the certified gap is reached or the time is up. Set-up and certificates
 * are not in the time. The certificate is the smaller of C1 and C2 (docs/method.md), looked at every iteration at
 * first, later 5% apart.
 */
export function plainEm(panel: Panel, gap: number, cap: number): Curve & { likelihood: number } {
  const { segments, column, exposure, totals, entities } = panel;
  const exposures = exposureOf(panel);
  const total = totals.reduce((sum, y) => sum + y, 0);
  const productivity = new Float64Array(entities).fill(total / exposures.reduce((sum, w) => sum + w, 0));
  const credits = new Float64Array(entities);
  const factors = new Float64Array(entities);
  const curve = { iterations: [] as number[], seconds: [] as number[], gaps: [] as number[] };
  let likelihood = 0;
  let seconds = 0;
  let look = 1;
  let from = performance.now();
  for (let iteration = 1; ; iteration++) {
    likelihood = plainSweep(segments, column, exposure, totals, productivity, credits);
    const looks = iteration >= look;
    if (looks) for (let h = 0; h < entities; h++) factors[h] = credits[h] / exposures[h];
    for (let h = 0; h < entities; h++) productivity[h] *= credits[h] / exposures[h];
    if (!looks) continue;
    seconds += (performance.now() - from) / 1000;
    const reached = certificate(panel, factors, total);
    curve.iterations.push(iteration);
    curve.seconds.push(seconds);
    curve.gaps.push(reached);
    if (reached <= gap || seconds >= cap) return { ...curve, likelihood };
    look = nextLook(iteration);
    from = performance.now();
  }
}

/** The smaller of C1 = ln of the largest factor and C2 = mean over totals of ln of the largest factor in the brick. */
function certificate({ segments, column, totals }: Panel, factors: Float64Array, total: number): number {
  let largest = 0;
  let local = 0;
  for (let b = 0; b < totals.length; b++) {
    let most = 0;
    for (let j = segments[b]; j < segments[b + 1]; j++) most = Math.max(most, factors[column[j]]);
    largest = Math.max(largest, most);
    if (totals[b] > 0) local += totals[b] * Math.log(most);
  }
  return Math.max(0, Math.min(Math.log(largest), local / total));
}
