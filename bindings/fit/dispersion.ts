import type { Limits, Solution } from './climb.js';
import type { Pass } from './pass.js';
import { type Prior, priorWeight } from './prior.js';
import { chooseSolver, type SolverName, solvers } from './solvers.js';
import { mostExact } from './stores.js';

/** What is asked of the fit of a component. */
export interface FitRule {
  readonly family: 'quasiPoisson' | 'poisson';
  /** Null is plain maximum likelihood. Evidence is Infinity where bricks are not capped. */
  readonly pooling: { readonly spread: number; readonly evidence: number } | null;
  /** phi in the unit of the totals where it is known: there are no rounds then, and no figures that only they need. */
  readonly dispersion?: number | undefined;
  readonly solver: 'auto' | SolverName;
  readonly tolerance: number;
  readonly maxPasses: number;
}

/** A component to fit. */
export interface Member {
  readonly pass: Pass;
  /** What its totals were divided by: a power of two. */
  readonly totalScale: number;
  /** With pooling groups of its own: the pass over groups, and the group of each entity. */
  readonly groups: { readonly pass: Pass; readonly groupOf: Uint32Array } | null;
  /** With covariates: the rate of each entity, how many coefficients it took, and the sweeps. */
  readonly predicted?:
    | { readonly rates: Float64Array; readonly parameters: number; readonly passes: number }
    | undefined;
  readonly onSweep?: Limits['onSweep'];
}

export type DispersionWarning = 'dispersion-not-settled' | 'dispersion-not-estimable' | 'totals-follow-exposure';

/** The fit of one component. Figures are in the scale of its pass. */
export interface MemberFit {
  readonly solution: Solution;
  readonly prior: Prior;
  /** Common rate: total / exposure. */
  readonly rate: number;
  /** phi: what the variance of a total is to its mean. */
  readonly dispersion: number;
  /** Effective number of parameters, and how it was found. */
  readonly edf: number;
  readonly edfMethod: 'exact' | 'stochastic' | 'count';
  /** Curvature in each entity's own direction: sum of total * share^2. */
  readonly information: Float64Array;
  /** Null where nothing had to be solved: at spread 0 the rates are the answer. */
  readonly solver: SolverName | null;
  /** Sweeps, dispersion rounds and certificates included. */
  readonly passes: number;
}

const mostRounds = 12;
const settled = 1e-4; // relative change of the dispersion between rounds
const leastDispersion = 1e-6; // of the mean total
const leastRidge = 1e-9; // of the mean curvature: directions flatter than this drown in rounding and are not counted

/**
 * Fits components that share one dispersion: a large component by itself, or all the small ones. The dispersion starts
 * from the proportional fit; then fit and phi = Pearson / (bricks - edf) take turns until phi settles (docs/method.md,
 * "Dispersion and evidence"). Without pooling, or at spread 0, phi does not enter the fit and there is one round.
 */
export async function fitTogether(members: readonly Member[], rule: FitRule) {
  const warnings = new Set<DispersionWarning>();
  // dispersions below are in the unit of the largest totals; scales are at most 1 and powers of two
  const unit = members.reduce((most, { totalScale }) => Math.max(most, totalScale), 0);
  const states = members.map((member) => createState(member, member.totalScale / unit, rule));
  const sum = (of: (state: State) => number) => states.reduce((total, state) => total + of(state), 0);

  const bricks = sum(({ pass }) => pass.bricks);
  const meanTotal = sum(({ pass, scale }) => pass.total * scale) / bricks;
  const bounded = (dispersion: number) => {
    const least = leastDispersion * meanTotal;
    if (dispersion < least) warnings.add('totals-follow-exposure');
    return Math.max(dispersion, least);
  };

  if (rule.dispersion !== undefined) {
    const dispersion = rule.dispersion / unit;
    for (const state of states) {
      await state.poolRates(dispersion);
      await state.refit(dispersion, true);
    }
    return { fits: states.map((state) => state.result(dispersion)), warnings, dispersion: rule.dispersion };
  }
  for (const state of states) await state.startProportional(states.length === 1);
  // the common rate, or the coefficients, are known from the totals too
  const free = sum(({ pass, parameters }) => pass.bricks - Math.max(1, parameters));
  const counts = rule.family === 'poisson';
  const proportional = counts
    ? 1 / unit
    : free > 0
      ? bounded(sum(({ pearson, scale }) => pearson * scale) / free)
      : meanTotal;
  for (const state of states) await state.poolRates(proportional);

  let dispersion = proportional;
  const estimates = !counts && free > 0;
  const rounds = estimates && rule.pooling && rule.pooling.spread > 0 ? mostRounds : 1;
  for (let round = 1; ; round++) {
    for (const state of states) await state.refit(dispersion);
    if (!estimates || states.some(({ converged }) => !converged)) break;
    if (sum(({ edf }) => edf) > bricks / 2) {
      warnings.add('dispersion-not-estimable');
      if (dispersion !== proportional) for (const state of states) await state.refit(proportional);
      dispersion = proportional;
      break;
    }
    const next = bounded(sum(({ pearson, scale }) => pearson * scale) / (bricks - sum(({ edf }) => edf)));
    const change = Math.abs(next - dispersion) / dispersion;
    // the dispersion reported is the one the last fit used, so that gap, objective and trust belong together
    if (rounds > 1 && change < settled) break;
    if (round === rounds || states.some(({ exhausted }) => exhausted)) {
      if (rounds > 1) warnings.add('dispersion-not-settled');
      else dispersion = next;
      break;
    }
    dispersion = next;
  }
  return { fits: states.map((state) => state.result(dispersion)), warnings, dispersion: dispersion * unit };
}

