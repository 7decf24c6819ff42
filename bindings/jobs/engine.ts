import { tooManyUnits } from '../allocate/units.js';
import { ApportionError } from '../base/errors.js';
import { collectFaults, type Faults } from '../base/faults.js';
import { createPace, type Pace } from '../base/pace.js';
import type { Progress, RunOptions } from '../base/run.js';
import { walk } from '../base/steps.js';
import type { Curves, Model } from '../config/config.js';
import { parseModel } from '../config/parse.js';
import type { Calendar } from '../exposure/calendar.js';
import type { NamedCurve, Watch } from '../exposure/curves.js';
import type { Shaping } from '../exposure/effective.js';
import type { LostBricks } from '../exposure/lost.js';
import { type Arena, createArena } from '../machine/arena.js';
import { type KernelChoice, type Selected, selectKernels } from '../machine/select.js';
import { compileProblem, type Problem } from '../problem/compile.js';
import { type Deliveries, sortDeliveries } from '../tables/deliveries.js';
import { brickSides, refuseApart } from '../tables/meeting.js';
import { type Rows, readTables } from '../tables/read.js';
import type { Tables } from '../tables/tables.js';
import { refuseEndlessExposure, refuseEndlessTotals } from './endlessSums.js';
import type { PreparedCovariates } from './prepareCovariates.js';

export interface EngineOptions {
  /** `auto` (the default) is WebAssembly where it runs, JS elsewhere, same bits. */
  readonly kernels?: KernelChoice | undefined;
  /** Most bytes the kernels' memory may take; at most, and by default, 4 GiB less a page. */
  readonly memoryLimit?: number | undefined;
}

/** What every job works with: kernels and their memory, one job at a time. */
export interface Workshop extends Selected {
  readonly arena: Arena;
  /** Runs a job, with all of the arena, once those before it are done; one whose signal is aborted before then leaves at once. */
  queue<T>(job: () => Promise<T>, signal?: AbortSignal): Promise<T>;
}

export async function openWorkshop({ kernels, memoryLimit }: EngineOptions): Promise<Workshop> {
  const selected = await selectKernels(kernels, memoryLimit);
  const arena = createArena(selected.memory);
  let last: Promise<unknown> = Promise.resolve();
  return {
    ...selected,
    arena,
    queue<T>(job: () => Promise<T>, signal?: AbortSignal) {
      const result = new Promise<T>((resolve, reject) => {
        const leave = () => reject(signal?.reason);
        if (signal?.aborted) return leave();
        signal?.addEventListener('abort', leave, { once: true });
        last = last.then(async () => {
          signal?.removeEventListener('abort', leave);
          if (signal?.aborted) return; // it has left
          arena.reset(); // whatever the job before left open
          await job().then(resolve, (error) => reject(typed(error)));
        });
      });
      return result;
    },
  };
}

/** Lists that the machine has no room for are an error of ours too; everything else stays what it is. */
function typed(error: unknown): unknown {
  const room = /allocation failed|(?:typed )?array length|maximum size exceeded|string length|too large/i;
  if (!(error instanceof RangeError) || !room.test(error.message)) return error;
  const problem = `expected room for the tables and the fit, got: ${error.message}. Split the input.`;
  return new ApportionError('memory', `memory: ${problem}`, error);
}

export interface Prepared {
  readonly model: Model;
  readonly problem: Problem;
  readonly covariates: PreparedCovariates | null;
  readonly shaping: Shaping | undefined;
  readonly unusedCurves: readonly string[];
  readonly dependsOnCut: readonly string[];
  /** Rows of exposure without a total in their brick that adstock carries to one. */
  readonly history: number;
  /** The periods, and the curves in use; none where exposure is as delivered. */
  readonly calendar: Calendar | null;
  readonly named: readonly NamedCurve[];
  readonly pace: Pace;
  readonly raw: Raw;
}

/** Configuration and tables to a problem; nothing is fitted. `known` is how an earlier fit shaped exposure;
 * without `predicting` covariates are left alone. @throws InputError */
