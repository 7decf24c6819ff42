import { show } from '../base/errors.js';
import type { Faults } from '../base/faults.js';
import { suggestion } from '../base/nearest.js';
import type { Model } from './config.js';
import { cohortColumn, levelNames, poolingColumns } from './pooling.js';

const path = 'model.pooling';

/** What pooling needs of the other sections, and of its own options among each other. */
export function checkPooling(faults: Faults, { model, exposure, entities, effectiveExposure }: Model): void {
  const pooling = model?.pooling;
  if (!pooling || pooling.kind === 'none') return;
  const option = (where: string, problem: string) => faults.add('option', `${path}.${where}`, problem);
  const columns = poolingColumns(pooling);
  if (pooling.cohort) {
    const { time } = pooling.cohort;
    if (!exposure.brick.includes(time)) {
      option('cohort.time', `expected one of exposure.brick, got ${show(time)}${suggestion(time, exposure.brick)}`);
    }
    if (!columns.includes(cohortColumn)) {
      option('cohort', `expected "${cohortColumn}" among the groups or levels, got ${show(columns)}`);
    }
  }
  if (pooling.kind === 'gamma') return;
  if (pooling.kind === 'tree') {
    if ((pooling.levels === undefined) === (pooling.parent === undefined)) {
      const got = pooling.levels ? 'both' : 'neither';
      option('levels', `expected either levels or parent, got ${got}`);
    }
    if (pooling.parent !== undefined && !entities) {
      const problem = 'expected an entities table that has it, got none. Add "entities".';
      faults.add('missing-column', `${path}.parent`, problem);
    }
    if (pooling.parent !== undefined && exposure.entity.length > 1) {
      option('parent', `expected entities of one column, got ${show(exposure.entity)}. Use "levels".`);
    }
  }
  if (pooling.kind !== 'lognormal') {
    const levels = levelNames(pooling);
    for (const name of Object.keys(pooling.spreads ?? {})) {
      if (levels.includes(name)) continue;
      faults.add('unknown-option', `${path}.spreads.${name}`, `unknown level${suggestion(name, levels)}`);
    }
  }
  if ((model?.productivity ?? 'free') !== 'free') {
    faults.add(
      'option',
      path,
      `expected gamma pooling beside covariates, got ${show(pooling.kind)}. Covariates are the prior mean there; put groups among them.`,
    );
  }
  const estimates =
    pooling.spread === 'estimate' ||
    (pooling.kind !== 'lognormal' && Object.values(pooling.spreads ?? {}).includes('estimate'));
  if (estimates && effectiveExposure?.learn) {
    faults.add(
      'option',
      'effectiveExposure.learn',
      'expected nothing beside estimated spreads, got a list. Learn the curves first, then fit with what was learned.',
    );
  }
}
