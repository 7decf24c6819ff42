// The kernels' jobs as people would write them in JS: fused loops over typed arrays, Math functions, nothing exact.
import type { segmentsOf } from './cases.js';

type Segments = ReturnType<typeof segmentsOf>;

export function exp(x: Float64Array, out: Float64Array): void {
  for (let i = 0; i < x.length; i++) out[i] = Math.exp(x[i]);
}

export function log(x: Float64Array, out: Float64Array): void {
  for (let i = 0; i < x.length; i++) out[i] = Math.log(x[i]);
}

export function pow(x: Float64Array, y: Float64Array, out: Float64Array): void {
  for (let i = 0; i < x.length; i++) out[i] = x[i] ** y[i];
}

export function hill(x: Float64Array, halfSaturation: number, slope: number, out: Float64Array): void {
  const half = halfSaturation ** slope;
  for (let i = 0; i < x.length; i++) {
    const power = x[i] ** slope;
    out[i] = power / (power + half);
  }
}

export function logistic(x: Float64Array, rate: number, out: Float64Array): void {
  for (let i = 0; i < x.length; i++) {
    const left = Math.exp(-rate * x[i]);
    out[i] = (1 - left) / (1 + left);
  }
}

/** One array per series, as data come by campaign. */
export function adstock(panel: Float64Array, decay: number, periods: number, series: number): () => void {
  const inputs = Array.from({ length: series }, (_, s) =>
    Float64Array.from({ length: periods }, (_, t) => panel[t * series + s]),
  );
  const outputs = inputs.map((input) => new Float64Array(input.length));
  return () => {
    for (let s = 0; s < series; s++) {
      const input = inputs[s];
      const output = outputs[s];
      let carried = 0;
      for (let t = 0; t < periods; t++) {
        carried = input[t] + decay * carried;
        output[t] = carried;
      }
    }
  };
}

/** The same by a list of weights. */
export function adstockWindow(panel: Float64Array, weights: Float64Array, periods: number, series: number): () => void {
  const inputs = Array.from({ length: series }, (_, s) =>
    Float64Array.from({ length: periods }, (_, t) => panel[t * series + s]),
  );
  const outputs = inputs.map((input) => new Float64Array(input.length));
  return () => {
    for (let s = 0; s < series; s++) {
      const input = inputs[s];
      const output = outputs[s];
      for (let t = 0; t < periods; t++) {
        let sum = 0;
        for (let l = 0; l < weights.length && l <= t; l++) sum += weights[l] * input[t - l];
        output[t] = sum;
      }
    }
  };
}

/** Loops over segments, on arrays handed over as arguments: the fastest form V8 makes of them. */
export function createSegments(data: Segments) {
  const { segments, ids, exposure, totals, productivity, bricks } = data;
  const fitted = new Float64Array(bricks);
  const sums = new Float64Array(data.entities);
  const shares = new Float64Array(ids.length);
  const parts = new Float64Array(ids.length);
  let sink = 0;
  return {
    passSegments() {
      sums.fill(0);
      sink += pass(segments, ids, exposure, totals, productivity, fitted, sums, bricks);
    },
    boundSegments() {
      sink += bound(segments, ids, totals, productivity, bricks);
    },
    squareSegments() {
      sums.fill(0);
      square(segments, ids, exposure, totals, sums, bricks);
    },
    splitSegments: () => split(segments, ids, exposure, totals, productivity, shares, parts, bricks),
    sink: () => sink,
  };
}

function pass(
  segments: Uint32Array,
  ids: Uint32Array,
  exposure: Float64Array,
  totals: Float64Array,
  productivity: Float64Array,
  fitted: Float64Array,
  sums: Float64Array,
  bricks: number,
): number {
  let likelihood = 0;
  let pearson = 0;
  for (let b = 0; b < bricks; b++) {
    const start = segments[b];
    const end = segments[b + 1];
    let fit = 0;
    for (let j = start; j < end; j++) fit += exposure[j] * productivity[ids[j]];
    fitted[b] = fit;
    const total = totals[b];
    const ratio = total / fit;
    likelihood += total * Math.log(fit);
    pearson += ((total - fit) * (total - fit)) / fit;
    for (let j = start; j < end; j++) sums[ids[j]] += exposure[j] * ratio;
  }
  return likelihood + pearson;
}

