import { describe, expect, it } from 'vitest';
import { simulateMta } from '../../../bindings/simulate/index.js';
import { figures, mean, rowsIn, words } from '../../support/simulations.js';

const { files, model } = simulateMta();
const totals = files['totals.csv'];
const truth = files['truth.csv'];
const brickKeys = ['medium', 'week', 'geo'];
const bricks = rowsIn(truth, totals, brickKeys);

describe('simulateMta', () => {
  it('gives the same tables for the same seed, and others for another', () => {
    expect(simulateMta({ seed: 1 })).toEqual({ files, model });
    const other = simulateMta({ seed: 2 });
    for (const name of Object.keys(files)) expect(other.files[name], name).not.toEqual(files[name]);
  });

  it('has 3 media, 104 weeks, 10 geos and 40 campaigns by default', () => {
    expect(totals.rows).toBe(3 * 104 * 10);
    expect([...new Set(words(totals, 'medium'))]).toEqual(['tv', 'social', 'search']);
    const weeks = [...new Set(words(totals, 'week'))];
    expect([weeks.length, weeks[0], weeks[1], weeks[103]]).toEqual([104, '2023-01-02', '2023-01-09', '2024-12-23']);
    expect(new Set(words(totals, 'geo')).size).toBe(10);
    expect(files['campaigns.csv'].rows).toBe(40);
    expect(new Set(words(files['delivery.csv'], 'campaign')).size).toBe(40);
  });

  it('has the sizes asked for, down to one of everything', () => {
    for (const [media, weeks, geos, campaigns] of [
      [1, 1, 1, 1],
      [2, 1, 3, 5],
      [8, 2, 1, 8],
      [3, 53, 2, 7],
    ]) {
      const small = simulateMta({ media, weeks, geos, campaigns }).files;
      expect(small['totals.csv'].rows).toBe(media * weeks * geos);
      expect(small['campaigns.csv'].rows).toBe(campaigns);
      expect(small['truth_entities.csv'].rows).toBe(campaigns);
      expect(new Set(words(small['campaigns.csv'], 'medium')).size).toBe(media);
      expect(new Set(words(small['truth.csv'], 'medium')).size).toBe(media);
    }
  });

  it('has totals that are the sums of true cells exactly, forwards and backwards, and all positive', () => {
    const cells = figures(truth, 'allocation');
    const forward = new Float64Array(totals.rows);
    const backward = new Float64Array(totals.rows);
    for (let i = 0; i < truth.rows; i++) forward[bricks[i]] += cells[i];
    for (let i = truth.rows - 1; i >= 0; i--) backward[bricks[i]] += cells[i];
    expect(forward).toEqual(figures(totals, 'contribution'));
    expect(backward).toEqual(forward);
    expect(Math.min(...forward)).toBeGreaterThan(0);
    expect(cells.every((z) => z >= 0 && Number.isInteger(z * 1024))).toBe(true);
  });

  it('has one true productivity a campaign, around what its totals scatter by the cell dispersion', () => {
    const entities = files['truth_entities.csv'];
    const constant = figures(entities, 'productivity');
    const perCell = rowsIn(truth, entities, ['medium', 'campaign']).map((c) => constant[c]);
    expect(figures(truth, 'productivity')).toEqual(Float64Array.from(perCell));
    const means = new Float64Array(totals.rows);
    bricks.forEach((b, i) => {
      means[b] += figures(truth, 'exposure')[i] * perCell[i];
    });
    const phi = mean(Array.from(figures(totals, 'contribution'), (y, b) => (y - means[b]) ** 2 / means[b]));
    // 3120 terms of mean 10 and variance at most 10^2 (2 + 6 / 5), totals being gammas of shape 5 and more
    expect(Math.abs(phi - 10)).toBeLessThan(5 * 10 * Math.sqrt(3.2 / 3120));
  });

  it('has effective exposure that adds up to the saturation of its medium, at most 1 and highest at the peak', () => {
    const sums = new Float64Array(totals.rows);
    bricks.forEach((b, i) => {
      sums[b] += figures(truth, 'exposure')[i];
    });
    const media = words(totals, 'medium');
    for (const [name, { halfSaturation, slope }] of [
      ['tv', { halfSaturation: 0.4, slope: 1.3 }],
      ['social', { halfSaturation: 0.5, slope: 1.1 }],
      ['search', { halfSaturation: 0.6, slope: 1 }],
    ] as const) {
      const highest = Math.max(...sums.filter((_, b) => media[b] === name));
      expect(highest).toBeCloseTo(1 / (1 + halfSaturation ** slope), 12); // X' = 1 in some week of each geo
    }
    expect(figures(truth, 'exposure').every((w) => w > 0)).toBe(true);
  });

  it('lists delivery only where there is some, each row once and within the truth', () => {
    const delivery = files['delivery.csv'];
    expect(figures(delivery, 'impressions').every((x) => Number.isInteger(x) && x > 0)).toBe(true);
    const rows = rowsIn(delivery, truth, [...brickKeys, 'campaign']);
    expect(new Set(rows).size).toBe(delivery.rows);
    expect(delivery.rows).toBeLessThan(truth.rows); // adstock outlasts delivery
  });

  it('dates each campaign by its first week with delivery', () => {
    const firsts = new Map<string, string>();
    const campaigns = words(files['delivery.csv'], 'campaign');
    words(files['delivery.csv'], 'week').forEach((week, i) => {
      if (!(firsts.get(campaigns[i])! <= week)) firsts.set(campaigns[i], week);
    });
    const names = words(files['campaigns.csv'], 'campaign');
    expect(words(files['campaigns.csv'], 'start')).toEqual(names.map((name) => firsts.get(name)));
    expect(Object.keys(files['campaigns.csv'].columns)).toEqual([
      'medium',
      'campaign',
      'platform',
      'format',
      'objective',
      'start',
    ]);
  });

  it('writes a configuration with the curves it simulated', () => {
    expect(model.effectiveExposure?.curves).toMatchObject({
      tv: {
        adstock: { kind: 'geometric', decay: 0.7 },
        saturation: { kind: 'hill', halfSaturation: 0.4, slope: 1.3, of: 'medium' },
        scale: 'max',
      },
      social: { adstock: { decay: 0.4 } },
      search: { adstock: { decay: 0.1 } },
    });
    expect({ ...model, effectiveExposure: { ...model.effectiveExposure, curves: {} } }).toEqual({
      totals: { file: 'totals.csv', brick: brickKeys, value: 'contribution' },
      exposure: { file: 'delivery.csv', brick: brickKeys, entity: ['medium', 'campaign'], value: 'impressions' },
      entities: { file: 'campaigns.csv', entity: ['medium', 'campaign'] },
      effectiveExposure: { time: 'week', by: ['medium'], curves: {} },
      seed: 1,
    });
  });
});
