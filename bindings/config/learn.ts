import { logOf } from '../math/log.js';
import { powOf } from '../math/pow.js';
import type { Curve } from './curve.js';

/** A parameter of a curve that is refined with the fit, beginning at the value that the curve has. */
export interface LearnedParameter {
  /** Values of the `by` columns that lead to the curve; none where `curves` is one curve for all. */
  curve?: string[] | undefined;
  /** `decay` of its adstock, or `halfSaturation` of its saturation. */
  parameter: 'decay' | 'halfSaturation';
  /** Bounds between which it is looked for: above 0, for `decay` below 1. */
  from: number;
  to: number;
  /**
   * How far it is believed to lie from the value that the curve has, > 0: a standard deviation of ln(decay / (1 - decay)), or
   * of ln halfSaturation. 0.5 when left out.
   */
  spread?: number | undefined;
}

/** The value a curve has; null where it has no such parameter. */
export function parameterOf({ adstock, saturation }: Curve, parameter: LearnedParameter['parameter']): number | null {
  if (parameter === 'decay') {
    if (!adstock || !('decay' in adstock)) return null;
    const { decay } = adstock;
    if (typeof decay === 'number') return decay;
    const { halfLife } = decay;
    return powOf(0.5, 1 / (adstock.kind === 'delayed' ? halfLife * halfLife : halfLife));
  }
  if (!saturation) return null;
  if ('halfSaturation' in saturation) return saturation.halfSaturation;
  if (saturation.kind !== 'logistic' && saturation.kind !== 'exponential') return null;
  const { rate } = saturation;
  // where e^(-rate x) is 1/3, or 1/2
  return typeof rate === 'number' ? logOf(saturation.kind === 'logistic' ? 3 : 2) / rate : rate.halfSaturation;
}

/** The curve with another value of a parameter that it has. */
export function withParameter(curve: Curve, parameter: LearnedParameter['parameter'], value: number): Curve {
  if (parameter === 'decay') return { ...curve, adstock: { ...curve.adstock, decay: value } as Curve['adstock'] };
  const { saturation } = curve;
  const changed =
    saturation && 'halfSaturation' in saturation ? { halfSaturation: value } : { rate: { halfSaturation: value } };
  return { ...curve, saturation: { ...saturation, ...changed } as Curve['saturation'] };
}
