import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEngine, type Engine, type Fit, type Model, type Tables } from '../../bindings/index.js';
import { byEntity, modelOf, ofComponents, type Sketch, tablesOf } from '../fit/problems.js';
import { drawsOf, randomSketch } from '../fit/random.js';
import { randomOf } from '../support/kernels.js';
import { words } from '../support/simulations.js';

const [wasm, js] = await Promise.all((['wasm', 'js'] as const).map((kernels) => createEngine({ kernels })));

/** Random problems of up to 40 bricks and 25 entities, often several components, with pooling groups. */
const sketches = fc
  .record({ seed: fc.nat(), bricks: fc.integer({ min: 1, max: 40 }), entities: fc.integer({ min: 1, max: 25 }) })
  .map(({ seed, bricks, entities }): Sketch => {
    const draws = drawsOf(randomOf(seed));
    const sketch = randomSketch(draws, { bricks, entities, density: 0.02 + 0.4 * draws.uniform() });
    return { ...sketch, groups: Array.from({ length: entities }, () => `g${draws.whole(0, 2)}`) };
  });

type ModelConfig = NonNullable<Model['model']>;
const models: fc.Arbitrary<ModelConfig> = fc.constantFrom<ModelConfig>(
  {},
  { pooling: { kind: 'gamma', groups: ['group'], spread: 0.5 } },
  { pooling: { kind: 'gamma', spread: 2, evidence: 'none' } },
  { pooling: { kind: 'gamma', spread: 0 } },
  { pooling: { kind: 'none' } },
);
const isGrouped = ({ pooling }: ModelConfig) => pooling?.kind === 'gamma' && pooling.groups !== undefined;

const runs = { numRuns: 60, seed: 20240607 };
const brief = { tolerance: 1e-8, maxPasses: 200 };

function run(engine: Engine, sketch: Sketch, model: ModelConfig, options: Model['fit'] = brief): Promise<Fit> {
  const tables = tablesOf(sketch);
  const grouped = isGrouped(model);
  const given: Tables = grouped ? tables : { totals: tables.totals, exposure: tables.exposure };
  return engine.fit(given, modelOf(model, options, grouped));
}

/** Every table and number of a fit but which kernels ran, for comparison by bits. */
const bitsOf = ({ run: _, allocate: __, model: ___, ...rest }: Fit) => rest;

describe('scaling all totals by a power of two', () => {
  it('scales what is money and leaves the rest, to the last bit', async () => {
    await fc.assert(
      fc.asyncProperty(sketches, models, fc.integer({ min: -300, max: 300 }), async (sketch, model, power) => {
        const factor = 2 ** power;
        const plain = await run(wasm, sketch, model);
        const scaled = await run(wasm, { ...sketch, totals: sketch.totals.map((y) => y * factor) }, model);
        const times = (values: ArrayLike<number>) => Array.from(values, (x) => x * factor);
        const count = sketch.entities;
        for (const name of ['productivity', 'allocation', 'proportional']) {
          expect([...byEntity(scaled, name, count)]).toEqual(times(byEntity(plain, name, count)));
        }
        for (const name of ['trust', 'share', 'exposure']) {
          expect(byEntity(scaled, name, count)).toEqual(byEntity(plain, name, count));
        }
        for (const name of ['rate', 'dispersion', 'priorWeight', 'total']) {
          expect([...ofComponents(scaled, name)]).toEqual(times(ofComponents(plain, name)));
        }
        for (const name of ['effectiveParameters', 'passes', 'gap']) {
          expect(ofComponents(scaled, name)).toEqual(ofComponents(plain, name));
        }
        expect([...scaled.allocation.columns.allocation]).toEqual(times(plain.allocation.columns.allocation));
        expect(scaled.allocation.columns.share).toEqual(plain.allocation.columns.share);
        expect(scaled.massMoved).toBe(plain.massMoved);
        expect(scaled.warnings.map(({ code }) => code)).toEqual(plain.warnings.map(({ code }) => code));
      }),
      runs,
    );
  });

  it('scales nothing exactly for counts, whose dispersion has no unit', async () => {
    const sketch = randomSketch(drawsOf(randomOf(3)), { bricks: 30, entities: 5 });
    const plain = await run(wasm, sketch, { family: 'poisson' });
    const scaled = await run(wasm, { ...sketch, totals: sketch.totals.map((y) => y * 1024) }, { family: 'poisson' });
    const before = byEntity(plain, 'trust', 5);
    expect(byEntity(scaled, 'trust', 5).every((trust, e) => trust > before[e])).toBe(true);
  });
});

describe('scaling all exposures by a power of two', () => {
  it('divides productivities and changes no allocation, to the last bit', async () => {
    await fc.assert(
      fc.asyncProperty(sketches, models, fc.integer({ min: -300, max: 300 }), async (sketch, model, power) => {
        const factor = 2 ** power;
        const rows = sketch.rows.map((row) => row.map((x, i) => (i % 2 === 1 ? x * factor : x)));
        const plain = await run(wasm, sketch, model);
        const scaled = await run(wasm, { ...sketch, rows }, model);
        const before = byEntity(plain, 'productivity', sketch.entities);
        expect([...byEntity(scaled, 'productivity', sketch.entities)]).toEqual([...before].map((p) => p / factor));
        expect(scaled.allocation.columns.allocation).toEqual(plain.allocation.columns.allocation);
        expect(ofComponents(scaled, 'dispersion')).toEqual(ofComponents(plain, 'dispersion'));
      }),
      runs,
    );
  });
});

