const mostRounds = 10000;
const settled = 1e-14; // of the largest move: coordinate descent has arrived
const between = 50; // rounds after which the signs are taken as found, and what they say is solved
const accurate = 1e-12; // of a slope's terms: less is rounding

/**
 * The step d that is best for gradient'd - d' matrix d / 2 - lasso |beta + d|, by coordinate descent (Friedman, Hastie & Tibshirani
 * 2010). Columns that nearly depend on each other, such as those of groups and what is common to them, make it crawl: every 50
 * rounds the signs it has found are held and the equations that are left are solved by `solve`; where the answer keeps the signs
 * and no coefficient at zero wants to leave, it is the optimum. `matrix` is a lower triangle by rows.
 */
export function descend(
  matrix: Float64Array,
  gradient: Float64Array,
  coefficients: Float64Array,
  lasso: Float64Array,
  solve: (matrix: Float64Array, right: Float64Array) => Float64Array,
): Float64Array {
  const size = gradient.length;
  const entry = (i: number, j: number) => (i >= j ? matrix[i * size + j] : matrix[j * size + i]);
  const step = new Float64Array(size);
  const slope = Float64Array.from(gradient); // gradient - matrix step
  for (let round = 1; round <= mostRounds; round++) {
    let largest = 0;
    for (let c = 0; c < size; c++) {
      const curvature = entry(c, c);
      if (!(curvature > 0)) continue;
      const at = coefficients[c] + step[c];
      const wish = at + slope[c] / curvature;
      const less = lasso[c] / curvature;
      const to = wish > less ? wish - less : wish < -less ? wish + less : 0;
      const move = to - at;
      if (move === 0) continue;
      // to the bit: what the lasso puts at zero ends there
      step[c] = to === 0 ? -coefficients[c] : step[c] + move;
      for (let j = 0; j < size; j++) slope[j] -= entry(j, c) * move;
      largest = Math.max(largest, Math.abs(move) * Math.sqrt(curvature));
    }
    let longest = 0;
    for (let c = 0; c < size; c++) longest = Math.max(longest, Math.abs(step[c]) * Math.sqrt(entry(c, c)));
    if (largest <= settled * longest || largest === 0) break;
    if (round % between === 0) {
      const exact = solveSigns(matrix, gradient, coefficients, lasso, step, solve);
      if (exact) return exact;
    }
  }
  return step;
}

/** The optimum among steps that keep the signs of coefficients + step, zeros at zero; null where it is not the optimum of all. */
function solveSigns(
  matrix: Float64Array,
  gradient: Float64Array,
  coefficients: Float64Array,
  lasso: Float64Array,
  step: Float64Array,
  solve: (matrix: Float64Array, right: Float64Array) => Float64Array,
): Float64Array | null {
  const size = gradient.length;
  const entry = (i: number, j: number) => (i >= j ? matrix[i * size + j] : matrix[j * size + i]);
  const signs = step.map((d, c) => Math.sign(coefficients[c] + d));
  const free: number[] = [];
  for (let c = 0; c < size; c++) if (entry(c, c) > 0 && (signs[c] !== 0 || lasso[c] === 0)) free.push(c);
  // where the held ones go is known
  const found = Float64Array.from(step, (d, c) => (signs[c] === 0 && lasso[c] > 0 ? -coefficients[c] : d));
  const isFree = new Uint8Array(size);
  for (const c of free) isFree[c] = 1;
  const small = new Float64Array(free.length * free.length);
  const right = new Float64Array(free.length);
  free.forEach((c, i) => {
    for (let j = 0; j <= i; j++) small[i * free.length + j] = entry(c, free[j]);
    right[i] = gradient[c] - lasso[c] * signs[c];
    for (let k = 0; k < size; k++) if (!isFree[k]) right[i] -= entry(c, k) * found[k];
  });
  solve(small, right).forEach((d, i) => {
    found[free[i]] = d;
  });
  for (let c = 0; c < size; c++) {
    if (!(entry(c, c) > 0)) continue;
    let slope = gradient[c];
    let terms = Math.abs(gradient[c]) + lasso[c];
    for (let j = 0; j < size; j++) {
      const term = entry(c, j) * found[j];
      slope -= term;
      terms += Math.abs(term);
    }
    if (isFree[c]) {
      if (lasso[c] > 0 && Math.sign(coefficients[c] + found[c]) !== signs[c]) return null;
      if (!(Math.abs(slope - lasso[c] * signs[c]) <= accurate * terms)) return null;
    } else if (!(Math.abs(slope) <= lasso[c] + accurate * terms)) return null;
  }
  return found;
}
