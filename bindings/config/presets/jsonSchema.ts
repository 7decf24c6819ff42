import * as z from 'zod/mini';
import { choiceLeaf } from './check.js';
import { presetDefaults } from './defaults.js';
import { describePreset } from './descriptions.js';
import type { PresetName } from './preset.js';
import { type Choice, type Rules, rules, type Shape } from './rules.js';

type Json = Record<string, unknown>;
type Properties = Record<string, Json>;

/** JSON Schema of a shape: its properties, and those that must be there. */
function schemaOf(shape: Shape): { properties: Properties; required: string[] } {
  const { properties, required = [] } = z.toJSONSchema(z.strictObject(shape)) as Json;
  return { properties: (properties ?? {}) as Properties, required: required as string[] };
}

/** The kind that a choice has when it is left out. */
const standardKind = ({ standard, kinds }: Choice): Shape => (standard === undefined ? {} : kinds.get(standard)!);

/** JSON Schemas of the presets, for `$defs`. Which parameters stand together is said by one `anyOf` for each choice. */
export const presetJsonSchemas = (): Properties =>
  Object.fromEntries(Object.entries(rules).map(([name, of]) => [name, presetJsonSchema(name as PresetName, of)]));

function presetJsonSchema(preset: PresetName, { always, choices }: Rules): Json {
  const own = Object.fromEntries(choices.map((choice) => [choice.name, choiceLeaf(choice)]));
  const kinds = choices.flatMap((choice) => [...choice.kinds.values()]);
  const properties = inAnyOf([always, own, ...kinds].map((shape) => schemaOf(shape).properties));
  const { required } = schemaOf({ ...always, ...own });
  const descriptions = describePreset(preset);
  const defaults: Readonly<Record<string, unknown>> = {
    ...(presetDefaults as Readonly<Record<string, object>>)[preset],
    ...Object.fromEntries(choices.flatMap(({ name, standard }) => (standard === undefined ? [] : [[name, standard]]))),
    ...(properties.of && { of: 'medium' }),
  };
  for (const [name, property] of Object.entries(properties)) {
    property.description = descriptions[name];
    if (Object.hasOwn(defaults, name)) property.default = defaults[name];
  }
  return {
    type: 'object',
    description: descriptions.preset,
    properties: { preset: { const: preset }, ...properties },
    required: ['preset', ...required],
    additionalProperties: false,
    allOf: choices.map((choice) => ({
      anyOf: [...choice.kinds].map(([value, kind]) =>
        alternative(choice, value, kind, { always, choices }, properties),
      ),
    })),
  };
}

/** Every property as it is in any of the lists. Where they differ each kind says for itself which it is. */
function inAnyOf(lists: readonly Properties[]): Properties {
  const found = new Map<string, Map<string, Json>>();
  for (const [name, property] of lists.flatMap(Object.entries)) {
    found.set(name, (found.get(name) ?? new Map()).set(JSON.stringify(property), property));
  }
  return Object.fromEntries(
    Array.from(found, ([name, forms]) => [
      name,
      forms.size > 1 ? { anyOf: [...forms.values()] } : [...forms.values()][0],
    ]),
  );
}

function alternative(
  choice: Choice,
  value: string | boolean,
  kind: Shape,
  { always, choices }: Rules,
  known: Properties,
) {
  const { properties, required } = schemaOf(kind);
  const elsewhere = choices.filter((other) => other !== choice).map(standardKind);
  const allowed = Object.assign({}, kind, always, ...elsewhere);
  const others = [...choice.kinds.values()].flatMap(Object.keys).filter((name) => !Object.hasOwn(allowed, name));
  const own = choices.map(({ name }) => name);
  const stricter = Object.entries(properties).filter(
    ([name, property]) => JSON.stringify(property) !== JSON.stringify(plain(known[name])),
  );
  return {
    properties: {
      [choice.name]: { const: value },
      ...Object.fromEntries(stricter),
      ...Object.fromEntries(others.filter((name) => !own.includes(name)).map((name) => [name, false])),
    },
    required: [...(value === choice.standard ? [] : [choice.name]), ...required],
  };
}

/** A property without what is said of it in words. */
const plain = ({ description: _, default: __, ...property }: Json) => property;
