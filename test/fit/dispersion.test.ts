import { beforeAll, describe, expect, it } from 'vitest';
import type { FitRule, Member } from '../../bindings/hierarchy/member.js';
import { fit as run } from '../../bindings/index.js';
import { fitTogether } from '../../bindings/infer/dispersion.js';
import type { Kernels } from '../../bindings/machine/kernels.js';
import type { Pass } from '../../bindings/pass/pass.js';
import { priorWeight } from '../../bindings/solve/prior.js';
import { bothKernels, type KernelSet } from '../support/kernels.js';
import { panelOf, passesOf, passOf } from './panels.js';
import { modelOf, ofComponents, readReference, type Sketch, tablesOf } from './problems.js';

let sets: KernelSet[];
beforeAll(async () => {
  sets = await bothKernels();
});

const { problems } = readReference();
const rule: FitRule = {
  family: 'quasiPoisson',
  pooling: { kind: 'gamma', spread: 0.3, evidence: 25 },
  solver: 'em',
  tolerance: 1e-8,
  maxPasses: 10_000,
};
const memberOf = (pass: Pass, totalScale = 1): Member => ({ pass, totalScale, groups: null });

/** A pass that counts what is asked of it. */
function counted(pass: Pass) {
  const asked = { sweeps: 0, bounds: 0, curvatures: 0 };
  const watched: Pass = {
    ...pass,
    get passes() {
      return pass.passes;
    },
    sweep(...asks) {
      asked.sweeps++;
      return pass.sweep(...asks);
    },
    bound(factors) {
      asked.bounds++;
      return pass.bound(factors);
    },
    // what is decided at an optimum
    aside(work) {
      asked.curvatures++;
      return pass.aside(work);
    },
  };
  return { watched, asked };
}

describe('the weight of the prior', () => {
  it('is phi (1 + B / N) / spread^2', () => {
    expect(priorWeight(4, 50, 25, 0.5)).toBe((4 * 3) / 0.25);
    expect(priorWeight(4, 50, Number.POSITIVE_INFINITY, 0.5)).toBe(16);
  });

  it('is infinite at spread 0 and nothing at a spread without bounds', () => {
    expect(priorWeight(4, 50, 25, 0)).toBe(Number.POSITIVE_INFINITY);
    expect(priorWeight(Number.POSITIVE_INFINITY, 50, 25, 1e200)).toBe(0);
  });

  it('has a dispersion of 1 for counts, in whatever scale they are fitted', async () => {
    for (const factor of [1, 1000, 1e-3]) {
      const sketch = { ...problems.hcp, totals: problems.hcp.totals.map((y) => y * factor) };
      const { totals, exposure } = tablesOf(sketch);
      const found = await run({ totals, exposure }, modelOf({ family: 'poisson' }));
      expect([...ofComponents(found, 'dispersion')]).toEqual([1]);
      expect(Math.abs(ofComponents(found, 'priorWeight')[0] - (1 + 24 / 25) / 0.09)).toBeLessThan(1e-12);
    }
  });
});

