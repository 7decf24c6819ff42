import { show } from '../../bindings/errors.js';
import type { Faults } from '../../bindings/faults.js';
import type { Curve } from './contributions.js';
import { hyperValuesOf, inputsOf, type RobynChoice, type RobynMedium, scalarOf, textOf } from './robynModel.js';
import { figuresOf, type SourceTable, textsOf } from './table.js';

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

/** The hyperparameters of a model by name: the row of the CSV, which has all digits, over the JSON, which may be rounded. */
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
  for (const column of table.header.filter((name) => isHyperparameter.test(name))) {
    // other models' rows may be empty here, so that only this cell counts
    const value = figuresOf({ ...faults, add: () => {} }, table, column)[rows[0]];
    if (Number.isFinite(value)) found.set(column, value);
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

/** The curve of every medium in Robyn's own parameters. Notes each parameter that is missing. */
export function robynCurves(
  faults: Faults,
  media: readonly RobynMedium[],
  hyperparameters: ReadonlyMap<string, number>,
  adstock: RobynAdstock,
  preset: 'robyn' | 'robyn-legacy',
  where: string,
): Map<string, Curve> {
  const curves = new Map<string, Curve>();
  for (const { channel, names } of media) {
    const curve: Record<string, unknown> = { preset, adstock };
    for (const [option, ending] of Object.entries({ ...parameters[adstock], alpha: 'alphas', gamma: 'gammas' })) {
      const name = names.map((medium) => `${medium}_${ending}`).find((key) => hyperparameters.has(key));
      if (name !== undefined) curve[option] = hyperparameters.get(name);
      else {
        const wanted = names.map((medium) => show(`${medium}_${ending}`)).join(' or ');
        faults.add('hyperparameter', where, `expected ${wanted} for ${adstock} adstock, got nothing`);
      }
    }
    curves.set(channel, curve);
  }
  return curves;
}
