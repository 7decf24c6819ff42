import { describe, expect, it } from 'vitest';
import { type Campaign, planCampaigns } from '../../../bindings/simulate/mta/campaigns.js';
import { deliver, wave } from '../../../bindings/simulate/mta/delivery.js';
import { checkMtaOptions, type MtaOptions } from '../../../bindings/simulate/mta/options.js';
import { correlation } from '../../support/simulations.js';

function plan(options: MtaOptions) {
  const values = checkMtaOptions(options);
  const campaigns = planCampaigns(values);
  return { values, campaigns, delivery: deliver(values, campaigns) };
}

/** Weeks in which a campaign delivers anywhere. */
function delivers(impressions: Float64Array, periods: number): number[] {
  return Array.from({ length: periods }, (_, p) => (impressions.some((x, at) => at % periods === p && x > 0) ? 1 : 0));
}

const share = (campaign: Campaign) => campaign.running.reduce((sum, on) => sum + on, 0) / campaign.running.length;

describe('flights', () => {
  it('have delivery in each of their weeks and none outside', () => {
    const { campaigns, delivery } = plan({ campaigns: 60 });
    campaigns.forEach(({ running }, c) => {
      expect(delivers(delivery[c], 104), campaigns[c].name).toEqual([...running]);
    });
    expect(delivery.every((impressions) => impressions.every((x) => Number.isInteger(x) && x >= 0))).toBe(true);
  });

  it('are of every kind: always on, one burst, several bursts', () => {
    const { campaigns } = plan({ campaigns: 200 });
    const bursts = campaigns.map(({ running }) => running.filter((on, w) => on && !running[w - 1]).length);
    expect(campaigns.filter((campaign) => share(campaign) === 1).length).toBeGreaterThan(30);
    expect(campaigns.filter((campaign, c) => share(campaign) < 1 && bursts[c] === 1).length).toBeGreaterThan(20);
    expect(bursts.filter((count) => count > 1).length).toBeGreaterThan(50);
    expect(Math.max(...bursts)).toBe(4);
    for (const campaign of campaigns) if (campaign.first) expect(share(campaign)).toBe(1);
  });

  it('deliver something in every week even where geos are tiny', () => {
    const { campaigns, delivery } = plan({ geoSpread: 20, geos: 1000, weeks: 3, media: 8, campaigns: 8 });
    expect(campaigns.every(({ first }) => first)).toBe(true);
    expect(Math.min(...delivery.flatMap((impressions) => [...impressions]))).toBe(1);
  });

  it('reach one geo at least where there are few', () => {
    const { delivery } = plan({ geos: 2, weeks: 6, campaigns: 300 });
    for (const impressions of delivery) expect(impressions.some((x) => x > 0)).toBe(true);
  });

  it('reach every geo, or some and at least one', () => {
    const { campaigns, delivery } = plan({ campaigns: 200, weeks: 20 });
    const geos = campaigns.map(
      (_, c) =>
        new Set(
          Array.from(delivery[c].keys())
            .filter((at) => delivery[c][at] > 0)
            .map((at) => Math.floor(at / 20)),
        ).size,
    );
    expect(Math.min(...geos)).toBeGreaterThanOrEqual(1);
    const regional = geos.filter((count) => count < 10).length;
    expect(Math.abs(regional - 60)).toBeLessThan(5 * Math.sqrt(200 * 0.3 * 0.7));
    for (const campaign of campaigns) if (campaign.first) expect(geos[campaign.number]).toBe(10);
  });
});

describe('collinear groups', () => {
  const { campaigns, delivery } = plan({ collinear: 5 });

  it('run together in near-constant proportion', () => {
    for (let g = 1; g <= 5; g++) {
      const members = campaigns.filter(({ group }) => group === g);
      expect(members).toHaveLength(3);
      const [leader, ...followers] = members;
      expect(leader.leader).toBe(leader.number);
      for (const { number, medium, running } of followers) {
        expect(medium).toBe(leader.medium);
        expect(running).toEqual(leader.running);
        expect(correlation(delivery[number], delivery[leader.number])).toBeGreaterThan(0.99);
        expect(delivery[number]).not.toEqual(delivery[leader.number]);
        const ratios = [...delivery[number].keys()]
          .filter((at) => delivery[leader.number][at] > 1000)
          .map((at) => delivery[number][at] / delivery[leader.number][at]);
        expect(ratios.length).toBeGreaterThan(5);
        expect(Math.max(...ratios) / Math.min(...ratios)).toBeLessThan(1.1); // noise of 1%, about 5 of its deviations
      }
    }
  });

  it('leave leaders and all others as they were', () => {
    const plain = plan({});
    campaigns.forEach(({ leader, number, name }) => {
      if (leader === number) expect(delivery[number], name).toEqual(plain.delivery[number]);
      else expect(delivery[number], name).not.toEqual(plain.delivery[number]);
    });
  });

  it('are absent unless asked for', () => {
    const plain = plan({});
    for (const a of plain.campaigns) {
      for (const b of plain.campaigns) {
        if (a.number < b.number && a.medium === b.medium) {
          expect(correlation(plain.delivery[a.number], plain.delivery[b.number])).toBeLessThan(0.99);
        }
      }
    }
  });
});

describe('season and size', () => {
  it('swing delivery over the year as seasonality says', () => {
    const flat = plan({ seasonality: 0, campaigns: 6 });
    const swung = plan({ seasonality: 0.5, campaigns: 6 });
    for (let c = 0; c < 6; c++) {
      swung.delivery[c].forEach((x, at) => {
        const season = 1 + 0.5 * Math.cos((2 * Math.PI * (at % 104)) / 52);
        // the wave is within 0.0017 of a cosine, and both figures were rounded
        expect(Math.abs(x - flat.delivery[c][at] * season)).toBeLessThanOrEqual(0.002 * flat.delivery[c][at] + 1.5);
      });
    }
  });

  it('scale all campaigns of a geo alike, with the spread asked for', () => {
    const even = plan({ geoSpread: 0, geos: 1000, weeks: 1, campaigns: 3 });
    const uneven = plan({ geoSpread: 1, geos: 1000, weeks: 1, campaigns: 3 });
    const logs = Array.from(uneven.delivery[0], (x, g) => Math.log(x / even.delivery[0][g]));
    for (let c = 1; c < 3; c++) {
      logs.forEach((log, g) => {
        expect(Math.abs(Math.log(uneven.delivery[c][g] / even.delivery[c][g]) - log)).toBeLessThan(0.01);
      });
    }
    // lognormal of mean 1 and coefficient of variation 1: the logarithm has variance log 2
    const spread = logs.reduce((sum, log) => sum + (log + Math.LN2 / 2) ** 2, 0) / 1000;
    expect(Math.abs(spread - Math.LN2)).toBeLessThan(5 * Math.LN2 * Math.sqrt(2 / 1000));
  });
});

describe('wave', () => {
  it('is a sine within 0.0017, of any number of turns', () => {
    for (let i = -500; i <= 500; i++) {
      expect(Math.abs(wave(i / 100) - Math.sin((2 * Math.PI * i) / 100))).toBeLessThan(0.0017);
    }
  });
});
