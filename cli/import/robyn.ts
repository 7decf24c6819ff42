import { show } from '../../bindings/base/errors.js';
import { collectFaults, type Faults } from '../../bindings/base/faults.js';
import type { Contributions, Curve } from './contributions.js';
import { parseMoment, secondsOf } from './moment.js';
import {
  adstockOf,
  hyperparameterPath,
  hyperparametersOf,
  jsonValues,
  mediaOf,
  type RobynAdstock,
  robynCurves,
} from './robynCurves.js';
import { paidMedia, type RobynMedia } from './robynMedia.js';
import { chooseModel, inputsOf, type RobynJson, type RobynMedium, scalarOf, textOf } from './robynModel.js';
import { versionOf } from './robynVersion.js';
import { figuresOf, hasColumn, recordOfRow, type SourceTable, textsOf, type Wanted } from './table.js';

/** The files of a Robyn export, those that are there. */
export interface RobynFiles {
  /** pareto_alldecomp_matrix.csv: the contributions. */
  readonly decomposition: SourceTable;
  /** pareto_hyperparameters.csv: the curves. */
  readonly hyperparameters: SourceTable | null;
  /** RobynModel-*.json: which media are paid, which adstock, which model is selected. */
  readonly jsons: readonly RobynJson[];
  /** pareto_media_transform_matrix.csv: its types tell versions apart, its other columns are media. */
  readonly transforms: {
    readonly name: string;
    readonly types: readonly string[];
    readonly media: readonly string[];
  } | null;
}

export interface RobynOptions {
  readonly model?: string | undefined;
  readonly adstock?: RobynAdstock | undefined;
  readonly version?: string | undefined;
  /** False leaves exposure as it is. */
  readonly curves: boolean;
}

export interface RobynImport {
  readonly contributions: Contributions;
  /** Given the channels that stay: their curves. Null where there are none. */
  readonly curves: ((faults: Faults, channels: readonly string[], window: number) => ReadonlyMap<string, Curve>) | null;
  /** Where a parameter of a curve stands. */
  readonly parameterPath: ((channel: string, option: string) => string) | undefined;
  readonly adstock: RobynAdstock | null;
  readonly json: RobynJson | null;
  /** What to mind of the curves. */
  readonly cautions: readonly string[];
}

/** All columns but the unnamed row numbers: which of them are media the JSON says. */
export const wantedOfDecomposition = (header: readonly string[]): Wanted =>
  new Map(header.filter((name) => name !== '').map((name) => [name, ['ds', 'solID'].includes(name) ? 'key' : 'value']));

export const wantedOfHyperparameters = (header: readonly string[]): Wanted =>
  new Map([
    ['solID', 'key'] as const,
    ...header.filter((name) => mediaOf([name]).length > 0).map((name) => [name, 'value'] as const),
  ]);

/** What one model of a Robyn export says: contributions of paid media, and their curves. Null after noting what is wrong. */
export function readRobyn(faults: Faults, files: RobynFiles, options: RobynOptions): RobynImport | null {
  const { decomposition, hyperparameters, jsons } = files;
  const { name, rows } = decomposition;
  hasColumn(faults, decomposition, 'ds', 'the period');
  hasColumn(faults, decomposition, 'solID', 'the model');
  if (hyperparameters) hasColumn(faults, hyperparameters, 'solID', 'the model');
  if (rows === 0) faults.add('no-rows', name, 'expected at least one row of contributions, got none');
  if (faults.any) return null;
  const choice = chooseModel(faults, decomposition, jsons, options.model);
  if (!choice) return null;
  const values = hyperparametersOf(faults, hyperparameters, choice);
  const named = paidMedia(faults, files, choice, [...values.keys()], options.curves);
  if (faults.any || !named) return null;

  const { solID, json } = choice;
  const ids = textsOf(decomposition, 'solID');
  const kept = Array.from(ids.codes.keys()).filter((r) => ids.values[ids.codes[r]] === solID);
  const ds = textsOf(decomposition, 'ds');
  const times = kept.map((r) => ds.values[ds.codes[r]]);
  const again = times.findIndex((text, i) => times.indexOf(text) < i);
  if (again >= 0) {
    const problem = `expected each period of model ${show(solID)} once, got ${show(times[again])} again`;
    faults.add('stacked', recordOfRow(decomposition, kept[again]), `${problem}. Are several runs in one file?`);
  }
  if (json && again < 0) checkWindow(faults, name, times, json);
  const { media, figures } = figuresOfMedia(faults, decomposition, named, kept);
  const adstock = options.curves && values.size > 0 ? adstockOf(faults, choice, values, options.adstock) : null;
  const version = adstock && versionOf(faults, files, choice, options.version);
  if (faults.any) return null;

  const where = hyperparameters?.name ?? `${json?.file}, ${jsonValues}`;
  const cells = media.length * kept.length;
  const index = (pick: (c: number, t: number) => number) =>
    Uint32Array.from({ length: cells }, (_, i) => pick(Math.floor(i / kept.length), i % kept.length));
  const paid = media.map(({ channel }) => channel);
  const others = decomposition.header.filter((column) => !['', 'ds', 'solID', ...paid].includes(column));
  const models = new Set(ids.codes).size;
  return {
    contributions: {
      title: `Robyn model ${solID}`,
      source: name,
      timeColumn: 'ds',
      channels: paid,
      times,
      dimensions: [],
      places: [[]],
      rows: {
        channel: index((c) => c),
        time: index((_, t) => t),
        place: new Uint32Array(cells),
        value: Float64Array.from(figures.flat()),
      },
      guessed: named.guessed,
      notes: [
        ...(models > 1 ? [`${models - 1} other ${models === 2 ? 'model' : 'models'} in ${name}`] : []),
        ...(others.length > 0 ? [`${others.join(', ')}: no paid media`] : []),
      ],
    },
    curves:
      adstock &&
      ((noted, channels, window) => {
        const staying = media.filter(({ channel }) => channels.includes(channel));
        return robynCurves(noted, staying, values, adstock, version!.preset, window, where);
      }),
    parameterPath: adstock ? hyperparameterPath(media, values, adstock, where) : undefined,
    adstock,
    json,
    cautions: version?.cautions ?? [],
  };
}

