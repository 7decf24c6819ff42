import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { randomOf } from './cases.js';

/** Whole processes, medians of alternating runs: a million exposures from CSV to written CSV. */
export interface EndToEnd {
  readonly exposures: number;
  readonly entities: number;
  /** Seconds of the whole process, and of the library's stages measured beside it. */
  readonly ours: number;
  readonly stages: {
    /** Start-up, reading and writing: what the other stages leave. */
    readonly files: number;
    readonly compile: number;
    readonly fit: number;
    readonly split: number;
    readonly text: number;
  };
  readonly passes: number;
  /** Seconds of the sweeps alone, a part of the fit. */
  readonly sweeps: number;
  readonly duckdb: number;
  readonly ratio: number;
  readonly ratioWithoutFit: number;
  readonly peakMegabytes: number;
  readonly runs: number;
}

const runs = 5;
const folder = 'build/endToEnd';
const weeks = 260;
const geos = 50;
const campaigns = 2000;
const perBrick = 77; // 260 x 50 x 77 = 1,001,000 exposures

const median = (values: number[]) => [...values].sort((a, b) => a - b)[values.length >> 1];

/** Totals and deliveries as files: weeks x geos, each with 77 of 2,000 campaigns, totals from random productivities. */
function writeFiles(): void {
  mkdirSync(folder, { recursive: true });
  const random = randomOf(11);
  const productivity = Float64Array.from({ length: campaigns }, () => 0.5 + random());
  const totals = ['week,geo,contribution'];
  const delivery = ['week,geo,campaign,impressions'];
  for (let w = 0; w < weeks; w++) {
    const week = new Date(Date.UTC(2020, 0, 6 + 7 * w)).toISOString().slice(0, 10);
    for (let g = 0; g < geos; g++) {
      let total = 0;
      const chosen = new Set<number>();
      while (chosen.size < perBrick) chosen.add(Math.floor(random() * campaigns));
      for (const c of chosen) {
        const impressions = Math.ceil(100000 * random());
        delivery.push(`${week},geo-${g + 1},campaign-${c + 1},${impressions}`);
        total += productivity[c] * impressions * (0.5 + random());
      }
      totals.push(`${week},geo-${g + 1},${(total / 100).toFixed(2)}`);
    }
  }
  writeFileSync(`${folder}/totals.csv`, `${totals.join('\n')}\n`);
  writeFileSync(`${folder}/delivery.csv`, `${delivery.join('\n')}\n`);
  const brick = ['week', 'geo'];
  const model = {
    totals: { file: 'totals.csv', brick, value: 'contribution' },
    exposure: { file: 'delivery.csv', brick, entity: ['campaign'], value: 'impressions' },
  };
  writeFileSync(`${folder}/model.json`, JSON.stringify(model));
}

/** DuckDB alone: reads both files, and writes the rows of the allocation, which it was handed beforehand. */
const duckdbScript = `
import { DuckDBInstance } from '@duckdb/node-api';
const connection = await (await DuckDBInstance.create()).connect();
await connection.run("CREATE TABLE rows AS FROM read_csv('${folder}/out/allocation.csv', all_varchar = false)");
const start = performance.now();
await connection.run("CREATE TABLE totals AS FROM read_csv('${folder}/totals.csv')");
await connection.run("CREATE TABLE delivery AS FROM read_csv('${folder}/delivery.csv')");
await connection.run("COPY rows TO '${folder}/duckdb.csv' (FORMAT csv, HEADER)");
console.log(JSON.stringify({ seconds: (performance.now() - start) / 1000 }));
process.exit(0);
`;

/** The whole command in a process of its own; prints its wall time inside the process and its peak memory. No script stands in argv here. */
const oursScript = `
const start = performance.now();
process.argv = [process.argv[0], 'fit', '${folder}/model.json', '--out', '${folder}/out'];
process.on('exit', () => {
  console.log(JSON.stringify({ seconds: (performance.now() - start) / 1000, peak: process.resourceUsage().maxRSS / 1024 }));
});
await import(process.cwd() + '/dist/cli.js');
`;

