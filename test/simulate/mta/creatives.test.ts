import { describe, expect, it } from 'vitest';
import { type MtaOptions, simulateMta } from '../../../bindings/simulate/index.js';
import { planCampaigns } from '../../../bindings/simulate/mta/campaigns.js';
import { cutDelivery } from '../../../bindings/simulate/mta/creatives.js';
import { deliver } from '../../../bindings/simulate/mta/delivery.js';
import { planEntities } from '../../../bindings/simulate/mta/entities.js';
import { checkMtaOptions } from '../../../bindings/simulate/mta/options.js';
import { correlation, figures, mean, rowsIn, variance, words } from '../../support/simulations.js';

const small = { campaigns: 30, weeks: 60, geos: 3, creatives: 4 };
const keys = ['medium', 'campaign', 'creative'];

function plan(options: MtaOptions) {
  const values = checkMtaOptions({ ...small, ...options });
  const campaigns = planCampaigns(values);
  const entities = planEntities(values, campaigns);
  const whole = deliver(values, campaigns);
  return { values, campaigns, entities, whole, delivery: cutDelivery(values, entities, whole) };
}

const runs = (running: Uint8Array) => [...running.keys()].filter((week) => running[week] === 1);

describe('delivery of creatives', () => {
  it.each([
    {},
    { creatives: 2, history: 7, collinear: 2, coldStart: 0.2, coldCreatives: 0.5 },
    { creatives: 7, weeks: 1 },
    { creatives: 1000, campaigns: 3, weeks: 2, geos: 2 },
    { geoSpread: 20, geos: 100, weeks: 3 }, // campaigns with one impression
  ])('adds up to that of campaigns in every week and geo, in whole impressions: %j', (options) => {
    const { values, whole, delivery } = plan(options);
    const { creatives } = values;
    expect(delivery).toHaveLength(whole.length * creatives);
    whole.forEach((impressions, c) => {
      const sum = new Float64Array(impressions.length);
      for (const own of delivery.slice(c * creatives, (c + 1) * creatives)) {
        own.forEach((x, at) => {
          if (!(Number.isInteger(x) && x >= 0)) expect.fail(`campaign ${c + 1}, cell ${at}: ${x}`);
          sum[at] += x;
        });
      }
      expect(sum, `campaign ${c + 1}`).toEqual(impressions);
    });
  });

  it('lies within the run of each creative, which lies within its campaign', () => {
    const { campaigns, entities, delivery } = plan({ history: 5 });
    entities.forEach(({ number, campaign, running }) => {
      running.forEach((on, p) => {
        expect(on && !campaigns[campaign].running[p]).toBeFalsy();
        if (!on) for (let g = 0; g < 3; g++) expect(delivery[number][g * 65 + p]).toBe(0);
      });
    });
  });

  it('is in no constant proportion between creatives of a campaign', () => {
    const { entities, whole, delivery } = plan({});
    for (const a of entities) {
      for (const b of entities) {
        if (a.campaign !== b.campaign || a.number >= b.number) continue;
        const cells = [...whole[a.campaign].keys()].filter((at) => whole[a.campaign][at] > 1000);
        if (cells.length < 6) continue;
        const shares = cells
          .map((at) => [delivery[a.number][at], delivery[b.number][at]])
          .filter(([x, y]) => x + y > 0)
          .map(([x, y]) => x / (x + y));
        const logs = shares.map((share) => Math.log((share + 1e-6) / (1 - share + 1e-6)));
        // a collinear group keeps within 1%; these have noise of 30% each, and often run alone
        expect(Math.max(...logs) - Math.min(...logs), `${a.name} ${b.name}`).toBeGreaterThan(0.3);
      }
    }
  });

  it('is the campaign itself where there is one creative', () => {
    const { campaigns, entities, whole, delivery } = plan({ creatives: 1 });
    expect(delivery).toBe(whole);
    expect(entities.map(({ name, running }) => [name, running])).toEqual(
      campaigns.map(({ name, running }) => [name, running]),
    );
  });
});

