import { ApportionError } from '../base/errors.js';
import type { Kernels } from './kernels.js';
import { type Memory, plainMemory } from './memory.js';

/** `auto` tries WebAssembly and falls back to JS, saying why; `wasm` fails where it cannot run; `js` never tries. */
export type KernelChoice = 'auto' | 'wasm' | 'js';

/** The kernels in use. `reason` is set when `auto` had to fall back. */
export interface Selected {
  readonly kernels: Kernels;
  readonly memory: Memory;
  readonly name: 'wasm' | 'js';
  readonly reason: string | null;
}

/** Chooses once, at the edge; a set of kernels is loaded when it is chosen. @throws ApportionError `kernels` when `wasm` was asked for and cannot run. */
export async function selectKernels(choice: KernelChoice = 'auto', limit?: number): Promise<Selected> {
  let reason: string | null = null;
  if (choice !== 'js') {
    try {
      const { createWasmKernels } = await import('./wasm.js');
      return { ...(await createWasmKernels(limit)), name: 'wasm', reason };
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
      if (choice === 'wasm') {
        throw new ApportionError(
          'kernels',
          `kernels: expected WebAssembly with SIMD, got: ${reason}. Use "auto" or "js".`,
        );
      }
    }
  }
  const { createJsKernels } = await import('./js/index.js');
  const memory = plainMemory(limit);
  return { kernels: createJsKernels(memory), memory, name: 'js', reason };
}
