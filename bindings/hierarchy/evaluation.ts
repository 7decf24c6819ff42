import { expOf } from '../math/exp.js';
import type { Pass } from '../pass/pass.js';
import type { Statistics } from '../pass/statistics.js';
import type { Kind } from '../pass/want.js';
import type { Height } from '../solve/searchUp.js';
import { differences, forEachParent, type Precisions, penaltyOf } from './differences.js';
import { type Hierarchy, levelAt } from './hierarchy.js';

/** What is maximised: the log-likelihood of the totals less the sum of weight * difference^2 / 2 over the hierarchy. */
export interface LogProblem {
  readonly pass: Pass;
  readonly hierarchy: Hierarchy;
  /** psi over the variance of each level, in the unit of the totals; 0 where a level is free. */
  readonly precisions: Precisions;
}

/** All that one sweep tells of unknowns: ln productivity of the entities, the groups, the root. */
export interface LogEvaluation extends Height {
  readonly unknowns: Float64Array;
  readonly productivity: Float64Array;
  readonly statistics: Statistics;
  readonly logLikelihood: number;
  /** Derivative of the objective in each unknown. */
  readonly gradient: Float64Array;
  /** Per entity: productivity * credits, what the E step gives it, and productivity * exposure, what it was expected to get. */
  readonly credited: Float64Array;
  readonly expected: Float64Array;
}

/** One sweep at given unknowns, with the curvature that is asked for. */
export async function evaluateLog(
  problem: LogProblem,
  unknowns: Float64Array,
  curvature: Kind | null,
): Promise<LogEvaluation> {
  const { pass, hierarchy } = problem;
  const productivity = Float64Array.from({ length: hierarchy.entities }, (_, h) => expOf(unknowns[h]));
  return evaluationOf(problem, unknowns, productivity, await pass.sweep(productivity, { curvature }));
}

/** The same from a sweep that was made: `productivity` is exp of the entities' unknowns. */
export function evaluationOf(
  { pass, hierarchy, precisions }: LogProblem,
  unknowns: Float64Array,
  productivity: Float64Array,
  statistics: Statistics,
): LogEvaluation {
  const { entities } = hierarchy;
  const credited = new Float64Array(entities);
  const expected = new Float64Array(entities);
  let fitted = 0;
  for (let h = 0; h < entities; h++) {
    credited[h] = productivity[h] * statistics.credits[h];
    expected[h] = productivity[h] * pass.exposure[h];
    fitted += expected[h];
  }
  const gaps = differences(hierarchy, unknowns);
  const penalty = penaltyOf(hierarchy, precisions, gaps);
  const logLikelihood = statistics.logFit - fitted;
  return {
    unknowns,
    productivity,
    statistics,
    objective: Number.isNaN(logLikelihood) ? Number.NEGATIVE_INFINITY : logLikelihood - penalty,
    magnitude: Math.abs(statistics.logFit) + fitted + penalty,
    logLikelihood,
    gradient: slopes(hierarchy, precisions, gaps, credited, expected),
    credited,
    expected,
  };
}

/** credited - expected of each entity, less the pull of the hierarchy. */
export function slopes(
  hierarchy: Hierarchy,
  precisions: Precisions,
  gaps: Float64Array,
  credited: Float64Array,
  expected: Float64Array,
): Float64Array {
  const gradient = new Float64Array(gaps.length + 1);
  for (let h = 0; h < hierarchy.entities; h++) gradient[h] = credited[h] - expected[h];
  for (let u = 0; u < gaps.length; u++) {
    const pull = precisions[levelAt(hierarchy, u)] * gaps[u];
    gradient[u] -= pull;
    forEachParent(hierarchy, u, (other) => {
      gradient[other] += pull;
    });
  }
  return gradient;
}
