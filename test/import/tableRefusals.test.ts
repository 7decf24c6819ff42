import { describe } from 'vitest';
import { lightweightExport, meridianExport, pymcExport, weekDates } from './exports.js';
import { type Case, change, keepLines, refuses } from './refusing.js';

const meridian = meridianExport();
const pymc = pymcExport();
const lightweight = lightweightExport();
const ads = ['--delivery', '@ads.csv'];
const ofMeridian = ['meridian', '@contributions.csv', ...ads];
const ofPymc = ['pymc-marketing', '@contributions.csv', ...ads];
const ofLightweight = ['lightweight-mmm', '@df.csv', ...ads];

// the first four weeks of tv without delivery, and 1 = exp(0) as its contribution there
const factors = change(
  change(pymc, 'contributions.csv', (t) =>
    t.replace(/^(.*),tv,[^,]*/gm, (_, date) => `${date},tv,${weekDates.indexOf(date) < 4 ? 1 : 1.25}`),
  ),
  'ads.csv',
  (t) => keepLines(t, (line) => !/^2022-(02|03-[012])[^,]*,tv/.test(line)),
);

const noAmounts =
  'contributions.csv: expected contributions that add up, got "tv" with 1 in each of the first 4 periods, before anything was delivered. Factors of a log link do not add up: export the prediction minus the prediction without the channel, on the original scale.';

