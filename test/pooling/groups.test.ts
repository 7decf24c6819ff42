import { describe, expect, it } from 'vitest';
import { summarize } from '../../bindings/index.js';
import { figures, words } from '../support/simulations.js';
import { byAd, byGroup, fitOf, type Pooling, type Sample, sampleOf } from './support.js';

const sample = sampleOf({ seed: 91, weeks: 24, campaigns: 3 });

describe('the groups table', () => {
  it('has a row for each group of a gamma prior, and its rate over the common one', async () => {
    const fit = await fitOf(sample, { kind: 'gamma', groups: ['campaign'], spread: 0 }, {});
    expect(words(fit.groups, 'level')).toEqual(['campaign', 'campaign', 'campaign']);
    expect(words(fit.groups, 'group')).toEqual(['tv-0', 'tv-1', 'tv-2']);
    expect(figures(fit.groups, 'entities')).toEqual(Float64Array.of(3, 3, 3));
    expect(figures(fit.groups, 'component')).toEqual(Float64Array.of(0, 0, 0));
    const relative = byGroup(fit, 'relative');
    const productivity = byGroup(fit, 'productivity');
    // at spread 0 every ad has its group's rate
    byAd(fit, sample.ads, 'productivity').forEach((p, h) => {
      expect(productivity.get(`campaign\t${sample.columns.campaign[h]}`)).toBe(p);
    });
    const [rate] = figures(fit.components, 'rate');
    for (const [key, p] of productivity) expect(Math.abs(relative.get(key)! * rate - p)).toBeLessThan(1e-12 * p);
  });

  it('keeps groups apart whose values read alike once joined', async () => {
    const alike: Sample = {
      ...sample,
      columns: {
        one: sample.ads.map((_, h) => (h % 2 ? 'a / b' : 'a')),
        two: sample.ads.map((_, h) => (h % 2 ? 'c' : 'b / c')),
      },
    };
    for (const kind of ['lognormal', 'gamma'] as const) {
      const fit = await fitOf(alike, { kind, groups: ['one', 'two'] }, {});
      expect([kind, ...figures(fit.groups, 'entities')]).toEqual([kind, 5, 4]);
      expect(words(fit.groups, 'group')).toEqual(['a / b / c', 'a / b / c']);
    }
  });

  it('is empty without groups', async () => {
    for (const pooling of [{ kind: 'none' }, { kind: 'gamma' }, { kind: 'lognormal' }] as Pooling[]) {
      const fit = await fitOf(sample, pooling, {});
      expect([fit.groups.rows, fit.groups.names]).toEqual([
        0,
        ['component', 'level', 'group', 'entities', 'productivity', 'relative'],
      ]);
      expect(summarize(fit)).not.toContain('Pooling groups');
    }
  });
});

describe('the summary', () => {
  it('has a line for each of the first ten groups, and one for those that are more', async () => {
    const fit = await fitOf(sample, { kind: 'tree', levels: ['campaign'] }, {});
    const relative = byGroup(fit, 'relative');
    const lines = ['tv-0', 'tv-1', 'tv-2'].map(
      (name) => `  campaign ${name}  ${relative.get(`campaign\t${name}`)!.toFixed(3)}, 3 entities`,
    );
    expect(summarize(fit)).toContain(
      `\nPooling groups (productivity over that of what they hang on):\n${lines.join('\n')}\n\n`,
    );
    const many = sampleOf({ seed: 92, campaigns: 13, ads: 1 });
    const text = summarize(await fitOf(many, { kind: 'tree', levels: ['campaign'] }, {}));
    expect(text.match(/^ {2}campaign tv-\d+ {2}\d\.\d{3}, 1 entity$/gm)).toHaveLength(10);
    expect(text).toContain('\n  ... and 3 more in fit.json\n');
  });

  it('says what productivities were held by', async () => {
    const cases: [Pooling, string][] = [
      [{ kind: 'lognormal' }, 'lognormal pooling (spread 0.3, evidence 25).'],
      [
        { kind: 'lognormal', groups: ['format', 'market'] },
        'lognormal pooling over format, market (spread 0.3, evidence 25).',
      ],
      [
        { kind: 'tree', levels: ['market', 'campaign'], spread: 0.2, evidence: 'none' },
        'tree pooling over market > campaign (spread 0.2, evidence none).',
      ],
      [
        { kind: 'crossed', groups: ['market', 'format'], spread: 'estimate' },
        'crossed pooling over market, format (spread estimate, evidence 25, spreads estimated).',
      ],
    ];
    for (const [pooling, text] of cases) {
      const summary = summarize(await fitOf(sample, pooling, {}));
      expect(summary).toContain(text);
      expect(summary).toContain('no certificate, the optimum of lognormal pooling is a local one. Family');
    }
  });
});
