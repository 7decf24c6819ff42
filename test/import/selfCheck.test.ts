import { describe, expect, it } from 'vitest';
import { folderWith, read } from '../cli/run.js';
import { parseCsv } from '../support/parseCsv.js';
import { csv, dateOf, dayOf } from './ads.js';
import { meridianExport, pymcExport, robynExport, weekDates } from './exports.js';
import { apportion } from './importing.js';
import { type Case, change, type Files, refuses } from './refusing.js';

const robyn = robynExport().files;
const decomposition = 'pareto_alldecomp_matrix.csv';
const ofRobyn = ['robyn', '@', '--delivery', '@ads.csv'];

async function imported(files: Files, ...args: string[]) {
  const folder = folderWith(files);
  const ran = await apportion(folder, 'import', ...args, '--out', '@mmm');
  expect([ran.code, ran.stderr]).toEqual([0, '']);
  return { folder, stdout: ran.stdout };
}

async function trusts(folder: string): Promise<number[]> {
  const ran = await apportion(folder, 'fit', '@mmm/model.json', '--out', '@result');
  expect([ran.code, ran.stderr]).toEqual([0, '']);
  const [header, ...rows] = parseCsv(read(folder, 'result/entities.csv'));
  return rows.map((row) => Number(row[header.indexOf('trust')]));
}

/** A column of a CSV text, each cell changed. */
const changeColumn = (text: string, name: string, edit: (cell: string, row: readonly string[]) => string | number) => {
  const [header, ...rows] = parseCsv(text);
  const at = header.indexOf(name);
  return csv([header, ...rows.map((row) => row.map((cell, c) => (c === at ? edit(cell, row) : cell)))]);
};
const rounded = (decimals: number) =>
  change(robyn, decomposition, (text) => changeColumn(text, 'tv_S', (cell) => Number(cell).toFixed(decimals)));

