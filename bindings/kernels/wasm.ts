import { instantiate } from '@assemblyscript/loader';
import { type Memory, wasmMemory } from '../memory/memory.js';
import type { Kernels } from './kernels.js';
import { wasmBase64 } from './wasmModule.js';

type Exports = Kernels & { memory: WebAssembly.Memory; heapBase(): number } & Record<string, unknown>;

function decode(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** Instantiates the inlined module. Rejects where WebAssembly is missing, blocked by a policy or without SIMD. */
export async function createWasmKernels(limit?: number): Promise<{ kernels: Kernels; memory: Memory }> {
  if (typeof WebAssembly === 'undefined') throw new Error('this engine has no WebAssembly');
  const { exports } = await instantiate<Exports>(decode(wasmBase64), {});
  return { kernels: exports, memory: wasmMemory(exports.memory, exports.heapBase(), limit) };
}
