import type { Faults } from './faults.js';
import { suggestion } from './nearest.js';
import { got, reasonOf, show } from './show.js';

/** How the members of an object of options are judged. */
interface Rule {
  /** What messages call the whole. */
  readonly whole: string;
  /** What messages call a member; `whole.name` when left out. */
  readonly path?: (name: string) => string;
  /** What was expected, in words; `an object` when left out. */
  readonly expected?: string;
  /** Names that are not known are passed over rather than refused. */
  readonly others?: 'allowed';
}

/**
 * Reads the named members of an object of options, each once. What is no object, cannot be read or is unknown is noted in `faults`;
 * what is left out is undefined.
 */
export function readMembers<Name extends string>(
  faults: Faults,
  value: unknown,
  known: readonly Name[],
  { whole, path = (name) => `${whole}.${name}`, expected = 'an object', others }: Rule,
): Partial<Record<Name, unknown>> {
  const members: Partial<Record<Name, unknown>> = {};
  const refuse = () => faults.add('option', whole, `expected ${expected}, got ${got(value)}`);
  if (typeof value !== 'object' || value === null) {
    refuse();
    return members;
  }
  let names: string[] = [];
  try {
    if (show(value) === 'a Promise') {
      faults.add('option', whole, `expected ${expected}, got a Promise. Await it.`);
      return members;
    }
    if (Array.isArray(value)) refuse();
    else if (others === undefined) names = Object.keys(value);
  } catch (error) {
    faults.add('unreadable', whole, `expected ${expected}, got an error: ${reasonOf(error)}`);
    return members;
  }
  for (const name of names) {
    if ((known as readonly string[]).includes(name)) continue;
    faults.add('unknown-option', path(name), `unknown option${suggestion(name, known)}`);
  }
  for (const name of known) {
    try {
      members[name] = (value as Record<string, unknown>)[name];
    } catch (error) {
      faults.add('unreadable', path(name), `expected a value, got an error: ${reasonOf(error)}`);
    }
  }
  return members;
}
