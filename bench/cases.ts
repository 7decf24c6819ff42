import { type Field, f64, type Region, u32 } from '../bindings/machine/arena.js';
import type { Kernels } from '../bindings/machine/kernels.js';
import * as plain from './plain.js';
import { curveRival, passRival, type Rival } from './rivals.js';

/** A kernel on seeded data: filled once per kernel set, run many times. */
export interface Case {
  readonly kernel: keyof Kernels;
  /** What a nanosecond figure is per. */
  readonly unit: string;
  readonly sizes: readonly number[];
  make(size: number): Job;
}

export interface Job {
  /** How many units one run handles. */
  readonly units: number;
  readonly fields: Record<string, Field>;
  readonly outputs: readonly string[];
  fill(region: Region<string>): void;
  run(kernels: Kernels, at: Readonly<Record<string, number>>, region: Region<string>): void;
  /** The same job as people would write it in JS, on arrays of its own. */
  plain: () => void;
  /** The same job in other languages. */
  rival?: Rival | undefined;
}

/** Seeded numbers in [0, 1). */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
}

/** So many seeded numbers. */
export const fillWith = (length: number, of: (random: () => number) => number, seed = 1) => {
  const random = randomOf(seed);
  return Float64Array.from({ length }, () => of(random));
};

const elementwise = (
  kernel: 'exp' | 'log',
  of: (random: () => number) => number,
  plainly: (x: Float64Array, out: Float64Array) => void,
): Case => ({
  kernel,
  unit: 'element',
  sizes: [1e3, 1e5, 1e6],
  make(size) {
    const inputs = fillWith(size, of);
    const out = new Float64Array(size);
    return {
      units: size,
      fields: { inputs: f64(size), outputs: f64(size) },
      outputs: ['outputs'],
      fill: (region) => region.f64('inputs').set(inputs),
      run: (kernels, at) => kernels[kernel](at.inputs, at.outputs, size),
      plain: () => plainly(inputs, out),
    };
  },
});

/** Bricks of `perBrick` distinct entities each, exposures and totals random. */
export function segmentsOf(exposures: number, entities: number, perBrick: number) {
  const random = randomOf(7);
  const bricks = Math.floor(exposures / perBrick);
  const segments = Uint32Array.from({ length: bricks + 1 }, (_, b) => b * perBrick);
  const ids = new Uint32Array(bricks * perBrick);
  for (let b = 0; b < bricks; b++) {
    const chosen = new Set<number>();
    while (chosen.size < perBrick) chosen.add(Math.floor(random() * entities));
    ids.set(
      [...chosen].sort((x, y) => x - y),
      b * perBrick,
    );
  }
  return {
    bricks,
    segments,
    ids,
    exposure: fillWith(ids.length, (r) => 0.5 + r(), 3),
    totals: fillWith(bricks, (r) => 1000 * r(), 4),
    productivity: fillWith(entities, (r) => 0.5 + r(), 5),
    entities,
  };
}

const segmentSizes = [4e3, 4e5, 4e6];

function segmentCase(
  kernel: 'passSegments' | 'boundSegments' | 'squareSegments' | 'splitSegments',
  sizes: readonly number[] = segmentSizes,
): Case {
  return {
    kernel,
    unit: 'exposure',
    sizes,
    make(size) {
      const data = segmentsOf(size, size >= 1e6 ? 20000 : size >= 1e5 ? 5000 : 200, 40);
      const { bricks, entities } = data;
      const exposures = data.ids.length;
      const result = plain.createSegments(data);
      return {
        units: exposures,
        fields: {
          segments: u32(bricks + 1),
          ids: u32(exposures),
          exposure: f64(exposures),
          totals: f64(bricks),
          productivity: f64(entities),
          fitted: f64(bricks),
          sums: f64(entities),
          scores: f64(4),
          shares: f64(exposures),
          parts: f64(exposures),
        },
        outputs: {
          passSegments: ['fitted', 'sums', 'scores'],
          boundSegments: ['scores'],
          squareSegments: ['sums'],
          splitSegments: ['shares', 'parts'],
        }[kernel],
        fill(region) {
          region.u32('segments').set(data.segments);
          region.u32('ids').set(data.ids);
          region.f64('exposure').set(data.exposure);
          region.f64('totals').set(data.totals);
          region.f64('productivity').set(data.productivity);
          for (const name of ['fitted', 'sums', 'scores', 'shares', 'parts']) region.f64(name).fill(0);
        },
        run(kernels, at, region) {
          if (kernel === 'passSegments') {
            region.f64('sums').fill(0);
            region.f64('scores').fill(0);
            kernels.passSegments(
              at.segments,
              at.ids,
              at.exposure,
              at.totals,
              at.productivity,
              at.fitted,
              at.sums,
              at.scores,
              bricks,
              size >= 2 ** 21 ? 4 : 1, // as the fit has it
            );
          } else if (kernel === 'boundSegments') {
            region.f64('scores').fill(0);
            kernels.boundSegments(at.segments, at.ids, at.productivity, at.totals, at.scores, bricks);
          } else if (kernel === 'squareSegments') {
            region.f64('sums').fill(0);
            kernels.squareSegments(at.segments, at.ids, at.exposure, at.totals, at.sums, bricks);
          } else {
            kernels.splitSegments(
              at.segments,
              at.ids,
              at.exposure,
              at.productivity,
              at.totals,
              at.shares,
              at.parts,
              bricks,
            );
          }
        },
        plain: result[kernel],
        rival: kernel === 'passSegments' && size >= 4e5 ? passRival(data) : undefined,
      };
    },
  };
}

