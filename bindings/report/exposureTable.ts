import type { Problem } from '../problem/compile.js';
import type { Deliveries } from '../tables/deliveries.js';
import type { ResultTable } from '../tables/tables.js';
import { tableOfCells } from './allocation.js';

export type ExposureTable = ResultTable<'delivered' | 'exposure'>;

/** Exposure as delivered and effective, in the rows of the allocation table; 0 delivered where only what came before has effect. */
export function exposureTable(problem: Problem, deliveries: Deliveries): ExposureTable {
  const { cells } = problem;
  const { table, inOrder } = tableOfCells(problem);
  const delivered = new Float64Array(cells.entity.length);
  for (let t = 0; t < cells.brick.length; t++) {
    // both lists rise by entity
    let i = deliveries.segments[cells.brick[t]];
    for (let j = cells.segments[t]; j < cells.segments[t + 1]; j++) {
      const entity = cells.entity[j];
      while (i < deliveries.segments[cells.brick[t] + 1] && deliveries.entity[i] < entity) i++;
      if (i < deliveries.segments[cells.brick[t] + 1] && deliveries.entity[i] === entity)
        delivered[j] = deliveries.value[i];
    }
  }
  return table.add('delivered', inOrder(delivered)).add('exposure', inOrder(cells.exposure)).table();
}
