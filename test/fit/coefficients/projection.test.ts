import { describe, expect, it } from 'vitest';
import { atOnce } from '../../../bindings/base/steps.js';
import { MemoryError } from '../../../bindings/index.js';
import { selectKernels } from '../../../bindings/machine/select.js';
import type { SegmentData } from '../../../bindings/pass/inMemory.js';
import { openPanel } from '../../../bindings/pass/inMemory.js';
import type { Projected } from '../../../bindings/pass/statistics.js';
import type { Projection } from '../../../bindings/pass/want.js';
import { bothKernels, machineOf, randomOf } from '../../support/kernels.js';
import { projectable } from './simulated.js';

const sets = await bothKernels();

/** Bricks of `perBrick` random exposures each, some without a total, and a design of so many columns. */
function drawn(bricks: number, perBrick: number, entities: number, columns: number, blocks: number) {
  const random = randomOf(bricks + columns);
  const exposures = bricks * perBrick;
  const data: SegmentData = {
    totals: Float64Array.from({ length: bricks }, () => (random() < 0.1 ? 0 : 50 * random())),
    segments: Uint32Array.from({ length: bricks + 1 }, (_, b) => b * perBrick),
    column: Uint32Array.from(
      { length: exposures },
      (_, j) => ((j % perBrick) * 7 + Math.floor(j / perBrick) * 3) % entities,
    ),
    exposure: Float64Array.from({ length: exposures }, () => 0.1 + random()),
    bricks: Uint32Array.of(0, bricks),
    columns: Uint32Array.of(0, entities),
  };
  const design = Float64Array.from({ length: entities * columns }, () => random() - 0.4);
  const productivity = Float64Array.from({ length: entities }, () => 0.2 + random());
  const blockOf = Uint32Array.from({ length: bricks }, (_, b) => (b * 5) % blocks);
  return { data, design, productivity, blockOf };
}

/** J, fitted totals and what is asked for, by plain loops. */
function byHand(
  { data, design, productivity, blockOf }: ReturnType<typeof drawn>,
  columns: number,
  blocks: number,
  weigh: (y: number, u: number) => number,
) {
  const gram = new Float64Array(columns * columns);
  const scores = new Float64Array(blocks * columns);
  for (let b = 0; b < data.totals.length; b++) {
    const row = new Float64Array(columns);
    let u = 0;
    for (let j = data.segments[b]; j < data.segments[b + 1]; j++) {
      const h = data.column[j];
      u += data.exposure[j] * productivity[h];
      for (let c = 0; c < columns; c++) row[c] += data.exposure[j] * productivity[h] * design[h * columns + c];
    }
    const y = data.totals[b];
    for (let i = 0; i < columns; i++) {
      for (let j = 0; j < columns; j++) gram[i * columns + j] += weigh(y, u) * row[i] * row[j];
      scores[blockOf[b] * columns + i] += (y / u - 1) * row[i];
    }
  }
  return { gram, scores };
}

/** The largest difference in the lower triangle, relative to the diagonals it lies between. */
function distance(found: Float64Array, expected: Float64Array, columns: number): number {
  let most = 0;
  for (let i = 0; i < columns; i++) {
    for (let j = 0; j <= i; j++) {
      const size = Math.sqrt(expected[i * (columns + 1)] * expected[j * (columns + 1)]);
      most = Math.max(most, Math.abs(found[i * columns + j] - expected[i * columns + j]) / size);
    }
  }
  return most;
}

const weighings: Record<NonNullable<Projection['weighing']>, (y: number, u: number) => number> = {
  expected: (_, u) => 1 / u,
  observed: (y, u) => y / u ** 2,
  residual: (y, u) => (y / u - 1) ** 2,
};

