import { show } from '../../bindings/base/errors.js';
import type { Faults } from '../../bindings/base/faults.js';
import type { RobynFiles } from './robyn.js';
import { hyperValuesOf, inputsOf, type RobynChoice, textOf } from './robynModel.js';

/** Which of Robyn's two curves a model has, and what there is to mind of how that is known. */
export interface RobynVersion {
  readonly preset: 'robyn' | 'robyn-legacy';
  readonly cautions: readonly string[];
}

/** What tells versions apart beside the version itself, and where it stands. */
interface Sign {
  readonly newer: boolean;
  readonly text: string;
}

/**
 * Before 3.12 the half-saturation lay between the smallest and the largest value, since then it is a share of the largest.
 * The version in the JSON, or the user's, decides; without one the types of the transform matrix and the columns of
 * hyperparameters do, which 3.12 changed too.
 */
export function versionOf(
  faults: Faults,
  files: Pick<RobynFiles, 'hyperparameters' | 'transforms'>,
  { json }: RobynChoice,
  asked: string | undefined,
): RobynVersion {
  const text = json ? textOf(inputsOf(json), 'version') : undefined;
  const said = text === undefined ? null : parseVersion(text);
  const wanted = asked === undefined ? null : parseVersion(asked);
  const cautions: string[] = [];
  const presetOf = (newer: boolean): RobynVersion => ({ preset: newer ? 'robyn' : 'robyn-legacy', cautions });
  if (asked !== undefined && wanted === null) {
    faults.add('version', '--robyn-version', `expected a version like "3.11.1", got ${show(asked)}`);
  } else if (wanted && said && isNewer(wanted) !== isNewer(said)) {
    cautions.push(`${json!.file} says Robyn ${said.text}, --robyn-version says ${wanted.text}, which decides`);
  }
  if (text !== undefined && !said) {
    cautions.push(`${json!.file} says version ${show(text)}, which is no version of Robyn: it is passed over`);
  }
  const signs = signsOf(files, json ? Object.keys(hyperValuesOf(json)) : [], json?.file ?? '');
  const version = wanted ?? said;
  if (version) {
    const found = presetOf(isNewer(version));
    const where = wanted ? '--robyn-version' : `${json!.file} (InputCollect.version)`;
    for (const sign of signs.filter(({ newer }) => newer !== isNewer(version))) {
      const other = sign.newer ? 'from 3.12 on' : 'before 3.12';
      cautions.push(
        `${where} says Robyn ${version.text}, but ${sign.text}, as only ${other}: curves are those of ${version.text} (preset ${found.preset}). Are both of one run?`,
      );
    }
    return found;
  }
  const [older, newer] = [signs.find((sign) => !sign.newer), signs.find((sign) => sign.newer)];
  if (older && newer) {
    const problem = `expected signs of one version, got both: ${older.text}, as only before 3.12; ${newer.text}, as only from 3.12 on`;
    faults.add('version', '--robyn-version', `${problem}. Say which version it was.`);
  }
  if (signs.length === 0) {
    cautions.push(
      'nothing tells the version of Robyn: curves are taken for those of 3.12 or newer; --robyn-version says another',
    );
  }
  return presetOf(!older);
}

interface Version {
  readonly major: number;
  readonly minor: number;
  readonly text: string;
}

const isNewer = ({ major, minor }: Version) => major > 3 || (major === 3 && minor >= 12);

/** `v3.8.2`, `Robyn (dev) v3.12.0.9000 [R-4.4.1]`: R's own version is in brackets. */
function parseVersion(text: string): Version | null {
  const found = /(?:^|[^\w.])v?((\d{1,3})\.(\d{1,3})(?:\.\d+)*)(?![\w.])/i.exec(text.replace(/\[.*?\]/g, ''));
  return found && { major: Number(found[2]), minor: Number(found[3]), text: found[1] };
}

const onlyBefore = /^(raw(Media|Spend)|predictedExposure|saturated.*)$/;

function signsOf(
  { hyperparameters, transforms }: Pick<RobynFiles, 'hyperparameters' | 'transforms'>,
  values: readonly string[],
  json: string,
): Sign[] {
  const signs: Sign[] = [];
  const types = transforms?.types ?? [];
  const old = types.find((type) => onlyBefore.test(type));
  if (old !== undefined) signs.push({ newer: false, text: `${transforms!.name} has the type ${show(old)}` });
  else if (types.some((type) => type !== '')) {
    signs.push({ newer: true, text: `${transforms!.name} has no type "rawMedia"` });
  }
  const inflexion = (names: readonly string[] = []) => names.find((name) => name.endsWith('_inflexion'));
  const [column, value] = [inflexion(hyperparameters?.header), inflexion(values)];
  if (column !== undefined) signs.push({ newer: true, text: `${hyperparameters!.name} has a column ${show(column)}` });
  else if (value !== undefined) signs.push({ newer: true, text: `${json} has a value ${show(value)}` });
  return signs;
}
