import { expect, it } from 'vitest';
import { createEngine, type Model, type Progress } from '../../bindings/index.js';
import { simulateHcp } from '../../bindings/simulate/index.js';

const engine = await createEngine();
const { files, model: tablesOf } = simulateHcp({
  seed: 4,
  hcps: 60,
  bricks: 24,
  spread: 0.5,
  regions: 4,
  brickDispersion: 0.3,
});
const tables = {
  totals: files['totals.csv'].columns,
  exposure: files['exposure.csv'].columns,
  entities: files['hcps.csv'].columns,
};
const covariates = ['specialty', 'seniority/10', 'log1p(potential)'];
const gamma = { kind: 'gamma', spread: 0.5 } as const;

const models: Record<string, Model['model']> = {
  'gamma pooling': { pooling: gamma },
  'gamma pooling with groups': { pooling: { ...gamma, groups: ['specialty'] } },
  'spread 0': { pooling: { kind: 'gamma', spread: 0 } },
  'spread 0 with groups': { pooling: { kind: 'gamma', spread: 0, groups: ['specialty'] } },
  'no pooling': { pooling: { kind: 'none' } },
  'lognormal pooling': { pooling: { kind: 'lognormal', spread: 2 } },
  'crossed pooling': { pooling: { kind: 'crossed', groups: ['specialty', 'region'] } },
  'a tree with estimated spreads': { pooling: { kind: 'tree', levels: ['specialty', 'hcp'], spread: 'estimate' } },
  covariates: { productivity: { covariates } },
  'covariates without a penalty': { productivity: { covariates, penalty: { kind: 'none' } } },
  'covariates by group': { productivity: { covariates: ['seniority/10'], by: ['specialty'] } },
  'a lasso': { productivity: { covariates, penalty: { kind: 'lasso', strength: 'path' } } },
  'a regression alone': { productivity: { covariates, deviation: 0 } },
};

for (const [name, model] of Object.entries(models)) {
  for (const solver of ['newton', 'lbfgs', 'em'] as const) {
    it(`makes no more passes than asked: ${name}, ${solver}`, async () => {
      for (const maxPasses of [1, 2, 3, 4, 5, 7, 11, 20, 40]) {
        const told: Progress[] = [];
        const result = await engine.fit(
          tables,
          { ...tablesOf, model, fit: { maxPasses, solver, tolerance: 1e-12 } },
          { onProgress: (progress) => told.push(progress) },
        );
        const passes = [result.passes, ...result.components.columns.passes, ...told.map((progress) => progress.passes)];
        expect(Math.max(...passes), `${maxPasses}`).toBeLessThanOrEqual(maxPasses);
        expect(result.passes).toBeGreaterThan(0);
        // what is not known yet is null, never an infinity
        for (const { gap, objective } of told) {
          expect([gap ?? 0, objective ?? 0].every(Number.isFinite), `${gap}, ${objective}`).toBe(true);
        }
        if (result.regression) expect(result.regression.passes).toBeLessThanOrEqual(maxPasses);
        // whatever it had time for is a split: nothing is lost, and figures are numbers
        expect(result.massError).toBe(0);
        expect(result.entities.columns.allocation.every(Number.isFinite)).toBe(true);
        if (!result.converged) {
          const codes = result.warnings.map(({ code }) => code);
          expect(codes.some((code) => code.endsWith('not-converged'))).toBe(true);
        }
      }
    });
  }
}

it('does all it can with what it is given: the last passes are not left unused', async () => {
  for (const maxPasses of [2, 3, 5]) {
    const fitRule = { maxPasses, solver: 'em', tolerance: 1e-14 } as const;
    const result = await engine.fit(tables, { ...tablesOf, model: { pooling: gamma }, fit: fitRule });
    expect([result.passes, result.converged]).toEqual([maxPasses, false]);
  }
});
