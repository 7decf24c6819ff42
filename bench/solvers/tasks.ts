import { atOnce } from '../../bindings/base/steps.js';
import { createArena } from '../../bindings/machine/arena.js';
import { selectKernels } from '../../bindings/machine/select.js';
import { openPanel } from '../../bindings/pass/inMemory.js';
import type { Curve } from './curve.js';
import { readPanel, readSizes, writePanel } from './files.js';
import { type FitTask, largestDifference, type Mark, misplaced, type Pooling, prepareFits, type Run } from './ours.js';
import { compiled, type Panel } from './panel.js';
import { exposureOf, plainEm, plainSweep } from './plainEm.js';
import { problemsNamed } from './problems.js';

// What runs in a process of its own, so that neither memory nor compiled code of one measurement is another's.

type FitChoice = Pick<FitTask, 'solver' | 'pooling' | 'cap'> & { readonly kernels: 'wasm' | 'js' };

export type Task = { readonly problem: string } & (
  | { readonly kind: 'make' }
  | ({ readonly kind: 'fit' } & FitChoice)
  | { readonly kind: 'plain'; readonly gap: number; readonly cap: number }
  | { readonly kind: 'pass'; readonly by: 'wasm' | 'plain'; readonly seconds: number }
  | { readonly kind: 'agreement'; readonly pooling: Pooling; readonly cap: number }
);

const family = 'quasiPoisson';
const tolerance = 1e-8;
const converged = 1e-10;
const closest = 1e-13;
const mostRuns = 101;
const enoughSeconds = 1.5;
const fewestRuns = 3; // where they take longer than that, until
const mostSeconds = 12;

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1];
const megabytes = () => process.resourceUsage().maxRSS / 1024;

export async function runTask(task: Task) {
  if (task.kind === 'make') {
    writePanel(task.problem, problemsNamed([task.problem])[0].make());
    return readSizes(task.problem);
  }
  if (task.kind === 'fit') return fitTask(task.problem, task);
  if (task.kind === 'pass') return passTask(readPanel(task.problem), task.by, task.seconds);
  if (task.kind === 'agreement') return agreementTask(task.problem, task.pooling, task.cap);
  return plainTask(task.problem, task.gap, task.cap);
}

/** What takes milliseconds is measured many times, what takes seconds a few, what takes longer once. */
const goesOn = (runs: number, spent: number) =>
  runs === 0 || (runs < fewestRuns ? spent < mostSeconds : runs < mostRuns && spent < enoughSeconds);

/** Medians over as many fits as fit into a moment, then one more to the converged answer of the first round. */
async function fitTask(problem: string, task: FitChoice) {
  const panel = readPanel(problem);
  const fit = await prepareFits(panel, task.kernels);
  const runs: Run[] = [];
  let peak = 0;
  for (let spent = 0; goesOn(runs.length, spent); ) {
    const run = await fit({ ...task, family, tolerance, firstRoundOnly: false });
    peak ||= megabytes(); // of the first fit: those after it leave rubbish behind
    if (run.fit || runs.length === 0) runs.push(run);
    if (!run.fit) break; // given up
    spent += run.seconds;
    if (run.seconds > 0.1) globalThis.gc?.(); // what is left of large fits; small ones it would only cool down
  }
  const [first] = runs;
  // where the last mark was missed there is nothing to hold the others against
  const whole = first.fit !== null && task.kernels === 'wasm';
  const reference = whole ? await fit({ ...task, family, tolerance: converged, firstRoundOnly: true }) : null;
  const medianOf = (of: (run: Run) => number) => median(runs.map(of));
  return {
    solver: first.fit?.solver ?? null,
    marks: first.marks.map(
      (mark, i) =>
        mark && {
          passes: mark.passes,
          seconds: medianOf((run) => (run.marks[i] as Mark).seconds),
          misplaced: reference?.roundEnd ? misplaced(panel, mark.productivity, reference.roundEnd) : null,
        },
    ),
    /** To the last mark in the first fit of the process, before anything was compiled to the end. */
    coldSeconds: first.marks[first.marks.length - 1]?.seconds ?? null,
    passes: first.passes,
    seconds: medianOf((run) => run.seconds),
    traceSeconds: medianOf((run) => run.traceSeconds),
    converged: first.fit?.solution.converged ?? false,
    gap: first.fit?.solution.gap ?? null,
    edf: first.fit?.edf ?? null,
    edfMethod: first.fit?.edfMethod ?? null,
    runs: runs.length,
    megabytes: peak,
  };
}

