import { rmSync } from 'node:fs';
import { createPace } from '../bindings/base/pace.js';
import { atOnce } from '../bindings/base/steps.js';
import { ascend, type LogFit } from '../bindings/hierarchy/ascend.js';
import { directions } from '../bindings/hierarchy/directions.js';
import { type Hierarchy, nested, unknownsOf } from '../bindings/hierarchy/hierarchy.js';
import { createArena } from '../bindings/machine/arena.js';
import { createWasmKernels } from '../bindings/machine/wasm.js';
import { expOf } from '../bindings/math/exp.js';
import { logOf } from '../bindings/math/log.js';
import { openPanel } from '../bindings/pass/inMemory.js';
import { openStream } from '../bindings/simulate/random.js';
import { type Arrival, arrivalText, hasNumpy, near, runRival, stopwatch, timeUp, writeArrays } from './rivalFiles.js';
import { hcp } from './solvers/hcp.js';
import { compiled } from './solvers/panel.js';

/** Posterior modes of a tree, by quasi-Newton, by EM and by EM in numpy. */
export interface PoolingRow {
  readonly entities: number;
  readonly groups: number;
  readonly bricks: number;
  readonly exposures: number;
  readonly lbfgs: Arrival;
  readonly em: Arrival | null;
  readonly numpy: (Arrival & { readonly away: number }) | null;
}

const rounds = 5;
const folder = 'build/pooling';
const sizes = [8, 40, 200, 1000]; // groups of each level, widest first
const deviation = Math.sqrt(Math.log1p(0.3 * 0.3)); // spread 0.3 at every level
const dispersion = 8;

/** A tree of five levels over 20,000 entities in 5,000 bricks, at a dispersion that is given. */
export async function benchPooling(cap: number, tell: (text: string) => void): Promise<PoolingRow> {
  const made = hcp(20000, 5000, 20, 2);
  const paths = sizes.map((size) => Uint32Array.from({ length: made.entities }, (_, h) => (h * 7919) % size));
  const hierarchy = nested(made.entities, paths);
  const data = compiled({ ...made, totals: totalsOf(made, hierarchy) });
  const { kernels, memory } = await createWasmKernels();
  const machine = { kernels, arena: createArena(memory), pace: createPace(), seed: 1 };
  const pass = atOnce(openPanel(machine, data))(0);
  // every brick counts: the prior is as light as it gets, and overlap has to be sorted out
  const precisions = new Float64Array(hierarchy.levels).fill(dispersion / (deviation * deviation));
  const problem = { pass, hierarchy, precisions };
  const start = new Float64Array(unknownsOf(hierarchy)).fill(
    logOf(pass.total / pass.exposure.reduce((sum, x) => sum + x, 0)),
  );
  const run = async (solver: 'lbfgs' | 'em', tolerance: number, seconds: number) => {
    const watch = stopwatch(seconds);
    const limits = { tolerance, maxPasses: 5000, onSweep: watch.onSweep };
    let fit: LogFit | null = null;
    try {
      fit = await ascend(problem, start, limits, directions[solver](problem));
    } catch (error) {
      if (error !== timeUp) throw error;
    }
    return { fit, arrival: (best: number) => watch.arrival(best, pass.total) };
  };

  const best = (await run('lbfgs', 1e-16, 1000)).fit!.spot.objective;
  const arrivals: Arrival[] = [];
  for (let round = 0; round < rounds; round++) arrivals.push((await run('lbfgs', 1e-16, 1000)).arrival(best)!);
  const times = arrivals.map(({ seconds }) => seconds).sort((a, b) => a - b);
  const lbfgs = { passes: arrivals[0].passes, seconds: times[rounds >> 1] };
  tell(`pooling: quasi-Newton ${arrivalText(lbfgs)}`);
  const em = (await run('em', near * 1e-3, cap)).arrival(best);
  tell(`pooling: EM ${arrivalText(em)}`);
  let numpy: PoolingRow['numpy'] = null;
  if (hasNumpy()) {
    const { segments, column, exposure, totals } = data;
    const { parents, entities, groups, levels } = hierarchy;
    writeArrays(
      folder,
      { bricks: pass.bricks, entities, groups, levels },
      { segments, column, exposure, totals, parents, levelOf: Uint32Array.from(hierarchy.levelOf), precisions },
    );
    const { iterations, seconds, away } = runRival('bench/rivals/tree.py', folder, best, cap);
    numpy = { passes: iterations, seconds, away };
    tell(`pooling: numpy ${iterations} passes, ${seconds.toFixed(1)} s, ${away.toExponential(1)} away`);
    rmSync(folder, { recursive: true, force: true });
  }
  return {
    entities: pass.entities,
    groups: hierarchy.groups,
    bricks: pass.bricks,
    exposures: pass.exposures,
    lbfgs,
    em,
    numpy,
  };
}

/** Totals of productivities drawn down the tree: means of their bricks, with normal noise of the dispersion, at least 0. */
function totalsOf(made: ReturnType<typeof hcp>, { entities, groups, parents }: Hierarchy): Float64Array {
  const values = new Float64Array(entities + groups + 1);
  const draws = openStream(78, 1, 0);
  for (let u = entities + groups - 1; u >= 0; u--) values[u] = values[parents[u]] + deviation * draws.normal();
  return made.totals.map((_, b) => {
    let mean = 0;
    for (let j = made.segments[b]; j < made.segments[b + 1]; j++)
      mean += made.exposure[j] * expOf(values[made.column[j]]);
    return Math.max(0, mean + Math.sqrt(dispersion * mean) * openStream(78, 2, b).normal());
  });
}

/** As Markdown. */
export function poolingText({ entities, groups, bricks, exposures, lbfgs, em, numpy }: PoolingRow): string {
  const count = (n: number) => n.toLocaleString('en');
  const late = numpy && numpy.away > near ? ` (${numpy.away.toExponential(1)} away)` : '';
  const passes = em ? `${(em.passes / lbfgs.passes).toFixed(1)}x` : '';
  const times = numpy ? `${late ? 'more than ' : ''}${(numpy.seconds / lbfgs.seconds).toFixed(0)}x` : '';
  return [
    `Posterior mode of a tree of five levels: ${count(entities)} entities under ${count(groups)} groups, ${count(bricks)} bricks, ${count(exposures)} exposures, spread 0.3 at`,
    'every level, dispersion given, evidence "none". Passes and time until the objective is within 1e-8 of the total of the best found.',
    '',
    '| quasi-Newton | EM, two-sweep M step | numpy notebook, EM | passes, EM over ours | time, numpy over ours |',
    '|---|---|---|---|---|',
    `| ${arrivalText(lbfgs)} | ${arrivalText(em)} | ${numpy ? arrivalText(numpy) + late : 'no numpy here'} | ${passes} | ${times} |`,
  ].join('\n');
}
