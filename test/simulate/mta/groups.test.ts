import { describe, expect, it } from 'vitest';
import { type MtaOptions, simulateMta } from '../../../bindings/simulate/index.js';
import { formatFactor, platformFactor } from '../../../bindings/simulate/mta/groups.js';
import { presets } from '../../../bindings/simulate/mta/media.js';
import { checkMtaOptions } from '../../../bindings/simulate/mta/options.js';
import { figures, mean, rowsBy, words } from '../../support/simulations.js';

const small = { campaigns: 90, weeks: 6, geos: 2, spread: 0 };
const filesOf = (options: MtaOptions) => simulateMta({ ...small, ...options }).files;
type Files = ReturnType<typeof filesOf>;

const standard = filesOf({});

/** What each campaign's productivity is of its medium's rate, with the names of its groups. */
function ratios(files: Files) {
  const rates = new Map(presets.map(({ name, rate }) => [name, rate]));
  const traits = files['campaigns.csv'];
  const [medium, platform, format] = ['medium', 'platform', 'format'].map((name) => words(traits, name));
  return Array.from(figures(files['truth_entities.csv'], 'productivity'), (productivity, c) => ({
    platform: `${medium[c]}\t${platform[c]}`,
    format: `${medium[c]}\t${platform[c]}\t${format[c]}`,
    ratio: productivity / rates.get(medium[c])!,
  }));
}

/** Factors that the truth gives the groups of a level, by the names that lead to them. */
function factors(files: Files, level: string, ...keys: string[]): Map<string, number> {
  const groups = files['truth_groups.csv'];
  const rows = [...rowsBy(groups, ['level', ...keys])].filter(([key]) => key.startsWith(`${level}\t`));
  return new Map(rows.map(([key, r]) => [key.slice(level.length + 1), figures(groups, 'factor')[r]]));
}

describe('factors of groups', () => {
  it('multiply the productivities of a platform, another within each medium, and change nothing else', () => {
    const files = filesOf({ platformSpread: 0.5 });
    const found = factors(files, 'platform', 'medium', 'platform');
    for (const { platform, ratio } of ratios(files)) expect(ratio / found.get(platform)!).toBeCloseTo(1, 14);
    expect(found.size).toBe(9); // three platforms in each of tv, social and search
    expect(new Set(found.values()).size).toBe(9);
    for (const name of ['delivery.csv', 'campaigns.csv']) expect(files[name], name).toEqual(standard[name]);
    expect(new Set(factors(files, 'format', 'medium', 'platform', 'format').values())).toEqual(new Set([1]));
  });

  it('are nested: a format has another in each platform', () => {
    const files = filesOf({ formatSpread: 0.5 });
    const found = factors(files, 'format', 'medium', 'platform', 'format');
    for (const { format, ratio } of ratios(files)) expect(ratio / found.get(format)!).toBeCloseTo(1, 14);
    expect(found.size).toBe(24); // three formats in tv and social, two in search, in three platforms each
    expect(new Set(found.values()).size).toBe(24);
    expect(new Set(factors(files, 'platform', 'medium', 'platform').values())).toEqual(new Set([1]));
  });

  it('multiply each other, and the spread of campaigns within', () => {
    const files = filesOf({ platformSpread: 0.4, formatSpread: 0.3, spread: 0.2 });
    const own = ratios(filesOf({ spread: 0.2 }));
    const platforms = factors(files, 'platform', 'medium', 'platform');
    const formats = factors(files, 'format', 'medium', 'platform', 'format');
    expect(platforms).toEqual(factors(filesOf({ platformSpread: 0.4 }), 'platform', 'medium', 'platform'));
    expect(formats).toEqual(factors(filesOf({ formatSpread: 0.3 }), 'format', 'medium', 'platform', 'format'));
    ratios(files).forEach(({ platform, format, ratio }, c) => {
      expect(ratio / (platforms.get(platform)! * formats.get(format)! * own[c].ratio)).toBeCloseTo(1, 14);
    });
  });

  it('have mean 1 and the coefficient of variation asked for', () => {
    const seeds = Array.from({ length: 4000 }, (_, seed) => seed);
    for (const drawn of [
      seeds.map((seed) => platformFactor(checkMtaOptions({ seed, platformSpread: 0.4 }), 1, 2)),
      seeds.map((seed) => formatFactor(checkMtaOptions({ seed, formatSpread: 0.4 }), 1, 2, 1)),
    ]) {
      expect(Math.abs(mean(drawn) - 1)).toBeLessThan((5 * 0.4) / Math.sqrt(4000));
      const logs = mean(drawn.map((factor) => (Math.log(factor) + Math.log(1.16) / 2) ** 2));
      expect(Math.abs(logs / Math.log(1.16) - 1)).toBeLessThan(5 * Math.sqrt(2 / 4000));
    }
  });
});

describe('truth_groups.csv', () => {
  it('is absent unless groups differ', () => {
    expect(Object.keys(standard)).toEqual([
      'totals.csv',
      'delivery.csv',
      'campaigns.csv',
      'truth.csv',
      'truth_entities.csv',
    ]);
    for (const options of [{ platformSpread: 0.1 }, { formatSpread: 0.1 }, { creatives: 2 }]) {
      expect(Object.keys(filesOf(options)).at(-1)).toBe('truth_groups.csv');
    }
  });

  it('has the groups that have campaigns, level by level, and no others', () => {
    const files = filesOf({ campaigns: 5, platformSpread: 0.3 });
    const groups = files['truth_groups.csv'];
    expect(Object.keys(groups.columns)).toEqual(['level', 'medium', 'platform', 'format', 'factor']);
    const campaigns = ratios(files);
    expect(new Set(factors(files, 'platform', 'medium', 'platform').keys())).toEqual(
      new Set(campaigns.map(({ platform }) => platform)),
    );
    expect(new Set(factors(files, 'format', 'medium', 'platform', 'format').keys())).toEqual(
      new Set(campaigns.map(({ format }) => format)),
    );
    const levels = words(groups, 'level');
    expect(levels).toEqual([...levels].sort().reverse());
    words(groups, 'format').forEach((format, r) => {
      expect(format === '').toBe(levels[r] === 'platform');
    });
  });

  it('has campaigns too where creatives are the entities', () => {
    const files = filesOf({ campaigns: 5, creatives: 2, spread: 0.4 });
    const own = ratios(filesOf({ campaigns: 5, spread: 0.4 }));
    expect(Object.keys(files['truth_groups.csv'].columns)).toEqual([
      'level',
      'medium',
      'platform',
      'format',
      'campaign',
      'factor',
    ]);
    const found = factors(files, 'campaign', 'medium', 'platform', 'format', 'campaign');
    expect(found.size).toBe(5);
    [...found].forEach(([key, factor], c) => {
      expect(key.startsWith(`${own[c].format}\t`)).toBe(true);
      expect(factor / own[c].ratio).toBeCloseTo(1, 14);
    });
  });
});