describe('runs of creatives', () => {
  const { campaigns, entities } = plan({ campaigns: 90 });
  const others = entities.filter(({ creative }) => creative > 0);

  it('cover the campaign in the first, and a quarter of it at least in the others', () => {
    for (const { creative, campaign, running } of entities) {
      const weeks = runs(campaigns[campaign].running);
      if (creative === 0) expect(runs(running)).toEqual(weeks);
      else expect(runs(running).length).toBeGreaterThanOrEqual(weeks.length / 4);
    }
  });

  it('have no pause but those of the campaign, start late in some and end early in some', () => {
    const late: boolean[] = [];
    const early: boolean[] = [];
    for (const { campaign, running } of others) {
      const weeks = runs(campaigns[campaign].running);
      const own = runs(running);
      const start = weeks.indexOf(own[0]);
      expect(own).toEqual(weeks.slice(start, start + own.length));
      late.push(start > 0);
      early.push(start + own.length < weeks.length);
    }
    const share = mean(late.map(Number));
    expect(share).toBeGreaterThan(0.3);
    expect(share).toBeLessThan(0.5); // half are drawn a start of their own, which may be the campaign's
    expect(mean(early.map(Number))).toBeGreaterThan(0.5);
  });

  it('go back before the first total for those that start with their campaign, and history changes nothing later', () => {
    const before = plan({ campaigns: 90, history: 8 });
    before.entities.forEach(({ number, campaign, creative, running }) => {
      expect(running.subarray(8)).toEqual(entities[number].running);
      const started = creative === 0 || runs(running.subarray(8))[0] === runs(campaigns[campaign].running)[0];
      expect(running.subarray(0, 8)).toEqual(
        started ? before.campaigns[campaign].running.subarray(0, 8) : new Uint8Array(8),
      );
    });
    const without = plan({ campaigns: 90 });
    before.delivery.forEach((impressions, e) => {
      for (let g = 0; g < 3; g++) {
        expect(impressions.subarray(g * 68 + 8, (g + 1) * 68)).toEqual(
          without.delivery[e].subarray(g * 60, (g + 1) * 60),
        );
      }
    });
  });

  it('begin in the last 4 weeks for as many as coldCreatives says, never the first, and for all others as before', () => {
    const cold = plan({ campaigns: 90, coldStart: 0.1, coldCreatives: 0.4 });
    const plain = plan({ campaigns: 90, coldStart: 0.1 });
    const open = plain.entities.filter(
      ({ creative, campaign, coldStart }) =>
        creative > 0 && !coldStart && runs(campaigns[campaign].running).some((week) => week >= 56),
    );
    const picked = cold.entities.filter(({ coldStart, number }) => coldStart && !plain.entities[number].coldStart);
    expect(picked).toHaveLength(Math.round(0.4 * open.length));
    expect(picked.length).toBeGreaterThan(30);
    for (const { creative, running, number } of picked) {
      expect(creative).toBeGreaterThan(0);
      expect(runs(running)[0]).toBeGreaterThanOrEqual(56);
      const impressions = cold.delivery[number];
      impressions.forEach((x, at) => {
        if (x > 0) expect(at % 60).toBeGreaterThanOrEqual(56);
      });
    }
    const chosen = new Set(picked.map(({ number }) => number));
    cold.entities.forEach((entity) => {
      if (!chosen.has(entity.number)) expect(entity).toEqual(plain.entities[entity.number]);
    });
    const more = plan({ campaigns: 90, coldStart: 0.1, coldCreatives: 0.8 }).entities;
    for (const number of chosen) expect(more[number].coldStart).toBe(true);
  });
});

