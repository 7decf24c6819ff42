import type { Adstock, PresetName } from '../../config/config.js';
import { nearest } from '../../machine/js/split.js';
import { decayOf } from '../weights.js';
import { kernelOf, windowOf } from './kernel.js';

export type Parameters = Readonly<Record<string, unknown>>;

/** What adstock parameters are called. */
export const adstockNames: Readonly<Record<PresetName, readonly string[]>> = {
  robyn: ['adstock', 'theta', 'shape', 'scale', 'window'],
  'robyn-legacy': ['adstock', 'theta', 'shape', 'scale', 'window'],
  meridian: ['alpha', 'max_lag', 'adstock_decay_spec'],
  'pymc-marketing': ['adstock', 'adstock_alpha', 'adstock_theta', 'adstock_lam', 'adstock_k', 'l_max', 'normalize'],
  'lightweight-mmm': [
    'model_name',
    'lag_weight',
    'normalise',
    'ad_effect_retention_rate',
    'peak_effect_delay',
    'number_lags',
  ],
};

/**
 * Adstock parameters of a preset that may have this kernel: which of them do is found out by comparing weights. The first that
 * does is taken. `linear` and `raised` say what of LightweightMMM's models is open: those without and with a Hill curve.
 */
export function adstocksOf(
  preset: PresetName,
  adstock: Adstock,
  periods: number | undefined,
  hill: boolean,
): Parameters[] {
  const kernel = kernelOf(adstock, periods ?? 60);
  const normalize = adstock.kind === 'none' || Boolean(adstock.normalize);
  const window = windowOf(adstock);
  const ratio = kernel[0] > 0 ? Math.min((kernel[1] ?? 0) / kernel[0], 1) : 0;
  const decay = adstock.kind === 'geometric' || adstock.kind === 'geometricWindow' ? decayOf(adstock.decay) : ratio;
  const list = [...geometrics(preset, decay, { window, periods, normalize, hill })];
  const beyond = (lags: number) => Math.max(lags, preset === 'meridian' ? 0 : 1);
  if (preset === 'meridian' && adstock.kind === 'binomial') {
    for (const max_lag of [adstock.window - 1, (adstock.zeroAt ?? adstock.window) - 1])
      list.push({ alpha: adstock.decay, max_lag: beyond(nearest(max_lag)), adstock_decay_spec: 'binomial' });
  }
  if (preset === 'pymc-marketing') {
    if (window === 1) list.unshift({ adstock: 'no_adstock' });
    if (adstock.kind === 'delayed') {
      const { peak, window: l_max } = adstock;
      const alpha = typeof adstock.decay === 'number' ? adstock.decay : delayedDecay(adstock.decay.halfLife);
      list.push({ adstock: 'delayed', adstock_alpha: alpha, adstock_theta: peak, l_max, normalize });
    }
    if (adstock.kind === 'binomial') {
      for (const l_max of [nearest((adstock.zeroAt ?? adstock.window) - 1), adstock.window])
        list.push({ adstock: 'binomial', adstock_alpha: adstock.decay, l_max: beyond(l_max), normalize });
    }
    if (isWeibull(adstock)) {
      const { kind, shape, scale } = adstock;
      const length = adstock.window ?? periods ?? 12;
      const lam = typeof scale === 'number' ? scale : nearest(1 + (length - 1) * scale.quantile);
      const weibull = { adstock_lam: lam, adstock_k: shape, normalize };
      if (kind === 'weibullPdf') list.push({ adstock: 'weibull_pdf', ...weibull, l_max: length });
      else list.push({ adstock: 'weibull_cdf', ...weibull, l_max: beyond(length - 1) });
    }
  }
  if (preset === 'lightweight-mmm' && !hill && adstock.kind === 'delayed') {
    const rate = typeof adstock.decay === 'number' ? adstock.decay : delayedDecay(adstock.decay.halfLife);
    list.push({
      model_name: 'carryover',
      ad_effect_retention_rate: rate,
      peak_effect_delay: adstock.peak,
      number_lags: adstock.window,
    });
  }
  if (preset.startsWith('robyn') && isWeibull(adstock)) {
    const { kind, shape, scale } = adstock;
    const length = periods ?? adstock.window ?? 60;
    const quantile = typeof scale === 'number' ? (length > 1 ? (scale - 1) / (length - 1) : 0) : scale.quantile;
    const weibull = { adstock: kind === 'weibullPdf' ? 'weibull_pdf' : 'weibull_cdf', shape, scale: quantile };
    list.push(weibull);
    // Robyn's own, on data of a known length
    if (typeof scale !== 'number' && adstock.window !== undefined) list.push({ ...weibull, window: adstock.window });
  }
  return list;
}

const isWeibull = (adstock: Adstock): adstock is Extract<Adstock, { kind: 'weibullPdf' | 'weibullCdf' }> =>
  adstock.kind === 'weibullPdf' || adstock.kind === 'weibullCdf';

/** A half-life from the peak as what is left one period from it. */
const delayedDecay = (halfLife: number) => decayOf({ halfLife: halfLife * halfLife });

/** What a geometric adstock of a preset is called, with the window that it needs. */
export function* geometrics(
  preset: PresetName,
  decay: number,
  {
    window,
    periods,
    normalize,
    hill,
  }: { window: number | null; periods: number | undefined; normalize: boolean; hill: boolean },
): Generator<Parameters> {
  const most = 999_999;
  switch (preset) {
    case 'robyn':
    case 'robyn-legacy':
      yield { theta: decay };
      return;
    case 'lightweight-mmm':
      yield { model_name: hill ? 'hill_adstock' : 'adstock', lag_weight: decay, normalise: normalize };
      return;
    case 'meridian':
      yield { alpha: decay, max_lag: Math.min(most, window === null ? (periods ?? 9) - 1 : window - 1) };
      return;
    case 'pymc-marketing':
      yield { adstock: 'geometric', adstock_alpha: decay, l_max: Math.min(most, window ?? periods ?? 12), normalize };
  }
}
