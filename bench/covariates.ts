import { rmSync } from 'node:fs';
import { createPace } from '../bindings/base/pace.js';
import { atOnce } from '../bindings/base/steps.js';
import { createArena } from '../bindings/machine/arena.js';
import { createWasmKernels } from '../bindings/machine/wasm.js';
import { expOf } from '../bindings/math/exp.js';
import { logOf } from '../bindings/math/log.js';
import { openPanel } from '../bindings/pass/inMemory.js';
import type { Panel } from '../bindings/problem/compile.js';
import { type CoefficientFit, fisher } from '../bindings/regression/fisher.js';
import { irls } from '../bindings/regression/irls.js';
import type { Regression } from '../bindings/regression/marginal.js';
import { standardise } from '../bindings/regression/standardise.js';
import { openStream } from '../bindings/simulate/random.js';
import { type Arrival, arrivalText, hasNumpy, near, runRival, stopwatch, timeUp, writeArrays } from './rivalFiles.js';
import { hcp } from './solvers/hcp.js';
import { compiled } from './solvers/panel.js';

export interface CovariateRow {
  readonly coefficients: number;
  readonly entities: number;
  readonly bricks: number;
  readonly exposures: number;
  readonly fisher: Arrival;
  /** EM with iteratively reweighted least squares, ours. */
  readonly em: Arrival | null;
  /** The same in numpy; null without numpy. `away` is how far it was from the best when its time was up. */
  readonly numpy: (Arrival & { readonly away: number }) | null;
}

const rounds = 5;
const folder = 'build/covariates';
const spread = 0.2; // of the true coefficients, and of each on the one before it: columns are correlated
const correlation = 0.5;

/** Regression on 10 and 40 covariates of 20,000 entities in 5,000 bricks, by Fisher scoring, by EM and by EM in numpy. */
export async function benchCovariates(cap: number, tell: (text: string) => void): Promise<CovariateRow[]> {
  const rows: CovariateRow[] = [];
  const python = hasNumpy();
  for (const columns of [10, 40]) {
    const { panel, pass, regression, run } = await problemOf(columns);
    const first = await run(fisher, 1e-14, 1000);
    const best = first.fit.spot.objective;
    const arrivals: Arrival[] = [];
    for (let round = 0; round < rounds; round++) arrivals.push((await run(fisher, 1e-14, 1000)).arrival(best)!);
    const em = (await run(irls, near * 1e-3, cap)).arrival(best);
    const sorted = arrivals.map(({ seconds }) => seconds).sort((a, b) => a - b);
    const ours = { passes: arrivals[0].passes, seconds: sorted[rounds >> 1] };
    tell(`covariates ${columns}: Fisher ${ours.passes} passes, ${ours.seconds.toFixed(3)} s`);
    tell(`covariates ${columns}: EM ${em ? `${em.passes} passes, ${em.seconds.toFixed(1)} s` : 'not there'}`);
    let numpy: CovariateRow['numpy'] = null;
    if (python) {
      writeProblem(panel, regression, pass.entities);
      const { iterations, seconds, away } = runRival('bench/rivals/irls.py', folder, best, cap);
      numpy = { passes: iterations, seconds, away };
      tell(`covariates ${columns}: numpy ${iterations} passes, ${seconds.toFixed(1)} s, ${away.toExponential(1)} away`);
    }
    rows.push({
      coefficients: regression.size,
      entities: pass.entities,
      bricks: pass.bricks,
      exposures: pass.exposures,
      fisher: ours,
      em,
      numpy,
    });
  }
  rmSync(folder, { recursive: true, force: true });
  return rows;
}

