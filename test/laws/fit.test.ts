import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEngine, type Fit, type Tables } from '../../bindings/index.js';
import { brief, isGrouped, type ModelConfig, models, run, runs, sketches, solverChoices } from '../fit/fits.js';
import { byEntity, modelOf, ofComponents, type Sketch, tablesOf } from '../fit/problems.js';
import { drawsOf, randomSketch } from '../fit/random.js';
import { withTwins } from '../fit/shapes.js';
import { randomOf } from '../support/kernels.js';
import { words } from '../support/simulations.js';

const [wasm, js] = await Promise.all((['wasm', 'js'] as const).map((kernels) => createEngine({ kernels })));

/** Every table and number of a fit but which kernels ran, for comparison by bits. */
const bitsOf = ({ run: _, allocate: __, model: ___, ...rest }: Fit) => rest;

describe('scaling all totals by a power of two', () => {
  it('scales what is money and leaves the rest, to the last bit', async () => {
    await fc.assert(
      fc.asyncProperty(
        sketches,
        models,
        solverChoices,
        fc.integer({ min: -300, max: 300 }),
        async (sketch, model, solver, power) => {
          const fit = { ...brief, solver };
          const factor = 2 ** power;
          const plain = await run(wasm, sketch, model, fit);
          const scaled = await run(wasm, { ...sketch, totals: sketch.totals.map((y) => y * factor) }, model, fit);
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
        },
      ),
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
      fc.asyncProperty(
        sketches,
        models,
        solverChoices,
        fc.integer({ min: -300, max: 300 }),
        async (sketch, model, solver, power) => {
          const fit = { ...brief, solver };
          const factor = 2 ** power;
          const rows = sketch.rows.map((row) => row.map((x, i) => (i % 2 === 1 ? x * factor : x)));
          const plain = await run(wasm, sketch, model, fit);
          const scaled = await run(wasm, { ...sketch, rows }, model, fit);
          const before = byEntity(plain, 'productivity', sketch.entities);
          expect([...byEntity(scaled, 'productivity', sketch.entities)]).toEqual([...before].map((p) => p / factor));
          expect(scaled.allocation.columns.allocation).toEqual(plain.allocation.columns.allocation);
          expect(ofComponents(scaled, 'dispersion')).toEqual(ofComponents(plain, 'dispersion'));
        },
      ),
      runs,
    );
  });
});