describe('the projection of a sweep', () => {
  // one brick; less, as many and more than are projected at a time; more than a shard of 262,144 exposures
  const sizes = [
    { bricks: 1, perBrick: 3, entities: 5, columns: 4 },
    { bricks: 1023, perBrick: 3, entities: 40, columns: 4 },
    { bricks: 1024, perBrick: 2, entities: 40, columns: 8 },
    { bricks: 1025, perBrick: 4, entities: 30, columns: 12 },
    { bricks: 3001, perBrick: 1, entities: 77, columns: 4 },
    { bricks: 13_200, perBrick: 20, entities: 900, columns: 4 },
  ];
  for (const { bricks, perBrick, entities, columns } of sizes) {
    it(`is that of plain loops in ${bricks} bricks, the same bits in both kernel sets`, async () => {
      const blocks = Math.min(7, bricks);
      const problem = drawn(bricks, perBrick, entities, columns, blocks);
      const { design, productivity, blockOf } = problem;
      for (const weighing of ['expected', 'observed', 'residual'] as const) {
        const wanted = { design, columns, weighing, blockOf, blocks };
        const found: Projected[] = [];
        for (const set of sets) {
          const pass = projectable(set, problem.data);
          found.push((await pass.sweep(productivity, { projection: wanted })).projected!);
        }
        const expected = byHand(problem, columns, blocks, weighings[weighing]);
        expect(distance(found[0].gram!, expected.gram, columns)).toBeLessThan(1e-13);
        expected.scores.forEach((score, i) => {
          expect(Math.abs(found[0].scores![i] - score)).toBeLessThan(1e-10 * (1 + Math.abs(score)));
        });
        expect(found[0].gram).toEqual(found[1].gram);
        expect(found[0].scores).toEqual(found[1].scores);
      }
    });
  }

  it('gives what is asked for alone, and sweeps again where the last sweep had none', async () => {
    const { data, design, productivity, blockOf } = drawn(20, 3, 9, 4, 2);
    const pass = projectable(sets[0], data);
    const bare = await pass.sweep(productivity);
    expect(bare.projected).toBeNull();
    const gram = (await pass.sweep(productivity, { projection: { design, columns: 4, weighing: 'expected' } }))
      .projected!;
    expect(gram.scores).toBeNull();
    const scores = (await pass.sweep(productivity, { projection: { design, columns: 4, blockOf, blocks: 2 } }))
      .projected!;
    expect(scores.gram).toBeNull();
    expect(scores.scores).toHaveLength(8);
    expect(pass.passes).toBe(3);
    const again = await pass.sweep(productivity);
    expect([again.projected, pass.passes]).toEqual([null, 3]);
    expect(again.logFit).toBe(bare.logFit);
  });

  it('counts nothing for a brick without fitted total', async () => {
    const { data, design, productivity, blockOf } = drawn(6, 2, 40, 4, 3);
    for (let j = 0; j < 2; j++) productivity[data.column[j]] = 0;
    const pass = projectable(sets[0], data);
    const { projected } = await pass.sweep(productivity, {
      projection: { design, columns: 4, weighing: 'residual', blockOf, blocks: 3 },
    });
    expect([...projected!.gram!, ...projected!.scores!].every(Number.isFinite)).toBe(true);
  });

  it('without the memory for it says how much it needs and may have, and leaves the pass as good as new', async () => {
    for (const choice of ['wasm', 'js'] as const) {
      const { data, productivity } = drawn(1500, 4, 400, 4, 2);
      const limit = 4 * 2 ** 20;
      const { kernels, memory } = await selectKernels(choice, limit);
      const pass = atOnce(openPanel(machineOf([choice, kernels, memory]), data, null, true))(0);
      const fine = await pass.sweep(productivity);
      const wide = new Float64Array(400 * 1600).fill(1);
      const refused = pass.sweep(productivity, { projection: { design: wide, columns: 1600, weighing: 'expected' } });
      await expect(refused).rejects.toThrow(MemoryError);
      await refused.catch(({ needed, allowed }: MemoryError) => {
        expect(allowed).toBe(limit);
        expect(needed).toBeGreaterThan(8 * 400 * 1600);
      });
      const less = productivity.map((p) => p / 2);
      await pass.sweep(less);
      expect((await pass.sweep(productivity)).logFit).toBe(fine.logFit);
    }
  });
});
