import { describe, expect, it } from 'vitest';
import { differenceOf, filled, randomSegments, scales, segmentSizes, stage } from '../fit/stage.js';
import { bothKernels, type KernelSet, randomOf } from '../support/kernels.js';

const sets = await bothKernels();
const [wasm, js] = sets;

interface Segments {
  segments: Uint32Array;
  entities: Uint32Array;
  exposures: Float64Array;
  weights: Float64Array;
}

const square = (set: KernelSet, inputs: Segments, entities: number, start = 0) =>
  stage(set, { ...inputs, sums: new Float64Array(entities).fill(start) }, (kernels, at) =>
    kernels.squareSegments(at.segments, at.entities, at.exposures, at.weights, at.sums, inputs.weights.length),
  ).sums;

const squareDense = (set: KernelSet, exposures: Float64Array, weights: Float64Array, columns: number, start = 0) =>
  stage(set, { exposures, weights, sums: new Float64Array(columns).fill(start) }, (kernels, at) =>
    kernels.squarePanel(at.exposures, at.weights, at.sums, weights.length, columns),
  ).sums;

function randomBricks(seed: number, entities: number, exposure: string, weight: string): Segments {
  const uniform = randomOf(seed);
  const lengths = [...segmentSizes, ...segmentSizes];
  const { segments, ids } = randomSegments(uniform, entities, lengths);
  return {
    segments,
    entities: ids,
    exposures: filled(ids.length, () => scales[exposure](uniform)),
    weights: filled(lengths.length, () => (uniform() < 0.2 ? 0 : scales[weight](uniform))),
  };
}

/** The bricks as a panel, zero cells where there is no exposure. */
function panelOf({ segments, entities, exposures, weights }: Segments, columns: number): Float64Array {
  const panel = new Float64Array(weights.length * columns);
  weights.forEach((_, b) => {
    for (let j = segments[b]; j < segments[b + 1]; j++) panel[b * columns + entities[j]] = exposures[j];
  });
  return panel;
}

describe.each(sets)('squareSegments (%s)', (...set) => {
  it('adds weight * exposure^2 to every entity', () => {
    const got = square(
      set,
      {
        segments: Uint32Array.of(0, 2, 2, 3, 5),
        entities: Uint32Array.of(0, 2, 2, 0, 1),
        exposures: Float64Array.of(1, 2, 3, 5, 7),
        weights: Float64Array.of(10, 1, 0.5, 0),
      },
      4,
      100,
    );
    expect([...got]).toEqual([110, 100, 144.5, 100]);
  });

  it('adds nothing where the weight is zero, not even to an infinite exposure', () => {
    const inputs = randomBricks(1, 40, 'plain', 'plain');
    inputs.exposures.fill(Number.POSITIVE_INFINITY);
    expect(square(set, { ...inputs, weights: inputs.weights.map(() => 0) }, 40, 2).every((x) => x === 2)).toBe(true);
  });
});

describe.each(sets)('squarePanel (%s)', (...set) => {
  it('adds weight * exposure^2 down the columns', () => {
    const got = squareDense(set, Float64Array.of(1, 2, 0, 0, 3, 4, 5, 0), Float64Array.of(2, 10), 4, 1);
    expect([...got]).toEqual([1 + 2 + 90, 1 + 8 + 160, 1 + 250, 1]);
  });

  it('has the same bits as squareSegments', () => {
    for (let seed = 0; seed < 8; seed++) {
      const inputs = randomBricks(seed, 40, 'plain', 'plain');
      for (const bricks of [0, 1, 2, 3, 5, 24]) {
        const part = { ...inputs, weights: inputs.weights.slice(0, bricks) };
        const sums = squareDense(set, panelOf(part, 40), part.weights, 40, 1);
        expect(differenceOf({ sums }, { sums: square(set, part, 40, 1) })).toBeNull();
      }
    }
  });
});

describe('both kernel sets', () => {
  for (const exposure of Object.keys(scales)) {
    it(`give the same bits with ${exposure} exposures`, () => {
      let seed = 0;
      for (const weight of Object.keys(scales)) {
        for (let k = 0; k < 4; k++) {
          const inputs = randomBricks(seed++, 40, exposure, weight);
          const sums = square(wasm, inputs, 40);
          expect(differenceOf({ sums }, { sums: square(js, inputs, 40) }), `${weight} weights`).toBeNull();
          const panel = panelOf(inputs, 40);
          const dense = squareDense(wasm, panel, inputs.weights, 40);
          const other = squareDense(js, panel, inputs.weights, 40);
          expect(differenceOf({ dense }, { dense: other }), `${weight} weights, panel`).toBeNull();
        }
      }
    });
  }
});
