import type { Kernels } from '../kernels/kernels.js';
import { type Arena, f64 } from '../memory/arena.js';
import type { Pace } from '../pace.js';
import { exactTrace } from './exactTrace.js';
import type { SegmentData } from './inMemory.js';
import type { Curvature } from './pass.js';
import { stochasticTrace } from './stochasticTrace.js';

const mostExact = 2000; // largest side of a dense trace

/** A sparse matrix M by rows, of `size` columns. */
export interface SparseRows {
  readonly segments: Uint32Array;
  /** Column of each value; rising within a row. */
  readonly ids: Uint32Array;
  readonly values: Float64Array;
  readonly rows: number;
  readonly size: number;
}

/**
 * Curvature of one component: K = M'M, where M has a row per brick. `fill(productivity, offset)` writes its values,
 * share * sqrt(total), for the whole panel's layout at `offset`. The trace of K (K + ridge)^-1 is taken on the smaller
 * side, as M M' has the same eigenvalues but for zeros: exactly up to 2,000, beyond that as a seeded estimate.
 */
export function createTrace(
  kernels: Kernels,
  arena: Arena,
  data: SegmentData,
  component: number,
  pace: Pace,
  seed: number,
  fill: (productivity: Float64Array, values: number) => void,
): (productivity: Float64Array) => Promise<Curvature> {
  const firstBrick = data.bricks[component];
  const bricks = data.bricks[component + 1] - firstBrick;
  const firstColumn = data.columns[component];
  const entities = data.columns[component + 1] - firstColumn;
  const first = data.segments[firstBrick];
  const exposures = data.segments[firstBrick + bricks] - first;
  // positions from 0 in this component alone; made when first asked for
  let values = new Float64Array(0);
  let segments = new Uint32Array(0);
  let ids = new Uint32Array(0);

  return async (productivity) => {
    if (segments.length === 0) {
      values = new Float64Array(exposures);
      segments = data.segments.slice(firstBrick, firstBrick + bricks + 1).map((j) => j - first);
      ids = data.column.slice(first, first + exposures).map((k) => k - firstColumn);
    }
    // kernels address exposures from the panel's start, so the copy begins there too
    const whole = arena.open({ values: f64(first + exposures) });
    fill(productivity, whole.at.values);
    values.set(whole.f64('values').subarray(first));
    whole.close();
    const diagonal = new Float64Array(entities);
    for (let j = 0; j < exposures; j++) diagonal[ids[j]] += values[j] * values[j];

    return {
      diagonal,
      async effectiveParameters(ridge) {
        await pace.pause();
        const byBrick = { segments, ids, values, rows: bricks, size: entities };
        const matrix = entities <= bricks ? byBrick : turned(byBrick);
        if (matrix.size > mostExact) {
          return { edf: await stochasticTrace(kernels, arena, matrix, ridge, seed, pace), method: 'stochastic' };
        }
        return { edf: exactTrace(kernels, arena, matrix, ridge), method: 'exact' };
      },
    };
  };
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
