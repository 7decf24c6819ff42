import { createPace, type Pace } from '../../bindings/base/pace.js';
import { createArena } from '../../bindings/machine/arena.js';
import { createJsKernels } from '../../bindings/machine/js/index.js';
import type { Kernels } from '../../bindings/machine/kernels.js';
import type { Machine } from '../../bindings/machine/machine.js';
import { type Memory, plainMemory } from '../../bindings/machine/memory.js';
import { createWasmKernels } from '../../bindings/machine/wasm.js';

/** A kernel set under test: its name for the test's title, its kernels, the memory they work in. */
export type KernelSet = [name: 'wasm' | 'js', kernels: Kernels, memory: Memory];

/** Both kernel sets, each over memory of its own. */
export async function bothKernels(): Promise<KernelSet[]> {
  const wasm = await createWasmKernels();
  const memory = plainMemory();
  return [
    ['wasm', wasm.kernels, wasm.memory],
    ['js', createJsKernels(memory), memory],
  ];
}

/** What numbers are worked out with over a set: an arena of its own in the set's memory. */
export const machineOf = ([, kernels, memory]: KernelSet, seed = 1, pace: Pace = createPace()): Machine => ({
  kernels,
  arena: createArena(memory),
  pace,
  seed,
});

/** Seeded numbers in [0, 1) for tests: mulberry32 with 53 bits a draw. Needs nothing that is under test. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  const word = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), bits | 61)) ^ bits;
    return (bits ^ (bits >>> 14)) >>> 0;
  };
  return () => ((word() >>> 5) * 67108864 + (word() >>> 6)) / 9007199254740992;
}
