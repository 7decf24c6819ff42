import { beforeAll, describe, expect, it } from 'vitest';
import { atOnce } from '../../bindings/base/steps.js';
import { createArena } from '../../bindings/machine/arena.js';
import type { Kernels } from '../../bindings/machine/kernels.js';
import type { SegmentData } from '../../bindings/pass/inMemory.js';
import { openStores } from '../../bindings/pass/stores.js';
import type { SolverName } from '../../bindings/solve/solvers.js';
import { bothKernels, type KernelSet, randomOf } from '../support/kernels.js';
import { panelOf, passesOf, passOf } from './panels.js';
import type { Sketch } from './problems.js';
import { drawsOf, randomSketch } from './random.js';
import { collinearPanel } from './shapes.js';
import { fitDistance, flat, solve } from './solving.js';

let sets: KernelSet[];
beforeAll(async () => {
  sets = await bothKernels();
});

type Layout = 'panel' | 'segments';

/** A kernel set that notes in which layouts it was asked to sweep. */
function watched([name, kernels, memory]: KernelSet): { set: KernelSet; swept: Set<Layout> } {
  const swept = new Set<Layout>();
  const watching: Kernels = {
    ...kernels,
    passSegments(...given) {
      swept.add('segments');
      kernels.passSegments(...given);
    },
    passPanel(...given) {
      swept.add('panel');
      kernels.passPanel(...given);
    },
  };
  return { set: [name, watching, memory], swept };
}

/**
 * The same with entities that stand alone in a brick without a sale: they say nothing of the others, and make the panel
 * too sparse to be laid out densely.
 */
function thinned({ totals, entities, rows }: Sketch): Sketch {
  const more = 2 * rows.length;
  return {
    totals: [...totals, ...new Array<number>(more).fill(0)],
    entities: entities + more,
    rows: [...rows, ...Array.from({ length: more }, (_, k) => [entities + k, 1])],
  };
}

const layoutOf = async (data: SegmentData): Promise<Layout[]> => {
  const { set, swept } = watched(sets[0]);
  const pass = passOf(set, data);
  await pass.sweep(flat(pass), { curvature: 'hessian' });
  return [...swept];
};

