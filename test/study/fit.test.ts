import { expect, it } from 'vitest';
import { examineCertificates, examineVisited } from '../fit/certificates.js';
import { drawsOf } from '../fit/random.js';
import { examineSplit, randomBricks, split } from '../fit/splits.js';
import { differenceOf } from '../fit/stage.js';
import { bothKernels, randomOf } from '../support/kernels.js';

const [wasm, js] = await bothKernels();

it('splits two million random bricks exactly', () => {
  let worst = 0;
  let measured = 0;
  for (let seed = 1000; seed < 1040; seed++) {
    const bricks = randomBricks(seed, 50_000);
    const got = split(wasm, bricks);
    expect(differenceOf(got, split(js, bricks))).toBeNull();
    const found = examineSplit(bricks, got.parts, 7);
    expect([found.wrongSums, found.wrongSigns], `seed ${seed}`).toEqual([0, 0]);
    worst = Math.max(worst, found.worst);
    measured += found.measured;
  }
  console.log(`split: parts at most ${worst.toFixed(3)} ulp of the total from the real share, over ${measured} bricks`);
  expect(worst).toBeLessThan(2.5);
});

it('finds no bound of the certificate below the true distance at 150,000 points', async () => {
  for (const [most, problems] of [
    [4, 2000],
    [8, 2000],
    [30, 1000],
  ]) {
    const found = await examineCertificates(wasm, drawsOf(randomOf(most)), problems, 30, most);
    const at = (share: number) => found.ratios[Math.floor(share * (found.ratios.length - 1))].toFixed(2);
    console.log(
      `certificate, up to ${most} entities: ${found.points} points, best bound / distance: median ${at(0.5)}, 90% ${at(0.9)}`,
    );
    expect(found.violations).toEqual([]);
  }
});

it('finds no gap of a visited point below its true distance', async () => {
  for (const [most, problems] of [
    [4, 2000],
    [8, 2000],
    [30, 1000],
  ]) {
    const found = await examineVisited(wasm, drawsOf(randomOf(100 + most)), problems, most);
    console.log(
      `visited by newton and lbfgs, up to ${most} entities: ${found.points} points, ${found.near} within 1e-6, ${found.violations.length} violations`,
    );
    expect(found.violations).toEqual([]);
  }
});
