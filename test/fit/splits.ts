import { leadingPower } from '../../bindings/machine/js/split.js';
import { createExactSum } from '../../bindings/math/exactSum.js';
import { type KernelSet, randomOf } from '../support/kernels.js';
import { whole } from './exact.js';
import { filled, stage } from './stage.js';

export interface Bricks {
  segments: Uint32Array;
  entities: Uint32Array;
  exposures: Float64Array;
  productivities: Float64Array;
  totals: Float64Array;
}

/** Runs splitSegments. */
export const split = (set: KernelSet, bricks: Bricks) =>
  stage(
    set,
    {
      ...bricks,
      shares: new Float64Array(bricks.exposures.length).fill(77),
      parts: new Float64Array(bricks.exposures.length).fill(77),
    },
    (kernels, at) =>
      kernels.splitSegments(
        at.segments,
        at.entities,
        at.exposures,
        at.productivities,
        at.totals,
        at.shares,
        at.parts,
        bricks.totals.length,
      ),
  );

const entityCount = 2000;
const moderate = 1000; // entities below have moderate productivities, those above extreme ones

/** The exposures of one random brick, of one of seven kinds. */
function randomExposures(uniform: () => number, size: number, kind: number): Float64Array {
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const draws: (() => number)[] = [
    () => 1, // equal parts
    () => 1 + Math.floor(uniform() * 20), // visits
    () => uniform(),
    () => Math.exp(3 * normal()), // a few large among many small
    () => 10 ** (600 * uniform() - 300), // extreme ratios
    () => (uniform() < 0.5 ? 0 : uniform()), // many zeros
    () => (uniform() < 0.2 ? uniform() : uniform() * 1e-16), // dust of half a unit: rounding could step back
  ];
  return filled(size, draws[kind]);
}

function randomTotal(uniform: () => number): number {
  const kind = uniform();
  if (kind < 0.01) return 0;
  const size = kind < 0.03 ? Math.floor(1 + uniform() * 1e6) * 5e-324 : 10 ** (600 * uniform() - 300);
  return kind > 0.9 ? -size : size;
}

/** Bricks of log-uniform size, most up to 100 entities, every thirtieth up to 10,000. */
export function randomBricks(seed: number, count: number): Bricks {
  const uniform = randomOf(seed);
  const segments = new Uint32Array(count + 1);
  const exposures: Float64Array[] = [];
  const entities: number[] = [];
  for (let b = 0; b < count; b++) {
    const size = Math.floor((uniform() < 1 / 30 ? 10000 : 100) ** uniform());
    const kind = Math.floor(uniform() * 7);
    exposures.push(randomExposures(uniform, size, kind));
    for (let j = 0; j < size; j++) entities.push(Math.floor(uniform() * moderate) + (kind === 4 ? moderate : 0));
    segments[b + 1] = segments[b] + size;
  }
  const all = new Float64Array(segments[count]);
  exposures.forEach((values, b) => {
    all.set(values, segments[b]);
  });
  return {
    segments,
    entities: Uint32Array.from(entities),
    exposures: all,
    productivities: filled(entityCount, () => 1).map((_, e) =>
      e % 50 === 49 ? 0 : e < moderate ? 0.1 + uniform() : 10 ** (400 * uniform() - 200),
    ),
    totals: filled(count, () => randomTotal(uniform)),
  };
}

function pairwise(values: Float64Array): number {
  if (values.length === 1) return values[0];
  const half = values.length >> 1;
  return pairwise(values.subarray(0, half)) + pairwise(values.subarray(half));
}

const ulpOf = (x: number) => Math.max(leadingPower(Math.abs(x)) / 2 ** 52, 5e-324);

/** Largest |part - total * mass / sum of mass| of a brick in ulps of its total, in exact arithmetic. */
export function deviation(total: number, exposures: Float64Array, rates: Float64Array, parts: Float64Array): number {
  const masses = Array.from(exposures, (x, j) => whole(x) * whole(rates[j]));
  const mass = masses.reduce((sum, m) => sum + m, 0n);
  const ulp = whole(ulpOf(total));
  const units = whole(total) / ulp;
  let worst = 0n;
  parts.forEach((part, j) => {
    const off = (whole(part) / ulp) * mass - units * masses[j];
    if (off > worst) worst = off;
    else if (-off > worst) worst = -off;
  });
  return Number((worst << 20n) / mass) / 2 ** 20;
}

/** Goes over every brick of a split; deviations are measured on every `every`-th brick of at most 3,000 parts. */
export function examineSplit(bricks: Bricks, parts: Float64Array, every: number) {
  const { segments, exposures, entities, productivities, totals } = bricks;
  const found = { wrongSums: 0, wrongSigns: 0, massless: 0, worst: 0, measured: 0 };
  const sum = createExactSum();
  for (let b = 0; b < totals.length; b++) {
    const start = segments[b];
    const own = parts.subarray(start, segments[b + 1]);
    const total = totals[b];
    let mass = false;
    let forward = 0;
    let backward = 0;
    sum.clear();
    own.forEach((part, i) => {
      const earns = exposures[start + i] > 0 && productivities[entities[start + i]] > 0;
      mass ||= earns;
      if (part * total < 0 || ((total === 0 || !earns) && !Object.is(part, 0))) found.wrongSigns++;
      forward += part;
      backward += own[own.length - 1 - i];
      sum.add(part);
    });
    if (!mass) {
      found.massless++;
      continue;
    }
    const sums = [forward, backward, pairwise(own) + 0, sum.value()];
    if (!sums.every((x) => Object.is(x, total))) found.wrongSums++;
    if (b % every !== 0 || own.length > 3000 || total === 0) continue;
    const rates = Float64Array.from(entities.subarray(start, segments[b + 1]), (e) => productivities[e]);
    found.worst = Math.max(found.worst, deviation(total, exposures.subarray(start, segments[b + 1]), rates, own));
    found.measured++;
  }
  return found;
}
