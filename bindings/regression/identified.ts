import type { Pass } from '../pass/pass.js';
import { findDependent } from './dependent.js';
import type { Evaluation, Regression } from './marginal.js';

const least = 1e-6; // of what the totals would say if every entity's own were known

/**
 * Columns that the totals cannot tell from those before them, though the design can: because the bricks mix entities alike. By
 * the pivots of Fisher's information, each column scaled by its information if every entity's total were known; the ridge
 * counts for what it holds.
 */
export function unidentified(pass: Pass, regression: Regression, { productivity, information }: Evaluation): number[] {
  const { values, stride, size, ridge } = regression;
  if (!information) return [];
  const complete = Float64Array.from(ridge);
  for (let h = 0; h < productivity.length; h++) {
    const weight = productivity[h] * pass.exposure[h];
    for (let c = 0; c < size; c++) complete[c] += weight * values[h * stride + c] * values[h * stride + c];
  }
  const share = (c: number, k: number) =>
    complete[c] > 0
      ? (information[c * stride + k] + (c === k ? ridge[c] : 0)) / Math.sqrt(complete[c] * complete[k])
      : 0;
  return findDependent(0, size, share, least).map(({ column }) => column);
}
