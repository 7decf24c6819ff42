import { tooManyUnits } from './allocate/units.js';
import { type Shaping, shapeExposure } from './exposure/effective.js';
import { collectFaults, type Faults } from './faults.js';
import { type KernelChoice, type Selected, selectKernels } from './kernels/select.js';
import { type Arena, createArena } from './memory/arena.js';
import type { Model } from './model/config.js';
import { parseModel } from './model/parse.js';
import { createPace, type Pace } from './pace.js';
import { compileProblem, type Problem } from './problem/compile.js';
import { sortDeliveries } from './problem/deliveries.js';
import { type Rows, readTables } from './problem/read.js';
import type { Tables } from './problem/tables.js';
import type { Progress, RunOptions } from './run.js';

export interface EngineOptions {
  /** `auto` (the default) is WebAssembly where it runs, JS elsewhere, same bits. */
  readonly kernels?: KernelChoice | undefined;
  /** Most bytes the kernels' memory may take; at most, and by default, 4 GiB less a page. */
  readonly memoryLimit?: number | undefined;
}

/** What every job works with: kernels and their memory, one job at a time. */
export interface Workshop extends Selected {
  readonly arena: Arena;
  /** Runs a job, with all of the arena, once those before it are done. */
  queue<T>(job: () => Promise<T>): Promise<T>;
}

export async function openWorkshop({ kernels, memoryLimit }: EngineOptions): Promise<Workshop> {
  const selected = await selectKernels(kernels, memoryLimit);
  const arena = createArena(selected.memory);
  let last: Promise<unknown> = Promise.resolve();
  return {
    ...selected,
    arena,
    queue(job) {
      const run = () => {
        arena.reset(); // whatever the job before left open
        return job();
      };
      const result = last.then(run, run);
      last = result;
      return result;
    },
  };
}

export interface Prepared {
  readonly model: Model;
  readonly problem: Problem;
  readonly shaping: Shaping | undefined;
  readonly unusedCurves: readonly string[];
  readonly pace: Pace;
}

/** Configuration and tables to a problem; nothing is fitted. `known` is how an earlier fit shaped exposure. @throws InputError */
export async function prepare(
  { kernels, arena }: Workshop,
  tables: Tables,
  config: unknown,
  { signal, onProgress, names }: RunOptions,
  known?: Shaping,
): Promise<Prepared> {
  const pace = createPace(signal);
  const tell = (stage: Progress['stage']) =>
    onProgress?.({ stage, passes: 0, gap: null, objective: null, component: 0, components: 0 });
  const model = parseModel(config);
  tell('compile');
  await pace.pause();
  const faults = collectFaults();
  const rows = readTables(faults, tables, model, names);
  await pace.pause();
  let deliveries = sortDeliveries(faults, rows, model.exposure.duplicates);
  await pace.pause();
  refuseTooManyUnits(faults, rows.totals, model);
  let shaping: Shaping | undefined;
  let unusedCurves: readonly string[] = [];
  if (model.effectiveExposure) {
    tell('exposure');
    const exposure = { ...model.exposure, table: names?.exposure ?? 'exposure' };
    const shaped = shapeExposure(faults, kernels, arena, rows, deliveries, model.effectiveExposure, exposure, known);
    ({ deliveries, shaping, unused: unusedCurves } = shaped);
  }
  faults.throwIfAny();
  await pace.pause();
  return { model, problem: compileProblem(rows, deliveries), shaping, unusedCurves, pace };
}

// with `decimals`, every total must be a whole number of units below 2^53
function refuseTooManyUnits(faults: Faults, { value, record }: Rows['totals'], model: Model): void {
  const decimals = model.output?.decimals ?? null;
  if (decimals === null) return;
  for (let r = 0; r < value.length; r++) {
    if (!tooManyUnits(value[r], decimals)) continue;
    faults.add('too-many-units', `${record(r)}, column ${model.totals.value}`, () => {
      return `expected fewer units of 10^-${decimals} than numbers can tell apart (at most 2^53), got ${value[r]}. Lower output.decimals.`;
    });
  }
}