describe('the search for the dispersion', () => {
  it('counts every look at the data', async () => {
    for (const name of ['mmm', 'hcp', 'slow']) {
      for (const solver of ['em', 'newton', 'lbfgs'] as const) {
        // these problems are one shard, so a look is one call of a kernel; C2 of an earlier point comes with a sweep
        const looks = { sweeps: 0, bounds: 0 };
        const [title, kernels, memory] = sets[0];
        const watching: Kernels = {
          ...kernels,
          passSegments(...given) {
            looks.sweeps++;
            kernels.passSegments(...given);
          },
          passPanel(...given) {
            looks.sweeps++;
            kernels.passPanel(...given);
          },
          boundSegments(...given) {
            looks.bounds++;
            kernels.boundSegments(...given);
          },
          boundPanel(...given) {
            looks.bounds++;
            kernels.boundPanel(...given);
          },
        };
        const { watched, asked } = counted(passOf([title, watching, memory], panelOf(problems[name])));
        const { fits } = await fitTogether([memberOf(watched)], { ...rule, solver });
        expect(fits[0].passes).toBeGreaterThanOrEqual(looks.sweeps);
        expect(fits[0].passes).toBeLessThanOrEqual(looks.sweeps + looks.bounds);
        if (solver === 'em') expect(fits[0].passes).toBe(looks.sweeps + looks.bounds);
        expect(asked.curvatures).toBeGreaterThan(2);
      }
    }
  });

  it('never looks at one point twice in a row', async () => {
    for (const name of ['mmm', 'hcp']) {
      for (const solver of ['em', 'newton', 'lbfgs'] as const) {
        for (const pooling of [rule.pooling, null]) {
          const pass = passOf(sets[0], panelOf(problems[name]));
          let before: Float64Array | null = null;
          const watched: Pass = {
            ...pass,
            get passes() {
              return pass.passes;
            },
            async sweep(productivity, ...asks) {
              const { passes } = pass;
              const found = await pass.sweep(productivity, ...asks);
              const swept = pass.passes > passes;
              const last = before;
              if (swept && last) expect(productivity.every((p, h) => p === last[h])).toBe(false);
              if (swept) before = productivity.slice();
              return found;
            },
          };
          await fitTogether([memberOf(watched)], { ...rule, solver, pooling, maxPasses: 200 });
          expect(before).not.toBeNull();
        }
      }
    }
  });

  it('keeps the dispersion that the last fit used', async () => {
    const { fits } = await fitTogether([memberOf(passOf(sets[0], panelOf(problems.hcp)))], rule);
    const [{ prior, dispersion }] = fits;
    expect(prior.weight).toBe(priorWeight(dispersion, 24, 25, 0.3));
  });

  it('stops after twelve rounds', async () => {
    const { watched, asked } = counted(passOf(sets[0], panelOf(problems.slow)));
    const found = await fitTogether([memberOf(watched)], {
      ...rule,
      pooling: { kind: 'gamma', spread: 0.6, evidence: 25 },
    });
    expect(asked.curvatures).toBe(12);
    expect([...found.warnings]).toEqual(['dispersion-not-settled']);
  });

  it('is one round where the dispersion does not enter the fit', async () => {
    for (const pooling of [null, { kind: 'gamma', spread: 0, evidence: 25 } as const]) {
      const { watched, asked } = counted(passOf(sets[0], panelOf(problems.mmm)));
      const { fits } = await fitTogether([memberOf(watched)], { ...rule, pooling, maxPasses: 400 });
      expect(asked.curvatures).toBe(1);
      expect(fits[0].solution.objective).toBe(fits[0].solution.logLikelihood);
    }
  });

  it('reports Pearson / (bricks - edf) of the one fit at spread 0 and without pooling', async () => {
    const pass = passOf(sets[0], panelOf(problems.mmm));
    const proportional = await fitTogether([memberOf(pass)], {
      ...rule,
      pooling: { kind: 'gamma', spread: 0, evidence: 25 },
    });
    const [fit] = proportional.fits;
    expect(fit.edf).toBe(0);
    expect(fit.dispersion).toBe(fit.solution.pearson / 200);
    const unpooled = await fitTogether([memberOf(pass)], { ...rule, pooling: null, tolerance: 1e-6 });
    const [plain] = unpooled.fits;
    expect(plain.edf).toBeGreaterThan(25);
    expect(plain.dispersion).toBe(plain.solution.pearson / (200 - plain.edf));
  });

  it('gives up at the limit of passes and says so', async () => {
    for (const maxPasses of [1, 2, 5, 20]) {
      const { fits } = await fitTogether([memberOf(passOf(sets[0], panelOf(problems.mmm)))], { ...rule, maxPasses });
      expect(fits[0].solution.converged).toBe(false);
      // the proportional fit and one sweep of the search there must be
      expect(fits[0].passes).toBeLessThanOrEqual(Math.max(2, maxPasses));
    }
  });
});

