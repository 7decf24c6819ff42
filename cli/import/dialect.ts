import { type Command, InvalidArgumentError, Option } from 'commander';
import { InputError, show } from '../../bindings/base/errors.js';
import type { Faults } from '../../bindings/base/faults.js';
import { suggestion } from '../../bindings/base/nearest.js';
import type { Column, DictionaryColumn } from '../../bindings/index.js';
import type { Dialect } from '../input/files.js';
import type { SourceTable, Wanted } from './table.js';

/** How a table is written and which of its rows count, as the command line says it. */
export interface TableDialect extends Dialect {
  /** Texts that count as empty where a figure is expected. */
  readonly empty?: readonly string[] | undefined;
  /** `Day=Total`: rows that are left out. */
  readonly without?: readonly string[] | undefined;
  /** What stands before the names of its options: `contributions-`. */
  readonly prefix?: string | undefined;
}

/** Tables that have options of their own, beside the one that has none of these names before its options. */
export type PrefixedTable = 'contributions' | 'draws' | 'curves' | 'population';

const names = ['delimiter', 'decimal', 'thousands', 'empty', 'header', 'footer', 'without'] as const;

const camel = (name: string) => name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());

/** What the options say of a table. */
export function dialectOf(options: object, table?: PrefixedTable): TableDialect {
  const prefix = table === undefined ? '' : `${table}-`;
  const given = options as Record<string, unknown>;
  return { prefix, ...Object.fromEntries(names.map((name) => [name, given[camel(`${prefix}${name}`)]])) };
}

/** Adds the options of a table, out of sight of the help where they are those of a further one. */
export function addDialect(command: Command, what: string, table?: PrefixedTable): Command {
  const option = (flag: string, help: string) => {
    const made = new Option(table === undefined ? `--${flag}` : `--${table}-${flag}`, help);
    return table === undefined ? made : made.hideHelp();
  };
  return command
    .addOption(option('delimiter <character>', `between fields of ${what}; \\t for tabs`).argParser(character))
    .addOption(option('decimal <mark>', `of numbers in ${what}: a point when left out`).choices(['.', ',']))
    .addOption(
      option('thousands <mark>', `between thousands in numbers of ${what}, in groups of three`).choices([
        ',',
        '.',
        "'",
        ' ',
      ]),
    )
    .addOption(
      option(
        'empty <text>',
        'a text that counts as empty: rows without a figure are left out; again for more',
      ).argParser(collect),
    )
    .addOption(option('header <line>', `line of the column names in ${what}, from 1`).argParser(countFrom(1)))
    .addOption(option('footer <records>', `records at the end of ${what} that are left out`).argParser(countFrom(0)))
    .addOption(
      option(
        'without <column=text>',
        'leave out rows with this text, totals of a report say; again for more',
      ).argParser(collect),
    );
}

function collect(value: string, list: readonly string[] = []): string[] {
  return [...list, value];
}

