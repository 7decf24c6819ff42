import type { Model } from './config.js';
import { parseFormula } from './formula.js';
import { cohortColumn, poolingColumns } from './pooling.js';

/** Columns that the entities table must have beside its keys: covariates, their groups, parents. @throws FormulaError */
export function entityColumns({ model, exposure }: Model): string[] {
  const { productivity = 'free', pooling } = model ?? {};
  const { covariates = [], by = [] } = productivity === 'free' ? {} : productivity;
  const columns = covariates.flatMap(parseFormula).flatMap(({ factors }) => factors.map(({ column }) => column));
  const parents = pooling?.kind === 'tree' && pooling.parent !== undefined ? [pooling.parent] : [];
  return [...new Set([...columns, ...by, ...parents])].filter((name) => !exposure.entity.includes(name));
}

/** Columns of the entities table that group entities for pooling: read as text. */
export function groupColumns({ model, exposure }: Model): string[] {
  const columns = poolingColumns(model?.pooling).filter((name) => !exposure.entity.includes(name));
  return model?.pooling?.kind !== 'none' && model?.pooling?.cohort
    ? columns.filter((name) => name !== cohortColumn)
    : columns;
}
