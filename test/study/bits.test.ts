import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import type { createEngine, Fit } from '../../bindings/index.js';
import { corpus, type Sample } from './bits/corpus.js';

type Library = { createEngine: typeof createEngine };
type Figures = Map<string, Float64Array>;

// APPORTION_OTHER names the dist folder of another build, checked out and built beside this one
const other = process.env.APPORTION_OTHER;
const library = async (folder: string): Promise<Library> =>
  import(/* @vite-ignore */ pathToFileURL(resolve(folder, 'index.js')).href);

/** All figures of a fit by name; a fault as its message. */
async function figuresOf(engine: Awaited<ReturnType<typeof createEngine>>, { tables, model }: Sample) {
  const figures: Figures = new Map();
  let fit: Fit;
  try {
    fit = await engine.fit(tables, model);
  } catch (error) {
    return { figures, fault: String(error) };
  }
  const named = {
    allocation: fit.allocation,
    unallocated: fit.unallocated,
    entities: fit.entities,
    components: fit.components,
    groups: fit.groups,
    coefficients: fit.coefficients,
  };
  for (const [name, table] of Object.entries(named)) {
    for (const [column, values] of Object.entries(table?.columns ?? {})) {
      if (values instanceof Float64Array) figures.set(`${name}.${column}`, values);
    }
  }
  const { objective, logLikelihood, gap, passes, sums, massMoved } = fit;
  for (const [name, figure] of Object.entries({ objective, logLikelihood, gap, passes, massMoved, ...sums }))
    figures.set(name, Float64Array.of(figure ?? Number.NaN));
  return { figures, fault: null };
}

/** How far two lists of figures lie apart, as a share of the largest; 0 is the same to the bit. */
function apart(a: Float64Array | undefined, b: Float64Array | undefined): number {
  if (!a || !b || a.length !== b.length) return Number.POSITIVE_INFINITY;
  let most = 0;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    largest = Math.max(largest, Math.abs(a[i]) || 0);
    if (!Object.is(a[i], b[i])) most = Math.max(most, Math.abs(a[i] - b[i]) || Number.MIN_VALUE);
  }
  return most === 0 ? 0 : Math.max(most / (largest || 1), Number.MIN_VALUE);
}

it('gives the same bits in both kernel sets, and in another build where one is named', async () => {
  const here = await library('dist');
  const there = other === undefined ? null : await library(other);
  const engines = {
    wasm: await here.createEngine({ kernels: 'wasm' }),
    js: await here.createEngine({ kernels: 'js' }),
    ...(there && { 'other build': await there.createEngine({ kernels: 'wasm' }) }),
  };
  const samples = corpus();
  const differences: string[] = [];
  const columns = new Map<string, { samples: number; most: number }>();
  let compared = 0;
  for (const sample of samples) {
    const { figures, fault } = await figuresOf(engines.wasm, sample);
    if (fault) differences.push(`${sample.name}: ${fault}`);
    for (const [name, engine] of Object.entries(engines)) {
      if (name === 'wasm') continue;
      const found = await figuresOf(engine, sample);
      if (found.fault !== fault) differences.push(`${sample.name}, ${name}: ${found.fault} instead of ${fault}`);
      for (const column of new Set([...figures.keys(), ...found.figures.keys()])) {
        const off = apart(figures.get(column), found.figures.get(column));
        compared++;
        if (off === 0) continue;
        differences.push(`${sample.name}, ${name}: ${column} is ${off.toExponential(1)} off`);
        const seen = columns.get(`${name}: ${column}`) ?? { samples: 0, most: 0 };
        columns.set(`${name}: ${column}`, { samples: seen.samples + 1, most: Math.max(seen.most, off) });
      }
    }
  }
  console.log(`${corpus().length} fits, ${compared} columns compared, ${differences.length} differ`);
  for (const [column, { samples, most }] of columns)
    console.log(`${column}: ${samples} fits, at most ${most.toExponential(1)}`);
  console.log(differences.slice(0, 60).join('\n'));
  expect(differences).toEqual([]);
});
