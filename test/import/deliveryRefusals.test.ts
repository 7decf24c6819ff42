import { describe } from 'vitest';
import { meridianExport, robynExport } from './exports.js';
import { addColumn, type Case, change, keepLines, refuses, without } from './refusing.js';

const robyn = robynExport().files;
const meridian = meridianExport();
const ads = ['--delivery', '@ads.csv'];
const ofRobyn = ['robyn', '@', ...ads];
const ofMeridian = ['meridian', '@contributions.csv', ...ads];
const decomposition = 'pareto_alldecomp_matrix.csv';
const json = 'RobynModel-1_228_4.json';

const cases: Case[] = [
  [
    'channels and platforms that do not match',
    change(robyn, 'ads.csv', (t) => t.replace(/,tv,/g, ',television,').replace(/,search,/g, ',display,')),
    ofRobyn,
    'ads.csv, column platform: expected a channel for every platform and a platform for every channel, got no platform for the channels "tv_S", "search_clicks_P"; no channel for the platforms "television", "display". Say which belong together (--match tv_S=television) or leave a name out (--skip tv_S).',
  ],
  [
    'an unknown name to match',
    robyn,
    [...ofRobyn, '--match', 'tv=tv', '--match', 'tv_S=tvv', '--match', 'tv_S'],
    '--match: expected a channel before "=", got "tv". Known: "tv_S", "facebook_I", "search_clicks_P".\n--match: expected a platform after "=", got "tvv". Did you mean "tv"?\n--match: expected channel=platform, got "tv_S"',
  ],
  [
    'an unknown name to skip',
    robyn,
    [...ofRobyn, '--skip', 'newsletter'],
    '--skip: expected a channel or a platform, got "newsletter". Known: "tv_S", "facebook_I", "search_clicks_P", "tv", "facebook", "search".',
  ],
  [
    'a platform of two channels',
    change(
      change(robyn, decomposition, (t) => t.replace('facebook_I', 'tv_I')),
      json,
      (t) => t.replace('"facebook_I"', '"tv_I"').replaceAll('facebook_I_', 'tv_I_'),
    ),
    [...ofRobyn],
    'ads.csv, column platform: expected one channel for "tv", got "tv_S" and "tv_I". Say which with --match channel=platform.',
  ],
  [
    'delivery of another year',
    change(robyn, 'ads.csv', (t) => t.replaceAll('2022-', '2019-')),
    ofRobyn,
    'ads.csv, column date_day: expected dates within those of pareto_alldecomp_matrix.csv, column ds (2022-02-28 to 2022-11-28), got periods from 2018-12-31 to 2019-12-02. Is it the same year?',
  ],
  [
    'delivery by month',
    change(robyn, 'ads.csv', (t) => keepLines(t, (line) => /^\d{4}-\d\d-01/.test(line))),
    ofRobyn,
    "ads.csv, column date_day: expected delivery at least as fine as the model's periods of 7 days, got dates 1 month apart. Export delivery by day.",
  ],
  [
    'weeks that begin on another day',
    change(robyn, 'ads.csv', (t) => keepLines(t, (line) => new Date(line.slice(0, 10)).getUTCDay() === 0)),
    ofRobyn,
    'ads.csv, column date_day: expected the dates of the model\'s periods like "2022-02-28" (Monday), got "2022-01-09" (Sunday), 7 days apart too. Export delivery by day, or shift its dates.',
  ],
  [
    'a date that may be two',
    change(robyn, 'ads.csv', (t) => t.replace('2022-01-03', '3/1/2022')),
    ofRobyn,
    'ads.csv record 1, column date_day: expected a date like "2024-03-01", "2024-03-01 07:00:00" or "3/1/2024 12:00:00 AM|7", got "3/1/2022". Say which comes first, the day or the month: --date-format d/m/y or --date-format m/d/y.',
  ],
  [
    'an unknown hour',
    change(robyn, 'ads.csv', (t) => addColumn(t, 'hour', (_, record) => (record === 1 ? '7am' : '7'))),
    ofRobyn,
    'ads.csv record 1, column hour: expected an hour like "7" or "07:00:00 - 07:59:59", got "7am"',
  ],
  [
    'hours by their end where there are none',
    robyn,
    [...ofRobyn, '--hours', 'end'],
    '--hours: expected hours in the delivery, got dates alone. Leave --hours out.',
  ],
  [
    'a time beside an hour column',
    change(robyn, 'ads.csv', (t) => addColumn(t.replace(/^2[^,]*/gm, '$& 05:00:00'), 'h', () => '7')),
    [...ofRobyn, '--hour-column', 'h'],
    'ads.csv, column date_day: expected dates without a time of day beside an hour column, got "2022-01-03 05:00:00". Leave --hour-column out.',
  ],
  [
    'no column of exposure',
    robyn,
    [...ofRobyn, '--exposure', 'impression'],
    'ads.csv: expected a column "impression" (exposure), got none of that name. Did you mean "impressions"? Set --exposure.',
  ],
  [
    'no platform and no campaign',
    change(robyn, 'ads.csv', (t) =>
      t.replace('platform', 'network').replace('campaign_name', 'name').replace('campaign_id', 'id'),
    ),
    ofRobyn,
    'ads.csv: expected a column that says the platform, got "date_day", "network", "id", "name", "clicks", "impressions", "spend". Name it with --medium-column, or say with --medium which channel all rows belong to.\nads.csv: expected a column that says the campaign, got "date_day", "network", "id", "name", "clicks", "impressions", "spend". Name it with --campaign-column.',
  ],
  [
    'a column that is not there',
    robyn,
    [...ofRobyn, '--medium-column', 'plattform', '--campaign-column', 'ad_group', '--date-column', 'dat'],
    'ads.csv: expected a column "plattform" (platform), got none of that name. Did you mean "platform"? Set --medium-column.\nads.csv: expected a column "ad_group" (campaign), got none of that name. Known: "date_day", "platform", "campaign_id", "campaign_name", "clicks", "impressions", "spend". Set --campaign-column.\nads.csv: expected a column "dat" (date), got none of that name. Known: "date_day", "platform", "campaign_id", "campaign_name", "clicks", "impressions", "spend". Set --date-column.',
  ],
  [
    'negative exposure',
    change(robyn, 'ads.csv', (t) => t.replace(/(tv-1,\d+,)/, '$1-')),
    ofRobyn,
    'ads.csv record 1, column impressions: expected a number >= 0, got -618',
  ],
  [
    'exposure that is no number',
    change(robyn, 'ads.csv', (t) => t.replace(/(tv-1,\d+,)\d+/, '$1')),
    ofRobyn,
    'ads.csv record 1, column impressions: expected a finite number, got nothing. Set --empty="" to leave out rows without a figure.',
  ],
  [
    'a platform without a name',
    change(robyn, 'ads.csv', (t) => t.replace(',tv,', ',,').replace(/,search,/, ',,')),
    ofRobyn,
    'ads.csv record 1, column platform: expected a platform, got nothing, as in 1 further record. Name it in the file, or take the rows out.',
  ],
  [
    'a campaign without a name',
    change(robyn, 'ads.csv', (t) => t.replace(',tv-1,', ',,')),
    ofRobyn,
    'ads.csv record 1, column campaign_name: expected a campaign, got nothing. Name it in the file, or take the rows out.',
  ],
  [
    'an empty delivery',
    change(robyn, 'ads.csv', (t) => t.slice(0, t.indexOf('\n') + 1)),
    ofRobyn,
    'ads.csv: expected at least one row of delivery, got none',
  ],
  [
    'a delivery that is not there',
    without(robyn, 'ads.csv'),
    ofRobyn,
    '--delivery: expected a readable file, got "./ads.csv" (no such file)',
  ],
  [
    'semicolons',
    change(robyn, 'ads.csv', (t) => t.replaceAll(',', ';')),
    ofRobyn,
    'ads.csv header: expected columns separated by ",", got one column "date_day;platform;campaign_id;campaign_name;clicks;impressions;spend". Set --delimiter ";".',
  ],
  [
    'a medium that is no channel',
    robyn,
    [...ofRobyn, '--medium', 'tv_s2'],
    '--medium: expected a channel for every platform and a platform for every channel, got no platform for the channels "tv_S" (nearest: "tv_s2"), "facebook_I", "search_clicks_P"; no channel for the platforms "tv_s2" (nearest: "tv_S"). Say which belong together (--match tv_S=tv_s2) or leave a name out (--skip tv_S).',
  ],
  [
    'a campaign column that is ours',
    change(robyn, 'ads.csv', (t) => t.replace('campaign_name', 'period')),
    [...ofRobyn, '--campaign-column', 'period'],
    '--campaign-column: expected a column of another name than medium, period, contribution, exposure, population, draw, got "period". Rename the column.',
  ],
  [
    'other geos',
    change(meridian, 'ads.csv', (t) => t.replace(/Berlin|Hamburg|München/g, (g) => g.slice(0, 3))),
    ofMeridian,
    'ads.csv: expected geo like "Berlin", got "Ber" and none that the model has. Name the right column with --dimension geo=column.',
  ],
  [
    'no column of geos',
    change(meridian, 'ads.csv', (t) => t.replace(',geo,', ',city,')),
    ofMeridian,
    'ads.csv: expected a column "geo" (the model\'s geo), got none of that name. Known: "date_day", "platform", "campaign_id", "campaign_name", "city", "clicks", "impressions", "spend". Set --dimension geo=column.',
  ],
  [
    'a key that is none',
    meridian,
    [...ofMeridian, '--dimension', 'region=geo', '--dimension', 'geo'],
    '--dimension: expected a key of the contributions before "=", got "region". Known: "geo".\n--dimension: expected key=column, got "geo"',
  ],
];

describe('delivery of an import', () => refuses(cases));
