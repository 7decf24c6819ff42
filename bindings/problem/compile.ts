import { leadingPower } from '../kernels/js/split.js';
import { type Deliveries, orderBy } from './deliveries.js';
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
  /** Deliveries of bricks without a total. */
  readonly withoutTotal: number;
}

/** Lays out every brick with a total. */
export function compileCells(rows: Rows, { segments, entity, value }: Deliveries): Cells {
  const order = orderBy(rows.totals.brick, rows.bricks.count);
  const brick = order.map((r) => rows.totals.brick[r]);
  const starts = new Uint32Array(brick.length + 1);
  brick.forEach((b, t) => {
    starts[t + 1] = starts[t] + segments[b + 1] - segments[b];
  });
  const cells = {
    brick,
    totals: Float64Array.from(order, (r) => rows.totals.value[r]),
    segments: starts,
    entity: new Uint32Array(starts[brick.length]),
    exposure: new Float64Array(starts[brick.length]),
  };
  brick.forEach((b, t) => {
    cells.entity.set(entity.subarray(segments[b], segments[b + 1]), starts[t]);
    cells.exposure.set(value.subarray(segments[b], segments[b + 1]), starts[t]);
  });
  return cells;
}

const faint = 1 / leadingPower(8.5e270); // 2^-900

/** Finds the components and lays out what is fitted. */
export function compileProblem(rows: Rows, deliveries: Deliveries): Problem {
  const cells = compileCells(rows, deliveries);
  const { components, componentOf, rowComponent } = connect(cells, rows.entities.count);

  const largestTotal = new Float64Array(components);
  const largestExposure = new Float64Array(components);
  const rowLargest = new Float64Array(cells.brick.length);
  cells.brick.forEach((_, t) => {
    const c = rowComponent[t];
    if (c < 0) return;
    for (let j = cells.segments[t]; j < cells.segments[t + 1]; j++)
      rowLargest[t] = Math.max(rowLargest[t], cells.exposure[j]);
    largestExposure[c] = Math.max(largestExposure[c], rowLargest[t]);
    largestTotal[c] = Math.max(largestTotal[c], cells.totals[t]);
  });
  const totalScale = largestTotal.map((x) => Math.max(leadingPower(x), 2.2250738585072014e-308));
  const exposureScale = largestExposure.map((x) => Math.max(leadingPower(x), 2.2250738585072014e-308));

  // fitted bricks by component, columns by component
  let tooFaint = 0;
  const fitted: number[] = [];
  const component: number[] = [];
  rowComponent.forEach((c, t) => {
    if (c < 0 || cells.totals[t] < 0) return;
    if (rowLargest[t] / exposureScale[c] < faint) tooFaint++;
    else {
      fitted.push(t);
      component.push(c);
    }
  });
  const row = orderBy(Uint32Array.from(component), components).map((i) => fitted[i]);
  const connected = Uint32Array.from(componentOf.keys()).filter((e) => componentOf[e] >= 0);
  const entity = orderBy(
    connected.map((e) => componentOf[e]),
    components,
  ).map((i) => connected[i]);
  const columnOf = new Int32Array(rows.entities.count).fill(-1);
  entity.forEach((e, k) => {
    columnOf[e] = k;
  });

  const segments = new Uint32Array(row.length + 1);
  row.forEach((t, b) => {
    let positive = 0;
    for (let j = cells.segments[t]; j < cells.segments[t + 1]; j++) if (cells.exposure[j] > 0) positive++;
    segments[b + 1] = segments[b] + positive;
  });
  const totals = new Float64Array(row.length);
  const column = new Uint32Array(segments[row.length]);
  const exposure = new Float64Array(segments[row.length]);
  row.forEach((t, b) => {
    const c = rowComponent[t];
    totals[b] = cells.totals[t] / totalScale[c];
    let at = segments[b];
    for (let j = cells.segments[t]; j < cells.segments[t + 1]; j++) {
      if (!(cells.exposure[j] > 0)) continue;
      column[at] = columnOf[cells.entity[j]];
      exposure[at++] = cells.exposure[j] / exposureScale[c];
    }
  });
  const starts = (list: Uint32Array, of: (k: number) => number) => {
    const counts = new Uint32Array(components + 1);
    for (const k of list) counts[of(k) + 1]++;
    for (let c = 0; c < components; c++) counts[c + 1] += counts[c];
    return counts;
  };
  const panel: Panel = {
    row,
    entity,
    totals,
    segments,
    column,
    exposure,
    bricks: starts(row, (t) => rowComponent[t]),
    columns: starts(entity, (e) => componentOf[e]),
    totalScale,
    exposureScale,
    tooFaint,
  };
  const listed = new Uint8Array(rows.bricks.count);
  for (const b of cells.brick) listed[b] = 1;
  let withoutTotal = 0;
  for (const b of rows.exposure.brick) if (!listed[b]) withoutTotal++;
  return { rows, cells, panel, componentOf, withoutTotal };
}

// union-find over entities that share a brick; components are numbered by their first brick
function connect(cells: Cells, entities: number) {
  const parent = Int32Array.from({ length: entities }, (_, e) => e);
  const root = (e: number) => {
    while (parent[e] !== e) {
      parent[e] = parent[parent[e]];
      e = parent[e];
    }
    return e;
  };
  const first = new Int32Array(cells.brick.length).fill(-1);
  for (let t = 0; t < cells.brick.length; t++) {
    for (let j = cells.segments[t]; j < cells.segments[t + 1]; j++) {
      if (!(cells.exposure[j] > 0)) continue;
      const r = root(cells.entity[j]);
      if (first[t] < 0) first[t] = r;
      else if (r !== first[t]) {
        const other = root(first[t]);
        parent[Math.max(r, other)] = Math.min(r, other);
        first[t] = Math.min(r, other);
      }
    }
  }
  const number = new Int32Array(entities).fill(-1);
  let components = 0;
  const rowComponent = first.map((e) => {
    if (e < 0) return -1;
    const r = root(e);
    if (number[r] < 0) number[r] = components++;
    return number[r];
  });
  const componentOf = new Int32Array(entities).map((_, e) => number[root(e)]);
  return { components, componentOf, rowComponent };
}
