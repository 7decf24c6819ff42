import type { Adstock, Saturation } from '../../bindings/config/config.js';
import { planCarrying } from '../../bindings/exposure/carry.js';
import { type Meter, openMeter } from '../../bindings/exposure/meter.js';
import { saturate, scratchFields } from '../../bindings/exposure/saturation.js';
import { createArena, f64 } from '../../bindings/machine/arena.js';
import type { KernelSet } from '../support/kernels.js';

type Numbers = readonly number[] | Float64Array;

/** Carry-over of one series, without the checks of a configuration. */
export function carried([, kernels, memory]: KernelSet, adstock: Adstock, x: Numbers): Float64Array {
  const plan = planCarrying([adstock], x.length, 2);
  const region = createArena(memory).open(plan.fields);
  // what lies past the calendar is whatever was there before
  region
    .f64('panel')
    .fill(Number.NaN)
    .fill(0, 0, x.length * 2);
  for (const [t, value] of x.entries()) region.f64('panel')[t * 2] = value;
  const { values } = plan.carry(kernels, region, adstock, 2);
  return values.filter((_, i) => i % 2 === 0);
}

/** A curve of the values as they are, without the checks of a configuration. */
export function saturated([, kernels, memory]: KernelSet, curve: Saturation, x: Numbers): Float64Array {
  const region = createArena(memory).open({ ...scratchFields, values: f64(x.length) });
  const values = region.f64('values');
  values.set(x);
  saturate(kernels, region, curve, region.at.values, values);
  return values.slice();
}

/** A scale of the values. */
export function scaleOfValues(scale: Parameters<typeof openMeter>[0], x: Numbers): number {
  const meter: Meter = openMeter(scale);
  meter.add(Float64Array.from(x), 0, 1);
  return meter.value();
}
