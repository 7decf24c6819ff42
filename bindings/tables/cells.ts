import { pausesIn, type Steps } from '../base/steps.js';
import type { Deliveries } from './deliveries.js';
import { orderBy } from './order.js';
import type { Rows } from './read.js';

/** Every brick with a total and what may receive it: what is split. Bricks in canonical order, entities rising. */
export interface Cells {
  /** Brick of each row of cells. */
  readonly brick: Uint32Array;
  readonly totals: Float64Array;
  /** Cells of row t are segments[t] .. segments[t+1]-1. */
  readonly segments: Uint32Array;
  readonly entity: Uint32Array;
  /** Effective exposure, >= 0; zero where there was a delivery row and no effect. */
  readonly exposure: Float64Array;
}

/** Lays out every brick with a total. */
export function* compileCells(rows: Rows, { segments, entity, value }: Deliveries): Steps<Cells> {
  const order = yield* orderBy(rows.totals.brick, rows.bricks.count);
  const brick = new Uint32Array(order.length);
  const totals = new Float64Array(order.length);
  const starts = new Uint32Array(order.length + 1);
  for (let t = 0; t < order.length; t++) {
    const b = rows.totals.brick[order[t]];
    brick[t] = b;
    totals[t] = rows.totals.value[order[t]];
    starts[t + 1] = starts[t] + segments[b + 1] - segments[b];
  }
  const cells = {
    brick,
    totals,
    segments: starts,
    entity: new Uint32Array(starts[order.length]),
    exposure: new Float64Array(starts[order.length]),
  };
  const pauses = pausesIn(starts);
  for (let t = 0; t < order.length; t++) {
    if (pauses(t)) yield;
    const from = segments[brick[t]] - starts[t];
    for (let j = starts[t]; j < starts[t + 1]; j++) {
      cells.entity[j] = entity[from + j];
      cells.exposure[j] = value[from + j];
    }
  }
  return cells;
}
