import { describe, expect, it } from 'vitest';
import { folderWith } from '../cli/run.js';
import { dateOf, dayOf } from './ads.js';
import { lightweightExport, meridianExport, pymcExport, robynExport, weekDates } from './exports.js';
import { apportion } from './importing.js';
import { change, type Files } from './refusing.js';

// delivery of one channel is lost for some weeks; contributions are those of the whole

const edit = (files: Files, platform: string, from: number, to: number, cells: (cells: string[]) => string[] | null) =>
  change(files, 'ads.csv', (text) =>
    text
      .split('\n')
      .flatMap((line) => {
        const row = line.split(',');
        const inside = row[0] >= weekDates[from] && row[0] < dateOf(dayOf(weekDates[to]) + 7);
        const edited = row[1] === platform && inside ? cells(row) : row;
        return edited === null ? [] : [edited.join(',')];
      })
      .join('\n'),
  );
const lose = (files: Files, platform: string, from: number, to: number) => edit(files, platform, from, to, () => null);
/** Impressions stand in the last but one column of the report. */
const scale = (files: Files, platform: string, from: number, to: number, factor: number) =>
  edit(files, platform, from, to, (row) =>
    row.map((cell, c) => (c === row.length - 2 ? `${Number(cell) * factor}` : cell)),
  );

const robyn = ['robyn', '@'];
const meridian = ['meridian', '@contributions.csv', '--curves', '@curves.json', '--population', '@population.csv'];
const pymc = ['pymc-marketing', '@contributions.csv', '--curves', '@curves.csv'];
const lightweight = ['lightweight-mmm', '@df.csv', '--curves', '@curves.json', '--first-date', weekDates[0]];

function importing(files: Files, args: readonly string[], ...more: string[]) {
  const fixed = ['--delivery', '@ads.csv', '--gaps', 'unallocated', '--out', '@mmm'];
  return apportion(folderWith(files), 'import', ...args, ...fixed, ...more);
}
async function checks(files: Files, args: readonly string[], ...more: string[]) {
  const { code, stdout, stderr } = await importing(files, args, ...more);
  expect([code, stderr]).toEqual([0, '']);
  return stdout
    .split('\n')
    .filter((line) => line.includes('/ curve'))
    .map((line) => line.slice(13));
}

const all = (channel: string, bricks = 40) =>
  `${channel}: contribution / curve varies by less than 1e-12 over ${bricks} bricks`;

describe('contribution / curve is not looked at where lost delivery carries over to', () => {
  // 4 weeks are lost; l_max 6 carries over to 5 weeks more
  it('in PyMC-Marketing, for l_max periods', async () => {
    const tv = `${all('tv', 31)}, without 9 that lost delivery carries over to`;
    const strict = ['--mismatch', 'refuse'];
    expect(await checks(lose(pymcExport(), 'tv', 10, 13), pymc, ...strict)).toEqual([tv, all('search')]);
    // the same before the first delivery, and 4 + 0 after the last
    expect(await checks(lose(pymcExport(), 'tv', 0, 3), pymc, ...strict)).toEqual([tv, all('search')]);
    const last = `${all('tv', 36)}, without 4 that lost delivery carries over to`;
    expect(await checks(lose(pymcExport(), 'tv', 36, 39), pymc, ...strict)).toEqual([last, all('search')]);
  });

  // a hole of one week is a pause, of which the curve knows what is carried over
  it('and is looked at in pauses', async () => {
    const files = lose(lose(pymcExport(), 'tv', 10, 13), 'tv', 30, 30);
    const [tv] = await checks(files, pymc);
    expect(tv).toMatch(/^tv: .* varies by 0\.51 over 31 bricks, without 9 that lost delivery carries over to$/);
  });

  // 0.6^k of a whole delivery; Weibull's weights are nothing after some 8 weeks
  it('in Robyn, until little is left of it', async () => {
    const geometric = await checks(lose(robynExport().files, 'tv', 30, 33), robyn);
    const tv = `${all('tv_S', 30)}, without 10 that lost delivery carries over to`;
    expect(geometric).toEqual([tv, all('facebook_I'), all('search_clicks_P')]);
    const [weibull] = await checks(lose(robynExport('weibull_cdf').files, 'tv', 10, 13), robyn);
    expect(weibull).toMatch(
      /^tv_S: .* varies by \d\.\de-1\d over 28 bricks, without 12 that lost delivery carries over to$/,
    );
  });

  it('in Robyn where all is lost but one week, and nothing is left to compare', async () => {
    const { code, stdout } = await importing(lose(robynExport().files, 'tv', 1, 39), robyn);
    expect(code).toBe(0);
    expect(stdout).toContain('  check      tv_S: nothing to compare, without 39 that lost delivery carries over to\n');
  });

  // max_lag 6: 3 + 6 weeks of 3 places; the median delivery of the model counts what is lost
  it('in Meridian, in every place', async () => {
    const [channel, other, mind] = await checks(lose(meridianExport(), 'Channel0', 12, 14), meridian);
    expect(channel).toBe(
      'Channel0: contribution / curve varies by 0.0039 over 93 bricks, without 27 that lost delivery carries over to',
    );
    expect(other).toBe(all('Channel1', 120));
    expect(mind).toMatch(
      /; --mismatch refuse makes an error of it\. Of Channel0, some of its delivery is lost, and the model scaled its curve by that too$/,
    );
  });

  // no end of a carry-over of 0.6 within the 26 weeks that follow; the mean of the model counts what is lost
  it('in LightweightMMM', async () => {
    const found = await checks(lose(lightweightExport(), 'tv', 10, 13), [...lightweight, '--every', '7']);
    expect(found.slice(0, 2)).toEqual([
      'tv: contribution / curve varies by 0.02 over 10 bricks, without 30 that lost delivery carries over to',
      all('radio'),
    ]);
    expect(found[2]).toMatch(/ Of tv, some of its delivery is lost, and the model scaled its curve by that too$/);
  });
});

describe('beside lost delivery', () => {
  it('another metric is still refused', async () => {
    const files = scale(lose(pymcExport(), 'tv', 10, 13), 'tv', 30, 34, 0.5);
    const { code, stdout, stderr } = await importing(files, pymc, '--mismatch', 'refuse');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toBe(
      'ads.csv, channel tv: expected contribution / curve to be one number, as with what the model saw, got 40000 in 2022-03-28 and 72790 in 2022-10-24 (a spread of 0.82, at most 0.01). Is it the metric (--exposure) that the model saw? Or some of its delivery is lost, and the model scaled its curve by that too. Set --mismatch allow to use the curve all the same.',
    );
  });

  it('a curve that the lost delivery had scaled is refused in words that say so', async () => {
    const { code, stdout, stderr } = await importing(lose(robynExport('weibull_cdf').files, 'tv', 14, 39), robyn);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toBe(
      'ads.csv, channel tv_S: expected contribution / curve to be one number, as with what the model saw, got 76120 in 2022-05-16 and 82600 in 2022-04-18 (a spread of 0.085, at most 0.01). Is it the metric (--exposure) that the model saw? Or some of its delivery is lost, and the model scaled its curve by that too. Set --mismatch allow to use the curve all the same.',
    );
  });
});
