import { Command, InvalidArgumentError, Option } from 'commander';
import { version } from '../bindings/index.js';
import { runCheck } from './commands/check.js';
import { type FitArguments, runFit } from './commands/fit.js';
import { runSchema } from './commands/schema.js';
import { runSimulate, type SimulateArguments, simulators } from './commands/simulate.js';

const exits = `
Exit codes:
  0    done
  2    the input or the configuration is wrong: every fault on its own line of stderr, nothing written
  3    not converged: written, and says so
  4    the machine said no: disk, memory, permission, DuckDB missing
  130  interrupted: nothing written
  1    a bug`;

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
    .showHelpAfterError('(apportion --help lists the commands)');

  program
    .command('fit')
    .description('fit the model and split every total')
    .argument('<model.json>', 'the configuration; paths in it are relative to it')
    .requiredOption('-o, --out <dir>', 'folder for the results: made if missing, files of other names left alone')
    .addOption(
      new Option('--kernels <which>', 'which kernels compute; all give the same bytes')
        .choices(['auto', 'wasm', 'js'])
        .default('auto'),
    )
    .option('--memory-limit <bytes>', "most bytes the kernels' memory may take", wholeNumber)
    .option('--json', 'print fit.json on stdout, and nothing else there')
    .addHelpText(
      'after',
      `
Reads CSV (RFC 4180, UTF-8, a header row; "delimiter" and "decimal" of a table say otherwise) and Parquet.
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
    .argument('<model.json>', 'the configuration')
    .option('--json', 'print the counts as JSON on stdout')
    .addHelpText('after', '\nExample:\n  $ apportion check model.json')
    .action(async (config: string, options: { json?: boolean }) => finish(await runCheck(config, options, signal)));

  const simulate = program
    .command('simulate')
    .description('make tables with a known truth, and a model.json that fit accepts')
    .addHelpText('after', '\nExample:\n  $ apportion simulate mta --seed 1 --campaigns 60 --collinear 4 --out demo');
  for (const [name, simulator] of Object.entries(simulators)) {
    const command = simulate
      .command(name)
      .description(simulator.about)
      .requiredOption('-o, --out <dir>', 'folder for the tables, the truth and model.json')
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

  program
    .command('schema')
    .description('print the JSON Schema of model.json, for editors and validators')
    .addHelpText('after', '\nExample:\n  $ apportion schema > model.schema.json')
    .action(() => finish(runSchema()));
  return program;
}

const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('Expected a number.');
  return value;
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('Expected a whole number of bytes.');
  return Number(text);
}
