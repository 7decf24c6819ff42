import type { Faults } from '../base/faults.js';
import type { Rows } from '../tables/read.js';
import type { Places } from './groups.js';

/**
 * Population of each place, from the totals: one for all its periods, anything else is a fault. NaN for places without a
 * total, which get nothing. Null where the configuration names no population.
 */
export function readPopulations(faults: Faults, { totals }: Rows, places: Places, column: string): Float64Array | null {
  const { population, brick } = totals;
  if (!population) return null;
  const found = new Float64Array(places.count).fill(Number.NaN);
  const first = new Int32Array(places.count).fill(-1);
  for (let r = 0; r < brick.length; r++) {
    const place = places.ids[brick[r]];
    if (first[place] < 0) {
      first[place] = r;
      found[place] = population[r];
    } else if (population[r] !== found[place]) {
      faults.add('population', `${totals.record(r)}, column ${column}`, () => {
        const before = totals.record(first[place]).replace(/^.* record/s, 'record');
        return `expected ${found[place]} as in ${before}, got ${population[r]}: a place has one population in all its periods`;
      });
    }
  }
  return found;
}
