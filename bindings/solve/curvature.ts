import { pausesIn, type Steps, walk } from '../base/steps.js';
import type { LowerMatrix } from '../linalg/boundedQp.js';
import { denseTrace, exactTrace, gramOf, type SparseRows } from '../linalg/exactTrace.js';
import { stochasticTrace } from '../linalg/stochasticTrace.js';
import type { Pass } from '../pass/pass.js';
import type { Rows } from '../pass/statistics.js';
import { mostExact } from '../pass/stores.js';

const lost = 1e-9; // of an entity's credit: more than rounding loses

/** K = sum over bricks of total * p p', p the brick's shares: the curvature of the log-likelihood in log productivity. */
export interface Curvature {
  /** Diagonal of K: sum over bricks of total * share^2. */
  readonly diagonal: Float64Array;
  /** Trace of K (K + ridge I)^-1: how many directions the data decide against a prior of weight `ridge`. */
  effectiveParameters(ridge: number): Promise<{ readonly edf: number; readonly method: 'exact' | 'stochastic' }>;
}

/**
 * Curvature of one component: K = M'M, where M has a row per brick: share * sqrt(total). The trace of K (K + ridge)^-1 is
 * exact where entities or bricks are at most 2,000: from the Hessian where a sweep has just left it, else on the smaller side,
 * as M M' has the same eigenvalues but for zeros. Beyond that it is a seeded estimate.
 */
export async function curvatureAt(pass: Pass, productivity: Float64Array): Promise<Curvature> {
  const { machine, entities, bricks } = pass;
  const { pace } = machine;
  if (Math.min(entities, bricks) > mostExact) {
    const squares = (await pass.sweep(productivity, { curvature: 'diagonal' })).diagonal!;
    const diagonal = squares.map((square, h) => productivity[h] * (productivity[h] * square));
    const times = (vectors: Float64Array) => pass.times(productivity, vectors);
    return {
      diagonal,
      async effectiveParameters(ridge) {
        const matrix = { productivity, diagonal, times, rank: Math.min(entities, bricks) };
        return { edf: await stochasticTrace(machine, matrix, ridge), method: 'stochastic' };
      },
    };
  }
  const lower = entities <= bricks ? keptLogHessian(pass, productivity) : null;
  if (lower) {
    return {
      diagonal: Float64Array.from({ length: entities }, (_, h) => lower.values[h * (entities + 1)]),
      async effectiveParameters(ridge) {
        await pace.pause();
        return { edf: await denseTrace(machine, lower, ridge), method: 'exact' };
      },
    };
  }
  const byBrick = await sharesAt(pass, productivity);
  const diagonal = new Float64Array(entities);
  const { ids, values } = byBrick;
  for (let j = 0; j < ids.length; j++) diagonal[ids[j]] += values[j] * values[j];
  return {
    diagonal,
    async effectiveParameters(ridge) {
      await pace.pause();
      const matrix = entities <= bricks ? byBrick : turned(byBrick);
      return { edf: await exactTrace(machine, matrix, ridge), method: 'exact' };
    },
  };
}

/** K itself, lower triangle; from the last sweep where that was here and brought the Hessian along. */
export async function logHessianAt(pass: Pass, productivity: Float64Array): Promise<LowerMatrix> {
  const known = keptLogHessian(pass, productivity);
  if (known) return known;
  await pass.machine.pace.pause();
  return gramOf(pass.machine, await sharesAt(pass, productivity));
}

function keptLogHessian(pass: Pass, productivity: Float64Array): LowerMatrix | null {
  const known = pass.known(productivity);
  return known?.hessian ? inLogarithm({ ...known.hessian, credits: known.credits }, productivity) : null;
}

/** M by bricks. */
const sharesAt = async (pass: Pass, productivity: Float64Array): Promise<SparseRows> =>
  walk(pass.machine.pace, shares(await pass.rows(productivity), pass.entities));

function* shares({ segments, ids, values, totals }: Rows, size: number): Steps<SparseRows> {
  const pauses = pausesIn(segments);
  for (let b = 0; b < totals.length; b++) {
    if (pauses(b)) yield;
    let fit = 0;
    for (let j = segments[b]; j < segments[b + 1]; j++) fit += values[j];
    const scale = fit > 0 ? Math.sqrt(totals[b]) / fit : 0;
    for (let j = segments[b]; j < segments[b + 1]; j++) values[j] *= scale;
  }
  return { segments, ids, values, rows: totals.length, size };
}

/**
 * K from the Hessian W: lambda_i W_ij lambda_j. Null where squares of exposures lost what shares keep: as W lambda = credits,
 * every row of K must sum to what its entity is credited.
 */
function inLogarithm(
  { values, size, stride, credits }: LowerMatrix & { readonly credits: Float64Array },
  productivity: Float64Array,
): LowerMatrix | null {
  const lower = new Float64Array(size * size);
  const sums = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      const entry = productivity[i] * (productivity[j] * values[i * stride + j]);
      lower[i * size + j] = entry;
      sums[i] += entry;
      if (j < i) sums[j] += entry;
    }
  }
  const holds = sums.every((sum, i) => {
    const credited = productivity[i] * credits[i];
    return Math.abs(sum - credited) <= lost * credited; // false for NaN
  });
  return holds ? { values: lower, size, stride: size } : null;
}

/** M' by rows. */
function turned({ segments, ids, values, rows, size }: SparseRows): SparseRows {
  const starts = new Uint32Array(size + 1);
  for (const k of ids) starts[k + 1]++;
  for (let k = 0; k < size; k++) starts[k + 1] += starts[k];
  const next = starts.slice();
  const turnedIds = new Uint32Array(ids.length);
  const turnedValues = new Float64Array(ids.length);
  for (let r = 0; r < rows; r++) {
    for (let j = segments[r]; j < segments[r + 1]; j++) {
      const to = next[ids[j]]++;
      turnedIds[to] = r;
      turnedValues[to] = values[j];
    }
  }
  return { segments: starts, ids: turnedIds, values: turnedValues, rows: size, size: rows };
}
