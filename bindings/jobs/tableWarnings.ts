import { show } from '../base/errors.js';
import type { Steps } from '../base/steps.js';
import type { Model } from '../config/config.js';
import { doubleWarnings } from '../diagnose/doubleWarnings.js';
import { keyWarnings } from '../diagnose/keys.js';
import { curveWarnings, type Warning } from '../diagnose/warnings.js';
import type { Rows } from '../tables/read.js';
import type { Prepared } from './engine.js';

/** What is worth saying of the tables themselves, whatever is done with them. */
export function* tableWarnings({ problem, model, history, raw }: Prepared): Steps<Warning[]> {
  const found = [
    ...emptyWarnings(problem.rows, model),
    ...keyWarnings(problem, raw.deliveries, model.exposure.brick, history),
  ];
  yield;
  return [...found, ...(yield* doubleWarnings(problem.rows, raw.deliveries, model))];
}

/** Rows that were left out because their value counts as empty. */
const emptyWarnings = (rows: Rows, model: Model): Warning[] =>
  (['totals', 'exposure'] as const).flatMap((section) => {
    const { table, emptied } = rows[section];
    if (emptied === 0) return [];
    const { value, empty = [] } = model[section];
    const left = emptied === 1 ? '1 row was left out, whose' : `${emptied} rows were left out, whose`;
    return {
      code: 'empty-values',
      message: `${table}: ${left} ${value} counts as empty (${empty.map(show).join(', ')}).`,
    };
  });

/** The same and what is worth saying of curves: all that is known without a fit. */
export function* inputWarnings(prepared: Prepared): Steps<Warning[]> {
  return [...(yield* tableWarnings(prepared)), ...curveWarnings(prepared)];
}
