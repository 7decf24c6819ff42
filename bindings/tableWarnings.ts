import { doubleWarnings } from './diagnose/doubleWarnings.js';
import { keyWarnings } from './diagnose/keys.js';
import { curveWarnings, type Warning } from './diagnose/warnings.js';
import type { Prepared } from './engine.js';

/** What is worth saying of the tables themselves, whatever is done with them. */
export const tableWarnings = ({ problem, model, history, raw }: Prepared): Warning[] => [
  ...keyWarnings(problem, model.exposure.brick, history),
  ...doubleWarnings(problem.rows, raw.deliveries, model),
];

/** The same and what is worth saying of curves: all that is known without a fit. */
export const inputWarnings = (prepared: Prepared): Warning[] => [
  ...tableWarnings(prepared),
  ...curveWarnings(prepared),
];
