import { describe, expect, it } from 'vitest';
import type { Kernels } from '../../bindings/machine/kernels.js';
import type { Memory } from '../../bindings/machine/memory.js';
import { philoxOf } from '../../bindings/math/random.js';
import { bothKernels, randomOf } from '../support/kernels.js';

type Words = [number, number, number, number];

const sets = await bothKernels();

/** Philox4x32-10 as the paper writes it, in whole numbers of any size. */
function reference(counter: Words, key: [number, number]): Words {
  let [c0, c1, c2, c3] = counter.map(BigInt) as [bigint, bigint, bigint, bigint];
  const low = (value: bigint) => value & 0xffffffffn;
  for (let round = 0n; round < 10n; round++) {
    const even = 0xd2511f53n * c0;
    const odd = 0xcd9e8d57n * c2;
    const k0 = low(BigInt(key[0]) + round * 0x9e3779b9n);
    const k1 = low(BigInt(key[1]) + round * 0xbb67ae85n);
    [c0, c1, c2, c3] = [(odd >> 32n) ^ c1 ^ k0, low(odd), (even >> 32n) ^ c3 ^ k1, low(even)];
  }
  return [c0, c1, c2, c3].map(Number) as Words;
}

/** The three lines "philox4x32 10" of tests/kat_vectors in the Random123 distribution (D. E. Shaw Research, 1.14.0). */
const known: { counter: Words; key: [number, number]; words: Words }[] = [
  {
    counter: [0, 0, 0, 0],
    key: [0, 0],
    words: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  },
  {
    counter: [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    key: [0xffffffff, 0xffffffff],
    words: [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  },
  {
    counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    key: [0xa4093822, 0x299f31d0],
    words: [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  },
];

function wordsOf(
  kernels: Kernels,
  memory: Memory,
  key: [number, number],
  stream: number,
  first: number,
  blocks: number,
) {
  memory.reserve(memory.base + 16 * blocks);
  kernels.randomWords(key[0], key[1], stream, first, memory.base, blocks);
  return Array.from(memory.u32.subarray(memory.base / 4, memory.base / 4 + 4 * blocks));
}

describe('Philox4x32-10', () => {
  it('gives the published known answers', () => {
    for (const { counter, key, words } of known) {
      const out = new Uint32Array(6).fill(7);
      philoxOf(...counter, ...key, out, 1);
      expect([...out]).toEqual([7, ...words, 7]);
      expect(reference(counter, key)).toEqual(words);
    }
  });
});

describe.each(sets)('randomWords (%s)', (_name, kernels, memory) => {
  it('gives the published known answer for the zero counter and key', () => {
    expect(wordsOf(kernels, memory, [0, 0], 0, 0, 1)).toEqual(known[0]!.words);
  });

  it('counts in 64 bits, keeps the stream in the third word and agrees with whole-number arithmetic', () => {
    const random = randomOf(11);
    const word = () => Math.floor(random() * 4294967296);
    for (const blocks of [1, 2, 5, 64]) {
      for (const first of [
        0,
        1,
        4294967295,
        4294967294,
        3 * 4294967296 - 1,
        9007199254740992 - blocks,
        word() * 65537,
      ]) {
        const key: [number, number] = [word(), word()];
        const stream = word();
        const expected: number[] = [];
        for (let i = 0; i < blocks; i++) {
          const counter = BigInt(first) + BigInt(i);
          expected.push(...reference([Number(counter & 0xffffffffn), Number(counter >> 32n), stream, 0], key));
        }
        expect(wordsOf(kernels, memory, key, stream, first, blocks), `first ${first}, blocks ${blocks}`).toEqual(
          expected,
        );
      }
    }
  });

  it('gives the same words in one call or several', () => {
    const whole = wordsOf(kernels, memory, [5, 6], 7, 100, 33);
    const parts = [0, 1, 20].flatMap((from, p) => wordsOf(kernels, memory, [5, 6], 7, 100 + from, [1, 19, 13][p]!));
    expect(parts).toEqual(whole);
  });

  it('writes nothing for no blocks', () => {
    memory.reserve(memory.base + 16);
    memory.u32[memory.base / 4] = 42;
    kernels.randomWords(1, 2, 3, 4, memory.base, 0);
    expect(memory.u32[memory.base / 4]).toBe(42);
  });
});

describe('randomWords', () => {
  it('has the same bits in both kernel sets', () => {
    const random = randomOf(3);
    for (let trial = 0; trial < 200; trial++) {
      const word = () => Math.floor(random() * 4294967296);
      const key: [number, number] = [word(), word()];
      const stream = word();
      const first = Math.floor(random() * 9007199254740000);
      const [wasm, js] = sets.map(([, kernels, memory]) => wordsOf(kernels, memory, key, stream, first, 17));
      for (let i = 0; i < 68; i++) {
        if (!Object.is(wasm![i], js![i])) expect.fail(`trial ${trial}, word ${i}: wasm ${wasm![i]}, js ${js![i]}`);
      }
    }
  });

  it('sets each bit in half of the words', () => {
    const [, kernels, memory] = sets[0]!;
    const words = wordsOf(kernels, memory, [1, 0], 0, 0, 25_000);
    for (let bit = 0; bit < 32; bit++) {
      const set = words.reduce((sum, word) => sum + ((word >>> bit) & 1), 0);
      expect(Math.abs(set - 50_000)).toBeLessThan(5 * Math.sqrt(25_000)); // 5 standard deviations of a fair coin
    }
  });
});
