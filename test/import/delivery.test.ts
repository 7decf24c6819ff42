import { describe, expect, it } from 'vitest';
import { folderWith, list, parquet, read } from '../cli/run.js';
import { type Ad, adReport, csv, dateOf, drawAds } from './ads.js';
import { apportion } from './importing.js';

const from = '2024-01-01';
const weeks = Array.from({ length: 6 }, (_, w) => dateOf(Date.parse(from) / 86_400_000 + 14 + w * 7));
const channels = ['tv', 'radio'];
const contributions = csv([
  ['date', 'channel', 'mean'],
  ...weeks.flatMap((date, w) => channels.map((channel, c) => [date, channel, 100 + 10 * w + c])),
]);
const ads = drawAds({ seed: 3, from, weeks: 9, platforms: channels, campaigns: 3 });

/** Imports the delivery beside the same contributions; `ads.csv` unless a name is given. */
async function imported(delivery: string, ...args: string[]) {
  const folder = folderWith({ 'contributions.csv': contributions, 'ads.csv': delivery });
  const ran = await apportion(
    folder,
    'import',
    'pymc-marketing',
    '@contributions.csv',
    '--delivery',
    '@ads.csv',
    '--out',
    '@mmm',
    ...args,
  );
  expect([ran.code, ran.stderr]).toEqual([0, '']);
  const model = JSON.parse(read(folder, 'mmm/model.json'));
  return { folder, stdout: ran.stdout, model, delivery: read(folder, 'mmm/delivery.csv') };
}

const byDay = await imported(adReport(ads));

/** A table of hours: each ad's impressions split over three hours of its day, in a platform's own form. */
const hourly = (header: string[], cells: (ad: Ad, hour: number) => string[]) =>
  csv([
    [...header, 'platform', 'campaign_name', 'impressions'],
    ...ads.flatMap((ad) =>
      [0, 7, 23].map((hour, i) => {
        const third = Math.floor(ad.impressions / 3);
        return [...cells(ad, hour), ad.platform, ad.campaign, i === 0 ? ad.impressions - 2 * third : third];
      }),
    ),
  ]);
const two = (hour: number) => String(hour).padStart(2, '0');
const american = (day: number) => {
  const [year, month, date] = dateOf(day).split('-').map(Number);
  return `${month}/${date}/${year}`;
};

