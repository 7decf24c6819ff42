import { type Command, InvalidArgumentError, Option } from 'commander';
import { dateFormats } from '../../bindings/base/dates/spellings.js';
import { addDialect } from '../import/dialect.js';
import { robynSource } from '../import/robynFolder.js';
import { type ImportArguments, runImport } from '../import/run.js';
import type { ReadSource } from '../import/source.js';
import { lightweightSource, meridianSource, pymcSource } from '../import/sources.js';
import { path as asPath } from '../path.js';

interface Importer {
  readonly about: string;
  readonly argument: readonly [name: string, about: string];
  readonly source: ReadSource;
  /** How to have curves, where there are none. */
  readonly curvesCure: string;
  readonly example: string;
  readonly options: readonly Option[];
}

const curvesFile = (parameters: string) =>
  new Option(
    '--curves <file>',
    `parameters of the curves, JSON by channel or CSV with a column channel: ${parameters}; "*" stands for all channels`,
  ).argParser(asPath);
const valueColumn = (standard: string) =>
  new Option('--value-column <name>', `column of the contributions, ${standard} when left out`);
const drawsFile = new Option(
  '--draws <file>',
  'draws of the posterior, CSV or Parquet: chain, draw, date, channel, value, or chain, draw and one column per date',
).argParser(asPath);
const dimension = new Option(
  '--dimension <key=column>',
  "column of the delivery for a key of the model's, such as geo=region; again for more",
).argParser(collect);
const addParameters = 'Add parameters with --curves.';

const importers: Readonly<Record<string, Importer>> = {
  robyn: {
    about: "Robyn's export folder: contributions of paid media of one model, and its curves.",
    argument: ['<folder>', 'the folder of pareto_alldecomp_matrix.csv'],
    source: robynSource,
    curvesCure: 'Put pareto_hyperparameters.csv or RobynModel-<solID>.json into the folder.',
    example:
      'apportion import robyn Robyn_202401_init --model 1_228_4 --delivery ads.csv --match tv_S=television --out mmm',
    options: [
      new Option('--model <solID>', 'which model, where there are several'),
      new Option('--adstock <kind>', 'where no RobynModel-*.json says it').choices([
        'geometric',
        'weibull_cdf',
        'weibull_pdf',
      ]),
      new Option('--robyn-version <version>', 'such as 3.11.1, where no RobynModel-*.json says it'),
      new Option(
        '--data-rows <count>',
        "periods of Robyn's data, before and after its window too, where neither raw_data.csv nor the JSON says it: a Weibull scale is a share of them",
      ).argParser(countOfRows),
      new Option('--no-curves', 'leave exposure as it is'),
    ],
  },
  meridian: {
    about: "Meridian's contributions as a data frame: geo, time, channel, contribution, and chain and draw if kept.",
    argument: ['<contributions>', 'CSV or Parquet'],
    source: meridianSource,
    curvesCure: addParameters,
    example: 'apportion import meridian contributions.csv --delivery ads.csv --curves curves.json --out mmm',
    options: [
      valueColumn('contribution'),
      dimension,
      curvesFile('alpha_m, ec_m, slope_m, max_lag, adstock_decay_spec'),
      new Option(
        '--population <file>',
        'head count of each geo: geo, population. Not needed where the data frame has it',
      ).argParser(asPath),
    ],
  },
  'pymc-marketing': {
    about: "PyMC-Marketing's mmm.summary.contributions(): date, channel, dimensions, mean.",
    argument: ['<contributions>', 'CSV, Parquet, or JSON records'],
    source: pymcSource,
    curvesCure: addParameters,
    example:
      'apportion import pymc-marketing contributions.csv --draws draws.parquet --delivery ads.csv --curves curves.json --out mmm',
    options: [
      valueColumn('mean'),
      dimension,
      curvesFile('adstock, adstock_alpha, l_max, saturation, saturation_lam, ..'),
      drawsFile,
      new Option(
        '--attrs <file>',
        'JSON of dict(mmm.idata.attrs): link, adstock, saturation and l_max of all channels',
      ).argParser(asPath),
      new Option('--link <link>', 'link function of the model; contributions under log are no amounts').default(
        'identity',
      ),
    ],
  },
  'lightweight-mmm': {
    about: "LightweightMMM's create_media_baseline_contribution_df as CSV: periods 1 to n without dates.",
    argument: ['<contributions>', 'CSV or Parquet'],
    source: lightweightSource,
    curvesCure: addParameters,
    example: 'apportion import lightweight-mmm df.csv --first-date 2021-01-04 --every 7 --delivery ads.csv --out mmm',
    options: [
      new Option(
        '--first-date <date>',
        'first day of period 1; without it delivery is matched by the number of its period',
      ),
      new Option('--every <days>', 'days from one period to the next').argParser(wholeNumber),
      curvesFile('model_name, lag_weight, half_max_effective_concentration, slope, exponent, ..'),
    ],
  },
};

