import type { PresetName, Saturation } from '../../config/config.js';
import { powOf } from '../../math/pow.js';
import type { Parameters } from './candidates.js';

/** A saturation S', and the factor c, with S'(ratio x) = c S(x) for every x; null where its kind has none. */
export function rescale(saturation: Saturation, ratio: number): { saturation: Saturation; factor: number } | null {
  const same = (changed: object) => ({ saturation: { ...saturation, ...changed } as Saturation, factor: 1 });
  switch (saturation.kind) {
    case 'none':
      return { saturation, factor: ratio };
    case 'power':
      return { saturation, factor: powOf(ratio, saturation.exponent) };
    case 'log':
      return ratio === 1 ? same({}) : null;
    case 'hill':
    case 'michaelisMenten':
      return same({ halfSaturation: saturation.halfSaturation * ratio });
    case 'logistic':
    case 'exponential': {
      const { rate } = saturation;
      return same({ rate: typeof rate === 'number' ? rate / ratio : { halfSaturation: rate.halfSaturation * ratio } });
    }
    case 'tanh':
      return same({ cost: saturation.cost * ratio });
    case 'tanhBaseline':
      return same({ baseline: saturation.baseline * ratio, gain: saturation.gain / ratio });
    case 'sigmoid':
      return same({ rate: saturation.rate / ratio, midpoint: saturation.midpoint * ratio });
  }
}

/** The saturation under the names of a preset, and the factor by which it is larger; null where the library has none like it. */
export function underNames(
  preset: PresetName,
  saturation: Saturation,
): { parameters: Parameters; factor: number } | null {
  const amplitude = 'amplitude' in saturation ? (saturation.amplitude ?? 1) : 1;
  if (preset === 'pymc-marketing') return ofPymc(saturation, amplitude);
  const whole = (parameters: Parameters) => ({ parameters, factor: 1 / amplitude });
  const [halfSaturation, slope] =
    saturation.kind === 'hill'
      ? [saturation.halfSaturation, saturation.slope]
      : saturation.kind === 'michaelisMenten'
        ? [saturation.halfSaturation, 1]
        : [null, 0];
  const exponent = saturation.kind === 'none' ? 1 : saturation.kind === 'power' ? saturation.exponent : null;
  switch (preset) {
    case 'robyn':
      return halfSaturation === null ? null : whole({ alpha: slope, gamma: halfSaturation });
    case 'robyn-legacy':
      // its scale is the point of inflexion
      return halfSaturation === null || Math.abs(halfSaturation - 1) > 1e-12 ? null : whole({ alpha: slope });
    case 'meridian':
      if (exponent === 1) return whole({ saturation_spec: 'none' });
      return halfSaturation === null ? null : whole({ ec: halfSaturation, slope });
    case 'lightweight-mmm':
      if (exponent !== null) return whole({ exponent });
      return halfSaturation === null ? null : whole({ half_max_effective_concentration: halfSaturation, slope });
  }
}

function ofPymc(saturation: Saturation, amplitude: number): { parameters: Parameters; factor: number } | null {
  const beta = amplitude === 1 ? {} : { saturation_beta: amplitude };
  const under = (kind: string, parameters: Parameters) => ({
    parameters: { saturation: kind, ...parameters },
    factor: 1,
  });
  switch (saturation.kind) {
    case 'none':
      return under('no_saturation', {});
    case 'power':
      if (saturation.exponent === 1) return under('no_saturation', beta);
      return under('root', { saturation_alpha: saturation.exponent, ...beta });
    case 'log':
      return under('log', beta);
    case 'hill':
      return under('hill', {
        saturation_slope: saturation.slope,
        saturation_kappa: saturation.halfSaturation,
        ...beta,
      });
    case 'michaelisMenten':
      return under('michaelis_menten', {
        saturation_lam: saturation.halfSaturation,
        ...(amplitude !== 1 && { saturation_alpha: amplitude }),
      });
    case 'logistic': {
      const { rate } = saturation;
      return typeof rate === 'number'
        ? under('logistic', { saturation_lam: rate, ...beta })
        : under('inverse_scaled_logistic', { saturation_lam: rate.halfSaturation, ...beta });
    }
    case 'tanh':
      return under('tanh', { saturation_b: saturation.ceiling, saturation_c: saturation.cost });
    case 'tanhBaseline':
      return under('tanh_baselined', {
        saturation_x0: saturation.baseline,
        saturation_gain: saturation.gain,
        saturation_r: saturation.reached,
      });
    case 'sigmoid':
      return under('hill_sigmoid', {
        saturation_beta: saturation.rate,
        saturation_lam: saturation.midpoint,
        ...(amplitude !== 1 && { saturation_sigma: amplitude }),
      });
    case 'exponential':
      return null;
  }
}
