import type * as z from 'zod/mini';
import { show } from '../base/errors.js';
import { collectFaults, type Faults } from '../base/faults.js';
import { suggestion } from '../base/nearest.js';
import { pathText as pathOf, plainCopy } from '../base/plain.js';
import type { Curve, Model, Preset } from './config.js';
import { presetSchemaOf } from './presets/check.js';
import { curveSchema, modelSchema } from './schema.js';
import { checkSections } from './sections.js';

type Issue = NonNullable<ReturnType<typeof modelSchema.safeParse>['error']>['issues'][number];
type Path = readonly PropertyKey[];

const whole = 'config'; // what messages call all of it
const pathText = (path: Path) => pathOf(path, whole);

const got = (value: unknown) => (value === undefined ? 'nothing' : show(value));

const isObject = (value: unknown): value is Record<PropertyKey, unknown> => typeof value === 'object' && value !== null;
const isSection = (value: unknown): value is Record<string, unknown> => isObject(value) && !Array.isArray(value);

function at(raw: unknown, path: Path): unknown {
  let value = raw;
  for (const part of path) value = isObject(value) ? value[part] : undefined;
  return value;
}

/** The faults of the one alternative that is an object; null where there is none. */
function insideOf(alternatives: readonly (readonly z.core.$ZodIssue[])[]): Issue[] | null {
  const inside = alternatives.find((issues) =>
    issues.every(({ code, path }) => path.length > 0 || code === 'unrecognized_keys'),
  );
  return inside && inside.length > 0 ? (inside as Issue[]) : null;
}

function report(faults: Faults, issues: readonly Issue[], raw: unknown, prefix: Path): void {
  const said = new Set<string>(); // two checks may miss the same thing
  for (const issue of issues) {
    const path = [...prefix, ...issue.path];
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) {
        const problem = `unknown option${suggestion(key, issue.message.split('\n'))}`;
        faults.add('unknown-option', pathText([...path, key]), problem);
      }
      continue;
    }
    const found = at(raw, issue.path);
    // an object where one of several things may stand: what is wrong inside it says more
    const inside = issue.code === 'invalid_union' && isSection(found) ? insideOf(issue.errors) : null;
    if (inside) {
      report(faults, inside, found, path);
      continue;
    }
    const problem = `expected ${issue.message}, got ${got(found)}`;
    if (!said.has(`${pathText(path)}: ${problem}`)) faults.add('option', pathText(path), problem);
    said.add(`${pathText(path)}: ${problem}`);
  }
}

// JSON.parse makes `__proto__` an ordinary key; nothing downstream should ever meet one
function refuseProto(faults: Faults, value: unknown, path: Path): void {
  if (!isObject(value)) return;
  for (const key of Object.keys(value)) {
    if (key === '__proto__') faults.add('unknown-option', pathText([...path, key]), 'unknown option');
    else refuseProto(faults, value[key], [...path, Array.isArray(value) ? Number(key) : key]);
  }
}

function checkCurves(faults: Faults, curves: Record<string, unknown>, depth: number, path: Path): void {
  if (depth === 0) {
    const { error } = ('preset' in curves ? presetSchemaOf(curves) : curveSchema).safeParse(curves);
    if (error) report(faults, error.issues as Issue[], curves, path);
    return;
  }
  for (const [value, inner] of Object.entries(curves)) {
    if (isSection(inner)) checkCurves(faults, inner, depth - 1, [...path, value]);
    else {
      const expected = depth === 1 ? 'a curve' : 'an object of curves';
      faults.add('option', pathText([...path, value]), `expected ${expected}, got ${show(inner)}`);
    }
  }
}

/** A copy of a configuration that a caller may go on changing; what is in it is not checked. @throws InputError where there is none */
export const copyModel = (model: unknown): unknown => plainCopy(model, [], whole);

/**
 * Checks a configuration, as read from JSON. What comes back is a copy: changing what was handed over does not change it.
 * @throws InputError with everything that is wrong: `path: expected X, got Y`, unknown options with the nearest known name
 */
export function parseModel(config: unknown): Model {
  const raw = copyModel(config);
  const faults = collectFaults();
  refuseProto(faults, raw, []);
  faults.throwIfAny();
  const { data, error } = modelSchema.safeParse(raw);
  if (error) report(faults, error.issues, raw, []);
  const effective = at(raw, ['effectiveExposure']);
  if (isSection(effective) && isSection(effective.curves)) {
    const depth = Array.isArray(effective.by) ? effective.by.length : 0;
    checkCurves(faults, effective.curves, depth, ['effectiveExposure', 'curves']);
  }
  faults.throwIfAny();
  const model = data as Model;
  checkSections(faults, model);
  faults.throwIfAny();
  return model;
}

/** Checks one curve by itself, and gives a copy of it. @throws InputError */
export function parseCurve(curve: unknown): Curve | Preset {
  const raw = plainCopy(curve, ['curve']);
  const faults = collectFaults();
  refuseProto(faults, raw, ['curve']);
  if (isSection(raw)) checkCurves(faults, raw, 0, ['curve']);
  else faults.add('option', 'curve', `expected a curve, got ${got(raw)}`);
  faults.throwIfAny();
  return raw as Curve | Preset;
}
