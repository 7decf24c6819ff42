import type { Kernels } from './kernels.js';
import { type Memory, wasmMemory } from './memory.js';
import { wasmHex } from './wasmModule.js';

type Exports = Kernels & { memory: WebAssembly.Memory; heapBase(): number };

function decode(hex: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(hex.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(hex.slice(i * 2, i * 2 + 2), 16);
  return bytes;
}

/**
 * Instantiates the inlined module. Rejects where WebAssembly is missing, blocked by a policy, without SIMD or without
 * room for its memory. Nothing else is touched: a look at `Response`, as the loader of AssemblyScript takes, makes Node
 * compile a wasm module of its own, which ends the process where address space is scarce.
 */
export async function createWasmKernels(limit?: number): Promise<{ kernels: Kernels; memory: Memory }> {
  if (typeof WebAssembly === 'undefined') throw new Error('this engine has no WebAssembly');
  const module = await WebAssembly.compile(decode(wasmHex));
  const exports = (await WebAssembly.instantiate(module, {})).exports as unknown as Exports;
  return { kernels: exports, memory: wasmMemory(exports.memory, exports.heapBase(), limit) };
}
