import { collectFaults, type Faults } from '../base/faults.js';
import type { RunOptions } from '../base/run.js';
import { walk } from '../base/steps.js';
import { version } from '../base/version.js';
import type { Model } from '../config/config.js';
import { fillDefaults } from '../config/fill.js';
import type { NamedCurve } from '../exposure/curves.js';
import type { EffectiveExposure } from '../report/exposure.js';
import { exposureTable } from '../report/exposureTable.js';
import { sortDeliveries } from '../tables/deliveries.js';
import type { Tables } from '../tables/tables.js';
import { type Prepared, prepare, type Workshop } from './engine.js';
import { inputWarnings } from './tableWarnings.js';

/** Shapes exposure as a fit does, and reports it. Runs inside the workshop's queue. */
export async function shapeTables(
  workshop: Workshop,
  tables: Tables,
  config: unknown,
  options: RunOptions,
): Promise<EffectiveExposure> {
  const seen = new Map<NamedCurve, number[]>();
  const watch = (curve: NamedCurve, values: Float64Array) => {
    const scaled = seen.get(curve) ?? [];
    seen.set(curve, scaled);
    for (const x of values) if (x > 0) scaled.push(x);
  };
  const prepared = await prepare(workshop, tables, config, options, undefined, false, watch);
  const { model, problem, named, calendar, pace } = prepared;
  const faults = collectFaults();
  refuseDelivered(faults, model);
  faults.throwIfAny();
  return {
    table: await walk(
      pace,
      exposureTable(problem, await walk(pace, sortDeliveries(faults, problem.rows, model.exposure.duplicates))),
    ),
    curves: named.map((one) => ({ ...one, scaled: Float64Array.from(seen.get(one) ?? []) })),
    periods: periodsOf(prepared),
    step: calendar?.step ?? null,
    warnings: await walk(pace, inputWarnings(prepared)),
    model: fillDefaults(model),
    run: { kernels: workshop.name, reason: workshop.reason, version },
  };
}

/** Texts of the periods, in their order. */
function periodsOf({ model, problem, calendar }: Prepared): string[] {
  if (!calendar) return [];
  const texts = new Array<string>(calendar.periods).fill('');
  const part = model.exposure.brick.indexOf(model.effectiveExposure!.time!);
  problem.rows.bricks.values[part].forEach((text, code) => {
    texts[calendar.period[code]] = text;
  });
  return texts;
}

/** A column that this table has and those of a fit do not. */
function refuseDelivered(faults: Faults, { totals, exposure }: Model): void {
  for (const [path, names] of [
    ['totals.brick', totals.brick],
    ['exposure.entity', exposure.entity],
  ] as const) {
    if (!names.includes('delivered')) continue;
    const problem = 'expected a column name that the result does not use, got "delivered". Rename the column.';
    faults.add('reserved-column', path, problem);
  }
}
