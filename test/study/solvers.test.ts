import { expect, it } from 'vitest';
import { drawsOf, randomSketch } from '../fit/random.js';
import { withTwins } from '../fit/shapes.js';
import { fitDistance, solve } from '../fit/solving.js';
import { bothKernels, randomOf } from '../support/kernels.js';

const [wasm] = await bothKernels();

it('newton and lbfgs find one optimum of 4,000 random problems', async () => {
  const draws = drawsOf(randomOf(4000));
  const passes = { newton: [] as number[], lbfgs: [] as number[] };
  const bad: string[] = [];
  let apart = 0;
  let stopped = 0;
  for (let problem = 0; problem < 4000; problem++) {
    const entities = draws.whole(1, 60);
    const plain = randomSketch(draws, {
      bricks: draws.whole(1, 60),
      entities,
      density: [0.05, 0.2, 0.5, 0.95][problem % 4],
      zeros: [0, 0.1, 0.6][problem % 3],
    });
    const sketch = problem % 5 === 0 ? withTwins(plain, [0, entities - 1].slice(0, entities)) : plain;
    const share = problem % 2 === 0 ? 0 : 10 ** (8 * draws.uniform() - 6);
    const found = await solve(wasm, sketch, 'newton', share, { maxPasses: 2000 });
    const other = await solve(wasm, sketch, 'lbfgs', share, { maxPasses: 5000 });
    for (const [name, each] of Object.entries({ newton: found, lbfgs: other })) {
      const what = `problem ${problem}, ${name}, prior ${share.toExponential(1)}, ${sketch.totals.length} bricks, ${sketch.entities} entities`;
      // under a light prior, and with more entities than bricks, L-BFGS ends where rounding is all that it sees
      const hard = name === 'lbfgs' && share > 0 && share < 1e-3;
      if (!each.converged && !hard) bad.push(`${what}: gap ${each.gap.toExponential(1)} after ${each.passes} passes`);
      const best = each.sweeps.reduce((most, { objective }) => Math.max(most, objective), Number.NEGATIVE_INFINITY);
      if (each.objective < best - 1e-13 * each.magnitude)
        bad.push(`${what}: ${best - each.objective} below the best seen`);
    }
    if (!other.converged) stopped++;
    passes.newton.push(found.passes);
    passes.lbfgs.push(other.passes);
    const off = Math.abs(found.objective - other.objective) / Math.max(found.magnitude, 1e-300);
    if (off > (other.converged ? 1e-12 : 1e-10))
      bad.push(`problem ${problem}: objectives ${off.toExponential(1)} apart`);
    apart = Math.max(apart, fitDistance(found.data, found.productivity, other.productivity));
  }
  for (const [name, list] of Object.entries(passes)) {
    list.sort((a, b) => a - b);
    const at = (share: number) => list[Math.floor(share * (list.length - 1))];
    console.log(`${name}: passes to 1e-13, median ${at(0.5)}, 99% ${at(0.99)}, most ${at(1)}`);
  }
  console.log(`fitted totals at most ${apart.toExponential(1)} apart; lbfgs stopped short of 1e-13 ${stopped} times`);
  expect(bad).toEqual([]);
  expect(stopped).toBeLessThan(60);
});