type State = ReturnType<typeof createState>;

function createState(member: Member, scale: number, rule: FitRule) {
  const { pass, groups, onSweep, predicted } = member;
  const solverOf = (some: Pass) => (rule.solver === 'auto' ? chooseSolver(some) : rule.solver);
  const solver = solverOf(pass);
  const rate = pass.total / pass.exposure.reduce((sum, x) => sum + x, 0);
  let rates: Float64Array = predicted?.rates ?? new Float64Array(pass.entities).fill(rate);
  let start = rates;
  const parameters = predicted?.parameters ?? 0;
  const before = pass.passes + (groups?.pass.passes ?? 0) - (predicted?.passes ?? 0);
  const passes = () => pass.passes + (groups?.pass.passes ?? 0) - before;
  let solution: Solution | undefined;
  let weight = 0;
  let pearson = 0;
  let groupsConverged = true;
  let edf = 0;
  let edfMethod: MemberFit['edfMethod'] = 'exact';
  let information = new Float64Array(0);

  const weightAt = (dispersion: number) => {
    const { pooling } = rule;
    return pooling ? priorWeight(dispersion / scale, pass.bricks, pooling.evidence, pooling.spread) : 0;
  };
  const limits = (): Limits => {
    const used = passes();
    return {
      tolerance: rule.tolerance,
      maxPasses: Math.max(1, rule.maxPasses - used),
      onSweep: onSweep && ((sweep) => onSweep({ ...sweep, passes: sweep.passes + used })),
    };
  };

  return {
    pass,
    scale,
    parameters,
    get pearson() {
      return pearson;
    },
    get edf() {
      return edf + parameters;
    },
    get exhausted() {
      return passes() >= rule.maxPasses;
    },
    get converged() {
      return solution!.converged;
    },
    /** `alone`: no other component's sweeps come before this one's next. */
    async startProportional(alone: boolean) {
      // with what the first step needs where the fit begins here with one
      const pooled = rule.pooling !== null && rule.pooling.spread > 0;
      const curvature = {
        newton: pooled && (alone || pass.ownHessian) ? 'hessian' : null,
        lbfgs: 'squares',
        em: null,
      } as const;
      pearson = (await pass.sweep(rates, groups ? null : curvature[solver])).pearson;
    },
    /** One rate per group, pooled to the common rate by the same formula. */
    async poolRates(dispersion: number) {
      if (!groups || !rule.pooling || passes() >= rule.maxPasses) return;
      const common = new Float64Array(groups.pass.entities).fill(rate);
      const prior = { weight: weightAt(dispersion), rates: common };
      const found = await solve(solverOf(groups.pass), groups.pass, prior, common, limits());
      groupsConverged = found.converged;
      rates = Float64Array.from(groups.groupOf, (group) => found.productivity[group]);
      start = rates;
    },
    /** `bare`: the optimum alone, without what the dispersion needs of it. */
    async refit(dispersion: number, bare = false) {
      weight = weightAt(dispersion);
      const found = await solve(solver, pass, { weight, rates }, start, limits());
      solution = { ...found, converged: found.converged && groupsConverged };
      start = solution.productivity as Float64Array<ArrayBuffer>;
      pearson = solution.pearson;
      if (bare) return;
      const curvature = await pass.curvature(start);
      information = curvature.diagonal as Float64Array<ArrayBuffer>;
      const mean = information.reduce((sum, x) => sum + x, 0) / pass.entities;
      if (weight === Number.POSITIVE_INFINITY) edf = 0;
      else if (weight === 0 && Math.min(pass.entities, pass.bricks) > mostExact) {
        edf = Math.min(
          information.reduce((count, x) => count + (x > leastRidge * mean ? 1 : 0), 0),
          pass.bricks,
        );
        edfMethod = 'count';
      } else ({ edf, method: edfMethod } = await curvature.effectiveParameters(Math.max(weight, leastRidge * mean)));
    },
    result(dispersion: number): MemberFit {
      const prior = { weight, rates };
      const used = weight === Number.POSITIVE_INFINITY ? null : solver;
      const figures = {
        rate,
        dispersion: dispersion / scale,
        edf: edf + parameters,
        edfMethod,
        information,
        solver: used,
        passes: passes(),
      };
      return { solution: solution!, prior, ...figures };
    },
  };
}

/** The optimum under a prior. An infinitely heavy one is its rates themselves, known without looking. */
async function solve(
  solver: SolverName,
  pass: Pass,
  prior: Prior,
  start: Float64Array,
  limits: Limits,
): Promise<Solution> {
  if (prior.weight < Number.POSITIVE_INFINITY) return solvers[solver](pass, prior, start, limits);
  const before = pass.passes;
  const statistics = await pass.sweep(prior.rates);
  const fitted = prior.rates.reduce((sum, rate, h) => sum + rate * pass.exposure[h], 0);
  const logLikelihood = statistics.logFit - fitted;
  return {
    productivity: prior.rates,
    objective: logLikelihood,
    magnitude: Math.abs(statistics.logFit) + fitted,
    logLikelihood,
    pearson: statistics.pearson,
    gap: 0,
    passes: pass.passes - before,
    stopped: 'gap',
    converged: true,
  };
}
