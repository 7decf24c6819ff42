import { pausesIn, type Steps } from '../base/steps.js';
import { leadingPower } from '../machine/js/split.js';
import { type Cells, compileCells } from '../tables/cells.js';
import type { Deliveries } from '../tables/deliveries.js';
import { orderBy, segmentsOf } from '../tables/order.js';
import type { Rows } from '../tables/read.js';
import { asOne, connect } from './components.js';

/**
 * What is fitted: cells with exposure, of bricks whose total is not negative, numbered so that each component's bricks
 * and entities stand together, canonical inside. Totals and exposures are scaled per component by powers of two.
 */
export interface Panel {
  /** Row of cells of each fitted brick. */
  readonly row: Uint32Array;
  /** Entity of each column of the panel. */
  readonly entity: Uint32Array;
  readonly totals: Float64Array;
  readonly segments: Uint32Array;
  /** Column of each exposure. */
  readonly column: Uint32Array;
  readonly exposure: Float64Array;
  /** Component c has the bricks bricks[c] .. bricks[c+1]-1 and the columns columns[c] .. columns[c+1]-1. */
  readonly bricks: Uint32Array;
  readonly columns: Uint32Array;
  /** Totals of component c were divided by totalScale[c], exposures by exposureScale[c]; both powers of two. */
  readonly totalScale: Float64Array;
  readonly exposureScale: Float64Array;
  /** Bricks left out because all their exposure is below 2^-900 of their component's largest. */
  readonly tooFaint: number;
}

/** Tables compiled to numbers. */
export interface Problem {
  readonly rows: Rows;
  readonly cells: Cells;
  readonly panel: Panel;
  /** Component of each entity; -1 for one without exposure in any brick with a total. */
  readonly componentOf: Int32Array;
  /** The same, before components that share something were taken as one. */
  readonly connectedOf: Int32Array;
  /** Deliveries of bricks without a total. */
  readonly withoutTotal: number;
  /** By brick: 1 where its delivery is lost, 2 where most of what carries over to it is; null where none is. */
  readonly lost: Uint8Array | null;
}

const leastNormal = 2.2250738585072014e-308;
const faint = 1 / leadingPower(8.5e270); // 2^-900

/** A power of two that brings numbers up to `largest` to at most 2. */
const scaleOf = (largest: number) => Math.max(leadingPower(largest), leastNormal);

/** Finds the components, or takes all as one where something is shared `together`, and lays out what is fitted. */
export function* compileProblem(
  rows: Rows,
  deliveries: Deliveries,
  together = false,
  lost: Uint8Array | null = null,
): Steps<Problem> {
  const cells = yield* compileCells(rows, deliveries);
  yield;
  const found = connect(cells, rows.entities.count);
  const { components, componentOf, rowComponent } = together ? asOne(found) : found;

  const totalScale = new Float64Array(components);
  const exposureScale = new Float64Array(components);
  const rowLargest = new Float64Array(cells.brick.length);
  const pauses = pausesIn(cells.segments);
  for (let t = 0; t < rowLargest.length; t++) {
    if (pauses(t)) yield;
    const c = rowComponent[t];
    if (c < 0) continue;
    let largest = 0;
    for (let j = cells.segments[t]; j < cells.segments[t + 1]; j++)
      if (cells.exposure[j] > largest) largest = cells.exposure[j];
    rowLargest[t] = largest;
    exposureScale[c] = Math.max(exposureScale[c], largest);
    totalScale[c] = Math.max(totalScale[c], cells.totals[t]);
  }
  for (let c = 0; c < components; c++) {
    totalScale[c] = scaleOf(totalScale[c]);
    exposureScale[c] = scaleOf(exposureScale[c]);
  }

  // fitted bricks by component, columns by component
  let tooFaint = 0;
  const fits = (t: number) => {
    const c = rowComponent[t];
    if (c < 0 || cells.totals[t] < 0) return false;
    if (rowLargest[t] / exposureScale[c] >= faint) return true;
    tooFaint++;
    return false;
  };
  yield;
  const row = yield* byComponent(rowComponent, components, fits);
  const entity = yield* byComponent(componentOf, components, (e) => componentOf[e] >= 0);
  const columnOf = new Int32Array(rows.entities.count).fill(-1);
  for (let k = 0; k < entity.length; k++) columnOf[entity[k]] = k;

  const segments = new Uint32Array(row.length + 1);
  const counting = pausesIn(cells.segments);
  for (let b = 0; b < row.length; b++) {
    if (counting(row[b])) yield;
    let positive = 0;
    for (let j = cells.segments[row[b]]; j < cells.segments[row[b] + 1]; j++) if (cells.exposure[j] > 0) positive++;
    segments[b + 1] = segments[b] + positive;
  }
  const totals = new Float64Array(row.length);
  const column = new Uint32Array(segments[row.length]);
  const exposure = new Float64Array(segments[row.length]);
  const laying = pausesIn(cells.segments);
  for (let b = 0; b < row.length; b++) {
    const t = row[b];
    if (laying(t)) yield;
    const c = rowComponent[t];
    totals[b] = cells.totals[t] / totalScale[c];
    let at = segments[b];
    for (let j = cells.segments[t]; j < cells.segments[t + 1]; j++) {
      if (!(cells.exposure[j] > 0)) continue;
      column[at] = columnOf[cells.entity[j]];
      exposure[at++] = cells.exposure[j] / exposureScale[c];
    }
  }
  yield;
  const panel: Panel = {
    row,
    entity,
    totals,
    segments,
    column,
    exposure,
    bricks: segmentsOf(
      row.map((t) => rowComponent[t]),
      components,
    ),
    columns: segmentsOf(
      entity.map((e) => componentOf[e]),
      components,
    ),
    totalScale,
    exposureScale,
    tooFaint,
  };
  return {
    rows,
    cells,
    panel,
    componentOf,
    connectedOf: found.componentOf,
    withoutTotal: countWithoutTotal(rows),
    lost,
  };
}

/** Those that are kept, component by component, rising inside. */
function* byComponent(componentOf: Int32Array, components: number, keeps: (i: number) => boolean): Steps<Uint32Array> {
  const kept = new Uint32Array(componentOf.length);
  let count = 0;
  for (let i = 0; i < kept.length; i++) if (keeps(i)) kept[count++] = i;
  const list = kept.subarray(0, count);
  const order = yield* orderBy(
    list.map((i) => componentOf[i]),
    components,
  );
  return order.map((i) => list[i]);
}

function countWithoutTotal({ bricks, totals, exposure }: Rows): number {
  const listed = new Uint8Array(bricks.count);
  for (const b of totals.brick) listed[b] = 1;
  let count = 0;
  for (let r = 0; r < exposure.brick.length; r++) if (!listed[exposure.brick[r]]) count++;
  return count;
}
