import type { Steps } from '../base/steps.js';
import type { Machine } from '../machine/machine.js';
import { cutShards } from './cut.js';
import { createPass, type Pass } from './pass.js';
import { keepDesign } from './projection.js';
import { inMemory } from './runner.js';
import { createShard } from './shard.js';
import { openStores, type SegmentData } from './stores.js';

export type { SegmentData } from './stores.js';

const mostKept = 4_000_000; // doubles that the Hessians kept for all components may take, 32 MB, before one is kept in all

/**
 * Brings a panel into the arena; gives the pass of each component. `twins`, where given, holds for each column the first
 * of the panel with the same exposure. Only `lists` can be projected, or multiplied by vectors where a component is small.
 * @throws MemoryError
 */
export function* openPanel(
  machine: Machine,
  data: SegmentData,
  twins: Uint32Array | null = null,
  lists = false,
): Steps<(component: number) => Pass> {
  const { kernels, arena, pace } = machine;
  const { region, components } = yield* openStores(kernels, arena, data, lists);
  const designAt = keepDesign(arena);
  const needed = components.reduce((sum, { stride }) => sum + stride * stride, 0);
  const keepsHessian = needed <= mostKept || components.length === 1;
  // which pass has the one Hessian that is kept, where each may not keep its own
  const shared = keepsHessian ? null : { forget: () => {} };

  return (component) => {
    const firstBrick = data.bricks[component];
    const endBrick = data.bricks[component + 1];
    const firstColumn = data.columns[component];
    const entities = data.columns[component + 1] - firstColumn;
    const ground = { kernels, arena, data, component, store: components[component], region, designAt };
    const shards = cutShards(data.segments, firstBrick, endBrick).map(([start, end]) =>
      createShard(ground, start, end),
    );
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
    const shape = {
      bricks: endBrick - firstBrick,
      entities,
      exposures: data.segments[endBrick] - data.segments[firstBrick],
      pairs,
      total,
      exposure,
      twins: twins ? twins.slice(firstColumn, firstColumn + entities).map((leader) => leader - firstColumn) : null,
    };
    return createPass(machine, shape, inMemory(shards, entities, pace), shared);
  };
}
