import { describe, expect, it } from 'vitest';
import { folderWith, list, parquet, read, run } from '../cli/run.js';
import { parseCsv } from '../support/parseCsv.js';
import { lightweightExport, meridianExport, pymcExport, robynExport, start, weekDates } from './exports.js';
import { apportion } from './importing.js';

/** Imports, fits what was written, and gives the folder and what was said. */
async function importAndFit(files: Record<string, string>, ...args: string[]) {
  const folder = folderWith(files);
  const imported = await apportion(folder, 'import', ...args, '--delivery', '@ads.csv', '--out', '@mmm');
  expect([imported.code, imported.stderr]).toEqual([0, '']);
  const fitted = await apportion(folder, 'fit', '@mmm/model.json', '--out', '@mmm/result');
  expect([fitted.code, fitted.stderr]).toEqual([0, '']);
  return { folder, stdout: imported.stdout };
}

const table = (folder: string, name: string) => {
  const [header, ...rows] = parseCsv(read(folder, name));
  return rows.map((row) => Object.fromEntries(header.map((column, c) => [column, row[c]])));
};

const sumBy = (rows: Record<string, string>[], keys: string[], value: string) => {
  const sums = new Map<string, number>();
  for (const row of rows) {
    const key = JSON.stringify(keys.map((name) => row[name]));
    sums.set(key, (sums.get(key) ?? 0) + Number(row[value]));
  }
  return sums;
};

/** How far total over effective exposure strays from one number per medium: 0 where the curve is the one of the model. */
function strayOf(folder: string, brick: string[]): number {
  const exposure = sumBy(table(folder, 'mmm/result/allocation.csv'), brick, 'exposure');
  const ratios = new Map<string, number[]>();
  for (const row of table(folder, 'mmm/totals.csv')) {
    const total = Number(row.contribution);
    const u = exposure.get(JSON.stringify(brick.map((name) => row[name])))!;
    ratios.set(row.medium, [...(ratios.get(row.medium) ?? []), total / u]);
  }
  expect(ratios.size).toBeGreaterThan(1);
  return Math.max(...[...ratios.values()].map((list) => Math.max(...list) / Math.min(...list) - 1));
}

/** Every total is the sum of its parts. */
function expectExactSums(folder: string, brick: string[]): void {
  const parts = sumBy(table(folder, 'mmm/result/allocation.csv'), brick, 'allocation');
  const totals = table(folder, 'mmm/totals.csv');
  expect(parts.size).toBe(totals.length);
  for (const row of totals) {
    expect(parts.get(JSON.stringify(brick.map((name) => row[name])))).toBeCloseTo(Number(row.contribution), 6);
  }
  expect(JSON.parse(read(folder, 'mmm/result/fit.json')).massError).toBe(0);
}

const national = ['medium', 'period'];
const matches = ['--match', 'search_clicks_P=search'];

describe('a Robyn export', () => {
  it.each(['geometric', 'weibull_cdf'] as const)('becomes a fit with its own curves (%s)', async (adstock) => {
    const { files, ads } = robynExport(adstock);
    const { folder, stdout } = await importAndFit(files, 'robyn', '@');
    const cells = new Set(ads.map(({ campaign, day }) => `${campaign} ${Math.floor((day - ads[0].day) / 7)}`)).size;
    expectExactSums(folder, national);
    expect(strayOf(folder, national)).toBeLessThan(1e-9);
    expect(stdout).toBe(
      `Robyn model 1_228_4: 3 of 3 channels, 40 periods of 7 days from ${start} to ${weekDates[39]}
  read       pareto_alldecomp_matrix.csv (contributions)
             pareto_hyperparameters.csv (parameters of the curves)
             RobynModel-1_228_4.json (which media are paid, adstock)
             pareto_media_transform_matrix.csv (version)
             ads.csv (delivery)
  channels   tv_S <- tv, facebook_I <- facebook, search_clicks_P <- search
  entities   12 of medium, campaign_name in ${cells} rows of exposure
  history    8 periods of delivery before the first total, for adstock
  curves     preset robyn, one per channel
  check      tv_S: contribution / curve varies by less than 1e-12 over 40 bricks
             facebook_I: contribution / curve varies by less than 1e-12 over 40 bricks
             search_clicks_P: contribution / curve varies by less than 1e-12 over 40 bricks
  fit        the totals of every channel follow from effective exposure alone: they tell nothing of campaigns, so the split will be in proportion to it, with trust 0
  left out   1 other model in pareto_alldecomp_matrix.csv
             dep_var, trend, season, newsletter, intercept, depVarHat: no paid media
Written to ./mmm/: totals.csv, delivery.csv, model.json
Next: apportion fit ./mmm/model.json --out ./mmm/result
`,
    );
  });

  it('would not pass with the curves of another model', async () => {
    const { files } = robynExport();
    const { folder } = await importAndFit(files, 'robyn', '@', '--model', '2_17_1', '--mismatch', 'allow');
    expect(strayOf(folder, national)).toBeGreaterThan(0.01);
  });

  it('leaves exposure as it is without curves, and says so', async () => {
    const { folder, stdout } = await importAndFit(robynExport().files, 'robyn', '@', '--no-curves', ...matches);
    expect(stdout).toContain(
      'curves     none, as --no-curves asks: exposure is used as it is, without carry-over or saturation.\n',
    );
    expect(stdout).toContain('pareto_hyperparameters.csv (names of the media)\n');
    expect(JSON.parse(read(folder, 'mmm/model.json'))).toEqual({
      totals: { file: 'totals.csv', brick: national, value: 'contribution' },
      exposure: { file: 'delivery.csv', brick: national, entity: ['medium', 'campaign_name'], value: 'exposure' },
    });
    expectExactSums(folder, national);
  });

  it('is imported by the built command', async () => {
    const folder = folderWith(robynExport().files);
    const outcome = await run(
      folder,
      'import',
      'robyn',
      '.',
      '--delivery',
      'ads.csv',
      '--out',
      'mmm',
      '--format',
      'parquet',
    );
    expect([outcome.code, outcome.stderr]).toEqual([0, '']);
    expect(list(folder, 'mmm')).toEqual(['delivery.parquet', 'model.json', 'totals.parquet']);
    const fitted = await run(folder, 'fit', 'mmm/model.json', '--out', 'mmm/result');
    expect([fitted.code, fitted.stderr]).toEqual([0, '']);
  });
});

