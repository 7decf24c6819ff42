import { beforeAll, describe, expect, it } from 'vitest';
import { logDivergence } from '../../bindings/solve/certificate.js';
import { em } from '../../bindings/solve/em.js';
import { bothKernels, type KernelSet, randomOf } from '../support/kernels.js';
import { boundsAt, examineCertificates, examineVisited, randomCase } from './certificates.js';
import { objectiveAt } from './objective.js';
import { panelOf, passOf } from './panels.js';
import { drawsOf } from './random.js';

let sets: KernelSet[];
beforeAll(async () => {
  sets = await bothKernels();
});

describe('the certificate', () => {
  it('is never below the true distance at 2,000 random points', async () => {
    const { points, impossible, violations, ratios } = await examineCertificates(
      sets[0],
      drawsOf(randomOf(11)),
      100,
      20,
    );
    expect(violations).toEqual([]);
    expect(points).toBe(2000);
    expect(impossible).toBeLessThan(200);
    // and not uselessly far: half of the points are certified within a few times their distance
    expect(ratios.length).toBeGreaterThan(1000);
    expect(ratios[ratios.length >> 1]).toBeLessThan(10);
  });

  it('is never below the true distance at points that newton and lbfgs visit', async () => {
    const { points, near, violations } = await examineVisited(sets[0], drawsOf(randomOf(13)), 160);
    expect(violations).toEqual([]);
    expect(points).toBeGreaterThan(2000);
    // far from the optimum and near it
    expect(near).toBeGreaterThan(500);
    expect(points - near).toBeGreaterThan(500);
  });

  it('holds at every sweep of a run', async () => {
    const draws = drawsOf(randomOf(12));
    for (let problem = 0; problem < 60; problem++) {
      const { data, pass, prior, best } = await randomCase(sets[0], draws, problem % 3 === 0 ? 0.01 : 0);
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

  it('claims nothing where a factor overflows', async () => {
    // the first brick is given 5e-324: its ratio is beyond every double
    const data = panelOf({ totals: [100, 60], entities: 2, rows: [[0, 1], [0, 1, 1, 1]] }); // biome-ignore format: a table
    const pass = passOf(sets[0], data);
    const { global, local } = await boundsAt(
      pass,
      { weight: 0, rates: Float64Array.of(1, 1) },
      Float64Array.of(5e-324, 1),
    );
    expect([global, local]).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
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
