import { describe, expect, it } from 'vitest';
import { differenceOf, filled, randomSegments, scales, segmentSizes, stage } from '../fit/stage.js';
import { bothKernels, type KernelSet, randomOf } from '../support/kernels.js';

const sets = await bothKernels();
const [wasm, js] = sets;

interface Bricks {
  segments: Uint32Array;
  entities: Uint32Array;
  exposures: Float64Array;
  totals: Float64Array;
  productivities: Float64Array;
}

const shares = (set: KernelSet, inputs: Bricks) =>
  stage(set, { ...inputs, values: new Float64Array(inputs.exposures.length) }, (kernels, at) =>
    kernels.shareSegments(
      at.segments,
      at.entities,
      at.exposures,
      at.totals,
      at.productivities,
      at.values,
      inputs.totals.length,
    ),
  );

interface Rows {
  segments: Uint32Array;
  ids: Uint32Array;
  values: Float64Array;
}

const multiply = (set: KernelSet, rows: Rows, inputs: Float64Array) =>
  stage(set, { ...rows, inputs, outputs: new Float64Array(inputs.length).fill(1) }, (kernels, at) =>
    kernels.multiplySegments(at.segments, at.ids, at.values, at.inputs, at.outputs, rows.segments.length - 1),
  );

function randomRows(seed: number, size: number, scale: string): Rows {
  const uniform = randomOf(seed);
  const { segments, ids } = randomSegments(uniform, size, [...segmentSizes, ...segmentSizes]);
  return { segments, ids, values: filled(ids.length, () => (uniform() < 0.1 ? 0 : scales[scale](uniform))) };
}

/** The rows as a dense matrix. */
const dense = ({ segments, ids, values }: Rows, size: number) =>
  Array.from({ length: segments.length - 1 }, (_, r) => {
    const row = new Float64Array(size);
    for (let j = segments[r]; j < segments[r + 1]; j++) row[ids[j]] = values[j];
    return row;
  });

describe.each(sets)('shareSegments (%s)', (...set) => {
  it('is share * sqrt(total)', () => {
    // shares 1/4 and 3/4 of 16, all of 9; nothing where the total or the fit is 0
    const got = shares(set, {
      segments: Uint32Array.of(0, 2, 3, 3, 5, 6),
      entities: Uint32Array.of(0, 1, 1, 0, 1, 2),
      exposures: Float64Array.of(1, 6, 5, 1, 1, 4),
      totals: Float64Array.of(16, 9, 4, 0, 25),
      productivities: Float64Array.of(2, 1, 0),
    });
    expect([...got.values]).toEqual([1, 3, 3, 0, 0, 0]);
  });
});

describe.each(sets)('multiplySegments (%s)', (...set) => {
  it("adds M'M times eight vectors at once", () => {
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
          for (const row of full) {
            let along = 0;
            let absolute = 0;
            row.forEach((value, k) => {
              along += value * inputs[8 * k + lane];
              absolute += Math.abs(value * inputs[8 * k + lane]);
            });
            expected += row[i] * along;
            terms += row[i] * absolute;
          }
          expect(Math.abs(got.outputs[8 * i + lane] - expected)).toBeLessThanOrEqual(1e-14 * terms);
        }
      }
    }
  });
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
        for (const other of Object.keys(scales)) {
          const bricks = {
            segments: rows.segments,
            entities: rows.ids,
            exposures: rows.values,
            totals: filled(rows.segments.length - 1, () => (uniform() < 0.2 ? 0 : scales[other](uniform))),
            productivities: filled(size, () => (uniform() < 0.2 ? 0 : scales[other](uniform))),
          };
          expect(differenceOf(shares(wasm, bricks), shares(js, bricks)), other).toBeNull();
        }
      }
    });
  }
});
