import { pausesIn, type Steps } from '../base/steps.js';
import { type Arena, f64, type Region, u32 } from '../machine/arena.js';
import type { Kernels } from '../machine/kernels.js';
import type { Panel } from '../problem/compile.js';

/** What a pass needs of a panel; a panel of pooling groups has it too. */
export type SegmentData = Pick<Panel, 'totals' | 'segments' | 'column' | 'exposure' | 'bricks' | 'columns'>;

const leastDensity = 0.55; // from here on a dense panel is swept faster than segments, zeros included
const fewestDense = 4; // columns below which a row's padding would be most of it
// 24 MB of lists come from main memory: four runs of bricks by turns are swept faster than one, unless bricks are short
const fromMemory = 2097152;
const longBrick = 16;
/** Largest smaller side of a component whose trace is exact; beyond it the trace needs the Hessian times vectors: lists. */
export const mostExact = 2000;

/** A component's exposures in the arena, and the kernels that sweep a run of its bricks. Offsets are in bytes. */
export interface Store {
  /** First of the component's entities in vectors over all entities, and how far those reach: a multiple of four. */
  readonly first: number;
  readonly stride: number;
  /** How many exposures (of a panel: cells) the bricks from `start` to `end` have. */
  size(start: number, end: number): number;
  sweep(start: number, end: number): void;
  /** Adds to `scores` the bound for the factors in `factors`. */
  bound(start: number, end: number): void;
  /** Adds to `sums` each entity's weighted squares; weights stand per brick in `weights`. */
  squares(start: number, end: number): void;
  /** Adds weighted outer products to the lower triangle of a matrix of `stride` columns. */
  gram(start: number, end: number, gram: number, scratch: number): void;
  /** Adds the Hessian times eight interleaved vectors; null where the component is small enough for a whole Hessian. */
  readonly multiply: ((start: number, end: number, inputs: number, outputs: number) => void) | null;
  /** The bricks times productivity and a design, a row of `columns` each; null for a dense panel. */
  readonly project: ((start: number, end: number, design: number, outputs: number, columns: number) => void) | null;
}

export interface Stores {
  readonly region: Region<'totals' | 'fitted' | 'weights' | 'productivities' | 'factors' | 'sums' | 'scores'>;
  readonly components: readonly Store[];
}

/**
 * Brings a panel into the arena, each component in the layout that is swept fastest, or all of them as lists.
 * @throws MemoryError
 */
export function* openStores(kernels: Kernels, arena: Arena, data: SegmentData, lists = false): Steps<Stores> {
  const components = data.columns.length - 1;
  const bricks = data.totals.length;
  const shapes = Array.from({ length: components }, (_, c) => {
    const rows = data.bricks[c + 1] - data.bricks[c];
    const columns = data.columns[c + 1] - data.columns[c];
    const exposures = data.segments[data.bricks[c + 1]] - data.segments[data.bricks[c]];
    const stride = Math.ceil(columns / 4) * 4;
    const small = Math.min(rows, columns) <= mostExact;
    const dense = !lists && small && columns >= fewestDense && exposures >= leastDensity * rows * columns;
    const runs = exposures >= fromMemory && exposures >= longBrick * rows ? 4 : 1;
    return { rows, columns, exposures, stride, dense, runs };
  });
  const sumOf = (of: (shape: (typeof shapes)[number]) => number) => shapes.reduce((sum, shape) => sum + of(shape), 0);
  const width = sumOf(({ stride }) => stride);
  const sparse = sumOf(({ dense, exposures }) => (dense ? 0 : exposures));
  const region = arena.open({
    segments: u32(bricks + 1),
    entities: u32(sparse),
    exposures: f64(sparse),
    cells: f64(sumOf(({ dense, rows, stride }) => (dense ? rows * stride : 0))),
    totals: f64(bricks),
    fitted: f64(bricks),
    weights: f64(bricks),
    productivities: f64(width),
    factors: f64(width),
    sums: f64(width),
    scores: f64(4),
  });
  const { at } = region;
  region.f64('totals').set(data.totals);
  region.f64('productivities').fill(0);
  region.f64('factors').fill(0);
  const segments = region.u32('segments');
  const entities = region.u32('entities');
  const exposures = region.f64('exposures');
  const cells = region.f64('cells');
  let first = 0;
  let cell = 0;
  let filled = 0;

  const pauses = pausesIn(data.segments);
  // the exposures first, brick by brick
  const firstCells = new Float64Array(components);
  for (const [c, { stride, dense, rows }] of shapes.entries()) {
    firstCells[c] = cell;
    const firstColumn = data.columns[c];
    if (dense) cells.fill(0, cell, cell + rows * stride);
    for (let b = data.bricks[c]; b < data.bricks[c + 1]; b++) {
      if (pauses(b)) yield;
      segments[b] = filled;
      for (let j = data.segments[b]; j < data.segments[b + 1]; j++) {
        if (dense) cells[cell + data.column[j] - firstColumn] = data.exposure[j];
        else {
          entities[filled] = data.column[j] - firstColumn;
          exposures[filled++] = data.exposure[j];
        }
      }
      if (dense) cell += stride;
    }
    segments[data.bricks[c + 1]] = filled;
  }
  return {
    region,
    components: shapes.map(({ stride, dense, runs }, c): Store => {
      const firstBrick = data.bricks[c];
      const firstCell = firstCells[c];
      const base = first;
      first += stride;
      // entities are numbered within their component, so its vectors begin at its own first
      const [productivities, factors, sums] = [at.productivities, at.factors, at.sums].map((from) => from + 8 * base);
      const [totals, fitted, weights] = [at.totals, at.fitted, at.weights].map((from) => (b: number) => from + 8 * b);
      if (dense) {
        const row = (b: number) => at.cells + 8 * (firstCell + (b - firstBrick) * stride);
        return {
          first: base,
          stride,
          size: (b, end) => (end - b) * stride,
          sweep: (b, end) =>
            kernels.passPanel(row(b), totals(b), productivities, fitted(b), sums, at.scores, end - b, stride),
          bound: (b, end) => kernels.boundPanel(row(b), factors, totals(b), at.scores, end - b, stride),
          squares: (b, end) => kernels.squarePanel(row(b), weights(b), sums, end - b, stride),
          gram: (b, end, gram, scratch) => kernels.gramPanel(row(b), weights(b), gram, scratch, end - b, stride),
          multiply: null,
          project: null,
        };
      }
      const list = (b: number) => at.segments + 4 * b;
      const { entities: ids, exposures: values } = at;
      return {
        first: base,
        stride,
        size: (b, end) => data.segments[end] - data.segments[b],
        sweep: (b, end) =>
          kernels.passSegments(
            list(b),
            ids,
            values,
            totals(b),
            productivities,
            fitted(b),
            sums,
            at.scores,
            end - b,
            runs,
          ),
        bound: (b, end) => kernels.boundSegments(list(b), ids, factors, totals(b), at.scores, end - b),
        squares: (b, end) => kernels.squareSegments(list(b), ids, values, weights(b), sums, end - b),
        gram: (b, end, gram) => kernels.gramSegments(list(b), ids, values, weights(b), gram, end - b, stride),
        multiply: (b, end, inputs, outputs) =>
          kernels.multiplySegments(list(b), ids, values, weights(b), inputs, outputs, end - b),
        project: (b, end, design, outputs, columns) =>
          kernels.projectSegments(list(b), ids, values, productivities, design, outputs, end - b, columns),
      };
    }),
  };
}
