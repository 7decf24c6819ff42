import type { Adstock, Curve, SaturatesOf, Saturation, Scale } from '../curve.js';
import { presetDefaults } from './defaults.js';
import type {
  LightweightMmmPreset,
  MeridianPreset,
  Preset,
  PresetName,
  PymcMarketingPreset,
  RobynPreset,
} from './preset.js';

export const isPreset = (curve: Curve | Preset): curve is Preset => 'preset' in curve;

/** The curve that a preset stands for; a curve that is written out is itself. docs/method.md, "Presets". */
export function plainCurve(curve: Curve | Preset): Curve {
  if (!isPreset(curve)) return curve;
  switch (curve.preset) {
    case 'robyn':
    case 'robyn-legacy':
      return robyn(curve);
    case 'meridian':
      return meridian(curve);
    case 'pymc-marketing':
      return pymcMarketing(curve);
    case 'lightweight-mmm':
      return lightweightMmm(curve);
  }
}

/** What each library divides exposure by; of `robyn-legacy`, at this `gamma`. */
export function scaleOfPreset(preset: PresetName, gamma = 1): Scale {
  // training data are the periods that have a total; Meridian looks at the history before them too
  switch (preset) {
    case 'robyn':
      return { kind: 'max', over: 'totals' };
    case 'robyn-legacy':
      return { kind: 'between', share: gamma, over: 'totals' };
    case 'meridian':
      return { kind: 'median', from: 'delivered', per: 'curve' };
    case 'pymc-marketing':
      return { kind: 'max', from: 'delivered', over: 'totals' };
    case 'lightweight-mmm':
      return { kind: 'mean', from: 'delivered', over: 'totals' };
  }
}

const hill = (halfSaturation: number, slope: number, of: SaturatesOf | undefined): Saturation => ({
  kind: 'hill',
  halfSaturation,
  slope,
  of,
});

function robyn(curve: RobynPreset): Curve {
  const { preset, alpha, gamma, of } = curve;
  return {
    adstock:
      curve.adstock === 'weibull_cdf' || curve.adstock === 'weibull_pdf'
        ? {
            kind: curve.adstock === 'weibull_cdf' ? 'weibullCdf' : 'weibullPdf',
            shape: curve.shape,
            scale: { quantile: curve.scale },
            window: curve.window,
          }
        : { kind: 'geometric', decay: (curve as Extract<RobynPreset, { theta: number }>).theta },
    // before 3.12 the point of inflexion was itself what exposure is measured in
    saturation: hill(preset === 'robyn' ? gamma : 1, alpha, of),
    scale: scaleOfPreset(preset, gamma),
  };
}

function meridian(curve: MeridianPreset): Curve {
  const standard = presetDefaults.meridian;
  const { alpha, max_lag = standard.max_lag, adstock_decay_spec = standard.adstock_decay_spec } = curve;
  const first = 'hill_before_adstock' in curve && curve.hill_before_adstock;
  return {
    adstock: {
      kind: adstock_decay_spec === 'binomial' ? 'binomial' : 'geometricWindow',
      decay: alpha,
      window: max_lag + 1,
      normalize: true,
      shrink: true,
    },
    saturation:
      curve.saturation_spec === 'none'
        ? { kind: 'none' }
        : hill(curve.ec, curve.slope ?? standard.slope, curve.reach_frequency ? 'frequency' : curve.of),
    scale: curve.scale ?? scaleOfPreset('meridian'),
    order: first ? 'saturationFirst' : 'adstockFirst',
  };
}

function pymcMarketing(curve: PymcMarketingPreset): Curve {
  const { adstock_first = presetDefaults['pymc-marketing'].adstock_first } = curve;
  return {
    adstock: adstockOfPymc(curve),
    saturation: saturationOfPymc(curve),
    scale: curve.scale ?? scaleOfPreset('pymc-marketing'),
    order: adstock_first ? 'adstockFirst' : 'saturationFirst',
  };
}