describe('components that share a dispersion', () => {
  const [one, other]: Sketch[] = [
    { totals: [5, 9, 4, 8], entities: 2, rows: [[0, 1, 1, 2], [0, 3], [1, 2], [0, 1, 1, 1]] },
    { totals: [50, 20, 90], entities: 2, rows: [[0, 1, 1, 2], [0, 2, 1, 1], [1, 5]] },
  ]; // biome-ignore format: a table

  it('have the sum of their Pearson sums over the sum of bricks less effective parameters', async () => {
    const passes = passesOf(sets[0], [panelOf(one), panelOf(other)]);
    const { fits, dispersion } = await fitTogether(
      passes.map((pass) => memberOf(pass)),
      rule,
    );
    expect(fits[0].dispersion).toBe(dispersion);
    expect(fits[1].dispersion).toBe(dispersion);
    const pearson = fits[0].solution.pearson + fits[1].solution.pearson;
    // the next round would have changed it by less than 1e-4
    expect(Math.abs(pearson / (7 - fits[0].edf - fits[1].edf) / dispersion - 1)).toBeLessThan(1e-4);
  });

  it('do so in the unit of the totals, whatever each is scaled by', async () => {
    const plain = await fitTogether(
      passesOf(sets[0], [panelOf(one), panelOf(other)]).map((pass) => memberOf(pass)),
      rule,
    );
    const scales = [4, 64];
    const parts = [one, other].map((sketch, c) =>
      panelOf({ ...sketch, totals: sketch.totals.map((y) => y / scales[c]) }),
    );
    const scaled = await fitTogether(
      passesOf(sets[0], parts).map((pass, c) => memberOf(pass, scales[c])),
      rule,
    );
    expect(scaled.dispersion).toBe(plain.dispersion);
    scaled.fits.forEach((fit, c) => {
      expect(fit.dispersion * scales[c]).toBe(plain.fits[c].dispersion);
      expect([...fit.solution.productivity].map((p) => p * scales[c])).toEqual([
        ...plain.fits[c].solution.productivity,
      ]);
    });
  });

  it('are those of fewer than 20 bricks', async () => {
    // two components of 19 bricks share, those of 20 do not
    const chain = (bricks: number, first: number, seed: number) =>
      Array.from({ length: bricks }, (_, b) => [first, 1 + ((b * seed) % 5), first + 1, 1 + (b % 3)]);
    const rows = [...chain(20, 0, 2), ...chain(19, 2, 3), ...chain(19, 4, 4), ...chain(20, 6, 7)];
    const totals = rows.map((_, b) => 10 + ((b * 37) % 23));
    const { totals: table, exposure } = tablesOf({ totals, entities: 8, rows });
    const found = await run({ totals: table, exposure }, modelOf({}));
    const phi = ofComponents(found, 'dispersion');
    expect([...ofComponents(found, 'bricks')]).toEqual([20, 19, 19, 20]);
    expect(phi[1]).toBe(phi[2]);
    expect(new Set(phi).size).toBe(3);
  });
});

describe('a component of one brick', () => {
  it('has the mean total for a dispersion, and no rounds', async () => {
    const { watched, asked } = counted(passOf(sets[0], panelOf(problems.single)));
    const found = await fitTogether([memberOf(watched)], rule);
    expect(found.dispersion).toBe(123.25);
    expect(asked.curvatures).toBe(1);
    expect(found.warnings.size).toBe(0);
  });

  it('adds nothing to a shared dispersion but its brick', async () => {
    const rows = [[0, 1, 1, 2], [0, 3], [1, 2], [0, 1, 1, 1]]; // biome-ignore format: a table
    const sketch = { totals: [5, 9, 4, 8], entities: 2, rows };
    const alone = await fitTogether([memberOf(passOf(sets[0], panelOf(sketch)))], rule);
    const beside = await fitTogether(
      passesOf(sets[0], [panelOf(sketch), panelOf(problems.single)]).map((pass) => memberOf(pass)),
      rule,
    );
    // one more brick, which decides its share of its one direction
    expect(beside.dispersion).toBeLessThan(alone.dispersion);
    expect(beside.fits[1].solution.pearson).toBeLessThan(1e-20);
  });
});
