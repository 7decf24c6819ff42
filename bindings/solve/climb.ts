import { logOf } from '../math/log.js';
import type { Pass } from '../pass/pass.js';
import type { Statistics } from '../pass/statistics.js';
import type { Kind } from '../pass/want.js';
import { globalBound, localBound, localGap, logDivergence, type Step } from './certificate.js';
import type { Prior } from './prior.js';

/** Of the sum of the absolute values of the objective's terms: differences below it are rounding. */
export const rounding = 1e-14;
const nearby = 10; // times the tolerance: from here on C2 may prove what C1 cannot

/** Where a solver may stop. */
export interface Limits {
  /** Certified gap per unit of total. */
  readonly tolerance: number;
  /** Sweeps this call may make. */
  readonly maxPasses: number;
  /** Told after every sweep. */
  readonly onSweep?: ((sweep: Sweep) => void) | undefined;
}

/** How far a solver is: the best point so far, and the smallest gap proven. */
export interface Sweep {
  readonly passes: number;
  readonly gap: number;
  readonly objective: number;
  readonly productivity: Float64Array;
}

/** Finds the optimum of a component's objective: log-likelihood plus the prior's terms. */
export type Solver = (pass: Pass, prior: Prior, start: Float64Array, limits: Limits) => Promise<Solution>;

/** The best point found, and what is known of it. Figures are in the scale of the pass. */
export interface Solution {
  readonly productivity: Float64Array;
  /** Log-likelihood plus the prior's terms. */
  readonly objective: number;
  /** Sum of the absolute values of the objective's terms: the yardstick of its rounding. */
  readonly magnitude: number;
  readonly logLikelihood: number;
  readonly pearson: number;
  /** What the sweep there told: enough to judge the point under another prior. */
  readonly statistics: Statistics;
  /** Proven bound on (best objective - objective) / total. */
  readonly gap: number;
  readonly passes: number;
  readonly converged: boolean;
  /** What ended the climb: the gap, the number of sweeps, or that rounding was all that was left. */
  readonly stopped: 'gap' | 'passes' | 'rounding';
}

/** All that one sweep tells of a point under a prior. */
export interface Point extends Statistics {
  readonly productivity: Float64Array;
  readonly step: Step;
  /** Derivative of the objective in each productivity. */
  readonly gradient: Float64Array;
  readonly objective: number;
  readonly magnitude: number;
  readonly logLikelihood: number;
  readonly gap: number;
}

/** What every solver does: evaluate points, prove how good they are, know when to stop. */
export interface Climb {
  at(productivity: Float64Array, curvature?: Kind): Promise<Point>;
  /** A point whose sweep was made before. */
  known(productivity: Float64Array, statistics: Statistics): Point;
  /** The same, and in the same sweep C2 of an earlier point where that may prove it: that point, its gap with it. */
  next(productivity: Float64Array, curvature: Kind, earlier: Point): Promise<[point: Point, earlier: Point]>;
  /** The point with C2 looked at, for one more sweep; the point itself where that cannot help. */
  proven(point: Point): Promise<Point>;
  readonly passes: number;
  /** Whether the point is near enough, or the sweeps are used up. */
  ends(point: Point): boolean;
  solution(point: Point): Solution;
}

