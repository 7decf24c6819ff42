import { show } from '../../errors.js';
import { collectFaults } from '../../faults.js';
import type { Adstock, Curve, Preset, PresetName, Saturation } from '../../model/config.js';
import { parseCurve } from '../../model/parse.js';
import { isPreset, plainCurve } from '../../model/presets/plain.js';
import { rules } from '../../model/presets/rules.js';
import { suggestion } from '../../nearest.js';
import { ofCurve } from '../shaper.js';
import { adstocksOf, type Parameters } from './candidates.js';
import { calendarsFor, distanceOf, kernelOf, ratioOf } from './kernel.js';
import { measureOf, sameMeasure, wordsOf } from './measure.js';
import { nearestOf } from './nearest.js';
import { rescale, underNames } from './rescale.js';

export interface ConversionOptions {
  /** Periods of the calendar, history included. Without it kernels have to agree on calendars of every length. */
  readonly periods?: number | undefined;
  /**
   * What the two divide exposure by, each measured its own way (`scale` of the plain curves) on the data of one place: for
   * libraries that measure differently.
   */
  readonly scales?: { readonly from: number; readonly to: number } | undefined;
}

/** A curve under other names, or why there is none. */
export interface Conversion {
  /** The same effective exposure, but for one factor, whatever is delivered; null where no parameters give that. */
  readonly curve: Curve | Preset | null;
  /** Effective exposure is so many times what it was; null without a curve, or where it depends on the length of the calendar. */
  readonly factor: number | null;
  /** Why there is no curve and what would help, in a sentence; null with one. */
  readonly reason: string | null;
  /** Where the kernel is what differs: adstock parameters that come near, and the largest difference of weights that sum to 1. */
  readonly nearest: { readonly parameters: Readonly<Record<string, unknown>>; readonly difference: number } | null;
}

const none = (reason: string, nearest: Conversion['nearest'] = null): Conversion => ({
  curve: null,
  factor: null,
  reason,
  nearest,
});

/**
 * The parameters of a preset, or the plain curve, that stand for the same curve: effective exposure is the same up to one
 * factor, which productivity takes in. docs/method.md, "Converting curves".
 * @throws InputError where the curve or the options are wrong
 */
export function convertCurve(
  from: Curve | Preset,
  to: PresetName | 'plain',
  options: ConversionOptions = {},
): Conversion {
  checkOptions(to, options);
  const written = parseCurve(from);
  const curve = plainCurve(written);
  if (to === 'plain') return { curve, factor: 1, reason: null, nearest: null };
  if (isPreset(written) && written.preset === to) return { curve: written, factor: 1, reason: null, nearest: null };
  return toPreset(curve, to, options);
}

function toPreset(curve: Curve, to: PresetName, { periods, scales }: ConversionOptions): Conversion {
  const { adstock = { kind: 'none' }, saturation = { kind: 'none' } } = curve;
  const of = ofCurve(curve);
  if (of === 'frequency' && to !== 'meridian') return none(`${to} has no curve of frequency.`);
  if (adstock.kind === 'kernel' && (adstock.lead ?? 0) > 0) {
    return none(`${to} has no effect before the exposure.`);
  }
  const length = periods ?? 60;
  const alone = isOne(kernelOf(adstock, length));
  const first = curve.order === 'saturationFirst' && !alone && of !== null && of !== 'frequency';
  const order = first ? saturationFirst[to] : {};
  if (!order) return none(`${to} carries over before it saturates, this curve saturates first.`);
  const hill = saturation.kind === 'hill' || saturation.kind === 'michaelisMenten';
  // with whatever numbers: is there such a curve at all?
  const anyNames = underNames(to, hill ? { kind: 'hill', halfSaturation: 1, slope: 1 } : saturation);
  if (!anyNames) return none(`${to} has no saturation of the kind ${show(saturation.kind)}.`);

  const names = (parameters: Parameters, adstock: Parameters) =>
    ({
      preset: to,
      ...(of === 'frequency' && { reach_frequency: true }),
      ...adstock,
      ...order,
      ...(to === 'robyn-legacy' && { gamma: gammaOf(curve) }),
      ...parameters,
      ...(of !== null && of !== 'frequency' && of !== 'medium' && { of }),
    }) as Preset;
  const tried = adstocksOf(to, adstock, periods, hill).map((parameters) => {
    const made = plainCurve(names(anyNames.parameters, parameters)).adstock!;
    return { parameters, made, ratios: ratiosOf(adstock, made, periods) };
  });
  const match = tried.find(({ ratios }) => ratios !== null);
  if (!match)
    return none(kernelReason(adstock, to, periods), nearestTo(adstock, to, periods, hill, names, anyNames.parameters));

  // what saturates there is so many times what saturates here
  const ratios = match.ratios!;
  const gain = ratios[ratios.length - 1];
  const steady = ratios.every((ratio) => Math.abs(ratio - gain) <= 1e-12 * gain);
  const mine = measureOf(curve, alone);
  const theirs = measureOf(
    plainCurve(names(anyNames.parameters, match.parameters)),
    isOne(kernelOf(match.made, length)),
  );
  const onDelivered = first ? 1 : gain;
  // measured after adstock the gain of the kernel is in the scale too
  const measuredAfter = sameMeasure(mine, theirs) && theirs?.from === 'adstocked';
  let ratio: number;
  if (sameMeasure(mine, theirs)) ratio = measuredAfter ? 1 : onDelivered;
  else if (of === 'entity') {
    return none(
      `This curve ${wordsOf(mine)}, ${to} ${wordsOf(theirs)}, and each entity has a scale of its own: no numbers fit all of them.`,
    );
  } else if (to === 'robyn-legacy') {
    return none(
      `This curve ${wordsOf(mine)}, ${to} ${wordsOf(theirs)}: gamma is (half - smallest) / (largest - smallest) there, with half the adstocked exposure at which half of the effect is reached.`,
    );
  } else if (!scales) {
    return none(
      `This curve ${wordsOf(mine)}, ${to} ${wordsOf(theirs)}: only data can tell. Give both numbers as scales; what saturates is then times ${Number(gain.toPrecision(6))} from / to.`,
    );
  } else ratio = (onDelivered * scales.from) / scales.to;
  if (Math.abs(ratio - 1) <= 1e-12) ratio = 1;
  const bends = saturation.kind !== 'none' && saturation.kind !== 'power' && of !== 'frequency';
  if (!steady && bends && !measuredAfter && !first) {
    return none('The kernels are the same up to a factor that depends on the length of the calendar: give periods.');
  }

  const rescaled = rescale(saturation, of === 'frequency' ? 1 : ratio);
  if (!rescaled) {
    return none(`ln(1 + x) has no parameter for the unit of exposure, which is ${ratio} times as large in ${to}.`);
  }
  const named = underNames(to, rescaled.saturation);
  if (!named)
    return none(
      `${to} has half saturation at gamma itself, so that it is 1 there: got ${halfOf(rescaled.saturation)}.`,
    );
  const result = names(named.parameters, match.parameters);
  const problem = problemOf(result);
  if (problem) return none(`${to} would need a parameter that it does not have: ${problem}`);
  const factor = rescaled.factor * named.factor * (of === 'frequency' ? ratio : first ? gain : 1);
  return { curve: result, factor: steady || (measuredAfter && !first) ? factor : null, reason: null, nearest: null };
}

