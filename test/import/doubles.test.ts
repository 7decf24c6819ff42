import { describe, expect, it } from 'vitest';
import { folderWith, read } from '../cli/run.js';
import { csv } from './ads.js';
import { apportion } from './importing.js';

const days = Array.from({ length: 14 }, (_, d) => `2024-01-${String(d + 1).padStart(2, '0')}`);
const contributions = 'date,channel,mean\n2024-01-01,search,100\n2024-01-08,search,110\n';
type Row = (string | number)[];
const sizes = [818, 1030, 679];
/** Three campaigns by day. */
const ads: Row[] = days.flatMap((day, d) =>
  ['Brand', 'Generic', 'Video'].map((name, c) => [day, 'search', 700 + c, name, sizes[c] + 37 * d * (c + 1)]),
);
const header = ['date_day', 'platform', 'campaign_id', 'campaign_name', 'impressions'];

/** What an import of the delivery has to mind. */
async function mindOf(rows: readonly Row[], ...args: string[]) {
  const folder = folderWith({ 'contributions.csv': contributions, 'ads.csv': csv([header, ...rows]) });
  const files = ['@contributions.csv', '--delivery', '@ads.csv', '--out', '@mmm'];
  const { code, stdout, stderr } = await apportion(folder, 'import', 'pymc-marketing', ...files, ...args);
  expect([code, stderr]).toEqual([0, '']);
  const [, mind = ''] = /\n {2}mind {7}([\s\S]*?)\nWritten/.exec(stdout) ?? [];
  return { folder, mind: mind === '' ? [] : mind.split(/\n {13}/) };
}

describe('an import', () => {
  it('has nothing to mind of delivery that counts everything once', async () => {
    expect((await mindOf(ads)).mind).toEqual([]);
  });

  it('names the rows of a total, wherever they stand, and the fit does too', async () => {
    const rows = days.flatMap((day, d) => {
      const own = ads.slice(3 * d, 3 * d + 3);
      const sum = own.reduce((total, row) => total + Number(row[4]), 0);
      return [...own, [day, 'search', '', 'Total', sum]];
    });
    const { folder, mind } = await mindOf(rows);
    expect(mind).toEqual([
      'campaign_name "Total" (ads.csv record 4 and 13 more) has in every period it is in, 2 in all, what the others have together (3 of them at most), and is called a total: with it everything counts twice, so take its rows out',
    ]);
    const { stdout } = await apportion(folder, 'fit', '@mmm/model.json', '--out', '@result');
    expect(stdout).toContain('  total-row: medium "search", campaign_name "Total" (delivery.csv record 4 and 1 more)');
    expect(JSON.parse(read(folder, 'result/fit.json')).warnings.map(({ code }: { code: string }) => code)).toContain(
      'total-row',
    );
    const checked = await apportion(folder, 'check', '@mmm/model.json');
    expect(checked.stdout).toContain(
      './mmm/model.json can be fitted, with 1 warning: nothing was fitted, nothing written.\n',
    );
    expect(checked.stdout).toContain('Warnings:\n  total-row: medium "search", campaign_name "Total"');
  });

  it('names the rows of two exports that overlap', async () => {
    const { mind } = await mindOf([...ads, ...ads.slice(30)]);
    expect(mind).toEqual([
      '12 of 54 rows say again what an earlier row says in date_day, platform, campaign_name, campaign_id, impressions: ads.csv record 43 (as record 31), ads.csv record 44 (as record 32), ads.csv record 45 (as record 33) and 9 more. As in exports that overlap they are added up twice: take them out if they are no rows of their own',
    ]);
  });

  it('takes ads of one campaign and day for no repetition: their ids or their figures differ', async () => {
    const split = ads.flatMap(([day, platform, id, name, size]) => [
      [day, platform, id, name, Number(size)],
      [day, platform, id, name, Number(size) + 1],
    ]);
    expect((await mindOf(split)).mind).toEqual([]);
    const otherIds = ads.flatMap((row) => [row, [row[0], row[1], `${row[2]}b`, ...row.slice(3)]]);
    const { mind } = await mindOf(otherIds, '--campaign-column', 'campaign_id');
    expect(mind).toEqual([]);
  });

  const renamed = ads.map((row) =>
    row[3] === 'Brand' && String(row[0]) > '2024-01-07' ? [...row.slice(0, 3), 'Brand v2', row[4]] : row,
  );
  const both =
    'campaign_id "700" stands with 2 values of campaign_name, "Brand" (ads.csv record 1), "Brand v2" (ads.csv record 22): each counts as a campaign of its own.';

  it('names an id of two names, with the cure, which works', async () => {
    expect((await mindOf(renamed)).mind).toEqual([
      `${both} If it was renamed, --campaign-column campaign_id keeps it together`,
    ]);
    expect((await mindOf(renamed, '--campaign-column', 'campaign_id')).mind).toEqual([]);
    const columns = ['--campaign-column', 'campaign_id', '--campaign-column', 'campaign_name'];
    expect((await mindOf(renamed, ...columns)).mind).toEqual([
      `${both} If it was renamed, leave campaign_name out of --campaign-column`,
    ]);
  });

  it('names a name of two ids', async () => {
    const twice = ads.map((row) => (row[3] === 'Video' ? [...row.slice(0, 3), 'Brand', row[4]] : row));
    expect((await mindOf(twice)).mind).toEqual([
      'campaign_name "Brand" stands with 2 values of campaign_id, "700" (ads.csv record 1), "702" (ads.csv record 3): they count as one campaign. --campaign-column campaign_id tells them apart',
    ]);
    const columns = ['--campaign-column', 'campaign_id', '--campaign-column', 'campaign_name'];
    expect((await mindOf(twice, ...columns)).mind).toEqual([
      'campaign_name "Brand" stands with 2 values of campaign_id, "700" (ads.csv record 1), "702" (ads.csv record 3): each counts as a campaign of its own. If they are one, leave campaign_id out of --campaign-column',
    ]);
  });

  it('names campaigns that are written in two ways', async () => {
    const written = ads.map((row, r) => (r === 30 ? [...row.slice(0, 2), 'x', 'BRAND ', row[4]] : row));
    expect((await mindOf(written)).mind).toEqual([
      'campaign_name "Brand" (ads.csv record 1) and "BRAND " (ads.csv record 31) differ in writing alone: they count as two',
    ]);
  });

  it('calls delivery before the first total history only where curves carry it over', async () => {
    const early = ads.map(([day, ...rest]) => [String(day).replace('2024-01-0', '2023-12-2'), ...rest]);
    const folder = folderWith({
      'contributions.csv': contributions,
      'ads.csv': csv([header, ...ads, ...early.slice(0, 27)]),
    });
    const files = ['@contributions.csv', '--delivery', '@ads.csv', '--out', '@mmm'];
    const { stdout } = await apportion(folder, 'import', 'pymc-marketing', ...files);
    expect(stdout).toContain(
      '\n  before     2 periods of delivery before the first total, of which no total has a part: nothing carries over without curves\n',
    );
    expect(stdout).not.toContain('history');
  });
});
