import { collectFaults } from '../../../bindings/base/faults.js';
import { atOnce } from '../../../bindings/base/steps.js';
import { prepareCovariates } from '../../../bindings/jobs/prepareCovariates.js';
import { openPanel, type SegmentData } from '../../../bindings/pass/inMemory.js';
import { compileProblem } from '../../../bindings/problem/compile.js';
import {
  type CoefficientRule,
  fitCoefficients,
  type Predictors,
} from '../../../bindings/regression/fitCoefficients.js';
import { simulateHcp } from '../../../bindings/simulate/index.js';
import { sortDeliveries } from '../../../bindings/tables/deliveries.js';
import { readTables } from '../../../bindings/tables/read.js';
import { type KernelSet, machineOf } from '../../support/kernels.js';

export const formulas = ['C(specialty, "general practice")', 'seniority/10', 'log1p(potential)'];

/** The simulated territories with their covariates, as the fit of coefficients gets them. */
export function simulated(options: Parameters<typeof simulateHcp>[0] = {}, section: object = {}) {
  const { files, model } = simulateHcp(options);
  const tables = {
    totals: files['totals.csv'].columns,
    exposure: files['exposure.csv'].columns,
    entities: files['hcps.csv'].columns,
  };
  const config = { ...model, model: { productivity: { covariates: formulas, ...section } } };
  const faults = collectFaults();
  const rows = atOnce(readTables(faults, tables, config));
  const problem = atOnce(compileProblem(rows, atOnce(sortDeliveries(faults, rows, undefined)), true));
  const { predictors } = prepareCovariates(faults, problem, config)!;
  faults.throwIfAny();
  return { panel: problem.panel, predictors };
}

export type Panel = ReturnType<typeof simulated>['panel'];

/** The pass over a panel whose bricks can be projected. It has the set's memory to itself: one at a time. */
export const projectable = (set: KernelSet, panel: SegmentData) =>
  atOnce(openPanel(machineOf(set), panel, null, true))(0);

export const plain: CoefficientRule = {
  penalty: { kind: 'none' },
  ownWeight: 1,
  solver: 'fisher',
  tolerance: 1e-14,
  maxPasses: 10000,
};

/** Coefficients, and the objective of every sweep. */
export async function climb(
  set: KernelSet,
  { panel, predictors }: { panel: SegmentData; predictors: Predictors },
  rule: Partial<CoefficientRule> = {},
) {
  const pass = projectable(set, panel);
  const objectives: number[] = [];
  const found = await fitCoefficients(pass, predictors, {
    ...plain,
    ...rule,
    onSweep: ({ objective }) => void objectives.push(objective),
  });
  return { found, objectives, pass };
}
