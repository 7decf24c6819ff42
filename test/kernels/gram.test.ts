import { describe, expect, it } from 'vitest';
import { gramScratch } from '../../bindings/machine/kernels.js';
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

const gram = (set: KernelSet, rows: Rows, size: number, start = 0) =>
  stage(set, { ...rows, gram: new Float64Array(size * size).fill(start) }, (kernels, at) =>
    kernels.gramSegments(at.segments, at.ids, at.values, at.weights, at.gram, rows.segments.length - 1, size),
  );

interface Panel {
  exposures: Float64Array;
  weights: Float64Array;
}

const gramDense = (set: KernelSet, panel: Panel, columns: number, start = 0) =>
  stage(
    set,
    {
      ...panel,
      gram: new Float64Array(columns * columns).fill(start),
      scratch: new Float64Array(gramScratch(columns)).fill(99),
    },
    (kernels, at) => kernels.gramPanel(at.exposures, at.weights, at.gram, at.scratch, panel.weights.length, columns),
  ).gram;

/** Numbers of rows around the tile of 32. */
const rowCounts = [0, 1, 2, 5, 31, 32, 33, 65, 97];

function randomRows(seed: number, size: number, scale: string, counts = [...segmentSizes, ...segmentSizes]): Rows {
  const uniform = randomOf(seed);
  const { segments, ids } = randomSegments(uniform, size, counts);
  const values = filled(ids.length, () => (uniform() < 0.1 ? 0 : scales[scale](uniform)) * (uniform() < 0.5 ? -1 : 1));
  return { segments, ids, values, weights: filled(counts.length, () => (uniform() < 0.2 ? 0 : uniform())) };
}

/** A panel whose last `padding` columns are zero, some cells and some weights too. */
function randomPanel(seed: number, rows: number, columns: number, padding: number, scale: string): Panel {
  const uniform = randomOf(seed);
  return {
    exposures: Float64Array.from({ length: rows * columns }, (_, j) =>
      j % columns >= columns - padding || uniform() < 0.1 ? 0 : scales[scale](uniform) * (uniform() < 0.5 ? -1 : 1),
    ),
    weights: filled(rows, () => (uniform() < 0.1 ? 0 : 2 * uniform())),
  };
}

/** sum_r weight_r v_ri v_rj, and the same of absolute values, which bounds the rounding. */
function naive(cell: (r: number, i: number) => number, weights: Float64Array, i: number, j: number) {
  let sum = 0;
  let absolute = 0;
  weights.forEach((weight, r) => {
    sum += weight * cell(r, i) * cell(r, j);
    absolute += weight * Math.abs(cell(r, i) * cell(r, j));
  });
  return { sum, absolute };
}

describe.each(sets)('gramSegments (%s)', (...set) => {
  it('adds weighted outer products to the lower triangle alone', () => {
    const rows = {
      segments: Uint32Array.of(0, 2, 2, 4, 5),
      ids: Uint32Array.of(0, 2, 1, 2, 0),
      values: Float64Array.of(2, 3, 5, 7, 11),
      weights: Float64Array.of(10, 1, 2, 0),
    };
    const got = gram(set, rows, 3, 100);
    expect([...got.gram]).toEqual([140, 100, 100, 100, 150, 100, 160, 170, 288]);
  });

  it('is the matrix times its transpose', () => {
    for (const size of [1, 2, 3, 5, 33, 40]) {
      const rows = randomRows(size, size, 'plain');
      const matrix = Array.from(rows.weights, (_, r) => {
        const row = new Float64Array(size);
        for (let j = rows.segments[r]; j < rows.segments[r + 1]; j++) row[rows.ids[j]] = rows.values[j];
        return row;
      });
      const got = gram(set, rows, size).gram;
      for (let i = 0; i < size; i++) {
        for (let j = 0; j < size; j++) {
          const { sum, absolute } = naive((r, k) => matrix[r][k], rows.weights, i, j);
          if (j > i) expect(got[i * size + j]).toBe(0);
          else expect(Math.abs(got[i * size + j] - sum)).toBeLessThanOrEqual(1e-14 * absolute);
        }
      }
    }
  });
});

