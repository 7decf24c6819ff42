import { searchSigns } from './searchSigns.js';

const mostRounds = 10000;
const settled = 1e-14; // of the largest move: coordinate descent has arrived
const between = 50; // rounds after which the signs are searched again

/**
 * The step d that is best for gradient'd - d' matrix d / 2 - lasso |beta + d|: by a search over signs, which begins with those that
 * coefficients have. Where rounding or a singular matrix ends that search, by coordinate descent (Friedman, Hastie & Tibshirani 2010)
 * and, as columns that nearly depend on each other make it crawl, by a search from where 50 rounds of it led. `matrix` is a lower
 * triangle by rows.
 */
export function descend(
  matrix: Float64Array,
  gradient: Float64Array,
  coefficients: Float64Array,
  lasso: Float64Array,
  solve: (matrix: Float64Array, right: Float64Array) => Float64Array,
): Float64Array {
  const size = gradient.length;
  const whole = mirrored(matrix, size);
  const step = new Float64Array(size);
  const slope = Float64Array.from(gradient); // gradient - matrix step
  for (let round = 0; round < mostRounds; round++) {
    if (round % between === 0) {
      const found = searchSigns({ matrix: whole, gradient, coefficients, lasso }, step, solve);
      if (found) return found;
    }
    let largest = 0;
    for (let c = 0; c < size; c++) {
      const row = c * size;
      const curvature = whole[row + c];
      if (!(curvature > 0)) continue;
      const at = coefficients[c] + step[c];
      const wish = at + slope[c] / curvature;
      const less = lasso[c] / curvature;
      const to = wish > less ? wish - less : wish < -less ? wish + less : 0;
      const move = to - at;
      if (move === 0) continue;
      // to the bit: what the lasso puts at zero ends there
      step[c] = to === 0 ? -coefficients[c] : step[c] + move;
      for (let j = 0; j < size; j++) slope[j] -= whole[row + j] * move;
      largest = Math.max(largest, Math.abs(move) * Math.sqrt(curvature));
    }
    let longest = 0;
    for (let c = 0; c < size; c++) longest = Math.max(longest, Math.abs(step[c]) * Math.sqrt(whole[c * size + c]));
    if (largest <= settled * longest || largest === 0) break;
  }
  return step;
}

/** All of a symmetric matrix, from its lower triangle. */
function mirrored(lower: Float64Array, size: number): Float64Array {
  const whole = lower.slice();
  for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) whole[j * size + i] = lower[i * size + j];
  return whole;
}
