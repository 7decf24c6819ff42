import { show } from '../base/errors.js';
import type { Faults } from '../base/faults.js';
import { suggestion } from '../base/nearest.js';
import { parseNumber } from '../base/numbers/grammar.js';
import { checkPooling } from './checkPooling.js';
import { type Curve, curvesOf, defaults, type Model } from './config.js';
import { scaleOf } from './fill.js';
import { FormulaError, parseFormula } from './formula.js';
import { parameterOf } from './learn.js';
import { plainCurve } from './presets/plain.js';

const brickOutputs = ['exposure', 'share', 'allocation', 'lower', 'upper', 'total', 'reason'];
const entityOutputs = [
  'productivity',
  'exposure',
  'allocation',
  'share',
  'proportional',
  'trust',
  'relative',
  'posteriorDeviation',
  'standardError',
  'sandwichError',
  'blockError',
  'flags',
  'lower',
  'upper',
];

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
  for (const [path, written] of curvesOf(effectiveExposure.curves, by.length)) {
    const curve = plainCurve(written);
    const where = ['effectiveExposure.curves', ...path].join('.');
    const { saturation = { kind: 'none' } } = curve;
    if (saturation.kind !== 'none' && saturation.of === 'frequency' && exposure.frequency === undefined) {
      const problem = `expected the column of frequency, got nothing: ${where} saturates it`;
      faults.add('option', 'exposure.frequency', problem);
    }
    const needs = needsTime(curve);
    if (needs && time === undefined) {
      faults.add(
        'option',
        'effectiveExposure.time',
        `expected the column that holds the period, got nothing: ${where} has ${needs}`,
      );
    }
  }
}

// what is learned must be there, begin inside its bounds, and be asked for once
function checkLearning(faults: Faults, { model, effectiveExposure }: Model): void {
  const { learn = [], curves, by = [] } = effectiveExposure ?? { curves: {} };
  if (learn.length === 0) return;
  if ((model?.productivity ?? 'free') !== 'free') {
    faults.add(
      'option',
      'effectiveExposure.learn',
      'expected nothing beside covariates, got a list. Learn the curves first, then fit with what was learned.',
    );
  }
  const known = new Map(
    [...curvesOf(curves, by.length)].map(([path, curve]) => [JSON.stringify(path), plainCurve(curve)]),
  );
  const asked = new Set<string>();
  learn.forEach(({ curve: path = [], parameter, from, to }, i) => {
    const where = `effectiveExposure.learn[${i}]`;
    const key = JSON.stringify(path);
    const curve = known.get(key);
    if (!curve) {
      const names = [...known.keys()];
      faults.add(
        'option',
        `${where}.curve`,
        `expected the values of ${show(by)} that lead to a curve, got ${show(path)}${suggestion(key, names)}`,
      );
      return;
    }
    const name = ['effectiveExposure.curves', ...path].join('.');
    const value = parameterOf(curve, parameter);
    if (value === null)
      faults.add(
        'option',
        `${where}.parameter`,
        `expected a parameter of ${name}, got ${show(parameter)}, which it does not have`,
      );
    if (parameter === 'decay' && !(to < 1)) faults.add('option', `${where}.to`, `expected a decay below 1, got ${to}`);
    if (!(from < to)) faults.add('option', `${where}.to`, `expected more than ${from}, got ${to}`);
    else if (value !== null && !(value >= from && value <= to)) {
      faults.add('option', where, `expected bounds around ${value}, which ${name} has, got [${from}, ${to}]`);
    }
    if (asked.has(`${key} ${parameter}`))
      faults.add('option', where, `expected each parameter once, got ${show(parameter)} of ${name} again`);
    asked.add(`${key} ${parameter}`);
  });
}

