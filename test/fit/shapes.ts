import type { Sketch } from './problems.js';
import { type Draws, randomSketch } from './random.js';

/** Gamma of shape 2 about `mean`, by two exponentials: totals as overdispersed as money. */
const spread = (draws: Draws, mean: number) =>
  (-mean / 2) * (Math.log(1 - draws.uniform()) + Math.log(1 - draws.uniform()));

const rounded = (x: number) => Math.round(x * 100) / 100;

function totalsOf(draws: Draws, rows: readonly (readonly number[])[], entities: number, grain: number): number[] {
  const rates = Array.from({ length: entities }, () => Math.exp(0.5 * draws.normal()));
  return rows.map((row) => {
    let mean = 0;
    for (let i = 0; i < row.length; i += 2) mean += row[i + 1] * rates[row[i]];
    let total = 0;
    for (let k = 0; k < grain; k++) total += spread(draws, mean / grain);
    return rounded(total);
  });
}

/** Campaigns that follow one of six plans closely, in nearly every brick: full rank, but EM crawls. */
export function collinearPanel(draws: Draws, bricks: number, campaigns: number): Sketch {
  const sizes = Array.from({ length: campaigns }, () => Math.exp(0.7 * draws.normal()));
  const rows = Array.from({ length: bricks }, () => {
    const plans = Array.from({ length: 6 }, () => spread(draws, 100));
    return sizes.flatMap((size, k) => {
      const exposure = rounded(plans[k % 6] * size * Math.exp(0.25 * draws.normal()));
      return draws.uniform() < 0.1 || exposure === 0 ? [] : [k, exposure];
    });
  });
  for (let b = 0; b < bricks; b++) if (rows[b].length === 0) rows[b].push(b % campaigns, 1);
  return { totals: totalsOf(draws, rows, campaigns, 20), entities: campaigns, rows };
}

/** More entities than bricks, each in one to four neighbouring bricks; exposures are counts. */
export function territories(draws: Draws, bricks: number, entities: number): Sketch {
  const rows = Array.from({ length: bricks }, () => [] as number[]);
  for (let h = 0; h < entities; h++) {
    const home = h < bricks ? h : draws.whole(0, bricks - 1);
    const near = draws.whole(1, 4);
    for (let k = 0; k < near; k++) rows[(home + k) % bricks].push(h, draws.whole(1, 12));
  }
  return { totals: totalsOf(draws, rows, entities, 10), entities, rows };
}

/** Few exposures a brick, many more bricks than entities, a tenth of the totals zero: full rank, some optima at zero. */
export const sparse = (draws: Draws, bricks: number, entities: number): Sketch =>
  randomSketch(draws, { bricks, entities, density: 4 / entities, zeros: 0.1 });

/** The same with every entity of `doubled` given twice more, at the end: twins. */
export function withTwins({ totals, entities, rows }: Sketch, doubled: readonly number[]): Sketch {
  const more = rows.map((row) => {
    const out = [...row];
    for (let copy = 0; copy < 2; copy++) {
      doubled.forEach((entity, k) => {
        for (let i = 0; i < row.length; i += 2) {
          if (row[i] === entity) out.push(entities + copy * doubled.length + k, row[i + 1]);
        }
      });
    }
    return out;
  });
  return { totals, entities: entities + 2 * doubled.length, rows: more };
}

/** A problem whose optimum without a prior is known: `zeros` entities at exactly 0, the others at `optimum`, alone there. */
export interface Known {
  readonly sketch: Sketch;
  readonly optimum: Float64Array;
}

/**
 * Totals are fitted totals times 1 + d, where d is orthogonal to the exposures of the entities above zero: their factors
 * are 1, and those of the others, drawn until their exposure has d on the wrong side, are below 1.
 */
export function knownOptimum(draws: Draws, bricks: number, above: number, zeros: number): Known {
  const column = () => Float64Array.from({ length: bricks }, () => (draws.uniform() < 0.5 ? draws.uniform() + 0.1 : 0));
  const used = Array.from({ length: above }, column);
  used[0] = Float64Array.from({ length: bricks }, () => draws.uniform() + 0.1); // no brick is empty
  const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, x, i) => sum + x * b[i], 0);
  const tilt = Float64Array.from({ length: bricks }, () => draws.normal());
  const basis: Float64Array[] = [];
  for (const vector of [...used, tilt]) {
    const rest = vector.slice();
    for (let twice = 0; twice < 2; twice++) {
      for (const unit of basis) {
        const along = dot(rest, unit);
        rest.forEach((x, i) => {
          rest[i] = x - along * unit[i];
        });
      }
    }
    const length = Math.sqrt(dot(rest, rest));
    basis.push(rest.map((x) => x / length));
  }
  const off = basis[above];
  const largest = off.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  const ratios = off.map((x) => 1 + (0.6 * x) / largest);
  const idle: Float64Array[] = [];
  while (idle.length < zeros) {
    const drawn = column();
    const sum = drawn.reduce((all, x) => all + x, 0);
    if (dot(drawn, ratios) < 0.97 * sum) idle.push(drawn);
  }
  const rates = Array.from({ length: above }, () => Math.exp(draws.normal()));
  const totals = Array.from({ length: bricks }, (_, b) => ratios[b] * used.reduce((u, w, h) => u + w[b] * rates[h], 0));
  // entities at zero stand first and last
  const before = zeros >> 1;
  const columns = [...idle.slice(0, before), ...used, ...idle.slice(before)];
  const optimum = Float64Array.from(columns, (_, k) => (k >= before && k < before + above ? rates[k - before] : 0));
  const rows = Array.from({ length: bricks }, (_, b) => columns.flatMap((w, k) => (w[b] > 0 ? [k, w[b]] : [])));
  return { sketch: { totals, entities: columns.length, rows }, optimum };
}

/** A pooled optimum that is known: rates are those at which the slope of every entity is zero at `optimum`. */
export function knownPooled(draws: Draws, { totals, entities, rows }: Sketch, share: number) {
  const optimum = Float64Array.from({ length: entities }, () => Math.exp(0.3 * draws.normal()));
  // totals are within a third of what is fitted
  const fitted = rows.map((row) => row.reduce((u, w, i) => (i % 2 === 1 ? u + w * optimum[row[i - 1]] : u), 0));
  const given = fitted.map((u, b) => (totals[b] === 0 ? 0 : u * (1 + 0.6 * (draws.uniform() - 0.5))));
  const weight = (share * given.reduce((sum, y) => sum + y, 0)) / entities;
  const slack = new Float64Array(entities);
  rows.forEach((row, b) => {
    for (let i = 0; i < row.length; i += 2) slack[row[i]] += row[i + 1] * (given[b] / fitted[b] - 1);
  });
  // weight / rate = credits - exposure + weight / optimum
  const rates = optimum.map((p, h) => weight / (slack[h] + weight / p));
  if (!rates.every((rate) => rate > 0)) return null;
  return { sketch: { totals: given, entities, rows }, optimum, prior: { weight, rates } };
}
