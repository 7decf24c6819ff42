import { show } from '../../bindings/base/errors.js';
import type { Faults } from '../../bindings/base/faults.js';
import type { Curve } from './contributions.js';
import { hyperValuesOf, inputsOf, type RobynChoice, type RobynMedium, scalarOf, textOf } from './robynModel.js';
import { figuresOf, type SourceTable, textsOf } from './table.js';

/** Where curves without a JSON or its hyperparameters come from. */
export const jsonValues = 'ExportedModel.hyper_values';

export type RobynAdstock = 'geometric' | 'weibull_cdf' | 'weibull_pdf';

const parameters = {
  geometric: { theta: 'thetas' },
  weibull_cdf: { shape: 'shapes', scale: 'scales' },
  weibull_pdf: { shape: 'shapes', scale: 'scales' },
} as const satisfies Record<RobynAdstock, Record<string, string>>;

const isHyperparameter = /_(alphas|gammas|thetas|shapes|scales)$/;

/** Names of the media in the columns of pareto_hyperparameters.csv or the keys of hyper_values. */
export function mediaOf(names: readonly string[]): string[] {
  const found = names.filter((name) => isHyperparameter.test(name)).map((name) => name.replace(isHyperparameter, ''));
  return [...new Set(found)];
}

/**
 * How far a number of the JSON may lie from what was rounded: half of the last decimal that is in use there. R's writer
 * keeps 4 if it is not told otherwise; Robyn asks it for 10.
 */
function roundingOf(values: Iterable<number>): number {
  const all = [...values];
  let decimals = 4;
  while (decimals < 10 && all.some((value) => Number(value.toFixed(decimals)) !== value)) decimals++;
  return 0.5 * Number(`1e-${decimals}`);
}

/**
 * The hyperparameters of a model by name: the row of the CSV, which has all digits, over the JSON, which may be rounded.
 * Notes where the two are of different models.
 */
export function hyperparametersOf(
  faults: Faults,
  table: SourceTable | null,
  { solID, json }: RobynChoice,
): Map<string, number> {
  const found = new Map<string, number>();
  const values = json ? hyperValuesOf(json) : {};
  for (const key of Object.keys(values)) {
    const value = scalarOf(values, key);
    if (typeof value === 'number') found.set(key, value);
  }
  if (!table) return found;
  const ids = textsOf(table, 'solID');
  const rows = Array.from(ids.codes.keys()).filter((r) => ids.values[ids.codes[r]] === solID);
  if (rows.length > 1) {
    const problem = `expected one row of model ${show(solID)}, got ${rows.length}. Are several runs in one file?`;
    faults.add('stacked', `${table.name}, column solID`, problem);
  }
  if (rows.length !== 1) return found;
  const rounding = roundingOf(found.values());
  for (const column of table.header.filter((name) => isHyperparameter.test(name))) {
    // other models' rows may be empty here, so that only this cell counts
    const value = figuresOf({ ...faults, add: () => {} }, table, column)[rows[0]];
    if (!Number.isFinite(value)) continue;
    const rounded = found.get(column) ?? value;
    if (Math.abs(rounded - value) > rounding + 1e-14 * Math.abs(value)) {
      const problem = `expected ${value} as ${table.name} says, got ${rounded}`;
      faults.add('contradiction', `${json!.file}, ${jsonValues}.${column}`, `${problem}. Are both of one run?`);
    }
    found.set(column, value);
  }
  return found;
}

/** Which adstock the model has: as its JSON says, as the user says, or as its hyperparameters show. */
export function adstockOf(
  faults: Faults,
  { json }: RobynChoice,
  hyperparameters: ReadonlyMap<string, number>,
  asked: RobynAdstock | undefined,
): RobynAdstock | null {
  const said = json ? textOf(inputsOf(json), 'adstock') : undefined;
  const kind = said === 'weibull' ? 'weibull_cdf' : said; // before it had two kinds
  if (kind !== undefined && kind in parameters) {
    if (asked === undefined || asked === kind) return kind as RobynAdstock;
    faults.add('adstock', '--adstock', `expected ${show(kind)} as ${json!.file} says, got ${show(asked)}`);
    return null;
  }
  if (kind !== undefined) {
    const known = Object.keys(parameters).map(show).join(' or ');
    faults.add('adstock', `${json!.file}, InputCollect.adstock`, `expected ${known}, got ${show(kind)}`);
    return null;
  }
  if (asked !== undefined) return asked;
  const names = [...hyperparameters.keys()];
  if (names.some((name) => name.endsWith('_thetas'))) return 'geometric';
  const problem = 'expected weibull_cdf or weibull_pdf, which only RobynModel-*.json says, got nothing';
  faults.add('adstock', '--adstock', `${problem}. Export the model with robyn_write(), or say it.`);
  return null;
}

/** The hyperparameter of a curve's option, `tv_S_thetas` for theta: as it is called, or may be called. */
function hyperparameterOf(
  { names }: RobynMedium,
  hyperparameters: ReadonlyMap<string, number>,
  adstock: RobynAdstock,
  option: string,
): { name: string | undefined; wanted: string[] } {
  const ending = ({ ...parameters[adstock], alpha: 'alphas', gamma: 'gammas' } as Record<string, string>)[option];
  const wanted = names.map((medium) => `${medium}_${ending}`);
  return { name: wanted.find((key) => hyperparameters.has(key)), wanted };
}

/** Where a hyperparameter stands: `where` is the file that has them. */
export function hyperparameterPath(
  media: readonly RobynMedium[],
  hyperparameters: ReadonlyMap<string, number>,
  adstock: RobynAdstock,
  where: string,
): (channel: string, option: string) => string {
  return (channel, option) => {
    const medium = media.find((other) => other.channel === channel);
    const found = medium && hyperparameterOf(medium, hyperparameters, adstock, option);
    return `${where}, ${found?.name ?? channel}`;
  };
}

/**
 * The curve of every medium that has all of Robyn's own parameters; `window` is that of a Weibull law. Notes each parameter
 * that is missing.
 */
export function robynCurves(
  faults: Faults,
  media: readonly RobynMedium[],
  hyperparameters: ReadonlyMap<string, number>,
  adstock: RobynAdstock,
  preset: 'robyn' | 'robyn-legacy',
  window: number,
  where: string,
): Map<string, Curve> {
  const curves = new Map<string, Curve>();
  for (const medium of media) {
    const curve: Record<string, unknown> = { preset, adstock };
    let complete = true;
    for (const option of [...Object.keys(parameters[adstock]), 'alpha', 'gamma']) {
      const { name, wanted } = hyperparameterOf(medium, hyperparameters, adstock, option);
      if (name !== undefined) curve[option] = hyperparameters.get(name);
      else {
        complete = false;
        faults.add(
          'hyperparameter',
          where,
          `expected ${wanted.map(show).join(' or ')} for ${adstock} adstock, got nothing`,
        );
      }
    }
    if (adstock !== 'geometric') curve.window = window;
    if (complete) curves.set(medium.channel, curve);
  }
  return curves;
}
