import { show } from '../../bindings/errors.js';
import type { Faults } from '../../bindings/faults.js';
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
import {
  chooseModel,
  inputsOf,
  type RobynChoice,
  type RobynJson,
  type RobynMedium,
  scalarOf,
  textOf,
  textsIn,
} from './robynModel.js';
import { figuresOf, hasColumn, type SourceTable, textsOf, type Wanted } from './table.js';

/** The files of a Robyn export, those that are there. */
export interface RobynFiles {
  /** pareto_alldecomp_matrix.csv: the contributions. */
  readonly decomposition: SourceTable;
  /** pareto_hyperparameters.csv: the curves. */
  readonly hyperparameters: SourceTable | null;
  /** RobynModel-*.json: which media are paid, which adstock, which model is selected. */
  readonly jsons: readonly RobynJson[];
  /** `type` of pareto_media_transform_matrix.csv: tells versions apart. */
  readonly transforms: readonly string[];
}

export interface RobynOptions {
  readonly model?: string | undefined;
  readonly adstock?: RobynAdstock | undefined;
  /** False leaves exposure as it is. */
  readonly curves: boolean;
}

export interface RobynImport {
  readonly contributions: Contributions;
  /** Given the channels that stay: their curves. Null where there are none. */
  readonly curves: ((faults: Faults, channels: readonly string[]) => ReadonlyMap<string, Curve>) | null;
  /** Where a parameter of a curve stands. */
  readonly parameterPath: ((channel: string, option: string) => string) | undefined;
  readonly adstock: RobynAdstock | null;
  /** Periods of data before the first contribution, where the JSON says it. */
  readonly history: number | null;
  /** The date column of what Robyn was given. */
  readonly dateColumn: string;
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
  const media = paidMedia(faults, decomposition, choice, [...values.keys()]);
  if (faults.any || !media) return null;

  const { solID, json } = choice;
  const ids = textsOf(decomposition, 'solID');
  const kept = Array.from(ids.codes.keys()).filter((r) => ids.values[ids.codes[r]] === solID);
  const ds = textsOf(decomposition, 'ds');
  const times = kept.map((r) => ds.values[ds.codes[r]]);
  const again = times.findIndex((text, i) => times.indexOf(text) < i);
  if (again >= 0) {
    const problem = `expected each period of model ${show(solID)} once, got ${show(times[again])} again`;
    faults.add('stacked', `${name} record ${kept[again] + 1}`, `${problem}. Are several runs in one file?`);
  }
  if (json && again < 0) checkWindow(faults, name, times, json);
  const figures = media.map(({ channel }) => {
    const column = figuresOf(ofModel(faults, kept), decomposition, channel);
    return kept.map((r) => column[r]);
  });
  const adstock = options.curves && values.size > 0 ? adstockOf(faults, choice, values, options.adstock) : null;
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
      notes: [
        ...(models > 1 ? [`${models - 1} other ${models === 2 ? 'model' : 'models'} in ${name}`] : []),
        ...(others.length > 0 ? [`${others.join(', ')}: no paid media`] : []),
      ],
    },
    curves:
      adstock &&
      ((noted, channels) => {
        const staying = media.filter(({ channel }) => channels.includes(channel));
        return robynCurves(noted, staying, values, adstock, presetOf(files), where);
      }),
    parameterPath: adstock ? hyperparameterPath(media, values, adstock, where) : undefined,
    adstock,
    history: json ? historyOf(json) : null,
    dateColumn: (json && textOf(inputsOf(json), 'date_var')) ?? 'ds',
  };
}

/** Robyn numbers the periods of its data from 1; the first with a contribution is `rollingWindowStartWhich`. */
function historyOf(json: RobynJson): number | null {
  const first = scalarOf(inputsOf(json), 'rollingWindowStartWhich');
  return typeof first === 'number' && first >= 1 ? first - 1 : null;
}

/** Faults of the rows of one model: what other models' rows hold is nobody's business. */
function ofModel(faults: Faults, kept: readonly number[]): Faults {
  const records = new Set(kept.map((r) => r + 1));
  return {
    ...faults,
    add(kind, path, problem) {
      if (records.has(Number(/ record (\d+), column /.exec(path)?.[1]))) faults.add(kind, path, problem);
    },
  };
}

/** Names of hyperparameters and of contributions differ where a medium has both spend and exposure. */
function paidMedia(
  faults: Faults,
  { name, header }: SourceTable,
  { json }: RobynChoice,
  hyperparameters: readonly string[],
): RobynMedium[] | null {
  const inputs = json ? inputsOf(json) : {};
  const [vars, spends] = [textsIn(inputs, 'paid_media_vars'), textsIn(inputs, 'paid_media_spends')];
  const listed = vars.length > 0 ? vars : spends;
  if (listed.length === 0) {
    const found = mediaOf(hyperparameters).filter((medium) => header.includes(medium));
    if (found.length > 0) return found.map((channel) => ({ channel, names: [channel] }));
    const problem = 'expected RobynModel-*.json or pareto_hyperparameters.csv beside it, which say what the media are';
    faults.add('missing-file', name, `${problem}, got neither. Export the model with robyn_write().`);
    return null;
  }
  return listed.map((medium, i) => {
    const names = [...new Set([medium, ...(spends[i] === undefined ? [] : [spends[i]])])];
    const channel = names.find((column) => header.includes(column));
    if (channel === undefined) {
      const wanted = names.map(show).join(' or ');
      faults.add('missing-column', name, `expected a column ${wanted}, a paid medium of ${json!.file}, got none`);
    }
    return { channel: channel ?? medium, names };
  });
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

/** Before 3.12 the half-saturation lay between the smallest and the largest value; its transform matrix had other types. */
const presetOf = ({ transforms }: RobynFiles) =>
  transforms.some((type) => /^(raw(Media|Spend)|predictedExposure|saturated.*)$/.test(type)) ? 'robyn-legacy' : 'robyn';