/** Rows whose ids are spread over all columns, crowd at either end, or fill a run: each its own way to search for one. */
function rowsOfWideMatrix(seed: number, size: number): Rows {
  const uniform = randomOf(seed);
  const spread = [
    () => uniform() * size,
    () => uniform() ** 8 * size,
    () => (1 - uniform() ** 8) * size,
    () => size / 2 + 30 * uniform(),
  ];
  const segments = [0];
  const ids: number[] = [];
  for (const length of [0, 1, 2, 3, 5, 20, 21, 40]) {
    for (const next of spread) {
      const chosen = new Set<number>();
      for (let k = 0; k < length; k++) chosen.add(Math.min(size - 1, Math.floor(next())));
      ids.push(...[...chosen].sort((a, b) => a - b));
      segments.push(ids.length);
    }
  }
  return {
    segments: Uint32Array.from(segments),
    ids: Uint32Array.from(ids),
    values: filled(ids.length, () => uniform() - 0.5),
    weights: filled(segments.length - 1, () => uniform()),
  };
}

describe.each(sets)('gramPanel (%s)', (...set) => {
  it('is worked out by hand', () => {
    // rows (1 2 3 4) and (5 6 7 8), weights 10 and 1
    const panel = { exposures: Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8), weights: Float64Array.of(10, 1) };
    const got = gramDense(set, panel, 4, 1000);
    const lower = [0, 1, 2, 3].map((i) => [...got.slice(4 * i, 4 * i + i + 1)]);
    expect(lower).toEqual([[1035], [1050, 1076], [1065, 1102, 1139], [1080, 1128, 1176, 1224]]);
  });

  it('is the matrix times its transpose, and leaves what lies above the pairs on the diagonal', () => {
    for (const columns of [4, 8, 12, 36]) {
      for (const rows of rowCounts) {
        const panel = randomPanel(columns + rows, rows, columns, columns % 8 === 4 ? 3 : 0, 'plain');
        const got = gramDense(set, panel, columns, 7);
        for (let i = 0; i < columns; i++) {
          for (let j = 0; j < columns; j++) {
            const { sum, absolute } = naive((r, k) => panel.exposures[r * columns + k], panel.weights, i, j);
            const here = got[i * columns + j];
            if (j >> 1 > i >> 1) expect(here).toBe(7);
            else expect(Math.abs(here - 7 - sum)).toBeLessThanOrEqual(1e-14 * (absolute + 7));
          }
        }
      }
    }
  });

  it('leaves padded columns, and everything when all weights are zero', () => {
    const padded = gramDense(set, randomPanel(1, 33, 8, 3, 'plain'), 8);
    for (let i = 0; i < 8; i++) {
      for (let j = 0; j < 8; j++) if (i > 4 || j > 4) expect(padded[i * 8 + j]).toBe(0);
    }
    expect(padded[4 * 8]).not.toBe(0);
    const { exposures } = randomPanel(2, 33, 8, 0, 'plain');
    expect(gramDense(set, { exposures, weights: new Float64Array(33) }, 8, 3).every((x) => x === 3)).toBe(true);
  });

  it('gives rows in two calls the same bits as in one', () => {
    const { exposures, weights } = randomPanel(3, 65, 12, 0, 'plain');
    const whole = gramDense(set, { exposures, weights }, 12);
    for (const cut of [0, 1, 31, 40, 65]) {
      const split = stage(
        set,
        { exposures, weights, gram: new Float64Array(144), scratch: new Float64Array(gramScratch(12)) },
        (kernels, at) => {
          kernels.gramPanel(at.exposures, at.weights, at.gram, at.scratch, cut, 12);
          kernels.gramPanel(at.exposures + cut * 96, at.weights + cut * 8, at.gram, at.scratch, 65 - cut, 12);
        },
      );
      expect(differenceOf({ gram: whole }, { gram: split.gram })).toBeNull();
    }
  });
});

describe('both kernel sets', () => {
  it('give the same bits where the matrix is taken in blocks', () => {
    // 363 is one past what is taken at once
    for (const size of [362, 363, 400, 700]) {
      const rows = rowsOfWideMatrix(size, size);
      expect(differenceOf(gram(wasm, rows, size, 1), gram(js, rows, size, 1)), `size ${size}`).toBeNull();
    }
  });

  for (const scale of Object.keys(scales)) {
    it(`give the same bits with ${scale} numbers`, () => {
      for (let seed = 0; seed < 12; seed++) {
        const size = [33, 40, 64][seed % 3];
        const rows = randomRows(seed, size, scale);
        expect(differenceOf(gram(wasm, rows, size), gram(js, rows, size))).toBeNull();
      }
      for (const columns of [4, 8, 12, 36]) {
        for (const rows of rowCounts) {
          const panel = randomPanel(rows * columns, rows, columns, rows % 4, scale);
          const what = `${rows} rows, ${columns} columns`;
          const [one, other] = [gramDense(wasm, panel, columns, 1), gramDense(js, panel, columns, 1)];
          expect(differenceOf({ gram: one }, { gram: other }), what).toBeNull();
        }
      }
    });
  }
});
