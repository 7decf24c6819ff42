import type { Pace } from '../base/pace.js';
import { denseTrace, exactTrace, gramOf, type SparseRows } from '../linalg/exactTrace.js';
import type { LowerMatrix } from '../linalg/quadratic.js';
import { type Product, stochasticTrace } from '../linalg/stochasticTrace.js';
import type { Arena } from '../machine/arena.js';
import type { Kernels } from '../machine/kernels.js';
import type { Pass } from './pass.js';
import { mostExact, type SegmentData } from './stores.js';

const lost = 1e-9; // of an entity's credit: more than rounding loses

/** What sweeps at a point leave of the Hessian W. */
export interface Curvatures {
  /** W itself, where the last sweep at this very point brought it along. */
  hessianAt(productivity: Float64Array): (LowerMatrix & { readonly credits: Float64Array }) | null;
  /** Its diagonal, and W times eight vectors at byte offsets, added; good until the next sweep. */
  productAt(productivity: Float64Array): Promise<{ readonly squares: Float64Array; readonly times: Product }>;
}

/**
 * Curvature of one component: K = M'M, where M has a row per brick: share * sqrt(total). The trace of K (K + ridge)^-1 is
 * exact where entities or bricks are at most 2,000: from the Hessian where a sweep has just left it, else on the smaller side,
 * as M M' has the same eigenvalues but for zeros. Beyond that it is a seeded estimate.
 */
export function createTrace(
  kernels: Kernels,
  arena: Arena,
  { data, component, pace, seed }: { data: SegmentData; component: number; pace: Pace; seed: number },
  { hessianAt, productAt }: Curvatures,
): Pick<Pass, 'curvature' | 'logHessian'> {
  const machine = { kernels, arena, pace };
  const firstBrick = data.bricks[component];
  const bricks = data.bricks[component + 1] - firstBrick;
  const firstColumn = data.columns[component];
  const entities = data.columns[component + 1] - firstColumn;
  const first = data.segments[firstBrick];
  const exposures = data.segments[firstBrick + bricks] - first;

  const logHessianAt = (productivity: Float64Array) => {
    const hessian = hessianAt(productivity);
    return hessian && inLogarithm(hessian, productivity);
  };
  /** M by bricks: positions from 0 in this component alone. */
  const sharesAt = (productivity: Float64Array): SparseRows => {
    const segments = data.segments.slice(firstBrick, firstBrick + bricks + 1).map((j) => j - first);
    const ids = data.column.slice(first, first + exposures).map((k) => k - firstColumn);
    const values = new Float64Array(exposures);
    for (let b = 0; b < bricks; b++) {
      let fit = 0;
      for (let j = segments[b]; j < segments[b + 1]; j++) {
        values[j] = data.exposure[first + j] * productivity[ids[j]];
        fit += values[j];
      }
      const scale = fit > 0 ? Math.sqrt(data.totals[firstBrick + b]) / fit : 0;
      for (let j = segments[b]; j < segments[b + 1]; j++) values[j] *= scale;
    }
    return { segments, ids, values, rows: bricks, size: entities };
  };

  return {
    async curvature(productivity) {
      if (Math.min(entities, bricks) > mostExact) {
        const { squares, times } = await productAt(productivity);
        const diagonal = squares.map((square, h) => productivity[h] * (productivity[h] * square));
        return {
          diagonal,
          async effectiveParameters(ridge) {
            const matrix = { productivity, diagonal, times, rank: Math.min(entities, bricks) };
            return { edf: await stochasticTrace(kernels, arena, matrix, ridge, seed), method: 'stochastic' };
          },
        };
      }
      const lower = entities <= bricks ? logHessianAt(productivity) : null;
      if (lower) {
        return {
          diagonal: Float64Array.from({ length: entities }, (_, h) => lower.values[h * (entities + 1)]),
          async effectiveParameters(ridge) {
            await pace.pause();
            return { edf: await denseTrace(machine, lower, ridge), method: 'exact' };
          },
        };
      }
      const byBrick = sharesAt(productivity);
      const diagonal = new Float64Array(entities);
      for (let j = 0; j < exposures; j++) diagonal[byBrick.ids[j]] += byBrick.values[j] * byBrick.values[j];
      return {
        diagonal,
        async effectiveParameters(ridge) {
          await pace.pause();
          const matrix = entities <= bricks ? byBrick : turned(byBrick);
          return { edf: await exactTrace(machine, matrix, ridge), method: 'exact' };
        },
      };
    },
    async logHessian(productivity) {
      const known = logHessianAt(productivity);
      if (known) return known;
      await pace.pause();
      return gramOf(machine, sharesAt(productivity));
    },
  };
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
