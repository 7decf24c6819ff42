import { beforeAll, describe, expect, it } from 'vitest';
import type { LowerMatrix } from '../../bindings/linalg/boundedQp.js';
import type { SegmentData } from '../../bindings/pass/inMemory.js';
import type { Pass } from '../../bindings/pass/pass.js';
import { boundedNewtonStep } from '../../bindings/solve/boundedNewtonStep.js';
import { curvatureAt } from '../../bindings/solve/curvature.js';
import { bothKernels, type KernelSet, randomOf } from '../support/kernels.js';
import { panelOf, passOf, twinsOf } from './panels.js';
import { drawsOf, randomSketch } from './random.js';
import { collinearPanel, sparse, withTwins } from './shapes.js';

let sets: KernelSet[];
beforeAll(async () => {
  sets = await bothKernels();
});

const draws = drawsOf(randomOf(91));
const panels: Record<string, SegmentData> = {
  'dense, of 9 columns': panelOf(collinearPanel(draws, 40, 9)),
  'dense, of 12 columns': panelOf(collinearPanel(draws, 30, 12)),
  'in segments': panelOf(sparse(draws, 60, 20)),
  'of three columns': panelOf(randomSketch(draws, { bricks: 20, entities: 3, density: 1 })),
  'of more entities than bricks': panelOf(randomSketch(draws, { bricks: 6, entities: 25 })),
  'of one cell': panelOf({ totals: [3], entities: 1, rows: [[0, 2]] }),
};

const randomPoint = (size: number) => Float64Array.from({ length: size }, () => Math.exp(0.5 * draws.normal()));

/** W = sum_b total / fitted^2 w w' from its definition. */
function hessianOf(data: SegmentData, productivity: Float64Array): number[][] {
  const size = productivity.length;
  const matrix = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  data.totals.forEach((total, b) => {
    const cells: [h: number, w: number][] = [];
    for (let j = data.segments[b]; j < data.segments[b + 1]; j++) cells.push([data.column[j], data.exposure[j]]);
    const fitted = cells.reduce((sum, [h, w]) => sum + w * productivity[h], 0);
    for (const [h, w] of cells) for (const [k, v] of cells) matrix[h][k] += (total / fitted / fitted) * w * v;
  });
  return matrix;
}

/** The step without bounds for a pull, and a curvature of its own for each entity: it tells of every entry of W. */
const freeStep = ({ machine }: Pass, hessian: LowerMatrix, pull: Float64Array, own: Float64Array) =>
  boundedNewtonStep(machine, hessian, { pull, own, least: new Float64Array(pull.length).fill(-1e9) }, null);

describe.each(Object.entries(panels))('the Hessian of a panel %s', (_, data) => {
  const size = data.columns[1];

  it("is sum of total / fitted^2 w w', and `diagonal` is its diagonal", async () => {
    for (const set of sets) {
      const pass = passOf(set, data);
      const point = randomPoint(size);
      const matrix = hessianOf(data, point);
      const { hessian, diagonal: squares } = await pass.sweep(point, { curvature: 'hessian' });
      const alone = await passOf(set, data).sweep(point, { curvature: 'diagonal' });
      const own = matrix.map((row, h) => 0.3 * row[h] + 0.1);
      for (let k = 0; k < 4; k++) {
        const pull = Float64Array.from({ length: size }, () => draws.normal());
        const step = await freeStep(pass, hessian!, pull, Float64Array.from(own));
        const back = matrix.map((row, h) => row.reduce((sum, w, j) => sum + w * step[j], own[h] * step[h]));
        const large = matrix.map((row, h) =>
          row.reduce((sum, w, j) => sum + Math.abs(w * step[j]), own[h] * Math.abs(step[h])),
        );
        // the ridge is 1e-11 of the diagonal
        back.forEach((x, h) => {
          expect(Math.abs(x - pull[h])).toBeLessThan(1e-10 * large[h]);
        });
      }
      matrix.forEach((row, h) => {
        expect(Math.abs(squares![h] - row[h])).toBeLessThanOrEqual(1e-13 * row[h]);
        expect(Math.abs(alone.diagonal![h] - row[h])).toBeLessThanOrEqual(1e-13 * row[h]);
      });
      expect(alone.hessian).toBeNull();
    }
  });

  it('is what credits lose when productivities move', async () => {
    const pass = passOf(sets[0], data);
    const point = randomPoint(size);
    const { hessian, diagonal: squares } = await pass.sweep(point, { curvature: 'hessian' });
    const own = squares!.map((square) => square + 1e-3);
    const pull = Float64Array.from(squares!, (square) => draws.normal() * square);
    const step = await freeStep(pass, hessian!, pull, own);
    const long = step.reduce((most, d, h) => Math.max(most, Math.abs(d) / point[h]), 0);
    const share = 1e-4 / long;
    const at = async (t: number) => (await pass.sweep(point.map((p, h) => p + t * step[h]))).credits;
    const [up, down] = [await at(share), await at(-share)];
    pull.forEach((force, h) => {
      // W step = pull - own step
      const slope = (down[h] - up[h]) / (2 * share);
      const size = Math.abs(force) + own[h] * Math.abs(step[h]);
      expect(Math.abs(slope - (force - own[h] * step[h]))).toBeLessThan(1e-6 * size + 1e-9);
    });
    for (let h = 0; h < point.length; h += 4) {
      const moved = async (t: number) =>
        (await pass.sweep(point.map((p, k) => (k === h ? p * (1 + t) : p)))).credits[h];
      const slope = ((await moved(-1e-4)) - (await moved(1e-4))) / (2e-4 * point[h]);
      expect(Math.abs(slope - squares![h])).toBeLessThan(1e-6 * squares![h] + 1e-9);
    }
  });

  it('gives the same curvature as the data do', async () => {
    for (const set of sets) {
      const point = randomPoint(size);
      const matrix = hessianOf(data, point);
      const fromData = await curvatureAt(passOf(set, data), point);
      const pass = passOf(set, data);
      await pass.sweep(point, { curvature: 'hessian' });
      const { passes } = pass;
      const fromHessian = await curvatureAt(pass, point);
      // it stays good when other sweeps overwrite the Hessian
      await pass.sweep(randomPoint(size), { curvature: 'hessian' });
      matrix.forEach((row, h) => {
        const square = row[h] * point[h] * point[h];
        expect(Math.abs(fromData.diagonal[h] - square)).toBeLessThanOrEqual(1e-13 * square);
        expect(Math.abs(fromHessian.diagonal[h] - square)).toBeLessThanOrEqual(1e-13 * square);
      });
      const mean = fromData.diagonal.reduce((sum, x) => sum + x, 0) / size;
      for (const ridge of [1e-3 * mean, mean, 100 * mean]) {
        const one = await fromData.effectiveParameters(ridge);
        const other = await fromHessian.effectiveParameters(ridge);
        expect(other.method).toBe('exact');
        expect(Math.abs(one.edf - other.edf)).toBeLessThan(1e-9 * Math.max(1, one.edf));
      }
      expect(passes).toBe(1);
    }
  });
});

