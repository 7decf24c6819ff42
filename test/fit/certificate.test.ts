import { beforeAll, describe, expect, it } from 'vitest';
import { globalBound, localBound, logDivergence, type Step } from '../../bindings/fit/certificate.js';
import { em } from '../../bindings/fit/em.js';
import type { SegmentData } from '../../bindings/fit/inMemory.js';
import type { Pass } from '../../bindings/fit/pass.js';
import type { Prior } from '../../bindings/fit/prior.js';
import { bothKernels, type KernelSet, randomOf } from '../support/kernels.js';
import { objectiveAt } from './objective.js';
import { panelOf, passOf } from './panels.js';
import { type Draws, drawsOf, randomSketch } from './random.js';

let sets: KernelSet[];
beforeAll(async () => {
  sets = await bothKernels();
});

/** The M step's factors and the three bounds, from the definitions in docs/method.md, "The certificate". */
async function boundsAt(pass: Pass, { weight, rates }: Prior, productivity: Float64Array) {
  const { credits } = await pass.sweep(productivity);
  const slopes = pass.exposure.map((s, h) => s + (weight > 0 ? weight / rates[h] : 0));
  const credited = credits.map((g, h) => g + (weight > 0 ? weight / productivity[h] : 0));
  const factors = credited.map((g, h) => g / slopes[h]);
  const mass = pass.total + weight * pass.entities;
  const expected = productivity.reduce((sum, p, h) => sum + p * slopes[h], 0);
  let closedGap = weight > 0 ? 0 : Number.POSITIVE_INFINITY;
  if (weight > 0) {
    for (let h = 0; h < factors.length; h++) {
      closedGap += weight * logDivergence((productivity[h] * (slopes[h] - credits[h])) / weight - 1);
    }
  }
  const step: Step = { next: productivity, factors, excess: expected - mass, largest: Math.max(...factors), closedGap };
  return { global: globalBound(step, mass), local: await localBound(pass, step, weight), closed: closedGap };
}

/** A problem, its prior and a point as good as the optimum; the true distance of others is at least that to it. */
interface Case {
  readonly data: SegmentData;
  readonly pass: Pass;
  readonly prior: Prior;
  readonly best: Float64Array;
}

async function randomCase(draws: Draws, weight: number): Promise<Case> {
  const entities = draws.whole(1, 8);
  const sketch = randomSketch(draws, { bricks: draws.whole(1, 12), entities });
  const data = panelOf(sketch);
  const pass = passOf(sets[0], data);
  const rate = pass.total / pass.exposure.reduce((sum, x) => sum + x, 0);
  const rates = Float64Array.from({ length: entities }, () => rate * Math.exp(0.2 * draws.normal()));
  const prior = { weight: weight * (pass.total / entities), rates };
  const { productivity } = await em(pass, prior, new Float64Array(entities).fill(rate), {
    tolerance: 1e-14,
    maxPasses: 4000,
  });
  return { data, pass, prior, best: productivity.slice() };
}

/** Wild points, points ever nearer to the optimum, and (without a prior) points with zeros. */
function randomPoint(draws: Draws, { best, prior, data }: Case, k: number): Float64Array {
  const rate = data.totals.reduce((sum, y) => sum + y, 0) / data.exposure.reduce((sum, x) => sum + x, 0);
  const noise = 3 * 0.1 ** (k % 6);
  const point = best.map((p) => (k % 6 === 0 ? rate : p) * Math.exp(noise * draws.normal()));
  return prior.weight === 0 && k % 4 === 3 ? point.map((p) => (draws.uniform() < 0.3 ? 0 : p)) : point;
}

