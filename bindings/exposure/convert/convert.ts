import { show } from '../../base/errors.js';
import { collectFaults } from '../../base/faults.js';
import { readMembers } from '../../base/members.js';
import { suggestion } from '../../base/nearest.js';
import { got } from '../../base/show.js';
import type { Curve, Preset, PresetName, Saturation } from '../../config/config.js';
import { parseCurve } from '../../config/parse.js';
import { isPreset, plainCurve } from '../../config/presets/plain.js';
import { rules } from '../../config/presets/rules.js';
import { ofCurve } from '../shaper.js';
import { adstockNames, type Parameters } from './candidates.js';
import { findKernel, problemOf, withoutEmptyLead } from './findKernel.js';
import { kernelOf } from './kernel.js';
import { measureOf, sameMeasure, wordsOf } from './measure.js';
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
  /**
   * The kernel by itself, whatever stands in the way of the whole curve: adstock parameters that give these weights times
   * `factor`, which is null where it depends on the length of the calendar. Null where no parameters do.
   */
  readonly kernel: {
    readonly parameters: Readonly<Record<string, unknown>>;
    readonly factor: number | null;
  } | null;
  /** Why there is no curve and what would help: a sentence for each obstacle, that of the kernel last; null with a curve. */
  readonly reason: string | null;
  /**
   * Where the kernel is in the way, alone or beside this saturation: adstock parameters that come near, and the largest
   * difference of weights that sum to 1.
   */
  readonly nearest: { readonly parameters: Readonly<Record<string, unknown>>; readonly difference: number } | null;
}

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
  const read = readOptions(to, options);
  const written = parseCurve(from);
  const curve = plainCurve(written);
  const asItIs = (curve: Curve | Preset, parameters: Parameters): Conversion => {
    return { curve, factor: 1, kernel: { parameters, factor: 1 }, reason: null, nearest: null };
  };
  if (to === 'plain') return asItIs(curve, { adstock: curve.adstock ?? { kind: 'none' } });
  if (isPreset(written) && written.preset === to) {
    const parameters = Object.entries(written).filter(([name]) => adstockNames[to].includes(name));
    return asItIs(written, Object.fromEntries(parameters));
  }
  return toPreset(curve, to, read);
}

function toPreset(curve: Curve, to: PresetName, { periods, scales }: ConversionOptions): Conversion {
  const { saturation = { kind: 'none' } } = curve;
  const adstock = withoutEmptyLead(curve.adstock ?? { kind: 'none' });
  const of = ofCurve(curve);
  const hill = saturation.kind === 'hill' || saturation.kind === 'michaelisMenten';
  const { match, reason, nearest } = findKernel(to, adstock, periods, hill);
  const kernel = match && { parameters: match.parameters, factor: match.steady ? match.gain : null };
  const none = (reason: string): Conversion => ({ curve: null, factor: null, kernel, reason, nearest });

  const length = periods ?? 60;
  const alone = isOne(kernelOf(adstock, length));
  const first = curve.order === 'saturationFirst' && !alone && of !== null && of !== 'frequency';
  const order = first ? saturationFirst[to] : {};
  // with whatever numbers: is there such a curve at all?
  const anyNames = underNames(to, hill ? { kind: 'hill', halfSaturation: 1, slope: 1 } : saturation);
  const obstacles: string[] = [];
  if (of === 'frequency' && to !== 'meridian') obstacles.push(`${to} has no curve of frequency.`);
  if (!order) obstacles.push(`${to} carries over before it saturates, this curve saturates first.`);
  if (!anyNames) obstacles.push(`${to} has no saturation of the kind ${show(saturation.kind)}.`);
  if (reason) obstacles.push(reason);
  if (!match || !anyNames || obstacles.length > 0) return none(obstacles.join(' '));

  const names = (parameters: Parameters) =>
    ({
      preset: to,
      ...(of === 'frequency' && { reach_frequency: true }),
      ...match.parameters,
      ...order,
      ...(to === 'robyn-legacy' && { gamma: gammaOf(curve) }),
      ...parameters,
      ...(of !== null && of !== 'frequency' && of !== 'medium' && { of }),
    }) as Preset;
  // what saturates there is so many times what saturates here
  const { gain, steady } = match;
  const mine = measureOf(curve, alone);
  const theirs = measureOf(plainCurve(names(anyNames.parameters)), isOne(kernelOf(match.made, length)));
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
  const result = names(named.parameters);
  const problem = problemOf(result);
  if (problem) return none(`${to} would need a parameter that it does not have: ${problem}`);
  const factor = rescaled.factor * named.factor * (of === 'frequency' ? ratio : first ? gain : 1);
  return { curve: result, factor: steady || (measuredAfter && !first) ? factor : null, kernel, reason, nearest };
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

/** Options as they are now. @throws InputError */
function readOptions(to: unknown, options: unknown): ConversionOptions {
  const faults = collectFaults();
  const known = ['plain', ...Object.keys(rules)];
  if (!known.includes(to as string)) {
    const near = typeof to === 'string' ? suggestion(to, known) : '';
    faults.add('option', 'to', `expected a preset or "plain", got ${got(to)}${near}`);
  }
  const path = (name: string) => name;
  const { periods, scales } = readMembers(faults, options, ['periods', 'scales'], { whole: 'options', path });
  if (periods !== undefined && !(Number.isInteger(periods) && within(periods, 1, 1_000_000))) {
    faults.add('option', 'periods', `expected a whole number from 1 to 1,000,000, got ${got(periods)}`);
  }
  const sides = scales === undefined ? {} : readMembers(faults, scales, ['from', 'to'], { whole: 'scales' });
  for (const side of ['from', 'to'] as const) {
    if (scales === undefined || within(sides[side], Number.MIN_VALUE, Number.MAX_VALUE)) continue;
    faults.add('option', `scales.${side}`, `expected a finite number above 0, got ${got(sides[side])}`);
  }
  faults.throwIfAny();
  return { periods, scales: scales && sides } as ConversionOptions;
}

const within = (value: unknown, least: number, most: number) =>
  typeof value === 'number' && value >= least && value <= most;
