import { beforeAll, describe, expect, it } from 'vitest';
import type { Hessian, Pass } from '../../bindings/pass/pass.js';
import { bothKernels, type KernelSet, randomOf } from '../support/kernels.js';
import { panelOf, passesOf, passOf } from './panels.js';
import { drawsOf, randomSketch } from './random.js';
import { collinearPanel, sparse } from './shapes.js';

let sets: KernelSet[];
beforeAll(async () => {
  sets = await bothKernels();
});

const draws = drawsOf(randomOf(92));
// in segments, dense, and too narrow for a dense panel
const panels = [
  panelOf(sparse(draws, 60, 20)),
  panelOf(collinearPanel(draws, 40, 9)),
  panelOf(randomSketch(draws, { bricks: 20, entities: 3, density: 1 })),
];

const randomPoint = (size: number) => Float64Array.from({ length: size }, () => Math.exp(0.5 * draws.normal()));

/** The step without bounds for a pull, and a curvature of its own for each entity. */
const freeStep = (hessian: Hessian, pull: Float64Array, own: Float64Array) =>
  hessian.bestStep({ pull, own, least: new Float64Array(pull.length).fill(-1e9), twins: null });

describe('the memory of a pass', () => {
  const [data, dense, narrow] = panels;
  const size = data.columns[1];
  const looks = async (pass: Pass, look: () => Promise<unknown>) => {
    const { passes } = pass;
    await look();
    return pass.passes - passes;
  };

  it('does not sweep twice at one point, and counts what it sweeps', async () => {
    const pass = passOf(sets[0], data);
    const point = randomPoint(size);
    const factors = randomPoint(size);
    const asked = point.slice();
    expect(await looks(pass, () => pass.sweep(asked))).toBe(1);
    asked.fill(1); // the pass keeps a copy of its own
    expect(await looks(pass, () => pass.sweep(point))).toBe(0);
    expect(await looks(pass, () => pass.sweep(point, 'squares'))).toBe(1);
    expect(await looks(pass, () => pass.sweep(point))).toBe(0);
    expect(await looks(pass, () => pass.sweep(point, 'squares'))).toBe(0);
    expect(await looks(pass, () => pass.sweep(point, 'hessian'))).toBe(1);
    expect(await looks(pass, () => pass.sweep(point, 'squares'))).toBe(0);
    expect(await looks(pass, () => pass.sweep(point, 'hessian'))).toBe(0);
    expect(await looks(pass, () => pass.bound(factors))).toBe(1);
    expect(await looks(pass, () => pass.sweep(point, null, factors))).toBe(1);
    expect(await looks(pass, () => pass.sweep(randomPoint(size)))).toBe(1);
    expect(await looks(pass, () => pass.sweep(point))).toBe(1);
    expect(await looks(pass, () => pass.curvature(point))).toBe(0);
    // one last place away is another point
    const near = point.slice();
    near[size - 1] *= 1 + 2 ** -52;
    expect(await looks(pass, () => pass.sweep(near))).toBe(1);
  });

  it('answers from memory what a sweep would', async () => {
    const pass = passOf(sets[0], data);
    const point = randomPoint(size);
    const first = await pass.sweep(point, 'hessian');
    const again = await pass.sweep(point, 'squares');
    const fresh = await passOf(sets[0], data).sweep(point, 'squares');
    expect(again.credits).toEqual(fresh.credits);
    expect([again.logFit, again.pearson]).toEqual([fresh.logFit, fresh.pearson]);
    expect(again.squares).toEqual(first.squares);
    again.squares!.forEach((square, h) => {
      expect(Math.abs(square - fresh.squares![h])).toBeLessThanOrEqual(1e-14 * square);
    });
  });

  it('brings along the bound of the factors of another point', async () => {
    for (const part of panels) {
      const entities = part.columns[1];
      const [point, factors] = [randomPoint(entities), randomPoint(entities)];
      const pass = passOf(sets[0], part);
      const alone = await pass.bound(factors);
      const swept = await pass.sweep(point, 'squares', factors);
      expect(swept.bound).toBe(alone);
      let expected = 0;
      part.totals.forEach((total, b) => {
        const row = part.column.subarray(part.segments[b], part.segments[b + 1]);
        if (total > 0) expected += total * Math.log(row.reduce((most, h) => Math.max(most, factors[h]), 0));
      });
      const scale = part.totals.reduce((sum, y) => sum + y, 0);
      expect(Math.abs(alone - expected)).toBeLessThan(1e-13 * scale);
      expect((await pass.sweep(randomPoint(entities))).bound).toBeNull();
    }
  });

  it('holds a Hessian for each component where they are small, until the next of that component', async () => {
    const parts = [data, dense, narrow];
    const passes = passesOf(sets[0], parts);
    expect(passes.map(({ ownHessian }) => ownHessian)).toEqual([true, true, true]);
    const points = parts.map((part) => randomPoint(part.columns[1]));
    const hessians: Hessian[] = [];
    for (const h of parts.keys()) hessians.push((await passes[h].sweep(points[h], 'hessian')).hessian!);
    expect(hessians.map(({ gone }) => gone)).toEqual([false, false, false]);
    for (const [h, part] of parts.entries()) {
      const lone = (await passOf(sets[1], part).sweep(points[h], 'hessian')).hessian!;
      const pull = randomPoint(part.columns[1]);
      const own = randomPoint(part.columns[1]);
      expect(await freeStep(hessians[h], pull, own)).toEqual(await freeStep(lone, pull, own));
    }
    await passes[0].sweep(randomPoint(size), 'squares');
    expect(hessians[0].gone).toBe(false);
    await passes[0].sweep(randomPoint(size), 'hessian');
    expect(hessians.map(({ gone }) => gone)).toEqual([true, false, false]);
  });

  it('holds one Hessian for all where they are large, which a later one overwrites', async () => {
    // two squares of 1,500 are past what each may have for itself
    const large = panelOf(sparse(draws, 30, 1500));
    const parts = [large, data, large];
    const passes = passesOf(sets[0], parts);
    expect(passes.map(({ ownHessian }) => ownHessian)).toEqual([false, false, false]);
    expect(passOf(sets[1], large).ownHessian).toBe(true);
    const points = parts.map((part) => randomPoint(part.columns[1]));
    const zeros = (h: number) => new Float64Array(points[h].length);
    const first = (await passes[0].sweep(points[0], 'hessian')).hessian!;
    await passes[1].sweep(points[1], 'squares');
    expect(first.gone).toBe(false);
    const second = (await passes[1].sweep(points[1], 'hessian')).hessian!;
    expect([first.gone, second.gone]).toEqual([true, false]);
    await expect(freeStep(first, zeros(0), zeros(0))).rejects.toThrow('this Hessian was overwritten by a later one');
    // a sweep at the same point makes it again, and does not take it for known
    const { passes: before } = passes[0];
    const again = (await passes[0].sweep(points[0], 'hessian')).hessian!;
    expect(passes[0].passes).toBe(before + 1);
    expect([again.gone, second.gone]).toEqual([false, true]);
    // a smaller one in the room of a larger one is what it is alone
    const third = (await passes[1].sweep(points[1], 'hessian')).hessian!;
    const lone = (await passOf(sets[1], data).sweep(points[1], 'hessian')).hessian!;
    const pull = randomPoint(size);
    const own = randomPoint(size);
    expect(await freeStep(third, pull, own)).toEqual(await freeStep(lone, pull, own));
  });

  it('takes curvature from a Hessian at that very point alone', async () => {
    const pass = passOf(sets[0], data);
    const [point, other] = [randomPoint(size), randomPoint(size)];
    await pass.sweep(point, 'hessian');
    const { diagonal } = await pass.curvature(other);
    const fresh = await (await passOf(sets[0], data).curvature(other)).diagonal;
    expect(diagonal).toEqual(fresh);
  });
});
