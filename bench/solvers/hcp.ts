import { openStream } from '../../bindings/simulate/random.js';
import { byBrick, type Panel, withTotals } from './panel.js';

/**
 * Doctors who prescribe in several sales territories, of which only the territories' sales are known. Territories stand
 * on a ring; their sizes are heavy-tailed (lognormal, sigma 1.2), so a few hold a large part of the doctors. A doctor
 * has a home drawn by size and about `perEntity` territories in all: mostly near (Pareto distances), rather the large
 * ones. Visits are counts. The first doctors live one in each territory, so that none is empty.
 */
export function hcp(entities: number, bricks: number, perEntity: number, seed: number): Panel {
  const sizes = openStream(seed, 1);
  const random = openStream(seed, 2);
  const visits = openStream(seed, 3);
  const cumulative = new Float64Array(bricks);
  let sum = 0;
  const size = Float64Array.from({ length: bricks }, () => Math.exp(1.2 * sizes.normal()));
  for (let b = 0; b < bricks; b++) cumulative[b] = sum += size[b];
  const drawHome = () => {
    const x = random.uniform() * sum;
    let low = 0;
    let high = bricks - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (cumulative[middle] > x) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  const lists = Array.from({ length: entities }, (_, h) => {
    const home = h < bricks ? h : drawHome();
    const list = new Map([[home, 4 + visits.poisson(8)]]);
    const wanted = Math.min(bricks / 2, 1 + random.poisson(perEntity - 1));
    while (list.size < wanted) {
      const distance = Math.ceil(perEntity / 2 / (1 - random.uniform()));
      const side = random.uniform() < 0.5 ? -distance : distance;
      const b = (((home + side) % bricks) + bricks) % bricks;
      if (random.uniform() < size[b] / (1 + size[b]) && !list.has(b)) list.set(b, 1 + visits.poisson(3));
    }
    return list;
  });
  return withTotals(byBrick(lists, bricks), 0.7, 8, seed);
}
