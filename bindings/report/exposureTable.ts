import { pausesIn, type Steps } from '../base/steps.js';
import type { Problem } from '../problem/compile.js';
import type { Deliveries } from '../tables/deliveries.js';
import type { ResultTable } from '../tables/tables.js';
import { tableOfCells } from './allocation.js';

export type ExposureTable = ResultTable<'delivered' | 'exposure'>;

/** Exposure as delivered and effective, in the rows of the allocation table; 0 delivered where only what came before has effect. */
export function* exposureTable(problem: Problem, deliveries: Deliveries): Steps<ExposureTable> {
  const { cells } = problem;
  const { table, inOrder } = yield* tableOfCells(problem);
  const delivered = new Float64Array(cells.entity.length);
  const pauses = pausesIn(cells.segments);
  for (let t = 0; t < cells.brick.length; t++) {
    if (pauses(t)) yield;
    // both lists rise by entity
    let i = deliveries.segments[cells.brick[t]];
    for (let j = cells.segments[t]; j < cells.segments[t + 1]; j++) {
      const entity = cells.entity[j];
      while (i < deliveries.segments[cells.brick[t] + 1] && deliveries.entity[i] < entity) i++;
      if (i < deliveries.segments[cells.brick[t] + 1] && deliveries.entity[i] === entity)
        delivered[j] = deliveries.value[i];
    }
  }
  return table
    .add('delivered', yield* inOrder(delivered))
    .add('exposure', yield* inOrder(cells.exposure))
    .table();
}
