import { describe, expect, it } from 'vitest';
import { exactSum } from '../../bindings/math/exactSum.js';
import { logOf } from '../../bindings/math/log.js';
import { differenceOf, filled, randomSegments, scales, segmentSizes, stage } from '../fit/stage.js';
import { bothKernels, type KernelSet, randomOf } from '../support/kernels.js';

const sets = await bothKernels();
const [wasm, js] = sets;

interface Sweep {
  segments: Uint32Array;
  entities: Uint32Array;
  exposures: Float64Array;
  totals: Float64Array;
  productivities: Float64Array;
  sums?: Float64Array;
  scores?: Float64Array;
}

/** Runs passSegments over a sketch of bricks; sums and scores start from zero unless given. */
const sweep = (set: KernelSet, { sums, scores, ...inputs }: Sweep, runs = 1) =>
  stage(
    set,
    {
      ...inputs,
      fitted: new Float64Array(inputs.totals.length),
      sums: sums ?? new Float64Array(inputs.productivities.length),
      scores: scores ?? new Float64Array(4),
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
        runs,
      ),
  );

const bound = (set: KernelSet, { segments, entities, totals, productivities }: Omit<Sweep, 'exposures'>) =>
  stage(set, { segments, entities, totals, factors: productivities, bound: new Float64Array(2) }, (kernels, at) =>
    kernels.boundSegments(at.segments, at.entities, at.factors, at.totals, at.bound, totals.length),
  );

function randomSweep(seed: number, exposure: string, productivity: string, total: string): Sweep {
  const uniform = randomOf(seed);
  const { segments, ids } = randomSegments(
    uniform,
    40,
    [...segmentSizes, ...segmentSizes].sort(() => uniform() - 0.5),
  );
  const zeros = (next: () => number) => (uniform() < 0.2 ? 0 : next());
  return {
    segments,
    entities: ids,
    exposures: filled(ids.length, () => scales[exposure](uniform)),
    totals: filled(segments.length - 1, () => zeros(() => scales[total](uniform))),
    productivities: filled(40, () => zeros(() => scales[productivity](uniform))),
  };
}

