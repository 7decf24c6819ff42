import { expOf } from '../math/exp.js';
import { logOf } from '../math/log.js';

// Random numbers of other laws from uniform ones in [0, 1). Every recipe is exact up to rounding (rejection or
// reduction, no approximation of a law), and uses + - * / sqrt and our own exp and log only: same bits everywhere.

type Uniform = () => number;

/** Standard normal: the polar method (Marsaglia and Bray 1964). The pair's other number is dropped: no hidden state. */
export function normalOf(uniform: Uniform): number {
  for (;;) {
    const x = 2 * uniform() - 1;
    const y = 2 * uniform() - 1;
    const square = x * x + y * y;
    if (square < 1 && square > 0) return x * Math.sqrt((-2 * logOf(square)) / square);
  }
}

/** Gamma of scale 1: Marsaglia and Tsang 2000; below shape 1 their boost by a power of a uniform. Shape 0 gives 0. */
export function gammaOf(uniform: Uniform, shape: number): number {
  if (shape === 0) return 0;
  if (shape < 1) {
    const gamma = gammaOf(uniform, shape + 1);
    return gamma * expOf(logOf(1 - uniform()) / shape);
  }
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normalOf(uniform);
    const root = 1 + c * x;
    if (root <= 0) continue;
    const v = root * root * root;
    const u = 1 - uniform();
    const square = x * x;
    if (u < 1 - 0.0331 * square * square) return d * v; // the paper's squeeze: spares most logarithms
    if (logOf(u) < 0.5 * square + d * (1 - v + logOf(v))) return d * v;
  }
}

/** From this mean on the gamma reduction costs less than multiplying uniforms. */
const largeMean = 16;

/**
 * Poisson of any mean (Ahrens and Dieter 1974). The m-th of a unit-rate process's events falls at gamma(m): if that is
 * within the mean, m events happened and the rest of the time is left; if not, the other m - 1 events are spread
 * uniformly over [0, gamma(m)) and those within the mean are counted. Small means: uniforms are multiplied until their
 * product is at most e^-mean.
 */
export function poissonOf(uniform: Uniform, mean: number): number {
  let count = 0;
  let left = mean;
  while (left >= largeMean) {
    const events = Math.floor((7 * left) / 8); // 7/8: mostly within the mean, and close to it
    const time = gammaOf(uniform, events);
    if (time > left) return count + binomialOf(uniform, events - 1, left / time);
    count += events;
    left -= time;
  }
  const floor = expOf(-left);
  let product = 1 - uniform();
  while (product > floor) {
    count++;
    product *= 1 - uniform();
  }
  return count;
}

/** Below this many trials they are made one by one. */
const manyTrials = 16;

/**
 * Binomial: of `trials` uniforms, how many are below `probability`. The middle one of them is a ratio of gammas; the
 * half on its far side is settled at once, the other half is left (Relles 1972).
 */
export function binomialOf(uniform: Uniform, trials: number, probability: number): number {
  let count = 0;
  let left = trials;
  let threshold = probability;
  while (left >= manyTrials) {
    const rank = 1 + Math.floor(left / 2);
    const lower = gammaOf(uniform, rank);
    const upper = gammaOf(uniform, left + 1 - rank);
    const middle = lower / (lower + upper);
    if (middle > threshold) {
      // the middle one and those above it are not below the threshold
      left = rank - 1;
      threshold /= middle;
    } else {
      count += rank;
      left -= rank;
      threshold = (threshold - middle) / (1 - middle);
    }
  }
  for (let t = 0; t < left; t++) if (uniform() < threshold) count++;
  return count;
}