/** The commands of `apportion import`, one per library. */
export function addImport(program: Command, exits: string, signal: AbortSignal, finish: (code: number) => void): void {
  const parent = program
    .command('import')
    .description('make totals, delivery and model.json from the export of a marketing-mix model and a table of ads')
    .addHelpText('after', `\nExample:\n  $ ${importers.robyn.example}\n  $ apportion import robyn --help`);
  for (const [name, importer] of Object.entries(importers)) {
    const command = parent
      .command(name)
      .description(importer.about)
      .argument(...importer.argument, asPath);
    for (const option of importer.options) command.addOption(option);
    addDeliveryOptions(command);
    addDialect(command, 'the delivery');
    for (const table of ['contributions', 'draws', 'curves', 'population'] as const)
      addDialect(command, `the ${table}`, table);
    command
      .addHelpText('after', `${aboutDelivery}\nExample:\n  $ ${importer.example}\n${exits}`)
      .action(async (path: string, options: ImportArguments) =>
        finish(await runImport(importer.source, path, { ...lists, ...options }, importer.curvesCure, signal)),
      );
  }
}

/** Options that are given any number of times. */
const lists = { campaignColumn: [], dateFormat: [], dimension: [], match: [], skip: [] };

const aboutDelivery = `
Delivery is any table with one row per date and campaign: columns of the common ad-report layout (date_day, platform,
campaign_name, impressions, clicks, spend) are found by name. Hours may be a column (7, or "07:00:00 - 07:59:59") or stand
in the date ("2024-03-01 07:00:00", "3/1/2024 12:00:00 AM|7"). Rows are added up into the periods of the model.
Every period in which a channel contributes should have rows of it, if only of 0: delivery that begins late, ends early or
has holes of 3 periods that no carry-over explains is refused, unless --gaps allow says that nothing ran there, or
--gaps unallocated that what ran is lost.
Files are CSV as RFC 4180 has it, in UTF-8 or UTF-16 with a byte order mark, or Parquet. --delimiter, --decimal, --thousands,
--empty, --header, --footer and --without say how the delivery is written; with the name of another table before them
(--contributions-delimiter, --draws-.., --curves-.., --population-..) they are about that one. Nothing is guessed.
`;

function addDeliveryOptions(command: Command): Command {
  return command
    .requiredOption('--delivery <file>', 'what campaigns delivered: CSV or Parquet', asPath)
    .requiredOption('-o, --out <dir>', 'folder for totals, delivery and model.json', asPath)
    .option('--exposure <column>', 'impressions, clicks, spend or another column of the delivery', 'impressions')
    .option('--medium-column <name>', 'column of the platform or channel')
    .option('--medium <channel>', 'the channel of all rows, where no column says it')
    .option('--campaign-column <name>', 'column of the campaign; again for its ad groups and ads', collect)
    .option('--date-column <name>', 'column of the date')
    .option('--hour-column <name>', 'column of the hour')
    .addOption(
      new Option(
        '--date-format <format>',
        'dates that can be read in several ways, in any of the files: 1/2/2024 (d/m/y, m/d/y), 202405 (yyyyww: ISO weeks, yyyymm), 45292 (excel); again for more',
      ).argParser(dateFormat),
    )
    .option('--match <channel=platform>', 'what belongs together where names differ; again for more', collect)
    .option('--skip <name>', 'leave out a channel or a platform; again for more', collect)
    .addOption(new Option('--negative <how>', 'split negative contributions by the fitted shares').choices(['share']))
    .addOption(
      new Option(
        '--gaps <how>',
        'delivery that begins late, ends early or has holes where the channel contributes: nothing ran there (allow), or it is lost and the totals stay unallocated',
      ).choices(['allow', 'unallocated']),
    )
    .addOption(
      new Option(
        '--mismatch <how>',
        'whether contributions that are not the curve of the delivery, to 1%, are refused; robyn refuses, where others give means of a posterior',
      ).choices(['refuse', 'allow']),
    )
    .addOption(
      new Option('--dates <day>', 'which day of its period a date of the model names')
        .choices(['first', 'last'])
        .default('first'),
    )
    .addOption(
      new Option('--hours <edge>', 'whether an hour of the delivery is named by its begin or its end')
        .choices(['begin', 'end'])
        .default('begin'),
    )
    .option('--no-history', 'leave out delivery before the first total, which is else kept for adstock')
    .addOption(new Option('--format <format>', 'of the tables written').choices(['csv', 'parquet']).default('csv'));
}

function collect(value: string, list: readonly string[] = []): string[] {
  return [...list, value];
}

function countOfRows(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('Expected a whole number of rows from 1 to 999999.');
  return Number(text);
}

// commander's own choices know no lists
function dateFormat(value: string, list: readonly string[] = []): string[] {
  if (!(dateFormats as readonly string[]).includes(value))
    throw new InvalidArgumentError(`Allowed choices are ${dateFormats.join(', ')}.`);
  return [...list, value];
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('Expected a whole number of days from 1 to 9999.');
  return Number(text);
}