export async function prepare(
  workshop: Workshop,
  tables: Tables,
  config: unknown,
  { signal, onProgress, names }: RunOptions,
  known?: Shaping,
  predicting = true,
  watch?: Watch,
): Promise<Prepared> {
  const pace = createPace(signal);
  const tell = (stage: Progress['stage']) =>
    onProgress?.({ stage, passes: 0, gap: null, objective: null, component: 0, components: 0 });
  const model = parseModel(config);
  tell('compile');
  await pace.pause();
  const faults = collectFaults();
  const rows = await walk(pace, readTables(faults, tables, model, names));
  const deliveries = await walk(pace, sortDeliveries(faults, rows, model.exposure.duplicates));
  await pace.pause();
  refuseTooManyUnits(faults, rows.totals, model);
  refuseEndlessTotals(faults, rows, model, names);
  refuseEndlessExposure(faults, deliveries, model, names?.exposure ?? 'exposure', 'exposure');
  const apart = !rows.totals.brick.some((b) => deliveries.segments[b + 1] > deliveries.segments[b]);
  const refuse = () => refuseApart(faults, rows.bricks, ...brickSides(rows, model.exposure.brick), 'bricks');
  if (apart && !known) refuse();
  faults.throwIfAny(); // what is wrong with a calendar of tables that do not meet would only hide it
  if (model.effectiveExposure) tell('exposure');
  const raw = { model, rows, deliveries, faults, pace, table: names?.exposure ?? 'exposure' };
  const prepared = await compile(workshop, raw, { known, predicting, watch });
  // carry-over alone may reach the bricks that an earlier fit is to split
  if (apart && !prepared.problem.cells.exposure.some((x) => x > 0)) {
    refuse();
    faults.throwIfAny();
  }
  await pace.pause();
  return prepared;
}

/** The same with other curves, of all deliveries or of some. */
export function reshape(
  workshop: Workshop,
  { raw, problem }: Prepared,
  curves: Curves,
  deliveries: Deliveries = raw.deliveries,
): Promise<Prepared> {
  const { model } = raw;
  const effectiveExposure = { ...model.effectiveExposure!, curves };
  return compile(
    workshop,
    { ...raw, deliveries, model: { ...model, effectiveExposure } },
    { predicting: true, marked: problem.lost },
  );
}

/** Tables that were read and checked, before exposure is shaped. */
interface Raw {
  readonly model: Model;
  readonly rows: Rows;
  readonly deliveries: Deliveries;
  readonly faults: Faults;
  readonly pace: Pace;
  /** What messages call the table of exposure. */
  readonly table: string;
}

interface Settings {
  readonly known?: Shaping | undefined;
  readonly predicting: boolean;
  readonly watch?: Watch | undefined;
  /** Bricks found lost with other curves: the totals that are split stay the same. */
  readonly marked?: LostBricks | null;
}

/** Shapes exposure and lays the problem out; curves and covariates are loaded where the configuration has them. */
async function compile(
  { kernels, arena }: Workshop,
  raw: Raw,
  { known, predicting, watch, marked }: Settings,
): Promise<Prepared> {
  const { model, rows, faults, pace, table } = raw;
  const { effectiveExposure } = model;
  let { deliveries } = raw;
  let shaping: Shaping | undefined;
  let unusedCurves: readonly string[] = [];
  let dependsOnCut: readonly string[] = [];
  let history = 0;
  let lost: LostBricks | null = null;
  let calendar: Calendar | null = null;
  let named: readonly NamedCurve[] = [];
  if (effectiveExposure) {
    const { shapeExposure } = await import('../exposure/effective.js');
    const exposure = { ...model.exposure, table };
    const steps = shapeExposure(
      faults,
      kernels,
      arena,
      rows,
      deliveries,
      effectiveExposure,
      exposure,
      known,
      watch,
      marked,
    );
    const shaped = await walk(pace, steps);
    ({ deliveries, shaping, unused: unusedCurves, dependsOnCut, calendar, named, history, lost } = shaped);
    if (!faults.any) refuseEndlessExposure(faults, deliveries, model, table, 'effective exposure');
  }
  faults.throwIfAny();
  const { productivity = 'free', pooling } = model.model ?? {};
  const together = productivity !== 'free' || (pooling !== undefined && 'together' in pooling && pooling.together);
  const problem = await walk(pace, compileProblem(rows, deliveries, together, lost));
  const covariates =
    predicting && productivity !== 'free'
      ? (await import('./covariates.js')).prepareCovariates(faults, problem, model)
      : null;
  faults.throwIfAny();
  return { model, problem, covariates, shaping, unusedCurves, dependsOnCut, history, calendar, named, pace, raw };
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
