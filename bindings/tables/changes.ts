import type { Change } from '../config/formula.js';
import { log1pOf, logOf } from '../math/log.js';

/** A change with the figures it took from the data of the fit. */
export type Applied = Change | { readonly kind: 'standardise'; readonly mean: number; readonly deviation: number };

/** What a change makes of a value. */
export function applied(value: number, change: Applied): number {
  switch (change.kind) {
    case 'divide':
      return value / change.by;
    case 'log':
      return logOf(value);
    case 'log1p':
      return log1pOf(value);
    case 'sqrt':
      return Math.sqrt(value);
    case 'standardise':
      return (value - change.mean) / change.deviation;
    case 'scale':
      return value;
  }
}

/** What a change needs that a value is not, in words; null where it takes it. */
export function boundOf({ kind }: Applied, value: number): string | null {
  if (kind === 'log') return value <= 0 ? 'a number above 0' : null;
  if (kind === 'log1p') return value <= -1 ? 'a number above -1' : null;
  if (kind === 'sqrt') return value < 0 ? 'a number >= 0' : null;
  return null;
}

/** A column and its changes, as coefficients are named. */
export function nameOf(column: string, changes: readonly Change[]): string {
  return changes.reduce(
    (text, change) => (change.kind === 'divide' ? `${text}/${change.by}` : `${change.kind}(${text})`),
    column,
  );
}
