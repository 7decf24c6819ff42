import { describe, expect, it } from 'vitest';
import { differenceOf, filled, randomSegments, scales, segmentSizes, stage } from '../fit/stage.js';
import { bothKernels, type KernelSet, randomOf } from '../support/kernels.js';

const sets = await bothKernels();
const [wasm, js] = sets;

interface Rows {
  segments: Uint32Array;
  ids: Uint32Array;
  values: Float64Array;
  weights: Float64Array;
}

const multiply = (set: KernelSet, rows: Rows, inputs: Float64Array) =>
  stage(set, { ...rows, inputs, outputs: new Float64Array(inputs.length).fill(1) }, (kernels, at) =>
    kernels.multiplySegments(at.segments, at.ids, at.values, at.weights, at.inputs, at.outputs, rows.weights.length),
  );

function randomRows(seed: number, size: number, scale: string): Rows {
  const uniform = randomOf(seed);
  const { segments, ids } = randomSegments(uniform, size, [...segmentSizes, ...segmentSizes]);
  return {
    segments,
    ids,
    values: filled(ids.length, () => (uniform() < 0.1 ? 0 : scales[scale](uniform))),
    weights: filled(segments.length - 1, () => (uniform() < 0.2 ? 0 : scales[scale](uniform))),
  };
}

/** The rows as a dense matrix. */
const dense = ({ segments, ids, values }: Rows, size: number) =>
  Array.from({ length: segments.length - 1 }, (_, r) => {
    const row = new Float64Array(size);
    for (let j = segments[r]; j < segments[r + 1]; j++) row[ids[j]] = values[j];
    return row;
  });

describe.each(sets)('multiplySegments (%s)', (...set) => {
  it("adds X'WX times eight vectors at once, W the weights of the rows", () => {
    for (const size of [1, 2, 5, 33, 40]) {
      const rows = randomRows(size, size, 'plain');
      const uniform = randomOf(size);
      const inputs = filled(8 * size, () => uniform() - 0.5);
      const full = dense(rows, size);
      const got = multiply(set, rows, inputs);
      for (let lane = 0; lane < 8; lane++) {
        for (let i = 0; i < size; i++) {
          let expected = 1;
          let terms = 1;
          full.forEach((row, r) => {
            let along = 0;
            let absolute = 0;
            row.forEach((value, k) => {
              along += value * inputs[8 * k + lane];
              absolute += Math.abs(value * inputs[8 * k + lane]);
            });
            expected += row[i] * along * rows.weights[r];
            terms += row[i] * absolute * rows.weights[r];
          });
          expect(Math.abs(got.outputs[8 * i + lane] - expected)).toBeLessThanOrEqual(1e-14 * terms);
        }
      }
    }
  });
});

it('does not read the values of a row of weight 0', () => {
  for (const set of sets) {
    const rows = {
      segments: Uint32Array.of(0, 2, 3),
      ids: Uint32Array.of(0, 1, 1),
      values: Float64Array.of(Number.NaN, 1e308, 2),
      weights: Float64Array.of(0, 3),
    };
    const got = multiply(set, rows, new Float64Array(16).fill(1));
    expect([...got.outputs]).toEqual([...new Array(8).fill(1), ...new Array(8).fill(13)]);
  }
});

describe('both kernel sets', () => {
  for (const scale of Object.keys(scales)) {
    it(`give the same bits with ${scale} numbers`, () => {
      for (let seed = 0; seed < 12; seed++) {
        const size = [33, 40, 64][seed % 3];
        const rows = randomRows(seed, size, scale);
        const uniform = randomOf(seed + 50);
        const inputs = filled(8 * size, () => (uniform() - 0.5) * scales[scale](uniform));
        expect(differenceOf(multiply(wasm, rows, inputs), multiply(js, rows, inputs))).toBeNull();
      }
    });
  }
});
