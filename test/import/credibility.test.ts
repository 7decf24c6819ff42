import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it, type TestContext } from 'vitest';
import { folderWith, read } from '../cli/run.js';
import { parseCsv } from '../support/parseCsv.js';
import { apportion } from './importing.js';

// Contributions and draws from the posterior of a model of PyMC-Marketing, and the delivery of one of its two channels.
const data = resolve('../shared/data/credibility');
const here = (context: TestContext) => {
  if (!existsSync(data)) context.skip(`the credibility data are not on this machine (${data})`);
};

it('imports contributions, draws and delivery of a public benchmark, and fits them', async (context) => {
  here(context);
  const folder = folderWith({});
  const file = (name: string) => `${data}/credibility_${name}.csv`;
  const imported = await apportion(
    folder,
    'import',
    'pymc-marketing',
    file('channel_contribution_summary'),
    '--draws',
    file('social_posterior_draws'),
    '--delivery',
    file('campaign_daily_metrics'),
    '--medium',
    'social',
    '--skip',
    'search',
    '--exposure',
    'reach',
    '--out',
    '@mmm',
  );
  expect(imported.stderr).toBe('');
  expect(imported.stdout).toBe(`PyMC-Marketing: 1 of 2 channels, 120 periods of 1 day from 2025-01-01 to 2025-04-30
  read       credibility_channel_contribution_summary.csv (contributions)
             credibility_social_posterior_draws.csv (draws)
             credibility_campaign_daily_metrics.csv (delivery)
  channels   social
  entities   7 of medium, campaign in 840 rows of exposure
  draws      400 of the posterior
  curves     none: exposure is used as it is, without carry-over or saturation. Add parameters with --curves.
  left out   channel search: skipped
Written to ./mmm/: totals.csv, delivery.csv, draws.csv, model.json
Next: apportion fit ./mmm/model.json --out ./mmm/result
`);
  const rows = (name: string) => parseCsv(read(folder, 'mmm', name)).slice(1);
  const summary = parseCsv(read(file('channel_contribution_summary')).replaceAll('\r', '')).filter(
    ([, channel]) => channel === 'social',
  );
  expect(rows('totals.csv')).toEqual(summary.map(([date, , mean]) => ['social', date, String(Number(mean))]));
  expect(rows('draws.csv').length).toBe(400 * 120);
  const fitted = await apportion(folder, 'fit', '@mmm/model.json', '--out', '@mmm/result');
  expect([fitted.code, fitted.stderr]).toEqual([0, '']);
  expect(fitted.stdout).toContain('120 totals (sum 281,777) split over 7 entities');
});
