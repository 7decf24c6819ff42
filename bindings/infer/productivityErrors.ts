import type { Pace } from '../base/pace.js';
import { nested, unknownsOf } from '../hierarchy/hierarchy.js';
import { type MemberFit, mostErrors } from '../hierarchy/member.js';
import { covarianceOf } from '../hierarchy/system.js';
import { fromMemory, workRuns } from '../linalg/dense.js';
import type { Pass } from '../pass/pass.js';
import type { Rows } from '../pass/statistics.js';
import { logHessianAt } from '../solve/curvature.js';

const leastFree = 1e-6; // of the unit diagonal: without a prior, directions flatter than this are left open

/** Errors of ln productivity, one per entity of a component. */
export interface ProductivityErrors {
  /** Under the prior and what evidence leaves of the bricks: the width of credible intervals. */
  readonly posterior: Float64Array;
  readonly model: Float64Array;
  readonly sandwich: Float64Array;
  /** Null without blocks, or with a single one. */
  readonly blocks: Float64Array | null;
  /** Whether they are NaN because the optimum is left open, or is none: a saddle. */
  readonly open: boolean;
}

/**
 * Errors at the optimum of a component (docs/method.md, "Standard errors of productivities"):
 *   H = diag(productivity (exposure - credits)) + K + the prior's curvature, in ln productivity, groups left free       (Louis 1982)
 *   posterior sqrt(psi diag H^-1)
 *   model     sqrt(phi diag H^-1)
 *   sandwich  sqrt(diag(H^-1 (sum_b s_b s_b') H^-1)), s_b = (total_b / fitted_b - 1) (exposure_bh productivity_h)_h, and the same
 *             with the s_b of each block added up first, times G / (G - 1) for G blocks
 * NaN where H is not positive definite, and where productivities are given (an infinitely heavy prior) or 0. Null where there are
 * too many unknowns.
 */
export async function productivityErrors(
  pass: Pass,
  fit: MemberFit,
  psi: number,
  blockOf: Uint32Array | null,
): Promise<ProductivityErrors | null> {
  const { entities } = pass;
  const size = fit.log ? unknownsOf(fit.log.hierarchy) : entities;
  if (size > mostErrors) return null;
  const nothing = (open: boolean): ProductivityErrors => {
    const none = () => new Float64Array(entities).fill(Number.NaN);
    return { posterior: none(), model: none(), sandwich: none(), blocks: blockOf && none(), open };
  };
  if (fit.prior.weight === Number.POSITIVE_INFINITY) return nothing(false);
  const { pace } = pass.machine;
  await pace.pause();
  const covariance = await covarianceAt(pass, fit);
  if (!covariance) return nothing(true);
  const sandwich = await scores(pace, await pass.rows(fit.solution.productivity), covariance, entities, blockOf);
  await pace.pause();
  // entities that the fit leaves nothing have no logarithm
  const root = (x: number, h: number) => (fit.solution.productivity[h] > 0 ? Math.sqrt(Math.max(0, x)) : Number.NaN);
  const spread = (weight: number) =>
    Float64Array.from({ length: entities }, (_, h) => root(weight * covariance[h * (entities + 1)], h));
  return {
    posterior: spread(psi),
    model: spread(fit.dispersion),
    sandwich: sandwich.bricks.map(root),
    blocks: sandwich.blocks?.map(root) ?? null,
    open: false,
  };
}

/** H^-1 by rows. */
async function covarianceAt(pass: Pass, fit: MemberFit): Promise<Float64Array | null> {
  const { entities, machine } = pass;
  const { productivity } = fit.solution;
  const shared = await logHessianAt(pass, productivity);
  const { credits } = await pass.sweep(productivity);
  const { weight, rates } = fit.prior;
  const own = Float64Array.from({ length: entities }, (_, h) => {
    const curvature = productivity[h] * (pass.exposure[h] - credits[h]);
    if (fit.log || weight === 0) return curvature;
    return curvature + (weight * productivity[h]) / rates[h];
  });
  if (fit.log) {
    const { hierarchy, psi, deviations } = fit.log;
    const precisions = deviations.map((deviation) => psi / (deviation * deviation));
    return covarianceOf(machine, { hierarchy, precisions, shared, own });
  }
  // no group, and no prior on top of what is there already. Without one a pivot may be all rounding: the optimum is near, not exact
  const below = weight === 0 ? leastFree : undefined;
  return covarianceOf(
    machine,
    { hierarchy: nested(entities, []), precisions: new Float64Array(1), shared, own },
    below,
  );
}

/** diag(H^-1 (sum_b s_b s_b') H^-1), and the same with the scores of each block added up first. */
async function scores(
  pace: Pace,
  { segments, ids, values, totals }: Rows,
  covariance: Float64Array,
  entities: number,
  blockOf: Uint32Array | null,
): Promise<{ readonly bricks: Float64Array; readonly blocks: Float64Array | null }> {
  const count = totals.length;
  // block after block, so that one sum is enough
  const order = Uint32Array.from({ length: count }, (_, b) => b);
  if (blockOf) order.sort((a, b) => blockOf[a] - blockOf[b] || a - b);
  const squares = new Float64Array(entities);
  const blockSquares = new Float64Array(entities);
  const influence = new Float64Array(entities);
  const sum = new Float64Array(entities);
  let blocks = 0;
  const pauses = new Set<number>();
  // a row of the covariance, from main memory, per exposure
  const workOf = (i: number) => fromMemory * (segments[order[i] + 1] - segments[order[i]] + 2) * entities;
  for (const [from] of workRuns(0, count, workOf)) pauses.add(from);
  for (let i = 0; i < count; i++) {
    if (pauses.has(i)) await pace.pause();
    const b = order[i];
    let fitted = 0;
    for (let j = segments[b]; j < segments[b + 1]; j++) fitted += values[j];
    const residual = fitted > 0 ? totals[b] / fitted - 1 : 0;
    influence.fill(0);
    for (let j = segments[b]; j < segments[b + 1]; j++) {
      const score = residual * values[j];
      const row = ids[j] * entities;
      for (let k = 0; k < entities; k++) influence[k] += score * covariance[row + k];
    }
    for (let k = 0; k < entities; k++) {
      squares[k] += influence[k] * influence[k];
      sum[k] += influence[k];
    }
    if (!blockOf || (i + 1 < count && blockOf[order[i]] === blockOf[order[i + 1]])) continue;
    blocks++;
    for (let k = 0; k < entities; k++) blockSquares[k] += sum[k] * sum[k];
    sum.fill(0);
  }
  return {
    bricks: squares,
    blocks: blocks > 1 ? blockSquares.map((x) => (x * blocks) / (blocks - 1)) : null,
  };
}
