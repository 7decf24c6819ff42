import { beforeAll, describe, expect, it } from 'vitest';
import type { LowerMatrix } from '../../bindings/linalg/boundedQp.js';
import type { Pass } from '../../bindings/pass/pass.js';
import { curvatureAt } from '../../bindings/solve/curvature.js';
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
    expect(await looks(pass, () => pass.sweep(point, { curvature: 'diagonal' }))).toBe(1);
    expect(await looks(pass, () => pass.sweep(point))).toBe(0);
    expect(await looks(pass, () => pass.sweep(point, { curvature: 'diagonal' }))).toBe(0);
    expect(await looks(pass, () => pass.sweep(point, { curvature: 'hessian' }))).toBe(1);
    expect(await looks(pass, () => pass.sweep(point, { curvature: 'diagonal' }))).toBe(0);
    expect(await looks(pass, () => pass.sweep(point, { curvature: 'hessian' }))).toBe(0);
    expect(await looks(pass, () => pass.bound(factors))).toBe(1);
    expect(await looks(pass, () => pass.sweep(point, { factors }))).toBe(1);
    expect(await looks(pass, () => pass.sweep(randomPoint(size)))).toBe(1);
    expect(await looks(pass, () => pass.sweep(point))).toBe(1);
    expect(await looks(pass, () => curvatureAt(pass, point))).toBe(0);
    // one last place away is another point
    const near = point.slice();
    near[size - 1] *= 1 + 2 ** -52;
    expect(await looks(pass, () => pass.sweep(near))).toBe(1);
  });

  it('answers from memory what a sweep would', async () => {
    const pass = passOf(sets[0], data);
    const point = randomPoint(size);
    const first = await pass.sweep(point, { curvature: 'hessian' });
    const again = await pass.sweep(point, { curvature: 'diagonal' });
    const fresh = await passOf(sets[0], data).sweep(point, { curvature: 'diagonal' });
    expect(again.credits).toEqual(fresh.credits);
    expect([again.logFit, again.pearson]).toEqual([fresh.logFit, fresh.pearson]);
    expect(again.diagonal).toEqual(first.diagonal);
    again.diagonal!.forEach((square, h) => {
      expect(Math.abs(square - fresh.diagonal![h])).toBeLessThanOrEqual(1e-14 * square);
    });
  });

  it('brings along the bound of the factors of another point', async () => {
    for (const part of panels) {
      const entities = part.columns[1];
      const [point, factors] = [randomPoint(entities), randomPoint(entities)];
      const pass = passOf(sets[0], part);
      const alone = await pass.bound(factors);
      const swept = await pass.sweep(point, { curvature: 'diagonal', factors });
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

  it('keeps the Hessian of each component where they are small, until the next sweep of that component', async () => {
    const parts = [data, dense, narrow];
    const passes = passesOf(sets[0], parts);
    expect(passes.map(({ keepsHessian }) => keepsHessian)).toEqual([true, true, true]);
    const points = parts.map((part) => randomPoint(part.columns[1]));
    const kept = () => passes.map((pass, c) => pass.known(points[c])?.hessian ?? null);
    const hessians: LowerMatrix[] = [];
    for (const [c, pass] of passes.entries())
      hessians.push((await pass.sweep(points[c], { curvature: 'hessian' })).hessian!);
    expect(kept()).toEqual(hessians);
    for (const [c, part] of parts.entries()) {
      const lone = (await passOf(sets[1], part).sweep(points[c], { curvature: 'hessian' })).hessian!;
      expect(hessians[c]).toEqual(lone);
    }
    const before = hessians[0].values.slice();
    await passes[0].sweep(randomPoint(size), { curvature: 'hessian' });
    expect(kept().map((hessian) => hessian !== null)).toEqual([false, true, true]);
    // what was handed out stays as it was
    expect(hessians[0].values).toEqual(before);
  });

  it('keeps one Hessian in all where they are large, and knows that it does', async () => {
    // two squares of 1,500 are past what is kept for each
    const large = panelOf(sparse(draws, 30, 1500));
    const parts = [large, data, large];
    const passes = passesOf(sets[0], parts);
    expect(passes.map(({ keepsHessian }) => keepsHessian)).toEqual([false, false, false]);
    expect(passOf(sets[1], large).keepsHessian).toBe(true);
    const points = parts.map((part) => randomPoint(part.columns[1]));
    const kept = () => passes.map((pass, c) => Boolean(pass.known(points[c])?.hessian));
    const first = (await passes[0].sweep(points[0], { curvature: 'hessian' })).hessian!;
    const before = first.values.slice();
    await passes[1].sweep(points[1], { curvature: 'diagonal' });
    expect(kept()).toEqual([true, false, false]);
    await passes[1].sweep(points[1], { curvature: 'hessian' });
    expect(kept()).toEqual([false, true, false]);
    expect(first.values).toEqual(before);
    // the rest of that sweep is known as before; the Hessian takes another
    expect(passes[0].known(points[0])!.diagonal).not.toBeNull();
    const { passes: count } = passes[0];
    await passes[0].sweep(points[0], { curvature: 'diagonal' });
    expect(passes[0].passes).toBe(count);
    const again = (await passes[0].sweep(points[0], { curvature: 'hessian' })).hessian!;
    expect(passes[0].passes).toBe(count + 1);
    expect(kept()).toEqual([true, false, false]);
    expect(again).toEqual(first);
  });

  it('takes curvature from a Hessian at that very point alone', async () => {
    const pass = passOf(sets[0], data);
    const [point, other] = [randomPoint(size), randomPoint(size)];
    await pass.sweep(point, { curvature: 'hessian' });
    const { diagonal } = await curvatureAt(pass, other);
    const fresh = await (await curvatureAt(passOf(sets[0], data), other)).diagonal;
    expect(diagonal).toEqual(fresh);
  });
});
