import { Command, InvalidArgumentError, Option } from 'commander';
import { version } from '../bindings/index.js';
import { type CutOptions, cutOptions } from '../bindings/simulate/index.js';
import { type CampaignsArguments, runCampaigns } from './commands/campaigns.js';
import { runCheck } from './commands/check.js';
import { type ConvertArguments, conversions, runConvert } from './commands/convert.js';
import { type ExposureArguments, runExposure } from './commands/exposure.js';
import { type FitArguments, runFit } from './commands/fit.js';
import { addImport } from './commands/import.js';
import { runSchema } from './commands/schema.js';
import { runSimulate, type SimulateArguments, simulators } from './commands/simulate.js';
import { addDialect } from './import/dialect.js';
import { path } from './path.js';

const exits = `
Exit codes:
  0    done
  2    the input or the configuration is wrong: every fault on its own line of stderr, nothing written
  3    not converged: written, and says so
  4    the machine said no: disk, memory, permission, DuckDB missing, stdout that takes nothing (a reader that goes
       away, such as head, changes no exit code)
  130  interrupted: nothing written
  1    a bug`;

const escapeFormulas =
  'in CSV, an apostrophe before texts that a spreadsheet would run as a formula; they are other keys then';

/** The commands. Each hands its exit code to `finish`. */
export function createProgram(signal: AbortSignal, finish: (code: number) => void): Command {
  const program = new Command('apportion')
    .description('Splits totals you already trust over the things that earned them. Every split adds back up exactly.')
    .version(version, '-v, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .addHelpText(
      'after',
      `
Examples:
  $ apportion simulate mta --seed 1 --out demo      make tables to try it on
  $ apportion check demo/model.json                 find everything wrong, fit nothing
  $ apportion fit demo/model.json --out result      split, write allocation.csv, entities.csv, unallocated.csv, fit.json
  $ apportion help fit                              more on one command
${exits}`,
    )
    .showSuggestionAfterError()
    .showHelpAfterError('(apportion --help lists the commands)')
    .helpCommand(false);

  program
    .command('fit')
    .description('fit the model and split every total')
    .argument('<model.json>', 'the configuration; paths in it are relative to it', path)
    .requiredOption('-o, --out <dir>', 'folder for the results: made if missing, files of other names left alone', path)
    .addOption(
      new Option('--kernels <which>', 'which kernels compute; all give the same bytes')
        .choices(['auto', 'wasm', 'js'])
        .default('auto'),
    )
    .option('--memory-limit <bytes>', "most bytes the kernels' memory may take", wholeNumber)
    .option('--escape-formulas', escapeFormulas)
    .option('--json', 'print fit.json on stdout, and nothing else there')
    .addHelpText(
      'after',
      `
Reads Parquet, and CSV (RFC 4180, UTF-8 or UTF-16 with a byte order mark, names in the first line; "delimiter", "decimal",
"thousands", "empty", "header", "footer" and "without" of a table say otherwise).
A result is whole when fit.json is there and the sha256 it lists under run.files match.

Examples:
  $ apportion fit model.json --out result
  $ apportion fit model.json --out result --json | jq .gap
${exits}`,
    )
    .action(async (config: string, options: FitArguments) => finish(await runFit(config, options, signal)));

  program
    .command('check')
    .description('check configuration and tables as fit would, fit nothing')
    .argument('<model.json>', 'the configuration', path)
    .option('--json', 'print the counts as JSON on stdout')
    .addHelpText('after', '\nExample:\n  $ apportion check model.json')
    .action(async (config: string, options: { json?: boolean }) => finish(await runCheck(config, options, signal)));

  program
    .command('exposure')
    .description('write effective exposure, after adstock and saturation, and fit nothing')
    .argument('<model.json>', 'the configuration; paths in it are relative to it', path)
    .requiredOption('-o, --out <file>', 'where the table goes: CSV or Parquet by the ending, .csv or .parquet', path)
    .option(
      '--html <file>',
      'a picture of every curve: response with the data on it, carry-over by lag, totals over time',
      path,
    )
    .addOption(
      new Option('--kernels <which>', 'which kernels compute; all give the same bytes')
        .choices(['auto', 'wasm', 'js'])
        .default('auto'),
    )
    .option('--memory-limit <bytes>', "most bytes the kernels' memory may take", wholeNumber)
    .option('--escape-formulas', escapeFormulas)
    .addHelpText(
      'after',
      `
The table has the rows of allocation.csv: brick and entity columns, delivered, exposure (effective). The picture is one
file that needs no network.

Examples:
  $ apportion exposure model.json --out exposure.csv
  $ apportion exposure model.json --out exposure.parquet --html exposure.html`,
    )
    .action(async (config: string, options: ExposureArguments) => finish(await runExposure(config, options, signal)));

  addImport(program, exits, signal, finish);

  const simulate = program
    .command('simulate')
    .description('make tables with a known truth, and a model.json that fit accepts')
    .addHelpText('after', '\nExample:\n  $ apportion simulate mta --seed 1 --campaigns 60 --collinear 4 --out demo');
  for (const [name, simulator] of Object.entries(simulators)) {
    const command = simulate
      .command(name)
      .description(simulator.about)
      .requiredOption('-o, --out <dir>', 'folder for the tables, the truth and model.json', path)
      .addOption(new Option('--format <format>', 'of the tables').choices(['csv', 'parquet']).default('csv'));
    for (const [rule, { help, default: standard }] of Object.entries(simulator.rules)) {
      command.option(`--${kebab(rule)} <number>`, help, number, standard);
    }
    command
      .addHelpText(
        'after',
        `\nExample:\n  $ apportion simulate ${name} --seed 7 --out demo && apportion fit demo/model.json --out result`,
      )
      .action(async ({ out, format, ...switches }: SimulateArguments & Record<string, number>) =>
        finish(await runSimulate(simulator, switches, { out, format }, signal)),
      );
  }

  const campaigns = simulate
    .command('campaigns')
    .description('Cut delivery that you have into campaigns: every row keeps its value exactly.')
    .argument('<delivery>', 'CSV or Parquet file, one row per medium, period and place', path)
    .requiredOption('-o, --out <dir>', 'folder for delivery.csv, with a column campaign more', path)
    .addOption(new Option('--format <format>', 'of the table').choices(['csv', 'parquet']).default('csv'))
    .option('--medium <columns...>', 'columns that name the medium', [])
    .requiredOption('--time <column>', 'column of the period')
    .option('--place <columns...>', 'further key columns, a geo say', [])
    .requiredOption('--value <column>', 'column of what is cut');
  for (const [rule, { help, default: standard }] of Object.entries(cutOptions)) {
    campaigns.option(`--${kebab(rule)} <number>`, help, number, standard);
  }
  addDialect(campaigns, 'the delivery');
  campaigns
    .addHelpText(
      'after',
      `
Example:
  $ apportion simulate campaigns channels.csv --medium channel --time week --place geo --value impressions \\
      --campaigns 10 --seed 1 --out cut`,
    )
    .action(async (file: string, options: CampaignsArguments & CutOptions) => {
      const switches = Object.fromEntries(Object.keys(cutOptions).map((name) => [name, options[name as never]]));
      finish(await runCampaigns(file, switches, options, signal));
    });

  program
    .command('convert')
    .description("write the model with its curves under another library's names, where that library has the same ones")
    .argument('<model.json>', 'the configuration', path)
    .addOption(
      new Option('--to <library>', 'names to use; plain writes curves out').choices(conversions).makeOptionMandatory(),
    )
    .option('--periods <number>', 'periods of the calendar, history included', wholePeriods)
    .option('--scales <curve=from,to...>', 'what both libraries divide the exposure of a curve by, where they differ')
    .option('-o, --out <file>', 'where the new model goes, .json; stdout without', path)
    .addHelpText(
      'after',
      `
Says of each curve what became of it, and of those that stay as they are why, and what comes near.

Example:
  $ apportion convert model.json --to pymc-marketing --periods 156 --scales tv=5210.4,3377 --out pymc.json`,
    )
    .action(async (config: string, options: ConvertArguments) => finish(await runConvert(config, options, signal)));

  program
    .command('schema')
    .description('print the JSON Schema of model.json, for editors and validators')
    .addHelpText('after', '\nExample:\n  $ apportion schema > model.schema.json')
    .action(() => finish(runSchema()));

  program
    .command('help')
    .description('print the help of a command')
    .argument('[command...]', 'its name, and the name of a command below it')
    .addHelpText('after', '\nExample:\n  $ apportion help import robyn')
    .action((names: readonly string[]) => commandNamed(program, names).help());
  return program;
}

/** The command that is called by its name and those of the commands above it; ends with an error where there is none. */
function commandNamed(program: Command, names: readonly string[]): Command {
  return names.reduce((above: Command, name) => {
    const command = above.commands.find((candidate) => candidate.name() === name);
    if (!command) above.error(`error: unknown command '${name}'`);
    return command!;
  }, program);
}

const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('Expected a number.');
  return value;
}

function wholePeriods(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError('Expected a whole number of periods.');
  return Number(text);
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('Expected a whole number of bytes.');
  return Number(text);
}
