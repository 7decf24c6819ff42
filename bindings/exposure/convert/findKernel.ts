import { show } from '../../base/errors.js';
import type { Adstock, Preset, PresetName, Saturation } from '../../config/config.js';
import { parseCurve } from '../../config/parse.js';
import { plainCurve } from '../../config/presets/plain.js';
import { adstocksOf, type Parameters } from './candidates.js';
import { calendarsFor, distanceOf, kernelOf, ratioOf } from './kernel.js';
import { type Near, nearestOf } from './nearest.js';
import { underNames } from './rescale.js';

/** A kernel under the names of a preset. */
export interface KernelMatch {
  readonly parameters: Parameters;
  readonly made: Adstock;
  /** Its weights are so many times the others, on the longest calendar that was compared. */
  readonly gain: number;
  /** The gain is the same on all of them. */
  readonly steady: boolean;
}

export interface KernelSearch {
  /** Whatever the saturation. */
  readonly match: KernelMatch | null;
  /** Why the kernel is not to be had, or not beside this saturation; null where it is. */
  readonly reason: string | null;
  readonly nearest: Near | null;
}

/** Looks for the kernel in a preset. `hill`: beside a Hill curve, which some kernels of LightweightMMM do not have. */
export function findKernel(to: PresetName, adstock: Adstock, periods: number | undefined, hill: boolean): KernelSearch {
  const near = () => nearestTo(to, adstock, periods, hill);
  if (leadOf(adstock) > 0) {
    return { match: null, reason: `${to} has no effect before the exposure.`, nearest: near() };
  }
  const { match, problem } = matchOf(to, adstock, periods, hill);
  if (match) return { match, reason: null, nearest: null };
  const unbent = to === 'lightweight-mmm' && hill ? matchOf(to, adstock, periods, false).match : null;
  if (unbent) {
    return { match: unbent, reason: `${to} has this kernel only without half saturation.`, nearest: near() };
  }
  if (problem) {
    return { match: null, reason: `${to} would need a parameter that it does not have: ${problem}`, nearest: near() };
  }
  const cure = periods === undefined ? ' On a calendar of known length there may be: give periods.' : '';
  const reason = `${to} has no kernel in proportion to this one (${show(adstock.kind)}).${cure}`;
  return { match: null, reason, nearest: near() };
}

/** The same without weights of 0 before the exposure. */
export function withoutEmptyLead(adstock: Adstock): Adstock {
  if (adstock.kind !== 'kernel') return adstock;
  let empty = 0;
  while (empty < leadOf(adstock) && adstock.weights[empty] === 0) empty++;
  if (empty === 0) return adstock;
  return { ...adstock, weights: adstock.weights.slice(empty), lead: leadOf(adstock) - empty };
}

/** What is wrong with parameters, as a configuration would have it. */
export function problemOf(preset: Preset): string | null {
  try {
    parseCurve(preset);
    return null;
  } catch (error) {
    return (error as Error).message.split('\n')[0].replace(/^curve\./, '');
  }
}

const leadOf = (adstock: Adstock) => (adstock.kind === 'kernel' ? (adstock.lead ?? 0) : 0);

/** A preset with this adstock and some saturation: kernels do not depend on it. */
function presetOf(to: PresetName, parameters: Parameters, hill: boolean): Preset {
  const bent: Saturation = { kind: 'hill', halfSaturation: 1, slope: 1 };
  const saturation = (hill ? null : underNames(to, { kind: 'none' })) ?? underNames(to, bent);
  return {
    preset: to,
    ...parameters,
    ...(to === 'robyn-legacy' && { gamma: 1 }),
    ...saturation!.parameters,
  } as Preset;
}

function matchOf(to: PresetName, adstock: Adstock, periods: number | undefined, hill: boolean) {
  let problem: string | null = null;
  for (const parameters of adstocksOf(to, adstock, periods, hill)) {
    const preset = presetOf(to, parameters, hill);
    const made = plainCurve(preset).adstock!;
    const ratios = ratiosOf(adstock, made, periods);
    if (!ratios) continue;
    const gain = ratios[ratios.length - 1];
    const steady = ratios.every((ratio) => Math.abs(ratio - gain) <= 1e-12 * gain);
    const wrong = problemOf(preset);
    if (wrong === null) return { match: { parameters, made, gain, steady }, problem: null };
    problem ??= wrong;
  }
  return { match: null, problem };
}

/** Ratios of two kernels on calendars of several lengths; null where they are not proportional on one of them. */
function ratiosOf(from: Adstock, to: Adstock, periods: number | undefined): number[] | null {
  const ratios: number[] = [];
  for (const length of calendarsFor([from, to], periods)) {
    const ratio = ratioOf(kernelOf(from, length), kernelOf(to, length));
    if (ratio === null) return null;
    ratios.push(ratio);
  }
  return ratios;
}

function nearestTo(to: PresetName, adstock: Adstock, periods: number | undefined, hill: boolean): Near | null {
  const length = periods ?? Math.max(...calendarsFor([adstock], periods));
  const lead = leadOf(adstock);
  const wanted = kernelOf(adstock, length + lead);
  // no library has effect before the exposure: the rest of the kernel is what can be near
  const rest = adstock.kind === 'kernel' ? adstock.weights.slice(lead) : [];
  const after: Adstock = lead === 0 ? adstock : rest.length > 0 ? { kind: 'kernel', weights: rest } : { kind: 'none' };
  return nearestOf(
    to,
    after,
    periods,
    hill,
    (parameters) => {
      const made = kernelOf(plainCurve(presetOf(to, parameters, hill)).adstock!, length);
      const shifted = new Float64Array(lead + made.length);
      shifted.set(made, lead);
      return distanceOf(wanted, shifted);
    },
    (parameters) => problemOf(presetOf(to, parameters, hill)) === null,
  );
}
