import type { Split } from '../allocate/split.js';
import type { Adding } from '../allocate/unitSums.js';
import { pausesIn, type Steps } from '../base/steps.js';
import type { ComponentFit } from '../infer/fitPanel.js';
import { commonRate, type Productivities } from '../infer/productivity.js';
import { exactSums } from '../math/exactSum.js';
import type { Problem } from '../problem/compile.js';
import type { ResultTable } from '../tables/tables.js';
import { createTable, gather } from './tables.js';

export type EntitiesTable = ResultTable<
  'productivity' | 'exposure' | 'allocation' | 'share' | 'proportional' | 'relative' | 'trust'
>;
/** Columns that are there where standard errors were asked for: of ln productivity, NaN where there are none. */
export type ErrorColumns = 'posteriorDeviation' | 'standardError' | 'sandwichError' | 'blockError';
export type ComponentsTable = ResultTable<
  'bricks' | 'entities' | 'total' | 'rate' | 'dispersion' | 'effectiveParameters' | 'priorWeight' | 'passes' | 'gap'
>;

/** The entities table, by first appearance in exposure. */
export function* entitiesTable(
  problem: Problem,
  split: Split,
  proportional: Split,
  { productivity, normalised, trust, cold }: Productivities,
  alike: readonly Uint32Array[],
  fits: readonly ComponentFit[],
  withErrors: boolean,
  adding: Adding,
): Steps<EntitiesTable> {
  const { rows, cells, panel, componentOf } = problem;
  const count = rows.entities.count;
  yield;
  const allocated = adding.sums(split.part, cells.entity, count);
  yield;
  const exposure = exactSums(cells.exposure, cells.entity, count);
  yield;
  const byExposure = adding.sums(proportional.part, cells.entity, count);
  yield;
  const all = adding.sum(split.part);
  const twins = new Uint8Array(count);
  for (const group of alike) for (const k of group) twins[panel.entity[k]] = 1;
  const flags = (e: number) =>
    [componentOf[e] < 0 ? 'no-exposure' : '', twins[e] ? 'indistinguishable' : '', cold[e] ? 'cold' : '']
      .filter(Boolean)
      .join(';');
  const inOrder = (values: Float64Array) => gather(values, rows.entityOrder, new Float64Array(count));
  const table = createTable(count)
    .addKeys(rows.entities, rows.entityOrder)
    .add('productivity', inOrder(productivity))
    .add('exposure', inOrder(exposure))
    .add('allocation', inOrder(allocated))
    .add('share', inOrder(all === 0 ? new Float64Array(count) : allocated.map((x) => x / all)))
    .add('proportional', inOrder(byExposure))
    .add('relative', inOrder(normalised))
    .add('trust', inOrder(trust));
  if (withErrors)
    for (const [name, values] of Object.entries(errorsOf(problem, fits))) table.add(name, inOrder(values));
  return table.add('flags', Array.from(rows.entityOrder, flags)).table();
}

/** Standard errors by entity; NaN where there are none. */
function errorsOf({ rows, panel }: Problem, fits: readonly ComponentFit[]): Record<ErrorColumns, Float64Array> {
  const none = () => new Float64Array(rows.entities.count).fill(Number.NaN);
  const out = { posteriorDeviation: none(), standardError: none(), sandwichError: none(), blockError: none() };
  fits.forEach((fit, c) => {
    if (fit.kind !== 'fitted' || !fit.errors) return;
    const { posterior, model, sandwich, blocks } = fit.errors;
    for (let k = panel.columns[c]; k < panel.columns[c + 1]; k++) {
      const h = k - panel.columns[c];
      const e = panel.entity[k];
      out.posteriorDeviation[e] = posterior[h];
      out.standardError[e] = model[h];
      out.sandwichError[e] = sandwich[h];
      if (blocks) out.blockError[e] = blocks[h];
    }
  });
  return out;
}

/** One row per component, in canonical order; `first.` columns name its first brick. */
export function* componentsTable(
  problem: Problem,
  split: Split,
  fits: readonly ComponentFit[],
  adding: Adding,
): Steps<ComponentsTable> {
  const { rows, cells, panel } = problem;
  const firstBrick = new Uint32Array(fits.length);
  const pauses = pausesIn(cells.segments);
  for (let t = cells.brick.length - 1; t >= 0; t--) {
    if (pauses(t)) yield;
    for (let j = cells.segments[t]; j < cells.segments[t + 1]; j++) {
      if (cells.exposure[j] > 0) firstBrick[problem.componentOf[cells.entity[j]]] = cells.brick[t];
    }
  }
  const figures = (of: (fit: ComponentFit & { kind: 'fitted' }, c: number) => number, otherwise = Number.NaN) =>
    Float64Array.from(fits, (fit, c) => (fit.kind === 'fitted' ? of(fit, c) : otherwise));
  const sizes = (starts: Uint32Array) => Float64Array.from(fits, (_, c) => starts[c + 1] - starts[c]);
  const totals = Float64Array.from(fits, (_, c) => {
    return adding.sum(
      Float64Array.from(panel.row.subarray(panel.bricks[c], panel.bricks[c + 1]), (t) => split.totals[t]),
    );
  });
  return createTable(fits.length)
    .addKeys({ ...rows.bricks, names: rows.bricks.names.map((name) => `first.${name}`) }, firstBrick)
    .add('bricks', sizes(panel.bricks))
    .add('entities', sizes(panel.columns))
    .add('total', totals)
    .add(
      'rate',
      Float64Array.from(fits, (fit, c) => commonRate(problem, c, fit)),
    )
    .add(
      'dispersion',
      figures((fit, c) => fit.dispersion * panel.totalScale[c]),
    )
    .add(
      'effectiveParameters',
      figures((fit) => fit.edf),
    )
    .add(
      'effectiveParametersBy',
      fits.map((fit) => (fit.kind === 'fitted' ? fit.edfMethod : fit.kind)),
    )
    .add(
      'priorWeight',
      figures((fit, c) => fit.prior.weight * panel.totalScale[c], 0),
    )
    .add(
      'solver',
      fits.map((fit) => (fit.kind === 'fitted' ? (fit.solver ?? 'none') : fit.kind)),
    )
    .add(
      'passes',
      figures((fit) => fit.passes, 0),
    )
    .add(
      'gap',
      // nothing is proven of a local optimum
      figures((fit) => (fit.log ? Number.NaN : fit.solution.gap), 0),
    )
    .table();
}
