import type { ComponentFit } from './fit/fitPanel.js';
import { levelAt } from './fit/lognormal/hierarchy.js';
import { expOf } from './kernels/js/exp.js';
import type { FilledPooling } from './model/fillPooling.js';
import type { Problem } from './problem/compile.js';
import type { Rows } from './problem/read.js';

/** What the pooling groups of an entity say of it, over the common rate of a component of the fit; 1 where they say nothing. */
export type GroupRate = (component: number, entity: number) => number;

type Grouped = Pick<Rows, 'groups' | 'tree'>;

/** Keeps the rates of a fit's pooling groups by their texts, for entities that it has not seen. Null without groups. */
export function groupRatesOf(
  problem: Problem,
  fits: readonly ComponentFit[],
  pooling: FilledPooling,
): ((rows: Grouped) => GroupRate) | null {
  const { rows, panel } = problem;
  if (rows.groups.length === 0 && !rows.tree) return null;
  const crossed = pooling.kind === 'crossed';
  const known = fits.map((fit, c): ReadonlyMap<string, number> => {
    const rates = new Map<string, number>();
    if (fit.kind !== 'fitted') return rates;
    if (fit.log) {
      const { hierarchy, unknowns } = fit.log;
      const root = unknowns[hierarchy.entities + hierarchy.groups];
      rates.set('[]', expOf(root) / fit.rate);
      fit.names.forEach((texts, g) => {
        const at = hierarchy.entities + g;
        const key = crossed ? [levelAt(hierarchy, at), ...texts] : texts;
        rates.set(JSON.stringify(key), crossed ? expOf(unknowns[at]) : expOf(unknowns[at]) / fit.rate);
      });
      return rates;
    }
    for (let k = panel.columns[c]; k < panel.columns[c + 1]; k++) {
      const rate = fit.prior.rates[k - panel.columns[c]];
      rates.set(JSON.stringify(textsOf(rows, panel.entity[k])), rate / fit.rate);
    }
    return rates;
  });
  const lookUp = (rows: Grouped): GroupRate => {
    if (rows.tree) {
      const { of, parents, texts } = rows.tree;
      return (component, e) => {
        for (let group = of[e]; group >= 0; group = parents[group]) {
          const rate = known[component].get(JSON.stringify([texts[group]]));
          if (rate !== undefined) return rate;
        }
        return known[component].get('[]') ?? 1;
      };
    }
    return (component, e) => {
      const texts = textsOf(rows, e);
      const rates = known[component];
      if (crossed) {
        return texts.reduce(
          (product, text, k) => product * (rates.get(JSON.stringify([k + 1, text])) ?? 1),
          rates.get('[]') ?? 1,
        );
      }
      // the innermost group that the fit knows; several columns that make one level are known together or not at all
      for (
        let length = texts.length;
        length >= 0;
        length = pooling.kind === 'tree' ? length - 1 : length > 0 ? 0 : -1
      ) {
        const rate = rates.get(JSON.stringify(texts.slice(0, length)));
        if (rate !== undefined) return rate;
      }
      return 1;
    };
  };
  return lookUp;
}

const textsOf = ({ groups }: Grouped, e: number): string[] => groups.map(({ of, texts }) => texts[of[e]]);
