import type { Kernels } from '../kernels/kernels.js';
import { type Arena, f64, u32 } from '../memory/arena.js';
import type { Pace } from '../pace.js';
import type { Panel } from '../problem/compile.js';
import type { Pass } from './pass.js';
import { createTrace } from './trace.js';

const shardExposures = 262144; // about 3 MB: long enough to drown the cost of adding shards up

/** What a pass needs of a panel; a panel of pooling groups has it too. */
export type SegmentData = Pick<Panel, 'totals' | 'segments' | 'column' | 'exposure' | 'bricks' | 'columns'>;

/** Brings a panel into the arena; gives the pass of each component. @throws MemoryError */
export function openPanel(
  kernels: Kernels,
  arena: Arena,
  data: SegmentData,
  pace: Pace,
  seed: number,
): (component: number) => Pass {
  const bricks = data.totals.length;
  const columns = data.columns.length === 0 ? 0 : data.columns[data.columns.length - 1];
  const exposures = data.exposure.length;
  const region = arena.open({
    segments: u32(bricks + 1),
    entities: u32(exposures),
    exposures: f64(exposures),
    totals: f64(bricks),
    fitted: f64(bricks),
    productivities: f64(columns),
    sums: f64(columns),
    scores: f64(4),
  });
  region.u32('segments').set(data.segments);
  region.u32('entities').set(data.column);
  region.f64('exposures').set(data.exposure);
  region.f64('totals').set(data.totals);
  const { at } = region;

  return (component) => {
    const firstBrick = data.bricks[component];
    const endBrick = data.bricks[component + 1];
    const firstColumn = data.columns[component];
    const endColumn = data.columns[component + 1];
    const shards = cut(data.segments, firstBrick, endBrick);
    const exposure = new Float64Array(endColumn - firstColumn);
    let total = 0;
    for (let b = firstBrick; b < endBrick; b++) total += data.totals[b];
    for (let j = data.segments[firstBrick]; j < data.segments[endBrick]; j++) {
      exposure[data.column[j] - firstColumn] += data.exposure[j];
    }
    const credits = new Float64Array(endColumn - firstColumn);
    const write = (vector: Float64Array) => region.f64('productivities').set(vector, firstColumn);

    return {
      bricks: endBrick - firstBrick,
      entities: endColumn - firstColumn,
      total,
      exposure,
      async sweep(productivity) {
        write(productivity);
        credits.fill(0);
        let high = 0;
        let low = 0;
        let pearson = 0;
        let unfitted = 0;
        for (const [start, end] of shards) {
          await pace.pause();
          const sums = region.f64('sums').subarray(firstColumn, endColumn);
          const scores = region.f64('scores');
          sums.fill(0);
          scores.fill(0);
          kernels.passSegments(
            at.segments + 4 * start,
            at.entities,
            at.exposures,
            at.totals + 8 * start,
            at.productivities,
            at.fitted + 8 * start,
            at.sums,
            at.scores,
            end - start,
          );
          for (let k = 0; k < sums.length; k++) credits[k] += sums[k];
          // two-sum of the high words, low words along
          const sum = high + scores[0];
          const part = sum - high;
          low += high - (sum - part) + (scores[0] - part) + scores[1];
          high = sum;
          pearson += scores[2];
          unfitted += scores[3];
        }
        return { credits, logFit: unfitted > 0 ? Number.NEGATIVE_INFINITY : high + low, pearson };
      },
      async bound(factors) {
        write(factors);
        let sum = 0;
        for (const [start, end] of shards) {
          await pace.pause();
          const scores = region.f64('scores');
          scores.fill(0);
          const segments = at.segments + 4 * start;
          const totals = at.totals + 8 * start;
          kernels.boundSegments(segments, at.entities, at.productivities, totals, at.scores, end - start);
          sum += scores[0] + scores[1];
        }
        return sum;
      },
      curvature: createTrace(kernels, arena, data, component, pace, seed, (productivity, values) => {
        write(productivity);
        const segments = at.segments + 4 * firstBrick;
        const totals = at.totals + 8 * firstBrick;
        kernels.shareSegments(
          segments,
          at.entities,
          at.exposures,
          totals,
          at.productivities,
          values,
          endBrick - firstBrick,
        );
      }),
    };
  };
}

/** Cuts bricks into runs of at least `shardExposures` exposures: by the data alone. */
function cut(segments: Uint32Array, first: number, end: number): [start: number, end: number][] {
  const shards: [number, number][] = [];
  let start = first;
  for (let b = first; b < end; b++) {
    if (segments[b + 1] - segments[start] >= shardExposures || b + 1 === end) {
      shards.push([start, b + 1]);
      start = b + 1;
    }
  }
  return shards;
}
