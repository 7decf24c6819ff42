import { describe, expect, it } from 'vitest';
import type { PrecisionSolver } from '../../../bindings/hierarchy/crossed.js';
import {
  applyZ,
  applyZTransposed,
  differences,
  forEachParent,
  penaltyOf,
  squaresByLevel,
} from '../../../bindings/hierarchy/differences.js';
import { crossed, type Hierarchy, levelAt, nested, unknownsOf } from '../../../bindings/hierarchy/hierarchy.js';
import { solvePrecision } from '../../../bindings/hierarchy/solvePrecision.js';
import { bothKernels, machineOf, randomOf } from '../../support/kernels.js';

const sets = await bothKernels();

/** By both kernel sets, which say the same to the bit. */
function conducted(hierarchy: Hierarchy, diagonal: Float64Array, precisions: Float64Array): PrecisionSolver | null {
  const [wasm, js] = sets.map((set) => solvePrecision(machineOf(set), hierarchy, diagonal, precisions));
  expect(wasm === null).toBe(js === null);
  return (
    wasm &&
    ((right) => {
      const found = wasm(right);
      expect(found).toEqual(js!(right));
      return found;
    })
  );
}

type Drawn = readonly [name: string, hierarchy: Hierarchy];

const ids = (uniform: () => number, count: number, groups: number) =>
  // every group has someone where there are enough
  Uint32Array.from({ length: count }, (_, h) => (h < groups ? h : Math.floor(groups * uniform())));

/** Trees whose inner groups each lie in one outer group. */
function tree(uniform: () => number, entities: number, sizes: readonly number[]): Hierarchy {
  const paths: Uint32Array[] = new Array(sizes.length);
  let of = ids(uniform, entities, sizes[sizes.length - 1]);
  paths[sizes.length - 1] = of;
  for (let d = sizes.length - 2; d >= 0; d--) {
    const outer = ids(uniform, sizes[d + 1], sizes[d]);
    of = of.map((id) => outer[id]);
    paths[d] = of;
  }
  return nested(entities, paths);
}

function drawn(seed: number): Drawn[] {
  const uniform = randomOf(seed);
  return [
    ['one entity alone', nested(1, [])],
    ['two entities', nested(2, [])],
    ['seven entities without groups', nested(7, [])],
    ['one entity in a group', tree(uniform, 1, [1])],
    ['two in two groups', tree(uniform, 2, [2])],
    ['thirteen in five groups', tree(uniform, 13, [5])],
    ['41 in a tree of five levels', tree(uniform, 41, [2, 3, 5, 9, 17])],
    ['one entity in two columns', crossed(1, [ids(uniform, 1, 1), ids(uniform, 1, 1)])],
    ['two in one column of two', crossed(2, [ids(uniform, 2, 2)])],
    ['23 in two columns', crossed(23, [ids(uniform, 23, 4), ids(uniform, 23, 7)])],
    [
      '37 in five columns',
      crossed(
        37,
        [2, 3, 4, 5, 6].map((size) => ids(uniform, 37, size)),
      ),
    ],
  ];
}

/** The matrix written out: the entities' diagonal, and each difference's precision times its coefficients, twice. */
function dense(hierarchy: Hierarchy, diagonal: Float64Array, precisions: Float64Array): number[][] {
  const { kind, entities, groups, parents, columns } = hierarchy;
  const size = entities + groups + 1;
  const matrix = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  diagonal.forEach((d, h) => {
    matrix[h][h] += d;
  });
  for (let u = 0; u < entities + groups; u++) {
    const row = new Array<number>(size).fill(0);
    row[u] = 1;
    if (kind === 'nested') row[parents[u]] = -1;
    else if (u < entities) {
      for (const column of columns) row[column[u]] = -1;
      row[size - 1] = -1;
    }
    const weight = precisions[u < entities ? 0 : hierarchy.levelOf[u - entities]];
    for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) matrix[i][j] += weight * row[i] * row[j];
  }
  return matrix;
}

/** Gauss-Jordan with the largest pivot first. */
function solve(matrix: readonly number[][], right: Float64Array): number[] {
  const work = matrix.map((row, i) => [...row, right[i]]);
  const size = work.length;
  for (let c = 0; c < size; c++) {
    let best = c;
    for (let r = c; r < size; r++) if (Math.abs(work[r][c]) > Math.abs(work[best][c])) best = r;
    [work[c], work[best]] = [work[best], work[c]];
    for (let r = 0; r < size; r++) {
      if (r === c) continue;
      const factor = work[r][c] / work[c][c];
      for (let k = c; k <= size; k++) work[r][k] -= factor * work[c][k];
    }
  }
  return work.map((row, i) => row[size] / row[i]);
}

const multiply = (matrix: readonly number[][], x: ArrayLike<number>) =>
  matrix.map((row) => row.reduce((sum, value, j) => sum + value * x[j], 0));
