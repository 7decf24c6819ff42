import type { Model } from './config.js';
import { parseFormula } from './formula.js';

/** Columns that the entities table must have beside its keys, covariates and groups. @throws FormulaError */
export function entityColumns({ model, exposure }: Model): string[] {
  const productivity = model?.productivity ?? 'free';
  const { covariates = [], by = [] } = productivity === 'free' ? {} : productivity;
  const columns = covariates.flatMap(parseFormula).flatMap(({ factors }) => factors.map(({ column }) => column));
  return [...new Set([...columns, ...by])].filter((name) => !exposure.entity.includes(name));
}
