import type { Memory } from './memory.js';

/** A field of a region: so many 8-byte floats or 4-byte unsigned integers. */
export interface Field {
  readonly kind: 'f64' | 'u32';
  readonly length: number;
}

export const f64 = (length: number): Field => ({ kind: 'f64', length });
export const u32 = (length: number): Field => ({ kind: 'u32', length });

/** Named fields, one after another in the arena, each on a 16-byte boundary. */
export interface Region<F extends string> {
  /** Byte offset of each field: what kernels take. */
  readonly at: Readonly<Record<F, number>>;
  /** A view of a float field, good until the arena next opens a region. */
  f64(field: F): Float64Array;
  /** A view of an integer field, good until the arena next opens a region. */
  u32(field: F): Uint32Array;
  /** Gives the memory back, and that of every region opened later. */
  close(): void;
}

const alignUp = (bytes: number) => Math.ceil(bytes / 16) * 16;

/** Where fields stand when the first begins at `base`, and where they end. */
export function layout<F extends string>(base: number, fields: Record<F, Field>) {
  const at = {} as Record<F, number>;
  let end = alignUp(base);
  for (const name in fields) {
    at[name] = end;
    end = alignUp(end + fields[name].length * (fields[name].kind === 'f64' ? 8 : 4));
  }
  return { at, end };
}

/** The memory kernels work in: a stack of regions, sized before they are opened. */
export interface Arena {
  /** Lays the fields out above what is open and makes sure of the memory. Contents are whatever was there before.
   *  @throws MemoryError */
  open<F extends string>(fields: Record<F, Field>): Region<F>;
  /** Gives all regions back. The memory stays for the next fit. */
  reset(): void;
}

export function createArena(memory: Memory): Arena {
  let top = memory.base;
  return {
    open(fields) {
      const bottom = top;
      const { at, end } = layout(bottom, fields);
      memory.reserve(end);
      top = end;
      return {
        at,
        f64: (field) => memory.f64.subarray(at[field] / 8, at[field] / 8 + fields[field].length),
        u32: (field) => memory.u32.subarray(at[field] / 4, at[field] / 4 + fields[field].length),
        close() {
          top = bottom;
        },
      };
    },
    reset() {
      top = memory.base;
    },
  };
}
