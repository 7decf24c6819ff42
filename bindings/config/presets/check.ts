import * as z from 'zod/mini';
import { oneOf, section } from '../leaves.js';
import { presetDefaults } from './defaults.js';
import { type Choice, type Rules, rules, type Shape } from './rules.js';

const orStandard = ({ standard }: Choice, leaf: z.ZodMiniType) => (standard === undefined ? leaf : z.optional(leaf));

/** The schema of a choice itself. */
export function choiceLeaf(choice: Choice): z.ZodMiniType {
  const names = [...choice.kinds.keys()];
  const leaf =
    typeof names[0] === 'boolean' ? z.boolean({ error: 'true or false' }) : oneOf(...(names as [string, ...string[]]));
  return orStandard(choice, leaf);
}

/** Parameters that stand beside each other with these choices. */
export function shapeOf({ always, choices }: Rules, kinds: readonly Shape[]): Shape {
  const own = Object.fromEntries(choices.map((choice) => [choice.name, choiceLeaf(choice)]));
  return Object.assign({}, always, own, ...kinds);
}

/** Schemas of presets by their name and choices: a search asks thousands of times, and making one takes as long as ten checks. */
const schemas = new Map<string, z.ZodMiniType>();

/** The schema that a preset, as written, has to match: its choices first, then the parameters that come with them. */
export function presetSchemaOf(raw: Readonly<Record<string, unknown>>): z.ZodMiniType {
  const preset = String(raw.preset) as keyof typeof rules;
  const known = Object.keys(rules) as (keyof typeof rules)[];
  if (!Object.hasOwn(rules, preset)) return z.looseObject({ preset: oneOf(...(known as [string, ...string[]])) });
  const { choices } = rules[preset];
  const kinds: Shape[] = [];
  const wrong: Record<string, z.ZodMiniType> = {};
  for (const choice of choices) {
    const kind = choice.kinds.get((raw[choice.name] ?? choice.standard) as string);
    if (kind) kinds.push(kind);
    else wrong[choice.name] = choiceLeaf(choice);
  }
  // without a choice nobody knows which other parameters there are
  if (kinds.length < choices.length) return z.looseObject(wrong);
  const key = JSON.stringify([preset, ...choices.map(({ name, standard }) => raw[name] ?? standard)]);
  const schema = schemas.get(key) ?? schemaWith(preset, kinds);
  schemas.set(key, schema);
  return schema;
}

const schemaWith = (preset: keyof typeof rules, kinds: readonly Shape[]) =>
  section({ preset: z.literal(preset), ...shapeOf(rules[preset], kinds) }).check(
    z.refine((curve) => !(lagsBeyond(curve) < 0), { error: 'at most l_max - 1', path: ['adstock_theta'] }),
  );

const lagsBeyond = ({ l_max = presetDefaults['pymc-marketing'].l_max, adstock_theta }: Record<string, unknown>) =>
  Number(l_max) - 1 - Number(adstock_theta);
