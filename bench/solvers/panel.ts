import { leadingPower } from '../../bindings/machine/js/split.js';
import type { Panel as Compiled } from '../../bindings/problem/compile.js';
import { amountOf } from '../../bindings/simulate/noise.js';
import { openStream } from '../../bindings/simulate/random.js';

/**
 * A problem as numbers, in its own units: brick b has the exposures segments[b] .. segments[b+1]-1, entities rising.
 */
export interface Panel {
  readonly segments: Uint32Array;
  readonly column: Uint32Array;
  readonly exposure: Float64Array;
  readonly totals: Float64Array;
  readonly entities: number;
}

/** Exposures by brick, before there are totals. */
export type Exposures = Omit<Panel, 'totals'>;

const meanTotal = 1000;

/**
 * Totals from productivities that are known: fitted totals with mean 1,000 and gamma noise, variance = dispersion *
 * mean. Productivities are lognormal, `spread` their standard deviation in logarithms.
 */
export function withTotals(exposures: Exposures, spread: number, dispersion: number, seed: number): Panel {
  const { segments, column, exposure, entities } = seen(exposures);
  const productivities = openStream(seed, 100);
  const noise = openStream(seed, 101);
  const productivity = Float64Array.from({ length: entities }, () => Math.exp(spread * productivities.normal()));
  const totals = new Float64Array(segments.length - 1);
  let sum = 0;
  for (let b = 0; b < totals.length; b++) {
    for (let j = segments[b]; j < segments[b + 1]; j++) totals[b] += productivity[column[j]] * exposure[j];
    sum += totals[b];
  }
  const scale = (meanTotal * totals.length) / sum;
  for (let b = 0; b < totals.length; b++) totals[b] = amountOf(noise, totals[b] * scale, dispersion);
  return { segments, column, exposure, totals, entities };
}

/** Without the entities that no brick has. */
function seen({ segments, column, exposure, entities }: Exposures): Exposures {
  const number = new Int32Array(entities).fill(-1);
  for (const h of column) number[h] = 0;
  let count = 0;
  for (let h = 0; h < entities; h++) if (number[h] === 0) number[h] = count++;
  return { segments, column: count === entities ? column : column.map((h) => number[h]), exposure, entities: count };
}

/** Entities' lists of bricks as bricks' lists of entities. Exposures of one entity in one brick add up. */
export function byBrick(lists: readonly ReadonlyMap<number, number>[], bricks: number): Exposures {
  const segments = new Uint32Array(bricks + 1);
  for (const list of lists) for (const b of list.keys()) segments[b + 1]++;
  for (let b = 0; b < bricks; b++) segments[b + 1] += segments[b];
  const next = segments.slice();
  const column = new Uint32Array(segments[bricks]);
  const exposure = new Float64Array(segments[bricks]);
  lists.forEach((list, h) => {
    for (const [b, w] of list) {
      column[next[b]] = h;
      exposure[next[b]++] = w;
    }
  });
  return { segments, column, exposure, entities: lists.length };
}

/**
 * The panel as the library compiles one: a single component, totals and exposures at most 2 by powers of two. They are
 * scaled where they stand, so that the peak of memory is what a fit takes and not a second copy.
 */
export function compiled({ segments, column, exposure, totals, entities }: Panel): Compiled {
  const scaleOf = (values: Float64Array) => leadingPower(values.reduce((most, x) => Math.max(most, x), 0));
  const totalScale = scaleOf(totals);
  const exposureScale = scaleOf(exposure);
  for (let b = 0; b < totals.length; b++) totals[b] /= totalScale;
  for (let j = 0; j < exposure.length; j++) exposure[j] /= exposureScale;
  return {
    row: Uint32Array.from(totals, (_, b) => b),
    entity: Uint32Array.from({ length: entities }, (_, h) => h),
    ...{ totals, segments, column, exposure },
    bricks: Uint32Array.of(0, totals.length),
    columns: Uint32Array.of(0, entities),
    totalScale: Float64Array.of(totalScale),
    exposureScale: Float64Array.of(exposureScale),
    tooFaint: 0,
  };
}
