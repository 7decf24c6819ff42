import { expOf } from '../../math/exp.js';
import { logOf } from '../../math/log.js';
import { pickShare } from '../pick.js';
import { openStream, type Random } from '../random.js';
import { groupSize, type HcpValues } from './options.js';
import { streams } from './streams.js';

/** Where an HCP is visited, and how often: bricks rising, visits beside them. */
export interface Places {
  readonly bricks: readonly number[];
  readonly visits: readonly number[];
}

export interface VisitPlan {
  /** By HCP. */
  readonly places: readonly Places[];
  /** By HCP: which collinear group, from 1; 0: none. */
  readonly group: Uint32Array;
  /** By HCP: 1 for a single visit. */
  readonly coldStart: Uint8Array;
}

/** Furthest brick from the first, counted along the ring on which the bricks lie. */
const reach = 3;
const mostFurther = 4;

/**
 * Draws where HCPs work and how often each is visited there. HCP i < `bricks` has brick i first, so none stays empty;
 * the others choose theirs in proportion to a Pareto size. Further bricks lie within `reach`.
 */
export function planVisits(values: HcpValues): VisitPlan {
  const { seed, hcps, collinear, coldStart } = values;
  const sizes = drawSizes(values);
  const places = Array.from({ length: hcps }, (_, h) => drawPlaces(values, sizes, h));

  // groups stand at the end of the roster: the first HCPs hold the bricks
  const group = new Uint32Array(hcps);
  for (let g = 0; g < collinear; g++) {
    const leader = hcps - groupSize * (g + 1);
    group.fill(g + 1, leader, leader + groupSize);
    for (let h = leader + 1; h < leader + groupSize; h++) {
      const ratio = 1 + openStream(seed, streams.collinear, h).uniform();
      const { bricks, visits } = places[leader];
      places[h] = { bricks, visits: visits.map((count) => Math.max(1, Math.floor(count * ratio + 0.5))) };
    }
  }

  const open = Array.from({ length: hcps }, (_, h) => h).filter((h) => group[h] === 0);
  const cold = new Uint8Array(hcps);
  for (const h of pickShare(open, coldStart, (i) => openStream(seed, streams.coldStart, i).uniform())) {
    cold[h] = 1;
    places[h] = { bricks: [homeOf(values, sizes, h, openStream(seed, streams.places, h))], visits: [1] };
  }
  return { places, group, coldStart: cold };
}

/** Running sums of Pareto sizes, so that a brick is found by bisection. */
function drawSizes({ seed, bricks, tail }: HcpValues): Float64Array {
  const sizes = new Float64Array(bricks);
  let sum = 0;
  for (let b = 0; b < bricks; b++) {
    sum += expOf(-logOf(1 - openStream(seed, streams.brickSizes, b).uniform()) / tail);
    sizes[b] = sum;
  }
  return sizes;
}

function homeOf({ bricks }: HcpValues, sizes: Float64Array, hcp: number, draw: Random): number {
  const mark = draw.uniform() * sizes[bricks - 1];
  if (hcp < bricks) return hcp;
  let low = 0;
  let high = bricks - 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (sizes[middle] > mark) high = middle;
    else low = middle + 1;
  }
  return low;
}

function drawPlaces(values: HcpValues, sizes: Float64Array, hcp: number): Places {
  const { seed, bricks, overlap, visits } = values;
  const draw = openStream(seed, streams.places, hcp);
  const counts = openStream(seed, streams.visits, hcp);
  const home = homeOf(values, sizes, hcp, draw);
  const found = new Map([[home, 1 + counts.poisson(visits - 1)]]);
  const further = Math.min(draw.poisson(overlap), mostFurther);
  for (let f = 0; f < further; f++) {
    const step = 1 + draw.integer(reach);
    const brick = (home + (draw.uniform() < 0.5 ? step : bricks * reach - step)) % bricks;
    const count = 1 + counts.poisson(Math.max(0, visits / 4 - 1));
    if (!found.has(brick)) found.set(brick, count); // drawn before, or a ring shorter than the reach
  }
  const sorted = [...found].sort(([a], [b]) => a - b);
  return { bricks: sorted.map(([brick]) => brick), visits: sorted.map(([, count]) => count) };
}
