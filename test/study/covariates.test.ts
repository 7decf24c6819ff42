import { expect, it } from 'vitest';
import { createEngine, type Fit } from '../../bindings/index.js';
import { type HcpOptions, simulateHcp } from '../../bindings/simulate/index.js';
import { correlation, figures, mean, rowsIn } from '../support/simulations.js';

const engine = await createEngine();
const covariates = ['C(specialty, "general practice")', 'seniority/10', 'log1p(potential)'];

function simulate(options: HcpOptions, model: object): Promise<Fit> {
  const { files, model: tables } = simulateHcp(options);
  const given = {
    totals: files['totals.csv'].columns,
    exposure: files['exposure.csv'].columns,
    entities: files['hcps.csv'].columns,
  };
  return engine.fit(given, { ...tables, model });
}

/** How a split lies beside the simulated one: share of the mass on the wrong cell, correlation, root mean square. */
function beside(found: ArrayLike<number>, truth: ArrayLike<number>) {
  const whole = Array.from(truth).reduce((sum, z) => sum + z, 0);
  const off = Array.from(truth, (z, i) => found[i] - z);
  return {
    misplaced: off.reduce((sum, x) => sum + Math.abs(x), 0) / 2 / whole,
    correlation: correlation(found, truth),
    rmse: Math.sqrt(mean(off.map((x) => x * x))),
  };
}

it('finds X beta and splits nearer to the truth than the proportional and the free split', async () => {
  for (const spread of [0, 0.3]) {
    const found: Record<string, ReturnType<typeof beside>[]> = {
      proportional: [],
      free: [],
      covariates: [],
      alone: [],
    };
    const scores: number[] = [];
    for (let seed = 1; seed <= 20; seed++) {
      const options = { seed, hcps: 400, bricks: 80, spread };
      const { files } = simulateHcp(options);
      const truth = files['truth.csv'];
      const score = async (name: string, model: object) => {
        const result = await simulate(options, model);
        expect(result.converged, `${name}, seed ${seed}`).toBe(true);
        const rows = rowsIn(truth, result.allocation, ['brick', 'hcp']);
        const allocation = figures(result.allocation, 'allocation');
        found[name].push(
          beside(
            rows.map((r) => allocation[r]),
            truth.columns.allocation as ArrayLike<number>,
          ),
        );
        return result;
      };
      await score('proportional', { pooling: { kind: 'gamma', spread: 0 } });
      await score('free', {});
      await score('covariates', { productivity: { covariates } });
      const alone = await score('alone', { productivity: { covariates, deviation: 0 } });
      // eta = X beta of every HCP beside the true one, the deviation aside
      const plain = simulateHcp({ ...options, spread: 0 }).files['truth_entities.csv'];
      const rows = rowsIn(plain, alone.entities, ['hcp']);
      const productivity = figures(alone.entities, 'productivity');
      const eta = rows.map((r) => Math.log(productivity[r]));
      scores.push(correlation(eta, Array.from(plain.columns.productivity as ArrayLike<number>, Math.log)));
    }
    console.log(
      `spread ${spread}: correlation of X beta with the truth: mean ${mean(scores).toFixed(4)}, worst ${Math.min(...scores).toFixed(4)}`,
    );
    for (const [name, list] of Object.entries(found)) {
      const of = (key: 'misplaced' | 'correlation' | 'rmse') => mean(list.map((each) => each[key])).toFixed(4);
      console.log(`  ${name}: correlation ${of('correlation')}, RMSE ${of('rmse')}, misplaced ${of('misplaced')}`);
    }
    expect(Math.min(...scores)).toBeGreaterThanOrEqual(0.9);
    const misplaced = (name: string) => mean(found[name].map((each) => each.misplaced));
    expect(misplaced('covariates')).toBeLessThan(misplaced('free'));
    expect(misplaced('covariates')).toBeLessThan(misplaced('proportional'));
  }
});

it('covers the true coefficients with its intervals', async () => {
  const z90 = 1.6448536269514722;
  for (const [bricks, cellDispersion] of [
    [80, 1],
    [80, 4],
    [240, 4],
  ]) {
    const within = { standardError: 0, sandwichError: 0 };
    const each = { standardError: new Array<number>(7).fill(0), sandwichError: new Array<number>(7).fill(0) };
    const replicates = 250;
    for (let seed = 1; seed <= replicates; seed++) {
      const options = { seed, hcps: 400, bricks, cellDispersion };
      const { coefficients } = await simulate(options, { productivity: { covariates, deviation: 0 } });
      const estimate = figures(coefficients!, 'estimate');
      const truth = simulateHcp({ ...options, hcps: bricks }).files['truth_coefficients.csv'];
      const terms = truth.columns.term as string[];
      // the simulator lists specialties in another order
      const order = [
        'intercept',
        'specialty: cardiology',
        'specialty: dermatology',
        'specialty: internal medicine',
        'specialty: oncology',
        'seniority / 10',
        'log(1 + potential)',
      ].map((term) => terms.indexOf(term));
      const values = truth.columns.coefficient as ArrayLike<number>;
      for (const kind of ['standardError', 'sandwichError'] as const) {
        const errors = figures(coefficients!, kind);
        order.forEach((row, c) => {
          if (Math.abs(estimate[c] - values[row]) > z90 * errors[c]) return;
          within[kind]++;
          each[kind][c]++;
        });
      }
    }
    const share = (kind: keyof typeof within) => within[kind] / replicates / 7;
    console.log(
      `${bricks} bricks, cell dispersion ${cellDispersion}: 90% intervals cover ${share('standardError').toFixed(3)} by the model, ${share('sandwichError').toFixed(3)} by the sandwich; by coefficient ${each.standardError.map((n) => (n / replicates).toFixed(2)).join(' ')} and ${each.sandwichError.map((n) => (n / replicates).toFixed(2)).join(' ')}`,
    );
    for (const kind of ['standardError', 'sandwichError'] as const) {
      expect(share(kind)).toBeGreaterThan(0.85);
      expect(share(kind)).toBeLessThan(0.95);
    }
  }
});