describe.each(sets)('passSegments (%s)', (...set) => {
  it('fits, credits and scores as worked out by hand', () => {
    // bricks {1 x 2 + 2 x 3 = 8}, {}, {3 x 3 = 9}, {1 x 2 = 2 with total 0}; a fit of 8 against 16 gives 64/8
    const got = sweep(set, {
      segments: Uint32Array.of(0, 2, 2, 3, 4),
      entities: Uint32Array.of(0, 1, 1, 0),
      exposures: Float64Array.of(1, 2, 3, 1),
      totals: Float64Array.of(16, 0, 18, 0),
      productivities: Float64Array.of(2, 3),
    });
    expect([...got.fitted]).toEqual([8, 0, 9, 2]);
    expect([...got.sums]).toEqual([1 * 2, 2 * 2 + 3 * 2]);
    expect(Math.abs(got.scores[0] - (16 * Math.log(8) + 18 * Math.log(9)))).toBeLessThan(1e-13);
    expect([...got.scores.slice(2)]).toEqual([64 / 8 + 81 / 9 + 2, 0]);
  });

  it('adds to the sums and scores that are there', () => {
    const inputs = randomSweep(3, 'plain', 'plain', 'plain');
    const got = sweep(set, { ...inputs, sums: new Float64Array(40).fill(7), scores: Float64Array.of(5, 0, 11, 2) });
    const fresh = sweep(set, inputs);
    fresh.sums.forEach((sum, h) => {
      expect(Math.abs(got.sums[h] - sum - 7)).toBeLessThan(1e-12 * (sum + 7));
    });
    expect(Math.abs(got.scores[0] - fresh.scores[0] - 5)).toBeLessThan(1e-11);
    expect(Math.abs(got.scores[2] - fresh.scores[2] - 11)).toBeLessThan(1e-9);
    expect(got.scores[3]).toBe(fresh.scores[3] + 2);
  });

  it('adds a brick up in four lanes, the rest in the first, joined as (0 + 1) + (2 + 3)', () => {
    // one after another 2^53 + 1 + 1 + 1 + 1 stays at 2^53: every 1 is rounded away. By lanes the third and fourth meet.
    const one = (exposures: number[]) =>
      sweep(set, {
        segments: Uint32Array.of(0, exposures.length),
        entities: Uint32Array.from(exposures.keys()),
        exposures: Float64Array.from(exposures),
        totals: Float64Array.of(0),
        productivities: new Float64Array(exposures.length).fill(1),
      }).fitted[0];
    const big = 2 ** 53;
    expect(one([big, 1, 1, 1, 1])).toBe(big + 2);
    expect(one([big, 1, 1])).toBe(big);
    expect(one([1, big, 1, 1])).toBe(big + 2);
    expect(one([1, 1, 1, big])).toBe(big + 2);
    // lane 0 loses its 1, the others hold 2 each
    expect(one([1, 1, 1, 1, big, 1, 1, 1])).toBe(big + 6);
  });

  it('counts bricks with a total and nothing to fit, and credits nobody there', () => {
    const got = sweep(set, {
      segments: Uint32Array.of(0, 0, 2, 3),
      entities: Uint32Array.of(0, 1, 0),
      exposures: Float64Array.of(1, 1, 1),
      totals: Float64Array.of(5, 7, 0),
      productivities: Float64Array.of(0, 0),
    });
    expect([...got.scores]).toEqual([0, 0, 0, 2]);
    expect([...got.sums]).toEqual([0, 0]);
  });

  it('keeps the log-likelihood in two words, exact far beyond one', () => {
    const inputs = randomSweep(4, 'mixed', 'plain', 'mixed');
    const { fitted, scores } = sweep(set, inputs);
    const terms = [...fitted.keys()]
      .filter((b) => inputs.totals[b] > 0 && fitted[b] > 0)
      .map((b) => inputs.totals[b] * logOf(fitted[b]));
    expect(terms.length).toBeGreaterThan(10);
    const left = exactSum([...terms, -scores[0], -scores[1]]);
    expect(Math.abs(left)).toBeLessThan(1e-30 * Math.max(...terms.map(Math.abs)));
  });

  it('gives a run of bricks the same bits as all of them', () => {
    const inputs = randomSweep(5, 'plain', 'plain', 'plain');
    const whole = sweep(set, inputs);
    const bricks = inputs.totals.length;
    for (const cut of [0, 1, 7, bricks]) {
      const split = stage(
        set,
        { ...inputs, fitted: new Float64Array(bricks), sums: new Float64Array(40), scores: new Float64Array(4) },
        (kernels, at) => {
          for (const [start, end] of [
            [0, cut],
            [cut, bricks],
          ]) {
            kernels.passSegments(
              at.segments + 4 * start,
              at.entities,
              at.exposures,
              at.totals + 8 * start,
              at.productivities,
              at.fitted + 8 * start,
              at.sums,
              at.scores,
              end - start,
              1,
            );
          }
        },
      );
      expect(differenceOf(whole, split)).toBeNull();
    }
  });

  it('credits bricks in their order, or a brick of each run of 256 by turns', () => {
    const bricks = 1500;
    const byTurns = (runs: number) =>
      [...Array(bricks + 1024).keys()]
        .map((k) => k - (k % (256 * runs)) + (k % runs) * 256 + Math.floor((k % (256 * runs)) / runs))
        .filter((b) => b < bricks);
    expect(byTurns(4).slice(0, 6)).toEqual([0, 256, 512, 768, 1, 257]);
    expect(byTurns(4).slice(1023, 1028)).toEqual([1023, 1024, 1280, 1025, 1281]);
    // one entity alone and an exposure of 1: it is credited with the total, and the totals round as they are added up
    const uniform = randomOf(17);
    const totals = filled(bricks, () => uniform() * 2 ** Math.floor(40 * uniform()));
    const expected = (runs: number) => byTurns(runs).reduce((sum, b) => sum + totals[b], 0);
    expect(new Set([1, 2, 3, 4].map(expected)).size).toBe(4);
    for (const runs of [1, 2, 3, 4]) {
      const inputs = {
        segments: Uint32Array.from({ length: bricks + 1 }, (_, b) => b),
        entities: new Uint32Array(bricks),
        exposures: new Float64Array(bricks).fill(1),
        totals,
        productivities: Float64Array.of(1),
      };
      const { sums } = sweep(set, inputs, runs);
      expect(sums[0], `${runs} runs`).toBe(expected(runs));
    }
  });

  it('changes nothing when there are no bricks', () => {
    const got = sweep(set, {
      segments: Uint32Array.of(0),
      entities: new Uint32Array(0),
      exposures: new Float64Array(0),
      totals: new Float64Array(0),
      productivities: Float64Array.of(1),
      sums: Float64Array.of(3),
      scores: Float64Array.of(1, 2, 3, 4),
    });
    expect([...got.sums, ...got.scores]).toEqual([3, 1, 2, 3, 4]);
  });
});

