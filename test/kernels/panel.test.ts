import { describe, expect, it } from 'vitest';
import { logOf } from '../../bindings/math/log.js';
import { differenceOf, scales, stage } from '../fit/stage.js';
import { bothKernels, type KernelSet, randomOf } from '../support/kernels.js';

const sets = await bothKernels();
const [wasm, js] = sets;

interface Sweep {
  exposures: Float64Array;
  totals: Float64Array;
  productivities: Float64Array;
}

/** passPanel on outputs that begin at zero, or at the number given. */
const sweep = (set: KernelSet, inputs: Sweep, start = 0) =>
  stage(
    set,
    {
      ...inputs,
      fitted: new Float64Array(inputs.totals.length).fill(99),
      sums: new Float64Array(inputs.productivities.length).fill(start),
      scores: new Float64Array(4).fill(start),
    },
    (kernels, at) =>
      kernels.passPanel(
        at.exposures,
        at.totals,
        at.productivities,
        at.fitted,
        at.sums,
        at.scores,
        inputs.totals.length,
        inputs.productivities.length,
      ),
  );

const bound = (set: KernelSet, { exposures, totals, productivities }: Sweep) =>
  stage(set, { exposures, totals, factors: productivities, bound: new Float64Array(2) }, (kernels, at) =>
    kernels.boundPanel(at.exposures, at.factors, at.totals, at.bound, totals.length, productivities.length),
  ).bound;

const cross = (set: KernelSet, { exposures, totals, productivities }: Sweep, responses: Float64Array) =>
  stage(
    set,
    { exposures, weights: totals, responses, outputs: new Float64Array(productivities.length).fill(1) },
    (kernels, at) =>
      kernels.crossPanel(at.exposures, at.weights, at.responses, at.outputs, totals.length, productivities.length),
  ).outputs;

/** The same bricks as segments: cells above zero alone. */
function segmentsOf({ exposures, totals, productivities }: Sweep) {
  const columns = productivities.length;
  const segments = [0];
  const entities: number[] = [];
  const found: number[] = [];
  totals.forEach((_, b) => {
    for (let h = 0; h < columns; h++) {
      if (exposures[b * columns + h] === 0) continue;
      entities.push(h);
      found.push(exposures[b * columns + h]);
    }
    segments.push(found.length);
  });
  return {
    segments: Uint32Array.from(segments),
    entities: Uint32Array.from(entities),
    exposures: Float64Array.from(found),
    totals,
    productivities,
  };
}

const sweepSegments = (set: KernelSet, inputs: Sweep) =>
  stage(
    set,
    {
      ...segmentsOf(inputs),
      fitted: new Float64Array(inputs.totals.length),
      sums: new Float64Array(inputs.productivities.length),
      scores: new Float64Array(4),
    },
    (kernels, at) =>
      kernels.passSegments(
        at.segments,
        at.entities,
        at.exposures,
        at.totals,
        at.productivities,
        at.fitted,
        at.sums,
        at.scores,
        inputs.totals.length,
        1,
      ),
  );

const boundSegments = (set: KernelSet, inputs: Sweep) => {
  const { exposures: _, productivities: factors, ...rest } = segmentsOf(inputs);
  return stage(set, { ...rest, factors, bound: new Float64Array(2) }, (kernels, at) =>
    kernels.boundSegments(at.segments, at.entities, at.factors, at.totals, at.bound, inputs.totals.length),
  ).bound;
};

interface Kinds {
  exposure?: string;
  productivity?: string;
  total?: string;
  /** Share of cells without exposure. */
  empty?: number;
}

function randomPanel(seed: number, bricks: number, columns: number, padding: number, kinds: Kinds = {}): Sweep {
  const uniform = randomOf(seed);
  const { exposure = 'plain', productivity = 'plain', total = 'plain', empty = 0.3 } = kinds;
  const padded = (h: number) => h >= columns - padding;
  return {
    exposures: Float64Array.from({ length: bricks * columns }, (_, j) =>
      padded(j % columns) || uniform() < empty ? 0 : scales[exposure](uniform),
    ),
    totals: Float64Array.from({ length: bricks }, () => (uniform() < 0.2 ? 0 : scales[total](uniform))),
    productivities: Float64Array.from({ length: columns }, (_, h) =>
      padded(h) || uniform() < 0.1 ? 0 : scales[productivity](uniform),
    ),
  };
}

/** Numbers of bricks around the four that go together, by numbers of columns. */
const sizes = [0, 1, 2, 3, 4, 5, 9, 33].flatMap((bricks) => [4, 8, 12, 40].map((columns) => [bricks, columns]));

