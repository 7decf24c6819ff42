import type { Machine } from '../machine/machine.js';
import { lanes, randomSigns } from './signs.js';

const blocks = 2;
const probeStream = 1; // streams of the random generator that are the probes' own begin here
// Where conjugate gradients stop, of the right-hand side's length. What they miss of a quadratic form is of the order of
// its square times the condition number: far below the estimate's own error.
const residual = 1e-4;
const mostSteps = 200;

/** W times eight vectors, interleaved. */
export type Product = (vectors: Float64Array) => Promise<Float64Array>;

/** K by what it does to vectors: productivity * (W (productivity * vector)), W behind `times`. */
interface Implicit {
  readonly productivity: Float64Array;
  readonly diagonal: Float64Array;
  readonly times: Product;
  /** At most this many eigenvalues are above zero. */
  readonly rank: number;
}

/**
 * Estimates the trace of A = K (K + ridge)^-1 as the mean of v'Av over 16 seeded sign vectors v (Hutchinson),
 * by conjugate gradients. Unbiased, with a standard error of at most sqrt(trace / 8): a sign vector's v'Av has variance
 * 2 * sum of A_ij^2 off the diagonal, which is at most 2 * trace A for eigenvalues within 0 and 1.
 * @throws MemoryError, or the signal's reason
 */
export async function stochasticTrace(
  machine: Machine,
  { productivity, diagonal, times, rank }: Implicit,
  ridge: number,
): Promise<number> {
  const size = diagonal.length;
  // (K + ridge) times eight interleaved vectors
  const inputs = new Float64Array(size * lanes);
  const apply = async (vectors: Float64Array) => {
    for (let k = 0, i = 0; k < size; k++) {
      for (let lane = 0; lane < lanes; lane++, i++) inputs[i] = productivity[k] * vectors[i];
    }
    const outputs = await times(inputs);
    for (let k = 0, i = 0; k < size; k++) {
      for (let lane = 0; lane < lanes; lane++, i++) outputs[i] = productivity[k] * outputs[i] + ridge * vectors[i];
    }
    return outputs;
  };
  let sum = 0;
  for (let block = 0; block < blocks; block++) {
    const signs = randomSigns(machine, probeStream + block, size);
    const solved = await solve(apply, signs, diagonal, ridge);
    // v'Av = v'v - ridge v'(K + ridge)^-1 v
    for (const form of dots(signs, solved)) sum += size - ridge * form;
  }
  return Math.min(Math.max(0, sum / (blocks * lanes)), rank);
}

/** Solutions of (K + ridge) x = v for eight interleaved v, by conjugate gradients scaled by the diagonal (Jacobi). */
async function solve(
  apply: (vectors: Float64Array) => Promise<Float64Array>,
  v: Float64Array,
  diagonal: Float64Array,
  ridge: number,
): Promise<Float64Array> {
  const x = new Float64Array(v.length);
  const r = v.slice();
  const direction = new Float64Array(v.length);
  const scales = diagonal.map((d) => 1 / (d + ridge));
  const turn = new Float64Array(lanes);
  let rho = scaledSquares(r, scales);
  const goal = rho.map((value) => value * residual * residual);
  for (let step = 0; step < mostSteps && rho.some((value, lane) => value > goal[lane]); step++) {
    for (let k = 0, i = 0; k < scales.length; k++) {
      for (let lane = 0; lane < lanes; lane++, i++) direction[i] = scales[k] * r[i] + turn[lane] * direction[i];
    }
    const image = await apply(direction);
    const curve = dots(direction, image);
    const length = rho.map((value, lane) => (curve[lane] > 0 ? value / curve[lane] : 0));
    for (let i = 0; i < x.length; i += lanes) {
      for (let lane = 0; lane < lanes; lane++) {
        x[i + lane] += length[lane] * direction[i + lane];
        r[i + lane] -= length[lane] * image[i + lane];
      }
    }
    const next = scaledSquares(r, scales);
    for (let lane = 0; lane < lanes; lane++) turn[lane] = rho[lane] > 0 ? next[lane] / rho[lane] : 0;
    rho = next;
  }
  return x;
}

/** Dot product of each lane. */
function dots(a: Float64Array, b: Float64Array): Float64Array {
  const out = new Float64Array(lanes);
  for (let i = 0; i < a.length; i += lanes) {
    for (let lane = 0; lane < lanes; lane++) out[lane] += a[i + lane] * b[i + lane];
  }
  return out;
}

/** Sum of scale * square of each lane. */
function scaledSquares(a: Float64Array, scales: Float64Array): Float64Array {
  const out = new Float64Array(lanes);
  for (let k = 0, i = 0; k < scales.length; k++) {
    for (let lane = 0; lane < lanes; lane++, i++) out[lane] += scales[k] * a[i] * a[i];
  }
  return out;
}
