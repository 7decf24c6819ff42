import { splitCells } from '../allocate/split.js';
import type { RunOptions } from '../base/run.js';
import { walk } from '../base/steps.js';
import { groupColumns } from '../config/entityColumns.js';
import { unproductiveWarnings, type Warning } from '../diagnose/warnings.js';
import type { Problem } from '../problem/compile.js';
import { allocationTable, unallocatedTable } from '../report/allocation.js';
import type { Allocation } from '../report/result.js';
import { type KeySet, keyText } from '../tables/keys.js';
import type { Tables } from '../tables/tables.js';
import { prepare, type Workshop } from './engine.js';
import type { FittedModel } from './fittedModel.js';
import type { GroupRates } from './groupRates.js';
import { tableWarnings } from './tableWarnings.js';

/** Splits bricks the fit has not seen. */
export async function allocateTables(
  workshop: Workshop,
  learned: FittedModel,
  tables: Tables,
  options: RunOptions,
): Promise<Allocation> {
  // The entities table was for the fit: what it said is in the productivities. Where it is there again, or none was needed,
  // covariates or groups tell of entities that the fit has not seen.
  const { entities, model: settings, ...rest } = learned.config;
  const hasEntities = tables.entities !== undefined || entities === undefined;
  const predicts = learned.predict !== null && hasEntities;
  const { productivity, pooling } = settings ?? {};
  // columns of the key are there whatever tables are
  const inKey =
    groupColumns(learned.config).length === 0 && !(pooling?.kind === 'tree' && pooling.parent !== undefined);
  const groups = learned.groupRates !== null && (hasEntities || inKey);
  const config =
    predicts || groups
      ? { ...rest, ...(entities && hasEntities && { entities }), model: predicts ? { productivity } : { pooling } }
      : rest;
  const prepared = await prepare(workshop, tables, config, options, learned.shaping, false);
  const { problem, pace, model } = prepared;
  const { kernels, arena } = workshop;
  const { relative, unseen } = carryOver(problem, learned, predicts, groups ? learned.groupRates!(problem.rows) : null);
  const split = await splitCells(kernels, arena, problem.cells, relative, model.output?.decimals ?? null, pace);
  const unallocated = await walk(pace, unallocatedTable(problem, split));
  const warnings: Warning[] = [];
  if (unseen > 0) {
    const how = predicts
      ? 'by what covariates say of them'
      : groups
        ? 'at the rate of their pooling groups'
        : 'at the common rate of what they share bricks with';
    const message = `${unseen} ${unseen === 1 ? 'entity' : 'entities'} without exposure in the fit: split ${how}.`;
    warnings.push({ code: 'unseen-entities', message });
  }
  warnings.push(...(await walk(pace, tableWarnings(prepared))), ...unproductiveWarnings(unallocated));
  return { allocation: await walk(pace, allocationTable(problem, split)), unallocated, warnings };
}

const textsOf = (keys: KeySet, k: number) => JSON.stringify(keys.names.map((_, c) => keyText(keys, k, c)));

/**
 * Productivities for the entities of other tables. Where all the known entities of a component come from one component
 * of the fit they are relative to its rate, as in the fit itself (same bits for the same bricks); where they come from
 * several, or none is known, they are absolute. Entities not known get the rate of their groups, where those are known, else the
 * common rate.
 */
function carryOver(
  { rows, componentOf }: Problem,
  learned: FittedModel,
  predicts: boolean,
  groupRates: GroupRates | null,
) {
  const { productivities, rates } = learned;
  const known = new Map<string, number>();
  for (let e = 0; e < learned.entities.count; e++) {
    if (learned.componentOf[e] >= 0) known.set(textsOf(learned.entities, e), e);
  }
  const count = rows.entities.count;
  const source = new Int32Array(count).fill(-1);
  const from = new Map<number, Set<number>>(); // component here -> components of the fit
  for (let e = 0; e < count; e++) {
    const component = componentOf[e];
    if (component < 0) continue;
    source[e] = known.get(textsOf(rows.entities, e)) ?? -1;
    const origins = from.get(component) ?? new Set<number>();
    if (source[e] >= 0) origins.add(learned.componentOf[source[e]]);
    from.set(component, origins);
  }
  const unseenEntities = Uint8Array.from({ length: count }, (_, e) => (componentOf[e] >= 0 && source[e] < 0 ? 1 : 0));
  const predicted = predicts ? learned.predict!(rows, unseenEntities) : null;
  const relative = new Float64Array(count);
  let unseen = 0;
  for (let e = 0; e < count; e++) {
    const origins = from.get(componentOf[e]);
    if (!origins) continue;
    const seen = source[e];
    if (seen < 0) unseen++;
    const [origin] = origins;
    if (predicted && learned.rates.length > 0 && rates[0] > 0) {
      relative[e] = seen >= 0 ? productivities.relative[seen] : predicted[e];
    } else if (origins.size === 0) {
      // nobody is known: everything that the fit earned something with may speak
      const earning = [...rates.keys()].filter((c) => rates[c] > 0);
      relative[e] = groupRates ? absoluteRate(learned, new Set(earning), groupRates, e) : 1;
    } else if (origins.size === 1) {
      const unknown = rates[origin] === 0 ? 0 : (groupRates?.(origin, e).relative ?? 1);
      relative[e] = seen >= 0 ? productivities.relative[seen] : unknown;
    } else if (seen >= 0 && rates[learned.componentOf[seen]] >= 0) relative[e] = productivities.productivity[seen];
    else relative[e] = absoluteRate(learned, origins, groupRates, e);
  }
  return { relative, unseen };
}

/** What several components of the fit say of an entity: those that know most of its groups, weighed by their exposure. */
function absoluteRate(
  { rates, exposures }: FittedModel,
  components: ReadonlySet<number>,
  groupRates: GroupRates | null,
  entity: number,
): number {
  const candidates = [...components]
    .filter((c) => rates[c] >= 0)
    .sort((a, b) => a - b)
    .map((c) => ({ c, ...(groupRates?.(c, entity) ?? { relative: 1, known: 0 }) }));
  const most = candidates.reduce((largest, { known }) => Math.max(largest, known), 0);
  let total = 0;
  let exposure = 0;
  for (const { c, relative, known } of candidates) {
    if (known < most) continue;
    total += rates[c] * relative * exposures[c];
    exposure += exposures[c];
  }
  // any common rate where none of them has one
  return exposure > 0 ? total / exposure : 1;
}