function adstockOfPymc(curve: PymcMarketingPreset): Adstock {
  const standard = presetDefaults['pymc-marketing'];
  const { l_max: window = standard.l_max, normalize = standard.normalize } = curve;
  switch (curve.adstock) {
    case 'geometric':
      return { kind: 'geometricWindow', decay: curve.adstock_alpha, window, normalize };
    case 'delayed':
      return { kind: 'delayed', decay: curve.adstock_alpha, peak: curve.adstock_theta, window, normalize };
    case 'binomial':
      return { kind: 'binomial', decay: curve.adstock_alpha, window, zeroAt: window + 1, normalize };
    case 'weibull_pdf':
      return { kind: 'weibullPdf', shape: curve.adstock_k, scale: curve.adstock_lam, window, normalize };
    case 'weibull_cdf':
      // its kernel has an entry more than the others
      return { kind: 'weibullCdf', shape: curve.adstock_k, scale: curve.adstock_lam, window: window + 1, normalize };
    case 'no_adstock':
      return { kind: 'none' };
  }
}

function saturationOfPymc(curve: PymcMarketingPreset): Saturation {
  const { saturation_beta: standard } = presetDefaults['pymc-marketing'];
  if (curve.saturation === 'no_saturation') {
    const { saturation_beta: amplitude = standard } = curve;
    return amplitude === 1 ? { kind: 'none' } : { kind: 'power', exponent: 1, amplitude };
  }
  const { of } = curve;
  switch (curve.saturation) {
    case 'tanh':
      return { kind: 'tanh', ceiling: curve.saturation_b, cost: curve.saturation_c, of };
    case 'michaelis_menten': {
      const amplitude = curve.saturation_alpha ?? standard;
      return { kind: 'michaelisMenten', halfSaturation: curve.saturation_lam, amplitude, of };
    }
    case 'hill_sigmoid': {
      const { saturation_beta: rate, saturation_lam: midpoint, saturation_sigma: amplitude = standard } = curve;
      return { kind: 'sigmoid', rate, midpoint, amplitude, of };
    }
  }
  const amplitude = curve.saturation_beta ?? standard;
  switch (curve.saturation) {
    case 'logistic':
      return { kind: 'logistic', rate: curve.saturation_lam, amplitude, of };
    case 'inverse_scaled_logistic':
      return { kind: 'logistic', rate: { halfSaturation: curve.saturation_lam }, amplitude, of };
    case 'tanh_baselined': {
      const { saturation_x0: baseline, saturation_gain: gain, saturation_r: reached } = curve;
      return { kind: 'tanhBaseline', baseline, gain: gain * amplitude, reached, of };
    }
    case 'hill':
      return { ...hill(curve.saturation_kappa, curve.saturation_slope, of), amplitude } as Saturation;
    case 'root':
      return { kind: 'power', exponent: curve.saturation_alpha, amplitude, of };
    case 'log':
      return { kind: 'log', amplitude, of };
  }
}

function lightweightMmm(curve: LightweightMmmPreset): Curve {
  const standard = presetDefaults['lightweight-mmm'];
  const { of, scale = scaleOfPreset('lightweight-mmm') } = curve;
  if (curve.model_name === 'carryover') {
    const { ad_effect_retention_rate: decay, peak_effect_delay: peak } = curve;
    return {
      adstock: { kind: 'delayed', decay, peak, window: curve.number_lags ?? standard.number_lags, normalize: true },
      saturation: { kind: 'power', exponent: curve.exponent, of },
      scale,
    };
  }
  const { lag_weight: decay, normalise: normalize = standard.normalise } = curve;
  return {
    adstock: { kind: 'geometric', decay, normalize },
    saturation:
      curve.model_name === 'adstock'
        ? { kind: 'power', exponent: curve.exponent, of }
        : hill(curve.half_max_effective_concentration, curve.slope, of),
    scale,
  };
}
