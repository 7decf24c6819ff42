import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { descend } from '../../../bindings/regression/coordinateDescent.js';

/** matrix^-1 right by elimination with pivots: the matrix is a lower triangle by rows. */
function solve(lower: Float64Array, right: Float64Array): Float64Array {
  const size = right.length;
  const rows = Array.from({ length: size }, (_, i) => [
    ...Array.from({ length: size }, (_, j) => (i >= j ? lower[i * size + j] : lower[j * size + i])),
    right[i],
  ]);
  for (let c = 0; c < size; c++) {
    let pivot = c;
    for (let r = c; r < size; r++) if (Math.abs(rows[r][c]) > Math.abs(rows[pivot][c])) pivot = r;
    [rows[c], rows[pivot]] = [rows[pivot], rows[c]];
    for (let r = 0; r < size; r++) {
      if (r === c) continue;
      const share = rows[r][c] / rows[c][c];
      for (let k = c; k <= size; k++) rows[r][k] -= share * rows[c][k];
    }
  }
  return Float64Array.from(rows, (row, i) => row[size] / row[i]);
}

interface Task {
  readonly matrix: Float64Array;
  readonly gradient: Float64Array;
  readonly coefficients: Float64Array;
  readonly lasso: Float64Array;
}

const at = ({ matrix, gradient }: Task, i: number, j: number) =>
  matrix[Math.max(i, j) * gradient.length + Math.min(i, j)];

/** gradient'd - d' matrix d / 2 - lasso |beta + d|. */
function heightOf(task: Task, step: Float64Array): number {
  let height = 0;
  step.forEach((d, i) => {
    height += task.gradient[i] * d - task.lasso[i] * Math.abs(task.coefficients[i] + d);
    step.forEach((e, j) => {
      height -= (at(task, i, j) * d * e) / 2;
    });
  });
  return height;
}

/** The best step of all patterns of signs, each solved by itself. */
function bestOfAll(task: Task): number {
  const { gradient, coefficients, lasso } = task;
  const size = gradient.length;
  let best = Number.NEGATIVE_INFINITY;
  for (let pattern = 0; pattern < 3 ** size; pattern++) {
    const signs = Array.from({ length: size }, (_, c) => (Math.floor(pattern / 3 ** c) % 3) - 1);
    const free = signs.flatMap((sign, c) => (sign !== 0 || lasso[c] === 0 ? [c] : []));
    const step = Float64Array.from(coefficients, (x, c) => (free.includes(c) ? 0 : -x));
    const small = new Float64Array(free.length ** 2);
    const right = Float64Array.from(free, (c, i) => {
      free.forEach((k, j) => {
        small[i * free.length + j] = at(task, c, k);
      });
      let rest = gradient[c] - lasso[c] * signs[c];
      for (let k = 0; k < size; k++) rest -= at(task, c, k) * step[k];
      return rest;
    });
    if (free.length > 0) {
      solve(small, right).forEach((d, i) => {
        step[free[i]] = d;
      });
    }
    best = Math.max(best, heightOf(task, step));
  }
  return best;
}

/** How far a step is from optimal: no slope may pass its lasso, and what is not at zero must have the slope of its sign. */
function miss(task: Task, step: Float64Array): number {
  const { gradient, coefficients, lasso } = task;
  return step.reduce((most, _, c) => {
    let slope = gradient[c];
    step.forEach((d, k) => {
      slope -= at(task, c, k) * d;
    });
    const value = coefficients[c] + step[c];
    return Math.max(most, value === 0 ? Math.abs(slope) - lasso[c] : Math.abs(slope - lasso[c] * Math.sign(value)));
  }, 0);
}

const figure = fc.double({ min: -3, max: 3, noNaN: true });
const figures = (count: number) => fc.array(figure, { minLength: count, maxLength: count });
const tasks = fc.integer({ min: 1, max: 5 }).chain((size) =>
  fc.record({
    rows: fc.array(figures(size), { minLength: size + 3, maxLength: size + 3 }),
    gradient: figures(size),
    coefficients: fc.array(fc.oneof(fc.constant(0), figure), { minLength: size, maxLength: size }),
    lasso: fc.array(fc.oneof(fc.constant(0), fc.double({ min: 0.01, max: 4, noNaN: true })), {
      minLength: size,
      maxLength: size,
    }),
  }),
);