describe('spread 0', () => {
  it('is the proportional split bit for bit', async () => {
    await fc.assert(
      fc.asyncProperty(
        sketches,
        fc.constantFrom<'poisson' | 'quasiPoisson'>('poisson', 'quasiPoisson'),
        async (sketch, family) => {
          const found = await run(wasm, sketch, { family, pooling: { kind: 'gamma', spread: 0 } });
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
    const options = { tolerance: 1e-7, maxPasses: 20_000 };
    await fc.assert(
      fc.asyncProperty(sketches, async (sketch) => {
        const pooled = await run(wasm, sketch, { pooling: { kind: 'gamma', spread: 1e6 } }, options);
        const plain = await run(wasm, sketch, { pooling: { kind: 'none' } }, options);
        const total = sketch.totals.reduce((sum, y) => sum + y, 0);
        expect(Math.abs(pooled.logLikelihood! - plain.logLikelihood!)).toBeLessThan(1e-5 * total);
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
  it('changes no fitted total without pooling', async () => {
    const options = { tolerance: 1e-13, maxPasses: 100_000 };
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
        const [p, q] = [whole, parts].map((found) => byEntity(found, 'productivity', sketch.entities));
        sketch.rows.forEach((row, k) => {
          let before = 0;
          let after = 0;
          for (let i = 0; i < row.length; i += 2) {
            before += row[i + 1] * p[row[i]];
            after += row[i + 1] * q[row[i]];
          }
          // bricks of no sale may be fitted with next to nothing, of which there is no last digit
          if (sketch.totals[k] > 0) expect(Math.abs(after - before)).toBeLessThanOrEqual(1e-9 * before);
        });
      }),
      { ...runs, numRuns: 40 },
    );
  });
});

describe('the order of rows', () => {
  it('changes no number of any key', async () => {
    await fc.assert(
      fc.asyncProperty(sketches, models, fc.nat(), async (sketch, model, seed) => {
        const draws = drawsOf(randomOf(seed));
        const shuffle = (table: Record<string, readonly unknown[]>) => {
          const [first] = Object.values(table);
          const order = [...first.keys()].sort(() => draws.uniform() - 0.5);
          return Object.fromEntries(Object.entries(table).map(([name, values]) => [name, order.map((r) => values[r])]));
        };
        const tables = tablesOf(sketch) as Record<
          'totals' | 'exposure' | 'entities',
          Record<string, readonly string[]>
        >;
        const grouped = isGrouped(model);
        const config = modelOf(model, brief, grouped);
        const given = (of: typeof tables): Tables => (grouped ? of : { totals: of.totals, exposure: of.exposure });
        const plain = await wasm.fit(given(tables), config);
        const shuffled = await wasm.fit(
          given({
            totals: shuffle(tables.totals),
            exposure: shuffle(tables.exposure),
            entities: shuffle(tables.entities),
          } as typeof tables),
          config,
        );
        const cells = (found: Fit) => {
          const [brick, entity] = ['brick', 'entity'].map((key) => words(found.allocation, key));
          const { exposure, share, allocation } = found.allocation.columns as Record<string, Float64Array>;
          return brick.map((b, r) => [b, entity[r], exposure[r], share[r], allocation[r]].join(' ')).sort();
        };
        expect(cells(shuffled)).toEqual(cells(plain));
        for (const name of ['productivity', 'exposure', 'allocation', 'share', 'proportional', 'trust']) {
          expect(byEntity(shuffled, name, sketch.entities)).toEqual(byEntity(plain, name, sketch.entities));
        }
        expect(shuffled.components).toEqual(plain.components);
        const { entities: _, allocation: __, unallocated: ___, indistinguishable: ____, ...numbers } = bitsOf(plain);
        expect(shuffled).toMatchObject(numbers);
      }),
      runs,
    );
  });
});

describe('both kernel sets', () => {
  it('give the same bits of everything', async () => {
    await fc.assert(
      fc.asyncProperty(sketches, models, async (sketch, model) => {
        expect(bitsOf(await run(js, sketch, model))).toEqual(bitsOf(await run(wasm, sketch, model)));
      }),
      runs,
    );
  });

  it('agree, and find no NaN, whatever the size of numbers', async () => {
    const sizes = fc.double({ min: -300, max: 300, noNaN: true }).map((x) => 10 ** x);
    await fc.assert(
      fc.asyncProperty(sketches, models, fc.infiniteStream(sizes), fc.boolean(), async (sketch, model, draw, both) => {
        const next = () => draw.next().value as number;
        const totals = sketch.totals.map((y) => (y > 0 ? next() : 0));
        const rows = sketch.rows.map((row) => row.map((x, i) => (i % 2 === 1 && both ? next() : x)));
        const found = await run(wasm, { ...sketch, totals, rows }, model);
        expect(found.massError).toBe(0);
        expect(byEntity(found, 'productivity', sketch.entities).some(Number.isNaN)).toBe(false);
        expect(byEntity(found, 'trust', sketch.entities).every((trust) => trust >= 0 && trust <= 1)).toBe(true);
        expect(
          byEntity(found, 'allocation', sketch.entities).every((x) => x >= 0 && x < Number.POSITIVE_INFINITY),
        ).toBe(true);
        for (const gap of ofComponents(found, 'gap')) expect(gap).toBeGreaterThanOrEqual(0);
        expect(bitsOf(await run(js, { ...sketch, totals, rows }, model))).toEqual(bitsOf(found));
      }),
      runs,
    );
  });
});