describe('the layout of a component', () => {
  it('is dense from a density of 0.55 and four columns on', async () => {
    const full = (bricks: number, entities: number, leave = 0): Sketch => {
      let left = leave;
      const rows = Array.from({ length: bricks }, (_, b) =>
        Array.from({ length: entities }, (_, h) => (h > 0 && b > 0 && left-- > 0 ? [] : [h, 1 + h + b])).flat(),
      );
      return { totals: rows.map(() => 1), entities, rows };
    };
    expect(await layoutOf(panelOf(full(20, 5)))).toEqual(['panel']);
    expect(await layoutOf(panelOf(full(20, 5, 45)))).toEqual(['panel']); // 55 of 100
    expect(await layoutOf(panelOf(full(20, 5, 46)))).toEqual(['segments']);
    expect(await layoutOf(panelOf(full(20, 4)))).toEqual(['panel']);
    expect(await layoutOf(panelOf(full(20, 3)))).toEqual(['segments']);
  });

  it('is swept in four runs from 2^21 exposures on, unless bricks have fewer than 16 on average', () => {
    const [, kernels, memory] = sets[0];
    const runsOf = (bricks: number, perBrick: number) => {
      const asked: number[] = [];
      const watching: Kernels = { ...kernels, passSegments: (...given) => void asked.push(given[9]) };
      const exposures = bricks * perBrick;
      const data: SegmentData = {
        totals: new Float64Array(bricks),
        segments: Uint32Array.from({ length: bricks + 1 }, (_, b) => b * perBrick),
        column: Uint32Array.from({ length: exposures }, (_, j) => j % 97),
        exposure: new Float64Array(exposures).fill(1),
        bricks: Uint32Array.of(0, bricks),
        columns: Uint32Array.of(0, 97),
      };
      const arena = createArena(memory);
      const { region, components } = atOnce(openStores(watching, arena, data));
      components[0].sweep(0, bricks);
      region.close();
      return asked;
    };
    expect(runsOf(2 ** 17, 16)).toEqual([4]);
    expect(runsOf(2 ** 17 - 1, 16)).toEqual([1]);
    expect(runsOf(2 ** 17 + 2 ** 14, 15)).toEqual([1]);
  });

  it('changes no statistic beyond rounding', async () => {
    const draws = drawsOf(randomOf(95));
    for (let k = 0; k < 30; k++) {
      const sketch = randomSketch(draws, { bricks: draws.whole(4, 40), entities: draws.whole(4, 13), density: 0.8 });
      const [dense, thin] = [panelOf(sketch), panelOf(thinned(sketch))];
      if (k === 0) expect([await layoutOf(dense), await layoutOf(thin)]).toEqual([['panel'], ['segments']]);
      const point = Float64Array.from({ length: thin.columns[1] }, () => Math.exp(draws.normal()));
      const factors = point.map(() => Math.exp(draws.normal()));
      const cut = (vector: Float64Array) => vector.slice(0, sketch.entities);
      const one = await passOf(sets[k % 2], dense).sweep(cut(point), { curvature: 'hessian', factors: cut(factors) });
      const other = await passOf(sets[k % 2], thin).sweep(point, { curvature: 'hessian', factors });
      for (let h = 0; h < sketch.entities; h++) {
        expect(Math.abs(one.credits[h] - other.credits[h])).toBeLessThanOrEqual(1e-14 * one.credits[h]);
        expect(Math.abs(one.diagonal![h] - other.diagonal![h])).toBeLessThanOrEqual(1e-14 * one.diagonal![h]);
      }
      const total = sketch.totals.reduce((sum, y) => sum + y, 0);
      expect(Math.abs(one.logFit - other.logFit)).toBeLessThan(1e-14 * (total + Math.abs(one.logFit)));
      expect(Math.abs(one.bound! - other.bound!)).toBeLessThan(1e-14 * total * 10);
      // bricks without a sale have their fitted total for a Pearson residual
      const alone = point.slice(sketch.entities).reduce((sum, p) => sum + p, 0);
      expect(Math.abs(one.pearson + alone - other.pearson)).toBeLessThan(1e-13 * other.pearson);
    }
  });

  it('changes no solution beyond its gap', async () => {
    const draws = drawsOf(randomOf(96));
    const sketch = collinearPanel(draws, 60, 11);
    for (const solver of ['newton', 'lbfgs', 'em'] as SolverName[]) {
      const tolerance = solver === 'em' ? 1e-7 : 1e-13;
      const dense = await solve(sets[0], sketch, solver, 0, { tolerance, maxPasses: 20_000 });
      const thin = await solve(sets[0], thinned(sketch), solver, 0, { tolerance, maxPasses: 20_000 });
      expect([dense.converged, thin.converged]).toEqual([true, true]);
      expect(Math.abs(dense.objective - thin.objective)).toBeLessThan(
        (tolerance + 1e-14) * dense.pass.total + 1e-14 * dense.magnitude,
      );
      if (solver === 'em') continue;
      expect(fitDistance(dense.data, dense.productivity, thin.productivity)).toBeLessThan(1e-6);
      expect([...thin.productivity.slice(sketch.entities)].every((p) => p === 0)).toBe(true);
    }
  });

  it("is each component's own", async () => {
    const draws = drawsOf(randomOf(97));
    const sketches = [
      collinearPanel(draws, 20, 7),
      randomSketch(draws, { bricks: 30, entities: 20, density: 0.2 }),
      collinearPanel(draws, 10, 4),
      randomSketch(draws, { bricks: 9, entities: 5, density: 0.3 }),
      randomSketch(draws, { bricks: 5, entities: 6, density: 1 }),
    ];
    const parts = sketches.map((sketch) => panelOf(sketch));
    for (const set of sets) {
      const together = passesOf(set, parts);
      // vectors of other components, left from their sweeps, must not matter: every point twice, in both orders
      const points = together.map((pass) => flat(pass).map((p) => p * Math.exp(draws.normal())));
      for (const c of [0, 1, 2, 3, 4, 3, 2, 1, 0]) {
        const alone = await passOf((await bothKernels())[0], parts[c]).sweep(points[c], {
          curvature: 'hessian',
          factors: points[c],
        });
        const found = await together[c].sweep(points[c], { curvature: 'hessian', factors: points[c] });
        expect(found.credits).toEqual(alone.credits);
        expect(found.diagonal).toEqual(alone.diagonal);
        expect([found.logFit, found.pearson, found.bound]).toEqual([alone.logFit, alone.pearson, alone.bound]);
      }
    }
  });

  it('is cut into shards whose statistics are added up', async () => {
    // a shard is full at 262,144 exposures, laid out densely or not: 300,000 are two
    const draws = drawsOf(randomOf(98));
    const bricks = 1000;
    const columns = 300;
    const panel = (per: number, count: number): SegmentData => {
      const segments = Uint32Array.from({ length: count + 1 }, (_, b) => per * b);
      const column = Uint32Array.from({ length: per * count }, (_, j) => (per === columns ? j % per : (j % per) * 2));
      return {
        totals: Float64Array.from({ length: count }, () => 100 * draws.uniform()),
        segments,
        column,
        exposure: Float64Array.from(column, () => draws.uniform() + 0.1),
        bricks: Uint32Array.of(0, count),
        columns: Uint32Array.of(0, columns),
      };
    };
    for (const [per, count] of [
      [columns, bricks],
      [100, 3 * bricks],
    ]) {
      // biome-ignore format: a table
      const data = panel(per, count);
      const point = Float64Array.from({ length: columns }, () => draws.uniform() + 0.5);
      const factors = point.map((p) => p + 0.1);
      const pass = passOf(sets[0], data);
      const { credits, diagonal, bound, pearson, logFit, hessian } = await pass.sweep(point, {
        curvature: 'hessian',
        factors,
      });
      const alone = await passOf(sets[0], data).sweep(point, { curvature: 'diagonal' });
      expect(alone.credits).toEqual(credits);
      const expected = {
        credits: new Float64Array(columns),
        diagonal: new Float64Array(columns),
        bound: 0,
        pearson: 0,
      };
      let logs = 0;
      for (let b = 0; b < count; b++) {
        const y = data.totals[b];
        let fitted = 0;
        let largest = 0;
        for (let j = per * b; j < per * (b + 1); j++) {
          fitted += data.exposure[j] * point[data.column[j]];
          largest = Math.max(largest, factors[data.column[j]]);
        }
        for (let j = per * b; j < per * (b + 1); j++) {
          expected.credits[data.column[j]] += (data.exposure[j] * y) / fitted;
          expected.diagonal[data.column[j]] += (data.exposure[j] / fitted) ** 2 * y;
        }
        expected.bound += y * Math.log(largest);
        expected.pearson += (y - fitted) ** 2 / fitted;
        logs += y * Math.log(fitted);
      }
      for (let h = 0; h < columns; h++) {
        expect(Math.abs(credits[h] - expected.credits[h])).toBeLessThanOrEqual(1e-12 * expected.credits[h]);
        for (const found of [diagonal![h], alone.diagonal![h], hessian!.values[h * (hessian!.stride + 1)]]) {
          expect(Math.abs(found - expected.diagonal[h])).toBeLessThanOrEqual(1e-12 * expected.diagonal[h]);
        }
      }
      expect(Math.abs(bound! / expected.bound - 1)).toBeLessThan(1e-12);
      expect(Math.abs(pearson / expected.pearson - 1)).toBeLessThan(1e-12);
      expect(Math.abs(logFit / logs - 1)).toBeLessThan(1e-12);
    }
  });
});
