import { describe, expect, it } from 'vitest';
import { type MtaOptions, simulateMta } from '../../../bindings/simulate/index.js';
import { figures, mean, rowsBy, rowsIn, variance, words } from '../../support/simulations.js';

const filesOf = (options: MtaOptions) => simulateMta(options).files;
type Files = ReturnType<typeof filesOf>;

const standard = filesOf({});
const brickKeys = ['medium', 'week', 'geo'];
const cellKeys = [...brickKeys, 'campaign'];

function expectSame(files: Files, ...names: string[]) {
  for (const name of names) expect(files[name], name).toEqual(standard[name]);
}

function expectSameColumns(files: Files, name: string, ...columns: string[]) {
  for (const column of columns) {
    expect(files[name].columns[column], `${name} ${column}`).toEqual(standard[name].columns[column]);
  }
}

function expectMean(values: readonly number[], expected: number) {
  const error = Math.sqrt(variance(values) / values.length);
  expect(Math.abs(mean(values) - expected), `mean ${mean(values)}, expected ${expected} +- ${error}`).toBeLessThan(
    5 * error,
  );
}

/** Total of each brick and its true mean. */
function bricksOf(files: Files): { total: number; mean: number }[] {
  const truth = files['truth.csv'];
  const means = new Float64Array(files['totals.csv'].rows);
  const [w, p] = [figures(truth, 'exposure'), figures(truth, 'productivity')];
  rowsIn(truth, files['totals.csv'], brickKeys).forEach((b, i) => {
    means[b] += w[i] * p[i];
  });
  return Array.from(figures(files['totals.csv'], 'contribution'), (total, b) => ({ total, mean: means[b] }));
}

