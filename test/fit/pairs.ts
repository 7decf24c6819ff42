import type { Pair } from '../../bindings/solve/compact.js';
import type { Draws } from './random.js';

export const dotOf = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, x, i) => sum + x * b[i], 0);

/** Pairs as steps over a quadratic leave them: change = M move for one positive definite M, a little bent. */
export function pairsOf(draws: Draws, size: number, count: number): Pair[] {
  const factor = Array.from({ length: size + 2 }, () => Array.from({ length: size }, () => draws.normal()));
  return Array.from({ length: count }, () => {
    const move = Float64Array.from({ length: size }, () => draws.normal());
    const along = factor.map((row) => dotOf(row, move));
    const change = Float64Array.from({ length: size }, (_, h) => {
      const straight = factor.reduce((sum, row, r) => sum + row[h] * along[r], 0);
      return straight * (1 + 0.05 * draws.normal()) + 0.1 * move[h];
    });
    return { move, change, product: dotOf(move, change) };
  }).filter(({ product }) => product > 0);
}

/** x with M x = b, by elimination. */
export function solved(matrix: readonly (readonly number[])[], b: ArrayLike<number>): number[] {
  const rows = matrix.map((row, i) => [...row, b[i]]);
  const size = rows.length;
  for (let p = 0; p < size; p++) {
    let at = p;
    for (let r = p; r < size; r++) if (Math.abs(rows[r][p]) > Math.abs(rows[at][p])) at = r;
    [rows[p], rows[at]] = [rows[at], rows[p]];
    for (let r = 0; r < size; r++) {
      if (r === p) continue;
      const times = rows[r][p] / rows[p][p];
      for (let c = p; c <= size; c++) rows[r][c] -= times * rows[p][c];
    }
  }
  return rows.map((row, i) => row[size] / row[i]);
}

/** B after the BFGS updates of the pairs, one after the other: B - B s s'B / s'B s + y y' / s'y. */
export function curvatureOf(diagonal: ArrayLike<number>, pairs: readonly Pair[]): number[][] {
  let matrix = Array.from(diagonal, (d, i) => Array.from(diagonal, (_, j) => (i === j ? d : 0)));
  for (const { move, change, product } of pairs) {
    const image = matrix.map((row) => dotOf(row, move));
    const along = dotOf(image, move);
    matrix = matrix.map((row, i) =>
      row.map((x, j) => x - (image[i] * image[j]) / along + (change[i] * change[j]) / product),
    );
  }
  return matrix;
}

export const largest = (values: ArrayLike<number>) => Math.max(...Array.from(values, Math.abs));
