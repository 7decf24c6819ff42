import { describe, expect, it } from 'vitest';
import { atOnce } from '../../../bindings/base/steps.js';
import { crossed, type Hierarchy, nested, unknownsOf } from '../../../bindings/hierarchy/hierarchy.js';
import { implicitTrace, implicitVariances } from '../../../bindings/hierarchy/probes.js';
import { spansOf, stepOf } from '../../../bindings/hierarchy/system.js';
import { openPanel } from '../../../bindings/pass/inMemory.js';
import { logHessianAt } from '../../../bindings/solve/curvature.js';
import { bothKernels, type KernelSet, machineOf, randomOf } from '../../support/kernels.js';
import { panelOf } from '../panels.js';
import { drawsOf, randomSketch } from '../random.js';

const sets = await bothKernels();
const ids = (count: number, groups: number) => Uint32Array.from({ length: count }, (_, h) => (5 * h) % groups);
const hierarchies: readonly (readonly [string, Hierarchy])[] = [
  ['no groups', nested(60, [])],
  ['a tree', nested(60, [ids(60, 4), ids(60, 20)])],
  ['crossed groups', crossed(60, [ids(60, 7), ids(60, 6)])],
];

/** What is known of a fit of 60 entities by its dense matrix, and by probes. */
async function both(set: KernelSet, hierarchy: Hierarchy, seed: number) {
  const uniform = randomOf(5);
  const sketch = randomSketch(drawsOf(uniform), { bricks: 90, entities: 60, density: 0.15 });
  const machine = machineOf(set, seed);
  const pass = atOnce(openPanel(machine, panelOf(sketch), null, true))(0);
  const productivity = Float64Array.from({ length: 60 }, () => Math.exp(uniform()));
  const precisions = Float64Array.from({ length: hierarchy.levels }, () => pass.total * (0.005 + 0.01 * uniform()));
  const own = Float64Array.from({ length: 60 }, () => 0.01 * pass.total * uniform());
  const none = new Float64Array(60);

  const shared = await logHessianAt(pass, productivity);
  const spans = async (diagonal: Float64Array) =>
    (await spansOf(machine, { hierarchy, precisions, shared, own: diagonal }))!;
  const exact = {
    trace: (await spans(none)).decided,
    variances: (await spans(own)).variances,
  };
  const squares = (await pass.sweep(productivity, { curvature: 'diagonal' })).diagonal!;
  const times = (vectors: Float64Array) => pass.times(productivity, vectors);
  const diagonal = squares.map((square, h) => productivity[h] * (productivity[h] * square));
  const system = { hierarchy, precisions, productivity, diagonal, own: none, times };
  const wanted = new Array<boolean>(hierarchy.levels).fill(true);
  return {
    exact,
    trace: await implicitTrace(machine, system),
    variances: await implicitVariances(machine, { ...system, own }, wanted),
  };
}

describe('probes of a system too large to write down', () => {
  for (const [name, hierarchy] of hierarchies) {
    it(`are near what the dense matrix says, and exact where a level is small: ${name}`, async () => {
      for (const set of sets) {
        const { exact, trace, variances } = await both(set, hierarchy, 1);
        expect(Math.abs(trace / exact.trace - 1)).toBeLessThan(0.1);
        variances.forEach((sum, level) => {
          const small = hierarchy.counts[level] <= 16;
          expect(Math.abs(sum / exact.variances[level] - 1)).toBeLessThan(small ? 1e-6 : 0.15);
        });
      }
    });

    it(`average to it over seeds: ${name}`, async () => {
      let [trace, own] = [0, 0];
      const seeds = 30;
      const first = await both(sets[0], hierarchy, 1);
      for (let seed = 1; seed <= seeds; seed++) {
        const found = await both(sets[0], hierarchy, seed);
        trace += found.trace / seeds;
        own += found.variances[0] / seeds;
      }
      expect(Math.abs(trace / first.exact.trace - 1)).toBeLessThan(0.015);
      expect(Math.abs(own / first.exact.variances[0] - 1)).toBeLessThan(0.03);
    });

    it(`are the same to the last bit with both kernel sets, and others with another seed: ${name}`, async () => {
      const [wasm, js] = [await both(sets[0], hierarchy, 3), await both(sets[1], hierarchy, 3)];
      expect(js).toEqual(wasm);
      expect((await both(sets[0], hierarchy, 4)).trace).not.toBe(wasm.trace);
    });
  }
});

describe('a dense system', () => {
  it('has the variances of differences that its inverse has, column by column', async () => {
    for (const [, hierarchy] of hierarchies) {
      for (const set of sets) {
        const machine = machineOf(set);
        const uniform = randomOf(9);
        const size = unknownsOf(hierarchy);
        const shared = { values: new Float64Array(3600), stride: 60, size: 60 };
        for (let h = 0; h < 60; h++) shared.values[h * 61] = 1 + uniform();
        for (let h = 1; h < 60; h++) shared.values[h * 60 + h - 1] = 0.3;
        const precisions = new Float64Array(hierarchy.levels).map(() => 0.2 + uniform());
        const own = new Float64Array(60).fill(0.1);
        const found = (await spansOf(machine, { hierarchy, precisions, shared, own }))!;
        const expected = new Float64Array(hierarchy.levels);
        for (let u = 0; u < size - 1; u++) {
          const right = new Float64Array(size);
          right[u] = 1;
          if (hierarchy.kind === 'nested') right[hierarchy.parents[u]] -= 1;
          else if (u < 60) {
            for (const column of hierarchy.columns) right[column[u]] -= 1;
            right[size - 1] -= 1;
          }
          const solved = (await stepOf(machine, { hierarchy, precisions, shared, own }, right))!;
          const level = u < 60 ? 0 : hierarchy.levelOf[u - 60];
          right.forEach((x, i) => {
            expected[level] += x * solved[i];
          });
        }
        found.variances.forEach((sum, level) => {
          expect(Math.abs(sum / expected[level] - 1)).toBeLessThan(1e-10);
        });
        const held = found.variances.reduce((sum, x, level) => sum + precisions[level] * x, 0);
        expect(Math.abs(found.decided + held - size)).toBeLessThan(1e-10 * size);
        const negative = new Float64Array(60).fill(-10);
        expect(await stepOf(machine, { hierarchy, precisions, shared, own: negative }, new Float64Array(size))).toBe(
          null,
        );
        expect(await spansOf(machine, { hierarchy, precisions, shared, own: negative })).toBe(null);
      }
    }
  });
});