/** The median run of as many as fit into a moment. */
function plainTask(problem: string, gap: number, cap: number) {
  const panel = readPanel(problem);
  const runs: Curve[] = [];
  const time = ({ seconds }: Curve) => seconds[seconds.length - 1];
  for (let spent = 0; goesOn(runs.length, spent); spent += time(runs[runs.length - 1])) {
    runs.push(plainEm(panel, gap, cap));
  }
  runs.sort((a, b) => time(a) - time(b));
  return { ...runs[runs.length >> 1], megabytes: megabytes() };
}

/** One sweep over and over, at productivities that EM moves on. */
async function passTask(panel: Panel, by: 'wasm' | 'plain', seconds: number) {
  const sweep = by === 'wasm' ? await ourSweep(panel) : plainSweepOf(panel);
  const exposure = exposureOf(panel);
  let productivity = new Float64Array(panel.entities).fill(1);
  const times: number[] = [];
  for (let spent = 0; times.length < 5 || spent < seconds; ) {
    const start = performance.now();
    const credits = await sweep(productivity);
    const time = (performance.now() - start) / 1000;
    times.push(time);
    spent += time;
    productivity = productivity.map((p, h) => (p * credits[h]) / exposure[h]);
  }
  return { seconds: median(times), passes: times.length, megabytes: megabytes() };
}

async function ourSweep(panel: Panel) {
  const { kernels, memory } = await selectKernels('wasm');
  const still = { pause: () => undefined };
  const pass = atOnce(openPanel({ kernels, arena: createArena(memory), pace: still, seed: 1 }, compiled(panel)))(0);
  return async (productivity: Float64Array) => (await pass.sweep(productivity)).credits;
}

function plainSweepOf({ segments, column, exposure, totals, entities }: Panel) {
  const credits = new Float64Array(entities);
  return (productivity: Float64Array) => {
    plainSweep(segments, column, exposure, totals, productivity, credits);
    return credits;
  };
}

/**
 * Newton and L-BFGS as near to the optimum as doubles go: how far their answers and objectives are apart. With pooling
 * the dispersion is 1: estimated, it would come out a little different from answers that do, and so would the
 * objective.
 */
async function agreementTask(problem: string, pooling: Pooling, cap: number) {
  const panel = readPanel(problem);
  const fit = await prepareFits(panel, 'wasm');
  const run = (solver: 'newton' | 'lbfgs') =>
    fit({ solver, pooling, family: 'poisson', tolerance: closest, cap, firstRoundOnly: false });
  const newton = await run('newton');
  const lbfgs = await run('lbfgs');
  const side = ({ fit, passes }: Run) => ({ gap: fit?.solution.gap ?? null, passes });
  const [a, b] = [newton.fit?.solution, lbfgs.fit?.solution];
  return {
    newton: side(newton),
    lbfgs: side(lbfgs),
    difference: a && b ? largestDifference(panel, a.productivity, b.productivity) : null,
    objectives: a && b ? Math.abs(a.objective - b.objective) / Math.abs(a.objective) : null,
  };
}

export type FitReport = Awaited<ReturnType<typeof fitTask>>;
export type PassReport = Awaited<ReturnType<typeof passTask>>;
export type AgreementReport = Awaited<ReturnType<typeof agreementTask>>;
export type PlainReport = ReturnType<typeof plainTask>;