describe("Meridian's data frame", () => {
  const brick = ['medium', 'period', 'geo'];
  const args = ['meridian', '@contributions.csv', '--curves', '@curves.json', '--population', '@population.csv'];

  it('becomes a fit by geo with its own curves per head', async () => {
    const { folder, stdout } = await importAndFit(meridianExport(), ...args);
    expectExactSums(folder, brick);
    expect(strayOf(folder, brick)).toBeLessThan(1e-9);
    expect(stdout).toContain('left out   120 rows of "All Paid Channels"\n');
  });

  it('takes the head count from a column of its own', async () => {
    const files = meridianExport();
    const [, ...heads] = parseCsv(files['population.csv']);
    const count = new Map(heads.map(([geo, population]) => [geo, population]));
    const [header, ...rows] = parseCsv(files['contributions.csv']);
    const withHeads = [[...header, 'population'], ...rows.map((row) => [...row, count.get(row[0])])];
    const changed = { ...files, 'contributions.csv': `${withHeads.map((row) => row.join(',')).join('\n')}\n` };
    const { folder } = await importAndFit(changed, ...args.slice(0, 4));
    expect(strayOf(folder, brick)).toBeLessThan(1e-9);
  });
});

describe("PyMC-Marketing's summary", () => {
  it.each(['contributions.csv', 'contributions.json'])('becomes a fit with its own curves (%s)', async (name) => {
    const { folder } = await importAndFit(pymcExport(), 'pymc-marketing', `@${name}`, '--curves', '@curves.csv');
    expectExactSums(folder, national);
    expect(strayOf(folder, national)).toBeLessThan(1e-9);
  });

  it('keeps the draws of the posterior, from CSV and from Parquet', async () => {
    const files = pymcExport();
    const folder = folderWith(files);
    await parquet(folder, 'draws.parquet', `SELECT chain, draw, date, channel, value FROM '${folder}/draws.csv'`);
    const args = ['import', 'pymc-marketing', '@contributions.csv', '--delivery', '@ads.csv'];
    const first = await apportion(folder, ...args, '--draws', '@draws.csv', '--out', '@a');
    const second = await apportion(folder, ...args, '--draws', '@draws.parquet', '--out', '@b');
    expect([first.code, second.code]).toEqual([0, 0]);
    expect(first.stdout).toContain('  draws      3 of the posterior\n');
    expect(read(folder, 'a/draws.csv')).toBe(read(folder, 'b/draws.csv'));
    const drawn = sumBy(table(folder, 'a/draws.csv'), national, 'contribution');
    for (const row of table(folder, 'a/totals.csv')) {
      const sum = drawn.get(JSON.stringify([row.medium, row.period]))!;
      expect(sum / 3).toBeCloseTo(Number(row.contribution), 6);
    }
  });
});

describe("LightweightMMM's data frame", () => {
  const args = ['lightweight-mmm', '@df.csv', '--curves', '@curves.json', '--first-date', start, '--every', '7'];

  it('becomes a fit with its own curves', async () => {
    const { folder, stdout } = await importAndFit(lightweightExport(), ...args);
    expectExactSums(folder, national);
    expect(strayOf(folder, national)).toBeLessThan(1e-9);
    expect(stdout).toContain('left out   the baseline: it is no channel\n');
  });

  it('takes delivery by the number of its period', async () => {
    const files = lightweightExport();
    const [header, ...rows] = parseCsv(files['ads.csv']);
    const numbered = rows.map(([date, ...rest]) => [
      Math.floor((Date.parse(date) - Date.parse(start)) / (7 * 86_400_000)) + 1,
      ...rest,
    ]);
    const ads = `${[['period', ...header.slice(1)], ...numbered].map((row) => row.join(',')).join('\n')}\n`;
    const { folder } = await importAndFit({ ...files, 'ads.csv': ads }, ...args.slice(0, 4));
    expect(strayOf(folder, national)).toBeLessThan(1e-9);
    expect(table(folder, 'mmm/totals.csv')[39].period).toBe('40');
  });
});
