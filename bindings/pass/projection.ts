import { type Arena, f64, type Region } from '../machine/arena.js';
import { gramScratch, type Kernels } from '../machine/kernels.js';
import type { Projected } from './statistics.js';
import type { Store } from './stores.js';
import { type Projection, weighings } from './want.js';

const chunk = 1024; // bricks whose rows of J are there at a time: bounds the room, changes no bit

/** A design in the arena, for all sweeps that ask for it: it is larger than what they read beside it. */
export function keepDesign(arena: Arena) {
  let kept: { readonly design: Float64Array; readonly at: number } | null = null;
  return (design: Float64Array): number => {
    if (kept?.design === design) return kept.at;
    const region = arena.open({ design: f64(design.length) });
    region.f64('design').set(design);
    kept = { design, at: region.at.design };
    return kept.at;
  };
}

/** Takes in the bricks of a shard; `design` is where the projection's stands. @throws MemoryError */
export function openProjection(
  kernels: Kernels,
  arena: Arena,
  store: Store,
  bricks: Region<'totals' | 'fitted'>,
  first: number,
  design: number,
  { columns, weighing, blockOf, blocks = 0 }: Projection,
) {
  const whole = blocks === 1; // all bricks in one block: a kernel adds them up
  const region = arena.open({
    rows: f64(chunk * columns),
    weights: f64(chunk),
    gram: f64(weighing ? columns * columns : 0),
    scratch: f64(weighing ? gramScratch(columns) : 0),
    residuals: f64(whole ? chunk : 0),
    ones: f64(whole ? chunk : 0),
    sums: f64(whole ? columns : 0),
  });
  const { at } = region;
  region.f64('gram').fill(0);
  if (whole) {
    region.f64('ones').fill(1);
    region.f64('sums').fill(0);
  }
  const scores = blockOf ? new Float64Array(blocks * columns) : null;

  return {
    add(start: number, end: number): void {
      const totals = bricks.f64('totals');
      const fitted = bricks.f64('fitted');
      for (let from = start; from < end; from += chunk) {
        const to = Math.min(end, from + chunk);
        store.project!(from, to, design, at.rows, columns);
        if (weighing) {
          const weights = region.f64('weights');
          for (let b = from; b < to; b++)
            weights[b - from] = fitted[b] > 0 ? weighings[weighing](totals[b], fitted[b]) : 0;
          kernels.gramPanel(at.rows, at.weights, at.gram, at.scratch, to - from, columns);
        }
        if (!scores || !blockOf) continue;
        if (whole) {
          const residuals = region.f64('residuals');
          for (let b = from; b < to; b++) residuals[b - from] = fitted[b] > 0 ? totals[b] / fitted[b] - 1 : 0;
          kernels.crossPanel(at.rows, at.residuals, at.ones, at.sums, to - from, columns);
          continue;
        }
        const rows = region.f64('rows');
        for (let b = from, i = 0; b < to; b++) {
          const residual = fitted[b] > 0 ? totals[b] / fitted[b] - 1 : 0;
          const row = blockOf[b - first] * columns;
          for (let c = 0; c < columns; c++, i++) scores[row + c] += residual * rows[i];
        }
      }
    },
    take: (): Projected => ({
      gram: weighing ? region.f64('gram').slice() : null,
      scores: whole ? region.f64('sums').slice() : scores,
    }),
    close: () => region.close(),
  };
}