describe('simulateMta with creatives', () => {
  const { files, model } = simulateMta({ ...small, creativeSpread: 0.3 });
  const truth = files['truth.csv'];
  const entities = files['truth_entities.csv'];

  it('has the creative in the keys of every table and of the configuration', () => {
    expect(Object.keys(files)).toEqual([
      'totals.csv',
      'delivery.csv',
      'creatives.csv',
      'truth.csv',
      'truth_entities.csv',
      'truth_groups.csv',
    ]);
    const columns = (name: string) => Object.keys(files[name].columns);
    expect(columns('delivery.csv')).toEqual(['medium', 'week', 'geo', 'campaign', 'creative', 'impressions']);
    expect(columns('creatives.csv')).toEqual([...keys, 'platform', 'format', 'objective', 'start']);
    expect(columns('truth.csv').slice(0, 5)).toEqual(['medium', 'week', 'geo', 'campaign', 'creative']);
    expect(columns('truth_entities.csv')).toEqual([...keys, 'productivity', 'coldStart', 'collinear']);
    expect(model.exposure.entity).toEqual(keys);
    expect(simulateMta({ ...small, creatives: 2 }).model.exposure.entity).toEqual(keys);
    expect(model.entities).toEqual({ file: 'creatives.csv', entity: keys });
    expect(entities.rows).toBe(120);
    expect(words(entities, 'creative').slice(3, 5)).toEqual(['tv-01-4', 'tv-02-1']);
    expect(rowsIn(files['creatives.csv'], entities, keys)).toEqual([...Array(120).keys()]);
  });

  it('has totals that are the sums of true cells exactly, forwards and backwards', () => {
    const totals = files['totals.csv'];
    const bricks = rowsIn(truth, totals, ['medium', 'week', 'geo']);
    const cells = figures(truth, 'allocation');
    const forward = new Float64Array(totals.rows);
    const backward = new Float64Array(totals.rows);
    for (let i = 0; i < truth.rows; i++) forward[bricks[i]] += cells[i];
    for (let i = truth.rows - 1; i >= 0; i--) backward[bricks[i]] += cells[i];
    expect(forward).toEqual(figures(totals, 'contribution'));
    expect(backward).toEqual(forward);
    expect(Math.min(...forward)).toBeGreaterThan(0);
  });

  it('lists delivery that adds up to that of the campaigns, with their traits beside it', () => {
    const plain = simulateMta({ ...small, creatives: 1 }).files;
    const cellKeys = ['medium', 'week', 'geo', 'campaign'];
    const sums = new Float64Array(plain['delivery.csv'].rows);
    const impressions = figures(files['delivery.csv'], 'impressions');
    rowsIn(files['delivery.csv'], plain['delivery.csv'], cellKeys).forEach((row, i) => {
      sums[row] += impressions[i];
    });
    expect(sums).toEqual(figures(plain['delivery.csv'], 'impressions'));
    const campaigns = rowsIn(files['creatives.csv'], plain['campaigns.csv'], ['medium', 'campaign']);
    for (const trait of ['platform', 'format', 'objective']) {
      const own = words(plain['campaigns.csv'], trait);
      expect(words(files['creatives.csv'], trait)).toEqual(campaigns.map((c) => own[c]));
    }
  });

  it('spreads productivities around the campaign as creativeSpread says, and no exposure', () => {
    const many = { campaigns: 200, weeks: 1, geos: 1, creatives: 20 };
    const ratios = (creatives: number) => {
      const of = simulateMta({ ...many, creatives, creativeSpread: 0.3 }).files['truth_entities.csv'];
      const whole = simulateMta({ ...many, creatives: 1 }).files['truth_entities.csv'];
      const own = figures(whole, 'productivity');
      return rowsIn(of, whole, ['medium', 'campaign']).map((c, e) => figures(of, 'productivity')[e] / own[c]);
    };
    const drawn = ratios(20);
    expect(new Set(drawn).size).toBe(4000);
    expect(Math.abs(mean(drawn) - 1)).toBeLessThan((5 * 0.3) / Math.sqrt(4000));
    expect(Math.abs(variance(drawn.map(Math.log)) / Math.log(1.09) - 1)).toBeLessThan(5 * Math.sqrt(2 / 4000));
    // more creatives leave those there were
    expect(ratios(2)).toEqual(drawn.filter((_, e) => e % 20 < 2));
    const even = simulateMta(small).files;
    for (const name of ['delivery.csv', 'creatives.csv']) expect(even[name], name).toEqual(files[name]);
    expect(even['truth.csv'].columns.exposure).toEqual(truth.columns.exposure);
    const constant = figures(even['truth_entities.csv'], 'productivity');
    constant.forEach((p, e) => {
      expect(p).toBe(constant[e - (e % 4)]);
    });
  });

  it('has noise in every cell of its own', () => {
    const [z, w, p] = ['allocation', 'exposure', 'productivity'].map((name) => figures(truth, name));
    const cells = ['week', 'geo', 'campaign', 'creative'].map((name) => words(truth, name));
    const residuals = new Map<string, number>();
    z.forEach((amount, i) => {
      const own = w[i] * p[i];
      if (own > 20) residuals.set(cells.map((column) => column[i]).join(' '), (amount - own) / Math.sqrt(10 * own));
    });
    const pairs = [...residuals].flatMap(([key, first]) => {
      const second = key.endsWith('-1') ? residuals.get(`${key.slice(0, -1)}2`) : undefined;
      return second === undefined ? [] : [[first, second]];
    });
    expect(pairs.length).toBeGreaterThan(500);
    const together = correlation(
      pairs.map(([x]) => x),
      pairs.map(([, y]) => y),
    );
    expect(Math.abs(together)).toBeLessThan(5 / Math.sqrt(pairs.length));
  });

  it('lets creatives of a campaign drift together', () => {
    const drifting = simulateMta({ ...small, drift: 0.05 }).files['truth.csv'];
    const [campaign, week] = ['campaign', 'week'].map((name) => words(drifting, name));
    const productivities = new Map<string, Set<number>>();
    figures(drifting, 'productivity').forEach((p, i) => {
      const key = `${campaign[i]} ${week[i]}`;
      productivities.set(key, (productivities.get(key) ?? new Set()).add(p));
    });
    for (const own of productivities.values()) expect(own.size).toBe(1);
    expect(new Set([...productivities.values()].flatMap((own) => [...own])).size).toBe(productivities.size);
  });
});
