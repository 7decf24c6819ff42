import { show } from '../base/errors.js';
import { collectFaults, type Faults } from '../base/faults.js';
import { readMembers } from '../base/members.js';

/** One switch of a simulator. The command line makes its flags from these, so help and defaults stand here alone. */
export interface OptionRule {
  readonly default: number;
  /** Smallest and largest value allowed. */
  readonly min: number;
  readonly max: number;
  /** Whole numbers only. */
  readonly integer: boolean;
  /** What it does, with its unit. */
  readonly help: string;
}

/** The switches of a simulator by name, in the order of its help. */
export type OptionRules = Readonly<Record<string, OptionRule>>;

/** What a caller may give: any of the switches. */
export type OptionsOf<Rules extends OptionRules> = { readonly [Name in keyof Rules]?: number | undefined };

/** What a simulator works with: all of the switches. */
export type ValuesOf<Rules extends OptionRules> = { readonly [Name in keyof Rules]: number };

export const whole = (value: number, min: number, max: number, help: string): OptionRule => ({
  default: value,
  min,
  max,
  integer: true,
  help,
});

export const real = (value: number, min: number, max: number, help: string): OptionRule => ({
  default: value,
  min,
  max,
  integer: false,
  help,
});

/** Same words in both simulators. */
export const seedRule = whole(1, 0, Number.MAX_SAFE_INTEGER, 'seed of every random number: same seed, same bytes');

/**
 * Checks options against their rules and fills in the defaults. `relations` notes what is wrong between values that
 * are each in range.
 * @throws InputError with all faults
 */
export function checkOptions<Rules extends OptionRules>(
  rules: Rules,
  options: unknown,
  relations: (values: ValuesOf<Rules>, refuse: (name: string, expected: string) => void) => void,
): ValuesOf<Rules> {
  const faults: Faults = collectFaults();
  const names = Object.keys(rules);
  const given = readMembers(faults, options, names, { whole: 'options', path: (name) => name });
  const values = {} as Record<string, number>;
  for (const name of names) {
    const { default: standard, min, max, integer } = rules[name];
    const value = given[name] === undefined ? standard : given[name];
    if (typeof value === 'number' && value >= min && value <= max && (!integer || Number.isInteger(value))) {
      values[name] = value;
    } else {
      faults.add(
        'option',
        name,
        `expected ${integer ? 'an integer' : 'a number'} from ${min} to ${max}, got ${show(value)}`,
      );
    }
  }
  faults.throwIfAny();
  relations(values as ValuesOf<Rules>, (name, expected) =>
    faults.add('option', name, `expected ${expected}, got ${show(values[name])}`),
  );
  faults.throwIfAny();
  return values as ValuesOf<Rules>;
}
