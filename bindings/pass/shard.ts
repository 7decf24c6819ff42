import type { Steps } from '../base/steps.js';
import { fromMemory, workRuns } from '../linalg/dense.js';
import { lanes } from '../linalg/signs.js';
import { type Arena, f64, type Region } from '../machine/arena.js';
import { gramScratch, type Kernels } from '../machine/kernels.js';
import { openProjection } from './projection.js';
import type { Shard } from './runner.js';
import type { Rows, Sums } from './statistics.js';
import type { SegmentData, Store, Stores } from './stores.js';

/** Where the shards of a component stand. */
export interface Ground {
  readonly kernels: Kernels;
  readonly arena: Arena;
  readonly data: SegmentData;
  readonly component: number;
  readonly store: Store;
  readonly region: Stores['region'];
  /** Where a design stands in the arena. */
  readonly designAt: (design: Float64Array) => number;
}

/** The bricks from `start` to `end` of a component. @throws MemoryError from its sweeps */
export function createShard(ground: Ground, start: number, end: number): Shard {
  const { kernels, arena, data, component, store, region } = ground;
  const firstBrick = data.bricks[component];
  const entities = data.columns[component + 1] - data.columns[component];
  const { first, stride } = store;
  const sums = () => region.f64('sums').subarray(first, first + stride);
  const taken = () => sums().slice(0, entities);
  let swept: Float64Array | null = null; // where fitted totals are those of
  let weighed = false;

  const fit = (at: Float64Array) => {
    region.f64('productivities').set(at, first);
    region.f64('scores').fill(0);
    sums().fill(0);
    store.sweep(start, end);
    swept = at;
    weighed = false;
  };
  const boundOf = (factors: Float64Array): number => {
    region.f64('factors').set(factors, first);
    const scores = region.f64('scores').fill(0);
    store.bound(start, end);
    return scores[0] + scores[1];
  };
  /** Weights of the last point, made once. */
  const weigh = () => {
    if (!weighed) weighBricks(region, start, end);
    weighed = true;
  };
  const multiply = (at: Float64Array, vectors: Float64Array): Float64Array => {
    if (!swept || (swept !== at && !swept.every((p, h) => p === at[h]))) fit(at);
    weigh();
    const work = arena.open({ inputs: f64(entities * lanes), outputs: f64(entities * lanes) });
    try {
      work.f64('inputs').set(vectors);
      const outputs = work.f64('outputs').fill(0);
      store.multiply!(start, end, work.at.inputs, work.at.outputs);
      return outputs.slice();
    } finally {
      work.close();
    }
  };
  function* hessian(): Steps<Float64Array> {
    const gram = arena.open({ gram: f64(stride * stride), scratch: f64(gramScratch(stride)) });
    try {
      gram.f64('gram').fill(0);
      const each = store.multiply ? fromMemory / 2 : 1 / 2;
      const workOf = (b: number) => each * store.size(b, b + 1) * store.size(b, b + 1);
      for (const [from, to] of workRuns(start, end, workOf)) {
        yield;
        store.gram(from, to, gram.at.gram, gram.at.scratch);
      }
      return gram.f64('gram').slice();
    } finally {
      gram.close();
    }
  }

  return {
    *sweep(at, want) {
      const { curvature, projection, factors, vectors, rows } = want;
      const found = {
        credits: new Float64Array(entities),
        scores: new Float64Array(5),
        diagonal: null as Float64Array | null,
        hessian: null as Float64Array | null,
        gram: null as Float64Array | null,
        blockScores: null as Float64Array | null,
        products: null as Float64Array | null,
        rows: null as Rows[] | null,
      } satisfies Sums;
      if (at && vectors) found.products = multiply(at, vectors);
      else if (at && rows) found.rows = [rowsOf(data, component, start, end, at)];
      else if (at) {
        fit(at);
        found.credits = taken();
        found.scores.set(region.f64('scores'));
      }
      if (factors) found.scores[4] = boundOf(factors);
      if (at && projection) {
        const design = ground.designAt(projection.design);
        const projected = openProjection(kernels, arena, store, region, firstBrick, design, projection);
        try {
          projected.add(start, end);
          ({ gram: found.gram, scores: found.blockScores } = projected.take());
        } finally {
          projected.close();
        }
      }
      if (at && curvature) {
        // while the shard is at hand: one sweep over the data gives all
        weigh();
        if (curvature === 'hessian') {
          const values = yield* hessian();
          found.hessian = values;
          found.diagonal = Float64Array.from({ length: entities }, (_, h) => values[h * (stride + 1)]);
        } else {
          sums().fill(0);
          store.squares(start, end);
          found.diagonal = taken();
        }
      }
      return found;
    },
  };
}

/** weights = total / fitted^2: what a brick's squared exposures count for in the curvature. */
function weighBricks(region: Region<'totals' | 'fitted' | 'weights'>, start: number, end: number): void {
  const totals = region.f64('totals');
  const fitted = region.f64('fitted');
  const weights = region.f64('weights');
  for (let b = start; b < end; b++) {
    const weight = totals[b] > 0 && fitted[b] > 0 ? totals[b] / fitted[b] / fitted[b] : 0;
    // past what a double holds: exposures so faint that their squares are zero
    weights[b] = weight < Number.POSITIVE_INFINITY ? weight : 0;
  }
}

/** What entities contribute to the bricks from `start` to `end`. */
function rowsOf(data: SegmentData, component: number, start: number, end: number, at: Float64Array): Rows {
  const [from, to] = [data.segments[start], data.segments[end]];
  const firstColumn = data.columns[component];
  const ids = new Uint32Array(to - from);
  const values = new Float64Array(to - from);
  for (let i = 0; i < ids.length; i++) {
    ids[i] = data.column[from + i] - firstColumn;
    values[i] = data.exposure[from + i] * at[ids[i]];
  }
  return {
    segments: data.segments.slice(start, end + 1).map((j) => j - from),
    ids,
    values,
    totals: data.totals.slice(start, end),
  };
}
