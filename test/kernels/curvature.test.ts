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

const gram = (set: KernelSet, rows: Rows, size: number, start = 0) =>
  stage(set, { ...rows, gram: new Float64Array(size * size).fill(start) }, (kernels, at) =>
    kernels.gramSegments(at.segments, at.ids, at.values, at.gram, rows.segments.length - 1, size),
  );

const multiply = (set: KernelSet, rows: Rows, inputs: Float64Array) =>
  stage(set, { ...rows, inputs, outputs: new Float64Array(inputs.length).fill(1) }, (kernels, at) =>
    kernels.multiplySegments(at.segments, at.ids, at.values, at.inputs, at.outputs, rows.segments.length - 1),
  );

function randomRows(seed: number, size: number, scale: string): Rows {
  const uniform = randomOf(seed);
  const { segments, ids } = randomSegments(uniform, size, [...segmentSizes, ...segmentSizes]);
  return { segments, ids, values: filled(ids.length, () => (uniform() < 0.1 ? 0 : scales[scale](uniform))) };
}

/** Runs of rows over the same ids that follow one upon the other, of the lengths given, between rows of other ids. */
function fullRows(
  seed: number,
  size: number,
  runs: readonly (readonly [first: number, length: number, rows: number])[],
): Rows {
  const uniform = randomOf(seed);
  const segments = [0];
  const ids: number[] = [];
  for (const [first, length, rows] of runs) {
    for (let r = 0; r < rows; r++) {
      for (let k = 0; k < length; k++) ids.push(first + k);
      segments.push(ids.length);
    }
    // as long, and with a gap
    if (first + length < size) {
      for (let k = 0; k < length; k++) ids.push(first + k + (k > length / 2 ? 1 : 0));
      segments.push(ids.length);
    }
  }
  return {
    segments: Uint32Array.from(segments),
    ids: Uint32Array.from(ids),
    values: filled(ids.length, () => (uniform() < 0.2 ? 0 : uniform())),
  };
}

const fullSizes = [8, 9, 11, 13, 40];
const runsIn = (size: number) =>
  [[0, size, 1], [0, size, 2], [size - 8, 8, 5], [0, 7, 4], [0, size, 71], [0, 8, 3], [0, size, 33]] as const; // biome-ignore format: a table

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

describe.each(sets)('gramSegments (%s)', (...set) => {
  it('adds outer products to the lower triangle alone', () => {
    const rows = {
      segments: Uint32Array.of(0, 2, 2, 4),
      ids: Uint32Array.of(0, 2, 1, 2),
      values: Float64Array.of(2, 3, 5, 7),
    };
    const got = gram(set, rows, 3, 100);
    expect([...got.gram]).toEqual([104, 100, 100, 100, 125, 100, 106, 135, 158]);
  });

  it('is the matrix times its transpose', () => {
    for (const [size, rows] of [
      ...[1, 2, 5, 33, 40].map((size) => [size, randomRows(size, size, 'plain')] as const),
      ...fullSizes.map((size) => [size, fullRows(size, size, runsIn(size))] as const),
    ]) {
      const full = dense(rows, size);
      const got = gram(set, rows, size);
      for (let i = 0; i < size; i++) {
        for (let j = 0; j < size; j++) {
          const expected = j <= i ? full.reduce((sum, row) => sum + row[i] * row[j], 0) : 0;
          expect(Math.abs(got.gram[i * size + j] - expected)).toBeLessThanOrEqual(1e-12 * expected);
        }
      }
    }
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
  it('give the same bits for full rows, which assembly takes many at a time', () => {
    for (const size of fullSizes) {
      for (let seed = 0; seed < 5; seed++) {
        const rows = fullRows(seed, size, runsIn(size));
        expect(differenceOf(gram(wasm, rows, size), gram(js, rows, size)), `size ${size}`).toBeNull();
      }
    }
  });

  for (const scale of Object.keys(scales)) {
    it(`give the same bits with ${scale} numbers`, () => {
      for (let seed = 0; seed < 12; seed++) {
        const size = [33, 40, 64][seed % 3];
        const rows = randomRows(seed, size, scale);
        expect(differenceOf(gram(wasm, rows, size), gram(js, rows, size))).toBeNull();
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