// formulas, and what they do not go together with
function checkCovariates(faults: Faults, { model, entities, exposure, totals }: Model): void {
  const productivity = model?.productivity ?? 'free';
  if (productivity === 'free') return;
  const path = 'model.productivity';
  productivity.covariates.forEach((formula, i) => {
    try {
      parseFormula(formula);
    } catch (error) {
      if (!(error instanceof FormulaError)) throw error;
      faults.add('covariate', `${path}.covariates[${i}]`, `${error.message} of ${show(formula)}`);
    }
  });
  if (model?.pooling?.kind === 'none') {
    faults.add(
      'option',
      'model.pooling',
      `expected gamma pooling beside covariates, got "none". Set ${path}.deviation to 0 for the regression alone.`,
    );
  } else if (model?.pooling?.kind === 'gamma' && model.pooling.groups) {
    faults.add(
      'option',
      'model.pooling.groups',
      `expected nothing beside covariates, got ${show(model.pooling.groups)}. Put them among the covariates.`,
    );
  }
  for (const [i, name] of (productivity.by ?? []).entries()) {
    if (entities || exposure.entity.includes(name)) continue;
    faults.add(
      'missing-column',
      `${path}.by[${i}]`,
      `expected one of exposure.entity, got ${show(name)}. Add an entities table that has it.`,
    );
  }
  checkBlocks(faults, totals.brick, `${path}.blocks`, productivity.blocks);
}

function checkBlocks(faults: Faults, brick: string[], path: string, blocks: string[] = []): void {
  for (const [i, name] of blocks.entries()) {
    if (brick.includes(name)) continue;
    faults.add('option', `${path}[${i}]`, `expected one of totals.brick, got ${show(name)}${suggestion(name, brick)}`);
  }
}

function needsTime(curve: Curve): string | null {
  if (curve.adstock && curve.adstock.kind !== 'none') return 'an adstock';
  const scale = scaleOf(curve);
  return scale !== null && typeof scale !== 'number' ? `scale "${scale.kind}"` : null;
}

// types are of key columns
function checkTypes(faults: Faults, { totals, exposure, entities }: Model): void {
  const keys = { totals: totals.brick, exposure: [...exposure.brick, ...exposure.entity], entities: entities?.entity };
  for (const [section, { types } = {}] of Object.entries({ totals, exposure, entities })) {
    const known = keys[section as keyof typeof keys] ?? [];
    for (const name of Object.keys(types ?? {})) {
      if (known.includes(name)) continue;
      const problem = `expected a key column of ${section}, got ${show(name)}${suggestion(name, known)}`;
      faults.add('option', `${section}.types.${name}`, problem);
    }
  }
}

/** What holds between the sections of a configuration, each of which is right by itself. */
/** A thousands mark that is the decimal mark, or a text that is a number and counts as empty, would make numbers mean two things. */
function checkNumbers(faults: Faults, model: Model): void {
  for (const name of ['totals', 'exposure', 'entities'] as const) {
    const { decimal = defaults.decimal, thousands, empty = [] } = model[name] ?? {};
    if (thousands === decimal) {
      const problem = `expected another mark than the decimal one, got ${show(thousands)}`;
      const cure = decimal === defaults.decimal ? '. Set "decimal": ",".' : '';
      faults.add('option', `${name}.thousands`, problem + cure);
      continue;
    }
    empty.forEach((text, i) => {
      if (parseNumber(text, { decimal, thousands }) === undefined) return;
      faults.add('option', `${name}.empty[${i}]`, `expected a text that is no number, got ${show(text)}`);
    });
  }
}

export function checkSections(faults: Faults, model: Model): void {
  checkNumbers(faults, model);
  checkColumns(faults, model);
  checkTypes(faults, model);
  checkCovariates(faults, model);
  checkLearning(faults, model);
  checkPooling(faults, model);
  const { blocks, productivity = 'free' } = model.model ?? {};
  checkBlocks(faults, model.totals.brick, 'model.blocks', blocks);
  if (blocks && blocks.length > 0 && productivity === 'free' && !model.output?.standardErrors) {
    const problem = `expected covariates, or output.standardErrors, beside it, got ${show(blocks)} alone`;
    faults.add('option', 'model.blocks', problem);
  }
}