describe.each(sets)('boundSegments (%s)', (...set) => {
  it('adds total * ln(largest factor) over bricks with a total', () => {
    const got = bound(set, {
      segments: Uint32Array.of(0, 3, 4, 6, 6),
      entities: Uint32Array.of(0, 1, 2, 0, 1, 2),
      totals: Float64Array.of(10, 4, 0, 0),
      productivities: Float64Array.of(1, 0.5, 8),
    });
    // brick 1 has a largest factor of 1, brick 2 a total of 0, brick 3 nobody
    expect(got.bound[0] + got.bound[1]).toBe(10 * logOf(8));
  });

  it('does not let factors below 1 count as 1', () => {
    const got = bound(set, {
      segments: Uint32Array.of(0, 2),
      entities: Uint32Array.of(0, 1),
      totals: Float64Array.of(2),
      productivities: Float64Array.of(0.25, 0.5),
    });
    expect(got.bound[0]).toBe(2 * logOf(0.5));
  });
});

describe('both kernel sets', () => {
  it('give the same bits over more bricks than are scored at once', () => {
    const shapes = [255, 256, 257, 513, 1025].flatMap((bricks) => [1, 2, 4].map((runs) => [bricks, runs]));
    for (const [bricks, runs] of [...shapes, [2700, 3], [2700, 4]]) {
      const uniform = randomOf(bricks);
      const lengths = Array.from({ length: bricks }, () => 1 + Math.floor(uniform() * 9));
      const { segments, ids } = randomSegments(uniform, 40, lengths);
      const inputs = {
        segments,
        entities: ids,
        exposures: filled(ids.length, () => 10 * uniform()),
        totals: filled(bricks, () => (uniform() < 0.2 ? 0 : 100 * uniform())),
        productivities: filled(40, () => (uniform() < 0.3 ? 0 : uniform())),
      };
      const got = sweep(wasm, inputs, runs);
      expect(got.scores[3]).toBeGreaterThan(0);
      expect(differenceOf(got, sweep(js, inputs, runs)), `${bricks} bricks in ${runs} runs`).toBeNull();
      const productivities = filled(40, uniform);
      expect(
        differenceOf(bound(wasm, { ...inputs, productivities }), bound(js, { ...inputs, productivities })),
      ).toBeNull();
    }
  });

  const kinds = Object.keys(scales);
  for (const exposure of kinds) {
    it(`give the same bits with ${exposure} exposures`, () => {
      let seed = 100;
      for (const productivity of kinds) {
        for (const total of kinds) {
          for (let k = 0; k < 3; k++) {
            const inputs = randomSweep(seed++, exposure, productivity, total);
            const what = `${productivity} productivities, ${total} totals, seed ${seed - 1}`;
            expect(differenceOf(sweep(wasm, inputs), sweep(js, inputs)), what).toBeNull();
            // bricks without entities have no factor to look at
            const totals = inputs.totals.map((y, b) => (inputs.segments[b + 1] > inputs.segments[b] ? y : 0));
            expect(differenceOf(bound(wasm, { ...inputs, totals }), bound(js, { ...inputs, totals })), what).toBeNull();
          }
        }
      }
    });
  }
});
