import type { HalfSaturation, Saturation } from '../config/config.js';
import { f64, type Region } from '../machine/arena.js';
import type { Kernels } from '../machine/kernels.js';
import { expOf } from '../math/exp.js';
import { log1pOf, logOf } from '../math/log.js';

const chunk = 2048; // values at a time: scratch that stays in the first cache

/** Room that curves need beside the values. */
export const scratchFields = { powers: f64(chunk), logs: f64(chunk) };
export type Scratch = Region<keyof typeof scratchFields>;

/**
 * Replaces values x >= 0, which stand at byte `at`, by the curve's. docs/method.md, "Effective exposure".
 * No exposure has no effect: 0 gives 0, whatever the curve. Curves are within a few ulp of their formula, Hill within 1e-13.
 */
export function saturate(
  kernels: Kernels,
  scratch: Scratch,
  curve: Saturation,
  at: number,
  values: Float64Array,
): void {
  const amplitude = bend(kernels, scratch, curve, at, values);
  if (amplitude !== 1) for (let i = 0; i < values.length; i++) values[i] *= amplitude;
}

/** All but the factor in front of the curve, which it returns. */
function bend(kernels: Kernels, scratch: Scratch, curve: Saturation, at: number, values: Float64Array): number {
  const exponential = (rate: number, shape: 0 | 1) => kernels.saturateExponential(at, rate, shape, at, values.length);
  // tanh z = (1 - e^-2z) / (1 + e^-2z)
  const tanh = (rate: number) => exponential(2 * rate, 1);
  switch (curve.kind) {
    case 'none':
      return 1;
    case 'hill':
      kernels.saturateHill(at, curve.halfSaturation, curve.slope, at, values.length);
      break;
    case 'michaelisMenten':
      kernels.saturateHill(at, curve.halfSaturation, 1, at, values.length);
      break;
    case 'logistic':
      exponential(rateOf(curve.rate, 3), 1);
      break;
    case 'tanh':
      tanh(1 / (curve.ceiling * curve.cost));
      return curve.ceiling;
    case 'tanhBaseline':
      tanh(atanhOf(curve.reached) / curve.baseline);
      return (curve.gain * curve.baseline) / curve.reached;
    case 'exponential':
      exponential(rateOf(curve.rate, 2), 0);
      break;
    case 'power':
      raise(kernels, scratch, curve.exponent, at, values);
      break;
    case 'log':
      inChunks(values, (part) => logOfOneMore(kernels, scratch, part));
      break;
    case 'sigmoid':
      sigmoid(kernels, scratch, curve, at, values);
      break;
  }
  return curve.amplitude ?? 1;
}

function inChunks(values: Float64Array, visit: (part: Float64Array, start: number) => void): void {
  for (let start = 0; start < values.length; start += chunk) visit(values.subarray(start, start + chunk), start);
}

/** The rate itself, or the one at which e^(rate x) is `power`, and the curve one half, where it should be. */
const rateOf = (rate: number | HalfSaturation, power: number) =>
  typeof rate === 'number' ? rate : logOf(power) / rate.halfSaturation;

/** x = ln(1 + x), as x ln u / (u - 1) with u = 1 + x as rounded: what rounding did to u is undone by the quotient. */
function logOfOneMore(kernels: Kernels, scratch: Scratch, x: Float64Array): void {
  const powers = scratch.f64('powers');
  const logs = scratch.f64('logs');
  for (let i = 0; i < x.length; i++) powers[i] = 1 + x[i];
  kernels.log(scratch.at.powers, scratch.at.logs, x.length);
  for (let i = 0; i < x.length; i++) if (powers[i] !== 1) x[i] = logs[i] * (x[i] / (powers[i] - 1));
}

/** Artanh of a share in (0, 1): half of ln(1 + 2r / (1 - r)). */
function atanhOf(share: number): number {
  return 0.5 * log1pOf((2 * share) / (1 - share));
}

/** x = x^exponent, 0 for x <= 0. */
function raise(kernels: Kernels, scratch: Scratch, exponent: number, at: number, values: Float64Array): void {
  const exponents = scratch.f64('powers').fill(exponent);
  for (let i = 0; i < values.length; i++) if (!(values[i] > 0)) values[i] = 0;
  inChunks(values, (part, start) => {
    const from = at + start * 8;
    kernels.pow(from, scratch.at.powers, from, Math.min(part.length, exponents.length));
  });
}

/**
 * x = 1 / (1 + e^(rate (midpoint - x))) - 1 / (1 + e^(rate midpoint)), written as one fraction because the two are nearly
 * the same for small x:  (1 - e^(-rate x)) / ((1 + e^(rate (midpoint - x))) (1 + e^(-rate midpoint))).
 */
function sigmoid(
  kernels: Kernels,
  scratch: Scratch,
  { rate, midpoint }: Extract<Saturation, { kind: 'sigmoid' }>,
  at: number,
  values: Float64Array,
): void {
  const base = 1 + expOf(-rate * midpoint);
  inChunks(values, (part, start) => {
    const powers = scratch.f64('powers');
    for (let i = 0; i < part.length; i++) powers[i] = rate * (midpoint - part[i]);
    kernels.exp(scratch.at.powers, scratch.at.powers, part.length);
    const from = at + start * 8;
    kernels.saturateExponential(from, rate, 0, from, part.length);
    for (let i = 0; i < part.length; i++) part[i] /= (1 + powers[i]) * base;
  });
}
