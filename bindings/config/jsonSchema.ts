import * as z from 'zod/mini';
import { defaults } from './config.js';
import { presetJsonSchemas } from './presets/jsonSchema.js';
import { curveSchema, modelSchema } from './schema.js';

type Json = Record<string, unknown>;
const inside = (schema: Json, ...path: string[]) =>
  path.reduce((at, name) => (at.properties as Record<string, Json>)[name], schema);

// lists of column names have each name once; values of `where` may repeat
function eachOnce({ jsonSchema }: { jsonSchema: Json }): void {
  if ((jsonSchema.items as Json | undefined)?.minLength) jsonSchema.uniqueItems = true;
}

const ofCurves = ['of', 'order', 'from', 'per', 'over', 'normalize', 'shrink', 'lead', 'amplitude'] as const;

// many kinds of curve have the same options
function defaultEverywhere(at: unknown): void {
  if (typeof at !== 'object' || at === null) return;
  const { properties } = at as { properties?: Record<string, Json> };
  for (const name of ofCurves) if (properties?.[name]) properties[name].default = defaults[name];
  for (const inner of Object.values(at)) defaultEverywhere(inner);
}

/** The JSON Schema (draft 2020-12) of the configuration, defaults included: for editors and validators. */
export function modelJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(modelSchema, { override: eachOnce }) as Json;
  const curve = z.toJSONSchema(curveSchema) as Json;
  delete curve.$schema;
  defaultEverywhere(curve);
  // one level of nesting per `by` column: a curve, or an object of curves
  const curves = inside(schema, 'effectiveExposure', 'curves');
  for (const key of Object.keys(curves)) delete curves[key];
  curves.$ref = '#/$defs/curves';
  const presets = presetJsonSchemas();
  const kinds = ['curve', ...Object.keys(presets)].map((name) => ({ $ref: `#/$defs/${name}` }));
  schema.$defs = {
    curve,
    ...presets,
    curves: {
      anyOf: [...kinds, { type: 'object', additionalProperties: { $ref: '#/$defs/curves' } }],
    },
  };
  for (const name of ['family', 'productivity'] as const) inside(schema, 'model', name).default = defaults[name];
  const predicted = (inside(schema, 'model', 'productivity').anyOf as Json[])[1];
  const learned = inside(schema, 'effectiveExposure', 'learn').items as Json;
  inside(learned, 'spread').default = defaults.learnSpread;
  inside(predicted, 'missing').default = defaults.missing;
  inside(predicted, 'penalty').default = defaults.penalty;
  const poolings = (inside(schema, 'model', 'pooling').anyOf ?? inside(schema, 'model', 'pooling').oneOf) as Json[];
  for (const { properties } of poolings as { properties: Record<string, Json> }[]) {
    for (const name of ['spread', 'evidence', 'together'] as const) {
      if (properties[name]) properties[name].default = defaults[name];
    }
  }
  for (const name of ['solver', 'tolerance', 'maxPasses'] as const)
    inside(schema, 'fit', name).default = defaults[name];
  for (const name of ['format', 'decimals', 'standardErrors', 'escapeFormulas'] as const)
    inside(schema, 'output', name).default = defaults[name];
  for (const section of ['totals', 'exposure', 'entities'])
    for (const name of ['header', 'footer'] as const) inside(schema, section, name).default = defaults[name];
  inside(schema, 'seed').default = defaults.seed;
  return { title: 'apportion model', ...schema };
}
