import { walk } from '../base/steps.js';
import { defaults } from '../config/config.js';
import { levelSpreads } from '../config/fillPooling.js';
import { findIndistinguishable } from '../diagnose/indistinguishable.js';
import type { Grouping } from '../hierarchy/build.js';
import type { FitRule } from '../hierarchy/member.js';
import { type ComponentFit, type FitProgress, fitPanel } from '../infer/fitPanel.js';
import { log1pOf } from '../math/log.js';
import { blocksOf } from '../problem/blocks.js';
import type { Problem } from '../problem/compile.js';
import type { Prepared, Workshop } from './engine.js';
import type { Filled } from './regression.js';

/** What a configuration asks of the fit of a component. */
export function ruleOf({ model, fit }: Filled): FitRule {
  const { family } = model;
  return {
    family,
    pooling: poolingRule(model),
    solver: fit.solver,
    tolerance: fit.tolerance,
    maxPasses: fit.maxPasses,
  };
}

function poolingRule({ pooling, productivity }: Filled['model']): FitRule['pooling'] {
  if (pooling.kind === 'none') return null;
  const evidence = pooling.evidence === 'none' ? Number.POSITIVE_INFINITY : pooling.evidence;
  if (pooling.kind === 'gamma') {
    const spread = productivity === 'free' ? pooling.spread : productivity.deviation;
    return { kind: 'gamma', spread, evidence };
  }
  const levels = levelSpreads(pooling);
  return {
    kind: 'lognormal',
    deviations: levels.map(({ spread }) => deviationOf(spread === 'estimate' ? defaults.spread : spread)),
    estimated: levels.map(({ spread }) => spread === 'estimate'),
    evidence,
  };
}

/** Standard deviation of ln productivity for a coefficient of variation. */
function deviationOf(spread: number | 'free'): number {
  return spread === 'free' ? Number.POSITIVE_INFINITY : Math.sqrt(log1pOf(spread * spread));
}

/** How entities are grouped. */
function groupingOf({ rows }: Problem, { pooling }: Filled['model']): Grouping {
  if (rows.tree) return { kind: 'parents', tree: rows.tree };
  const columns = rows.groups;
  if (pooling.kind === 'tree') return { kind: 'levels', columns };
  return { kind: pooling.kind === 'crossed' ? 'crossed' : 'columns', columns };
}

/** Fits a problem; `dispersions` and `known` as in fitPanel. Nothing of it stays in the arena. */
export async function fitPrepared(
  { kernels, arena }: Workshop,
  { problem, pace, covariates }: Prepared,
  model: Filled,
  rule: FitRule,
  tell?: (progress: FitProgress) => void,
  dispersions?: Float64Array,
  known?: (component: number) => ComponentFit | null,
) {
  const { panel } = problem;
  const alike = await walk(pace, findIndistinguishable(panel));
  const twins = Uint32Array.from(panel.entity, (_, k) => k);
  for (const group of alike) for (const k of group) twins[k] = group[0];
  // where dispersions are known, fits only look for curves
  const errors =
    model.output.standardErrors && !dispersions ? { blockOf: blocksOf(problem, model.model.blocks) } : undefined;
  const loaded = covariates && (await import('./covariates.js'));
  const regression = loaded && {
    predictors: covariates.predictors,
    rule: loaded.coefficientRule(model),
    fit: loaded.fitCoefficients,
  };
  const { seed } = model;
  arena.reset();
  const panelFit = await fitPanel(
    { kernels, arena, pace, seed },
    panel,
    groupingOf(problem, model.model),
    { ...rule, errors },
    twins,
    tell,
    regression,
    dispersions,
    known,
  );
  arena.reset();
  return { panelFit, alike };
}