describe('contribution / curve', () => {
  it('is one number where both are of one model, and then a fit learns nothing', async () => {
    const { folder, stdout } = await imported(robyn, ...ofRobyn);
    expect(stdout).toContain(`
  check      tv_S: contribution / curve varies by less than 1e-12 over 40 bricks
             facebook_I: contribution / curve varies by less than 1e-12 over 40 bricks
             search_clicks_P: contribution / curve varies by less than 1e-12 over 40 bricks
  fit        the totals of every channel follow from effective exposure alone: they tell nothing of campaigns, so the split will be in proportion to it, with trust 0
`);
    expect(await trusts(folder)).toEqual(new Array(12).fill(0));
  });

  it('may be off by what rounding does, and this is told', async () => {
    const { stdout } = await imported(rounded(0), ...ofRobyn);
    expect(stdout).toMatch(/\n {2}check {6}tv_S: contribution \/ curve varies by [1-9]\.\de-5 over 40 bricks\n/);
    expect(stdout).toMatch(
      /\n {2}mind {7}contribution \/ curve of tv_S is not one number, 90000 in 2022-\d\d-\d\d and 90000 in 2022-\d\d-\d\d: rounding, or delivery that is not quite what the model saw\n/,
    );
    const { stdout: finer } = await imported(rounded(4), ...ofRobyn);
    expect(finer).toMatch(/check {6}tv_S: contribution \/ curve varies by \d\.\de-(09|9|10) over 40 bricks\n/);
    expect(finer).not.toContain('mind ');
  });

  it('is used as it is where the user allows another one', async () => {
    const other = change(robyn, 'ads.csv', (text) =>
      changeColumn(text, 'impressions', (cell, [date]) => (date < '2022-06-01' ? Number(cell) * 2 : cell)),
    );
    const { folder, stdout } = await imported(other, ...ofRobyn, '--mismatch', 'allow');
    expect(stdout).toMatch(
      /\n {2}mind {7}contribution \/ curve of tv_S is not one number, \d+ in \S+ and \d+ in \S+: the curve is used all the same, as --mismatch allow asks\n/,
    );
    expect(stdout).not.toContain('\n  fit ');
    expect(Math.max(...(await trusts(folder)))).toBeGreaterThan(0);
  });

  it('looks at the channel, however many platforms it has', async () => {
    const several = change(robyn, 'ads.csv', (text) =>
      changeColumn(text, 'platform', (cell, row) => (row[3] === 'facebook-2' ? 'instagram' : cell)),
    );
    const { stdout } = await imported(
      several,
      ...ofRobyn,
      '--match',
      'facebook_I=instagram',
      '--match',
      'facebook_I=facebook',
    );
    expect(stdout).toContain('facebook_I: contribution / curve varies by less than 1e-12 over 40 bricks\n');
  });

  it('passes over periods without exposure, and counts no total of zero as one without', async () => {
    // flights of 10 weeks between 15 of nothing: no adstock, so that nothing is carried over
    const weeks = Array.from({ length: 40 }, (_, w) => w);
    const spend = (w: number) => (w >= 15 && w < 25 ? 100 + 37 * (w % 5) : 0);
    const hill = (x: number) => x ** 2 / (x ** 2 + (0.5 * 248) ** 2);
    const files = {
      [decomposition]: csv([
        ['ds', 'tv_S', 'radio_S', 'solID'],
        ...weeks.map((w) => [weekDates[w], 5000 * hill(spend(w)), 5000 * hill(spend(w)) + (w === 39 ? 7 : 0), '1_1_1']),
      ]),
      'pareto_hyperparameters.csv': csv([
        ['solID', ...['tv_S', 'radio_S'].flatMap((name) => [`${name}_alphas`, `${name}_gammas`, `${name}_thetas`])],
        ['1_1_1', 2, 0.5, 0, 2, 0.5, 0],
      ]),
      'ads.csv': csv([
        ['date', 'platform', 'campaign', 'impressions'],
        ...weeks.flatMap((w) => ['tv', 'radio'].map((name) => [weekDates[w], name, 'a', spend(w)])),
      ]),
    };
    const { folder, stdout } = await imported(files, ...ofRobyn);
    expect(stdout).toContain('tv_S: contribution / curve varies by less than 1e-12 over 10 bricks\n');
    expect(stdout).toContain('radio_S: contribution / curve varies by less than 1e-12 over 10 bricks\n');
    expect(stdout).toMatch(/ 1 of 80 bricks with a total \(sum 7 of [\d.]+\) has no exposure: /);
    expect(read(folder, 'mmm/totals.csv').trimEnd().split('\n').length).toBe(81);
    const plain = await imported(files, ...ofRobyn, '--no-curves');
    expect(plain.stdout).toMatch(/ 1 of 80 bricks with a total \(sum 7 of [\d.]+\) has no exposure: /);
    expect(plain.stdout).not.toContain('contribution / curve');
  });

  it('may differ between geos, whose coefficients do', async () => {
    const files = meridianExport();
    const own = { Berlin: 1, Hamburg: 2.5, München: 0.75 } as Record<string, number>;
    const byGeo = change(files, 'contributions.csv', (text) =>
      changeColumn(text, 'contribution', (cell, [geo]) => Number(cell) * own[geo]),
    );
    const args = ['meridian', '@contributions.csv', '--curves', '@curves.json', '--population', '@population.csv'];
    const { stdout } = await imported(byGeo, ...args, '--delivery', '@ads.csv', '--mismatch', 'refuse');
    expect(stdout).toContain(`
  check      Channel0: contribution / curve varies by less than 1e-12 over 120 bricks
             Channel1: contribution / curve varies by less than 1e-12 over 120 bricks
  left out`);
  });

  it('is the same whatever saturates: campaigns by themselves change nothing of the whole', async () => {
    const files = meridianExport();
    const args = ['meridian', '@contributions.csv', '--curves', '@curves.json', '--population', '@population.csv'];
    const own = change(files, 'curves.json', (text) => text.replace('"alpha_m":0.45', '"of":"entity","alpha_m":0.45'));
    const { folder, stdout } = await imported(own, ...args, '--delivery', '@ads.csv');
    expect(JSON.parse(read(folder, 'mmm/model.json')).effectiveExposure.curves.Channel0.of).toBe('entity');
    expect(stdout).toContain('Channel0: contribution / curve varies by less than 1e-12 over 120 bricks\n');
  });

  const pymc = ['pymc-marketing', '@contributions.csv', '--curves', '@curves.csv', '--delivery', '@ads.csv'];
  // the mean of two draws, one that saturates far less
  const twoDraws = () => {
    const files = pymcExport();
    return change(files, 'contributions.csv', (text) =>
      changeColumn(text, 'mean', (cell, [, channel]) =>
        channel === 'tv' ? (Number(cell) + (10 * Number(cell) ** 2) / 40_000) / 2 : cell,
      ),
    );
  };

  it('is told and not refused where both are means of a posterior', async () => {
    const { stdout } = await imported(twoDraws(), ...pymc);
    expect(stdout).toMatch(
      /\n {2}mind {7}contribution \/ curve is not one number for tv \(most for tv: \d+ in \S+ and \d+ in \S+\)\. Where both are means of a posterior that is so: the mean of curves is not the curve of means\. Where it varies much, the metric, the window or the curve may be another; --mismatch refuse makes an error of it\n/,
    );
    expect(stdout).toContain('  fit        the totals of search follow from effective exposure alone: ');
  });

  it('is refused there too if so asked', async () => {
    const folder = folderWith(twoDraws());
    const ran = await apportion(folder, 'import', ...pymc, '--mismatch', 'refuse', '--out', '@mmm');
    expect([ran.code, ran.stdout]).toEqual([2, '']);
    expect(ran.stderr).toMatch(/^ads\.csv, channel tv: expected contribution \/ curve to be one number, /);
  });

  it('says without curves, too, when there is nothing to learn', async () => {
    const raw = meridianExport();
    const sums = new Map<string, number>();
    for (const [date, platform, , , geo, , impressions] of parseCsv(raw['ads.csv']).slice(1)) {
      const week = weekDates[Math.floor((dayOf(date) - dayOf(weekDates[0])) / 7)];
      if (date < weekDates[0]) continue;
      const key = [geo, week, platform].join(',');
      sums.set(key, (sums.get(key) ?? 0) + Number(impressions));
    }
    const table = csv([['geo', 'time', 'channel', 'contribution'], ...Array.from(sums, ([key, x]) => [key, 0.25 * x])]);
    const files = { ...raw, 'contributions.csv': table };
    const { folder, stdout } = await imported(files, 'meridian', '@contributions.csv', '--delivery', '@ads.csv');
    expect(stdout).toContain(
      '  fit        the totals of every channel follow from exposure alone: they tell nothing of campaigns, so the split will be in proportion to it, with trust 0\n',
    );
    expect(new Set(await trusts(folder))).toEqual(new Set([0]));
  });
});

