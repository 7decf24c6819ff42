import { MemoryError } from '../base/errors.js';

/** One buffer that kernels work in. The views are renewed whenever it grows, so take them from here each time. */
export interface Memory {
  readonly f64: Float64Array;
  readonly u32: Uint32Array;
  /** First byte that is ours; what lies below belongs to the module. */
  readonly base: number;
  /** Bytes there now. */
  readonly size: number;
  /** Makes sure of `bytes` in all. @throws MemoryError when that passes the limit or the machine refuses. */
  reserve(bytes: number): void;
}

const page = 65536;

/** The most that 32-bit offsets reach: 4 GiB less one page. */
export const addressLimit = 65535 * page;

/** Memory comes in pages. @throws MemoryError when they pass the limit */
function wholePages(bytes: number, limit: number): number {
  const needed = Math.ceil(bytes / page) * page;
  const allowed = Math.min(limit, addressLimit);
  if (needed > allowed) throw new MemoryError(needed, allowed);
  return needed;
}

/**
 * The linear memory of a wasm module.
 * @internal left out of the published types: not every set of libraries knows `WebAssembly`
 */
export function wasmMemory(memory: WebAssembly.Memory, base: number, limit = addressLimit): Memory {
  let f64 = new Float64Array(memory.buffer);
  let u32 = new Uint32Array(memory.buffer);
  return {
    get f64() {
      return f64;
    },
    get u32() {
      return u32;
    },
    base,
    get size() {
      return memory.buffer.byteLength;
    },
    reserve(bytes) {
      const needed = wholePages(Math.max(bytes, memory.buffer.byteLength), limit);
      if (needed <= memory.buffer.byteLength) return;
      try {
        memory.grow((needed - memory.buffer.byteLength) / page);
      } catch {
        throw new MemoryError(needed, memory.buffer.byteLength);
      }
      f64 = new Float64Array(memory.buffer);
      u32 = new Uint32Array(memory.buffer);
    },
  };
}

/** The same on a plain buffer, for the JS kernels. Growing copies. */
export function plainMemory(limit = addressLimit): Memory {
  let buffer = new ArrayBuffer(page);
  let f64 = new Float64Array(buffer);
  let u32 = new Uint32Array(buffer);
  return {
    get f64() {
      return f64;
    },
    get u32() {
      return u32;
    },
    base: 0,
    get size() {
      return buffer.byteLength;
    },
    reserve(bytes) {
      const needed = wholePages(Math.max(bytes, buffer.byteLength), limit);
      if (needed <= buffer.byteLength) return;
      let larger: ArrayBuffer;
      try {
        larger = new ArrayBuffer(needed);
      } catch {
        throw new MemoryError(needed, buffer.byteLength);
      }
      new Uint8Array(larger).set(new Uint8Array(buffer));
      buffer = larger;
      f64 = new Float64Array(buffer);
      u32 = new Uint32Array(buffer);
    },
  };
}