describe('the order of rows', () => {
  it('changes no number of any key', async () => {
    await fc.assert(
      fc.asyncProperty(sketches, models, solverChoices, fc.nat(), async (sketch, model, solver, seed) => {
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
        const config = modelOf(model, { ...brief, solver }, grouped);
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

describe('the names of keys', () => {
  /** A sketch whose brick b is called `brick[b]`, its entities likewise. */
  const named = (sketch: Sketch, model: ModelConfig, brick: readonly number[], entity: readonly number[]): Sketch => {
    const rows: number[][] = sketch.rows.map(() => []);
    const totals: number[] = [...sketch.totals];
    sketch.rows.forEach((row, b) => {
      const cells: [number, number][] = [];
      for (let i = 0; i < row.length; i += 2) cells.push([entity[row[i]], row[i + 1]]);
      rows[brick[b]] = cells.sort(([a], [c]) => a - c).flat();
      totals[brick[b]] = sketch.totals[b];
    });
    const groups = [...sketch.groups!];
    sketch.groups!.forEach((group, e) => {
      groups[entity[e]] = group;
    });
    return { totals, rows, entities: sketch.entities, ...(isGrouped(model) && { groups }) };
  };

  it('change no number where they keep their order', async () => {
    await fc.assert(
      fc.asyncProperty(sketches, models, solverChoices, async (sketch, model, solver) => {
        const grouped = isGrouped(model);
        const tables = tablesOf(sketch) as unknown as Record<string, Record<string, readonly (string | number)[]>>;
        // e000017 becomes Ω~e.000017
        const renamed = Object.fromEntries(
          Object.entries(tables).map(([table, columns]) => [
            table,
            Object.fromEntries(
              Object.entries(columns).map(([column, values]) => [
                column,
                column === 'entity' ? values.map((name) => `Ω~${String(name).replace('e', 'e.')}`) : values,
              ]),
            ),
          ]),
        );
        const given = ({ totals, exposure, entities }: typeof tables): Tables =>
          grouped ? { totals, exposure, entities } : { totals, exposure };
        const config = modelOf(model, { ...brief, solver }, grouped);
        const plain = await wasm.fit(given(tables), config);
        const other = await wasm.fit(given(renamed), config);
        expect(other.allocation.columns.allocation).toEqual(plain.allocation.columns.allocation);
        expect(other.entities.columns.productivity).toEqual(plain.entities.columns.productivity);
        expect([other.objective, other.gap, other.passes]).toEqual([plain.objective, plain.gap, plain.passes]);
      }),
      { ...runs, numRuns: 20 },
    );
  });

  it('in another order change the objective by no more than the gap', async () => {
    await fc.assert(
      fc.asyncProperty(sketches, fc.constantFrom('newton', 'lbfgs'), fc.nat(), async (sketch, solver, seed) => {
        const draws = drawsOf(randomOf(seed));
        const shuffled = (count: number) =>
          Array.from({ length: count }, (_, k) => [draws.uniform(), k])
            .sort(([a], [b]) => a - b)
            .map(([, k]) => k);
        const model: ModelConfig = { pooling: { kind: 'none' } };
        const other = named(sketch, model, shuffled(sketch.totals.length), shuffled(sketch.entities));
        const fit = { tolerance: 1e-12, maxPasses: 2000, solver };
        const [one, two] = [await run(wasm, sketch, model, fit), await run(wasm, other, model, fit)];
        expect([one.converged, two.converged]).toEqual([true, true]);
        const total = sketch.totals.reduce((sum, y) => sum + y, 0);
        const size = Math.abs(one.objective!) + 10 * total;
        expect(Math.abs(one.objective! - two.objective!)).toBeLessThan(1e-12 * total + 1e-14 * size);
      }),
      { ...runs, numRuns: 30 },
    );
  });
});

describe('entities of the same exposure in every brick', () => {
  it('get the same productivity to the last bit, and change no fitted total', async () => {
    await fc.assert(
      fc.asyncProperty(sketches, solverChoices, fc.boolean(), fc.nat(), async (sketch, solver, pooled, pick) => {
        const model: ModelConfig = pooled ? {} : { pooling: { kind: 'none' } };
        const one = pick % sketch.entities;
        const { totals } = sketch;
        const twice = withTwins(sketch, [one]);
        const fit = { tolerance: solver === 'em' ? 1e-6 : 1e-13, maxPasses: 1000, solver };
        const found = await run(wasm, { totals, entities: twice.entities, rows: twice.rows }, model, fit);
        const productivity = byEntity(found, 'productivity', twice.entities);
        for (const twin of [sketch.entities, sketch.entities + 1]) expect(productivity[twin]).toBe(productivity[one]);
        if (pooled || solver === 'em') return;
        const before = byEntity(await run(wasm, sketch, model, fit), 'productivity', sketch.entities);
        const merged = productivity.slice(0, sketch.entities);
        merged[one] *= 3;
        sketch.rows.forEach((row, b) => {
          if (totals[b] === 0) return;
          const fitted = (p: Float64Array) =>
            row.reduce((sum, w, i) => (i % 2 === 1 ? sum + w * p[row[i - 1]] : sum), 0);
          expect(Math.abs(fitted(merged) / fitted(before) - 1)).toBeLessThan(1e-8);
        });
      }),
      runs,
    );
  });
});

describe('both kernel sets', () => {
  it('give the same bits of everything', async () => {
    await fc.assert(
      fc.asyncProperty(sketches, models, solverChoices, async (sketch, model, solver) => {
        const fit = { ...brief, solver };
        expect(bitsOf(await run(js, sketch, model, fit))).toEqual(bitsOf(await run(wasm, sketch, model, fit)));
      }),
      runs,
    );
  });

  it('agree, and find no NaN, whatever the size of numbers', async () => {
    const sizes = fc.double({ min: -300, max: 300, noNaN: true }).map((x) => 10 ** x);
    const scales = fc.record({ draw: fc.infiniteStream(sizes), both: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(sketches, models, solverChoices, scales, async (sketch, model, solver, { draw, both }) => {
        const fit = { ...brief, solver };
        const next = () => draw.next().value as number;
        const totals = sketch.totals.map((y) => (y > 0 ? next() : 0));
        const rows = sketch.rows.map((row) => row.map((x, i) => (i % 2 === 1 && both ? next() : x)));
        const found = await run(wasm, { ...sketch, totals, rows }, model, fit);
        expect(found.massError).toBe(0);
        expect(byEntity(found, 'productivity', sketch.entities).some(Number.isNaN)).toBe(false);
        expect(byEntity(found, 'trust', sketch.entities).every((trust) => trust >= 0 && trust <= 1)).toBe(true);
        expect(
          byEntity(found, 'allocation', sketch.entities).every((x) => x >= 0 && x < Number.POSITIVE_INFINITY),
        ).toBe(true);
        for (const gap of ofComponents(found, 'gap')) expect(gap).toBeGreaterThanOrEqual(0);
        expect(bitsOf(await run(js, { ...sketch, totals, rows }, model, fit))).toEqual(bitsOf(found));
      }),
      runs,
    );
  });
});
