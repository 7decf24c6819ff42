import type { Split } from '../allocate/split.js';
import type { Problem } from '../problem/compile.js';
import type { ResultTable } from '../problem/tables.js';
import { createTable } from './tables.js';

/** Rows of cells in the order of the totals table. */
function rowsInOrder({ rows, cells }: Problem): Uint32Array {
  const rowOf = new Int32Array(rows.bricks.count).fill(-1);
  cells.brick.forEach((b, t) => {
    rowOf[b] = t;
  });
  return rows.totals.brick.map((b) => rowOf[b]);
}

/** The allocation table: bricks as in totals, entities by first appearance in exposure. */
export function allocationTable(problem: Problem, split: Split): ResultTable {
  const { rows, cells } = problem;
  const appearance = new Uint32Array(rows.entities.count);
  rows.entityOrder.forEach((e, i) => {
    appearance[e] = i;
  });
  const order = new Uint32Array(cells.entity.length);
  const brick = new Uint32Array(cells.entity.length);
  let at = 0;
  for (const t of rowsInOrder(problem)) {
    const start = at;
    for (let j = cells.segments[t]; j < cells.segments[t + 1]; j++) order[at++] = j;
    order.subarray(start, at).sort((i, j) => appearance[cells.entity[i]] - appearance[cells.entity[j]]);
    brick.fill(cells.brick[t], start, at);
  }
  return createTable(order.length)
    .addKeys(rows.bricks, brick)
    .addKeys(
      rows.entities,
      order.map((j) => cells.entity[j]),
    )
    .add(
      'exposure',
      Float64Array.from(order, (j) => cells.exposure[j]),
    )
    .add(
      'share',
      Float64Array.from(order, (j) => split.share[j]),
    )
    .add(
      'allocation',
      Float64Array.from(order, (j) => split.part[j]),
    )
    .table();
}

/** Bricks whose total nothing could receive, in the order of totals. */
export function unallocatedTable(problem: Problem, split: Split): ResultTable {
  const { rows, cells } = problem;
  const massless = new Set(split.massless);
  const kept: number[] = [];
  const reason: string[] = [];
  for (const t of rowsInOrder(problem)) {
    let exposed = false;
    for (let j = cells.segments[t]; j < cells.segments[t + 1]; j++) exposed ||= cells.exposure[j] > 0;
    // a total of zero is fully allocated wherever there is exposure
    if (!massless.has(t) || (exposed && cells.totals[t] === 0)) continue;
    kept.push(t);
    reason.push(exposed ? 'no productivity' : 'no exposure');
  }
  return createTable(kept.length)
    .addKeys(
      rows.bricks,
      Uint32Array.from(kept, (t) => cells.brick[t]),
    )
    .add(
      'total',
      Float64Array.from(kept, (t) => cells.totals[t]),
    )
    .add('reason', reason)
    .table();
}
