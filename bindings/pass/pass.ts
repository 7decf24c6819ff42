import type { Machine } from '../machine/machine.js';
import type { Runner } from './runner.js';
import { joinRows, type Rows, type Statistics, statisticsOf } from './statistics.js';
import { type Projection, sameProjection, type Want } from './want.js';

/** What is known of a component without a sweep. */
export interface Shape {
  readonly bricks: number;
  readonly entities: number;
  readonly exposures: number;
  /** Pairs of exposures of the same brick: the multiply-adds of a Hessian. */
  readonly pairs: number;
  /** Sum of totals. */
  readonly total: number;
  /** Summed exposure of each entity. */
  readonly exposure: Float64Array;
  /** For each entity the first with the same exposure in every brick: itself where it is like no other. Null: not known. */
  readonly twins: Uint32Array | null;
}

/**
 * The hinge: a solver on one side, the data on the other. One pass is a sweep over all bricks of a component at given
 * productivities; whether bricks are in memory, streamed or spread over workers, it is the same call. Data are cut into
 * shards by their size alone and statistics of shards are added in shard order, so the bits do not depend on who ran them.
 */
export interface Pass extends Shape {
  /** What is worked out of statistics is worked out with. */
  readonly machine: Machine;
  /** Whether what the last sweep brought stays known until the next of this component, its Hessian too, whatever others do. */
  readonly keepsHessian: boolean;
  /** Sweeps made so far, those of `bound` included, those `aside` left out. */
  readonly passes: number;
  /** Runs work whose sweeps describe what was found, standard errors say: they are not counted. */
  aside<T>(work: () => Promise<T>): Promise<T>;
  /** One E step with what is wanted beside it. Where the last sweep was at this point, it is not made again. */
  sweep(productivity: Float64Array, want?: Omit<Want, 'vectors' | 'rows'>): Promise<Statistics>;
  /** What the last sweep brought, where it was at this very point; its Hessian is null where it is no longer kept. */
  known(productivity: Float64Array): Statistics | null;
  /** Sum over bricks of total * ln(largest of `factors` among the brick's entities). */
  bound(factors: Float64Array): Promise<number>;
  /** The Hessian at `productivity` times eight vectors, interleaved: lists alone. Not counted. */
  times(productivity: Float64Array, vectors: Float64Array): Promise<Float64Array>;
  /** What entities contribute to bricks at `productivity`. Not counted. */
  rows(productivity: Float64Array): Promise<Rows>;
}

/** Who keeps the one Hessian that several passes share the room of: whoever is next makes it forget. */
export interface SharedRoom {
  forget: () => void;
}

/** A pass over the shards of a runner. With `shared`, one Hessian is kept in all. */
export function createPass(machine: Machine, shape: Shape, run: Runner, shared: SharedRoom | null = null): Pass {
  let passes = 0;
  let last: { productivity: Float64Array; statistics: Statistics; projection: Projection | null } | null = null;
  const known = (productivity: Float64Array) =>
    last?.productivity.every((p, h) => p === productivity[h]) ? last.statistics : null;
  const keep = (kept: NonNullable<typeof last>) => {
    last = kept;
    if (!shared || !kept.statistics.hessian) return;
    shared.forget();
    shared.forget = () => {
      if (last === kept) last = { ...kept, statistics: { ...kept.statistics, hessian: null } };
    };
  };

  return {
    ...shape,
    machine,
    keepsHessian: shared === null,
    get passes() {
      return passes;
    },
    known,
    async sweep(productivity, { curvature = null, projection = null, factors = null } = {}) {
      const before = known(productivity);
      if (
        before &&
        !factors &&
        (!projection || (last?.projection && sameProjection(last.projection, projection))) &&
        (!curvature || (curvature === 'diagonal' && before.diagonal) || before.hessian)
      ) {
        const projected = projection ? before.projected : null;
        return before.bound === null && before.projected === projected ? before : { ...before, bound: null, projected };
      }
      passes++;
      const at = productivity.slice();
      const sums = await run(at, { curvature, projection, factors });
      const statistics = statisticsOf(sums, factors !== null, projection !== null);
      keep({ productivity: at, statistics, projection });
      return statistics;
    },
    async aside(work) {
      const before = passes;
      try {
        return await work();
      } finally {
        passes = before;
      }
    },
    async bound(factors) {
      passes++;
      return (await run(null, { factors: factors.slice() })).scores[4];
    },
    times: async (productivity, vectors) => (await run(productivity.slice(), { vectors })).products!,
    rows: async (productivity) => joinRows((await run(productivity, { rows: true })).rows ?? []),
  };
}
