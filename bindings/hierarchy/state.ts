import { logOf } from '../math/log.js';
import type { Limits, Solution } from '../solve/climb.js';
import { chooseSolver } from '../solve/solvers.js';
import { ascend } from './ascend.js';
import { differences, squaresByLevel, sumToZero } from './differences.js';
import { directions } from './directions.js';
import { evaluateLog, evaluationOf, type LogEvaluation, type LogProblem } from './evaluation.js';
import { unknownsOf } from './hierarchy.js';
import type { FitRule, Member, MemberFit, State } from './member.js';
import { multiStart } from './multiStart.js';
import type { LogPooling } from './pooling.js';
import { isTop, posteriorSummary } from './posteriorSummary.js';
import type { LevelEvidence, Spreads } from './spreads.js';

/** The fit of a component under a normal prior on ln productivity. `scale` is its totals' over those of the dispersion. */
export function createLogState(
  member: Member,
  scale: number,
  rule: FitRule,
  pooling: LogPooling,
  spreads: Spreads,
): State {
  const { pass, onSweep } = member;
  const hierarchy = member.hierarchy!;
  const unknownCount = unknownsOf(hierarchy);
  const { bricks, exposures, pairs } = pass;
  const solver = rule.solver === 'auto' ? chooseSolver({ entities: unknownCount, exposures, pairs }) : rule.solver;
  const rate = pass.total / pass.exposure.reduce((sum, x) => sum + x, 0);
  const before = pass.passes;
  const used = () => pass.passes - before;
  const left = () => rule.maxPasses - used();
  let known: Pick<LogEvaluation, 'productivity' | 'statistics'> | null = null; // of the sweep at the unknowns
  const common = new Float64Array(unknownCount).fill(logOf(rate));
  if (hierarchy.kind === 'crossed') common.fill(0, hierarchy.entities, unknownCount - 1);
  let unknowns: Float64Array = common;
  let psi = 0;
  let { deviations } = spreads;
  let solution: Solution | undefined;
  let pearson = 0;
  let edf = 0;
  let edfMethod: MemberFit['edfMethod'] = 'exact';
  let information: Float64Array = new Float64Array(0);
  let evidence: LevelEvidence[] | null = null;
  let starts = 1;
  let agreeing = 1;

  const weightsNow = () => deviations.map((deviation) => psi / (deviation * deviation));
  const limits = (): Limits => {
    const earlier = used();
    return {
      tolerance: rule.tolerance,
      maxPasses: left(),
      onSweep: onSweep && ((sweep) => onSweep({ ...sweep, passes: sweep.passes + earlier })),
    };
  };
  /** Where no sweep is left: what was found before, under this prior. */
  const stay = (problem: LogProblem, at: Float64Array): LogEvaluation | null =>
    left() <= 0 && known ? evaluationOf(problem, at, known.productivity, known.statistics) : null;
  const solutionAt = (spot: LogEvaluation, converged: boolean, passes: number): Solution => ({
    productivity: spot.productivity,
    objective: spot.objective,
    magnitude: spot.magnitude,
    logLikelihood: spot.logLikelihood,
    pearson: spot.statistics.pearson,
    statistics: spot.statistics,
    // a local optimum: nothing is proven of others
    gap: Number.POSITIVE_INFINITY,
    passes,
    converged,
    stopped: converged ? 'gap' : used() >= rule.maxPasses ? 'passes' : 'rounding',
  });

  return {
    pass,
    scale,
    parameters: 0,
    get pearson() {
      return pearson;
    },
    get edf() {
      return edf;
    },
    get exhausted() {
      return used() >= rule.maxPasses;
    },
    get converged() {
      return solution!.converged;
    },
    async startProportional() {
      const productivity = new Float64Array(pass.entities).fill(rate);
      known = { productivity, statistics: await pass.sweep(productivity) };
      pearson = known.statistics.pearson;
    },
    // groups are part of the fit
    async poolRates() {},
    async refit(dispersion, bare = false) {
      psi = (dispersion / scale) * (1 + bricks / pooling.evidence);
      deviations = spreads.deviations;
      if (psi === Number.POSITIVE_INFINITY) {
        // a dispersion shared with totals beyond what this one's unit can say: nothing moves from the common rate
        const problem = { pass, hierarchy, precisions: new Float64Array(hierarchy.levels) };
        const spot = stay(problem, common) ?? (await evaluateLog(problem, common, null));
        pearson = spot.statistics.pearson;
        solution = solutionAt(spot, true, 1);
        unknowns = common;
        information = new Float64Array(pass.entities);
        edf = 1;
        evidence = null;
        return;
      }
      const problem = { pass, hierarchy, precisions: weightsNow() };
      const climb = (start: Float64Array, within: Limits) =>
        ascend(problem, start, within, directions[solver](problem));
      // later rounds follow the optimum that the first found
      const same = stay(problem, unknowns);
      const best = same
        ? { found: { spot: same, converged: false, passes: 0 }, starts, agreeing }
        : solution === undefined
          ? await multiStart(problem, unknowns, climb, ({ spot }) => isTop(problem, spot), solver, limits)
          : { found: await climb(unknowns, limits()), starts, agreeing };
      ({ starts, agreeing } = best);
      const { spot, converged, passes } = best.found;
      unknowns = sumToZero(hierarchy, problem.precisions, spot.unknowns);
      pearson = spot.statistics.pearson;
      solution = solutionAt(spot, converged, passes);
      known = spot;
      if (bare) return;
      const wanted = spreads.moving ? spreads.estimated : null;
      const decided = await pass.aside(() => posteriorSummary(problem, spot, wanted));
      ({ information, edf, method: edfMethod } = decided);
      const squares = squaresByLevel(hierarchy, differences(hierarchy, unknowns));
      const { variances } = decided;
      evidence =
        variances &&
        hierarchy.counts.map((count, level) => ({ count, squares: squares[level], variances: psi * variances[level] }));
    },
    get evidence() {
      return evidence;
    },
    result(dispersion): MemberFit {
      const weight = psi / (deviations[0] * deviations[0]);
      return {
        solution: solution!,
        prior: { weight, rates: new Float64Array(pass.entities).fill(rate) },
        rate,
        dispersion: dispersion / scale,
        edf,
        edfMethod,
        information,
        solver,
        passes: used(),
        log: { hierarchy, unknowns, deviations, estimated: spreads.estimated, psi, starts, agreeing },
      };
    },
  };
}