const doubled = (text: string) =>
  changeColumn(text, 'impressions', (cell, row) =>
    row[1] === 'tv' && row[0] >= weekDates[7] && row[0] < dateOf(dayOf(weekDates[7]) + 7) ? Number(cell) * 2 : cell,
  );
const cases: Case[] = [
  [
    'delivery that is not what the model saw',
    change(robyn, 'ads.csv', doubled),
    ofRobyn,
    'ads.csv, channel tv_S: expected contribution / curve to be one number, as with what the model saw, got 84370 in 2022-04-18 and 105900 in 2022-09-05 (a spread of 0.25, at most 0.01). Is it the metric (--exposure) and all of the delivery that the model saw? Set --mismatch allow to use the curve all the same.',
  ],
  [
    'contributions of zero where the curve has some',
    change(robyn, decomposition, (text) =>
      changeColumn(text, 'tv_S', (cell, [, ds]) => (ds === weekDates[3] ? 0 : cell)),
    ),
    ofRobyn,
    'ads.csv, channel tv_S: expected contribution / curve to be one number, as with what the model saw, got 0 in 2022-03-21 and 90000 in 2022-05-16 (a spread of infinity, at most 0.01). Is it the metric (--exposure) and all of the delivery that the model saw? Set --mismatch allow to use the curve all the same.',
  ],
  [
    'the curve of another version, which is named where it explains all',
    change(robyn, 'pareto_media_transform_matrix.csv', (t) => t.replace('decompMedia', 'rawMedia')),
    ofRobyn,
    `ads.csv, channel tv_S: expected contribution / curve to be one number, as with what the model saw, got 101300 in 2022-09-19 and 117900 in 2022-09-05 (a spread of 0.16, at most 0.01). Is it the metric (--exposure) and all of the delivery that the model saw? It is one number with the curve of Robyn from 3.12 (--robyn-version 3.12). Set --mismatch allow to use the curve all the same.
ads.csv, channel facebook_I: expected contribution / curve to be one number, as with what the model saw, got 37920 in 2022-07-25 and 44030 in 2022-08-01 (a spread of 0.16, at most 0.01). Is it the metric (--exposure) and all of the delivery that the model saw? It is one number with the curve of Robyn from 3.12 (--robyn-version 3.12). Set --mismatch allow to use the curve all the same.`,
  ],
];

describe('an import whose contributions are not the curve of its delivery', () => refuses(cases));
