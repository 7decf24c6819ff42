import { expect, it } from 'vitest';
import { createEngine } from '../../../bindings/index.js';
import { simulateMta } from '../../../bindings/simulate/index.js';
import { tablesIn } from '../../support/simulations.js';

const engine = await createEngine();

// Half of the campaigns run together, so Fisher's information is far smaller than the observed one: its steps overshoot, and once
// did so until the passes were used up.
for (const seed of [1, 5]) {
  it(`arrives where columns nearly depend on each other: seed ${seed}`, async () => {
    const simulation = simulateMta({ seed, weeks: 52, geos: 5, campaigns: 36, collinear: 6 });
    const { totals, exposure, ...rest } = simulation.model;
    const where = { medium: 'social' };
    const result = await engine.fit(tablesIn(simulation), {
      ...rest,
      totals: { ...totals, where },
      exposure: { ...exposure, where },
      model: { productivity: { covariates: ['platform', 'format', 'objective'], penalty: { kind: 'none' } } },
    });
    expect(result.converged).toBe(true);
    expect(result.regression!.information).toBe('observed');
    expect(result.regression!.passes).toBeLessThan(100);
    // and there: EM, which looks at no such information, finds none better
    const em = await engine.fit(tablesIn(simulation), {
      ...rest,
      totals: { ...totals, where },
      exposure: { ...exposure, where },
      model: {
        productivity: { covariates: ['platform', 'format', 'objective'], penalty: { kind: 'none' }, deviation: 0 },
      },
      fit: { solver: 'em', tolerance: 1e-4, maxPasses: 3000 },
    });
    const alone = await engine.fit(tablesIn(simulation), {
      ...rest,
      totals: { ...totals, where },
      exposure: { ...exposure, where },
      model: {
        productivity: { covariates: ['platform', 'format', 'objective'], penalty: { kind: 'none' }, deviation: 0 },
      },
    });
    expect(alone.logLikelihood!).toBeGreaterThanOrEqual(em.logLikelihood! - 1e-9 * Math.abs(em.logLikelihood!));
  });
}
