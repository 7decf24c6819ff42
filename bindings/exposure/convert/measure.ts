import type { Curve } from '../../config/config.js';
import { type FullScale, scaleOf } from '../../config/fill.js';

/** A scale as far as it decides what saturates: a number of its own counts as the unit it is. */
export type Measure = FullScale | null;

/** `alone`: there is no carry-over, so that what saturates is what was delivered. */
export function measureOf(curve: Curve, alone: boolean): Measure {
  const scale = scaleOf(curve);
  if (scale === null || typeof scale === 'number') return null;
  return {
    ...scale,
    kind: scale.kind === 'between' && scale.share === 1 ? 'max' : scale.kind,
    from: alone || curve.order === 'saturationFirst' ? 'delivered' : scale.from,
  };
}

export const sameMeasure = (a: Measure, b: Measure): boolean =>
  a !== null &&
  b !== null &&
  a.kind === b.kind &&
  a.share === b.share &&
  a.from === b.from &&
  a.per === b.per &&
  a.over === b.over;

/** `divides by the largest value of what was delivered`. */
export function wordsOf(measure: Measure): string {
  if (measure === null) return 'divides by nothing that is measured';
  const { kind, share, from, per, over } = measure;
  const kinds = {
    max: 'largest value',
    mean: 'mean',
    median: 'median above 0',
    between: `point ${share} of the way from the smallest to the largest value`,
  };
  const what = from === 'delivered' ? 'what was delivered' : 'what is carried over';
  const where = per === 'curve' ? ', all places together' : '';
  return `divides by the ${kinds[kind]} of ${what}${where}${over === 'totals' ? ', in periods with a total' : ''}`;
}
