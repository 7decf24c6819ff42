import { splitCells } from './allocate/split.js';
import type { Warning } from './diagnose/warnings.js';
import { prepare, type RunOptions, type Workshop } from './engine.js';
import type { Shaping } from './exposure/effective.js';
import type { Productivities } from './fit/productivity.js';
import type { Model } from './model/config.js';
import type { Problem } from './problem/compile.js';
import { type KeySet, keyText } from './problem/keys.js';
import type { Tables } from './problem/tables.js';
import { allocationTable, unallocatedTable } from './report/allocation.js';
import type { Allocation } from './result.js';

/** What a fit remembers to split other bricks by. */
export interface Memory {
  readonly problem: Problem;
  readonly productivities: Productivities;
  /** Common rate of each component. */
  readonly rates: readonly number[];
  readonly shaping: Shaping | undefined;
  readonly config: unknown;
}

const textsOf = (keys: KeySet, k: number) => JSON.stringify(keys.names.map((_, c) => keyText(keys, k, c)));

/** Splits bricks the fit has not seen. */
export async function allocateTables(
  workshop: Workshop,
  memory: Memory,
  tables: Pick<Tables, 'totals' | 'exposure'>,
  options: RunOptions,
): Promise<Allocation> {
  // the entities table was for the fit: its groups are in the productivities
  const { entities: _, model: __, ...config } = memory.config as Model;
  const { problem, pace, model } = await prepare(workshop, tables, config, options, memory.shaping);
  const { productivity, unseen } = carryOver(problem, memory);
  const split = await splitCells(
    workshop.kernels,
    workshop.arena,
    problem.cells,
    productivity,
    model.output?.decimals ?? null,
    pace,
  );
  const unallocated = unallocatedTable(problem, split);
  const warnings: Warning[] = [];
  if (unseen > 0) {
    const message = `${unseen} ${unseen === 1 ? 'entity' : 'entities'} without exposure in the fit: split at the common rate of what they share bricks with.`;
    warnings.push({ code: 'unseen-entities', message });
  }
  if (unallocated.rows > 0) {
    warnings.push({
      code: 'unallocated',
      message: `${unallocated.rows} bricks with a total and nothing to give it to: kept apart.`,
    });
  }
  return { allocation: allocationTable(problem, split), unallocated, warnings };
}

/**
 * Productivities for the entities of other tables. Where all the known entities of a component come from one component
 * of the fit they are relative to its rate, as in the fit itself (same bits for the same bricks); entities not known get
 * the common rate.
 */
function carryOver(problem: Problem, { problem: fitted, productivities, rates }: Memory) {
  const known = new Map<string, number>();
  for (let e = 0; e < fitted.rows.entities.count; e++) {
    if (fitted.componentOf[e] >= 0) known.set(textsOf(fitted.rows.entities, e), e);
  }
  const count = problem.rows.entities.count;
  const source = new Int32Array(count).fill(-1);
  const from = new Map<number, Set<number>>(); // component here -> components of the fit
  for (let e = 0; e < count; e++) {
    const component = problem.componentOf[e];
    if (component < 0) continue;
    source[e] = known.get(textsOf(problem.rows.entities, e)) ?? -1;
    const set = from.get(component) ?? new Set<number>();
    if (source[e] >= 0) set.add(fitted.componentOf[source[e]]);
    from.set(component, set);
  }
  const productivity = new Float64Array(count);
  let unseen = 0;
  for (let e = 0; e < count; e++) {
    const origins = from.get(problem.componentOf[e]);
    if (!origins) continue;
    if (source[e] < 0) unseen++;
    if (origins.size <= 1) productivity[e] = source[e] >= 0 ? productivities.relative[source[e]] : 1;
    else productivity[e] = source[e] >= 0 ? productivities.productivity[source[e]] : meanRate(fitted, rates, origins);
  }
  return { productivity, unseen };
}

/** Total over exposure of several components of the fit together. */
function meanRate({ panel }: Problem, rates: readonly number[], components: ReadonlySet<number>): number {
  let total = 0;
  let exposure = 0;
  for (const c of [...components].sort((a, b) => a - b)) {
    if (!(rates[c] >= 0)) continue;
    let sum = 0;
    for (let j = panel.segments[panel.bricks[c]]; j < panel.segments[panel.bricks[c + 1]]; j++)
      sum += panel.exposure[j];
    total += rates[c] * sum * panel.exposureScale[c];
    exposure += sum * panel.exposureScale[c];
  }
  return exposure > 0 ? total / exposure : 1;
}
