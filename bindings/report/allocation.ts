import type { Split } from '../allocate/split.js';
import { pausesIn, type Steps } from '../base/steps.js';
import type { Problem } from '../problem/compile.js';
import { orderBy } from '../tables/order.js';
import type { ResultTable } from '../tables/tables.js';
import { createTable, gatherInSteps } from './tables.js';

export type AllocationTable = ResultTable<'exposure' | 'share' | 'allocation'>;
export type UnallocatedTable = ResultTable<'total'>;

/** Rows of cells in the order of the totals table. */
function rowsInOrder({ rows, cells }: Problem): Uint32Array {
  const rowOf = new Uint32Array(rows.bricks.count);
  for (let t = 0; t < cells.brick.length; t++) rowOf[cells.brick[t]] = t;
  return rows.totals.brick.map((b) => rowOf[b]);
}

/** Cells in the order of the allocation table: bricks as in totals, entities by first appearance in exposure. */
function* cellsInOrder(problem: Problem): Steps<Uint32Array> {
  const { rows, cells } = problem;
  const entities = rows.entities.count;
  const appearance = new Uint32Array(entities);
  for (let i = 0; i < entities; i++) appearance[rows.entityOrder[i]] = i;
  const seen = yield* gatherInSteps(appearance, cells.entity, new Uint32Array(cells.entity.length));
  const byAppearance = yield* orderBy(seen, entities);
  const place = new Uint32Array(cells.entity.length); // of each cell's brick in the totals table
  const inOrder = rowsInOrder(problem);
  for (let i = 0; i < inOrder.length; i++) place.fill(i, cells.segments[inOrder[i]], cells.segments[inOrder[i] + 1]);
  return yield* orderBy(place, inOrder.length, byAppearance);
}

interface TableOfCells {
  readonly table: ReturnType<typeof createTable>;
  /** A figure of every cell, as the rows have them. */
  readonly inOrder: (values: Float64Array) => Steps<Float64Array>;
}

/** A table of all cells, bricks as in totals and entities by first appearance in exposure: its keys so far, and its order. */
export function* tableOfCells(problem: Problem): Steps<TableOfCells> {
  const { rows, cells } = problem;
  const count = cells.entity.length;
  const order = yield* cellsInOrder(problem);
  yield;
  const brick = new Uint32Array(count);
  let at = 0;
  for (const t of rowsInOrder(problem)) {
    const end = at + cells.segments[t + 1] - cells.segments[t];
    brick.fill(cells.brick[t], at, end);
    at = end;
  }
  const entity = yield* gatherInSteps(cells.entity, order, new Uint32Array(count));
  const table = createTable(count);
  for (const [keys, ids] of [
    [rows.bricks, brick],
    [rows.entities, entity],
  ] as const) {
    yield* table.addKeysInSteps(keys, ids);
  }
  return { table, inOrder: (values) => gatherInSteps(values, order, new Float64Array(count)) };
}

/** The allocation table: bricks as in totals, entities by first appearance in exposure. */
export function* allocationTable(problem: Problem, split: Split): Steps<AllocationTable> {
  const { table, inOrder } = yield* tableOfCells(problem);
  return table
    .add('exposure', yield* inOrder(problem.cells.exposure))
    .add('share', yield* inOrder(split.share))
    .add('allocation', yield* inOrder(split.part))
    .table();
}

/** Why, where `"gaps": "unallocated"` leaves a total: no row of its own, or mostly carry-over from periods without. */
const lostReasons = ['lost delivery', 'carry-over of lost delivery'];

/** Bricks whose total nothing could receive, in the order of totals; totals as they were split, in units where `decimals` asks for it. */
export function* unallocatedTable(problem: Problem, split: Split): Steps<UnallocatedTable> {
  const { rows, cells } = problem;
  const massless = new Uint8Array(cells.brick.length);
  for (const t of split.massless) massless[t] = 1;
  const kept: number[] = [];
  const reason: string[] = [];
  const pauses = pausesIn(cells.segments);
  for (const t of rowsInOrder(problem)) {
    if (pauses(t)) yield;
    if (!massless[t]) continue;
    let exposed = false;
    for (let j = cells.segments[t]; j < cells.segments[t + 1]; j++) exposed ||= cells.exposure[j] > 0;
    // a total of zero is fully allocated wherever there is exposure
    if (exposed && cells.totals[t] === 0) continue;
    kept.push(t);
    const lost = problem.lost?.[cells.brick[t]] ?? 0;
    reason.push(lost > 0 ? lostReasons[lost - 1] : exposed ? 'no productivity' : 'no exposure');
  }
  return createTable(kept.length)
    .addKeys(
      rows.bricks,
      Uint32Array.from(kept, (t) => cells.brick[t]),
    )
    .add(
      'total',
      Float64Array.from(kept, (t) => split.totals[t]),
    )
    .add('reason', reason)
    .table();
}
