import type { Problem } from '../problem/compile.js';
import type { ComponentFit } from './fitPanel.js';

/** What the fit says of each entity, by entity number. */
export interface Productivities {
  /** Per unit of exposure, in the unit of the totals; 0 for an entity without exposure. */
  readonly productivity: Float64Array;
  /** Over its component's common rate: what splits within a component need, free of scale. */
  readonly relative: Float64Array;
  /** Over the mean of what it is connected with, weighed by exposure: 1 on average; 0 for an entity without exposure. */
  readonly normalised: Float64Array;
  /** 0 all prior, 1 all data; ignores overlap with other entities. */
  readonly trust: Float64Array;
  /** 1 where the data say next to nothing beside the prior: the productivity is what its group, or covariates, say. */
  readonly cold: Uint8Array;
}

const leastTrust = 0.05; // below it an entity has next to no history of its own

/** Common rate of a component in the user's units; NaN where there was no brick to learn from. */
export function commonRate({ panel }: Problem, component: number, fit: ComponentFit): number {
  if (fit.kind === 'empty') return Number.NaN;
  return fit.kind === 'zero' ? 0 : unscale(fit.rate, panel.totalScale[component], panel.exposureScale[component]);
}

/** A rate in the user's units. Exact, as scales are powers of two; Infinity where no double is large enough. */
export function unscale(rate: number, totalScale: number, exposureScale: number): number {
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
  const cold = new Uint8Array(entities);
  fits.forEach((fit, c) => {
    const first = panel.columns[c];
    for (let k = first; k < panel.columns[c + 1]; k++) {
      const e = panel.entity[k];
      if (fit.kind === 'fitted') {
        const value = fit.solution.productivity[k - first];
        const information = fit.information[k - first];
        productivity[e] = unscale(value, panel.totalScale[c], panel.exposureScale[c]);
        relative[e] = value / fit.rate;
        const { weight } = fit.prior;
        trust[e] = information > 0 ? information / (information + weight) : 0;
        if (weight > 0 && weight < Number.POSITIVE_INFINITY && trust[e] < leastTrust) cold[e] = 1;
        if (fit.follows) trust[e] = 0; // whatever the totals weigh, they repeat the exposure
      } else relative[e] = fit.kind === 'empty' ? 1 : 0;
    }
  });
  for (const group of alike) {
    for (const k of group) {
      trust[panel.entity[k]] = 0;
      cold[panel.entity[k]] = 0; // they have a flag of their own
    }
  }
  return { productivity, relative, normalised: normalise(problem, relative), trust, cold };
}

/** Divides by the mean over the entities that each is connected with, weighed by exposure. */
function normalise({ panel, connectedOf }: Problem, relative: Float64Array): Float64Array {
  const components = connectedOf.reduce((most, c) => Math.max(most, c + 1), 0);
  const earned = new Float64Array(components);
  const exposure = new Float64Array(components);
  for (let j = 0; j < panel.column.length; j++) {
    const e = panel.entity[panel.column[j]];
    earned[connectedOf[e]] += panel.exposure[j] * relative[e];
    exposure[connectedOf[e]] += panel.exposure[j];
  }
  return relative.map((value, e) => {
    const c = connectedOf[e];
    return c >= 0 && earned[c] > 0 ? value * (exposure[c] / earned[c]) : value;
  });
}
