import { crossProducts } from '../linalg/crossProducts.js';
import type { Pass } from '../pass/pass.js';
import { findDependent } from './dependent.js';
import type { Evaluation, Regression } from './marginal.js';

const least = 1e-12; // of the unit diagonal

/**
 * The observed information at a spot (Louis 1982), sum_h p_h (s_h - g_h) x x' + `gram`, the last being sum_b y_b / u_b^2 J_b J_b':
 * by rows of `stride`, lower triangle, without the ridge.
 */
export function observedInformation(
  pass: Pass,
  { values, stride }: Regression,
  { productivity, statistics }: Pick<Evaluation, 'productivity' | 'statistics'>,
  gram: Float64Array,
): Float64Array {
  const own = productivity.map((p, h) => p * (pass.exposure[h] - statistics.credits[h]));
  const crossed = crossProducts(pass.machine, values, stride, own);
  return gram.map((x, i) => x + crossed[i]);
}

/** Whether information by rows of `stride`, with its ridge, has a Cholesky factor after scaling its diagonal to 1. */
export function isPositive({ stride, size, ridge }: Regression, information: Float64Array): boolean {
  const entry = (i: number, j: number) => information[i * stride + j] + (i === j ? ridge[i] : 0);
  const scaled = (i: number, j: number) => (entry(i, i) > 0 ? entry(i, j) / Math.sqrt(entry(i, i) * entry(j, j)) : 0);
  return findDependent(0, size, scaled, least).length === 0;
}