describe('curvature where squares of exposure are lost', () => {
  it.each([
    ['to zero', 1e-200],
    ['to infinity', 1e200],
  ])('is taken from shares: %s', async (_, size) => {
    // the first entity's squares are beyond every double, its shares are not
    const rows = [[0, size, 1, 1], [0, 2 * size, 1, 1], [1, 2], [0, size, 1, 3]]; // biome-ignore format: a table
    const data = panelOf({ totals: [4, 6, 5, 3], entities: 2, rows });
    const point = Float64Array.of(1.5 / size, 2);
    for (const set of sets) {
      const fromData = await curvatureAt(passOf(set, data), point);
      const pass = passOf(set, data);
      await pass.sweep(point, { curvature: 'hessian' });
      const found = await curvatureAt(pass, point);
      expect(found.diagonal).toEqual(fromData.diagonal);
      expect(found.diagonal.every((x) => x > 0.1 && x < 20)).toBe(true);
      expect(await found.effectiveParameters(1)).toEqual(await fromData.effectiveParameters(1));
    }
  });
});

describe('twins in the quadratic', () => {
  it('move alike, and as far as is best for both', async () => {
    const sketch = withTwins(collinearPanel(draws, 30, 6), [1, 4]);
    const data = panelOf(sketch);
    const twins = twinsOf(sketch);
    expect([...twins]).toEqual([0, 1, 2, 3, 4, 5, 1, 4, 1, 4]);
    const pass = passOf(sets[0], data, { twins });
    expect([...pass.twins!]).toEqual([...twins]);
    const point = randomPoint(6);
    const even = Float64Array.from(twins, (leader) => point[leader]);
    const { hessian, diagonal: squares } = await pass.sweep(even, { curvature: 'hessian' });
    const own = squares!.map((square, h) => square * (0.1 + 0.1 * twins[h]));
    for (let k = 0; k < 20; k++) {
      const drawn = Float64Array.from(point, () => draws.normal());
      const pull = Float64Array.from(twins, (leader) => drawn[leader] * squares![leader]);
      const least = even.map((p) => (k % 2 === 0 ? -0.3 * p : -1e6));
      const merged = await boundedNewtonStep(pass.machine, hessian!, { pull, own, least }, twins);
      const apart = await boundedNewtonStep(pass.machine, hessian!, { pull, own, least }, null);
      // by symmetry the best step apart is alike too
      merged.forEach((d, h) => {
        expect(d).toBe(merged[twins[h]]);
        expect(d).toBeGreaterThanOrEqual(least[h]);
        expect(Math.abs(d - apart[h])).toBeLessThan(1e-8 * (Math.abs(d) + 0.01));
      });
    }
  });

  it('stop at the nearest of their bounds, and add their pulls', async () => {
    // both stand in one brick: fitted 2 + 2, total 4: W = 1/4 * [[1, 1], [1, 1]]
    const data = panelOf({ totals: [4], entities: 2, rows: [[0, 1, 1, 1]] });
    const pass = passOf(sets[0], data);
    const { hessian } = await pass.sweep(Float64Array.of(2, 2), { curvature: 'hessian' });
    const least = Float64Array.of(-1, -0.25);
    const twins = Uint32Array.of(0, 0);
    const own = Float64Array.of(0.5, 0.5);
    // joined: (4 / 4 + 1) d = 3 + 1, and -3 - 1
    const up = await boundedNewtonStep(pass.machine, hessian!, { pull: Float64Array.of(3, 1), own, least }, twins);
    expect(Math.abs(up[0] - 2)).toBeLessThan(1e-9);
    const down = await boundedNewtonStep(pass.machine, hessian!, { pull: Float64Array.of(-3, -1), own, least }, twins);
    expect([...down]).toEqual([-0.25, -0.25]);
  });
});
