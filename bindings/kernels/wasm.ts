import { instantiate } from '@assemblyscript/loader';
import { type Memory, wasmMemory } from '../memory/memory.js';
import type { Kernels } from './kernels.js';
import { packedWasm } from './wasmModule.js';

type Exports = Kernels & { memory: WebAssembly.Memory; heapBase(): number } & Record<string, unknown>;

/** The bytes of the inlined module, which scripts/build.mjs deflates and writes as base64. */
function unpack(base64: string): Promise<ArrayBuffer> {
  const packed = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate'))).arrayBuffer();
}

/**
 * Instantiates the inlined module. Rejects where WebAssembly or DecompressionStream is missing, where a policy blocks
 * the module, and without SIMD.
 */
export async function createWasmKernels(limit?: number): Promise<{ kernels: Kernels; memory: Memory }> {
  if (typeof WebAssembly === 'undefined') throw new Error('this engine has no WebAssembly');
  if (typeof DecompressionStream === 'undefined') throw new Error('this engine has no DecompressionStream');
  const { exports } = await instantiate<Exports>(unpack(packedWasm), {});
  return { kernels: exports, memory: wasmMemory(exports.memory, exports.heapBase(), limit) };
}
