// Kernels on dense panels, and X'WX, as people would write them in JS: see plain.ts.
import type { segmentsOf } from './cases.js';

export function createPanel(panel: Float64Array, totals: Float64Array, productivity: Float64Array) {
  const bricks = totals.length;
  const fitted = new Float64Array(bricks);
  const sums = new Float64Array(productivity.length);
  let sink = 0;
  return {
    passPanel() {
      sums.fill(0);
      sink += pass(panel, totals, productivity, fitted, sums);
    },
    boundPanel() {
      sink += bound(panel, totals, productivity);
    },
    squarePanel() {
      sums.fill(0);
      square(panel, totals, sums);
    },
    crossPanel() {
      sums.fill(0);
      cross(panel, totals, totals, sums);
    },
    sink: () => sink,
  };
}

function pass(
  panel: Float64Array,
  totals: Float64Array,
  productivity: Float64Array,
  fitted: Float64Array,
  sums: Float64Array,
): number {
  const columns = productivity.length;
  let likelihood = 0;
  let pearson = 0;
  for (let b = 0; b < totals.length; b++) {
    const row = b * columns;
    let fit = 0;
    for (let h = 0; h < columns; h++) fit += panel[row + h] * productivity[h];
    fitted[b] = fit;
    const total = totals[b];
    const ratio = total / fit;
    likelihood += total * Math.log(fit);
    pearson += ((total - fit) * (total - fit)) / fit;
    for (let h = 0; h < columns; h++) sums[h] += panel[row + h] * ratio;
  }
  return likelihood + pearson;
}

function bound(panel: Float64Array, totals: Float64Array, factors: Float64Array): number {
  const columns = factors.length;
  let sum = 0;
  for (let b = 0; b < totals.length; b++) {
    let largest = 0;
    for (let h = 0; h < columns; h++) {
      if (panel[b * columns + h] > 0 && factors[h] > largest) largest = factors[h];
    }
    sum += totals[b] * Math.log(largest);
  }
  return sum;
}

function square(panel: Float64Array, weights: Float64Array, sums: Float64Array): void {
  const columns = sums.length;
  for (let b = 0; b < weights.length; b++) {
    const weight = weights[b];
    for (let h = 0; h < columns; h++) {
      const x = panel[b * columns + h];
      sums[h] += weight * x * x;
    }
  }
}

function cross(panel: Float64Array, weights: Float64Array, responses: Float64Array, sums: Float64Array): void {
  const columns = sums.length;
  for (let b = 0; b < weights.length; b++) {
    const factor = weights[b] * responses[b];
    for (let h = 0; h < columns; h++) sums[h] += panel[b * columns + h] * factor;
  }
}

/** Row by row into the lower triangle. */
export function gram(values: Float64Array, weights: Float64Array, size: number): () => void {
  const out = new Float64Array(size * size);
  return () => addGram(values, weights, out.fill(0), size);
}

function addGram(values: Float64Array, weights: Float64Array, out: Float64Array, size: number): void {
  for (let r = 0; r < weights.length; r++) {
    const row = r * size;
    for (let i = 0; i < size; i++) {
      const value = weights[r] * values[row + i];
      const to = i * size;
      for (let j = 0; j <= i; j++) out[to + j] += value * values[row + j];
    }
  }
}

export function gramSegments(data: ReturnType<typeof segmentsOf>): () => void {
  const { segments, ids, exposure, totals, bricks, entities } = data;
  const out = new Float64Array(entities * entities);
  return () => addSegments(segments, ids, exposure, totals, out.fill(0), bricks, entities);
}

function addSegments(
  segments: Uint32Array,
  ids: Uint32Array,
  values: Float64Array,
  weights: Float64Array,
  out: Float64Array,
  rows: number,
  size: number,
): void {
  for (let r = 0; r < rows; r++) {
    const start = segments[r];
    const end = segments[r + 1];
    for (let i = start; i < end; i++) {
      const value = weights[r] * values[i];
      const row = ids[i] * size;
      for (let j = start; j <= i; j++) out[row + ids[j]] += value * values[j];
    }
  }
}
