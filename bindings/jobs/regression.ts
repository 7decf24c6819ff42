import { collectFaults } from '../base/faults.js';
import type { fillDefaults } from '../config/fill.js';
import type { ComponentFit, Covariates } from '../infer/fitPanel.js';
import { expOf } from '../math/exp.js';
import type { Problem } from '../problem/compile.js';
import { checkOthers, fillDesign } from '../regression/design.js';
import type { Coefficients } from '../regression/fitCoefficients.js';
import { coefficientsTable, type RegressionReport, regressionDispersion } from '../report/coefficients.js';
import { describeKey } from '../tables/keys.js';
import type { PreparedCovariates } from './prepareCovariates.js';

export type Filled = ReturnType<typeof fillDefaults>;

const finer = 1e-6; // of the tolerance: coefficients move with the square root of what is gained

/** How coefficients are to be fitted. */
export function coefficientRule({ model, fit }: Filled): Covariates['rule'] {
  const { productivity, pooling } = model;
  if (productivity === 'free' || pooling.kind !== 'gamma') throw new Error('there are no covariates');
  const spread = pooling.spread;
  return {
    penalty: productivity.penalty,
    // groups differ from each other as entities do from their group
    ownWeight: 1 / Math.max(spread * spread, Number.MIN_VALUE),
    solver: fit.solver === 'em' ? 'em' : 'fisher',
    tolerance: finer * fit.tolerance,
    maxPasses: fit.maxPasses,
  };
}

/** What coefficients say of the entities of any tables, over the common rate; those in use must have what it takes. */
function predictorOf(
  { estimate, size }: Coefficients,
  { design, groupKeys, missing }: PreparedCovariates,
  fit: ComponentFit,
) {
  const rate = fit.kind === 'fitted' ? fit.rate : 1;
  type Entities = Pick<Problem['rows'], 'covariates' | 'own' | 'entities'>;
  return ({ covariates, own, entities }: Entities, used: Uint8Array): Float64Array => {
    const { columns } = design;
    const faults = collectFaults();
    checkOthers(faults, columns, covariates, used, missing, 'model.productivity');
    faults.throwIfAny();
    const values = fillDesign(columns, covariates, entities.count);
    const relative = new Float64Array(entities.count);
    for (let e = 0; e < entities.count; e++) {
      const group = own ? groupKeys.indexOf(own.keys[own.of[e]]) : -1;
      const coefficient = (c: number) => estimate[c] + (group >= 0 ? estimate[(1 + group) * size + c] : 0);
      let score = coefficient(0);
      for (let c = 0; c < columns.length; c++) score += coefficient(c + 1) * values[e * columns.length + c];
      relative[e] = expOf(score) / rate;
      if (used[e] && !(relative[e] > 0 && relative[e] < Number.POSITIVE_INFINITY)) {
        const got = `what gives ${describeKey(entities, e)} a productivity of ${relative[e]} times the common one`;
        faults.add('covariate', 'model.productivity', `expected covariates nearer to those of the fit, got ${got}`);
      }
    }
    faults.throwIfAny();
    return relative;
  };
}

/** What a result says of coefficients, and what they say of entities; `fit` is that of the one component. */
export function regressionOf(
  problem: Problem,
  coefficients: Coefficients,
  covariates: PreparedCovariates,
  { model }: Filled,
  fit: ComponentFit,
) {
  if (model.productivity === 'free') throw new Error('there are no covariates');
  const { parameters, by, starts, agreeing, strength, path, passes } = coefficients;
  const unit = problem.panel.totalScale[0];
  const dispersion = regressionDispersion(coefficients, problem.panel.totals.length, model.family, unit);
  const terms = covariates.design.columns.map(({ name }) => name);
  const regression: RegressionReport = {
    dispersion: dispersion * unit,
    parameters,
    information: by,
    starts,
    agreeing,
    penalty: { kind: model.productivity.penalty.kind, strength, path },
    passes,
  };
  return {
    coefficients: coefficientsTable(problem, coefficients, terms, covariates.groups, dispersion),
    regression,
    predict: predictorOf(coefficients, covariates, fit),
  };
}
