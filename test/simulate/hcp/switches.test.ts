import { describe, expect, it } from 'vitest';
import { type HcpOptions, simulateHcp } from '../../../bindings/simulate/index.js';
import { correlation, figures, mean, rowsBy, rowsIn, variance, words } from '../../support/simulations.js';

const filesOf = (options: HcpOptions) => simulateHcp(options).files;
type Files = ReturnType<typeof filesOf>;

const standard = filesOf({});

/** Files and columns that a switch leaves alone, beside those it may change. */
function expectSame(files: Files, ...names: string[]) {
  for (const name of names) expect(files[name], name).toEqual(standard[name]);
}

/** Squared distance of each cell from its true mean, over that mean. */
function pearson({ 'truth.csv': truth }: Files): number[] {
  const [z, w, p] = ['allocation', 'exposure', 'productivity'].map((name) => figures(truth, name));
  return Array.from(z, (cell, i) => (cell - w[i] * p[i]) ** 2 / (w[i] * p[i]));
}

function expectMean(values: readonly number[], expected: number) {
  const error = Math.sqrt(variance(values) / values.length);
  expect(Math.abs(mean(values) - expected), `mean ${mean(values)}, expected ${expected} +- ${error}`).toBeLessThan(
    5 * error,
  );
}

describe('switches of simulateHcp', () => {
  it('draws Poisson cells unless cellDispersion says otherwise, which changes the cells alone', () => {
    expectMean(pearson(filesOf({ hcps: 4000 })), 1);
    expectMean(pearson(filesOf({ hcps: 4000, cellDispersion: 4 })), 4);
    const files = filesOf({ cellDispersion: 4 });
    expectSame(files, 'exposure.csv', 'hcps.csv', 'truth_entities.csv');
    expect(figures(files['truth.csv'], 'exposure')).toEqual(figures(standard['truth.csv'], 'exposure'));
    expect(files['totals.csv']).not.toEqual(standard['totals.csv']);
  });

  it('shares a factor within a brick as brickDispersion says, which changes the cells alone', () => {
    const v = 0.3;
    const files = filesOf({ hcps: 20_000, bricks: 1000, tail: 20, brickDispersion: v });
    const bricks = rowsIn(files['truth.csv'], files['totals.csv'], ['brick']);
    const means = new Float64Array(1000);
    bricks.forEach((b, i) => {
      means[b] += figures(files['truth.csv'], 'exposure')[i] * figures(files['truth.csv'], 'productivity')[i];
    });
    const totals = figures(files['totals.csv'], 'sales');
    // variance of a total: its mean, and v times its mean squared
    expectMean(
      Array.from(totals, (y, b) => ((y - means[b]) ** 2 - means[b]) / means[b] ** 2),
      v,
    );
    expectSame(filesOf({ brickDispersion: v }), 'exposure.csv', 'hcps.csv', 'truth_entities.csv');
  });

  it('spreads productivities around exp(X beta) as spread says', () => {
    const plain = figures(filesOf({ hcps: 4000 })['truth_entities.csv'], 'productivity');
    const spread = figures(filesOf({ hcps: 4000, spread: 0.5 })['truth_entities.csv'], 'productivity');
    const factors = Array.from(spread, (p, h) => p / plain[h]);
    expectMean(factors, 1);
    expectMean(
      factors.map((factor) => (factor - 1) ** 2),
      0.25,
    );
    expectSame(filesOf({ spread: 0.5 }), 'exposure.csv', 'hcps.csv');
  });

  it('visits HCPs as often as visits says', () => {
    const visits = figures(filesOf({ hcps: 3000, overlap: 0, visits: 30 })['exposure.csv'], 'visits');
    expect(visits).toHaveLength(3000);
    expectMean([...visits], 30);
  });

  it('lets bricks overlap as overlap says: not at all at 0', () => {
    const places = [0, 0.8, 2.5].map((overlap) => filesOf({ overlap })['exposure.csv'].rows / 400);
    expect(places[0]).toBe(1);
    expect(places[1]).toBeGreaterThan(1.5);
    expect(places[1]).toBeLessThan(1.8);
    expect(places[2]).toBeGreaterThan(2.4);
  });

  it('crowds HCPs into few bricks when the tail is heavy', () => {
    // an HCP who is not tied to a brick goes to the largest tenth with the share that sizes give it
    const crowd = [0.8, 1.2, 5].map((tail) => {
      const counts = new Map<string, number>();
      for (const brick of words(filesOf({ tail, overlap: 0, hcps: 4000 })['exposure.csv'], 'brick')) {
        counts.set(brick, (counts.get(brick) ?? 0) + 1);
      }
      const sorted = [...counts.values()].sort((a, b) => b - a);
      return sorted.slice(0, 8).reduce((sum, n) => sum + n, 0) / 4000;
    });
    expect(crowd[0]).toBeGreaterThan(0.55);
    expect(crowd[1]).toBeGreaterThan(0.4);
    expect(crowd[2]).toBeLessThan(0.25);
  });

  it('puts collinear groups in the same bricks with visits in near-constant proportion, and moves nobody else', () => {
    const files = filesOf({ collinear: 12, visits: 60 });
    const without = filesOf({ visits: 60 });
    const group = figures(files['truth_entities.csv'], 'collinear');
    expect(group.filter((g) => g > 0)).toHaveLength(36);
    const visits = (of: Files, hcp: string) => {
      const rows = rowsBy(of['exposure.csv'], ['brick', 'hcp']);
      return words(of['totals.csv'], 'brick').map((brick) => {
        const row = rows.get(`${brick}\t${hcp}`);
        return row === undefined ? 0 : figures(of['exposure.csv'], 'visits')[row];
      });
    };
    const hcps = words(files['hcps.csv'], 'hcp');
    for (let g = 1; g <= 12; g++) {
      const members = hcps.filter((_, h) => group[h] === g).map((hcp) => visits(files, hcp));
      expect(correlation(members[0], members[1])).toBeGreaterThan(0.99);
      expect(correlation(members[0], members[2])).toBeGreaterThan(0.99);
      expect(members[1]).not.toEqual(members[0]);
    }
    for (const h of [0, 100, 300, 363]) {
      expect(group[h]).toBe(0);
      expect(visits(files, hcps[h])).toEqual(visits(without, hcps[h]));
    }
    expectSame(files, 'hcps.csv');
    expect(figures(files['truth_entities.csv'], 'productivity')).toEqual(
      figures(without['truth_entities.csv'], 'productivity'),
    );
  });

  it('leaves cold starts a single visit, and everyone else as they were', () => {
    const files = filesOf({ coldStart: 0.15 });
    const cold = figures(files['truth_entities.csv'], 'coldStart');
    expect(cold.filter((c) => c === 1)).toHaveLength(60);
    const totalVisits = (of: Files) => {
      const sums = new Float64Array(400);
      const hcps = rowsIn(of['exposure.csv'], of['hcps.csv'], ['hcp']);
      hcps.forEach((h, i) => {
        sums[h] += figures(of['exposure.csv'], 'visits')[i];
      });
      return sums;
    };
    const before = totalVisits(standard);
    totalVisits(files).forEach((sum, h) => {
      expect(sum).toBe(cold[h] ? 1 : before[h]);
    });
    const all = figures(filesOf({ coldStart: 0.4 })['truth_entities.csv'], 'coldStart');
    expect(cold.every((c, h) => c <= all[h])).toBe(true); // more of them keeps the ones there were
    // the same draws for cells that both have
    const rows = rowsBy(standard['truth.csv'], ['brick', 'hcp']);
    const names = [words(files['truth.csv'], 'brick'), words(files['truth.csv'], 'hcp')];
    const hcps = rowsIn(files['truth.csv'], files['hcps.csv'], ['hcp']);
    hcps.forEach((h, i) => {
      if (cold[h]) return;
      const row = rows.get(`${names[0][i]}\t${names[1][i]}`)!;
      expect(figures(files['truth.csv'], 'allocation')[i]).toBe(figures(standard['truth.csv'], 'allocation')[row]);
    });
  });
});
