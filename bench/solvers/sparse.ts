import { openStream } from '../../bindings/simulate/random.js';
import { type Panel, withTotals } from './panel.js';

const grid = 1 << 17;

/**
 * Many bricks of about 40 entities each (20 to 60) out of many, as in delivery logs by postcode and day. Entities
 * differ in how often they appear (lognormal, sigma 1). A brick walks through the entities in steps whose mean is the
 * size it aims at, so its entities are distinct and rising without a sort.
 */
export function sparse(entities: number, exposures: number, seed: number): Panel {
  const popularity = openStream(seed, 1);
  const random = openStream(seed, 2);
  const cumulative = new Float64Array(entities);
  let sum = 0;
  for (let h = 0; h < entities; h++) cumulative[h] = sum += Math.exp(popularity.normal());
  for (let h = 0; h < entities; h++) cumulative[h] /= sum;
  const firstOf = new Uint32Array(grid); // of each cell of the grid the entity to start looking from
  for (let cell = 0, h = 0; cell < grid; cell++) {
    while (h < entities - 1 && cumulative[h] <= cell / grid) h++;
    firstOf[cell] = h;
  }

  const column = new Uint32Array(exposures + 200);
  const exposure = new Float64Array(exposures + 200);
  const ends = [0];
  let at = 0;
  while (at < exposures) {
    const start = at;
    const step = 1 / (20 + random.integer(41));
    const stride = () => -step * Math.log(1 - random.uniform());
    let last = -1;
    for (let x = stride(); x < 1; x += stride()) {
      let h = firstOf[Math.floor(x * grid)];
      while (h < entities - 1 && cumulative[h] <= x) h++;
      if (h === last) continue;
      last = h;
      column[at] = h;
      exposure[at++] = 0.05 - Math.log(1 - random.uniform());
    }
    if (at > start) ends.push(at);
  }
  const segments = Uint32Array.from(ends);
  return withTotals(
    { segments, column: column.slice(0, at), exposure: exposure.slice(0, at), entities },
    0.5,
    20,
    seed,
  );
}