function multiplyCase(): Case {
  return {
    kernel: 'multiplySegments',
    unit: 'exposure (8 vectors)',
    sizes: [4e3, 4e4, 4e5],
    make(size) {
      const data = segmentsOf(size, Math.max(200, size / 100), 40);
      const { bricks, entities } = data;
      const inputs = fillWith(entities * 8, (r) => r() - 0.5, 11);
      return {
        units: data.ids.length,
        fields: {
          segments: u32(bricks + 1),
          ids: u32(data.ids.length),
          values: f64(data.ids.length),
          weights: f64(bricks),
          inputs: f64(entities * 8),
          outputs: f64(entities * 8),
        },
        outputs: ['outputs'],
        fill(region) {
          region.u32('segments').set(data.segments);
          region.u32('ids').set(data.ids);
          region.f64('values').set(data.exposure);
          region.f64('weights').set(data.totals);
          region.f64('inputs').set(inputs);
        },
        run(kernels, at, region) {
          region.f64('outputs').fill(0);
          kernels.multiplySegments(at.segments, at.ids, at.values, at.weights, at.inputs, at.outputs, bricks);
        },
        plain: plain.multiply(data, inputs),
      };
    },
  };
}

function choleskyCase(kernel: 'cholesky' | 'solveCholesky' | 'traceInverse'): Case {
  return {
    kernel,
    unit: 'multiply-add',
    sizes: [32, 128, 512],
    make(size) {
      const random = randomOf(13);
      const matrix = new Float64Array(size * size);
      for (let i = 0; i < size; i++) {
        for (let j = 0; j <= i; j++) matrix[i * size + j] = i === j ? size : random() - 0.5;
      }
      return {
        units: kernel === 'solveCholesky' ? size * size : (size * size * size) / 6,
        fields: { matrix: f64(size * size), vector: f64(size), scratch: f64(4 * size) },
        outputs: [kernel === 'solveCholesky' ? 'vector' : 'matrix'],
        fill: (region) => region.f64('matrix').set(matrix),
        run(kernels, at, region) {
          if (kernel === 'solveCholesky') {
            region.f64('vector').fill(1);
            kernels.solveCholesky(at.matrix, at.vector, size);
            return;
          }
          region.f64('matrix').set(matrix);
          if (kernel === 'cholesky') kernels.cholesky(at.matrix, size, 0, size);
          else kernels.traceInverse(at.matrix, at.scratch, size, 0, size, 0);
        },
        plain: { cholesky: plain.cholesky, solveCholesky: plain.solveCholesky, traceInverse: plain.traceInverse }[
          kernel
        ](matrix, size),
      };
    },
  };
}

/** Carry-over by so many weights over 1,000 periods. */
const adstockWindowCase = (lags: number): Case => ({
  kernel: 'adstockWindow',
  unit: `element, ${lags} lags`,
  sizes: [1048, 10000], // series: a panel as the library fills them, and as many as a data set may have
  make(series) {
    const periods = 1000;
    const panel = fillWith(series * periods, (r) => r());
    const weights = Float64Array.from({ length: lags }, (_, l) => 1 - l / lags);
    return {
      units: series * periods,
      fields: { exposure: f64(series * periods), weights: f64(lags), outputs: f64(series * periods) },
      outputs: ['outputs'],
      fill(region) {
        region.f64('exposure').set(panel);
        region.f64('weights').set(weights);
      },
      run: (kernels, at) => kernels.adstockWindow(at.exposure, at.weights, at.outputs, periods, series, lags),
      plain: plain.adstockWindow(panel, weights, periods, series),
      rival: curveRival('window', series, periods, lags),
    };
  },
});