/** rows'rows + ridge, lower triangle. */
function matrixOf(rows: readonly (readonly number[])[], ridge: number): Float64Array {
  const size = rows[0].length;
  const matrix = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) for (const row of rows) matrix[i * size + j] += row[i] * row[j];
    matrix[i * size + i] += ridge;
  }
  return matrix;
}

describe('the step of a lasso', () => {
  it('is the best of all patterns of signs', () => {
    fc.assert(
      fc.property(tasks, ({ rows, gradient, coefficients, lasso }) => {
        const task: Task = {
          matrix: matrixOf(rows, 0.1),
          gradient: Float64Array.from(gradient),
          coefficients: Float64Array.from(coefficients),
          lasso: Float64Array.from(lasso),
        };
        const step = descend(task.matrix, task.gradient, task.coefficients, task.lasso, solve);
        const best = bestOfAll(task);
        expect(Math.abs(heightOf(task, step) - best)).toBeLessThanOrEqual(1e-9 * (1 + Math.abs(best)));
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  // groups that have coefficients of their own beside the common ones: coordinate descent needs thousands of rounds
  it('takes few solves where columns nearly depend on each other', () => {
    const groups = 6;
    const width = 8;
    const size = width * (groups + 1);
    let state = 7;
    const random = () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 31 - 1;
    };
    const rows = Array.from({ length: 300 }, (_, r) => {
      const own = Array.from({ length: width }, random);
      const row = new Array<number>(size).fill(0);
      for (let c = 0; c < width; c++) row[c] = row[width * (1 + (r % groups)) + c] = own[c];
      return row;
    });
    const task: Task = {
      matrix: matrixOf(rows, 1e-3),
      gradient: Float64Array.from({ length: size }, () => 30 * random()),
      coefficients: new Float64Array(size),
      lasso: Float64Array.from({ length: size }, (_, c) => (c < width ? 10 : 1)),
    };
    let solves = 0;
    const step = descend(task.matrix, task.gradient, task.coefficients, task.lasso, (matrix, right) => {
      solves++;
      return solve(matrix, right);
    });
    expect(miss(task, step)).toBeLessThan(1e-9);
    expect(solves).toBeLessThanOrEqual(2 * size);
    // begun where it ended, one solve says so
    solves = 0;
    const again = {
      ...task,
      coefficients: step,
      gradient: task.gradient.map((g, c) => g - step.reduce((sum, d, k) => sum + at(task, c, k) * d, 0)),
    };
    const none = descend(again.matrix, again.gradient, again.coefficients, again.lasso, (matrix, right) => {
      solves++;
      return solve(matrix, right);
    });
    expect(solves).toBe(1);
    const largest = Math.max(...step.map(Math.abs));
    expect(none.every((d) => Math.abs(d) < 1e-9 * largest)).toBe(true);
  });

  it('puts coefficients at zero to the bit', () => {
    const task: Task = {
      matrix: Float64Array.of(2, 0, 0.3, 1),
      gradient: Float64Array.of(-0.7, 0.1),
      coefficients: Float64Array.of(0.1, 0.7),
      lasso: Float64Array.of(3, 3),
    };
    const step = descend(task.matrix, task.gradient, task.coefficients, task.lasso, solve);
    expect([...step]).toEqual([-0.1, -0.7]);
  });

  it('arrives by coordinate descent where equations cannot be solved', () => {
    const task: Task = {
      matrix: Float64Array.of(1, 0, 1, 1),
      gradient: Float64Array.of(2, 2),
      coefficients: new Float64Array(2),
      lasso: Float64Array.of(0.5, 0.5),
    };
    const step = descend(task.matrix, task.gradient, task.coefficients, task.lasso, (_, right) =>
      right.map(() => Number.NaN),
    );
    expect(miss(task, step)).toBeLessThan(1e-12);
  });
});