describe.each(sets)('passPanel (%s)', (...set) => {
  it('fits, credits and scores as worked out by hand', () => {
    // {1 x 2 + 2 x 3 = 8}, {}, {3 x 3 = 9}, {1 x 2 = 2 with total 0}; {} with a total; a fit of 8 against 16 gives 64/8
    const got = sweep(set, {
      exposures: Float64Array.from([1, 2, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 1, 0, 0, 0, 0, 0, 7, 0]),
      totals: Float64Array.of(16, 0, 18, 0, 5),
      productivities: Float64Array.of(2, 3, 0, 0),
    });
    expect([...got.fitted]).toEqual([8, 0, 9, 2, 0]);
    expect([...got.sums]).toEqual([1 * 2, 2 * 2 + 3 * 2, 0, 0]);
    expect(Math.abs(got.scores[0] - (16 * Math.log(8) + 18 * Math.log(9)))).toBeLessThan(1e-13);
    expect([...got.scores.slice(2)]).toEqual([64 / 8 + 81 / 9 + 2, 1]);
  });

  it('agrees with passSegments on the same data', () => {
    for (const [bricks, columns] of sizes) {
      const inputs = randomPanel(bricks + columns, bricks, columns, columns % 8 === 4 ? 3 : 0);
      const got = sweep(set, inputs);
      const other = sweepSegments(set, inputs);
      const near = (a: number, b: number) => Math.abs(a - b) <= 1e-13 * Math.max(1, Math.abs(b));
      got.fitted.forEach((fit, b) => {
        expect(near(fit, other.fitted[b]), `fitted ${b}`).toBe(true);
      });
      got.sums.forEach((sum, h) => {
        expect(near(sum, other.sums[h]), `sum ${h}`).toBe(true);
      });
      expect(near(got.scores[0] + got.scores[1], other.scores[0] + other.scores[1])).toBe(true);
      expect(near(got.scores[2], other.scores[2])).toBe(true);
      expect(got.scores[3]).toBe(other.scores[3]);
    }
  });

  it('adds to the sums and scores that are there', () => {
    const inputs = randomPanel(5, 33, 12, 2);
    const fresh = sweep(set, inputs);
    const got = sweep(set, inputs, 7);
    got.sums.forEach((sum, h) => {
      expect(Math.abs(sum - 7 - fresh.sums[h])).toBeLessThan(1e-12 * (fresh.sums[h] + 7));
    });
    expect([...got.sums.slice(10)]).toEqual([7, 7]);
    expect(Math.abs(got.scores[0] - 7 - fresh.scores[0])).toBeLessThan(1e-10);
    expect(Math.abs(got.scores[2] - 7 - fresh.scores[2])).toBeLessThan(1e-9);
    expect(got.scores[3]).toBe(fresh.scores[3] + 7);
  });

  it('credits nobody when all totals are zero, and counts every brick with a total and no fit', () => {
    const inputs = randomPanel(6, 9, 8, 0);
    const idle = sweep(set, { ...inputs, totals: new Float64Array(9) });
    expect([...idle.sums]).toEqual(Array(8).fill(0));
    expect(idle.scores[0]).toBe(0);
    const pearson = idle.fitted.reduce((sum, fit) => sum + fit, 0);
    expect(Math.abs(idle.scores[2] / pearson - 1)).toBeLessThan(1e-14);
    const massless = sweep(set, {
      ...inputs,
      totals: new Float64Array(9).fill(3),
      productivities: new Float64Array(8),
    });
    expect([...massless.scores]).toEqual([0, 0, 0, 9]);
    expect([...massless.sums]).toEqual(Array(8).fill(0));
  });

  it('gives entities without exposure nothing, however large total / fitted is', () => {
    const got = sweep(set, {
      exposures: Float64Array.of(5e-324, 0, 0, 0),
      totals: Float64Array.of(1e10),
      productivities: Float64Array.of(1, 1, 0, 0),
    });
    expect([...got.sums.slice(1)]).toEqual([0, 0, 0]);
    expect(got.sums[0]).toBeGreaterThan(0);
  });

  it('gives a run of bricks the same bits as all of them', () => {
    const inputs = randomPanel(7, 33, 12, 1);
    const whole = sweep(set, inputs);
    for (const cut of [0, 1, 7, 33]) {
      const split = stage(
        set,
        { ...inputs, fitted: new Float64Array(33), sums: new Float64Array(12), scores: new Float64Array(4) },
        (kernels, at) => {
          for (const [start, end] of [
            [0, cut],
            [cut, 33],
          ]) {
            kernels.passPanel(
              at.exposures + 96 * start,
              at.totals + 8 * start,
              at.productivities,
              at.fitted + 8 * start,
              at.sums,
              at.scores,
              end - start,
              12,
            );
          }
        },
      );
      expect(differenceOf(whole, split)).toBeNull();
    }
  });
});

