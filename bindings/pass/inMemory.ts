import type { Pace } from '../base/pace.js';
import { workRuns } from '../linalg/dense.js';
import { type Arena, f64, type Region } from '../machine/arena.js';
import { gramScratch, type Kernels } from '../machine/kernels.js';
import { createHessian } from './hessian.js';
import type { Hessian, Pass, Statistics } from './pass.js';
import { keepDesign, openProjection, type Projected, type Projection } from './projection.js';
import { openStores, type SegmentData, type Store } from './stores.js';
import { createTrace } from './trace.js';

export type { SegmentData } from './stores.js';

const ownHessians = 4_000_000; // doubles that the Hessians of all components may take, 32 MB, before they share room for one
const shardExposures = 262144; // about 3 MB: long enough to drown the cost of adding shards up

/**
 * Brings a panel into the arena; gives the pass of each component. `twins`, where given, holds for each column the first
 * of the panel with the same exposure. Only `lists` can be projected. @throws MemoryError
 */
export function openPanel(
  kernels: Kernels,
  arena: Arena,
  data: SegmentData,
  pace: Pace,
  seed: number,
  twins: Uint32Array | null = null,
  lists = false,
): (component: number) => Pass {
  const { region, components } = openStores(kernels, arena, data, lists);
  // a Hessian for each component where they are small, else room for one, which they share: the last one asked for has it
  const needed = components.reduce((sum, { stride }) => sum + stride * stride, 0);
  const shared = createRoom();
  const designAt = keepDesign(arena);
  const ownHessian = needed <= ownHessians || components.length === 1;
  const roomOf = () => (ownHessian ? createRoom() : shared);

  return (component) => {
    const store = components[component];
    const { stride } = store;
    const firstBrick = data.bricks[component];
    const endBrick = data.bricks[component + 1];
    const firstColumn = data.columns[component];
    const entities = data.columns[component + 1] - firstColumn;
    const shards = cut(store, firstBrick, endBrick);
    const exposure = new Float64Array(entities);
    let total = 0;
    let pairs = 0;
    for (let b = firstBrick; b < endBrick; b++) {
      total += data.totals[b];
      const size = data.segments[b + 1] - data.segments[b];
      pairs += (size * (size + 1)) / 2;
    }
    for (let j = data.segments[firstBrick]; j < data.segments[endBrick]; j++) {
      exposure[data.column[j] - firstColumn] += data.exposure[j];
    }
    const write = (field: 'productivities' | 'factors', vector: Float64Array) =>
      region.f64(field).set(vector, store.first);
    const boundOf = (start: number, end: number) => {
      const scores = region.f64('scores').fill(0);
      store.bound(start, end);
      return scores[0] + scores[1];
    };
    const sums = () => region.f64('sums').subarray(store.first, store.first + stride);
    const room = roomOf();
    let passes = 0;
    let last: { productivity: Float64Array; statistics: Statistics; projection: Projection | null } | null = null;
    const lastAt = (productivity: Float64Array) =>
      last?.productivity.every((p, h) => p === productivity[h]) ? last.statistics : null;

    const times = async (inputs: number, outputs: number) => {
      for (const [start, end] of shards) {
        await pace.pause();
        store.multiply!(start, end, inputs, outputs);
      }
    };

    const pass: Pass = {
      ...createTrace(
        kernels,
        arena,
        { data, component, pace, seed },
        {
          hessianAt(productivity) {
            const known = lastAt(productivity);
            return known?.hessian && !known.hessian.gone
              ? { values: room.matrix, size: entities, stride, credits: known.credits }
              : null;
          },
          productAt: (productivity) => pass.product(productivity),
        },
      ),
      bricks: endBrick - firstBrick,
      entities,
      exposures: data.segments[endBrick] - data.segments[firstBrick],
      pairs,
      total,
      exposure,
      ownHessian,
      twins: twins ? twins.slice(firstColumn, firstColumn + entities).map((leader) => leader - firstColumn) : null,
      get passes() {
        return passes;
      },
      async sweep(productivity, wanted, factors) {
        const projection = typeof wanted === 'object' ? wanted : null;
        const curvature = typeof wanted === 'object' ? null : wanted;
        const known = lastAt(productivity);
        if (
          known &&
          !factors &&
          (!projection || (last?.projection && sameProjection(last.projection, projection))) &&
          (!curvature || (curvature === 'squares' && known.squares) || (known.hessian && !known.hessian.gone))
        ) {
          const projected = projection ? known.projected : null;
          return known.bound === null && known.projected === projected ? known : { ...known, bound: null, projected };
        }
        passes++;
        write('productivities', productivity);
        if (factors) write('factors', factors);
        const credits = new Float64Array(entities);
        const squares = curvature ? new Float64Array(entities) : null;
        const gram = curvature === 'hessian' ? openGram(arena, stride) : null;
        const projecting =
          projection &&
          openProjection(kernels, arena, store, region, firstBrick, designAt(projection.design), projection);
        let projected: Projected | null = null;
        if (gram) room.holder = null;
        let high = 0;
        let low = 0;
        let pearson = 0;
        let unfitted = 0;
        let bound = 0;
        try {
          for (const [start, end] of shards) {
            await pace.pause();
            const scores = region.f64('scores').fill(0);
            sums().fill(0);
            store.sweep(start, end);
            addTo(credits, sums());
            // two-sum of the high words, low words along
            const sum = high + scores[0];
            const part = sum - high;
            low += high - (sum - part) + (scores[0] - part) + scores[1];
            high = sum;
            pearson += scores[2];
            unfitted += scores[3];
            if (factors) bound += boundOf(start, end);
            projecting?.add(start, end);
            // curvature of the shard while it is at hand: one sweep over the data gives all
            if (curvature) weigh(region, start, end);
            if (gram) {
              const workOf = (b: number) => (store.size(b, b + 1) * store.size(b, b + 1)) / 2;
              for (const [from, to] of workRuns(start, end, workOf)) {
                await pace.pause();
                store.gram(from, to, gram.at.gram, gram.at.scratch);
              }
            } else if (squares) {
              sums().fill(0);
              store.squares(start, end);
              addTo(squares, sums());
            }
          }
          if (projecting) projected = projecting.take();
          if (gram && squares) {
            const found = gram.f64('gram');
            if (room.matrix.length < found.length) room.matrix = new Float64Array(found.length);
            room.matrix.set(found);
            for (let h = 0; h < entities; h++) squares[h] = room.matrix[h * (stride + 1)];
          }
        } finally {
          gram?.close();
          projecting?.close();
        }
        const logFit = unfitted > 0 ? Number.NEGATIVE_INFINITY : high + low;
        const hessian: Hessian | null = gram
          ? createHessian(kernels, arena, pace, () =>
              room.holder === statistics ? { values: room.matrix, size: entities, stride } : null,
            )
          : null;
        const statistics: Statistics = {
          credits,
          logFit,
          pearson,
          squares,
          hessian,
          bound: factors ? bound : null,
          projected,
        };
        if (gram) room.holder = statistics;
        last = { productivity: productivity.slice(), statistics, projection };
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
        write('factors', factors);
        let sum = 0;
        for (const [start, end] of shards) {
          await pace.pause();
          sum += boundOf(start, end);
        }
        return sum;
      },
      // a sweep leaves the weights of its point, by which the Hessian multiplies
      product: async (productivity) => ({ squares: (await pass.sweep(productivity, 'squares')).squares!, times }),
    };
    return pass;
  };
}

