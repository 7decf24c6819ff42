import type { KernelSet } from './kernels.js';

/** Lays arrays one after another in a set's memory, runs `call` with their byte offsets, and copies `outputs` out. */
export function runOn(
  [, kernels, memory]: KernelSet,
  inputs: readonly (readonly number[] | Float64Array)[],
  outputs: number,
  call: (kernels: KernelSet[1], inputs: number[], outputs: number) => void,
): Float64Array {
  let end = Math.ceil(memory.base / 16) * 16;
  const place = (length: number) => {
    const start = end;
    end = Math.ceil((end + length * 8) / 16) * 16;
    return start;
  };
  const starts = inputs.map((values) => place(values.length));
  // one more than the outputs, so that writing past the end shows
  const to = place(outputs + 1);
  memory.reserve(end);
  inputs.forEach((values, i) => {
    memory.f64.set(values, starts[i] / 8);
  });
  memory.f64.fill(untouched, to / 8, to / 8 + outputs + 1);
  call(kernels, starts, to);
  if (memory.f64[to / 8 + outputs] !== untouched) throw new Error(`wrote past the end of ${outputs} outputs`);
  return memory.f64.slice(to / 8, to / 8 + outputs);
}

/** What outputs hold before the call. */
export const untouched = 12345.678;

/** The first place where two arrays differ by Object.is, in words; null where they do not. */
export function difference(a: Float64Array, b: Float64Array, inputs: readonly (readonly number[] | Float64Array)[]) {
  if (a.length !== b.length) return `lengths ${a.length} and ${b.length}`;
  for (let i = 0; i < a.length; i++) {
    if (!Object.is(a[i], b[i])) return `at ${i}, inputs ${inputs.map((values) => values[i])}: ${a[i]} and ${b[i]}`;
  }
  return null;
}

/** The largest error over all outputs and the inputs it came from. */
export function worst(got: Float64Array, inputs: readonly Float64Array[], error: (i: number) => number) {
  let largest = -1;
  let at = 0;
  for (let i = 0; i < got.length; i++) {
    const size = error(i);
    // NaN is the worst of all
    if (!(size <= largest)) {
      largest = size;
      at = i;
      if (Number.isNaN(size)) break;
    }
  }
  return { error: largest, inputs: inputs.map((values) => values[at]), got: got[at] };
}

export const sizes = [0, 1, 2, 3, 7, 64, 65, 1025];
