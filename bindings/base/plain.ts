import { collectFaults } from './faults.js';
import { reasonOf, tagOf, withArticle } from './show.js';

const deepest = 100; // levels: curves nest once for each column that chooses them
const mostValues = 200_000;

/** `curves.tv.adstock`, `covariates[2]`; the name of the whole for no part. */
export const pathText = (path: readonly PropertyKey[], whole: string): string =>
  path
    .map((part, i) => {
      if (typeof part === 'number') return i > 0 ? `[${part}]` : `${whole}[${part}]`;
      return i > 0 ? `.${String(part)}` : String(part);
    })
    .join('') || whole;

/**
 * A deep copy of a configuration: objects and lists, down to texts, numbers, functions and whatever else the schema judges by
 * itself. What was handed over may change from here on. `from` is where messages say it stands, `whole` what they call all of it.
 * @throws InputError where it is no tree of plain objects and lists: a circle, too deep, a getter that throws, a Map
 */
export function plainCopy(raw: unknown, from: readonly PropertyKey[], whole = ''): unknown {
  const faults = collectFaults();
  const path = [...from];
  const inside: object[] = []; // from the whole down to where we are
  let values = 0;
  const refuse = (problem: string): undefined => {
    // the way to the bottom of the deep is no help to anybody
    const text = pathText(path, whole);
    faults.add('unreadable', text.length > 200 ? `${text.slice(0, 197)}...` : text, problem);
    faults.throwIfAny();
  };
  const members = (from: object, names: readonly PropertyKey[], to: object): void => {
    for (const name of names) {
      path.push(name);
      let value: unknown;
      try {
        value = (from as Record<PropertyKey, unknown>)[name];
      } catch (error) {
        refuse(`expected a value, got an error: ${reasonOf(error)}`);
      }
      put(to, name, copy(value));
      path.pop();
    }
  };
  const copy = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    const names = readNames(value);
    if (typeof names === 'string') return refuse(names);
    values += names.length;
    if (inside.includes(value)) return refuse('expected no circle, got an object that holds itself');
    if (inside.length === deepest) return refuse(`expected at most ${deepest} levels, got more`);
    if (values > mostValues) return refuse(`expected at most ${mostValues} values in all, got more`);
    const to = Array.isArray(value) ? [] : {};
    inside.push(value);
    members(value, names, to);
    inside.pop();
    return to;
  };
  return copy(raw);
}

function put(to: object, name: PropertyKey, value: unknown): void {
  // an assignment to `__proto__` would be none, but defining takes several times as long
  if (name !== '__proto__') (to as Record<PropertyKey, unknown>)[name] = value;
  else Object.defineProperty(to, name, { value, configurable: true, enumerable: true, writable: true });
}

/** Names of what an object or a list holds, or what is wrong with it. */
function readNames(value: object): readonly PropertyKey[] | string {
  try {
    if (Array.isArray(value)) {
      if (value.length > mostValues) return `expected at most ${mostValues} values in all, got more`;
      return Array.from({ length: value.length }, (_, i) => i);
    }
    const tag = tagOf(value);
    if (tag === 'Object' || tag === 'Module') return Object.keys(value);
    return `expected a plain object, a list, text or a number, got ${withArticle(tag)}`;
  } catch (error) {
    return `expected an object that can be read, got an error: ${reasonOf(error)}`;
  }
}
