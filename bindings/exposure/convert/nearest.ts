import type { Adstock, PresetName } from '../../config/config.js';
import { adstocksOf, geometrics, type Parameters } from './candidates.js';
import { windowOf } from './kernel.js';

export interface Near {
  readonly parameters: Parameters;
  readonly difference: number;
}

const longest = 5000;

/**
 * Adstock parameters of a preset whose kernel is near: the ones that would have been tried, or a geometric decay in steps of
 * 0.001 where that is nearer by a tenth. Near, not best: kinds with two parameters are not searched.
 */
export function nearestOf(
  preset: PresetName,
  adstock: Adstock,
  periods: number | undefined,
  hill: boolean,
  distance: (parameters: Parameters) => number,
  legal: (parameters: Parameters) => boolean,
): Near | null {
  const window = windowOf(adstock);
  const normalize = adstock.kind === 'none' || Boolean(adstock.normalize);
  const bestOf = (list: Iterable<Parameters>): Near | null => {
    let best: Near | null = null;
    for (const parameters of list) {
      const difference = distance(parameters);
      if (!(difference < (best?.difference ?? Number.POSITIVE_INFINITY))) continue;
      if (legal(parameters)) best = { parameters, difference };
    }
    return best;
  };
  function* decays() {
    for (let step = 0; step < 1000; step++)
      yield* geometrics(preset, step / 1000, { window, periods, normalize, hill });
  }
  const named = bestOf(adstocksOf(preset, adstock, periods, hill));
  // a thousand kernels of that many weights would take minutes
  if (Math.max(window ?? 0, periods ?? 0) > longest) return named;
  const searched = bestOf(decays());
  if (named === null || searched === null) return named ?? searched;
  return searched.difference < 0.9 * named.difference ? searched : named;
}
