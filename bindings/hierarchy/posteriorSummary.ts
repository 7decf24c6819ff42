import type { Pass } from '../pass/pass.js';
import { mostExact } from '../pass/stores.js';
import { logHessianAt } from '../solve/curvature.js';
import type { LogEvaluation, LogProblem } from './evaluation.js';
import { unknownsOf } from './hierarchy.js';
import { implicitTrace, implicitVariances } from './probes.js';
import { spansOf, stepOf } from './system.js';

/** What the totals decide at an optimum. */
export interface PosteriorSummary {
  /** Per entity: sum of total * share^2. */
  readonly information: Float64Array;
  readonly edf: number;
  readonly method: 'exact' | 'stochastic';
  /** Sum of the variances of each level's differences, over psi; null where it was not asked for. */
  readonly variances: Float64Array | null;
}

/**
 * Effective parameters, trace(K A^-1) with A = K + hierarchy, and, where levels are `wanted`, variances of their differences under
 * the inverse of the observed information. docs/method.md, "Lognormal pooling" and "Estimated spreads".
 */
export async function posteriorSummary(
  problem: LogProblem,
  spot: LogEvaluation,
  wanted: readonly boolean[] | null,
): Promise<PosteriorSummary> {
  const { pass, hierarchy, precisions } = problem;
  const { machine } = pass;
  const { productivity } = spot;
  const own = spot.expected.map((x, h) => x - spot.credited[h]);
  const positive = own.map((x) => Math.max(0, x));
  const none = new Float64Array(pass.entities);
  const size = unknownsOf(hierarchy);
  if (size > mostExact) return probed();

  const shared = await logHessianAt(pass, productivity);
  const spans = (diagonal: Float64Array) => spansOf(machine, { hierarchy, precisions, shared, own: diagonal });
  const held = await spans(none);
  return {
    information: diagonalOf(pass, shared),
    edf: held ? held.decided : pass.entities,
    method: 'exact',
    variances: (wanted && ((await spans(own)) ?? (await spans(positive)) ?? held)?.variances) ?? null,
  };

  async function probed(): Promise<PosteriorSummary> {
    const squares = (await pass.sweep(productivity, { curvature: 'diagonal' })).diagonal!;
    const times = (vectors: Float64Array) => pass.times(productivity, vectors);
    const information = squares.map((square, h) => productivity[h] * (productivity[h] * square));
    const system = { hierarchy, precisions, productivity, diagonal: information, times };
    return {
      information,
      edf: await implicitTrace(machine, { ...system, own: none }),
      method: 'stochastic',
      variances: wanted && (await implicitVariances(machine, { ...system, own: positive }, wanted)),
    };
  }
}

/**
 * Whether the observed information is positive definite where a climb ended, so that it is a top and no saddle. Taken for granted
 * beyond the size up to which it is written down.
 */
export async function isTop({ pass, hierarchy, precisions }: LogProblem, spot: LogEvaluation): Promise<boolean> {
  if (unknownsOf(hierarchy) > mostExact) return true;
  // without entities that stand above what they hang on nothing is negative
  const own = spot.expected.map((x, h) => x - spot.credited[h]);
  if (own.every((x) => x >= 0)) return true;
  const shared = await logHessianAt(pass, spot.productivity);
  return (await stepOf(pass.machine, { hierarchy, precisions, shared, own }, spot.gradient)) !== null;
}

const diagonalOf = ({ entities }: Pass, { values, stride }: { values: Float64Array; stride: number }) =>
  Float64Array.from({ length: entities }, (_, h) => values[h * (stride + 1)]);
