import type { Sketch } from './problems.js';

/** Seeded draws for random problems. */
export interface Draws {
  uniform(): number;
  /** A whole number from `low` to `high`. */
  whole(low: number, high: number): number;
  normal(): number;
}

export function drawsOf(uniform: () => number): Draws {
  return {
    uniform,
    whole: (low, high) => low + Math.floor(uniform() * (high - low + 1)),
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  };
}

export interface RandomOptions {
  readonly bricks: number;
  readonly entities: number;
  /** Share of brick and entity pairs with exposure. */
  readonly density?: number;
  /** Share of bricks with total 0. */
  readonly zeros?: number;
}

/** A random problem: every brick has an entity, every entity a brick; all are one component or several, as it falls. */
export function randomSketch(draws: Draws, { bricks, entities, density = 0.5, zeros = 0.1 }: RandomOptions): Sketch {
  const cells = Array.from({ length: bricks }, () => new Map<number, number>());
  const exposure = () => Math.exp(draws.normal());
  for (const row of cells) {
    for (let e = 0; e < entities; e++) if (draws.uniform() < density) row.set(e, exposure());
    if (row.size === 0) row.set(draws.whole(0, entities - 1), exposure());
  }
  for (let e = 0; e < entities; e++) {
    if (!cells.some((row) => row.has(e))) cells[draws.whole(0, bricks - 1)].set(e, exposure());
  }
  const rates = Array.from({ length: entities }, () => Math.exp(draws.normal()));
  const totals: number[] = cells.map((row) => {
    if (draws.uniform() < zeros) return 0;
    let mean = 0;
    for (const [e, x] of row) mean += x * rates[e];
    return 10 * mean * Math.exp(0.5 * draws.normal());
  });
  if (!totals.some((total) => total > 0)) totals[0] = 1;
  return { totals, entities, rows: cells.map((row) => [...row].sort(([a], [b]) => a - b).flat()) };
}