const cases: Case[] = [
  [
    'a missing column of Meridian',
    change(meridian, 'contributions.csv', (t) => t.replace('channel', 'chanel')),
    ofMeridian,
    'contributions.csv: expected a column "channel" (the channel), got none of that name. Did you mean "chanel"?',
  ],
  [
    'sums of channels alone',
    change(meridian, 'contributions.csv', (t) => keepLines(t, (line) => line.includes('All Paid'))),
    ofMeridian,
    'contributions.csv: expected rows of single channels, got only "All Paid Channels"',
  ],
  [
    'a channel without a period',
    change(meridian, 'contributions.csv', (t) =>
      keepLines(t, (line) => !line.startsWith(`Hamburg,${weekDates[3]},Channel1`)),
    ),
    ofMeridian,
    'contributions.csv: expected every channel in every period, got no row for channel "Channel1", time "2022-03-21", geo "Hamburg"',
  ],
  [
    'curves per head without heads',
    meridian,
    [...ofMeridian, '--curves', '@curves.json'],
    "--population: expected the head count of each geo, got nothing: Meridian's curves are of exposure per head. Give a file with columns geo and population.",
  ],
  [
    'parameters of reach and frequency',
    change(meridian, 'curves.json', (t) => t.replaceAll(/_m"/g, '_rf"').replace('slope_rf', 'slope_m')),
    [...ofMeridian, '--curves', '@curves.json', '--population', '@population.csv'],
    'curves.json, Channel0: expected parameters of a channel of impressions, got "alpha_rf": reach and frequency are not imported. Use --skip Channel0.\n' +
      'curves.json, Channel1: expected parameters of a channel of impressions, got "alpha_rf": reach and frequency are not imported. Use --skip Channel1.',
  ],
  [
    'a geo without heads',
    change(meridian, 'population.csv', (t) => t.replace('Hamburg', 'Bremen')),
    [...ofMeridian, '--curves', '@curves.json', '--population', '@population.csv'],
    'population.csv, column geo: expected every geo, got no row for "Hamburg"',
  ],
  [
    'zero heads',
    change(meridian, 'population.csv', (t) => t.replace('1900000', '0')),
    [...ofMeridian, '--curves', '@curves.json', '--population', '@population.csv'],
    'population.csv record 2, column population: expected a number above 0, got 0',
  ],
  [
    'a log link',
    pymc,
    [...ofPymc, '--link', 'log'],
    '--link: expected "identity", got "log": contributions under a log link are factors, which do not add up. Export the prediction minus the prediction without the channel, on the original scale.',
  ],
  [
    'attributes of a model that multiplies',
    {
      ...pymc,
      'attrs.json': JSON.stringify({ link: '"log"', adstock: '{"lookup_name": "geometric", "mode": "Overlap"}' }),
    },
    [...ofPymc, '--attrs', '@attrs.json'],
    'attrs.json, link: expected "identity", got "log": contributions under a log link are factors, which do not add up. Export the prediction minus the prediction without the channel, on the original scale.\n' +
      'attrs.json, adstock.mode: expected "After", got "Overlap": carry-over before the exposure is not imported',
  ],
  ['factors in place of amounts', factors, ofPymc, noAmounts],
  [
    'factors beside delivery far below 1',
    change(factors, 'ads.csv', (t) => t.replace(/,\d+,([^,]*)$/gm, ',0.001,$1')),
    ofPymc,
    noAmounts,
  ],
  [
    'several models in one file',
    change(pymc, 'contributions.csv', (t) => t + t.slice(t.indexOf('\n') + 1)),
    ofPymc,
    'contributions.csv record 81: expected each cell once, got channel "tv", date "2022-02-28" again. Are several models in one file? Keep the rows of one.',
  ],
  [
    'a curve of an unknown channel',
    change(pymc, 'curves.csv', (t) => t.replace('search', 'serch')),
    [...ofPymc, '--curves', '@curves.csv'],
    'curves.csv: expected a channel, got "serch". Did you mean "search"?\ncurves.csv: expected parameters for every channel, got none for "search". Parameters of "*" stand for all channels.',
  ],
  [
    'a channel twice among the curves',
    change(pymc, 'curves.csv', (t) => t.replace('search', 'tv')),
    [...ofPymc, '--curves', '@curves.csv'],
    'curves.csv record 2: expected each channel once, got "tv" again',
  ],
  [
    'a parameter out of its range',
    change(pymc, 'curves.csv', (t) => t.replace('0.55', '1.55').replace('l_max', 'lmax')),
    [...ofPymc, '--curves', '@curves.csv'],
    'curves.csv, tv.adstock_alpha: expected a number in [0, 1], got 1.55\ncurves.csv, tv.lmax: unknown option. Did you mean "l_max"?\ncurves.csv, search.lmax: unknown option. Did you mean "l_max"?',
  ],
  [
    'draws on another scale',
    change(pymc, 'draws.csv', (t) => t.replace(/\d+\.\d+/g, '0.5')),
    [...ofPymc, '--draws', '@draws.csv'],
    'draws.csv: expected draws of "tv" with a mean near 779308 in all as in contributions.csv, got 20.0000. Are they on the original scale, and of the same model?\ndraws.csv: expected draws of "search" with a mean near 478697 in all as in contributions.csv, got 20.0000. Are they on the original scale, and of the same model?',
  ],
  [
    'draws of other periods',
    change(pymc, 'draws.csv', (t) => keepLines(t, (line) => !line.includes(weekDates[0]))),
    [...ofPymc, '--draws', '@draws.csv'],
    'draws.csv: expected the 40 periods of contributions.csv (2022-02-28 to 2022-11-28), got 39 from 2022-03-07 to 2022-11-28',
  ],
  [
    'draws of no channel',
    change(pymc, 'draws.csv', (t) => t.replace('channel', 'medium')),
    [...ofPymc, '--draws', '@draws.csv'],
    'draws.csv: expected a column "channel" where there are several channels, got none of that name. Leave all but one out with --skip, or add the column.',
  ],
  [
    'draws of fewer channels',
    change(pymc, 'draws.csv', (t) => keepLines(t, (line) => !line.includes(',tv,'))),
    [...ofPymc, '--draws', '@draws.csv'],
    'draws.csv: expected draws of every channel, got none of "tv"',
  ],
  [
    'JSON with an item that is no record',
    { ...pymc, 'contributions.json': '[{"date": "2022-02-28", "channel": "tv", "mean": 1}, 5]' },
    ['pymc-marketing', '@contributions.json', ...ads],
    'contributions.json record 2: expected values by column, got 5',
  ],
  [
    "parameters out of range under the user's own names, all at once",
    change(meridian, 'curves.json', (t) =>
      t
        .replace('"alpha_m":0.45', '"alpha_m":1.45')
        .replace('Channel1', 'Chanel1')
        .replace('"max_lag":6', '"max_lag":-6'),
    ),
    [...ofMeridian, '--curves', '@curves.json', '--population', '@population.csv'],
    'curves.json: expected a channel, got "Chanel1". Did you mean "Channel1"?\n' +
      'curves.json, Channel0.alpha_m: expected a number in [0, 1], got 1.45\n' +
      'curves.json, *.max_lag: expected a whole number from 0 to 999,999, got -6',
  ],
  [
    'a parameter that is missing, under the name that it has there',
    change(meridian, 'curves.json', (t) => t.replace('"ec_m":1.4,', '')),
    [...ofMeridian, '--curves', '@curves.json', '--population', '@population.csv'],
    'curves.json, Channel1.ec_m: expected a number above 0, got nothing',
  ],
  [
    'attributes and parameters that contradict each other',
    {
      ...pymc,
      'attrs.json': JSON.stringify({
        link: '"identity"',
        adstock: '{"lookup_name": "delayed", "l_max": 8}',
        saturation: '{"lookup_name": "tanh"}',
      }),
    },
    [...ofPymc, '--attrs', '@attrs.json', '--curves', '@curves.csv'],
    ['tv', 'search']
      .flatMap((channel) => [
        `curves.csv, ${channel}.adstock: expected "delayed" as attrs.json says, got "geometric". Are both of one model?`,
        `curves.csv, ${channel}.l_max: expected 8 as attrs.json says, got 6. Are both of one model?`,
        `curves.csv, ${channel}.saturation: expected "tanh" as attrs.json says, got "logistic". Are both of one model?`,
      ])
      .join('\n'),
  ],
  [
    'attributes that no curve can have',
    {
      ...change(pymc, 'curves.csv', (t) => t.replace(',l_max', '').replaceAll(',6,', ',')),
      'attrs.json': JSON.stringify({ adstock: '{"lookup_name": "geometric", "l_max": 0}' }),
    },
    [...ofPymc, '--attrs', '@attrs.json', '--curves', '@curves.csv'],
    'attrs.json, l_max: expected a whole number from 1 to 999,999, got 0',
  ],
  [
    'JSON that is no list',
    { ...pymc, 'contributions.json': '{"date": 1}' },
    ['pymc-marketing', '@contributions.json', ...ads],
    'contributions.json: expected a list of records, got {"date":1}',
  ],
  [
    'columns of other names',
    change(lightweight, 'df.csv', (t) => t.replaceAll(' contribution', '_contribution')),
    ofLightweight,
    'df.csv: expected columns named "<channel> contribution", got none. Export create_media_baseline_contribution_df(..).to_csv(..).',
  ],
  [
    'dates without numbers',
    lightweight,
    ofLightweight,
    'ads.csv record 1, column date_day: expected the number of a period like "1", because the model\'s periods have no dates, got "2022-02-28". Give the periods dates with --first-date and --every.',
  ],
  [
    'half of the dates',
    lightweight,
    [...ofLightweight, '--every', '7'],
    '--every: expected --first-date and --every together, got --every 7 alone',
  ],
  [
    'a first date that is none',
    lightweight,
    [...ofLightweight, '--every', '7', '--first-date', '4/1/2022'],
    '--first-date: expected a date like "2021-01-04", got "4/1/2022"',
  ],
  [
    'a period twice',
    change(lightweight, 'df.csv', (t) => t.replace(/,2\n/, ',1\n')),
    ofLightweight,
    'df.csv record 2: expected each period once, got 1 again. Are several models in one file? Keep the rows of one.',
  ],
];

describe('an import from a data frame', () => refuses(cases));