describe('the certificate', () => {
  it('is never below the true distance at 2,000 random points', async () => {
    const draws = drawsOf(randomOf(11));
    let points = 0;
    const ratios: number[] = [];
    for (let problem = 0; problem < 100; problem++) {
      // half without a prior, half with one that weighs from a thousandth to ten times the data
      const example = await randomCase(draws, problem % 2 === 0 ? 0 : 10 ** (4 * draws.uniform() - 3));
      const { data, pass, prior, best } = example;
      const top = objectiveAt(data, prior, best);
      for (let k = 0; k < 20; k++) {
        const point = randomPoint(draws, example, k);
        const { value, size } = objectiveAt(data, prior, point);
        const { gap } = await em(pass, prior, point, { tolerance: 1e-300, maxPasses: 1 });
        points++;
        if (value === Number.NEGATIVE_INFINITY) {
          expect(gap).toBe(Number.POSITIVE_INFINITY);
          continue;
        }
        const distance = top.value - value;
        const rounding = 1e-14 * (size + top.size);
        const bounds = await boundsAt(pass, prior, point);
        for (const bound of [bounds.global, bounds.local, bounds.closed, gap * pass.total]) {
          expect(bound, `problem ${problem}, point ${k}`).toBeGreaterThanOrEqual(distance - rounding);
        }
        expect(bounds.local).toBeLessThanOrEqual(bounds.global + rounding);
        if (distance > 1e-6 * pass.total) {
          ratios.push(Math.min(bounds.global, bounds.local, bounds.closed) / distance);
        }
      }
    }
    expect(points).toBe(2000);
    // and not uselessly far: half of the points are certified within a few times their distance
    ratios.sort((a, b) => a - b);
    expect(ratios[ratios.length >> 1]).toBeLessThan(10);
  });

  it('holds at every sweep of a run', async () => {
    const draws = drawsOf(randomOf(12));
    for (let problem = 0; problem < 60; problem++) {
      const { data, pass, prior, best } = await randomCase(draws, problem % 3 === 0 ? 0.01 : 0);
      const top = objectiveAt(data, prior, best);
      const start = best.map(() => Math.exp(draws.normal()));
      let sweeps = 0;
      await em(pass, prior, start, {
        tolerance: 1e-13,
        maxPasses: 400,
        onSweep({ gap, objective }) {
          sweeps++;
          expect(gap * pass.total).toBeGreaterThanOrEqual(top.value - objective - 1e-14 * top.size);
        },
      });
      expect(sweeps).toBeGreaterThan(0);
    }
  });

  it('flags a wrong zero, which no M step can leave', async () => {
    // A = 100 over {1,2,3}, B = 60 over {2,3,4}: started at (0,1,1,1) the fit stays at (80, 80), and entity 1 would gain
    const data = panelOf({ totals: [100, 60], entities: 4, rows: [[0, 1, 1, 1, 2, 1], [1, 1, 2, 1, 3, 1]] }); // biome-ignore format: a table
    for (const set of sets) {
      const pass = passOf(set, data);
      const found = await em(pass, { weight: 0, rates: new Float64Array(4).fill(40) }, Float64Array.of(0, 1, 1, 1), {
        tolerance: 1e-6,
        maxPasses: 500,
      });
      expect(found.converged).toBe(false);
      expect(found.productivity[0]).toBe(0);
      // at (80, 80) the factor of entity 1 is 100 / 80 and those of the others are 1: the bound of brick A is 100 ln 1.25
      expect(Math.abs(found.gap - (100 * Math.log(1.25)) / 160)).toBeLessThan(1e-9);
      const best = 100 * Math.log(100) + 60 * Math.log(60) - 160;
      expect(found.gap * 160).toBeGreaterThan(best - found.objective);
    }
  });

  it('accepts a right zero', async () => {
    // entity 0 stands in a brick that sold nothing, so its best productivity is 0
    const data = panelOf({ totals: [0, 10], entities: 2, rows: [[0, 5], [0, 1, 1, 1]] }); // biome-ignore format: a table
    const pass = passOf(sets[0], data);
    const found = await em(pass, { weight: 0, rates: Float64Array.of(1, 1) }, Float64Array.of(0, 10), {
      tolerance: 1e-12,
      maxPasses: 10,
    });
    expect(found.converged).toBe(true);
    expect(found.gap).toBeLessThan(1e-15);
  });

  it('claims nothing where a brick with a total is given nothing', async () => {
    const data = panelOf({ totals: [100, 60], entities: 2, rows: [[0, 1], [1, 1]] }); // biome-ignore format: a table
    for (const set of sets) {
      const found = await em(passOf(set, data), { weight: 0, rates: Float64Array.of(1, 1) }, Float64Array.of(0, 1), {
        tolerance: 1e-6,
        maxPasses: 20,
      });
      expect(found.converged).toBe(false);
      expect(found.gap).toBe(Number.POSITIVE_INFINITY);
      expect(found.objective).toBe(Number.NEGATIVE_INFINITY);
    }
  });
});

describe('logDivergence', () => {
  it('is x - 1 - ln x at x = 1 + t', () => {
    for (const t of [-0.999, -0.5, -1.1e-3, 1.1e-3, 0.5, 3, 1e6]) {
      // 1 + t drops bits of t: at 1e-3 some 1e-10 of the result
      expect(Math.abs(logDivergence(t) / (t - Math.log1p(t)) - 1)).toBeLessThan(1e-9);
    }
  });

  it('keeps its digits near 0, by the series t^2/2 - t^3/3 + ...', () => {
    for (const t of [-1e-3, 1e-3, 1e-5, -1e-9, 1e-100]) {
      let series = 0;
      for (let n = 12; n >= 2; n--) series += (n % 2 === 0 ? 1 : -1) * (t ** n / n);
      expect(Math.abs(logDivergence(t) / series - 1)).toBeLessThan(1e-15);
    }
    expect(logDivergence(0)).toBe(0);
  });

  it('is infinite where x is not positive', () => {
    for (const t of [-1, -1.5, Number.NEGATIVE_INFINITY]) expect(logDivergence(t)).toBe(Number.POSITIVE_INFINITY);
  });
});
