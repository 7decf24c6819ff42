import type { RunOptions } from './base/run.js';
import { walk } from './base/steps.js';
import type { Model } from './config/config.js';
import { entityColumns as entityColumnsOf, groupColumns as groupColumnsOf } from './config/entityColumns.js';
import { copyModel, parseModel } from './config/parse.js';
import type { Warning } from './diagnose/warnings.js';
import { type EngineOptions, openWorkshop, prepare, type Workshop } from './jobs/engine.js';
import { fitTables } from './jobs/fitTables.js';
import { readEngineOptions, readFitOptions, readRunOptions } from './jobs/options.js';
import { inputWarnings } from './jobs/tableWarnings.js';
import { exactSum } from './math/exactSum.js';
import type { EffectiveExposure } from './report/exposure.js';
import type { Fit } from './report/result.js';
import type { Tables } from './tables/tables.js';
import { takeTables } from './tables/take.js';

/** Kernels and their memory, reused from fit to fit. A second job waits for the first. */
export interface Engine {
  /** Which kernels run, and why not WebAssembly where `auto` fell back. */
  readonly kernels: 'wasm' | 'js';
  readonly reason: string | null;
  /** Bytes the kernels' memory takes now: grows with the largest fit, not with their number. */
  readonly memory: number;
  fit(tables: Tables, model: Model, options?: RunOptions): Promise<Fit>;
  check(tables: Tables, model: Model, options?: RunOptions): Promise<Check>;
  effectiveExposure(tables: Tables, model: Model, options?: RunOptions): Promise<EffectiveExposure>;
}

/** What a fit would work on: everything was found right. */
export interface Check {
  readonly bricks: number;
  readonly entities: number;
  readonly exposures: number;
  readonly components: number;
  /** Bricks with a total and no exposure. */
  readonly unallocated: number;
  readonly exposureWithoutTotal: number;
  /** Sums of all totals, and of those of bricks without exposure. */
  readonly sums: { readonly totals: number; readonly unallocated: number };
  /** Keys that do not meet and curves that nothing uses: what a fit would warn of before it begins. */
  readonly warnings: readonly Warning[];
}

export type FitOptions = RunOptions & EngineOptions;

/** An engine of one's own: for many fits, or a memory limit. @throws InputError, or ApportionError `kernels` */
export async function createEngine(options: EngineOptions = {}): Promise<Engine> {
  return engineOf(await openWorkshop(readEngineOptions(options)));
}

/** What a caller hands over, as it is at the call: what waits in the queue does not see later changes. @throws InputError */
function take(tables: Tables, model: Model, options: RunOptions) {
  return { tables: takeTables(tables), config: copyModel(model), run: readRunOptions(options) };
}

function engineOf(workshop: Workshop): Engine {
  return {
    kernels: workshop.name,
    reason: workshop.reason,
    get memory() {
      return workshop.memory.size;
    },
    async fit(given, model, runOptions = {}) {
      const { tables, config, run } = take(given, model, runOptions);
      return workshop.queue(() => fitTables(workshop, tables, config, run), run.signal);
    },
    async check(given, model, runOptions = {}) {
      const { tables, config, run } = take(given, model, runOptions);
      return workshop.queue(async () => {
        const prepared = await prepare(workshop, tables, config, run);
        const { cells, rows, panel, withoutTotal } = prepared.problem;
        const lost: number[] = [];
        for (let t = 0; t < cells.brick.length; t++) {
          const exposures = cells.exposure.subarray(cells.segments[t], cells.segments[t + 1]);
          if (!exposures.some((x) => x > 0)) lost.push(cells.totals[t]);
        }
        return {
          bricks: cells.brick.length,
          entities: rows.entities.count,
          exposures: rows.exposure.value.length,
          components: panel.columns.length - 1,
          unallocated: lost.length,
          exposureWithoutTotal: withoutTotal,
          sums: { totals: exactSum(cells.totals), unallocated: exactSum(lost) },
          warnings: await walk(prepared.pace, inputWarnings(prepared)),
        };
      }, run.signal);
    },
    async effectiveExposure(given, model, runOptions = {}) {
      const { tables, config, run } = take(given, model, runOptions);
      return workshop.queue(async () => {
        const { shapeTables } = await import('./jobs/effectiveExposure.js');
        return shapeTables(workshop, tables, config, run);
      }, run.signal);
    },
  };
}