describe('delivery', () => {
  it('is added up into the weeks of the model, history first, what comes after left out', () => {
    const [header, first] = byDay.delivery.split('\n');
    expect(header).toBe('medium,period,campaign_name,exposure');
    const week = ads.filter((ad) => ad.campaign === 'tv-1' && ad.day < Date.parse(from) / 86_400_000 + 7);
    expect(first).toBe(`tv,2024-01-01,tv-1,${week.reduce((sum, ad) => sum + ad.impressions, 0)}`);
    const late = ads.filter((ad) => dateOf(ad.day) >= '2024-02-26').length;
    expect(byDay.stdout).toContain(`left out   ${late} rows of delivery after the last period of the model\n`);
    expect(byDay.stdout).toContain(
      'before     2 periods of delivery before the first total, of which no total has a part: nothing carries over without curves\n',
    );
    expect(byDay.delivery).not.toContain('2024-02-26');
  });

  it.each([
    ["Google's date and hour", hourly(['date', 'hour'], (ad, hour) => [dateOf(ad.day), String(hour)])],
    [
      "Meta's hour of the advertiser's zone",
      hourly(['date_start', 'hourly_stats_aggregated_by_advertiser_time_zone'], (ad, hour) => [
        dateOf(ad.day),
        `${two(hour)}:00:00 - ${two(hour)}:59:59`,
      ]),
    ],
    ["TikTok's stat_time_hour", hourly(['stat_time_hour'], (ad, hour) => [`${dateOf(ad.day)} ${two(hour)}:00:00`])],
    ["Microsoft's TimePeriod", hourly(['TimePeriod'], (ad, hour) => [`${american(ad.day)} 12:00:00 AM|${hour}`])],
  ])('is the same from %s', async (_, table) => {
    expect((await imported(table)).delivery).toBe(byDay.delivery);
  });

  it('of an hour named by its end belongs to the day before where that hour is midnight', async () => {
    const ends = hourly(['TimePeriod'], (ad, hour) => [
      `${american(ad.day + Number(hour === 23))} 12:00:00 AM|${(hour + 1) % 24}`,
    ]);
    expect((await imported(ends, '--hours', 'end')).delivery).toBe(byDay.delivery);
    expect((await imported(ends)).delivery).not.toBe(byDay.delivery);
  });

  it('of a campaign and week has the same sum whatever the order of its rows', async () => {
    const [header, ...rows] = adReport(ads).trimEnd().split('\n');
    const reordered = `${[header, ...rows.filter((_, i) => i % 7 === 3), ...rows.filter((_, i) => i % 7 !== 3)].join('\n')}\n`;
    const args = ['--exposure', 'spend'];
    expect((await imported(reordered, ...args)).delivery).toBe((await imported(adReport(ads), ...args)).delivery);
  });

  it('is the same from Parquet, and from semicolons and decimal commas', async () => {
    const folder = folderWith({ 'contributions.csv': contributions, 'ads.csv': adReport(ads) });
    await parquet(folder, 'ads.parquet', `SELECT * FROM read_csv('${folder}/ads.csv')`);
    const args = ['import', 'pymc-marketing', '@contributions.csv', '--out', '@mmm', '--exposure', 'spend'];
    await apportion(folder, ...args, '--delivery', '@ads.csv');
    const plain = read(folder, 'mmm/delivery.csv');
    expect((await apportion(folder, ...args, '--delivery', '@ads.parquet')).code).toBe(0);
    expect(read(folder, 'mmm/delivery.csv')).toBe(plain);
    const european = adReport(ads).replaceAll(',', ';').replaceAll('.', ',');
    const dialect = ['--exposure', 'spend', '--delimiter', ';', '--decimal', ','];
    expect((await imported(european, ...dialect)).delivery).toBe(plain);
  });

  it('adds up what the user names: clicks, campaign ids, ad groups', async () => {
    const { delivery, model } = await imported(
      adReport(ads),
      '--exposure',
      'clicks',
      '--campaign-column',
      'campaign_id',
      '--campaign-column',
      'campaign_name',
    );
    expect(delivery.split('\n')[0]).toBe('medium,period,campaign_id,campaign_name,exposure');
    expect(model.exposure.entity).toEqual(['medium', 'campaign_id', 'campaign_name']);
    const clicks = ads
      .filter(({ day }) => dateOf(day) < '2024-02-26')
      .reduce((sum, ad) => sum + Math.floor(ad.impressions / 50), 0);
    const rows = delivery.trimEnd().split('\n').slice(1);
    expect(rows.reduce((sum, row) => sum + Number(row.split(',').at(-1)), 0)).toBe(clicks);
  });

  it('of several platforms of a channel keeps them apart', async () => {
    const split = ads.map((ad) =>
      ad.campaign === 'tv-2' ? { ...ad, platform: 'connected tv', campaign: 'tv-1' } : ad,
    );
    const { delivery, model, stdout } = await imported(
      adReport(split),
      '--match',
      'tv=connected tv',
      '--match',
      'tv=tv',
    );
    expect(model.exposure.entity).toEqual(['medium', 'platform', 'campaign_name']);
    expect(delivery).toMatch(/^tv,2024-01-22,connected tv,tv-1,\d+$/m);
    expect(delivery).toMatch(/^tv,2024-01-22,tv,tv-1,\d+$/m);
    expect(stdout).toContain('channels   tv <- tv + connected tv, radio\n');
  });

  it('of names that stand for several ids is one campaign, and says so', async () => {
    const twice = adReport(ads).replace(/1001,tv-2/g, '1001,tv-1');
    expect((await imported(twice)).stdout).toContain(
      'campaign_name "tv-1" stands with 2 values of campaign_id, "1000" (ads.csv record 1), "1001" (ads.csv record 64): they count as one campaign. --campaign-column campaign_id tells them apart\n',
    );
    expect(byDay.stdout).not.toContain('campaign_id');
  });

  it('of one channel needs no column that says so', async () => {
    const tv = ads.filter(({ platform }) => platform === 'tv');
    const rows = adReport(tv).replaceAll(',tv,', ',').replace('platform,', '');
    const { delivery, stdout } = await imported(rows, '--medium', 'tv', '--skip', 'radio');
    expect(delivery).toBe(
      byDay.delivery
        .split('\n')
        .filter((line) => !line.startsWith('radio'))
        .join('\n'),
    );
    expect(stdout).toContain('left out   channel radio: skipped\n');
  });

  it('before the first total can be left out', async () => {
    const { delivery, stdout } = await imported(adReport(ads), '--no-history');
    expect(delivery).toBe(
      byDay.delivery
        .split('\n')
        .filter((line) => !/2024-01-(01|08)/.test(line))
        .join('\n'),
    );
    expect(stdout).toMatch(/\d+ rows of delivery before the first period of the model\n/);
    expect(stdout).not.toContain('history ');
  });

  it('with weeks of history that have no row leaves holes that the model knows of', async () => {
    const curves = { '*': { adstock: 'no_adstock', saturation: 'no_saturation' } };
    const holes = ads.filter(({ day }) => !/2024-01-(08|09|1[0-4])/.test(dateOf(day)));
    const folder = folderWith({
      'contributions.csv': contributions,
      'ads.csv': adReport(holes),
      'curves.json': JSON.stringify(curves),
    });
    const args = [
      'import',
      'pymc-marketing',
      '@contributions.csv',
      '--delivery',
      '@ads.csv',
      '--out',
      '@mmm',
      '--curves',
      '@curves.json',
    ];
    const { code, stdout, stderr } = await apportion(folder, ...args);
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(read(folder, 'mmm/model.json')).effectiveExposure).toEqual({
      time: 'period',
      by: ['medium'],
      gaps: 'zero',
      curves: {
        tv: { preset: 'pymc-marketing', ...curves['*'] },
        radio: { preset: 'pymc-marketing', ...curves['*'] },
      },
    });
    expect(stdout).toContain(
      'mind       the model saw no delivery before its first period: --no-history leaves it out of the carry-over\n',
    );
    expect((await apportion(folder, 'fit', '@mmm/model.json', '--out', '@mmm/result')).code).toBe(0);
  });

  it('of nothing in some weeks leaves their totals unallocated, and says how many', async () => {
    const some = ads.filter(({ platform, day }) => platform === 'tv' || !/2024-01-(2[2-9]|3)/.test(dateOf(day)));
    const { stdout } = await imported(adReport(some), '--no-history');
    expect(stdout).toContain(
      `mind       no delivery of radio in 1 of 6 periods with a contribution: the first from 2024-01-22, at most 1 in a row
             1 of 12 bricks with a total (sum 111 of 1506) has no exposure: medium "radio", period "2024-01-22". Kept apart in the unallocated table
`,
    );
    const none = ads.map((ad) => (ad.platform === 'radio' ? { ...ad, impressions: 0 } : ad));
    const silent = await imported(adReport(none));
    expect(silent.stdout).toContain(
      `mind       no delivery of channel radio: its totals stay unallocated
             6 of 12 bricks with a total (sum 756 of 1506) have no exposure: medium "radio", period "2024-01-15"; medium "radio", period "2024-01-22"; medium "radio", period "2024-01-29" and 3 more. Kept apart in the unallocated table
`,
    );
  });

  it('by week goes whole into the month in which each week begins, and says so', async () => {
    const months = ['2024-01-01', '2024-02-01'];
    const monthly = csv([
      ['date', 'channel', 'mean'],
      ...months.flatMap((date) => channels.map((name) => [date, name, 5])),
    ]);
    const mondays = ads.filter(({ day }) => new Date(day * 86_400_000).getUTCDay() === 1);
    const folder = folderWith({ 'contributions.csv': monthly, 'ads.csv': adReport(mondays) });
    const args = ['import', 'pymc-marketing', '@contributions.csv', '--delivery', '@ads.csv', '--out', '@mmm'];
    const { stdout } = await apportion(folder, ...args);
    expect(stdout).toContain(
      'mind       rows of delivery 7 days apart: each goes whole into the period in which it begins\n',
    );
    const tv1 = mondays.filter(({ campaign, day }) => campaign === 'tv-1' && dateOf(day) < '2024-02-01');
    const sum = tv1.reduce((total, { impressions }) => total + impressions, 0);
    expect(read(folder, 'mmm/delivery.csv').split('\n')[1]).toBe(`tv,2024-01-01,tv-1,${sum}`);
  });

  it('by geo finds its column under another name, and tells of geos that one side does not have', async () => {
    const regions = ['North', 'South', 'West'];
    const rows = weeks.flatMap((date, w) => regions.map((region, r) => [date, region, 'tv', 10 + w + r]));
    const byRegion = drawAds({
      seed: 5,
      from,
      weeks: 8,
      platforms: ['tv'],
      campaigns: 2,
      geos: ['North', 'South', 'Wst'],
    });
    const folder = folderWith({
      'contributions.csv': csv([['date', 'region', 'channel', 'mean'], ...rows]),
      'ads.csv': adReport(byRegion, { geo: true }),
    });
    const args = ['import', 'pymc-marketing', '@contributions.csv', '--delivery', '@ads.csv', '--out', '@mmm'];
    const { stdout } = await apportion(folder, ...args, '--dimension', 'region=geo');
    expect(stdout).toContain('left out   delivery of region that the model does not have: "Wst" (nearest: "West")\n');
    expect(stdout).toContain(
      `mind       no delivery for region "West" (nearest: "Wst"): these totals stay unallocated
             delivery of tv begins late, ends early or is missing in 1 of region ("West": none in all 6)
             6 of 18 bricks with a total (sum 87 of 243) have no exposure: medium "tv", period "2024-01-15", region "West"; medium "tv", period "2024-01-22", region "West"; medium "tv", period "2024-01-29", region "West" and 3 more. Kept apart in the unallocated table
`,
    );
    expect(read(folder, 'mmm/totals.csv').split('\n').slice(0, 2)).toEqual([
      'medium,period,region,contribution',
      'tv,2024-01-15,North,10',
    ]);
    const fitted = await apportion(folder, 'fit', '@mmm/model.json', '--out', '@mmm/result');
    expect([fitted.code, list(folder, 'mmm/result')]).toEqual([
      0,
      ['allocation.csv', 'entities.csv', 'fit.json', 'unallocated.csv'],
    ]);
    expect(read(folder, 'mmm/result/unallocated.csv').match(/West/g)).toHaveLength(6);
  });
});
