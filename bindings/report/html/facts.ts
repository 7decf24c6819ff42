import type { Adstock, Curve } from '../../config/config.js';
import { saturate, scratchFields } from '../../exposure/saturation.js';
import { decayOf, weightsOf } from '../../exposure/weights.js';
import { createArena, f64 } from '../../machine/arena.js';
import { createJsKernels } from '../../machine/js/index.js';
import { plainMemory } from '../../machine/memory.js';
import { logOf } from '../../math/log.js';

/** How much of an effect comes at each lag. */
export interface CarryOver {
  /** The first lag: below 0 where there is effect before the exposure. */
  readonly first: number;
  /** Share of the whole effect at each lag; small ones at the end are left out. */
  readonly shares: Float64Array;
  /** Share that is left out. */
  readonly rest: number;
  /** Sum of the weights: exposure carried over per exposure delivered. */
  readonly gain: number;
  readonly meanLag: number;
  /** Half of the effect has come by then. */
  readonly halfBy: number;
  /** In which the effect halves, where it falls by one factor without end; else null. */
  readonly halfLife: number | null;
}

/** The curve where the data lie. */
export interface Response {
  /** Rising: an even grid and a sample of the data. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** Which of `x` are data: a sample at even ranks. */
  readonly isData: Uint8Array;
  /** How many data there are in all. */
  readonly count: number;
  /** Where half of the curve's limit is reached, and that limit; null for a curve without one. */
  readonly half: { readonly x: number; readonly limit: number } | null;
  /** How many of the data are above it. */
  readonly aboveHalf: number;
  /** Where the middle one of the data lies, and its share of the limit. */
  readonly median: number;
  readonly medianShare: number | null;
}

const mostLags = 104; // bars that can be told apart
const faintest = 0.002; // of the largest: bars below are left out

/** The adstock by lag, on a calendar of so many periods. */
export function carryOverOf(adstock: Adstock, periods: number): CarryOver {
  if (adstock.kind === 'none') {
    return { first: 0, shares: Float64Array.of(1), rest: 0, gain: 1, meanLag: 0, halfBy: 0, halfLife: null };
  }
  if (adstock.kind === 'geometric') {
    const decay = decayOf(adstock.decay);
    const shares: number[] = [];
    for (let share = 1 - decay; shares.length < mostLags; share *= decay) {
      if (share < faintest * (1 - decay)) break;
      shares.push(share);
    }
    const halfLife = decay > 0 ? logOf(0.5) / logOf(decay) : null;
    return {
      ...cut(0, Float64Array.from(shares)),
      gain: adstock.normalize ? 1 : 1 / (1 - decay),
      meanLag: decay / (1 - decay),
      halfBy: halfLife === null ? 0 : Math.max(0, Math.ceil(halfLife) - 1), // lags 0 to l have 1 - decay^(l + 1)
      halfLife,
    };
  }
  const weights = weightsOf(adstock, periods);
  const first = adstock.kind === 'kernel' ? -(adstock.lead ?? 0) : 0;
  let sum = 0;
  let moment = 0;
  weights.forEach((weight, l) => {
    sum += weight;
    moment += weight * (first + l);
  });
  let halfBy = first;
  for (let come = weights[0]; come < sum / 2; come += weights[halfBy - first]) halfBy++;
  const shares = weights.map((weight) => weight / sum);
  return { ...cut(first, shares), gain: sum, meanLag: moment / sum, halfBy, halfLife: null };
}

/** Leaves out what is too faint to draw at the end. */
function cut(first: number, shares: Float64Array) {
  let largest = 0;
  for (const share of shares) largest = Math.max(largest, share);
  let end = Math.min(shares.length, mostLags);
  while (end > 1 && shares[end - 1] < faintest * largest) end--;
  const shown = shares.slice(0, end);
  let rest = 1;
  for (const share of shown) rest -= share;
  return { first, shares: shown, rest: Math.max(0, rest) };
}

const gridSteps = 160;
const mostDrawn = 400; // data of a curve
const without = ['none', 'power', 'log']; // curves that rise without limit

/** The curve over scaled exposure, with the data on it. */
export function responseOf({ saturation = { kind: 'none' } }: Curve, scaled: Float64Array): Response {
  const memory = plainMemory();
  const arena = createArena(memory);
  const size = gridSteps + 1 + mostDrawn;
  const region = arena.open({ ...scratchFields, values: f64(size) });
  const kernels = createJsKernels(memory);
  const bend = (x: Float64Array): Float64Array => {
    const values = region.f64('values').subarray(0, x.length);
    values.set(x);
    saturate(kernels, region, saturation, region.at.values, values);
    return values.slice();
  };
  const at = (x: number) => bend(Float64Array.of(x))[0];

  const half = without.includes(saturation.kind) ? null : halfOf(at);
  const data = scaled.slice().sort();
  const { length } = data;
  const largest = length > 0 ? data[length - 1] : 0;
  // as far as the data, and to half of the limit unless that is far away
  const end = Math.max(largest * 1.05, half ? Math.min(half.x * 1.25, largest > 0 ? largest * 4 : half.x * 2) : 0) || 1;
  const drawn = Math.min(length, mostDrawn);
  const sample = Float64Array.from({ length: drawn }, (_, i) =>
    drawn === length ? data[i] : data[Math.floor((i * (length - 1)) / (drawn - 1))],
  );
  const marks = [
    ...Array.from({ length: gridSteps + 1 }, (_, i) => ({ x: (end * i) / gridSteps, isData: 0 })),
    ...Array.from(sample, (x) => ({ x, isData: 1 })),
  ].sort((a, b) => a.x - b.x || a.isData - b.isData);
  const x = Float64Array.from(marks, (mark) => mark.x);
  const median = length > 0 ? data[(length - 1) >> 1] : 0;
  return {
    x,
    y: bend(x),
    isData: Uint8Array.from(marks, (mark) => mark.isData),
    count: length,
    half,
    aboveHalf: half ? data.reduce((count, value) => count + (value > half.x ? 1 : 0), 0) : 0,
    median,
    medianShare: half ? at(median) / half.limit : null,
  };
}

/** Where a rising curve reaches half of its limit, between neighbouring doubles or nearly so. */
function halfOf(at: (x: number) => number): { x: number; limit: number } | null {
  const limit = at(1e300);
  if (!(limit > 0)) return null;
  let [low, high] = [0, 1e-300];
  while (at(high) < limit / 2) {
    low = high;
    high *= 1024;
  }
  for (let i = 0; i < 200; i++) {
    const middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) break;
    if (at(middle) < limit / 2) low = middle;
    else high = middle;
  }
  return { x: high, limit };
}
