import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEngine } from '../../bindings/index.js';
import { brief, type ModelConfig, run, runs, sketches, solverChoices } from '../fit/fits.js';
import { byEntity, ofComponents, readReference, type Sketch } from '../fit/problems.js';
import { words } from '../support/simulations.js';

const wasm = await createEngine({ kernels: 'wasm' });
const { problems } = readReference();

describe('spread 0', () => {
  it('is the proportional split bit for bit', async () => {
    await fc.assert(
      fc.asyncProperty(
        sketches,
        fc.constantFrom<'poisson' | 'quasiPoisson'>('poisson', 'quasiPoisson'),
        solverChoices,
        async (sketch, family, solver) => {
          const model: ModelConfig = { family, pooling: { kind: 'gamma', spread: 0 } };
          const found = await run(wasm, sketch, model, { ...brief, solver });
          expect(found.entities.columns.allocation).toEqual(found.entities.columns.proportional);
          expect(found.massMoved).toBe(0);
          expect(found.converged).toBe(true);
          expect(found.gap).toBe(0);
          // share of the brick's exposure, as one division of the running sum gives it
          const { share } = found.allocation.columns as { share: Float64Array };
          const brick = words(found.allocation, 'brick');
          const entity = words(found.allocation, 'entity');
          for (let r = 0; r < found.allocation.rows; r++) {
            const row = sketch.rows[Number(brick[r].slice(1))];
            let sum = 0;
            for (let i = 1; i < row.length; i += 2) sum += row[i];
            const own = row[row.findIndex((x, i) => i % 2 === 0 && x === Number(entity[r].slice(1))) + 1];
            // a component without a sale has productivity 0, and so no shares
            if (sketch.totals[Number(brick[r].slice(1))] > 0) {
              expect(Math.abs(share[r] - own / sum)).toBeLessThanOrEqual(1e-14);
            }
          }
        },
      ),
      runs,
    );
  });
});

// at a weight of 1e-14 of the curvature, rounding once had a say in the effective parameters of this one
const drowned: Sketch = {
  totals: [15.856805230985207, 6.175093149182548, 4.095156672648224, 6.377939008543951],
  entities: 1,
  rows: [1.7012634276642613, 0.5966525770938771, 0.4076166512635626, 0.5086273029257087].map((x) => [0, x]),
};

describe('a huge spread', () => {
  it('reaches the log-likelihood of plain maximum likelihood', async () => {
    await fc.assert(
      fc.asyncProperty(sketches, fc.constantFrom('newton', 'lbfgs', 'auto'), async (sketch, solver) => {
        const options = { tolerance: 1e-10, maxPasses: 5000, solver };
        const pooled = await run(wasm, sketch, { pooling: { kind: 'gamma', spread: 1e7 } }, options);
        const plain = await run(wasm, sketch, { pooling: { kind: 'none' } }, options);
        expect(plain.converged).toBe(true);
        const total = sketch.totals.reduce((sum, y) => sum + y, 0);
        const size = Math.abs(plain.logLikelihood!) + 10 * total;
        const short = plain.logLikelihood! - pooled.logLikelihood!;
        // what the prior can move at a weight of 1e-14 of the dispersion is below 1e-11
        expect(pooled.converged).toBe(true);
        expect(short).toBeLessThan((pooled.gap! + 1e-11) * total + 1e-14 * size);
        expect(-short).toBeLessThan(plain.gap! * total + 1e-14 * size);
      }),
      { ...runs, numRuns: 30 },
    );
  });

  it('counts no more effective parameters than there are', async () => {
    await fc.assert(
      fc.asyncProperty(sketches, fc.constantFrom(1e3, 1e5, 1e7, 1e10), async (sketch, spread) => {
        // two more entities like the first: directions with no curvature at all
        const entities = sketch.entities + 2;
        const rows = sketch.rows.map((row) =>
          row[0] === 0 ? [...row, sketch.entities, row[1], sketch.entities + 1, row[1]] : row,
        );
        const found = await run(
          wasm,
          { totals: sketch.totals, entities, rows },
          { pooling: { kind: 'gamma', spread } },
        );
        const bricks = ofComponents(found, 'bricks');
        const columns = ofComponents(found, 'entities');
        ofComponents(found, 'effectiveParameters').forEach((edf, c) => {
          if (Number.isNaN(edf)) return;
          const most = Math.min(bricks[c], columns[c]);
          expect(edf).toBeGreaterThanOrEqual(0);
          expect(edf).toBeLessThanOrEqual(most);
          // what the data surely decide: the component's total
          if (spread >= 1e5) expect(edf).toBeGreaterThan(0.9);
        });
      }),
      { ...runs, examples: [[drowned, 1e7]] },
    );
  });
});

describe('splitting a brick into two identical halves', () => {
  it('changes no fitted total without pooling by more than 1e-12 of the largest total', async () => {
    const options = { tolerance: 1e-14, maxPasses: 2000 };
    await fc.assert(
      fc.asyncProperty(sketches, fc.nat(), async (sketch, pick) => {
        const b = pick % sketch.totals.length;
        const half = sketch.rows[b].map((x, i) => (i % 2 === 1 ? x / 2 : x));
        const halved: Sketch = {
          ...sketch,
          totals: [
            ...sketch.totals.slice(0, b),
            sketch.totals[b] / 2,
            sketch.totals[b] / 2,
            ...sketch.totals.slice(b + 1),
          ],
          rows: [...sketch.rows.slice(0, b), half, half, ...sketch.rows.slice(b + 1)],
        };
        const whole = await run(wasm, sketch, { pooling: { kind: 'none' } }, options);
        const parts = await run(wasm, halved, { pooling: { kind: 'none' } }, options);
        expect([whole.converged, parts.converged]).toEqual([true, true]);
        const largest = Math.max(...sketch.totals);
        const [p, q] = [whole, parts].map((found) => byEntity(found, 'productivity', sketch.entities));
        sketch.rows.forEach((row, k) => {
          let before = 0;
          let after = 0;
          for (let i = 0; i < row.length; i += 2) {
            before += row[i + 1] * p[row[i]];
            after += row[i + 1] * q[row[i]];
          }
          // bricks of no sale may be fitted with next to nothing, of which there is no last digit
          if (sketch.totals[k] > 0) expect(Math.abs(after - before)).toBeLessThanOrEqual(1e-12 * largest);
        });
      }),
      {
        ...runs,
        numRuns: 40,
        examples: [
          [problems.mmm, 3],
          [problems.hcp, 7],
          [problems.slow, 0],
        ],
      },
    );
  });
});
