import type * as z from 'zod/mini';
import { show } from '../errors.js';
import { collectFaults, type Faults } from '../faults.js';
import { suggestion } from '../nearest.js';
import { type Curve, curvesOf, type Model } from './config.js';
import { scaleOf } from './fill.js';
import { curveSchema, modelSchema } from './schema.js';

type Issue = NonNullable<ReturnType<typeof modelSchema.safeParse>['error']>['issues'][number];
type Path = readonly PropertyKey[];

const pathText = (path: Path) =>
  path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : i > 0 ? `.${String(part)}` : String(part)))
    .join('') || 'config';

const isObject = (value: unknown): value is Record<PropertyKey, unknown> => typeof value === 'object' && value !== null;
const isSection = (value: unknown): value is Record<string, unknown> => isObject(value) && !Array.isArray(value);

function at(raw: unknown, path: Path): unknown {
  let value = raw;
  for (const part of path) value = isObject(value) ? value[part] : undefined;
  return value;
}

const got = (value: unknown) => (value === undefined ? 'nothing' : show(value));

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
    const { error } = curveSchema.safeParse(curves);
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

const brickOutputs = ['exposure', 'share', 'allocation', 'lower', 'upper', 'total', 'reason'];
const entityOutputs = [
  'productivity',
  'exposure',
  'allocation',
  'share',
  'proportional',
  'trust',
  'flags',
  'lower',
  'upper',
];

// what holds between sections
function checkColumns(faults: Faults, { totals, exposure, entities, effectiveExposure }: Model): void {
  const mismatch = (path: string, like: string, expected: number, found: number) =>
    faults.add('option', path, `expected ${expected} column${expected === 1 ? '' : 's'} like ${like}, got ${found}`);
  if (exposure.brick.length !== totals.brick.length) {
    mismatch('exposure.brick', 'totals.brick', totals.brick.length, exposure.brick.length);
  }
  if (entities && entities.entity.length !== exposure.entity.length) {
    mismatch('entities.entity', 'exposure.entity', exposure.entity.length, entities.entity.length);
  }
  const refuse = (path: string, name: string) =>
    faults.add(
      'reserved-column',
      path,
      `expected a column name that the result does not use, got ${show(name)}. Rename the column.`,
    );
  for (const name of totals.brick) if (brickOutputs.includes(name)) refuse('totals.brick', name);
  for (const name of exposure.entity) {
    if (entityOutputs.includes(name)) refuse('exposure.entity', name);
    // the brick columns of the result have the names of totals.brick: this one would be another column there
    const part = totals.brick.indexOf(name);
    if (part >= 0 && part !== exposure.brick.indexOf(name)) refuse('exposure.entity', name);
  }
  if (!effectiveExposure) return;
  const { time, by = [] } = effectiveExposure;
  if (time !== undefined && !exposure.brick.includes(time)) {
    faults.add(
      'option',
      'effectiveExposure.time',
      `expected one of exposure.brick, got ${show(time)}${suggestion(time, exposure.brick)}`,
    );
  }
  const keys = [...exposure.brick, ...exposure.entity];
  by.forEach((name, i) => {
    if (keys.includes(name) && name !== time) return;
    const columns = keys.filter((key) => key !== time);
    const expected = `a column of exposure.brick or exposure.entity${name === time ? ' other than time' : ''}`;
    const problem = `expected ${expected}, got ${show(name)}${suggestion(name, columns)}`;
    faults.add('option', `effectiveExposure.by[${i}]`, problem);
  });
  for (const [path, curve] of curvesOf(effectiveExposure.curves, by.length)) {
    const needs = needsTime(curve);
    if (needs && time === undefined) {
      const where = ['effectiveExposure.curves', ...path].join('.');
      faults.add(
        'option',
        'effectiveExposure.time',
        `expected the column that holds the period, got nothing: ${where} has ${needs}`,
      );
    }
  }
}

function needsTime(curve: Curve): string | null {
  if (curve.adstock && curve.adstock.kind !== 'none') return 'an adstock';
  const scale = scaleOf(curve);
  return scale !== null && typeof scale !== 'number' ? `scale "${scale.kind}"` : null;
}

/**
 * Checks a configuration, as read from JSON.
 * @throws InputError with everything that is wrong: `path: expected X, got Y`, unknown options with the nearest known name
 */
export function parseModel(raw: unknown): Model {
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
  checkColumns(faults, model);
  faults.throwIfAny();
  return model;
}
