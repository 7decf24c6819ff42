import { add, dot, times } from '../math/vectors.js';

/** What the slope did on a step. */
export interface Pair {
  readonly move: Float64Array;
  readonly change: Float64Array;
  /** move'change, > 0. */
  readonly product: number;
}

/**
 * (B + C)^-1 g, where B is the limited-memory curvature of the pairs over a diagonal D, and C is known exactly: the prior's part,
 * which pairs would only blur. In compact form (Byrd, Nocedal & Schnabel 1994) B = sD - P M^-1 P' with
 *   P = [sD S, Y],  M = [[s S'DS, L], [L', -E]],  L the part of S'Y below its diagonal, E its diagonal
 * and s = y'D^-1 y / s'y of the last pair; so with A = sD + C the answer is A^-1 g + A^-1 P (M - P'A^-1 P)^-1 P'A^-1 g.
 * `inverseOf` gives what A^-1 does to a vector, for a diagonal sD.
 */
export function solveWithPrior(
  gradient: Float64Array,
  squares: Float64Array,
  pairs: readonly Pair[],
  inverseOf: (diagonal: Float64Array) => (vector: Float64Array) => Float64Array,
): Float64Array {
  const count = pairs.length;
  const scale = count > 0 ? scaleOf(squares, pairs[count - 1]) : 1;
  const diagonal = squares.map((square) => scale * square);
  const inverse = inverseOf(diagonal);
  const base = inverse(gradient);
  if (count === 0) return base;

  // columns of P, and of A^-1 P
  const scaled = pairs.map(({ move }) => times(diagonal, move));
  const columns = [...scaled, ...pairs.map(({ change }) => change)];
  const solved = columns.map(inverse);
  const width = 2 * count;
  const middle = new Float64Array(width * width);
  const right = new Float64Array(width);
  for (let i = 0; i < width; i++) {
    for (let j = 0; j <= i; j++) {
      let entry = -dot(columns[i], solved[j]);
      if (i < count) entry += dot(scaled[i], pairs[j].move);
      else if (j < count) {
        // L' stands below: change i with the moves after it
        if (j > i - count) entry += dot(pairs[j].move, pairs[i - count].change);
      } else if (i === j) entry -= pairs[i - count].product;
      middle[i * width + j] = entry;
      middle[j * width + i] = entry;
    }
    right[i] = dot(columns[i], base);
  }
  const weights = eliminate(middle, right);
  if (!weights) return base;
  for (let i = 0; i < width; i++) add(base, weights[i], solved[i]);
  return base;
}

/** What the inverse of a diagonal curvature, the prior's `own` on top, does to vectors. */
export const diagonalInverse =
  (own: Float64Array) =>
  (diagonal: Float64Array): ((vector: Float64Array) => Float64Array) => {
    const inverse = diagonal.map((d, h) => (d + own[h] > 0 ? 1 / (d + own[h]) : 0));
    return (vector) => times(inverse, vector);
  };

/** How much larger the curvature along a pair is than the diagonal says. */
function scaleOf(squares: Float64Array, { change, product }: Pair): number {
  let length = 0;
  for (let h = 0; h < change.length; h++) if (squares[h] > 0) length += (change[h] * change[h]) / squares[h];
  return length > 0 ? length / product : 1;
}

/** Solves a small dense system by elimination with row exchanges, in place; null where it is singular. */
function eliminate(matrix: Float64Array, right: Float64Array): Float64Array | null {
  const size = right.length;
  for (let p = 0; p < size; p++) {
    let best = p;
    for (let r = p + 1; r < size; r++) {
      if (Math.abs(matrix[r * size + p]) > Math.abs(matrix[best * size + p])) best = r;
    }
    const pivot = matrix[best * size + p];
    if (!(Math.abs(pivot) > 0 && Math.abs(pivot) < Number.POSITIVE_INFINITY)) return null;
    for (let c = p; c < size; c++) {
      [matrix[p * size + c], matrix[best * size + c]] = [matrix[best * size + c], matrix[p * size + c]];
    }
    [right[p], right[best]] = [right[best], right[p]];
    for (let r = p + 1; r < size; r++) {
      const factor = matrix[r * size + p] / pivot;
      if (factor === 0) continue;
      for (let c = p; c < size; c++) matrix[r * size + c] -= factor * matrix[p * size + c];
      right[r] -= factor * right[p];
    }
  }
  for (let r = size - 1; r >= 0; r--) {
    for (let c = r + 1; c < size; c++) right[r] -= matrix[r * size + c] * right[c];
    right[r] /= matrix[r * size + r];
  }
  return right;
}
