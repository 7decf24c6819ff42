type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What each keyword asks of a value. */
const keywords: Record<string, (rule: never, value: unknown, schema: Json, root: Json) => boolean> = {
  type: (type: string, value) => types[type](value),
  const: (expected: unknown, value) => value === expected,
  enum: (values: unknown[], value) => values.includes(value),
  $ref: (ref: string, value, _, root) => {
    const target = ref
      .split('/')
      .slice(1)
      .reduce<unknown>((at, name) => (at as Json)[name], root);
    return accepts(target as Json, value, root);
  },
  allOf: (list: Json[], value, _, root) => list.every((schema) => accepts(schema, value, root)),
  not: (rule: Json, value, _, root) => !accepts(rule, value, root),
  anyOf: (list: Json[], value, _, root) => list.some((schema) => accepts(schema, value, root)),
  oneOf: (list: Json[], value, _, root) => list.filter((schema) => accepts(schema, value, root)).length === 1,
  properties: (list: Record<string, Json>, value, _, root) =>
    !isObject(value) ||
    Object.keys(value).every((name) => !Object.hasOwn(list, name) || accepts(list[name], value[name], root)),
  required: (names: string[], value) => !isObject(value) || names.every((name) => Object.hasOwn(value, name)),
  additionalProperties: (rule: boolean | Json, value, schema, root) =>
    !isObject(value) ||
    Object.keys(value)
      .filter((name) => !Object.hasOwn((schema.properties ?? {}) as Json, name))
      .every((name) => (typeof rule === 'boolean' ? rule : accepts(rule, value[name], root))),
  propertyNames: (rule: Json, value, _, root) =>
    !isObject(value) || Object.keys(value).every((name) => accepts(rule, name, root)),
  items: (rule: Json, value, _, root) => !Array.isArray(value) || value.every((item) => accepts(rule, item, root)),
  minItems: (least: number, value) => !Array.isArray(value) || value.length >= least,
  uniqueItems: (unique: boolean, value) => !unique || !Array.isArray(value) || new Set(value).size === value.length,
  minLength: (least: number, value) => typeof value !== 'string' || [...value].length >= least,
  pattern: (text: string, value) => typeof value !== 'string' || new RegExp(text, 'u').test(value),
  minimum: (least: number, value) => typeof value !== 'number' || value >= least,
  maximum: (most: number, value) => typeof value !== 'number' || value <= most,
  exclusiveMinimum: (bound: number, value) => typeof value !== 'number' || value > bound,
  exclusiveMaximum: (bound: number, value) => typeof value !== 'number' || value < bound,
};

const types: Record<string, (value: unknown) => boolean> = {
  object: isObject,
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  integer: Number.isInteger,
  boolean: (value) => typeof value === 'boolean',
  null: (value) => value === null,
};

const notes = ['$schema', '$defs', 'title', 'default', 'description'];

/** Whether a JSON Schema accepts a value: the keywords that the configuration uses, and an error for any other. */
export function accepts(schema: Json | boolean, value: unknown, root: Json = schema as Json): boolean {
  if (typeof schema === 'boolean') return schema;
  return Object.entries(schema).every(([name, rule]) => {
    if (notes.includes(name)) return true;
    if (!Object.hasOwn(keywords, name)) throw new Error(`a keyword that this check does not know: ${name}`);
    return keywords[name](rule as never, value, schema, root);
  });
}