const size = (values: ArrayLike<number>) => Array.from(values).reduce((most, x) => Math.max(most, Math.abs(x)), 0);

/** The same as by the dense matrix, to 1e-12 of the largest. */
function expectSolved(
  hierarchy: Hierarchy,
  diagonal: Float64Array,
  precisions: Float64Array,
  right: Float64Array,
): void {
  const got = conducted(hierarchy, diagonal, precisions)!(right);
  const expected = solve(dense(hierarchy, diagonal, precisions), right);
  expected.forEach((x, u) => {
    expect(Math.abs(got[u] - x)).toBeLessThanOrEqual(1e-12 * size(expected));
  });
}

describe('conduct', () => {
  for (const seed of [1, 2, 3]) {
    for (const [name, hierarchy] of drawn(seed)) {
      it(`solves what a dense system solves: ${name}, seed ${seed}`, () => {
        const uniform = randomOf(100 + seed);
        const diagonal = new Float64Array(hierarchy.entities).map(() => 0.1 + 3 * uniform());
        const precisions = new Float64Array(hierarchy.levels).map(() => 0.2 + 2 * uniform());
        const right = new Float64Array(unknownsOf(hierarchy)).map(() => 2 * uniform() - 1);
        expectSolved(hierarchy, diagonal, precisions, right);
      });

      it(`takes entities without a diagonal of their own, as long as one has it: ${name}, seed ${seed}`, () => {
        const uniform = randomOf(200 + seed);
        const diagonal = new Float64Array(hierarchy.entities);
        diagonal[hierarchy.entities - 1] = 2;
        for (let h = 0; h < hierarchy.entities - 1; h += 2) diagonal[h] = uniform();
        const precisions = new Float64Array(hierarchy.levels).map(() => 0.2 + 2 * uniform());
        const right = new Float64Array(unknownsOf(hierarchy)).map(() => 2 * uniform() - 1);
        expectSolved(hierarchy, diagonal, precisions, right);
      });

      it(`solves a matrix that leaves directions open where they are not asked for: ${name}, seed ${seed}`, () => {
        // no diagonal at all: all up together is free, and a right-hand side in the matrix's range has solutions
        const uniform = randomOf(300 + seed);
        const precisions = new Float64Array(hierarchy.levels).map(() => 0.2 + 2 * uniform());
        const diagonal = new Float64Array(hierarchy.entities);
        const matrix = dense(hierarchy, diagonal, precisions);
        const right = Float64Array.from(
          multiply(
            matrix,
            new Float64Array(matrix.length).map(() => 2 * uniform() - 1),
          ),
        );
        const got = conducted(hierarchy, diagonal, precisions)!(right);
        multiply(matrix, got).forEach((x, u) => {
          expect(Math.abs(x - right[u])).toBeLessThanOrEqual(1e-12 * (1 + size(right)));
        });
      });
    }
  }

  it('leaves a group at 0 that nothing holds, from below or above', () => {
    // entity 0 has no diagonal, its group hangs on a free level: solved by hand, entity 1 is at 5 / 2 and its group follows
    const hierarchy = nested(2, [Uint32Array.of(0, 0), Uint32Array.of(0, 1)]);
    const solved = conducted(hierarchy, Float64Array.of(0, 2), Float64Array.of(1, 1, 0))!;
    expect(solved(Float64Array.of(0, 5, 0, 0, 0, 0))).toEqual(Float64Array.of(0, 2.5, 0, 2.5, 0, 0));
  });

  it('solves levels that are free by what else holds them', () => {
    const uniform = randomOf(7);
    for (const hierarchy of [tree(uniform, 19, [3, 6]), crossed(19, [ids(uniform, 19, 3), ids(uniform, 19, 5)])]) {
      for (const free of [1, 2]) {
        const precisions = Float64Array.of(1.5, 0.7, 0.3);
        precisions[free] = 0;
        const diagonal = new Float64Array(19).map(() => 0.5 + uniform());
        const matrix = dense(hierarchy, diagonal, precisions);
        // free effects of several columns leave common shifts open: keep the right-hand side in the range
        const right = Float64Array.from(
          multiply(
            matrix,
            new Float64Array(matrix.length).map(() => 2 * uniform() - 1),
          ),
        );
        const got = conducted(hierarchy, diagonal, precisions)!(right);
        multiply(matrix, got).forEach((x, u) => {
          expect(Math.abs(x - right[u])).toBeLessThanOrEqual(1e-12 * (1 + size(right)));
        });
      }
    }
  });

  it('leaves unknowns that nothing holds at 0', () => {
    // free groups: the root hangs on nothing
    const groups = Uint32Array.of(0, 0, 1);
    const got = conducted(nested(3, [groups]), Float64Array.of(1, 1, 1), Float64Array.of(1, 0))!(
      Float64Array.of(1, 2, 3, 0, 0, 0),
    );
    // by hand: each group is free, so its entities are alone with it and it takes their mean pull
    expect(Array.from(got)).toEqual([1.25, 1.75, 3, 1.5, 3, 0]);
    // no data, no hierarchy that anything hangs on
    for (const hierarchy of [nested(2, [Uint32Array.of(0, 1)]), crossed(2, [Uint32Array.of(0, 1)])]) {
      const solved = conducted(hierarchy, new Float64Array(2), Float64Array.of(1, 0))!(new Float64Array(5));
      expect(Array.from(solved)).toEqual([0, 0, 0, 0, 0]);
    }
  });

  it('refuses matrices that are not positive', () => {
    for (const hierarchy of [
      nested(2, []),
      nested(2, [Uint32Array.of(0, 0)]),
      crossed(2, [Uint32Array.of(0, 0)]),
      crossed(2, [Uint32Array.of(0, 1)]),
    ]) {
      const precisions = new Float64Array(hierarchy.levels).fill(1);
      const at = (...diagonal: number[]) => conducted(hierarchy, Float64Array.from(diagonal), precisions);
      expect(at(-1.5, 3)).toBe(null); // more than its own prior holds
      expect(at(-0.9, 0)).toBe(null); // less than that, but the root falls
      expect(at(-0.1, 3)).not.toBe(null);
      expect(at(0, 0)).not.toBe(null);
    }
  });

  it('weighs two springs in series by hand', () => {
    // one entity of curvature 1 held to its group by 1, the group to the root by 1/2; the root is free, so all moves as one
    const got = conducted(nested(1, [Uint32Array.of(0)]), Float64Array.of(1), Float64Array.of(1, 0.5))!;
    expect(Array.from(got(Float64Array.of(4, 0, 0)))).toEqual([4, 4, 4]);
    // a pull of 1 at the root goes through both springs: 1 at the entity, 1 / 1 more at the group, 1 / 0.5 more at the root
    expect(Array.from(got(Float64Array.of(0, 0, 1)))).toEqual([1, 2, 4]);
  });
});

