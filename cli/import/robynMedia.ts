import { show } from '../../bindings/base/errors.js';
import type { Faults } from '../../bindings/base/faults.js';
import type { RobynFiles } from './robyn.js';
import { mediaOf } from './robynCurves.js';
import { inputsOf, type RobynChoice, type RobynMedium, textsIn } from './robynModel.js';

/** Columns of the decomposition that are no media in any model. */
const others = [
  '',
  'ds',
  'solID',
  'dep_var',
  'trend',
  'season',
  'weekday',
  'monthly',
  'holiday',
  'intercept',
  'depVarHat',
];

export interface RobynMedia {
  readonly media: readonly RobynMedium[];
  /** Nothing says what the media are: these are all columns that may be some. */
  readonly guessed: boolean;
}

/**
 * The media of a model: those that its JSON says are paid, else those with hyperparameters. Without curves those of the
 * transform matrix will do, or whatever the delivery names. Null after noting that nothing says them.
 */
export function paidMedia(
  faults: Faults,
  { decomposition: { name, header }, transforms }: Pick<RobynFiles, 'decomposition' | 'transforms'>,
  { json }: RobynChoice,
  hyperparameters: readonly string[],
  curves: boolean,
): RobynMedia | null {
  const inputs = json ? inputsOf(json) : {};
  const [vars, spends] = [textsIn(inputs, 'paid_media_vars'), textsIn(inputs, 'paid_media_spends')];
  const listed = vars.length > 0 ? vars : spends;
  if (listed.length === 0) {
    const plain = (names: readonly string[], guessed = false): RobynMedia => ({
      media: names.map((channel) => ({ channel, names: [channel] })),
      guessed,
    });
    const found = mediaOf(hyperparameters).filter((medium) => header.includes(medium));
    if (found.length > 0) return plain(found);
    if (!curves) {
      const transformed = (transforms?.media ?? []).filter((medium) => header.includes(medium));
      if (transformed.length > 0) return plain(transformed);
      return plain(
        header.filter((column) => !others.includes(column)),
        true,
      );
    }
    const problem =
      'expected RobynModel-*.json or pareto_hyperparameters.csv beside it, which have the curves, got neither';
    faults.add(
      'missing-file',
      name,
      `${problem}. Export the model with robyn_write(), or leave exposure as it is with --no-curves.`,
    );
    return null;
  }
  const media = listed.map((medium, i) => {
    const names = [...new Set([medium, ...(spends[i] === undefined ? [] : [spends[i]])])];
    const channel = names.find((column) => header.includes(column));
    if (channel === undefined) {
      const wanted = names.map(show).join(' or ');
      faults.add('missing-column', name, `expected a column ${wanted}, a paid medium of ${json!.file}, got none`);
    }
    return { channel: channel ?? medium, names };
  });
  return { media, guessed: false };
}
