import { findDependent } from './dependent.js';

/** A design as solvers use it: an intercept, then columns of mean 0 and variance 1, weighted by exposure. */
export interface Standardised {
  /** `stride` values per entity, a multiple of 4, zero past `size`. */
  readonly values: Float64Array;
  readonly stride: number;
  /** Columns, the intercept included. */
  readonly size: number;
  /** What was taken off each column and what it was divided by: 0 and 1 for the intercept. */
  readonly means: Float64Array;
  readonly deviations: Float64Array;
}

/** Columns that cannot be told apart from others. */
export interface Aliased {
  readonly column: number;
  /** Columns it is a combination of; none where it is constant. */
  readonly of: readonly number[];
}

const least = 1e-10; // of a column's variance: less of its own than this is rounding

/** Rows of `width` values, one per entity; weights are their exposures. */
export function standardise(rows: Float64Array, width: number, weights: Float64Array): Standardised {
  const entities = weights.length;
  const size = width + 1;
  const stride = Math.ceil(size / 4) * 4;
  const values = new Float64Array(entities * stride);
  const means = new Float64Array(size);
  const deviations = new Float64Array(size).fill(1);
  const whole = weights.reduce((sum, w) => sum + w, 0);
  for (let c = 0; c < width; c++) {
    let mean = 0;
    for (let h = 0; h < entities; h++) mean += (weights[h] / whole) * rows[h * width + c];
    let variance = 0;
    let largest = 0;
    for (let h = 0; h < entities; h++) {
      const from = rows[h * width + c] - mean;
      variance += (weights[h] / whole) * from * from;
      largest = Math.max(largest, Math.abs(rows[h * width + c]));
    }
    const constant = !(Math.sqrt(variance) > 1e-12 * largest);
    means[c + 1] = mean;
    if (!constant) deviations[c + 1] = Math.sqrt(variance);
    for (let h = 0; h < entities; h++) {
      values[h * stride + c + 1] = constant ? 0 : (rows[h * width + c] - mean) / deviations[c + 1];
    }
  }
  for (let h = 0; h < entities; h++) values[h * stride] = 1;
  return { values, stride, size, means, deviations };
}

/** Columns that are constant, or a combination of those before them, as the data weigh them. Empty where there are none. */
export function findAliased({ values, stride, size }: Standardised, weights: Float64Array): Aliased[] {
  const whole = weights.reduce((sum, w) => sum + w, 0);
  const correlation = (c: number, k: number) => {
    let sum = 0;
    for (let h = 0; h < weights.length; h++)
      sum += (weights[h] / whole) * values[h * stride + c] * values[h * stride + k];
    return sum;
  };
  return findDependent(1, size, correlation, least).map(({ column, on }) => ({
    column: column - 1,
    of:
      correlation(column, column) === 0
        ? []
        : on.filter(({ weight }) => Math.abs(weight) > 1e-6).map((k) => k.column - 1),
  }));
}

/** Coefficients of the columns as they were before, from those of the standardised ones. */
export function unstandardise({ size, means, deviations }: Standardised, coefficients: Float64Array): Float64Array {
  const out = new Float64Array(size);
  out[0] = coefficients[0];
  for (let c = 1; c < size; c++) {
    out[c] = coefficients[c] / deviations[c];
    out[0] -= out[c] * means[c];
  }
  return out;
}

/** The same for a covariance matrix, by rows of `size`: T V T' with T the linear map above. */
export function unstandardiseCovariance(standardised: Standardised, covariance: Float64Array): Float64Array {
  const { size } = standardised;
  const half = new Float64Array(size * size);
  for (let r = 0; r < size; r++)
    half.set(unstandardise(standardised, covariance.subarray(r * size, r * size + size)), r * size);
  const out = new Float64Array(size * size);
  for (let c = 0; c < size; c++) {
    const column = Float64Array.from({ length: size }, (_, r) => half[r * size + c]);
    unstandardise(standardised, column).forEach((x, r) => {
      out[r * size + c] = x;
    });
  }
  return out;
}