function character(text: string): string {
  const found = text === '\\t' || text === 'tab' ? '\t' : text;
  if (!/^[^"\r\n]$/u.test(found)) throw new InvalidArgumentError('Expected one character, not a quote or a line end.');
  return found;
}

const countFrom = (least: number) => (text: string) => {
  if (!/^\d{1,6}$/.test(text) || Number(text) < least)
    throw new InvalidArgumentError(`Expected a whole number from ${least}.`);
  return Number(text);
};

/** Notes marks that contradict each other. */
export function checkDialect(faults: Faults, { prefix = '', decimal = '.', thousands }: TableDialect): void {
  if (thousands !== decimal) return;
  const problem = `expected another mark than the decimal one, got ${show(thousands)}`;
  faults.add('option', `--${prefix}thousands`, decimal === '.' ? `${problem}. Set --${prefix}decimal ",".` : problem);
}

/** The cure of a message in the options of the command line: `Set --decimal ",".` */
export function retold(message: string, { prefix = '' }: TableDialect): string {
  const quoted = String.raw`"(?:[^"\\]|\\.)*"`;
  const single = new RegExp(String.raw`"(delimiter|decimal|thousands|header|footer)": (${quoted}|\d+)`, 'g');
  const list = new RegExp(String.raw`"empty": (\[(?:${quoted}(?:, )?)*\])`, 'g');
  return message
    .replace(single, (_, name: string, value: string) => `--${prefix}${name} ${value}`)
    .replace(list, (_, texts: string) =>
      (JSON.parse(texts) as string[]).map((text) => `--${prefix}empty=${JSON.stringify(text)}`).join(' '),
    );
}

/** Runs what throws messages in the words of a configuration, and has them in those of the command line. */
export async function retelling<T>(dialect: TableDialect, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(error.faults.map((fault) => ({ ...fault, message: retold(fault.message, dialect) })));
  }
}

/** The rules of `without` by column. Notes what is none. */
export function rulesOf(faults: Faults, { prefix = '', without = [] }: TableDialect): Record<string, string[]> {
  const rules: Record<string, string[]> = Object.create(null);
  for (const rule of without) {
    const cut = rule.indexOf('=');
    if (cut < 1) faults.add('option', `--${prefix}without`, `expected column=text, got ${show(rule)}`);
    else {
      const column = rule.slice(0, cut);
      rules[column] = [...(rules[column] ?? []), rule.slice(cut + 1)];
    }
  }
  return rules;
}

/** The columns that `without` looks at, beside those that are wanted. Notes those that are not there. */
export function withRules(
  faults: Faults,
  name: string,
  header: readonly string[],
  wanted: Wanted,
  dialect: TableDialect,
) {
  const all = new Map(wanted);
  for (const column of Object.keys(rulesOf(faults, dialect))) {
    if (header.includes(column)) {
      if (!all.has(column)) all.set(column, 'key');
      continue;
    }
    const problem = `expected a column of ${name} before "=", got ${show(column)}`;
    faults.add('option', `--${dialect.prefix ?? ''}without`, problem + suggestion(column, header));
  }
  return all;
}

/** The table without the rows that do not count: those of `without`, and those whose one figure is empty. */
export function withoutRows(table: SourceTable, wanted: Wanted, dialect: TableDialect): SourceTable {
  const { without = [], empty = [] } = dialect;
  const figures = [...wanted].filter(([name, as]) => as === 'value' && name !== 'population').map(([name]) => name);
  const rules = [
    ...without.map((rule) => {
      const cut = rule.indexOf('=');
      return { column: rule.slice(0, cut), text: rule.slice(cut + 1) };
    }),
    // in a wide table a row holds figures of other channels too
    ...(figures.length === 1 ? empty.map((text) => ({ column: figures[0], text })) : []),
  ].map((rule) => ({ ...rule, matches: matcher(table.columns.get(rule.column), rule.text), rows: 0 }));
  const kept: number[] = [];
  for (let r = 0; r < table.rows; r++) {
    const rule = rules.find(({ matches }) => matches(r));
    if (rule) rule.rows++;
    else kept.push(r);
  }
  const wide = figures.length > 1;
  if (kept.length === table.rows) return { ...table, dialect, wide };
  const columns = new Map([...table.columns].map(([name, column]) => [name, picked(column, kept)]));
  const notes = rules.flatMap(({ column, text, rows }) =>
    rows > 0 ? [`${rows} ${rows === 1 ? 'row' : 'rows'} of ${table.name} with ${column} ${show(text)}`] : [],
  );
  return { ...table, rows: kept.length, columns, dialect, wide, kept: Uint32Array.from(kept), notes };
}

function matcher(column: Column | undefined, text: string): (row: number) => boolean {
  if (column === undefined) return () => false;
  if (!('codes' in column)) return (row) => String((column as ArrayLike<unknown>)[row] ?? '') === text;
  const { codes, values } = column as DictionaryColumn;
  return (row) => values[codes[row]] === text;
}

function picked(column: Column, rows: readonly number[]): Column {
  if ('codes' in column) {
    const { codes, values } = column as DictionaryColumn;
    return { codes: Uint32Array.from(rows, (r) => codes[r]), values };
  }
  const cells = column as ArrayLike<never>;
  if (column instanceof Float64Array) return Float64Array.from(rows, (r) => column[r]);
  return cells.length === 0 ? column : rows.map((r) => cells[r]);
}
