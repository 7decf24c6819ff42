import { gramScratch, type Kernels } from '../kernels/kernels.js';
import { type Arena, f64 } from '../memory/arena.js';
import type { Pace } from '../pace.js';
import { unknownsOf } from './lognormal/hierarchy.js';
import { joinedSystem, sharedSystem } from './lognormal/system.js';
import type { MemberFit } from './member.js';
import type { Pass } from './pass.js';
import type { SegmentData } from './stores.js';

/** Unknowns of a component up to which its standard errors are computed: they take the inverse of a dense matrix. */
export const mostErrors = 2000;

/** Standard errors of ln productivity, one per entity of a component. */
export interface ProductivityErrors {
  /** Under the prior and what evidence leaves of the bricks: the width of credible intervals. */
  readonly posterior: Float64Array;
  readonly model: Float64Array;
  readonly sandwich: Float64Array;
  /** Null without blocks, or with a single one. */
  readonly blocks: Float64Array | null;
}

const ridge = 1e-13; // of the unit diagonal

/**
 * Standard errors at the optimum of a component (docs/method.md, "Standard errors of productivities"):
 *   H = diag(productivity (exposure - credits)) + K + the prior's curvature, in ln productivity, groups left free       (Louis 1982)
 *   posterior sqrt(psi diag H^-1)
 *   model     sqrt(phi diag H^-1)
 *   sandwich  sqrt(diag(H^-1 (sum_b s_b s_b') H^-1)), s_b = (total_b / fitted_b - 1) (exposure_bh productivity_h)_h, and the same
 *             with the s_b of each block added up first, times G / (G - 1) for G blocks
 * NaN where H is not positive definite: the totals leave the optimum open. Null where there are too many unknowns.
 */
export async function productivityErrors(
  { kernels, arena, pace }: { readonly kernels: Kernels; readonly arena: Arena; readonly pace: Pace },
  data: SegmentData,
  component: number,
  pass: Pass,
  fit: MemberFit,
  psi: number,
  blockOf: Uint32Array | null,
): Promise<ProductivityErrors | null> {
  const { entities } = pass;
  const size = fit.log ? unknownsOf(fit.log.hierarchy) : entities;
  if (size > mostErrors) return null;
  const { productivity } = fit.solution;
  const nothing = (value: number) => ({
    posterior: new Float64Array(entities).fill(value),
    model: new Float64Array(entities).fill(value),
    sandwich: new Float64Array(entities).fill(value),
    blocks: blockOf && new Float64Array(entities).fill(value),
  });
  // at spread 0 productivities are the rates: nothing is estimated
  if (fit.prior.weight === Number.POSITIVE_INFINITY) return nothing(0);
  const shared = await pass.logHessian(productivity);
  const { credits } = await pass.sweep(productivity);
  const own = Float64Array.from({ length: entities }, (_, h) => {
    const curvature = productivity[h] * (pass.exposure[h] - credits[h]);
    const { weight, rates } = fit.prior;
    return fit.log || weight === 0 ? curvature : curvature + (weight * productivity[h]) / rates[h];
  });
  const matrix = fit.log
    ? joinedSystem(fit.log.hierarchy, weightsOf(fit), shared, own)
    : sharedSystem(size, shared, own);
  await pace.pause();
  const inverse = invert(kernels, arena, matrix, size, entities);
  if (!inverse) return nothing(Number.NaN);

  const sandwich = new Float64Array(entities);
  const known = new Set(blockOf);
  const blocks = known.size;
  const place = new Map(Array.from(known, (block, i) => [block, i]));
  const byBlock = blocks > 1 ? new Float64Array(blocks * entities) : null;
  const first = data.bricks[component];
  const column = data.columns[component];
  const through = new Float64Array(entities);
  for (let b = first; b < data.bricks[component + 1]; b++) {
    if ((b & 63) === 0) await pace.pause();
    let fitted = 0;
    for (let j = data.segments[b]; j < data.segments[b + 1]; j++) {
      fitted += data.exposure[j] * productivity[data.column[j] - column];
    }
    const residual = fitted > 0 ? data.totals[b] / fitted - 1 : 0;
    through.fill(0);
    for (let j = data.segments[b]; j < data.segments[b + 1]; j++) {
      const h = data.column[j] - column;
      const score = residual * (data.exposure[j] * productivity[h]);
      const row = h * entities;
      for (let k = 0; k < entities; k++) through[k] += score * inverse[row + k];
    }
    for (let k = 0; k < entities; k++) sandwich[k] += through[k] * through[k];
    if (!byBlock) continue;
    const block = place.get(blockOf![b - first])! * entities;
    for (let k = 0; k < entities; k++) byBlock[block + k] += through[k];
  }
  const blockSquares = byBlock && new Float64Array(entities);
  if (byBlock && blockSquares) {
    for (let i = 0; i < byBlock.length; i++) blockSquares[i % entities] += byBlock[i] * byBlock[i];
  }
  const root = (x: number) => Math.sqrt(Math.max(0, x));
  const spread = (weight: number) =>
    Float64Array.from({ length: entities }, (_, h) => root(weight * inverse[h * (entities + 1)]));
  return {
    posterior: spread(psi),
    model: spread(fit.dispersion),
    sandwich: sandwich.map(root),
    blocks: blockSquares?.map((x) => root((x * blocks) / (blocks - 1))) ?? null,
  };
}

const weightsOf = ({ log }: MemberFit) => log!.deviations.map((deviation) => log!.psi / (deviation * deviation));

/** The first `wanted` rows and columns of the inverse of a lower triangle; null where that is not positive definite. */
function invert(
  kernels: Kernels,
  arena: Arena,
  matrix: Float64Array,
  size: number,
  wanted: number,
): Float64Array | null {
  const scale = Float64Array.from({ length: size }, (_, i) => 1 / Math.sqrt(matrix[i * (size + 1)]));
  if (!scale.every((x) => x > 0 && x < Number.POSITIVE_INFINITY)) return null;
  const columns = Math.ceil(size / 4) * 4;
  const region = arena.open({ matrix: f64(size * size), vector: f64(4 * size) });
  try {
    const lower = region.f64('matrix');
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < i; j++) lower[i * size + j] = matrix[i * size + j] * scale[i] * scale[j];
      lower[i * size + i] = 1 + ridge;
    }
    if (kernels.cholesky(region.at.matrix, size) !== 0) return null;
    kernels.traceInverse(region.at.matrix, region.at.vector, size);
    // X = L^-1 has taken the factor's place: the inverse is X'X
    const product = arena.open({
      rows: f64(size * columns),
      weights: f64(size),
      gram: f64(columns * columns),
      scratch: f64(gramScratch(columns)),
    });
    try {
      const rows = product.f64('rows').fill(0);
      const inverse = region.f64('matrix');
      for (let i = 0; i < size; i++) for (let j = 0; j <= i; j++) rows[i * columns + j] = inverse[i * size + j];
      product.f64('weights').fill(1);
      product.f64('gram').fill(0);
      const { at } = product;
      kernels.gramPanel(at.rows, at.weights, at.gram, at.scratch, size, columns);
      const gram = product.f64('gram');
      const out = new Float64Array(wanted * wanted);
      for (let i = 0; i < wanted; i++) {
        for (let j = 0; j <= i; j++) {
          out[i * wanted + j] = gram[i * columns + j] * scale[i] * scale[j];
          out[j * wanted + i] = out[i * wanted + j];
        }
      }
      return out;
    } finally {
      product.close();
    }
  } finally {
    region.close();
  }
}
