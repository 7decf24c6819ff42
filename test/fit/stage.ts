import { createArena, f64, u32 } from '../../bindings/machine/arena.js';
import type { KernelSet } from '../support/kernels.js';

type Values = Float64Array | Uint32Array;

const guard = 3; // entries past the end of every field that a kernel must leave alone
const guardValue = 1234567;

/** Lays named arrays out in a set's memory, calls, and copies them all back: what the kernel made of each. */
export function stage<F extends string, T extends Record<F, Values>>(
  [name, kernels, memory]: KernelSet,
  fields: T & Record<F, Values>,
  call: (kernels: KernelSet[1], at: Readonly<Record<keyof T, number>>) => unknown,
): T & { returned: number } {
  const names = Object.keys(fields) as (F & keyof T)[];
  const sizes = Object.fromEntries(
    names.map((field) => {
      const size = fields[field].length + guard;
      return [field, fields[field] instanceof Float64Array ? f64(size) : u32(size)];
    }),
  ) as Record<F, ReturnType<typeof f64>>;
  const region = createArena(memory).open(sizes);
  const view = (field: F) => (sizes[field].kind === 'f64' ? region.f64(field) : region.u32(field));
  for (const field of names) {
    const values = view(field);
    values.set(fields[field]);
    values.fill(guardValue, fields[field].length);
  }
  const returned = call(kernels, region.at as Record<keyof T, number>);
  const out: Record<string, Values | number> = { returned: typeof returned === 'number' ? returned : 0 };
  for (const field of names) {
    const values = view(field);
    if (values.subarray(fields[field].length).some((x) => x !== guardValue)) {
      throw new Error(`${name} wrote past the end of ${field}`);
    }
    out[field] = values.slice(0, fields[field].length);
  }
  return out as T & { returned: number };
}

/** Where two runs differ by Object.is, in words; null where they agree to the last bit. */
export function differenceOf<T extends Record<string, Values | number>>(one: T, other: T): string | null {
  for (const field in one) {
    const a = one[field];
    const b = other[field];
    if (typeof a === 'number' || typeof b === 'number') {
      if (!Object.is(a, b)) return `${field}: ${a} and ${b}`;
      continue;
    }
    for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return `${field}[${i}]: ${a[i]} and ${b[i]}`;
  }
  return null;
}

/** Segment lengths that meet every tail of a kernel unrolled by four or eight. */
export const segmentSizes = [0, 1, 2, 3, 4, 5, 7, 8, 9, 12, 17, 33];

/** How large numbers are: plain, or at the ends of what a double holds. */
export const scales: Readonly<Record<string, (uniform: () => number) => number>> = {
  plain: (uniform) => uniform() * 10,
  equal: () => 3,
  tiny: (uniform) => uniform() * 1e-300,
  huge: (uniform) => uniform() * 1e300,
  subnormal: (uniform) => Math.floor(uniform() * 1000) * 5e-324,
  mixed: (uniform) => 10 ** (600 * uniform() - 300),
};

/** Random segments over `entities` distinct, rising ids. */
export function randomSegments(uniform: () => number, entities: number, sizes: readonly number[] = segmentSizes) {
  const segments = [0];
  const ids: number[] = [];
  for (const size of sizes) {
    const chosen = new Set<number>();
    while (chosen.size < Math.min(size, entities)) chosen.add(Math.floor(uniform() * entities));
    ids.push(...[...chosen].sort((a, b) => a - b));
    segments.push(ids.length);
  }
  return { segments: Uint32Array.from(segments), ids: Uint32Array.from(ids) };
}

export const filled = (length: number, next: () => number) => Float64Array.from({ length }, next);