export const cases: readonly Case[] = [
  elementwise('exp', (r) => 20 * r() - 10, plain.exp),
  elementwise('log', (r) => 1e-3 + 1e3 * r(), plain.log),
  {
    kernel: 'pow',
    unit: 'element',
    sizes: [1e3, 1e5, 1e6],
    make(size) {
      const bases = fillWith(size, (r) => 1e-3 + 10 * r(), 1);
      const exponents = fillWith(size, (r) => 6 * r() - 3, 2);
      const out = new Float64Array(size);
      return {
        units: size,
        fields: { bases: f64(size), exponents: f64(size), outputs: f64(size) },
        outputs: ['outputs'],
        fill(region) {
          region.f64('bases').set(bases);
          region.f64('exponents').set(exponents);
        },
        run: (kernels, at) => kernels.pow(at.bases, at.exponents, at.outputs, size),
        plain: () => plain.pow(bases, exponents, out),
      };
    },
  },
  {
    kernel: 'saturateHill',
    unit: 'element',
    sizes: [1e3, 1e5, 1e6],
    make(size) {
      const exposure = fillWith(size, (r) => r());
      const out = new Float64Array(size);
      return {
        units: size,
        fields: { exposure: f64(size), outputs: f64(size) },
        outputs: ['outputs'],
        fill: (region) => region.f64('exposure').set(exposure),
        run: (kernels, at) => kernels.saturateHill(at.exposure, 0.4, 1.3, at.outputs, size),
        plain: () => plain.hill(exposure, 0.4, 1.3, out),
        rival: curveRival('hill', size),
      };
    },
  },
  {
    kernel: 'saturateExponential',
    unit: 'element',
    sizes: [1e3, 1e5, 1e6],
    make(size) {
      const exposure = fillWith(size, (r) => r());
      const out = new Float64Array(size);
      return {
        units: size,
        fields: { exposure: f64(size), outputs: f64(size) },
        outputs: ['outputs'],
        fill: (region) => region.f64('exposure').set(exposure),
        run: (kernels, at) => kernels.saturateExponential(at.exposure, 2.5, 1, at.outputs, size),
        plain: () => plain.logistic(exposure, 2.5, out),
        rival: curveRival('logistic', size),
      };
    },
  },
  {
    kernel: 'adstockGeometric',
    unit: 'element',
    sizes: [10, 300, 10000], // series, over 104 periods (1,000 for the largest)
    make(series) {
      const periods = series >= 10000 ? 1000 : 104;
      const panel = fillWith(series * periods, (r) => r());
      return {
        units: series * periods,
        fields: { exposure: f64(series * periods), decays: f64(series), outputs: f64(series * periods) },
        outputs: ['outputs'],
        fill(region) {
          region.f64('exposure').set(panel);
          region.f64('decays').fill(0.7);
        },
        run: (kernels, at) => kernels.adstockGeometric(at.exposure, at.decays, at.outputs, periods, series),
        plain: plain.adstock(panel, 0.7, periods, series),
        rival: curveRival('adstock', series, periods),
      };
    },
  },
  adstockWindowCase(52),
  adstockWindowCase(672),
  segmentCase('passSegments'),
  segmentCase('boundSegments'),
  segmentCase('squareSegments'),
  segmentCase('splitSegments', [4e3, 4e5, 2e6]),
  multiplyCase(),
  choleskyCase('cholesky'),
  choleskyCase('solveCholesky'),
  choleskyCase('traceInverse'),
  {
    kernel: 'randomWords',
    unit: 'word',
    sizes: [1e3, 1e5, 1e6],
    make(words) {
      const out = new Uint32Array(words);
      return {
        units: words,
        fields: { words: u32(words) },
        outputs: [],
        fill: () => undefined,
        run: (kernels, at) => kernels.randomWords(1, 0, 0, 0, at.words, words / 4),
        plain: () => {
          for (let i = 0; i < words; i++) out[i] = Math.random() * 4294967296;
        },
      };
    },
  },
];
