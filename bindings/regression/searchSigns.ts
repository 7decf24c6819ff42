const accurate = 1e-12; // of a slope's terms: less is rounding
const mostSolves = 4; // for each coefficient

/** gradient'd - d' matrix d / 2 - lasso |beta + d|: all of the matrix, by rows. */
export interface LassoQuadratic {
  readonly matrix: Float64Array;
  readonly gradient: Float64Array;
  readonly coefficients: Float64Array;
  readonly lasso: Float64Array;
}

/**
 * The best step by an active set of signs (Lee, Battle, Raina & Ng 2007): with the signs held, what is left are linear equations.
 * On the way to their solution the first coefficient that reaches zero stays there; at the solution the one at zero that
 * the slope pulls most is let go. Each solve is higher than the one before, so no signs come twice. Null where rounding, or a
 * matrix that is singular, leaves no answer that is accurate.
 */
export function searchSigns(
  quadratic: LassoQuadratic,
  start: Float64Array,
  solve: (matrix: Float64Array, right: Float64Array) => Float64Array,
): Float64Array | null {
  const { matrix, gradient, coefficients, lasso } = quadratic;
  const size = gradient.length;
  const signs = start.map((d, c) => Math.sign(coefficients[c] + d));
  let step: Float64Array = start.slice();
  for (let c = 0; c < size; c++) if (signs[c] === 0 && lasso[c] > 0) step[c] = -coefficients[c];
  for (let solves = 0; solves < mostSolves * size; solves++) {
    const free: number[] = [];
    for (let c = 0; c < size; c++) {
      if (matrix[c * size + c] > 0 && (signs[c] !== 0 || lasso[c] === 0)) free.push(c);
    }
    const found = solveFree(quadratic, signs, free, step, solve);
    const [first, share] = firstAtZero(quadratic, signs, free, step, found);
    if (first >= 0) {
      if (!(share > 0)) return null; // let go a moment ago, and back at once
      for (const c of free) step[c] += share * (found[c] - step[c]);
      step[first] = -coefficients[first];
      signs[first] = 0;
      continue;
    }
    step = found;
    let most = 0;
    let pulled = -1;
    let direction = 0;
    for (let c = 0; c < size; c++) {
      const row = c * size;
      if (!(matrix[row + c] > 0)) continue;
      let slope = gradient[c];
      let terms = Math.abs(gradient[c]) + lasso[c];
      for (let j = 0; j < size; j++) {
        const term = matrix[row + j] * step[j];
        slope -= term;
        terms += Math.abs(term);
      }
      if (signs[c] !== 0 || lasso[c] === 0) {
        if (!(Math.abs(slope - lasso[c] * signs[c]) <= accurate * terms)) return null;
        continue;
      }
      const pull = (Math.abs(slope) - lasso[c] - accurate * terms) / Math.sqrt(matrix[row + c]);
      if (!(pull > most)) continue;
      most = pull;
      pulled = c;
      direction = Math.sign(slope);
    }
    if (pulled < 0) return step;
    signs[pulled] = direction;
  }
  return null;
}

/** The step that solves the equations of the free coefficients, their signs held; the others stay where they are. */
function solveFree(
  { matrix, gradient, lasso }: LassoQuadratic,
  signs: Float64Array,
  free: readonly number[],
  step: Float64Array,
  solve: (matrix: Float64Array, right: Float64Array) => Float64Array,
): Float64Array {
  const size = gradient.length;
  const held = step.slice();
  for (const c of free) held[c] = 0;
  const small = new Float64Array(free.length * free.length);
  const right = new Float64Array(free.length);
  free.forEach((c, i) => {
    const row = c * size;
    for (let j = 0; j <= i; j++) small[i * free.length + j] = matrix[row + free[j]];
    right[i] = gradient[c] - lasso[c] * signs[c];
    for (let k = 0; k < size; k++) right[i] -= matrix[row + k] * held[k];
  });
  const solved = solve(small, right);
  free.forEach((c, i) => {
    held[c] = solved[i];
  });
  return held;
}

/** The free coefficient that reaches zero first on the way from `step` to `found`, and after which share of it; -1 where none does. */
function firstAtZero(
  { coefficients, lasso }: LassoQuadratic,
  signs: Float64Array,
  free: readonly number[],
  step: Float64Array,
  found: Float64Array,
): [coefficient: number, share: number] {
  let first = -1;
  let share = 1;
  for (const c of free) {
    const to = coefficients[c] + found[c];
    if (lasso[c] === 0 || Math.sign(to) === signs[c]) continue;
    const from = coefficients[c] + step[c];
    const part = from / (from - to);
    if (first >= 0 && part >= share) continue;
    first = c;
    share = part;
  }
  return [first, share];
}
