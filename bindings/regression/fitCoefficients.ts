import { logOf } from '../math/log.js';
import type { Pass } from '../pass/pass.js';
import { type CoefficientFit, fisher } from './fisher.js';
import { unidentified } from './identified.js';
import { irls } from './irls.js';
import { type CoefficientLimits, evaluate, productivityAt, type Regression } from './marginal.js';
import { type PathStep, parametersOf, walkPath } from './path.js';
import { type Covariances, covariancesAt } from './standardErrors.js';
import { type Standardised, standardise, unstandardise, unstandardiseCovariance } from './standardise.js';

/** What is asked of the coefficients. */
export interface CoefficientRule {
  readonly penalty:
    | { readonly kind: 'none' }
    | { readonly kind: 'ridge' | 'lasso'; readonly strength: number | 'path' };
  /** Weight of the prior on coefficients of a group's own, for a standard deviation of 1: on top of `penalty`. */
  readonly ownWeight: number;
  readonly solver: 'fisher' | 'em';
  /** Rise still promised, per unit of total. */
  readonly tolerance: number;
  readonly maxPasses: number;
  readonly onSweep?: CoefficientLimits['onSweep'];
}

/** Covariates of the entities of a pass. */
export interface Predictors {
  /** `width` values per entity. */
  readonly rows: Float64Array;
  readonly width: number;
  /** Group of each entity that has coefficients of its own beside the common ones; null where all share. */
  readonly groupOf: Uint32Array | null;
  readonly groups: number;
  /** Block of each brick, whose residuals may go together; null without. */
  readonly blockOf: Uint32Array | null;
}

/** Coefficients, intercept first, of the columns as given. Under groups, those of group g begin at (1 + g) * size. */
export interface Coefficients {
  readonly estimate: Float64Array;
  readonly size: number;
  /** Standard errors; the model's is for a dispersion of 1. Null where a lasso chose: they would be too small. */
  readonly errors: {
    readonly model: Float64Array;
    readonly sandwich: Float64Array;
    readonly blocks: Float64Array | null;
  } | null;
  readonly by: Covariances['by'] | null;
  /** Coefficients that the totals cannot tell from others: their errors are NaN. */
  readonly unidentified: readonly number[];
  /** exp(X beta) for each entity, in the scale of the pass. */
  readonly productivity: Float64Array;
  readonly logLikelihood: number;
  readonly pearson: number;
  /** Parameters that the data decide, the intercept included. */
  readonly parameters: number;
  /** Strength of the penalty, and the path it was chosen on. */
  readonly strength: number | null;
  readonly path: readonly PathStep[] | null;
  /** Starting points tried, and how many of them led to this optimum. */
  readonly starts: number;
  readonly agreeing: number;
  readonly converged: boolean;
  readonly passes: number;
}

const fewBricks = 10; // per coefficient: below it the likelihood may well have several tops
const starts = 3;
const offset = 0.5; // of the other starting points, in standard deviations of the columns
const same = 1e-6; // of the total: objectives this near are one height
const near = 0.01; // of every productivity: points this near are one optimum

/**
 * Fits ln productivity = X beta to the totals (docs/method.md, "Covariates"). Where bricks are few the likelihood may have
 * several tops: then from three starting points, and the best is kept. @throws MemoryError, or the signal's reason
 */
