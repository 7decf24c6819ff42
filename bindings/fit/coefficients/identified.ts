import type { Pass } from '../pass.js';
import type { Regression, Spot } from './marginal.js';

const least = 1e-6; // of what the totals would say if every entity's own were known

/**
 * Columns that the totals cannot tell from those before them, though the design can: because the bricks mix entities alike. By
 * the pivots of Fisher's information, each column scaled by its information if every entity's total were known; the ridge
 * counts for what it holds.
 */
export function unidentified(pass: Pass, regression: Regression, { productivity, information }: Spot): number[] {
  const { values, stride, size, ridge } = regression;
  if (!information) return [];
  const complete = Float64Array.from(ridge);
  for (let h = 0; h < productivity.length; h++) {
    const weight = productivity[h] * pass.exposure[h];
    for (let c = 0; c < size; c++) complete[c] += weight * values[h * stride + c] * values[h * stride + c];
  }
  const flat: number[] = [];
  const kept: number[] = [];
  const lower = new Float64Array(size * size);
  for (let c = 0; c < size; c++) {
    const row = new Float64Array(kept.length);
    let own = complete[c] > 0 ? (information[c * stride + c] + ridge[c]) / complete[c] : 0;
    for (let k = 0; k < kept.length; k++) {
      let sum = information[c * stride + kept[k]] / Math.sqrt(complete[c] * complete[kept[k]]);
      for (let j = 0; j < k; j++) sum -= row[j] * lower[kept[k] * size + j];
      row[k] = sum / lower[kept[k] * size + k];
      own -= row[k] * row[k];
    }
    if (!(own > least)) {
      flat.push(c);
      continue;
    }
    lower.set(row, c * size);
    lower[c * size + kept.length] = Math.sqrt(own);
    kept.push(c);
  }
  return flat;
}
