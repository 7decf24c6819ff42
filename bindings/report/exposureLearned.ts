import { refuse } from '../base/faults.js';
import { got } from '../base/show.js';
import { curvesOf, type Model } from '../config/config.js';
import { parameterOf } from '../config/learn.js';
import { plainCurve } from '../config/presets/plain.js';
import { writtenModel } from './checkResult.js';
import { figure } from './html/words.js';

const mostListed = 20;

/**
 * Says which parameters of the curves a fit will move (`effectiveExposure.learn`): what is shown without a fit is as given.
 * Null where there are none. `nameOf` prints what the user called a curve. @throws InputError where these are something else
 */
export function describeLearning(model: Model, nameOf: (text: string) => string): string | null {
  if (typeof nameOf !== 'function') refuse('option', 'nameOf', `expected a function, got ${got(nameOf)}`);
  return writtenModel(model, () => learningIn(model, nameOf));
}

/** The same of a configuration that is known to be one. */
export function learningIn({ effectiveExposure }: Model, nameOf: (text: string) => string): string | null {
  const { learn = [], curves, by = [] } = effectiveExposure ?? {};
  if (learn.length === 0 || curves === undefined) return null;
  const known = new Map([...curvesOf(curves, by.length)].map(([path, curve]) => [JSON.stringify(path), curve]));
  const listed = learn.slice(0, mostListed).map(({ curve: path = [], parameter, from, to }) => {
    const given = parameterOf(plainCurve(known.get(JSON.stringify(path))!), parameter)!;
    const name = path.length > 0 ? nameOf(path.join(' / ')) : 'all exposure';
    const words = parameter === 'decay' ? 'decay' : 'half saturation';
    return `${name}: ${words} ${figure(given)}, between ${figure(from)} and ${figure(to)}`;
  });
  if (learn.length > mostListed) listed.push(`${learn.length - mostListed} more`);
  const what = learn.length === 1 ? '1 parameter' : `${learn.length} parameters`;
  return `A fit will move ${what} of these curves (effectiveExposure.learn), shown here as given: ${listed.join('; ')}.`;
}