const saturationFirst: Readonly<Record<PresetName, Parameters | null>> = {
  robyn: null,
  'robyn-legacy': null,
  meridian: { hill_before_adstock: true },
  'pymc-marketing': { adstock_first: false },
  'lightweight-mmm': null,
};

const isOne = (kernel: Float64Array) => kernel[0] === 1 && kernel.every((weight, lag) => lag === 0 || weight === 0);
const halfOf = (saturation: Saturation) => ('halfSaturation' in saturation ? saturation.halfSaturation : 1);

/** Where `robyn-legacy` has its point of inflexion: the scale itself says so. */
function gammaOf({ scale }: Curve): number {
  return typeof scale === 'object' && scale.kind === 'between' ? scale.share : 1;
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

function kernelReason(adstock: Adstock, to: PresetName, periods: number | undefined): string {
  const cure = periods === undefined ? ' On a calendar of known length there may be: give periods.' : '';
  return `${to} has no kernel in proportion to this one (${show(adstock.kind)}).${cure}`;
}

function nearestTo(
  adstock: Adstock,
  to: PresetName,
  periods: number | undefined,
  hill: boolean,
  names: (parameters: Parameters, adstock: Parameters) => Preset,
  saturation: Parameters,
): Conversion['nearest'] {
  const length = periods ?? Math.max(...calendarsFor([adstock], periods));
  const wanted = kernelOf(adstock, length);
  const made = (parameters: Parameters) => names(saturation, parameters);
  return nearestOf(
    to,
    adstock,
    periods,
    hill,
    (parameters) => distanceOf(wanted, kernelOf(plainCurve(made(parameters)).adstock!, length)),
    (parameters) => problemOf(made(parameters)) === null,
  );
}

/** What is wrong with parameters, as a configuration would have it. */
function problemOf(preset: Preset): string | null {
  try {
    parseCurve(preset);
    return null;
  } catch (error) {
    return (error as Error).message.split('\n')[0].replace(/^curve\./, '');
  }
}

function checkOptions(to: string, { periods, scales }: ConversionOptions): void {
  const faults = collectFaults();
  const known = ['plain', ...Object.keys(rules)];
  if (!known.includes(to))
    faults.add('option', 'to', `expected a preset or "plain", got ${show(to)}${suggestion(to, known)}`);
  if (periods !== undefined && !(Number.isInteger(periods) && periods >= 1 && periods <= 1_000_000)) {
    faults.add('option', 'periods', `expected a whole number from 1 to 1,000,000, got ${show(periods)}`);
  }
  for (const side of ['from', 'to'] as const) {
    const value = scales?.[side];
    if (scales === undefined || (typeof value === 'number' && value > 0 && value < Number.POSITIVE_INFINITY)) continue;
    faults.add('option', `scales.${side}`, `expected a finite number above 0, got ${show(value)}`);
  }
  faults.throwIfAny();
}
