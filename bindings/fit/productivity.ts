import type { Problem } from '../problem/compile.js';
import type { ComponentFit } from './fitPanel.js';

/** What the fit says of each entity, by entity number. */
export interface Productivities {
  /** Per unit of exposure, in the unit of the totals; 0 for an entity without exposure. */
  readonly productivity: Float64Array;
  /** Over its component's common rate: what splits within a component need, free of scale. */
  readonly relative: Float64Array;
  /** 0 all prior, 1 all data; ignores overlap with other entities. */
  readonly trust: Float64Array;
}

/** Common rate of a component in the user's units; NaN where there was no brick to learn from. */
export function commonRate({ panel }: Problem, component: number, fit: ComponentFit): number {
  if (fit.kind === 'empty') return Number.NaN;
  return fit.kind === 'zero' ? 0 : unscale(fit.rate, panel.totalScale[component], panel.exposureScale[component]);
}

/** A rate in the user's units. Exact, as scales are powers of two; Infinity where no double is large enough. */
function unscale(rate: number, totalScale: number, exposureScale: number): number {
  const unit = totalScale / exposureScale;
  // one power of two where there is such a double, else one after the other
  return unit > 0 && unit < Number.POSITIVE_INFINITY ? rate * unit : (rate * totalScale) / exposureScale;
}

/** Brings the components' fits back to the user's units. `alike` are groups of indistinguishable columns. */
export function readProductivities(
  problem: Problem,
  fits: readonly ComponentFit[],
  alike: readonly Uint32Array[],
): Productivities {
  const { panel } = problem;
  const entities = problem.rows.entities.count;
  const productivity = new Float64Array(entities);
  const relative = new Float64Array(entities);
  const trust = new Float64Array(entities);
  fits.forEach((fit, c) => {
    const first = panel.columns[c];
    for (let k = first; k < panel.columns[c + 1]; k++) {
      const e = panel.entity[k];
      if (fit.kind === 'fitted') {
        const value = fit.solution.productivity[k - first];
        const information = fit.information[k - first];
        productivity[e] = unscale(value, panel.totalScale[c], panel.exposureScale[c]);
        relative[e] = value / fit.rate;
        trust[e] = information > 0 ? information / (information + fit.prior.weight) : 0;
      } else relative[e] = fit.kind === 'empty' ? 1 : 0;
    }
  });
  for (const group of alike) for (const k of group) trust[panel.entity[k]] = 0;
  return { productivity, relative, trust };
}
