import { beforeAll, describe, expect, it } from 'vitest';
import type { Pass } from '../../bindings/pass/pass.js';
import { em } from '../../bindings/solve/em.js';
import type { Prior } from '../../bindings/solve/prior.js';
import { bothKernels, type KernelSet, randomOf } from '../support/kernels.js';
import { objectiveAt } from './objective.js';
import { panelOf, passOf } from './panels.js';
import { readReference, type Sketch } from './problems.js';
import { drawsOf, randomSketch } from './random.js';

let sets: KernelSet[];
beforeAll(async () => {
  sets = await bothKernels();
});

const draws = drawsOf(randomOf(21));
const { problems } = readReference();
const examples: [name: string, sketch: Sketch][] = [
  ['a panel of collinear campaigns', problems.mmm],
  ['more entities than bricks', problems.hcp],
  ['one brick', problems.single],
  ...Array.from({ length: 6 }, (_, k): [string, Sketch] => [
    `random problem ${k}`,
    randomSketch(draws, { bricks: draws.whole(2, 40), entities: draws.whole(1, 25), density: 0.3, zeros: 0.2 }),
  ]),
];

const flat = (pass: { total: number; exposure: Float64Array }, entities: number) =>
  new Float64Array(entities).fill(pass.total / pass.exposure.reduce((sum, x) => sum + x, 0));

describe('the objective', () => {
  for (const [name, sketch] of examples) {
    for (const weight of [0, 1e-6, 0.1, 10]) {
      it(`never falls from sweep to sweep: ${name}, prior of ${weight} times the data`, async () => {
        const traces: number[][] = [];
        for (const set of sets) {
          const pass = passOf(set, panelOf(sketch));
          const rates = flat(pass, sketch.entities);
          const prior: Prior = { weight: (weight * pass.total) / sketch.entities, rates };
          const trace: number[] = [];
          const start = rates.map((rate, h) => rate * (0.1 + ((h * 7) % 10)));
          const found = await em(pass, prior, start, {
            tolerance: 1e-15,
            maxPasses: 1500,
            onSweep: ({ objective }) => trace.push(objective),
          });
          let highest = Number.NEGATIVE_INFINITY;
          for (const objective of trace) {
            expect(highest - objective).toBeLessThanOrEqual(1e-13 * found.magnitude);
            highest = Math.max(highest, objective);
          }
          traces.push(trace);
        }
        expect(traces[0]).toEqual(traces[1]);
      });
    }
  }

  it('is what its definition says', async () => {
    for (const [, sketch] of examples) {
      const data = panelOf(sketch);
      const pass = passOf(sets[0], data);
      const rates = flat(pass, sketch.entities).map((rate) => rate * Math.exp(draws.normal()));
      for (const weight of [0, 3.7]) {
        const point = rates.map((rate) => rate * Math.exp(draws.normal()));
        const found = await em(pass, { weight, rates }, point, { tolerance: 1e-300, maxPasses: 1 });
        const whole = objectiveAt(data, { weight, rates }, point);
        const likelihood = objectiveAt(data, { weight: 0, rates }, point);
        expect(Math.abs(found.objective - whole.value)).toBeLessThan(1e-14 * whole.size);
        expect(Math.abs(found.logLikelihood - likelihood.value)).toBeLessThan(1e-14 * likelihood.size);
        // terms of one sign add up; those of mixed sign may cancel before
        expect(found.magnitude).toBeLessThanOrEqual(whole.size * (1 + 1e-12));
      }
    }
  });
});

describe('one M step', () => {
  it('is (credited + weight) / (exposure + weight / rate)', async () => {
    // by hand: fitted 2 + 6 = 8 and 9; credited 2 * (1 * 16/8) = 4, 3 * (2 * 16/8 + 3 * 18/9) = 30
    const data = panelOf({ totals: [16, 18], entities: 2, rows: [[0, 1, 1, 2], [1, 3]] }); // biome-ignore format: a table
    for (const set of sets) {
      const steps: Float64Array[] = [];
      const pass = passOf(set, data);
      const watched = {
        ...pass,
        sweep(productivity: Float64Array) {
          steps.push(productivity.slice());
          return pass.sweep(productivity);
        },
      };
      const limits = { tolerance: 1e-300, maxPasses: 2 };
      await em(watched, { weight: 0, rates: Float64Array.of(1, 1) }, Float64Array.of(2, 3), limits);
      expect([...steps[1]]).toEqual([4 / 1, 30 / 5]);
      await em(watched, { weight: 2, rates: Float64Array.of(4, 0.5) }, Float64Array.of(2, 3), limits);
      expect([...steps[3]]).toEqual([(4 + 2) / (1 + 2 / 4), (30 + 2) / (5 + 2 / 0.5)]);
    }
  });

  it('finds Pearson residuals at the point it was asked about', async () => {
    const data = panelOf({ totals: [16, 18], entities: 2, rows: [[0, 1, 1, 2], [1, 3]] }); // biome-ignore format: a table
    const found = await em(passOf(sets[1], data), { weight: 0, rates: Float64Array.of(1, 1) }, Float64Array.of(2, 3), {
      tolerance: 1e-300,
      maxPasses: 1,
    });
    expect(found.pearson).toBe(64 / 8 + 81 / 9);
  });
});

describe('the number of sweeps', () => {
  it('stays within maxPasses, certificates included, and says when that was not enough', async () => {
    const data = panelOf(problems.mmm);
    let sweeps = 0;
    const countedOf = (pass: Pass): Pass => ({
      ...pass,
      get passes() {
        return pass.passes;
      },
      sweep: (p: Float64Array) => {
        sweeps++;
        return pass.sweep(p);
      },
      bound: (p: Float64Array) => {
        sweeps++;
        return pass.bound(p);
      },
    });
    for (const maxPasses of [1, 2, 8, 9, 17, 50]) {
      sweeps = 0;
      // each with a pass of its own: none remembers where the one before ended
      const counted = countedOf(passOf(sets[0], data));
      const rates = flat(counted, problems.mmm.entities);
      const found = await em(counted, { weight: 0, rates }, rates, { tolerance: 1e-12, maxPasses });
      expect(found.passes).toBe(sweeps);
      expect(found.passes).toBeLessThanOrEqual(maxPasses);
      expect(found.converged).toBe(false);
    }
  });
});