/**
 * The same tables through the library, to time its stages: checks and compilation, the fit (sweeps, dispersion), split and
 * result tables, CSV text. What is left of the whole process is reading and writing.
 */
const stageScript = `
import { readFileSync } from 'node:fs';
import { csvChunks, fit } from '${process.cwd()}/dist/index.js';
const dictionary = (texts) => {
  const index = new Map();
  const codes = Uint32Array.from(texts, (text) => index.get(text) ?? (index.set(text, index.size), index.size - 1));
  return { codes, values: [...index.keys()] };
};
const read = (file, value) => {
  const [head, ...rows] = readFileSync('${folder}/' + file, 'utf8').trimEnd().split('\\n').map((line) => line.split(','));
  return Object.fromEntries(head.map((name, c) => {
    const cells = rows.map((row) => row[c]);
    return [name, name === value ? Float64Array.from(cells, Number) : dictionary(cells)];
  }));
};
const model = JSON.parse(readFileSync('${folder}/model.json', 'utf8'));
const tables = { totals: read('totals.csv', 'contribution'), exposure: read('delivery.csv', 'impressions') };
const start = performance.now();
let compiled = 0, fitted = 0, last = 0;
const gaps = [];
const result = await fit(tables, model, {
  onProgress({ stage }) {
    if (stage === 'fit') {
      const now = performance.now();
      compiled ||= now;
      if (last) gaps.push(now - last);
      last = now;
    }
    if (stage === 'split') fitted = performance.now();
  },
});
const split = performance.now();
let length = 0;
for (const chunk of csvChunks(result.allocation)) length += chunk.length;
const text = performance.now();
const seconds = (from, to) => (to - from) / 1000;
console.log(JSON.stringify({
  compile: seconds(start, compiled), fit: seconds(compiled, fitted), split: seconds(fitted, split), text: seconds(split, text),
  passes: result.passes,
  // between two sweeps of one round lies one sweep; the trace stands between rounds, which the median passes over
  sweeps: (result.passes * gaps.sort((a, b) => a - b)[gaps.length >> 1]) / 1000,
}));
`;

function run(script: string): Record<string, number> {
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr || stdout);
  return JSON.parse(stdout.trimEnd().split('\n').pop()!);
}

export function benchEndToEnd(tell: (text: string) => void): EndToEnd {
  writeFiles();
  run(oursScript); // leaves the rows that DuckDB writes, and warms the file cache
  const figures = { ours: [] as number[], duckdb: [] as number[], peak: [] as number[], sweeps: [] as number[] };
  const stages = { compile: [] as number[], fit: [] as number[], split: [] as number[], text: [] as number[] };
  let passes = 0;
  for (let i = 0; i < runs; i++) {
    const ours = run(oursScript);
    const duckdb = run(duckdbScript);
    const times = run(stageScript);
    figures.ours.push(ours.seconds);
    figures.peak.push(ours.peak);
    figures.duckdb.push(duckdb.seconds);
    for (const stage of Object.keys(stages) as (keyof typeof stages)[]) stages[stage].push(times[stage]);
    figures.sweeps.push(times.sweeps);
    passes = times.passes;
    tell(`end to end ${i + 1}/${runs}: ours ${ours.seconds.toFixed(2)} s, DuckDB alone ${duckdb.seconds.toFixed(2)} s`);
  }
  rmSync(folder, { recursive: true });
  const [ours, duckdb] = [median(figures.ours), median(figures.duckdb)];
  const [compile, fit, split, text] = [stages.compile, stages.fit, stages.split, stages.text].map(median);
  return {
    exposures: weeks * geos * perBrick,
    entities: campaigns,
    ours,
    stages: { files: ours - compile - fit - split - text, compile, fit, split, text },
    passes,
    sweeps: median(figures.sweeps),
    duckdb,
    ratio: ours / duckdb,
    ratioWithoutFit: (ours - fit) / duckdb,
    peakMegabytes: Math.max(...figures.peak),
    runs,
  };
}
