import type { Faults } from '../base/faults.js';
import type { TableNames } from '../base/run.js';
import type { Model } from '../config/config.js';
import type { Deliveries } from '../tables/deliveries.js';
import type { Rows } from '../tables/read.js';

const cure = 'Use a larger unit: divide the column by 1000, say.';

/** Totals that are finite each and whose sum is not: no result could tell what was split. */
export function refuseEndlessTotals(faults: Faults, { totals }: Rows, model: Model, names: TableNames = {}): void {
  let sum = 0;
  for (const value of totals.value) sum += Math.abs(value);
  if (sum < Number.POSITIVE_INFINITY) return;
  const path = `${names.totals ?? 'totals'}, column ${model.totals.value}`;
  faults.add('endless-sum', path, `expected totals with a finite sum, got one past the largest number. ${cure}`);
}

/** The same of exposure, delivered or effective: `what` it is called. */
export function refuseEndlessExposure(
  faults: Faults,
  { value }: Deliveries,
  model: Model,
  table: string,
  what: 'exposure' | 'effective exposure',
): void {
  let sum = 0;
  for (let i = 0; i < value.length; i++) sum += value[i];
  if (sum < Number.POSITIVE_INFINITY || value.includes(Number.POSITIVE_INFINITY)) return; // said of its row
  const path = `${table}, column ${model.exposure.value}`;
  faults.add('endless-sum', path, `expected ${what} with a finite sum, got one past the largest number. ${cure}`);
}