describe.each(sets)('boundPanel (%s)', (...set) => {
  it('adds total * ln(largest factor) over cells with exposure and bricks with a total', () => {
    const got = bound(set, {
      exposures: Float64Array.of(1, 0, 2, 0, 1, 1, 0, 0, 0, 1, 0, 0),
      totals: Float64Array.of(10, 4, 0),
      productivities: Float64Array.of(0.25, 0.5, 8, 9),
    });
    expect(got[0] + got[1]).toBe(10 * logOf(8) + 4 * logOf(0.5));
  });

  it('has the same bits as boundSegments', () => {
    for (const [bricks, columns] of sizes) {
      const inputs = randomPanel(bricks + columns + 50, bricks, columns, 1, { empty: 0.1 });
      const [got, other] = [bound(set, inputs), boundSegments(set, inputs)];
      expect(differenceOf({ got }, { got: other })).toBeNull();
    }
  });
});

describe.each(sets)('crossPanel (%s)', (...set) => {
  it("adds X'Wz", () => {
    const panel = {
      exposures: Float64Array.of(1, 2, 0, 0, 3, 4, 5, 0),
      totals: Float64Array.of(2, 10),
      productivities: new Float64Array(4),
    };
    expect([...cross(set, panel, Float64Array.of(-3, 0.5))]).toEqual([1 - 6 + 15, 1 - 12 + 20, 1 + 25, 1]);
  });

  it('agrees with a loop over cells', () => {
    for (const [bricks, columns] of sizes) {
      const inputs = randomPanel(bricks + columns + 90, bricks, columns, 2);
      const uniform = randomOf(bricks);
      const responses = Float64Array.from({ length: bricks }, () => uniform() - 0.5);
      cross(set, inputs, responses).forEach((output, h) => {
        let expected = 1;
        let absolute = 1;
        responses.forEach((response, b) => {
          expected += inputs.exposures[b * columns + h] * inputs.totals[b] * response;
          absolute += Math.abs(inputs.exposures[b * columns + h] * inputs.totals[b] * response);
        });
        expect(Math.abs(output - expected)).toBeLessThanOrEqual(1e-14 * absolute);
      });
    }
  });
});

describe('both kernel sets', () => {
  it('give the same bits over more bricks than are scored at once', () => {
    for (const bricks of [255, 256, 257, 513]) {
      const inputs = randomPanel(bricks, bricks, 8, 1);
      expect(differenceOf(sweep(wasm, inputs), sweep(js, inputs)), `${bricks} bricks`).toBeNull();
      const full = randomPanel(bricks, bricks, 8, 1, { empty: 0 });
      const one = { bound: bound(wasm, full) };
      expect(differenceOf(one, { bound: bound(js, full) }), `${bricks} bricks`).toBeNull();
    }
  });

  for (const exposure of Object.keys(scales)) {
    it(`give the same bits with ${exposure} exposures`, () => {
      let seed = 0;
      for (const productivity of Object.keys(scales)) {
        for (const total of Object.keys(scales)) {
          for (const [bricks, columns] of [
            [1, 4],
            [2, 8],
            [5, 12],
            [35, 40],
          ]) {
            const inputs = randomPanel(seed++, bricks, columns, seed % 4, { exposure, productivity, total });
            const what = `${productivity} productivities, ${total} totals, ${bricks} bricks`;
            expect(differenceOf(sweep(wasm, inputs), sweep(js, inputs)), what).toBeNull();
            // bricks without exposure have no factor to look at
            const totals = inputs.totals.map((y, b) =>
              inputs.exposures.subarray(b * columns, (b + 1) * columns).some((x) => x > 0) ? y : 0,
            );
            const one = { bound: bound(wasm, { ...inputs, totals }) };
            expect(differenceOf(one, { bound: bound(js, { ...inputs, totals }) }), what).toBeNull();
            const responses = inputs.totals.map((y, b) => (b % 2 ? -y : y));
            const product = { cross: cross(wasm, inputs, responses) };
            expect(differenceOf(product, { cross: cross(js, inputs, responses) }), what).toBeNull();
          }
        }
      }
    });
  }
});
