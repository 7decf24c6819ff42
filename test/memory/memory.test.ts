import { describe, expect, it } from 'vitest';
import { ApportionError, createEngine, MemoryError, type Model, type Tables } from '../../bindings/index.js';
import { createArena, f64, layout, u32 } from '../../bindings/machine/arena.js';
import { addressLimit, type Memory, plainMemory } from '../../bindings/machine/memory.js';
import { createWasmKernels } from '../../bindings/machine/wasm.js';
import { randomOf } from '../support/kernels.js';

const page = 65536;
const memories: [string, (limit?: number) => Promise<Memory>][] = [
  ['wasm', async (limit) => (await createWasmKernels(limit)).memory],
  ['js', async (limit) => plainMemory(limit)],
];

const thrownBy = (call: () => unknown): unknown => {
  try {
    call();
  } catch (error) {
    return error;
  }
  return null;
};

for (const [name, open] of memories) {
  describe(`memory (${name})`, () => {
    it('grows by whole pages, keeps what is there and renews the views', async () => {
      const memory = await open();
      memory.reserve(memory.base + 64);
      const before = memory.f64;
      const at = Math.ceil(memory.base / 8);
      before[at] = Math.PI;
      const size = memory.size;
      memory.reserve(size + 1);
      expect(memory.size).toBe(size + page);
      expect(memory.f64 === before).toBe(false);
      expect(memory.f64[at]).toBe(Math.PI);
      expect(memory.u32.length).toBe(memory.size / 4);
      memory.reserve(size);
      expect(memory.size).toBe(size + page); // never shrinks
    });

    it('refuses more than its limit with both figures, and stays as it was', async () => {
      const limit = 20 * page + 5;
      const memory = await open(limit);
      memory.reserve(20 * page);
      const error = thrownBy(() => memory.reserve(20 * page + 1)); // a page more than fits
      expect(error).toBeInstanceOf(MemoryError);
      expect(error).toBeInstanceOf(ApportionError);
      expect(error).toMatchObject({ code: 'memory', name: 'MemoryError', needed: 21 * page, allowed: limit });
      expect((error as Error).message).toBe(
        `memory: expected at most ${limit} bytes, needed ${21 * page}. Raise memoryLimit or split the input.`,
      );
      expect(memory.size).toBe(20 * page);
      memory.f64[memory.f64.length - 1] = 1;
    });

    it('never passes what offsets of 32 bits reach', async () => {
      const memory = await open(1e15);
      expect(thrownBy(() => memory.reserve(addressLimit + 1))).toMatchObject({
        needed: 65536 * page,
        allowed: addressLimit,
      });
      expect(addressLimit).toBe(2 ** 32 - page);
    });
  });
}

describe('an arena', () => {
  const memory: Memory = plainMemory();
  const arena = createArena(memory);

  it('lays fields out one after another, each on 16 bytes', () => {
    expect(layout(1, { a: f64(3), b: u32(1), c: u32(0), d: f64(1) })).toEqual({
      at: { a: 16, b: 48, c: 64, d: 64 },
      end: 80,
    });
    expect(layout(32, {})).toEqual({ at: {}, end: 32 });
  });

  it('opens regions above one another and gives them back', () => {
    const lower = arena.open({ a: f64(2) });
    const upper = arena.open({ b: u32(4) });
    expect(upper.at.b).toBe(lower.at.a + 16);
    lower.f64('a').fill(1);
    upper.u32('b').fill(7);
    expect([...lower.f64('a')]).toEqual([1, 1]);
    upper.close();
    expect(arena.open({ c: f64(1) }).at.c).toBe(upper.at.b);
    arena.reset();
    expect(arena.open({ d: f64(1) }).at.d).toBe(0);
    arena.reset();
  });

  it('gives views of the memory as it is after growing', () => {
    const small = arena.open({ a: f64(1) });
    small.f64('a')[0] = 3;
    arena.open({ big: f64(1_000_000) });
    expect(small.f64('a')[0]).toBe(3);
    expect(small.f64('a').buffer).toBe(memory.f64.buffer);
    arena.reset();
  });
});

const model: Model = {
  totals: { brick: ['b'], value: 'y' },
  exposure: { brick: ['b'], entity: ['e'], value: 'x' },
};

function tablesOf(bricks: number, seed: number): Tables {
  const random = randomOf(seed);
  const names = Array.from({ length: bricks }, (_, b) => `b${b}`);
  return {
    totals: { b: names, y: names.map(() => Math.floor(random() * 1000)) },
    exposure: {
      b: names.flatMap((name) => [name, name]),
      e: names.flatMap((_, b) => [`e${b % 7}`, `e${7 + (b % 5)}`]),
      x: names.flatMap(() => [random(), random()]),
    },
  };
}

for (const kernels of ['wasm', 'js'] as const) {
  describe(`an engine (${kernels})`, () => {
    it('says how much it needed and may have, and works on after it', async () => {
      const engine = await createEngine({ kernels, memoryLimit: 4 * page });
      const before = await engine.fit(tablesOf(20, 1), model);
      const error = await engine.fit(tablesOf(30_000, 2), model).catch((e: unknown) => e);
      expect(error).toBeInstanceOf(MemoryError);
      const { needed, allowed } = error as MemoryError;
      expect(allowed).toBe(4 * page);
      // totals, fitted and segments of 30,000 bricks, exposures and entities of 60,000 cells
      expect(needed).toBeGreaterThan(30_000 * 20 + 60_000 * 12);
      expect(needed).toBeLessThan(2 * (30_000 * 20 + 60_000 * 12) + 4 * page);
      expect(engine.memory).toBeLessThanOrEqual(4 * page);
      const after = await engine.fit(tablesOf(20, 1), model);
      expect([...after.allocation.columns.allocation]).toEqual([...before.allocation.columns.allocation]);
    });

    it('takes what it needs and no more: the limit that an error names is enough', async () => {
      const small = await createEngine({ kernels, memoryLimit: 8 * page });
      let limit = ((await small.fit(tablesOf(30_000, 2), model).catch((e: unknown) => e)) as MemoryError).needed;
      for (let tries = 0; tries < 20; tries++) {
        const engine = await createEngine({ kernels, memoryLimit: limit });
        const result = await engine.fit(tablesOf(30_000, 2), model).catch((e: unknown) => e);
        if (!(result instanceof MemoryError)) {
          expect(result).toMatchObject({ massError: 0 });
          return;
        }
        expect(result.needed).toBeGreaterThan(limit);
        limit = result.needed;
      }
      throw new Error(`twenty limits were not enough: ${limit}`);
    });

    it('keeps its memory where the first of a thousand fits left it', async () => {
      const engine = await createEngine({ kernels });
      const tables = tablesOf(60, 3);
      const first = await engine.fit(tables, model);
      const size = engine.memory;
      for (let k = 0; k < 999; k++) {
        // every third is another job, every tenth one goes wrong half-way
        if (k % 3 === 0) await first.allocate(tables);
        else if (k % 10 === 1) await engine.fit({ ...tables, totals: {} }, model).catch(() => {});
        else await engine.fit(tables, model);
      }
      expect(engine.memory).toBe(size);
      const last = await engine.fit(tables, model);
      expect([...last.allocation.columns.allocation]).toEqual([...first.allocation.columns.allocation]);
    });
  });
}
