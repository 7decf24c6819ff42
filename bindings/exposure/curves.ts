import type { Faults } from '../base/faults.js';
import { suggestion } from '../base/nearest.js';
import { type Curve, type Curves, curvesOf, type Preset } from '../config/config.js';
import { plainCurve } from '../config/presets/plain.js';

/** A curve in use, and the values of the `by` columns that lead to it. */
export interface NamedCurve {
  readonly curve: Curve;
  readonly by: readonly string[];
}

/** Hears what is about to saturate on a curve: scaled exposure, or frequencies; with zeros where nothing is. */
export type Watch = (curve: NamedCurve, values: Float64Array) => void;

/** Where a curve stands in the configuration. */
export const pathOf = ({ by }: NamedCurve) => ['effectiveExposure.curves', ...by].join('.');

/** The curve that the values of the `by` columns lead to; a missing one is a fault. */
export function findCurve(faults: Faults, curves: Curves, by: readonly string[]): NamedCurve | null {
  let at = curves;
  for (const [depth, value] of by.entries()) {
    if (!Object.hasOwn(at, value)) {
      const path = ['effectiveExposure.curves', ...by.slice(0, depth + 1)].join('.');
      faults.add('missing-curve', path, `expected a curve, got nothing${suggestion(value, Object.keys(at))}`);
      return null;
    }
    at = (at as Record<string, Curves>)[value];
  }
  return { curve: plainCurve(at as Curve | Preset), by };
}

/** Curves of the configuration that nothing uses, as paths. */
export function unusedCurves(curves: Curves, depth: number, used: readonly NamedCurve[]): string[] {
  const names = new Set(used.map(({ by }) => JSON.stringify(by)));
  const unused: string[] = [];
  for (const [path] of curvesOf(curves, depth)) if (!names.has(JSON.stringify(path))) unused.push(path.join('.'));
  return unused;
}
