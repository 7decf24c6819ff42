import { describe } from 'vitest';
import { robynExport, weekDates } from './exports.js';
import { type Case, change, keepLines, refuses, without } from './refusing.js';

const robyn = robynExport().files;
const ads = ['--delivery', '@ads.csv'];
const ofRobyn = ['robyn', '@', ...ads];
const decomposition = 'pareto_alldecomp_matrix.csv';
const json = 'RobynModel-1_228_4.json';

const cases: Case[] = [
  [
    'several models without a choice',
    without(robyn, json),
    ofRobyn,
    'pareto_alldecomp_matrix.csv, column solID: expected one model, got 2: "1_228_4", "2_17_1". Choose one with --model.',
  ],
  [
    'a solID that is not there',
    robyn,
    [...ofRobyn, '--model', '1_228_5'],
    '--model: expected a solID of pareto_alldecomp_matrix.csv, got "1_228_5". Did you mean "1_228_4"?',
  ],
  [
    'a JSON of another model',
    change(robyn, json, (t) => t.replace('"1_228_4"', '"9_9_9"')),
    ofRobyn,
    'RobynModel-1_228_4.json, ExportedModel.select_model: expected a solID of pareto_alldecomp_matrix.csv, got "9_9_9". Known: "1_228_4", "2_17_1".',
  ],
  [
    'a folder without contributions',
    without(robyn, decomposition),
    ofRobyn,
    './: expected pareto_alldecomp_matrix.csv, which has the contributions, got none. Export it with robyn_outputs(.., csv_out = "pareto").',
  ],
  [
    'a folder that is not there',
    robyn,
    ['robyn', '@nowhere', ...ads],
    'folder: expected the export folder of Robyn, got "./nowhere" (no such file)',
  ],
  [
    'neither JSON nor hyperparameters',
    without(robyn, json, 'pareto_hyperparameters.csv'),
    [...ofRobyn, '--model', '1_228_4'],
    'pareto_alldecomp_matrix.csv: expected RobynModel-*.json or pareto_hyperparameters.csv beside it, which have the curves, got neither. Export the model with robyn_write(), or leave exposure as it is with --no-curves.',
  ],
  [
    'platforms that no column is called after, where nothing else says the media',
    without(robyn, json, 'pareto_hyperparameters.csv', 'pareto_media_transform_matrix.csv'),
    [...ofRobyn, '--model', '1_228_4', '--no-curves', '--skip', 'tv', '--skip', 'facebook', '--match', 'search=search'],
    '--match: expected a channel before "=", got "search". Known: "tv_S", "facebook_I", "search_clicks_P".',
  ],
  [
    'a version that is none',
    without(robyn, 'pareto_media_transform_matrix.csv'),
    [...ofRobyn, '--robyn-version', 'latest'],
    '--robyn-version: expected a version like "3.11.1", got "latest"',
  ],
  [
    'signs of two versions, where none is said',
    change(
      change(robyn, 'pareto_media_transform_matrix.csv', (t) => t.replace('decompMedia', 'rawMedia')),
      'pareto_hyperparameters.csv',
      (t) => t.replace('"lambda"', '"tv_S_inflexion"'),
    ),
    ofRobyn,
    '--robyn-version: expected signs of one version, got both: pareto_media_transform_matrix.csv has the type "rawMedia", as only before 3.12; pareto_hyperparameters.csv has a column "tv_S_inflexion", as only from 3.12 on. Say which version it was.',
  ],
  [
    'a model twice',
    change(robyn, decomposition, (t) => t.replaceAll('2_17_1', '1_228_4')),
    ofRobyn,
    'pareto_alldecomp_matrix.csv record 41: expected each period of model "1_228_4" once, got "2022-02-28" again. Are several runs in one file?',
  ],
  [
    'no column of models',
    change(robyn, decomposition, (t) => t.replace('"solID"', '"solId"')),
    ofRobyn,
    'pareto_alldecomp_matrix.csv: expected a column "solID" (the model), got none of that name. Did you mean "solId"?',
  ],
  [
    'a missing column of a medium',
    change(robyn, decomposition, (t) => t.replace('"tv_S"', '"tv_spend"')),
    ofRobyn,
    'pareto_alldecomp_matrix.csv: expected a column "tv_S", a paid medium of RobynModel-1_228_4.json, got none',
  ],
  [
    'a missing hyperparameter',
    change(
      change(robyn, 'pareto_hyperparameters.csv', (t) => t.replace('tv_S_thetas', 'x')),
      json,
      (t) => t.replace('tv_S_thetas', 'x'),
    ),
    ofRobyn,
    'pareto_hyperparameters.csv: expected "tv_S_thetas" for geometric adstock, got nothing',
  ],
  [
    'hyperparameters that the JSON denies',
    change(robyn, json, (t) => t.replace(/("tv_S_thetas": \[\s*)0.6/, '$10.3')),
    ofRobyn,
    'RobynModel-1_228_4.json, ExportedModel.hyper_values.tv_S_thetas: expected 0.6 as pareto_hyperparameters.csv says, got 0.3. Are both of one run?',
  ],
  [
    'hyperparameters that the JSON denies in the tenth digit that it has',
    change(robyn, json, (t) =>
      t.replace(/("tv_S_thetas": \[\s*)0.6/, '$10.6000000001').replace(/("tv_S_alphas": \[\s*)1.2/, '$11.2000000000'),
    ),
    ofRobyn,
    'RobynModel-1_228_4.json, ExportedModel.hyper_values.tv_S_thetas: expected 0.6 as pareto_hyperparameters.csv says, got 0.6000000001. Are both of one run?',
  ],
  [
    'a hyperparameter out of its range',
    without(
      change(robyn, 'pareto_hyperparameters.csv', (t) => t.replace('"1_228_4",1.2,0.4,0.6', '"1_228_4",1.2,0.4,1.6')),
      json,
    ),
    [...ofRobyn, '--model', '1_228_4', '--skip', 'newsletter'],
    'pareto_hyperparameters.csv, tv_S_thetas: expected a number in [0, 1), got 1.6',
  ],
  [
    'Weibull of which kind',
    without(robynExport('weibull_cdf').files, json),
    [...ofRobyn, '--model', '1_228_4'],
    '--adstock: expected weibull_cdf or weibull_pdf, which only RobynModel-*.json says, got nothing. Export the model with robyn_write(), or say it.',
  ],
  [
    'another adstock than the JSON says',
    robyn,
    [...ofRobyn, '--adstock', 'weibull_pdf'],
    '--adstock: expected "geometric" as RobynModel-1_228_4.json says, got "weibull_pdf"',
  ],
  [
    'a contribution that is no number',
    change(robyn, decomposition, (t) => t.replace(/("1",.*?,.*?,.*?,.*?,)[^,]*/, '$1NA')),
    ofRobyn,
    'pareto_alldecomp_matrix.csv record 1, column tv_S: expected a finite number, got "NA"',
  ],
  [
    'an interval that the JSON denies',
    change(robyn, json, (t) => t.replace(/("dayInterval": \[\s*)7/, '$11')),
    ofRobyn,
    'pareto_alldecomp_matrix.csv, column ds: expected periods 1 day apart as RobynModel-1_228_4.json says (dayInterval), got 7 days. Are both of one run?',
  ],
  [
    'a window that the JSON denies',
    change(robyn, json, (t) => t.replace(weekDates[39], '2023-12-25')),
    ofRobyn,
    'pareto_alldecomp_matrix.csv, column ds: expected the periods of RobynModel-1_228_4.json (2022-02-28 to 2023-12-25), got 2022-02-28 to 2022-11-28. Are both of one run?',
  ],
  [
    'an empty file',
    change(robyn, decomposition, () => ''),
    ofRobyn,
    'pareto_alldecomp_matrix.csv: expected a header row, got an empty file',
  ],
  [
    'a header alone',
    change(robyn, decomposition, (t) => t.slice(0, t.indexOf('\n') + 1)),
    ofRobyn,
    'pareto_alldecomp_matrix.csv: expected at least one row of contributions, got none',
  ],
  [
    'JSON that is none',
    change(robyn, json, (t) => t.slice(0, 40)),
    ofRobyn,
    'RobynModel-1_228_4.json: expected JSON, got an error: Unexpected end of JSON input',
  ],
  [
    'negative contributions',
    change(robyn, decomposition, (t) => t.replace(/("1",.*?,.*?,.*?,.*?,)/, '$1-')),
    ofRobyn,
    'pareto_alldecomp_matrix.csv: expected contributions >= 0, got 1 negative of channel "tv_S" (first -61681.95867036543 in "2022-02-28"). Set --negative share to leave them out of the fit and split them by the fitted shares, or --skip tv_S.',
  ],
  [
    'periods with a hole',
    change(robyn, decomposition, (t) => keepLines(t, (line) => !line.includes(weekDates[5]))),
    ofRobyn,
    'pareto_alldecomp_matrix.csv, column ds: expected periods in equal steps without holes, got nothing between "2022-03-28" and "2022-04-11" (the step is 7 days)',
  ],
];

describe('an import from Robyn', () => refuses(cases));