describe('a hierarchy', () => {
  it('has the differences, penalties and precisions of its matrix', () => {
    for (const [, hierarchy] of drawn(5)) {
      const uniform = randomOf(11);
      const precisions = new Float64Array(hierarchy.levels).map(() => 0.2 + 2 * uniform());
      const unknowns = new Float64Array(unknownsOf(hierarchy)).map(() => 2 * uniform() - 1);
      const matrix = dense(hierarchy, new Float64Array(hierarchy.entities), precisions);
      const count = unknowns.length;
      const half = multiply(matrix, unknowns).reduce((sum, x, u) => sum + (x * unknowns[u]) / 2, 0);
      const gaps = differences(hierarchy, unknowns);
      expect(Math.abs(penaltyOf(hierarchy, precisions, gaps) - half)).toBeLessThan(1e-12 * (1 + half));
      const squares = squaresByLevel(hierarchy, gaps);
      expect(Math.abs(squares.reduce((sum, x, level) => sum + (precisions[level] * x) / 2, 0) - half)).toBeLessThan(
        1e-12 * (1 + half),
      );
      // differences add up to the unknowns again, and what is summed is the transpose of that
      const root = unknowns[count - 1];
      const again = applyZ(hierarchy, Float64Array.of(...gaps, root));
      unknowns.forEach((x, u) => {
        expect(Math.abs(again[u] - x)).toBeLessThan(1e-12);
      });
      const pull = unknowns.map(() => 2 * uniform() - 1);
      const sums = pull.slice();
      applyZTransposed(hierarchy, (from, to) => {
        sums[to] += sums[from];
      });
      const inner = (x: Float64Array, y: ArrayLike<number>) => x.reduce((sum, value, u) => sum + value * y[u], 0);
      expect(Math.abs(inner(pull, again) - inner(sums, [...gaps, root]))).toBeLessThan(1e-11);
    }
  });

  it('stands every group before the one it hangs on, and counts each level', () => {
    const hierarchy = nested(5, [Uint32Array.of(0, 0, 0, 1, 1), Uint32Array.of(0, 0, 1, 2, 3)]);
    expect(Array.from(hierarchy.parents)).toEqual([5, 5, 6, 7, 8, 9, 9, 10, 10, 11, 11]);
    expect(Array.from(hierarchy.levelOf)).toEqual([2, 2, 2, 2, 1, 1]);
    expect([hierarchy.levels, hierarchy.groups, hierarchy.counts]).toEqual([3, 6, [5, 2, 4]]);
    expect([0, 5, 9].map((u) => levelAt(hierarchy, u))).toEqual([0, 2, 1]);
    const rows = crossed(3, [Uint32Array.of(0, 1, 1), Uint32Array.of(0, 0, 1)]);
    const seen: number[] = [];
    forEachParent(rows, 2, (other) => void seen.push(other));
    expect(seen).toEqual([4, 6, 7]);
    forEachParent(rows, 4, (other) => void seen.push(other));
    expect(seen).toHaveLength(3); // a factor hangs on nothing but 1
  });
});