describe('switches of simulateMta', () => {
  it('scatters totals by cellDispersion, in currency, and changes the cells alone', () => {
    for (const dispersion of [2, 40]) {
      const files = filesOf({ cellDispersion: dispersion });
      expectMean(
        bricksOf(files).map((brick) => (brick.total - brick.mean) ** 2 / brick.mean),
        dispersion,
      );
      expectSame(files, 'delivery.csv', 'campaigns.csv', 'truth_entities.csv');
      expectSameColumns(files, 'truth.csv', ...cellKeys, 'exposure', 'productivity');
    }
    const exact = bricksOf(filesOf({ cellDispersion: 0 }));
    for (const brick of exact) expect(Math.abs(brick.total - brick.mean)).toBeLessThan(14 / 2048); // 14 cells, rounded
  });

  it('shares a factor within a brick as brickDispersion says, and changes the cells alone', () => {
    const v = 0.2;
    const files = filesOf({ brickDispersion: v, cellDispersion: 0 });
    const factors = bricksOf(files).map((brick) => brick.total / brick.mean);
    expectMean(factors, 1);
    expectMean(
      factors.map((factor) => (factor - 1) ** 2),
      v,
    );
    // without cell noise all cells of a brick are moved by the same factor
    const truth = files['truth.csv'];
    const [z, w, p] = ['allocation', 'exposure', 'productivity'].map((name) => figures(truth, name));
    rowsIn(truth, files['totals.csv'], brickKeys).forEach((b, i) => {
      const own = w[i] * p[i];
      if (own > 50 && Math.abs(z[i] / own / factors[b] - 1) > 0.002)
        expect.fail(`row ${i}: ${z[i]} of ${own}, ${factors[b]}`);
    });
    expectSame(files, 'delivery.csv', 'campaigns.csv', 'truth_entities.csv');
    expectSameColumns(files, 'truth.csv', ...cellKeys, 'exposure', 'productivity');
  });

  it('spreads productivities around the rate of the medium as spread says, and no exposure', () => {
    const productivities = (spread: number) =>
      figures(filesOf({ media: 1, campaigns: 4000, weeks: 1, geos: 1, spread })['truth_entities.csv'], 'productivity');
    const rate = productivities(0);
    expect(new Set(rate)).toEqual(new Set([6000]));
    const factors = Array.from(productivities(0.4), (p) => p / 6000);
    expectMean(factors, 1);
    expectMean(
      factors.map((factor) => Math.log(factor) ** 2),
      Math.log(1.16) + (Math.log(1.16) / 2) ** 2,
    );
    const files = filesOf({ spread: 0.1 });
    expectSame(files, 'delivery.csv', 'campaigns.csv');
    expectSameColumns(files, 'truth.csv', ...cellKeys, 'exposure');
  });

  it('lets productivity wander as drift says, and keeps it constant without', () => {
    const byCampaign = (files: Files) => {
      const truth = files['truth.csv'];
      const weeks = new Map<string, Map<string, Set<number>>>();
      const [campaign, week] = [words(truth, 'campaign'), words(truth, 'week')];
      figures(truth, 'productivity').forEach((p, i) => {
        const own = weeks.get(campaign[i]) ?? new Map<string, Set<number>>();
        weeks.set(campaign[i], own.set(week[i], (own.get(week[i]) ?? new Set()).add(p)));
      });
      return weeks;
    };
    for (const weeks of byCampaign(standard).values()) {
      expect(new Set([...weeks.values()].flatMap((own) => [...own])).size).toBe(1);
    }
    const files = filesOf({ drift: 0.05 });
    const steps: number[] = [];
    for (const weeks of byCampaign(files).values()) {
      const levels = [...weeks.values()].map((own) => {
        expect(own.size).toBe(1); // the same in all geos
        return Math.log([...own][0]);
      });
      if (levels.length === 104) steps.push(...levels.slice(1).map((level, t) => level - levels[t]));
    }
    expect(steps.length).toBeGreaterThan(1000);
    expectMean(steps, 0);
    expectMean(
      steps.map((step) => step * step),
      0.0025,
    );
    expectSame(files, 'delivery.csv', 'campaigns.csv');
    expectSameColumns(files, 'truth.csv', ...cellKeys, 'exposure');
    // the walk begins where a constant productivity stays
    const firstWeek = (of: Files) => {
      const rows = [...rowsBy(of['truth.csv'], cellKeys)].filter(([key]) => key.split('\t')[1] === '2023-01-02');
      return rows.map(([, r]) => figures(of['truth.csv'], 'productivity')[r]);
    };
    expect(firstWeek(files)).toEqual(firstWeek(standard));
    // the mean over exposure carries the expected contribution
    const truth = files['truth.csv'];
    const entities = files['truth_entities.csv'];
    const [own, flat] = [new Float64Array(40), new Float64Array(40)];
    rowsIn(truth, entities, ['medium', 'campaign']).forEach((c, i) => {
      own[c] += figures(truth, 'exposure')[i] * figures(truth, 'productivity')[i];
      flat[c] += figures(truth, 'exposure')[i] * figures(entities, 'productivity')[c];
    });
    own.forEach((contribution, c) => {
      expect(flat[c] / contribution).toBeCloseTo(1, 12);
    });
  });

  it('starts cold campaigns in the last 4 weeks and leaves the delivery of all others', () => {
    const files = filesOf({ coldStart: 0.2, history: 6 });
    const plain = filesOf({ history: 6 });
    const cold = figures(files['truth_entities.csv'], 'coldStart');
    expect(cold.filter((c) => c === 1)).toHaveLength(7); // a fifth of the 37 that are not their medium's first
    const starts = words(files['campaigns.csv'], 'start');
    cold.forEach((c, i) => {
      if (c) expect(starts[i] >= '2024-12-02', starts[i]).toBe(true);
      else expect(starts[i]).toBe(words(plain['campaigns.csv'], 'start')[i]);
    });
    const warm = (of: Files) => {
      const delivery = of['delivery.csv'];
      const campaigns = rowsIn(delivery, files['truth_entities.csv'], ['medium', 'campaign']);
      const [week, geo] = [words(delivery, 'week'), words(delivery, 'geo')];
      const impressions = figures(delivery, 'impressions');
      const rows = campaigns.map((c, i) => [c, week[i], geo[i], impressions[i]].join(' '));
      return rows.filter((_, i) => !cold[campaigns[i]]);
    };
    expect(warm(files)).toEqual(warm(plain));
    expect(figures(files['truth_entities.csv'], 'productivity')).toEqual(
      figures(plain['truth_entities.csv'], 'productivity'),
    );
  });

  it('delivers before the first total as history says, and leaves later delivery as it was', () => {
    const files = filesOf({ history: 12 });
    const weeks = words(files['delivery.csv'], 'week');
    const before = weeks.filter((week) => week < '2023-01-02');
    expect([before[0], new Set(before).size]).toEqual(['2022-10-10', 12]);
    expectSameColumns(files, 'totals.csv', 'medium', 'geo');
    expect(words(files['totals.csv'], 'week')).toEqual(words(standard['totals.csv'], 'week'));
    expect(words(files['truth.csv'], 'week').every((week) => week >= '2023-01-02')).toBe(true);
    const later = (of: Files) => {
      const rows = rowsBy(of['delivery.csv'], cellKeys);
      const impressions = figures(of['delivery.csv'], 'impressions');
      return new Map(
        [...rows].filter(([key]) => key.split('\t')[1] >= '2023-01-02').map(([key, r]) => [key, impressions[r]]),
      );
    };
    expect(later(files)).toEqual(later(standard));
    expect(words(standard['delivery.csv'], 'week').every((week) => week >= '2023-01-02')).toBe(true);
    // what was delivered before carries over into the first weeks with totals
    expect(files['truth.csv'].rows).toBeGreaterThan(standard['truth.csv'].rows);
  });

  it('groups campaigns as collinear says, with productivities of their own', () => {
    const files = filesOf({ collinear: 4 });
    const group = figures(files['truth_entities.csv'], 'collinear');
    const productivity = figures(files['truth_entities.csv'], 'productivity');
    for (let g = 1; g <= 4; g++) {
      const own = productivity.filter((_, c) => group[c] === g);
      expect(new Set(own).size).toBe(3);
    }
    expect(productivity).toEqual(figures(standard['truth_entities.csv'], 'productivity'));
    expectSameColumns(files, 'campaigns.csv', 'medium', 'campaign', 'platform', 'format', 'objective');
  });
});
