import { describe, expect, it } from 'vitest';
import { InputError } from '../../bindings/base/errors.js';
import { hcpOptions, mtaOptions, simulateHcp, simulateMta } from '../../bindings/simulate/index.js';

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return (error as InputError).message;
  }
  return expect.fail('nothing was refused');
}

describe.each([
  ['simulateHcp', hcpOptions],
  ['simulateMta', mtaOptions],
])('options of %s', (_name, rules) => {
  it('have a default within their range and a help text in one line', () => {
    for (const [name, { default: standard, min, max, integer, help }] of Object.entries(rules)) {
      expect(standard >= min && standard <= max, name).toBe(true);
      expect(!integer || Number.isInteger(standard), name).toBe(true);
      expect(help, name).toMatch(/^\S[^\n]{10,}[^\s.]$/);
      expect(name).toMatch(/^[a-z]+([A-Z][a-z]+)*$/);
    }
  });
});

describe('simulateHcp', () => {
  it('refuses values out of range, all at once', () => {
    expect(messageOf(() => simulateHcp({ seed: -1, hcps: 2.5, coldStart: Number.NaN, spread: 6 }))).toBe(
      [
        'seed: expected an integer from 0 to 9007199254740991, got -1',
        'hcps: expected an integer from 1 to 1000000, got 2.5',
        'spread: expected a number from 0 to 5, got 6',
        'coldStart: expected a number from 0 to 1, got NaN',
      ].join('\n'),
    );
  });

  it('refuses an unknown option and names the nearest', () => {
    const options = { hcp: 4 } as object;
    expect(messageOf(() => simulateHcp(options))).toBe('hcp: unknown option. Did you mean "hcps"?');
  });

  it('refuses a value of another type', () => {
    const options = { bricks: '80' } as object;
    expect(messageOf(() => simulateHcp(options))).toBe('bricks: expected an integer from 1 to 100000, got "80"');
    expect(messageOf(() => simulateHcp(null as unknown as object))).toBe('options: expected an object, got nothing');
  });

  it('refuses fewer HCPs than bricks, and more collinear groups than fit', () => {
    expect(messageOf(() => simulateHcp({ hcps: 79 }))).toBe(
      'hcps: expected at least the number of bricks (80), got 79',
    );
    expect(messageOf(() => simulateHcp({ hcps: 20, bricks: 12, collinear: 3 }))).toBe(
      'collinear: expected at most 2: 3 HCPs a group, beside one HCP per brick, got 3',
    );
  });

  it('refuses regions out of range, and a spread between regions where there are none', () => {
    expect(messageOf(() => simulateHcp({ regions: 1001, regionSpread: -1 }))).toBe(
      [
        'regions: expected an integer from 0 to 1000, got 1001',
        'regionSpread: expected a number from 0 to 5, got -1',
      ].join('\n'),
    );
    expect(messageOf(() => simulateHcp({ regionSpread: 0.3 }))).toBe(
      'regionSpread: expected 0 where there are no regions, got 0.3',
    );
  });
});

describe('simulateMta', () => {
  it('refuses fewer campaigns than media, more groups than fit, and more cells than memory', () => {
    expect(messageOf(() => simulateMta({ campaigns: 2 }))).toBe(
      'campaigns: expected at least the number of media (3), got 2',
    );
    expect(messageOf(() => simulateMta({ campaigns: 11, collinear: 3 }))).toBe(
      'collinear: expected at most 2: 3 campaigns a group, beside the first of each medium, got 3',
    );
    expect(messageOf(() => simulateMta({ geos: 1000, weeks: 1000 }))).toBe(
      'campaigns: expected at most 20 with so many weeks and geos, got 40',
    );
  });

  it('counts creatives among what must fit in memory', () => {
    expect(messageOf(() => simulateMta({ geos: 100, weeks: 100, creatives: 51 }))).toBe(
      'creatives: expected at most 50 with so many weeks, geos and campaigns, got 51',
    );
    expect(messageOf(() => simulateMta({ geos: 1000, weeks: 1000, creatives: 1000 }))).toBe(
      'campaigns: expected at most 20 with so many weeks and geos, got 40',
    );
  });

  it('refuses spreads and creatives out of range, and what only creatives can have where there are none', () => {
    const wrong = { platformSpread: 6, formatSpread: -0.1, creatives: 0, creativeSpread: 5.5, coldCreatives: 1.1 };
    expect(messageOf(() => simulateMta(wrong))).toBe(
      [
        'platformSpread: expected a number from 0 to 5, got 6',
        'formatSpread: expected a number from 0 to 5, got -0.1',
        'creatives: expected an integer from 1 to 1000, got 0',
        'creativeSpread: expected a number from 0 to 5, got 5.5',
        'coldCreatives: expected a number from 0 to 1, got 1.1',
      ].join('\n'),
    );
    expect(messageOf(() => simulateMta({ creativeSpread: 0.3, coldCreatives: 0.1 }))).toBe(
      [
        'creativeSpread: expected 0 where campaigns have one creative, got 0.3',
        'coldCreatives: expected 0 where campaigns have one creative, got 0.1',
      ].join('\n'),
    );
  });

  it('takes an option that is given as undefined for one that is not given', () => {
    const small = { weeks: 3, geos: 2, campaigns: 4 };
    expect(simulateMta({ ...small, seed: undefined })).toEqual(
      simulateMta({ ...small, seed: mtaOptions.seed.default }),
    );
  });
});