/** Whether two ask for the same of the same columns. */
function sameProjection(one: Projection, other: Projection): boolean {
  return (
    one.design === other.design &&
    one.columns === other.columns &&
    one.weighing === other.weighing &&
    one.blocks === other.blocks &&
    (one.blockOf === other.blockOf || one.blocks === 1)
  );
}

/** Where a Hessian stands, and whose it is. */
interface Room {
  matrix: Float64Array;
  holder: Statistics | null;
}

const createRoom = (): Room => ({ matrix: new Float64Array(0), holder: null });

function openGram(arena: Arena, stride: number): Region<'gram' | 'scratch'> {
  const region = arena.open({ gram: f64(stride * stride), scratch: f64(gramScratch(stride)) });
  region.f64('gram').fill(0);
  return region;
}

/** weights = total / fitted^2: what a brick's squared exposures count for in the curvature. */
function weigh(region: Region<'totals' | 'fitted' | 'weights'>, start: number, end: number): void {
  const totals = region.f64('totals');
  const fitted = region.f64('fitted');
  const weights = region.f64('weights');
  for (let b = start; b < end; b++) {
    const weight = totals[b] > 0 && fitted[b] > 0 ? totals[b] / fitted[b] / fitted[b] : 0;
    // past what a double holds: exposures so faint that their squares are zero
    weights[b] = weight < Number.POSITIVE_INFINITY ? weight : 0;
  }
}

function addTo(sums: Float64Array, more: Float64Array): void {
  for (let k = 0; k < sums.length; k++) sums[k] += more[k];
}

/** Cuts bricks into runs of at least `shardExposures` exposures: by the data alone. */
function cut(store: Store, first: number, end: number): [start: number, end: number][] {
  const shards: [number, number][] = [];
  let start = first;
  for (let b = first; b < end; b++) {
    if (store.size(start, b + 1) >= shardExposures || b + 1 === end) {
      shards.push([start, b + 1]);
      start = b + 1;
    }
  }
  return shards;
}
