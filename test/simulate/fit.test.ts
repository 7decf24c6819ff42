import { describe, expect, it } from 'vitest';
import { createEngine, type Fit, parseModel } from '../../bindings/index.js';
import { type Simulation, simulateHcp, simulateMta } from '../../bindings/simulate/index.js';
import { figures, rowsIn, words } from '../support/simulations.js';

const engine = await createEngine();

/** The tables in the roles that the model's file names give them. */
function fitSimulation({ files, model }: Simulation): Promise<Fit> {
  const entities = files[model.entities!.file!].columns;
  const tables = { totals: files[model.totals.file!].columns, exposure: files[model.exposure.file!].columns, entities };
  return engine.fit(tables, parseModel(JSON.parse(JSON.stringify(model))));
}

describe('a fit of what was simulated', () => {
  it('accepts the HCP tables and model at once, and recovers no exposure but the visits', async () => {
    const simulation = simulateHcp();
    const result = await fitSimulation(simulation);
    expect(result.converged).toBe(true);
    expect(result.unallocated.rows).toBe(0);
    const truth = simulation.files['truth.csv'];
    const rows = rowsIn(truth, result.allocation, ['brick', 'hcp']);
    expect(result.allocation.rows).toBe(truth.rows);
    expect(rows.map((r) => figures(result.allocation, 'exposure')[r])).toEqual([...figures(truth, 'exposure')]);
  });

  it('accepts the MTA tables and model at once, and finds the true effective exposure, history or not', async () => {
    for (const options of [
      {},
      { history: 9, coldStart: 0.1, collinear: 3 },
      { history: 9, creatives: 3, coldCreatives: 0.1, campaigns: 15 },
    ]) {
      const simulation = simulateMta(options);
      const result = await fitSimulation(simulation);
      expect(result.converged).toBe(true);
      expect(result.unallocated.rows).toBe(0);
      const truth = simulation.files['truth.csv'];
      const rows = rowsIn(truth, result.allocation, ['week', 'geo', ...simulation.model.exposure.entity]);
      expect(result.allocation.rows).toBe(truth.rows);
      const found = figures(result.allocation, 'exposure');
      figures(truth, 'exposure').forEach((w, i) => {
        // both are a few roundings from the exact figure
        if (Math.abs(found[rows[i]] - w) > 1e-14 * w) expect.fail(`truth row ${i + 1}: ${w}, found ${found[rows[i]]}`);
      });
      expect(new Set(words(result.allocation, 'medium'))).toEqual(new Set(['tv', 'social', 'search']));
    }
  });
});