/**
 * Columns that the entities table must have beside its keys: covariates, their groups, parents. @throws InputError where the
 * configuration is wrong
 */
export const entityColumns = (model: Model): string[] => entityColumnsOf(parseModel(model));

/** Columns of the entities table that group entities for pooling: read as text. @throws InputError where the configuration is wrong */
export const groupColumns = (model: Model): string[] => groupColumnsOf(parseModel(model));

const engines = new Map<string, Promise<Engine>>();

// one engine per choice of kernels and limit, made when first needed
function engineFor({ kernels = 'auto', memoryLimit }: EngineOptions): Promise<Engine> {
  const key = `${kernels} ${memoryLimit}`;
  let engine = engines.get(key);
  if (!engine) {
    engine = createEngine({ kernels, memoryLimit });
    engine.catch(() => engines.delete(key));
    engines.set(key, engine);
  }
  return engine;
}

/**
 * A call, with all it was handed as that is now, on the shared engine it asks for. Only here something is waited for: the engine
 * copies once more, of what no caller holds.
 */
function onShared<T>(
  tables: Tables,
  model: Model,
  options: FitOptions,
  call: (engine: Engine, ...taken: [Tables, Model, RunOptions]) => Promise<T>,
): Promise<T> {
  const { engine, run } = readFitOptions(options);
  const taken = take(tables, model, run);
  return engineFor(engine).then((shared) => call(shared, taken.tables, taken.config as Model, taken.run));
}

/**
 * Splits every total over the entities exposed in its brick, by productivities learned from all bricks.
 *
 * Model and options are copied at the call, and it is settled which columns the tables have: all these may change afterwards.
 * The contents of columns are not copied. They must not change until the promise settles, and may then: a result holds
 * nothing of them. Row objects are read at the call.
 *
 * @param tables `totals` (one row per brick), `exposure` (one row per brick and entity), `entities` (for pooling groups):
 *   columns by name as arrays, typed arrays, dictionaries or Arrow tables, or a list of row objects
 * @param model which columns are what, and the model; see `Model` for units, ranges and defaults
 * @throws InputError everything wrong with the configuration or the tables at once
 * @throws MemoryError when the kernels' memory would pass its limit
 * @throws the signal's reason when aborted, at once while other jobs are before this one; what `onProgress` throws, as it is
 */
export async function fit(tables: Tables, model: Model, options: FitOptions = {}): Promise<Fit> {
  return onShared(tables, model, options, (engine, ...taken) => engine.fit(...taken));
}

/** Checks configuration and tables as `fit` would, and fits nothing. Copies what `fit` copies. @throws InputError */
export async function check(tables: Tables, model: Model, options: FitOptions = {}): Promise<Check> {
  return onShared(tables, model, options, (engine, ...taken) => engine.check(...taken));
}

/**
 * Effective exposure as `fit` would use it, and where the data lie on its curves; fits nothing. Copies what `fit` copies.
 * @throws InputError, MemoryError
 */
export async function effectiveExposure(
  tables: Tables,
  model: Model,
  options: FitOptions = {},
): Promise<EffectiveExposure> {
  return onShared(tables, model, options, (engine, ...taken) => engine.effectiveExposure(...taken));
}

export { ApportionError, type ErrorCode, type Fault, InputError, MemoryError } from './base/errors.js';
export type { Progress, RunOptions, TableNames } from './base/run.js';
export { version } from './base/version.js';
export * from './config/config.js';
export { parseModel } from './config/parse.js';
export type { Warning } from './diagnose/warnings.js';
export type { EngineOptions } from './jobs/engine.js';
export type { KernelChoice } from './machine/select.js';
export type { CoefficientsTable, RegressionReport } from './report/coefficients.js';
export { type CsvDialect, csvBytes, csvChunks, toCsv } from './report/csv.js';
export type { CurveInUse, EffectiveExposure } from './report/exposure.js';
export type { GroupsTable, LevelSpread } from './report/groups.js';
export { fitJson, type Row, rowsOf } from './report/json.js';
export type { Allocation, Fit } from './report/result.js';
export { summarize } from './report/summary.js';
export type {
  ArrowLike,
  Column,
  DictionaryColumn,
  ResultColumn,
  ResultTable,
  Table,
  Tables,
  VectorLike,
} from './tables/tables.js';
