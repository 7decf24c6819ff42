import { logOf } from '../kernels/js/log.js';
import { globalBound, localBound, logDivergence, type Step } from './certificate.js';
import type { Pass, Statistics } from './pass.js';
import type { Prior } from './prior.js';

/** Where a solver may stop. */
export interface Limits {
  /** Certified gap per unit of total. */
  readonly tolerance: number;
  /** Sweeps this call may make. */
  readonly maxPasses: number;
  /** Told after every sweep. */
  readonly onSweep?: ((sweep: Sweep) => void) | undefined;
}

/** One evaluated point. */
export interface Sweep {
  readonly passes: number;
  readonly gap: number;
  readonly objective: number;
}

/** The best point found, and what is known of it. Figures are in the scale of the pass. */
export interface Solution {
  readonly productivity: Float64Array;
  /** Log-likelihood plus the prior's terms. */
  readonly objective: number;
  /** Sum of the absolute values of the objective's terms: the yardstick of its rounding. */
  readonly magnitude: number;
  readonly logLikelihood: number;
  readonly pearson: number;
  /** Proven bound on (best objective - objective) / total. */
  readonly gap: number;
  readonly passes: number;
  readonly converged: boolean;
}

/**
 * Expectation-maximisation: every sweep is one E step, and the M step is
 *   productivity <- (productivity * credits + weight) / (exposure + weight / rate)
 * It never lowers the objective, so the point returned is the best seen. It stops on the certified gap alone.
 */
export async function em(pass: Pass, prior: Prior, start: Float64Array, limits: Limits): Promise<Solution> {
  const mass = pass.total + prior.weight * pass.entities; // total of bricks and of what the prior brings
  let productivity = start;
  let passes = 0;
  let nextLook = 8; // sweep at which to look at the local bound: rarely enough not to count
  while (true) {
    const statistics = await pass.sweep(productivity);
    passes++;
    const step = maximise(pass, prior, productivity, statistics, mass);
    // where a brick with a total is given nothing the objective is -Infinity, and nothing is certain
    const possible = statistics.logFit > Number.NEGATIVE_INFINITY;
    let bound = possible ? Math.min(globalBound(step, mass), step.closedGap) : Number.POSITIVE_INFINITY;
    const unproven = possible && bound > limits.tolerance * pass.total && step.closedGap === Number.POSITIVE_INFINITY;
    if (unproven && passes >= nextLook && passes < limits.maxPasses) {
      bound = Math.min(bound, await localBound(pass, step, prior.weight));
      passes++;
      nextLook = passes + Math.max(8, Math.floor(passes / 8));
    }
    const gap = pass.total > 0 ? bound / pass.total : 0;
    const { objective, magnitude, logLikelihood } = objectiveOf(pass, prior, productivity, statistics);
    limits.onSweep?.({ passes, gap, objective });
    const converged = gap <= limits.tolerance;
    if (converged || passes >= limits.maxPasses) {
      const { pearson } = statistics;
      return { productivity, objective, magnitude, logLikelihood, pearson, gap, passes, converged };
    }
    productivity = step.next;
  }
}

function maximise(
  pass: Pass,
  { weight, rates }: Prior,
  productivity: Float64Array,
  { credits }: Statistics,
  mass: number,
): Step {
  const next = new Float64Array(productivity.length);
  const factors = new Float64Array(productivity.length);
  let expected = 0;
  let largest = 0;
  let closedGap = weight > 0 ? 0 : Number.POSITIVE_INFINITY;
  for (let h = 0; h < next.length; h++) {
    const denominator = weight > 0 ? pass.exposure[h] + weight / rates[h] : pass.exposure[h];
    if (!(denominator > 0)) {
      next[h] = productivity[h]; // no exposure and no prior: nothing to learn
      continue;
    }
    const credited = productivity[h] * credits[h] + weight;
    next[h] = credited / denominator;
    // from the credit per unit, so that an entity at zero is judged too
    factors[h] = weight > 0 ? next[h] / productivity[h] : credits[h] / denominator;
    if (factors[h] > largest) largest = factors[h];
    const held = productivity[h] * denominator;
    expected += held;
    if (weight > 0) closedGap += weight * logDivergence((held - credited) / weight);
  }
  return { next, factors, excess: expected - mass, largest, closedGap };
}

/** ln-likelihood (terms in the totals alone dropped) and the objective: that plus weight * sum (ln p - p / rate). */
function objectiveOf(pass: Pass, { weight, rates }: Prior, productivity: Float64Array, { logFit }: Statistics) {
  let fitted = 0;
  let logs = 0;
  let ratios = 0;
  let product = 1; // logarithms of many productivities at once
  for (let h = 0; h < productivity.length; h++) {
    fitted += productivity[h] * pass.exposure[h];
    if (weight === 0) continue;
    ratios += productivity[h] / rates[h];
    if (!(productivity[h] > 1e-100 && productivity[h] < 1e100)) logs += logOf(productivity[h]);
    else product *= productivity[h];
    if (product < 1e-100 || product > 1e100) {
      logs += logOf(product);
      product = 1;
    }
  }
  logs += logOf(product);
  const logLikelihood = logFit - fitted;
  const objective = weight === 0 ? logLikelihood : logLikelihood + weight * (logs - ratios);
  const magnitude = Math.abs(logFit) + fitted + weight * (Math.abs(logs) + ratios);
  return { objective, magnitude, logLikelihood };
}
