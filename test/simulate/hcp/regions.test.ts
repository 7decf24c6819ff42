import { describe, expect, it } from 'vitest';
import { checkHcpOptions } from '../../../bindings/simulate/hcp/options.js';
import { drawRegions } from '../../../bindings/simulate/hcp/regions.js';
import { type HcpOptions, simulateHcp } from '../../../bindings/simulate/index.js';
import { figures, mean, rowsIn, variance, words } from '../../support/simulations.js';

const filesOf = (options: HcpOptions) => simulateHcp(options).files;
const standard = filesOf({});

describe('regions', () => {
  it('multiply the productivities within them by the factors told, and change no exposure', () => {
    const files = filesOf({ regions: 5, regionSpread: 0.4 });
    const groups = files['truth_groups.csv'];
    expect(Object.keys(groups.columns)).toEqual(['level', 'region', 'factor']);
    expect(words(groups, 'level')).toEqual(Array(5).fill('region'));
    expect(words(groups, 'region')).toEqual(['R1', 'R2', 'R3', 'R4', 'R5']);
    const factor = figures(groups, 'factor');
    expect(new Set(factor).size).toBe(5);
    const before = figures(standard['truth_entities.csv'], 'productivity');
    const after = figures(files['truth_entities.csv'], 'productivity');
    rowsIn(files['hcps.csv'], groups, ['region']).forEach((r, h) => {
      expect(after[h] / before[h] / factor[r]).toBeCloseTo(1, 14);
    });
    expect(files['exposure.csv']).toEqual(standard['exposure.csv']);
    expect(Object.keys(files['hcps.csv'].columns)).toEqual(['hcp', 'specialty', 'seniority', 'potential', 'region']);
    for (const name of ['hcp', 'specialty', 'seniority', 'potential']) {
      expect(files['hcps.csv'].columns[name], name).toEqual(standard['hcps.csv'].columns[name]);
    }
  });

  it('add a column and nothing else without a spread', () => {
    const { 'hcps.csv': hcps, 'truth_groups.csv': groups, ...rest } = filesOf({ regions: 3 });
    const { 'hcps.csv': _, ...before } = standard;
    expect(rest).toEqual(before);
    expect(figures(groups, 'factor')).toEqual(Float64Array.of(1, 1, 1));
    expect(new Set(words(hcps, 'region')).size).toBe(3);
  });

  it('are absent unless asked for', () => {
    expect(Object.keys(standard)).not.toContain('truth_groups.csv');
    expect(Object.keys(standard['hcps.csv'].columns)).not.toContain('region');
  });

  it('cross specialties and bricks: each is as likely for every HCP', () => {
    const files = filesOf({ regions: 4, hcps: 4000 });
    const region = words(files['hcps.csv'], 'region');
    const specialty = words(files['hcps.csv'], 'specialty');
    const bricks = words(files['exposure.csv'], 'brick');
    const perBrick = new Map<string, Set<string>>();
    rowsIn(files['exposure.csv'], files['hcps.csv'], ['hcp']).forEach((h, i) => {
      perBrick.set(bricks[i], (perBrick.get(bricks[i]) ?? new Set()).add(region[h]));
    });
    for (const met of perBrick.values()) expect(met.size).toBe(4); // dozens of HCPs in the smallest brick
    for (const name of new Set(specialty)) {
      const members = region.filter((_, h) => specialty[h] === name);
      for (const r of ['R1', 'R2', 'R3', 'R4']) {
        const share = members.filter((own) => own === r).length / members.length;
        expect(Math.abs(share - 0.25), `${name} ${r}`).toBeLessThan(5 * Math.sqrt(0.1875 / members.length));
      }
    }
  });

  it('are listed where they have HCPs only', () => {
    const files = filesOf({ regions: 1000, regionSpread: 0.2, hcps: 100 });
    const lived = new Set(words(files['hcps.csv'], 'region'));
    expect(lived.size).toBeLessThan(101);
    expect(words(files['truth_groups.csv'], 'region')).toEqual([...lived].sort());
  });

  it('have factors of mean 1 and the coefficient of variation asked for', () => {
    const drawn = [1, 2, 3, 4].flatMap(
      (seed) => drawRegions(checkHcpOptions({ seed, regions: 1000, regionSpread: 0.4 })).factor,
    );
    expect(Math.abs(mean(drawn) - 1)).toBeLessThan((5 * 0.4) / Math.sqrt(4000));
    expect(Math.abs(variance(drawn.map(Math.log)) / Math.log(1.16) - 1)).toBeLessThan(5 * Math.sqrt(2 / 4000));
  });
});
