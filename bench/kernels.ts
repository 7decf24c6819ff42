import { Bench } from 'tinybench';
import { createArena } from '../bindings/machine/arena.js';
import { createJsKernels } from '../bindings/machine/js/index.js';
import type { Kernels } from '../bindings/machine/kernels.js';
import { type Memory, plainMemory } from '../bindings/machine/memory.js';
import { createWasmKernels } from '../bindings/machine/wasm.js';
import { type Case, cases, type Job } from './cases.js';
import { panelCases } from './panelCases.js';

/** Medians in nanoseconds per unit, and what wasm gains. */
export interface KernelResult {
  readonly kernel: string;
  readonly size: number;
  readonly unit: string;
  readonly units: number;
  readonly wasm: number;
  readonly js: number;
  readonly plain: number;
  readonly overJs: number;
  readonly overPlain: number;
  /** Nanoseconds per unit of the same job in other languages, by name. */
  readonly rivals: Readonly<Record<string, number>>;
}

const rounds = 5; // A B C A B C ...: the machine's speed drifts, so the three take turns
const slowTime = 500; // milliseconds: what takes longer than that is run once
const roundTime = 120; // milliseconds for each of the three in a round

const median = (values: number[]) => [...values].sort((a, b) => a - b)[values.length >> 1];

function load(kernels: Kernels, memory: Memory, job: Job) {
  const region = createArena(memory).open(job.fields);
  job.fill(region);
  const run = () => job.run(kernels, region.at, region);
  const started = performance.now();
  run();
  const milliseconds = performance.now() - started;
  return { run, milliseconds, outputs: job.outputs.map((name) => region.f64(name).slice()) };
}

/** Both kernel sets must agree to the bit before either is timed. */
function refuseDifference(kernel: string, wasm: Float64Array[], js: Float64Array[]): void {
  wasm.forEach((output, k) => {
    output.forEach((value, i) => {
      if (!Object.is(value, js[k][i]))
        throw new Error(`${kernel}: output ${k}[${i}] is ${value} in wasm and ${js[k][i]} in JS`);
    });
  });
}

async function time(job: Case, size: number): Promise<KernelResult> {
  const made = job.make(size);
  // fresh memories: the largest case must not make the others' caches look worse
  const wasmSet = await createWasmKernels();
  const jsMemory = plainMemory();
  const wasm = load(wasmSet.kernels, wasmSet.memory, made);
  const js = load(createJsKernels(jsMemory), jsMemory, made);
  refuseDifference(job.kernel, wasm.outputs, js.outputs);
  const figures: Record<'wasm' | 'js' | 'plain', number[]> = { wasm: [], js: [], plain: [] };
  const others: Record<string, number[]> = {};
  const slow = js.milliseconds > slowTime;
  for (let round = 0; round < (slow ? 1 : rounds); round++) {
    const bench = new Bench({
      time: roundTime,
      iterations: slow ? 1 : 3,
      warmupTime: round === 0 && !slow ? 50 : 0,
      warmupIterations: round === 0 && !slow ? 2 : 0,
    });
    bench.add('wasm', wasm.run).add('js', js.run).add('plain', made.plain);
    await bench.run();
    for (const task of bench.tasks) {
      if (task.result.state !== 'completed') throw new Error(`${job.kernel}: ${task.name} ${task.result.state}`);
      figures[task.name as 'wasm'].push((task.result.latency.p50 * 1e6) / made.units);
    }
    for (const [name, seconds] of Object.entries(made.rival?.() ?? {})) {
      others[name] ??= [];
      others[name].push((seconds * 1e9) / made.units);
    }
  }
  const [w, j, p] = [median(figures.wasm), median(figures.js), median(figures.plain)];
  return {
    kernel: job.kernel,
    size,
    unit: job.unit,
    units: made.units,
    wasm: w,
    js: j,
    plain: p,
    overJs: j / w,
    overPlain: p / w,
    rivals: Object.fromEntries(Object.entries(others).map(([name, values]) => [name, median(values)])),
  };
}

/** Times every kernel, or those named. */
export async function benchKernels(only: readonly string[], tell: (text: string) => void): Promise<KernelResult[]> {
  const results: KernelResult[] = [];
  for (const job of [...cases, ...panelCases]) {
    if (only.length > 0 && !only.includes(job.kernel)) continue;
    for (const size of job.sizes) {
      results.push(await time(job, size));
      tell(describe(results[results.length - 1]));
    }
  }
  return results;
}

const figure = (x: number) => x.toFixed(x < 10 ? 2 : 1);

const describe = (r: KernelResult) =>
  `${r.kernel} ${Math.round(r.units).toLocaleString('en')}: wasm ${figure(r.wasm)}, JS twin ${figure(r.js)}, plain JS ${figure(r.plain)} ns per ${r.unit}; ${rivalText(r)}`;

const rivalText = ({ rivals }: KernelResult) =>
  Object.entries(rivals)
    .map(([name, time]) => `${name} ${figure(time)}`)
    .join(', ');

/** The results as a Markdown table. */
export function kernelTable(results: readonly KernelResult[]): string {
  const rows = results.map((r) =>
    [
      r.kernel,
      Math.round(r.units).toLocaleString('en'),
      r.unit,
      figure(r.wasm),
      figure(r.js),
      figure(r.plain),
      `${r.overJs.toFixed(1)}x`,
      `${r.overPlain.toFixed(1)}x`,
      rivalText(r),
    ].join(' | '),
  );
  return [
    '| kernel | size | ns per | wasm | JS twin | plain JS | wasm over twin | wasm over plain | other languages |',
    '|---|---|---|---|---|---|---|---|---|',
    ...rows.map((row) => `| ${row} |`),
  ].join('\n');
}
