import { findIndistinguishable } from './diagnose/indistinguishable.js';
import type { Prepared, Workshop } from './engine.js';
import type { FitRule } from './fit/dispersion.js';
import { type FitProgress, fitPanel } from './fit/fitPanel.js';
import { coefficientRule, type Filled } from './regression.js';

/** What a configuration asks of the fit of a component. */
export function ruleOf({ model, fit }: Filled): FitRule {
  const { pooling, productivity, family } = model;
  return {
    family,
    pooling:
      pooling.kind === 'none'
        ? null
        : {
            spread: productivity === 'free' ? pooling.spread : productivity.deviation,
            evidence: pooling.evidence === 'none' ? Number.POSITIVE_INFINITY : pooling.evidence,
          },
    solver: fit.solver,
    tolerance: fit.tolerance,
    maxPasses: fit.maxPasses,
  };
}

/** Fits a problem; `dispersions` as in fitPanel. Nothing of it stays in the arena. */
export async function fitPrepared(
  { kernels, arena }: Workshop,
  { problem, pace, covariates }: Prepared,
  model: Filled,
  rule: FitRule,
  tell?: (progress: FitProgress) => void,
  dispersions?: Float64Array,
) {
  const { panel, rows } = problem;
  const alike = findIndistinguishable(panel);
  const twins = Uint32Array.from(panel.entity, (_, k) => k);
  for (const group of alike) for (const k of group) twins[k] = group[0];
  const regression = covariates && { predictors: covariates.predictors, rule: coefficientRule(model) };
  const { seed } = model;
  arena.reset();
  const panelFit = await fitPanel(
    kernels,
    arena,
    panel,
    rows.groups,
    rule,
    pace,
    seed,
    twins,
    tell,
    regression,
    dispersions,
  );
  arena.reset();
  return { panelFit, alike };
}