/** The contributions of each medium in these rows. A column that may be a medium, but has cells without a number, is none. */
function figuresOfMedia(
  faults: Faults,
  decomposition: SourceTable,
  { media, guessed }: RobynMedia,
  kept: readonly number[],
): { media: readonly RobynMedium[]; figures: number[][] } {
  const read = media.map((medium) => {
    const noted = guessed ? collectFaults() : ofModel(faults, decomposition, kept);
    const column = figuresOf(noted, decomposition, medium.channel);
    return { medium, figures: kept.map((r) => column[r]) };
  });
  const numeric = guessed ? read.filter(({ figures }) => figures.every(Number.isFinite)) : read;
  return { media: numeric.map(({ medium }) => medium), figures: numeric.map(({ figures }) => figures) };
}

/** Faults of the rows of one model: what other models' rows hold is nobody's business. */
function ofModel(faults: Faults, table: SourceTable, kept: readonly number[]): Faults {
  const records = new Set(kept.map((r) => recordOfRow(table, r)));
  return {
    ...faults,
    add(kind, path, problem) {
      if (records.has(path.split(', column ', 1)[0])) faults.add(kind, path, problem);
    },
  };
}

/** The periods must be those of the model in the JSON. */
function checkWindow(faults: Faults, name: string, times: readonly string[], json: RobynJson): void {
  const inputs = inputsOf(json);
  const read = (text: string | undefined) => {
    const moment = text === undefined ? null : parseMoment(text);
    return moment ? secondsOf(moment) : null;
  };
  const starts = times
    .map(read)
    .filter((time) => time !== null)
    .sort((a, b) => a - b);
  if (starts.length < 2) return;
  const days = (starts[1] - starts[0]) / 86400;
  const interval = scalarOf(inputs, 'dayInterval');
  const months = textOf(inputs, 'intervalType') === 'month';
  const path = `${name}, column ds`;
  if (typeof interval === 'number' && !months && days !== interval) {
    const counted = (count: number) => `${count} ${count === 1 ? 'day' : 'days'}`;
    const problem = `expected periods ${counted(interval)} apart as ${json.file} says (dayInterval), got ${counted(days)}`;
    faults.add('periods', path, `${problem}. Are both of one run?`);
    return;
  }
  const [from, to] = [textOf(inputs, 'window_start'), textOf(inputs, 'window_end')];
  const [first, last] = [read(from), read(to)];
  const period = days * 86400;
  if (first === null || last === null) return;
  if (Math.abs(first - starts[0]) < period && Math.abs(last - starts[starts.length - 1]) < period) return;
  const [earliest, latest] = [[...times].sort()[0], [...times].sort().at(-1)];
  const problem = `expected the periods of ${json.file} (${from} to ${to}), got ${earliest} to ${latest}`;
  faults.add('periods', path, `${problem}. Are both of one run?`);
}
