import { crossProducts } from '../linalg/crossProducts.js';
import { solveEach } from '../linalg/solvePositive.js';
import type { Pass } from '../pass/pass.js';
import type { Evaluation, Regression } from './marginal.js';
import { isPositive, observedInformation } from './observed.js';

/** Covariances of standardised coefficients, by rows of `size`; the model's is per unit of dispersion. */
export interface Covariances {
  readonly model: Float64Array;
  /** `observed` is Louis' information; `expected` is Fisher's where that is not positive definite. */
  readonly by: 'observed' | 'expected';
  readonly sandwich: Float64Array;
  /** Null without blocks, or with a single one. */
  readonly blocks: Float64Array | null;
}

/**
 * Covariances at an optimum (docs/method.md, "Covariates"):
 *   observed   O = sum_h p_h (s_h - g_h) x x' + sum_b y_b / u_b^2 J_b J_b' + ridge      (Louis 1982)
 *   model      O^-1, times the dispersion
 *   sandwich   O^-1 (sum_b (y_b / u_b - 1)^2 J_b J_b') O^-1, and the same with the scores of each block added up first, times
 *              G / (G - 1) for G blocks
 */
export async function covariancesAt(
  pass: Pass,
  regression: Regression,
  spot: Evaluation,
  blockOf: Uint32Array | null,
): Promise<Covariances> {
  const { values, stride, size, ridge } = regression;
  const look = async (weighing: 'observed' | 'expected') => {
    const { projected } = await pass.sweep(spot.productivity, {
      projection: { design: values, columns: stride, weighing },
    });
    return projected!.gram!;
  };
  const observed = observedInformation(pass, regression, spot, await look('observed'));
  const definite = isPositive(regression, observed);
  const information = dense(definite ? observed : await look('expected'), stride, size);
  for (let c = 0; c < size; c++) information[c * size + c] += ridge[c];
  const unit = Array.from({ length: size }, (_, i) => Float64Array.from({ length: size }, (_, j) => (i === j ? 1 : 0)));
  const model = flat(solveEach(pass.machine, information, unit), size);

  const blocks = blockOf ? blockOf.reduce((most, block) => Math.max(most, block + 1), 0) : 0;
  const { projected } = await pass.sweep(spot.productivity, {
    projection: { design: values, columns: stride, weighing: 'residual', ...(blockOf && { blockOf, blocks }) },
  });
  const sandwichOf = (sandwichMeat: Float64Array) => times(times(model, sandwichMeat, size), model, size);
  const scores = projected!.scores;
  return {
    model,
    by: definite ? 'observed' : 'expected',
    sandwich: sandwichOf(dense(projected!.gram!, stride, size)),
    blocks:
      scores && blocks > 1
        ? sandwichOf(
            dense(crossProducts(pass.machine, scores, stride, new Float64Array(blocks).fill(1)), stride, size),
          ).map((x) => (x * blocks) / (blocks - 1))
        : null,
  };
}

/** A whole symmetric matrix from the lower triangle of one with longer rows. */
function dense(lower: Float64Array, stride: number, size: number): Float64Array {
  const out = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      out[i * size + j] = lower[i * stride + j];
      out[j * size + i] = lower[i * stride + j];
    }
  }
  return out;
}

function flat(columns: readonly Float64Array[], size: number): Float64Array {
  const out = new Float64Array(size * size);
  columns.forEach((column, c) => {
    for (let r = 0; r < size; r++) out[r * size + c] = column[r];
  });
  return out;
}

function times(a: Float64Array, b: Float64Array, size: number): Float64Array {
  const out = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < size; k++) {
      const factor = a[i * size + k];
      for (let j = 0; j < size; j++) out[i * size + j] += factor * b[k * size + j];
    }
  }
  return out;
}