export function createClimb(pass: Pass, prior: Prior, limits: Limits): Climb {
  const before = pass.passes;
  const mass = pass.total + prior.weight * pass.entities; // total of bricks and of what the prior brings
  const used = () => pass.passes - before;
  // what was proven of a point holds for all that are no lower
  let proof = { gap: Number.POSITIVE_INFINITY, objective: Number.NEGATIVE_INFINITY };
  const withProof = (point: Point): Point => {
    const gap = point.objective >= proof.objective ? Math.min(point.gap, proof.gap) : point.gap;
    if (point.gap < proof.gap) proof = point;
    return gap < point.gap ? { ...point, gap } : point;
  };
  // what is told is the best point so far: trials that failed are no progress
  let best: Point | null = null;
  const tell = (point: Point) => {
    if (!best || point.objective >= best.objective - rounding * point.magnitude) best = point;
    best = withProof(best);
    const { gap, objective, productivity } = best;
    limits.onSweep?.({ passes: used(), gap, objective, productivity });
  };
  const judge = (productivity: Float64Array, statistics: Statistics): Point => {
    const { step, gradient } = maximise(pass, prior, productivity, statistics, mass);
    // where a brick with a total is given nothing the objective is -Infinity, and nothing is certain
    const possible = statistics.logFit > Number.NEGATIVE_INFINITY;
    const bound = possible ? Math.min(globalBound(step, mass), step.closedGap) : Number.POSITIVE_INFINITY;
    const gap = pass.total > 0 ? bound / pass.total : 0;
    const figures = objectiveOf(pass, prior, productivity, statistics);
    const point = withProof({ ...statistics, productivity, step, gradient, gap, ...figures });
    tell(point);
    return point;
  };
  const provable = ({ logFit, step }: Point) =>
    logFit > Number.NEGATIVE_INFINITY && step.closedGap === Number.POSITIVE_INFINITY;
  const withBound = (point: Point, bound: number) =>
    withProof({ ...point, gap: Math.min(point.gap, bound / pass.total) });

  return {
    known: judge,
    at: async (productivity, curvature) => judge(productivity, await pass.sweep(productivity, { curvature })),
    async next(productivity, curvature, earlier) {
      const near = earlier.gap <= nearby * limits.tolerance && provable(earlier);
      const statistics = await pass.sweep(productivity, { curvature, factors: near ? earlier.step.factors : null });
      const { bound } = statistics;
      const proved =
        bound === null || !near ? earlier : withBound(earlier, localGap(bound, earlier.step, prior.weight));
      if (proved.gap < earlier.gap) tell(proved);
      return [judge(productivity, statistics), proved];
    },
    async proven(point) {
      if (!provable(point) || point.gap <= limits.tolerance || used() >= limits.maxPasses) return point;
      const better = withBound(point, await localBound(pass, point.step, prior.weight));
      tell(better);
      return better;
    },
    get passes() {
      return used();
    },
    ends: ({ gap }) => gap <= limits.tolerance || used() >= limits.maxPasses,
    solution({ productivity, objective, magnitude, logLikelihood, pearson, gap, credits, logFit }) {
      const converged = gap <= limits.tolerance;
      const stopped = converged ? 'gap' : used() >= limits.maxPasses ? 'passes' : 'rounding';
      const statistics = { credits, logFit, pearson, diagonal: null, hessian: null, bound: null, projected: null };
      const figures = { objective, magnitude, logLikelihood, pearson, gap };
      return { stopped, productivity, ...figures, statistics, passes: used(), converged };
    },
  };
}

/** Counts steps that bring nothing but rounding: says whether there were `most` of them in a row. */
export function createPatience({ gap, objective }: Point, most: number): (point: Point) => boolean {
  let smallest = gap;
  let highest = objective;
  let stalls = 0;
  return (point) => {
    const better = point.gap < smallest || point.objective > highest + rounding * point.magnitude;
    smallest = Math.min(smallest, point.gap);
    highest = Math.max(highest, point.objective);
    stalls = better ? 0 : stalls + 1;
    return stalls >= most;
  };
}

/** The M step from a point, what the certificate needs of it, and the gradient. */
function maximise(
  pass: Pass,
  { weight, rates }: Prior,
  productivity: Float64Array,
  { credits }: Statistics,
  mass: number,
): { step: Step; gradient: Float64Array } {
  const next = new Float64Array(productivity.length);
  const factors = new Float64Array(productivity.length);
  const gradient = new Float64Array(productivity.length);
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
    gradient[h] = credits[h] - denominator + (weight > 0 ? weight / productivity[h] : 0);
    if (factors[h] > largest) largest = factors[h];
    const held = productivity[h] * denominator;
    expected += held;
    if (weight > 0) closedGap += weight * logDivergence((held - credited) / weight);
  }
  return { step: { next, factors, excess: expected - mass, largest, closedGap }, gradient };
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
