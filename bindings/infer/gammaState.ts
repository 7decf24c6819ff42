import type { FitRule, GammaPooling, Member, MemberFit, State } from '../hierarchy/member.js';
import type { Pass } from '../pass/pass.js';
import type { Statistics } from '../pass/statistics.js';
import { mostExact } from '../pass/stores.js';
import { createClimb, type Limits, type Solution } from '../solve/climb.js';
import { curvatureAt } from '../solve/curvature.js';
import { type Prior, priorWeight } from '../solve/prior.js';
import { chooseSolver, type SolverName, solvers } from '../solve/solvers.js';

const leastRidge = 1e-9; // of the mean curvature: directions flatter than this drown in rounding and are not counted

/** The fit of a component under a gamma prior, or without one. `scale` is its totals' over those of the dispersion. */
export function createGammaState(member: Member, scale: number, rule: FitRule, pooling: GammaPooling | null): State {
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
  let known: Statistics | null = null; // of the sweep at `start`, where there was one
  let weight = 0;
  let pearson = 0;
  let groupsConverged = true;
  let edf = 0;
  let edfMethod: MemberFit['edfMethod'] = 'exact';
  let information = new Float64Array(0);

  const weightAt = (dispersion: number) => {
    return pooling ? priorWeight(dispersion / scale, pass.bricks, pooling.evidence, pooling.spread) : 0;
  };
  const left = () => rule.maxPasses - passes();
  const limits = (kept = 0): Limits => {
    const used = passes();
    return {
      tolerance: rule.tolerance,
      maxPasses: left() - kept,
      onSweep: onSweep && ((sweep) => onSweep({ ...sweep, passes: sweep.passes + used })),
    };
  };

  /** What the data decide at the point that was found. */
  const describe = async () => {
    const curvature = await curvatureAt(pass, start);
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
    async startProportional(alone: boolean) {
      // with what the first step needs where the fit begins here with one
      const pooled = pooling !== null && pooling.spread > 0;
      const curvature = {
        newton: pooled && (alone || pass.keepsHessian) ? 'hessian' : null,
        lbfgs: 'diagonal',
        em: null,
      } as const;
      // what was swept for the coefficients is not swept again where no sweep would be left
      known = await pass.sweep(rates, { curvature: groups || left() <= 1 ? null : curvature[solver] });
      pearson = known.pearson;
    },
    async poolRates(dispersion: number) {
      if (!groups || !pooling) return;
      // one sweep is for the point that the groups' rates are
      if (left() <= 1) {
        groupsConverged = false;
        return;
      }
      const common = new Float64Array(groups.pass.entities).fill(rate);
      const prior = { weight: weightAt(dispersion), rates: common };
      const found = await solve(solverOf(groups.pass), groups.pass, prior, common, limits(1), null);
      groupsConverged = found.converged;
      rates = Float64Array.from(groups.groupOf, (group) => found.productivity[group]);
      start = rates;
      known = null;
    },
    async refit(dispersion, bare = false) {
      weight = weightAt(dispersion);
      const found = await solve(solver, pass, { weight, rates }, start, limits(), known);
      solution = { ...found, converged: found.converged && groupsConverged };
      start = solution.productivity as Float64Array<ArrayBuffer>;
      known = solution.statistics;
      pearson = solution.pearson;
      if (bare) return;
      await pass.aside(describe);
    },
    evidence: null,
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
  known: Statistics | null,
): Promise<Solution> {
  if (prior.weight < Number.POSITIVE_INFINITY) {
    if (limits.maxPasses > 0 || !known) return solvers[solver](pass, prior, start, limits);
    // no sweep is left: what was found before, under this prior
    const climb = createClimb(pass, prior, limits);
    return climb.solution(climb.known(start, known));
  }
  const before = pass.passes;
  const statistics = limits.maxPasses > 0 || !known ? await pass.sweep(prior.rates) : known;
  const fitted = prior.rates.reduce((sum, rate, h) => sum + rate * pass.exposure[h], 0);
  const logLikelihood = statistics.logFit - fitted;
  return {
    productivity: prior.rates,
    objective: logLikelihood,
    magnitude: Math.abs(statistics.logFit) + fitted,
    logLikelihood,
    pearson: statistics.pearson,
    statistics,
    gap: 0,
    passes: pass.passes - before,
    stopped: 'gap',
    converged: true,
  };
}
