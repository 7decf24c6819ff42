import { type Curve, defaults } from '../../config/config.js';
import { scaleOf } from '../../config/fill.js';
import type { Step } from '../../exposure/calendar.js';
import type { CarryOver, Response } from './facts.js';

/** A figure for people: three digits, thousands apart. */
export function figure(x: number): string {
  if (x === 0 || !Number.isFinite(x)) return String(x);
  const size = Math.abs(x);
  if (size >= 1e15 || size < 1e-4) return x.toExponential(2);
  const [whole, rest] = (size >= 1000 ? x.toFixed(0) : String(Number(x.toPrecision(3)))).split('.');
  return whole.replace(/\B(?=(\d{3})+$)/g, ',') + (rest ? `.${rest}` : '');
}

export const percent = (share: number): string => `${Number((100 * share).toPrecision(3))}%`;

/** What a period is called: one and many. */
export function periodName(step: Step | null): readonly [one: string, many: string] {
  const known: Readonly<Record<string, string>> = {
    'second 3600': 'hour',
    'day 1': 'day',
    'day 7': 'week',
    'month 1': 'month',
    'month 3': 'quarter',
    'month 12': 'year',
  };
  const one = (step && known[`${step.unit} ${step.size}`]) ?? 'period';
  return [one, `${one}s`];
}

/** `geometricWindow` as `geometric window`. */
const spaced = (name: string) => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

const switches: Readonly<Record<string, string>> = { normalize: 'normalised', shrink: 'at most the calendar' };

/** A kind and its parameters: `hill, half saturation 0.4, slope 1.3`. */
function parametersOf(option: { readonly kind: string }, skipped: readonly string[]): string {
  const said = Object.entries(option).flatMap(([name, value]: [string, unknown]) => {
    if (name === 'kind' || skipped.includes(name) || value === undefined || value === false) return [];
    return [value === true ? (switches[name] ?? spaced(name)) : `${spaced(name)} ${wordsOf(value)}`];
  });
  return [spaced(option.kind), ...said].join(', ');
}

function wordsOf(value: unknown): string {
  if (typeof value === 'number') return figure(value);
  if (Array.isArray(value)) {
    const shown = value.slice(0, 12).map((x) => figure(Number(x)));
    return shown.join(' ') + (value.length > shown.length ? ` and ${value.length - shown.length} more` : '');
  }
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([name, inner]) => `${spaced(name)} ${wordsOf(inner)}`)
    .join(', ');
}

export function adstockWords({ adstock = { kind: 'none' } }: Curve): string {
  return adstock.kind === 'none' ? 'none: all effect in the period of the exposure' : parametersOf(adstock, []);
}

export function carryOverWords(carry: CarryOver, [one, many]: readonly [string, string]): string {
  const count = (x: number) => `${figure(x)} ${x === 1 ? one : many}`;
  const parts = [`mean lag ${count(carry.meanLag)}`];
  if (carry.halfLife !== null) parts.push(`half-life ${count(carry.halfLife)}`);
  parts.push(
    carry.halfBy === 0
      ? `half of the effect comes in the ${one} of the exposure`
      : `half of the effect has come by lag ${carry.halfBy}`,
  );
  // weights that are normalised sum to 1 but for rounding
  if (Math.abs(carry.gain - 1) > 1e-9) parts.push(`a unit delivered counts ${figure(carry.gain)} times in all`);
  if (carry.rest > 0.0005) parts.push(`${percent(carry.rest)} comes after the lags shown`);
  return `${parts.join('; ')}.`;
}

export function saturationWords({ saturation = { kind: 'none' } }: Curve): string {
  return saturation.kind === 'none' ? 'none: effect in proportion' : parametersOf(saturation, ['of', 'amplitude']);
}

/** `perHead`: exposure is divided by the population first. */
export function scaleWords(curve: Curve, perHead: boolean): string {
  if ('of' in (curve.saturation ?? {}) && (curve.saturation as { of?: string }).of === 'frequency') {
    return 'none: frequency saturates as it is';
  }
  const scale = scaleOf(curve);
  if (scale === null) return perHead ? 'exposure per head' : 'none: exposure in its own units';
  if (typeof scale === 'number') return `${perHead ? 'per head, ' : ''}divided by ${figure(scale)}`;
  const { kind, share, from, per } = scale;
  const what = {
    max: 'the largest value',
    mean: 'the mean',
    median: 'the median of values above 0',
    between: `a point ${percent(share)} of the way from the smallest to the largest value`,
  }[kind];
  const where = per === 'curve' ? 'over all places together' : 'of each place';
  const window = 'over' in scale && scale.over === 'totals' ? ', in periods with a total' : '';
  return `${perHead ? 'per head, ' : ''}divided by ${what} ${where}, ${from === 'delivered' ? 'as delivered' : 'after carry-over'}${window}`;
}

/** What saturates, and what follows from it. */
export function ofWords({ saturation = { kind: 'none' } }: Curve): readonly [name: string, consequence: string] {
  if (saturation.kind === 'none') {
    return ['nothing saturates', 'Cutting a campaign in two changes nobody else’s effective exposure.'];
  }
  const of: string = saturation.of ?? defaults.of;
  const consequences: Readonly<Record<string, string>> = {
    medium:
      'The sum of the campaigns saturates and they share it by exposure: cutting a campaign in two changes nobody else’s effective exposure, and its parts make up the whole.',
    scaled:
      'Each campaign saturates on the curve shrunk to its size: cutting a campaign in two changes nobody else’s effective exposure; parts that run at different times earn less together than the whole.',
    entity:
      'Each campaign saturates by itself: cutting a campaign in two raises its credit and lowers everyone else’s. The split depends on how campaigns happen to be cut.',
    frequency:
      'The frequency of each row saturates and its reach is multiplied by that: cutting a campaign in two of the same frequency changes nobody else’s effective exposure, and its parts make up the whole.',
  };
  return [`of: “${of}”`, consequences[of] ?? ''];
}

/** Where the data lie on the curve. */
export function dataWords({ count, half, aboveHalf, median, medianShare }: Response, what: string): string {
  if (count === 0) return 'No exposure: nothing lies on the curve.';
  const middle = `The middle one is at ${figure(median)}`;
  if (!half) return `${figure(count)} ${what} with exposure. ${middle}. The curve has no limit to reach half of.`;
  return `${figure(aboveHalf)} of ${figure(count)} ${what} with exposure (${percent(aboveHalf / count)}) lie above half saturation, ${figure(half.x)}. ${middle}, where the curve reaches ${percent(medianShare ?? 0)} of its limit.`;
}