function bound(
  segments: Uint32Array,
  ids: Uint32Array,
  totals: Float64Array,
  factors: Float64Array,
  bricks: number,
): number {
  let sum = 0;
  for (let b = 0; b < bricks; b++) {
    const end = segments[b + 1];
    let largest = 0;
    for (let j = segments[b]; j < end; j++) {
      const factor = factors[ids[j]];
      if (factor > largest) largest = factor;
    }
    sum += totals[b] * Math.log(largest);
  }
  return sum;
}

function square(
  segments: Uint32Array,
  ids: Uint32Array,
  exposure: Float64Array,
  weights: Float64Array,
  sums: Float64Array,
  bricks: number,
): void {
  for (let b = 0; b < bricks; b++) {
    const weight = weights[b];
    for (let j = segments[b]; j < segments[b + 1]; j++) sums[ids[j]] += weight * exposure[j] * exposure[j];
  }
}

/** Not exact: parts add up to the total only nearly. */
function split(
  segments: Uint32Array,
  ids: Uint32Array,
  exposure: Float64Array,
  totals: Float64Array,
  productivity: Float64Array,
  shares: Float64Array,
  parts: Float64Array,
  bricks: number,
): void {
  for (let b = 0; b < bricks; b++) {
    const start = segments[b];
    const end = segments[b + 1];
    let mass = 0;
    for (let j = start; j < end; j++) mass += shares[j] = exposure[j] * productivity[ids[j]];
    const total = totals[b];
    for (let j = start; j < end; j++) {
      const part = shares[j] / mass;
      shares[j] = part;
      parts[j] = total * part;
    }
  }
}

/** Eight vectors one after the other. */
export function multiply(
  { segments, ids, exposure, totals, bricks, entities }: Segments,
  inputs: Float64Array,
): () => void {
  const vectors = Array.from({ length: 8 }, (_, k) =>
    Float64Array.from({ length: entities }, (_, h) => inputs[h * 8 + k]),
  );
  const outputs = vectors.map(() => new Float64Array(entities));
  return () => {
    for (let k = 0; k < 8; k++) {
      const vector = vectors[k];
      const output = outputs[k].fill(0);
      for (let b = 0; b < bricks; b++) {
        let product = 0;
        for (let j = segments[b]; j < segments[b + 1]; j++) product += exposure[j] * vector[ids[j]];
        product *= totals[b];
        for (let j = segments[b]; j < segments[b + 1]; j++) output[ids[j]] += exposure[j] * product;
      }
    }
  };
}

export function cholesky(matrix: Float64Array, size: number): () => void {
  const a = new Float64Array(size * size);
  return () => {
    a.set(matrix);
    for (let i = 0; i < size; i++) {
      for (let j = 0; j <= i; j++) {
        let sum = a[i * size + j];
        for (let k = 0; k < j; k++) sum -= a[i * size + k] * a[j * size + k];
        a[i * size + j] = i === j ? Math.sqrt(sum) : sum / a[j * size + j];
      }
    }
  };
}

/** Forwards by rows, backwards by columns of the factor, as in a textbook. */
export function solveCholesky(matrix: Float64Array, size: number): () => void {
  const x = new Float64Array(size);
  return () => {
    x.fill(1);
    for (let i = 0; i < size; i++) {
      let sum = x[i];
      for (let j = 0; j < i; j++) sum -= matrix[i * size + j] * x[j];
      x[i] = sum / matrix[i * size + i];
    }
    for (let i = size - 1; i >= 0; i--) {
      let sum = x[i];
      for (let j = i + 1; j < size; j++) sum -= matrix[j * size + i] * x[j];
      x[i] = sum / matrix[i * size + i];
    }
  };
}

/** Inverse of the factor column by column, as in a textbook, then the sum of its squares. */
export function traceInverse(matrix: Float64Array, size: number): () => number {
  const inverse = new Float64Array(size * size);
  return () => {
    let trace = 0;
    for (let j = 0; j < size; j++) {
      for (let i = j; i < size; i++) {
        let sum = i === j ? 1 : 0;
        for (let k = j; k < i; k++) sum -= matrix[i * size + k] * inverse[k * size + j];
        const x = sum / matrix[i * size + i];
        inverse[i * size + j] = x;
        trace += x * x;
      }
    }
    return trace;
  };
}
