import type { FilledPooling } from '../config/fillPooling.js';
import { levelAt } from '../hierarchy/hierarchy.js';
import type { ComponentFit } from '../infer/fitPanel.js';
import { expOf } from '../math/exp.js';
import type { Problem } from '../problem/compile.js';
import type { Rows } from '../tables/read.js';

/** What the pooling groups of an entity say of it in a component of the fit. */
export interface GroupRate {
  /** Over the component's common rate. */
  readonly relative: number;
  /** How many of its groups the component knows: 0 is what is common to all. */
  readonly known: number;
}

export type GroupRates = (component: number, entity: number) => GroupRate;

type Grouped = Pick<Rows, 'groups' | 'tree'>;

/** Keeps the rates of a fit's pooling groups by their texts, for entities that it has not seen. Null without groups. */
export function groupRatesOf(
  problem: Problem,
  fits: readonly ComponentFit[],
  pooling: FilledPooling,
): ((rows: Grouped) => GroupRates) | null {
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
  const commonOf = (component: number): GroupRate => ({ relative: known[component].get('[]') ?? 1, known: 0 });

  return (others) => (component, e) => {
    const rates = known[component];
    const of = (key: readonly unknown[]) => rates.get(JSON.stringify(key));
    if (others.tree) {
      const { of: parentOf, parents, texts } = others.tree;
      for (let group = parentOf[e]; group >= 0; group = parents[group]) {
        const relative = of([texts[group]]);
        if (relative !== undefined) return { relative, known: 1 };
      }
      return commonOf(component);
    }
    const texts = textsOf(others, e);
    if (crossed) {
      const factors = texts.map((text, k) => of([k + 1, text])).filter((factor) => factor !== undefined);
      const { relative } = commonOf(component);
      return { relative: factors.reduce((product, factor) => product * factor, relative), known: factors.length };
    }
    // the innermost group that the fit knows; columns that make one level are known together or not at all
    const lengths = pooling.kind === 'tree' ? texts.map((_, i) => texts.length - i) : [texts.length];
    for (const length of lengths) {
      const relative = of(texts.slice(0, length));
      if (relative !== undefined) return { relative, known: length };
    }
    return commonOf(component);
  };
}

const textsOf = ({ groups }: Grouped, e: number): string[] => groups.map(({ of, texts }) => texts[of[e]]);
