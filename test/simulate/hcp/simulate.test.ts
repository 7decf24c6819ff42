import { describe, expect, it } from 'vitest';
import { simulateHcp } from '../../../bindings/simulate/index.js';
import { figures, rowsIn, words } from '../../support/simulations.js';

const { files, model } = simulateHcp();
const truth = files['truth.csv'];

describe('simulateHcp', () => {
  it('gives the same tables for the same seed, and others for another', () => {
    expect(simulateHcp({ seed: 1 })).toEqual({ files, model });
    const other = simulateHcp({ seed: 2 });
    for (const name of ['totals.csv', 'exposure.csv', 'hcps.csv', 'truth.csv', 'truth_entities.csv']) {
      expect(other.files[name], name).not.toEqual(files[name]);
    }
    expect(other.files['truth_coefficients.csv']).toEqual(files['truth_coefficients.csv']);
  });

  it('has as many bricks and HCPs as asked', () => {
    for (const [hcps, bricks] of [
      [400, 80],
      [1, 1],
      [2, 2],
      [37, 5],
    ]) {
      const small = simulateHcp({ hcps, bricks });
      expect(small.files['totals.csv'].rows).toBe(bricks);
      for (const name of ['hcps.csv', 'truth_entities.csv']) {
        expect(new Set(words(small.files[name], 'hcp')).size, name).toBe(hcps);
        expect(small.files[name].rows, name).toBe(hcps);
      }
      expect(new Set(words(small.files['exposure.csv'], 'brick')).size).toBe(bricks);
      expect(new Set(words(small.files['exposure.csv'], 'hcp')).size).toBe(hcps);
    }
  });

  it('has totals that are the sums of true cells exactly, forwards and backwards', () => {
    const bricks = rowsIn(truth, files['totals.csv'], ['brick']);
    const sales = figures(truth, 'allocation');
    const forward = new Float64Array(80);
    const backward = new Float64Array(80);
    for (let i = 0; i < truth.rows; i++) forward[bricks[i]] += sales[i];
    for (let i = truth.rows - 1; i >= 0; i--) backward[bricks[i]] += sales[i];
    expect(forward).toEqual(figures(files['totals.csv'], 'sales'));
    expect(backward).toEqual(forward);
    expect(sales.every((z) => Number.isInteger(z) && z >= 0)).toBe(true);
  });

  it('keeps the exposure as it is in the truth, one row a brick and HCP', () => {
    const exposure = files['exposure.csv'];
    expect(rowsIn(exposure, truth, ['brick', 'hcp'])).toEqual(Array.from({ length: truth.rows }, (_, r) => r));
    expect(figures(truth, 'exposure')).toEqual(figures(exposure, 'visits'));
    expect(figures(exposure, 'visits').every((w) => Number.isInteger(w) && w >= 1)).toBe(true);
  });

  it('has each HCP in one to five bricks, and bricks that share HCPs', () => {
    const counts = new Map<string, number>();
    for (const hcp of words(truth, 'hcp')) counts.set(hcp, (counts.get(hcp) ?? 0) + 1);
    const numbers = [...counts.values()];
    expect(Math.max(...numbers)).toBeLessThanOrEqual(5);
    const single = numbers.filter((n) => n === 1).length;
    expect(single).toBeGreaterThan(100);
    expect(single).toBeLessThan(300);
  });

  it('has productivities of exp(X beta), with the coefficients and attributes it publishes', () => {
    const hcps = files['hcps.csv'];
    const terms = words(files['truth_coefficients.csv'], 'term');
    const values = figures(files['truth_coefficients.csv'], 'coefficient');
    const beta = new Map(terms.map((term, i) => [term, values[i]]));
    const specialty = words(hcps, 'specialty');
    const productivity = figures(files['truth_entities.csv'], 'productivity');
    expect(new Set(specialty).size).toBe(5);
    for (let h = 0; h < hcps.rows; h++) {
      const score =
        beta.get('intercept')! +
        (beta.get(`specialty: ${specialty[h]}`) ?? 0) +
        beta.get('seniority / 10')! * (figures(hcps, 'seniority')[h] / 10) +
        beta.get('log(1 + potential)')! * Math.log1p(figures(hcps, 'potential')[h]);
      expect(productivity[h] / Math.exp(score) - 1, `HCP ${h + 1}`).toBeCloseTo(0, 12);
    }
    expect(terms).toHaveLength(7);
    const perCell = rowsIn(truth, files['truth_entities.csv'], ['hcp']).map((h) => productivity[h]);
    expect(figures(truth, 'productivity')).toEqual(Float64Array.from(perCell));
  });

  it('writes a configuration that names its own files and columns', () => {
    expect(model).toEqual({
      totals: { file: 'totals.csv', brick: ['brick'], value: 'sales' },
      exposure: { file: 'exposure.csv', brick: ['brick'], entity: ['hcp'], value: 'visits' },
      entities: { file: 'hcps.csv', entity: ['hcp'] },
      seed: 1,
    });
    expect(Object.keys(files['totals.csv'].columns)).toEqual(['brick', 'sales']);
    expect(Object.keys(files['exposure.csv'].columns)).toEqual(['brick', 'hcp', 'visits']);
    expect(Object.keys(files['hcps.csv'].columns)).toEqual(['hcp', 'specialty', 'seniority', 'potential']);
    expect(Object.keys(truth.columns)).toEqual(['brick', 'hcp', 'exposure', 'productivity', 'allocation']);
  });
});
