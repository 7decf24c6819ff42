import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { createPace } from '../../bindings/base/pace.js';
import { atOnce } from '../../bindings/base/steps.js';
import { cutShards } from '../../bindings/pass/cut.js';
import { openPanel } from '../../bindings/pass/inMemory.js';
import { createPass } from '../../bindings/pass/pass.js';
import { keepDesign } from '../../bindings/pass/projection.js';
import { inMemory, type Runner, type Shard } from '../../bindings/pass/runner.js';
import { createShard } from '../../bindings/pass/shard.js';
import { addSums, joinRows, noSums, type Sums } from '../../bindings/pass/statistics.js';
import { openStores, type SegmentData } from '../../bindings/pass/stores.js';
import type { Want } from '../../bindings/pass/want.js';
import { panelOf } from '../fit/panels.js';
import { drawsOf, randomSketch } from '../fit/random.js';
import { bothKernels, type KernelSet, machineOf, randomOf } from '../support/kernels.js';

let sets: KernelSet[];
beforeAll(async () => {
  sets = await bothKernels();
});

const entities = 23;
const bricks = 57;
const draws = drawsOf(randomOf(131));
const data = panelOf(randomSketch(draws, { bricks, entities, density: 0.3 }));
const point = Float64Array.from({ length: entities }, () => Math.exp(0.5 * draws.normal()));
const columns = 4;
const design = Float64Array.from({ length: entities * columns }, () => draws.normal());
const blockOf = Uint32Array.from({ length: bricks }, (_, b) => b % 5);

/** Everything that can be wanted, in the sweeps that bring it. */
const wants: Record<string, Want> = {
  'sums alone': {},
  diagonal: { curvature: 'diagonal', factors: point },
  Hessian: { curvature: 'hessian' },
  projection: { projection: { design, columns, weighing: 'observed', blockOf, blocks: 5 } },
  'one block': { projection: { design, columns, weighing: 'expected', blockOf: new Uint32Array(bricks), blocks: 1 } },
  vectors: { vectors: Float64Array.from({ length: 8 * entities }, () => draws.normal()) },
  rows: { rows: true },
};

/** Shards over memory of their own, between the bricks of `cuts`. */
function shardsOf(set: KernelSet, panel: SegmentData, cuts: readonly number[]): Shard[] {
  const { kernels, arena } = machineOf(set);
  const { region, components } = atOnce(openStores(kernels, arena, panel, true));
  const ground = {
    kernels,
    arena,
    data: panel,
    component: 0,
    store: components[0],
    region,
    designAt: keepDesign(arena),
  };
  return cuts.slice(1).map((end, i) => createShard(ground, cuts[i], end));
}