export async function fitCoefficients(
  pass: Pass,
  predictors: Predictors,
  rule: CoefficientRule,
): Promise<Coefficients> {
  const before = pass.passes;
  const common = standardise(predictors.rows, predictors.width, pass.exposure);
  const design = withGroups(common, predictors);
  const { size } = design;
  const exposure = pass.exposure.reduce((sum, s) => sum + s, 0);
  const level = pass.total / exposure;
  const first = new Float64Array(size);
  first[0] = logOf(level);
  // with a single sweep to make, the point where the fit would begin is all there is
  const only =
    rule.maxPasses <= 1 ? await evaluate(pass, { ...design, ...unpenalised(size) }, first, 'expected') : null;
  const { pearson } = only?.statistics ?? (await pass.sweep(new Float64Array(pass.entities).fill(level)));
  // the penalty is weighed against what one unit of information is worth: the dispersion of the proportional fit
  const dispersion = pass.bricks > 1 && pearson > 0 ? pearson / (pass.bricks - 1) : pass.total / pass.bricks;
  const solve = { fisher, em: irls }[rule.solver];
  const left = () => rule.maxPasses - (pass.passes - before);
  const fitAt = (regression: Regression, start: Float64Array, tolerance = rule.tolerance) => {
    const used = pass.passes - before;
    return solve(pass, regression, start, {
      tolerance: Math.max(tolerance, rule.tolerance),
      maxPasses: left(),
      onSweep: rule.onSweep && ((sweep) => rule.onSweep?.({ ...sweep, passes: sweep.passes + used })),
    });
  };
  const regressionAt = (strength: number): Regression => {
    const ridge = new Float64Array(size);
    const lasso = new Float64Array(size);
    for (let c = 1; c < size; c++) {
      const shared = c < common.size;
      if (!shared) ridge[c] = rule.ownWeight * dispersion;
      else if (rule.penalty.kind === 'ridge') ridge[c] = strength * dispersion;
      else if (rule.penalty.kind === 'lasso') lasso[c] = strength * dispersion;
    }
    return { ...design, ridge, lasso };
  };

  const { penalty } = rule;
  const walked =
    penalty.kind !== 'none' && penalty.strength === 'path' && !only
      ? await walkPath(pass, {
          kind: penalty.kind,
          dispersion,
          start: first,
          regressionAt,
          fitAt,
          exhausted: () => left() <= 0,
        })
      : null;
  const given = penalty.kind === 'none' || penalty.strength === 'path' ? 0 : penalty.strength;
  const strength = walked?.strength ?? given;
  const regression = regressionAt(strength);
  const reached = only ? { spot: only, gain: Number.POSITIVE_INFINITY, passes: 1 } : walked?.found;
  let best =
    reached && left() <= 0
      ? { ...reached, converged: false }
      : await fitAt(regression, walked?.found.spot.coefficients ?? first);
  let tried = 1;
  const tops = [best.spot];
  if (pass.bricks < fewBricks * size && size > 1) {
    for (; tried < starts && left() > 0; tried++) {
      const other = Float64Array.from(first, (x, c) => (c === 0 ? x : (c >> (tried - 1)) & 1 ? offset : -offset));
      const found = await fitAt(regression, other);
      tops.push(found.spot);
      if (found.spot.objective > best.spot.objective + same * pass.total) best = found;
    }
  }
  // as high is not enough: two tops of one height split differently
  const agreeing = tops.filter(
    ({ objective, productivity }) =>
      Math.abs(objective - best.spot.objective) <= same * pass.total &&
      productivity.every((p, h) => Math.abs(p - best.spot.productivity[h]) <= near * best.spot.productivity[h]),
  ).length;
  return describe(pass, common, regression, best, predictors, {
    strength: penalty.kind === 'none' ? null : strength,
    path: walked?.path ?? null,
    starts: tried,
    agreeing,
    passesBefore: before,
    chosen: penalty.kind === 'lasso',
  });
}

const unpenalised = (size: number) => ({ ridge: new Float64Array(size), lasso: new Float64Array(size) });

async function describe(
  pass: Pass,
  common: Standardised,
  regression: Regression,
  { spot, converged }: CoefficientFit,
  { groupOf, groups, blockOf }: Predictors,
  how: {
    strength: number | null;
    path: readonly PathStep[] | null;
    starts: number;
    agreeing: number;
    passesBefore: number;
    chosen: boolean;
  },
): Promise<Coefficients> {
  const { size } = common;
  const parts = groupOf ? groups + 1 : 1;
  const passes = pass.passes - how.passesBefore;
  const covariances = how.chosen ? null : await pass.aside(() => covariancesAt(pass, regression, spot, blockOf));
  const total = regression.size;
  const flat = how.chosen ? [] : unidentified(pass, regression, spot);
  const estimate = new Float64Array(total);
  for (let g = 0; g < parts; g++) {
    estimate.set(unstandardise(common, spot.coefficients.subarray(g * size, (g + 1) * size)), g * size);
  }
  const errorsOf = (covariance: Float64Array) => {
    const errors = new Float64Array(total);
    for (let g = 0; g < parts; g++) {
      const own = new Float64Array(size * size);
      for (let i = 0; i < size; i++) {
        for (let j = 0; j < size; j++) own[i * size + j] = covariance[(g * size + i) * total + g * size + j];
      }
      const back = unstandardiseCovariance(common, own);
      for (let i = 0; i < size; i++) errors[g * size + i] = Math.sqrt(Math.max(0, back[i * size + i]));
    }
    // the intercept as written takes the means of the columns off
    for (const c of flat) errors[c] = errors[c - (c % size)] = Number.NaN;
    return errors;
  };
  return {
    estimate,
    size,
    errors: covariances && {
      model: errorsOf(covariances.model),
      sandwich: errorsOf(covariances.sandwich),
      blocks: covariances.blocks && errorsOf(covariances.blocks),
    },
    by: covariances?.by ?? null,
    unidentified: flat,
    productivity: productivityAt(regression, spot.coefficients, pass.entities),
    logLikelihood: spot.logLikelihood,
    pearson: spot.statistics.pearson,
    parameters: parametersOf(pass.machine, regression, spot),
    strength: how.strength,
    path: how.path,
    starts: how.starts,
    agreeing: how.agreeing,
    converged,
    passes,
  };
}

/** The common columns, and beside them, for each group, the same columns for its entities alone. */
function withGroups(common: Standardised, { groupOf, groups }: Predictors) {
  if (!groupOf) return { values: common.values, stride: common.stride, size: common.size };
  const size = common.size * (groups + 1);
  const stride = Math.ceil(size / 4) * 4;
  const entities = groupOf.length;
  const values = new Float64Array(entities * stride);
  for (let h = 0; h < entities; h++) {
    const row = common.values.subarray(h * common.stride, h * common.stride + common.size);
    values.set(row, h * stride);
    values.set(row, h * stride + (1 + groupOf[h]) * common.size);
  }
  return { values, stride, size };
}
