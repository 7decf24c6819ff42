// npm run bench                       everything; writes docs/benchmark.md and build/bench.json
// npm run bench -- kernels [name]     the kernels alone, or some of them: prints, writes nothing
// npm run bench -- solvers [problem]  the solvers, or some of their problems: prints, writes nothing
// npm run bench -- covariates         coefficients of covariates: prints, writes nothing
// npm run bench -- pooling            a tree of groups: prints, writes nothing
// npm run bench -- files              a million exposures from CSV to CSV: prints, writes nothing
//   --cap 120                         seconds the first rival of the solvers may run; what is missing is extrapolated
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { benchCovariates, covariateText } from './covariates.js';
import { benchEndToEnd, type EndToEnd } from './endToEnd.js';
import { benchKernels, kernelTable } from './kernels.js';
import { benchPooling, poolingText } from './pooling.js';
import { taskPart } from './solvers/contestants.js';
import { solverText } from './solvers/tables.js';
import { runTask } from './solvers/tasks.js';
import { benchSolvers } from './solvers.js';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { cap: { type: 'string', default: '120' } },
});
const [part, ...names] = positionals;
const cap = Number(values.cap);
if (!(cap > 0)) throw new Error(`--cap: expected seconds, got ${values.cap}`);
const tell = (text: string) => process.stderr.write(`${text}\n`);

const machine = {
  node: process.version,
  processor: cpus()[0].model,
  cores: cpus().length,
  memoryGigabytes: Math.round(totalmem() / 2 ** 30),
};

const fileText = (r: EndToEnd) =>
  [
    `${r.exposures.toLocaleString('en')} exposures of ${r.entities.toLocaleString('en')} entities from CSV to written CSV, whole process, default model, median of ${r.runs} alternating runs:`,
    '',
    '| | seconds |',
    '|---|---|',
    `| apportion fit | ${r.ours.toFixed(2)} |`,
    `| - start, reading and writing | ${r.stages.files.toFixed(2)} |`,
    `| - checks and compilation | ${r.stages.compile.toFixed(2)} |`,
    `| - fit, with the dispersion's trace | ${r.stages.fit.toFixed(2)} |`,
    `| - - of which ${r.passes} sweeps | ${r.sweeps.toFixed(3)} |`,
    `| - split and result tables | ${r.stages.split.toFixed(2)} |`,
    `| - CSV text | ${r.stages.text.toFixed(2)} |`,
    `| DuckDB alone: read the files, write the same rows | ${r.duckdb.toFixed(2)} |`,
    '',
    `${r.ratio.toFixed(2)}x DuckDB alone, ${r.ratioWithoutFit.toFixed(2)}x without the fit; peak memory ${r.peakMegabytes.toFixed(0)} MB.`,
  ].join('\n');

if (part === 'kernels') console.log(kernelTable(await benchKernels(names, tell)));
else if (part === taskPart) console.log(JSON.stringify(await runTask(JSON.parse(names[0]))));
else if (part === 'solvers') console.log(solverText(benchSolvers(names, cap, tell)));
else if (part === 'covariates') console.log(covariateText(await benchCovariates(cap, tell)));
else if (part === 'pooling') console.log(poolingText(await benchPooling(cap, tell)));
else if (part === 'files') console.log(fileText(benchEndToEnd(tell)));
else {
  const kernels = await benchKernels([], tell);
  const solvers = benchSolvers([], cap, tell);
  const covariates = await benchCovariates(cap, tell);
  const pooling = await benchPooling(cap, tell);
  const files = benchEndToEnd(tell);
  mkdirSync('build', { recursive: true });
  writeFileSync('build/bench.json', JSON.stringify({ machine, kernels, solvers, covariates, pooling, files }, null, 2));
  const text = [
    '# Benchmark',
    '',
    'Written by `npm run bench`. Medians; the ratios were measured side by side in one run, so compare them and not the times.',
    '',
    `Node ${machine.node}, ${machine.processor}, ${machine.cores} cores, ${machine.memoryGigabytes} GB.`,
    '',
    '## Kernels',
    '',
    'Nanoseconds per unit: WebAssembly, its JS twin with the same bits, and the job as people would write it in JS (fused loops over typed',
    'arrays with `Math` functions; its split does not add up exactly).',
    '',
    kernelTable(kernels),
    '',
    '## Solvers',
    '',
    solverText(solvers),
    '',
    '## Covariates',
    '',
    covariateText(covariates),
    '',
    '## Pooling down a hierarchy',
    '',
    poolingText(pooling),
    '',
    '## Files',
    '',
    fileText(files),
    '',
  ].join('\n');
  writeFileSync('docs/benchmark.md', text);
  console.log(text);
}
