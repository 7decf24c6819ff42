import { show } from '../../bindings/base/errors.js';
import type { Faults } from '../../bindings/base/faults.js';
import { suggestion } from '../../bindings/base/nearest.js';
import { type SourceTable, textsOf } from './table.js';

/** A RobynModel-*.json: every scalar in it is a list of one. */
export interface RobynJson {
  readonly file: string;
  readonly content: unknown;
}

type Section = Readonly<Record<string, unknown>>;

const section = (value: unknown, key: string): Section => {
  const found = value instanceof Object ? (value as Section)[key] : undefined;
  return found instanceof Object && !Array.isArray(found) ? (found as Section) : {};
};

/** What Robyn was given. */
export const inputsOf = ({ content }: RobynJson): Section => section(content, 'InputCollect');
/** The hyperparameters of the exported model. */
export const hyperValuesOf = ({ content }: RobynJson): Section =>
  section(section(content, 'ExportedModel'), 'hyper_values');

/** A scalar, alone or as a list of one. */
export function scalarOf(section: Section, key: string): unknown {
  const value = section[key];
  return Array.isArray(value) ? value[0] : value;
}

export function textOf(section: Section, key: string): string | undefined {
  const value = scalarOf(section, key);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A list of texts, alone or as a list of lists of one; nothing for `{}`, which is how R writes what is not set. */
export function textsIn(section: Section, key: string): string[] {
  const value = section[key];
  const list = Array.isArray(value) ? value.flat() : [value];
  return list.filter((text): text is string => typeof text === 'string' && text !== '');
}

/** A paid medium: its column of contributions, and the names its hyperparameters may go by. */
export interface RobynMedium {
  readonly channel: string;
  readonly names: readonly string[];
}

/** The one model that is read, and where it was chosen. */
export interface RobynChoice {
  readonly solID: string;
  readonly json: RobynJson | null;
}

/**
 * Chooses the model: as asked, else the one that the only RobynModel-*.json selects, else the only one there is. Null
 * after noting that there are several or that it is not there.
 */
export function chooseModel(
  faults: Faults,
  decomposition: SourceTable,
  jsons: readonly RobynJson[],
  asked: string | undefined,
): RobynChoice | null {
  const { name } = decomposition;
  const { codes, values } = textsOf(decomposition, 'solID');
  const used = new Set(Array.from(codes, (code) => values[code]));
  const models = [...used].sort();
  const selected = new Map<string, RobynJson>();
  for (const json of jsons) {
    const solID = textOf(section(json.content, 'ExportedModel'), 'select_model');
    if (solID !== undefined) selected.set(solID, json);
  }
  const listed = `${models.slice(0, 10).map(show).join(', ')}${models.length > 10 ? ` and ${models.length - 10} more` : ''}`;
  const choose = (solID: string, path: string) => {
    if (used.has(solID)) return { solID, json: selected.get(solID) ?? inputsAlone(jsons) };
    const near = suggestion(solID, models);
    faults.add('model', path, `expected a solID of ${name}, got ${show(solID)}${near || `. There are ${listed}.`}`);
    return null;
  };
  if (asked !== undefined) return choose(asked, '--model');
  if (selected.size === 1) {
    const [[solID, { file }]] = selected;
    return choose(solID, `${file}, ExportedModel.select_model`);
  }
  if (models.length === 1) return choose(models[0], name);
  const problem = `expected one model, got ${models.length}: ${listed}. Choose one with --model.`;
  faults.add('model', `${name}, column solID`, problem);
  return null;
}

/** RobynModel-inputs.json, or another model's of the same run: what went in is the same for all. */
function inputsAlone(jsons: readonly RobynJson[]): RobynJson | null {
  const [json] = jsons.filter((other) => Object.keys(inputsOf(other)).length > 0);
  return json ? { file: json.file, content: { InputCollect: inputsOf(json) } } : null;
}