/** All of a sweep, without a pause. */
function drained(steps: Generator<void, Sums, void>): Sums {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

describe('a sweep', () => {
  it.each(Object.entries(wants))('is data in, data out: %s', (_, want) => {
    // what a worker or another machine would get is a copy, and what it sends back another
    const here = drained(shardsOf(sets[0], data, [0, bricks])[0].sweep(point, want));
    const there = drained(
      shardsOf(sets[1], structuredClone(data), [0, bricks])[0].sweep(structuredClone(point), structuredClone(want)),
    );
    expect(structuredClone(there)).toEqual(here);
  });

  it.each(Object.entries(wants))('adds up over shards, whoever has run them: %s', async (_, want) => {
    const cuts = [0, 11, 12, 40, bricks];
    const run = inMemory(shardsOf(sets[0], data, cuts), entities, createPace());
    const found = await run(point, want);
    // each shard by itself, in turns by the other kernels, later shards first
    const apart = cuts.slice(1).map((_, i) => shardsOf(sets[i % 2], data, cuts)[i]);
    const parts = apart.toReversed().map((shard) => drained(shard.sweep(point, want)));
    const [first, ...others] = parts.reverse();
    for (const part of others) addSums(first, part);
    expect(first).toEqual(found);
    // and as one shard but for rounding
    const whole = drained(shardsOf(sets[0], data, [0, bricks])[0].sweep(point, want));
    expect(found.scores[0]).toBeCloseTo(whole.scores[0], 9);
    for (const field of ['credits', 'diagonal', 'hessian', 'gram', 'blockScores', 'products'] as const) {
      expect(found[field] === null).toBe(whole[field] === null);
      whole[field]?.forEach((x, i) => {
        expect(Math.abs(found[field]![i] - x)).toBeLessThanOrEqual(1e-9 * (1 + Math.abs(x)));
      });
    }
    if (whole.rows) expect(joinRows(found.rows!)).toEqual(whole.rows[0]);
  });

  it('is the same call to whoever holds the shards', async () => {
    const machine = machineOf(sets[0]);
    const pass = atOnce(openPanel(machine, data, null, true))(0);
    const elsewhere = shardsOf(sets[1], data, [0, bricks]);
    // as a worker would: messages alone
    const remote: Runner = async (at, want) => {
      const message = structuredClone({ at, want });
      return structuredClone(drained(elsewhere[0].sweep(message.at, message.want)));
    };
    const distant = createPass(machine, pass, remote);
    const want = { curvature: 'hessian', factors: point } as const;
    expect(await distant.sweep(point, want)).toEqual(await pass.sweep(point, want));
    expect(await distant.bound(point)).toBe(await pass.bound(point));
    const { vectors } = wants.vectors;
    expect(await distant.times(point, vectors!)).toEqual(await pass.times(point, vectors!));
    expect(await distant.rows(point)).toEqual(await pass.rows(point));
    expect(distant.passes).toBe(2);
  });

  it('gives back what it opened where it is left half-way', async () => {
    const machine = machineOf(sets[0]);
    const abort = new AbortController();
    let pauses = 0;
    const pace = createPace(abort.signal);
    const pause = () => {
      if (++pauses === 2) abort.abort(new Error('enough'));
      return pace.pause();
    };
    const pass = atOnce(openPanel({ ...machine, pace: { pause } }, data))(0);
    const before = machine.arena.open({ one: { kind: 'f64', length: 1 } });
    const { one } = before.at;
    before.close();
    await expect(pass.sweep(point, { curvature: 'hessian' })).rejects.toThrow('enough');
    expect(pauses).toBe(2);
    expect(machine.arena.open({ one: { kind: 'f64', length: 1 } }).at.one).toBe(one);
  });
});

describe('sums', () => {
  it('of no bricks change nothing', () => {
    const sums = drained(shardsOf(sets[0], data, [0, bricks])[0].sweep(point, {}));
    const before = structuredClone(sums);
    addSums(sums, noSums(entities));
    expect(sums).toEqual(before);
  });
});

describe('the shard rule', () => {
  it('cuts between bricks, by exposures alone: a shard ends with the brick that fills it', () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 300_000 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(sizes, fc.nat(5), (lengths, before) => {
        const segments = new Uint32Array(before + lengths.length + 1);
        segments.fill(7, 0, before + 1);
        lengths.forEach((length, b) => {
          segments[before + b + 1] = segments[before + b] + length;
        });
        const shards = cutShards(segments, before, before + lengths.length);
        expect(shards[0][0]).toBe(before);
        expect(shards.at(-1)![1]).toBe(before + lengths.length);
        shards.forEach(([start, end], i) => {
          if (i > 0) expect(start).toBe(shards[i - 1][1]);
          if (i + 1 < shards.length) expect(segments[end] - segments[start]).toBeGreaterThanOrEqual(262144);
          if (end - 1 > start) expect(segments[end - 1] - segments[start]).toBeLessThan(262144);
        });
      }),
      { seed: 1 },
    );
    expect(cutShards(new Uint32Array(1), 0, 0)).toEqual([]);
  });
});