async function problemOf(columns: number) {
  const made = hcp(20000, 5000, 20, 2);
  const { entities } = made;
  const design = new Float64Array(entities * columns);
  const scores = new Float64Array(entities);
  const truth = openStream(77, 1, 0);
  const coefficients = Float64Array.from({ length: columns }, () => spread * truth.normal());
  for (let h = 0; h < entities; h++) {
    const draws = openStream(77, 2, h);
    for (let c = 0; c < columns; c++) {
      const own = draws.normal();
      design[h * columns + c] =
        c === 0 ? own : correlation * design[h * columns + c - 1] + Math.sqrt(1 - correlation * correlation) * own;
      scores[h] += coefficients[c] * design[h * columns + c];
    }
  }
  // totals: whole numbers about exp(X beta) a unit of exposure, rounded normal noise of Poisson's size
  const totals = made.totals.map((_, b) => {
    let mean = 0;
    for (let j = made.segments[b]; j < made.segments[b + 1]; j++)
      mean += made.exposure[j] * expOf(scores[made.column[j]]);
    return Math.max(0, Math.floor(mean + Math.sqrt(mean) * openStream(77, 3, b).normal() + 0.5));
  });
  const panel = { ...made, totals };
  const { kernels, memory } = await createWasmKernels();
  const data = compiled(panel);
  const machine = { kernels, arena: createArena(memory), pace: createPace(), seed: 1 };
  const pass = atOnce(openPanel(machine, data, null, true))(0);
  const common = standardise(design, columns, pass.exposure);
  const { values, stride, size } = common;
  const regression: Regression = { values, stride, size, ridge: new Float64Array(size), lasso: new Float64Array(size) };
  const start = new Float64Array(size);
  start[0] = logOf(pass.total / pass.exposure.reduce((sum, s) => sum + s, 0));
  const run = async (solver: typeof fisher, tolerance: number, cap: number) => {
    const watch = stopwatch(cap);
    let fit: CoefficientFit | null = null;
    try {
      fit = await solver(pass, regression, start, {
        tolerance,
        maxPasses: 2000,
        onSweep: watch.onSweep,
      });
    } catch (error) {
      if (error !== timeUp) throw error;
    }
    return {
      fit: fit as CoefficientFit,
      arrival: (best: number) => watch.arrival(best, pass.total),
    };
  };
  return { panel: data, pass, regression, run };
}

function writeProblem(
  { segments, column, exposure, totals }: Pick<Panel, 'segments' | 'column' | 'exposure' | 'totals'>,
  { values, stride, size }: Regression,
  entities: number,
): void {
  const design = new Float64Array(entities * size);
  for (let h = 0; h < entities; h++) design.set(values.subarray(h * stride, h * stride + size), h * size);
  writeArrays(
    folder,
    { bricks: totals.length, entities, columns: size },
    { segments, column, exposure, totals, design },
  );
}

/** As Markdown. */
export function covariateText(rows: readonly CovariateRow[]): string {
  const { entities, bricks, exposures } = rows[0];
  return [
    `Coefficients of covariates: ${entities.toLocaleString('en')} entities, ${bricks.toLocaleString('en')} bricks, ${exposures.toLocaleString('en')} exposures. Passes and time`,
    'until the log-likelihood is within 1e-8 of the total of the best found.',
    '',
    '| coefficients | Fisher scoring | EM + IRLS | numpy notebook, EM + IRLS | passes, EM over Fisher | time, numpy over ours |',
    '|---|---|---|---|---|---|',
    ...rows.map(({ coefficients, fisher: ours, em, numpy }) => {
      const late = numpy && numpy.away > near ? ` (${numpy.away.toExponential(1)} away)` : '';
      const passes = em ? `${(em.passes / ours.passes).toFixed(1)}x` : '';
      const times = numpy ? `${late ? 'more than ' : ''}${(numpy.seconds / ours.seconds).toFixed(0)}x` : '';
      return `| ${coefficients} | ${arrivalText(ours)} | ${arrivalText(em)} | ${numpy ? arrivalText(numpy) + late : 'no numpy here'} | ${passes} | ${times} |`;
    }),
  ].join('\n');
}
