import { describe, expect, it } from 'vitest';
import { modelJsonSchema } from '../../bindings/config/jsonSchema.js';
import { convertCurve } from '../../bindings/exposure/convert/convert.js';
import * as library from '../../bindings/index.js';
import * as html from '../../bindings/report/html/index.js';
import * as simulators from '../../bindings/simulate/index.js';
import { kinds } from './kinds.js';
import { rightFor } from './right.js';

const { ApportionError, check, createEngine, effectiveExposure, fit } = library;

// Every argument of every export, and every part of those that have parts, is given one value of every kind. Each call either
// is refused by an error of ours that names the argument, or it is among the few that are right, which are listed.

const model = {
  totals: { brick: ['week'], value: 'sales' },
  exposure: { brick: ['week'], entity: ['campaign'], value: 'visits' },
  entities: { entity: ['campaign'] },
  effectiveExposure: { time: 'week', curves: { adstock: { kind: 'geometric', decay: 0.5 } } },
  model: { pooling: { kind: 'gamma', groups: ['format'] } },
  fit: { tolerance: 1e-6 },
  output: { decimals: 2 },
} as const satisfies Record<string, unknown>;
const tables = {
  totals: { week: [1, 2, 3], sales: [100, 60, 90] },
  exposure: { week: [1, 1, 2, 3], campaign: ['a', 'b', 'a', 'b'], visits: [4, 2, 3, 5] },
  entities: { campaign: ['a', 'b'], format: ['x', 'y'] },
};

type Path = readonly string[];
/** The same with something else in one place. */
function withPart(whole: unknown, [name, ...rest]: Path, part: unknown): unknown {
  if (name === undefined) return part;
  const copy = (Array.isArray(whole) ? [...whole] : { ...(whole as object) }) as Record<string, unknown>;
  copy[name] = withPart(copy[name], rest, part);
  return copy;
}

const engine = await createEngine({ kernels: 'js' });
const result = await engine.fit(tables, model as never);
const shaped = await engine.effectiveExposure(tables, model as never);
const curve = { adstock: { kind: 'geometric', decay: 0.5 } };

interface Argument {
  readonly name: string;
  call(part: unknown): unknown;
  /** What messages call it. */
  readonly said: RegExp;
  /** A part that is written as it is, whatever it is, where it can be. */
  readonly lenient: boolean;
}

/** Functions that take tables, a configuration and options of a job. */
const jobs: Record<string, (...given: never[]) => unknown> = {
  fit,
  check,
  effectiveExposure,
  'engine.fit': engine.fit,
  'engine.check': engine.check,
  'engine.effectiveExposure': engine.effectiveExposure,
  'fit.allocate': (given: never, _: never, options: never) => result.allocate(given, options),
};

const option = /^(options|\w+): /;
const listed: Argument[] = [];
const add = (name: string, said: RegExp, call: (part: never) => unknown, lenient = false) =>
  void listed.push({ name, said, call: call as (part: unknown) => unknown, lenient });

for (const [name, job] of Object.entries(jobs) as [string, (...given: unknown[]) => unknown][]) {
  add(`${name}(tables)`, /^(tables|totals|exposure|entities)\b/, (part) => job(part, model, {}));
  add(`${name}(options)`, /^options\b/, (part) => job(tables, model, part));
  if (name === 'fit.allocate') continue;
  add(`${name}(model)`, /^(config|totals|inner|left|again)\b/, (part) => job(tables, part, {}));
}
const fitWith = (part: unknown, ...path: string[]) => fit(withPart(tables, path, part) as never, model as never);
const modelWith = (part: unknown, ...path: string[]) => fit(tables, withPart(model, path, part) as never);

for (const section of ['totals', 'exposure', 'entities']) {
  add(`tables.${section}`, new RegExp(`^${section}\\b`), (part) => fitWith(part, section));
}
for (const [section, column] of [
  ['totals', 'week'],
  ['totals', 'sales'],
  ['exposure', 'week'],
  ['exposure', 'campaign'],
  ['exposure', 'visits'],
  ['entities', 'campaign'],
  ['entities', 'format'],
]) {
  const said = new RegExp(
    `^(${section}( record \\d+)?, column ${column}|${section}, column \\w+: expected \\d+ rows|${section}\\.\\w+|model\\.pooling\\.groups.0.|exposure, column campaign: expected entities of entities)`,
  );
  add(`tables.${section}.${column}`, said, (part) => fitWith(part, section, column));
}
const cell = (section: string, column: string) => new RegExp(`^${section} record 2, column ${column}: expected `);
// text is a key, and then one that the entities table lacks
const key = (section: string) => new RegExp(`^(${section} record 2, column campaign|exposure record 2): expected `);
add('a key', key('exposure'), (part) => fitWith(part, 'exposure', 'campaign', '1'));
add('a key of the entities', key('entities'), (part) => fitWith(part, 'entities', 'campaign', '1'));
add('a group', cell('entities', 'format'), (part) => fitWith(part, 'entities', 'format', '1'));
add('a figure', cell('exposure', 'visits'), (part) => fitWith(part, 'exposure', 'visits', '1'));
add('a total', cell('totals', 'sales'), (part) => fitWith(part, 'totals', 'sales', '1'));
add('a text of a dictionary', key('exposure'), (part) =>
  fitWith({ codes: [0, 1, 0, 1], values: ['a', part] }, 'exposure', 'campaign'),
);
for (const path of [
  ['totals'],
  ['totals', 'brick'],
  ['totals', 'value'],
  ['totals', 'where'],
  ['exposure', 'entity'],
  ['entities'],
  ['effectiveExposure'],
  ['effectiveExposure', 'time'],
  ['effectiveExposure', 'curves'],
  ['effectiveExposure', 'curves', 'adstock'],
  ['effectiveExposure', 'curves', 'adstock', 'decay'],
  ['model'],
  ['model', 'pooling'],
  ['model', 'pooling', 'groups'],
  ['model', 'productivity'],
  ['fit', 'tolerance'],
  ['output', 'decimals'],
  ['seed'],
]) {
  // other sections may want what is missing now
  add(`model.${path.join('.')}`, new RegExp(`^(${path[0]}|model|exposure|entities)\\b`), (part) =>
    modelWith(part, ...path),
  );
}
for (const name of ['signal', 'onProgress', 'names', 'kernels', 'memoryLimit']) {
  const said = new RegExp(`^(options\\.${name}\\b|memory: expected at most)`);
  add(`options.${name}`, said, (part) => fit(tables, model as never, { [name]: part }));
}
add('createEngine(options)', /^options\b/, (part) => createEngine(part));

add('parseModel(model)', /^(config|totals|inner|left|again)\b/, (part) => library.parseModel(part));
add('entityColumns(model)', /^(config|totals|inner|left|again)\b/, (part) => library.entityColumns(part));
add('groupColumns(model)', /^(config|totals|inner|left|again)\b/, (part) => library.groupColumns(part));
add('curvesOf(curves)', /^curves\b/, (part) => [...library.curvesOf(part, 1)]);
add('curvesOf(depth)', /^depth\b/, (part) => [...library.curvesOf(curve as never, part)]);

const table = result.entities;
for (const [name, write] of Object.entries({
  toCsv: library.toCsv,
  csvBytes: library.csvBytes,
  csvChunks: library.csvChunks,
  rowsOf: library.rowsOf,
}) as [string, (...given: unknown[]) => unknown][]) {
  add(`${name}(table)`, /^table\b/, (part) => write(part));
  for (const member of ['rows', 'names', 'columns']) {
    add(`${name}(table.${member})`, /^table\b/, (part) => write({ ...table, [member]: part }));
  }
  for (const column of ['campaign', 'allocation', 'flags']) {
    const said = new RegExp(`^table, column ${column}: `);
    add(`${name}(table.columns.${column})`, said, (part) => write(withPart(table, ['columns', column], part)));
  }
  if (name === 'rowsOf') add('rowsOf(most)', /^most: /, (part) => write(table, part));
  else {
    add(`${name}(dialect)`, /^dialect\b/, (part) => write(table, part));
    for (const member of ['delimiter', 'decimal']) {
      const said = new RegExp(`^dialect\\.${member}: `);
      add(`${name}(dialect.${member})`, said, (part) => write(table, { [member]: part }));
    }
  }
}
for (const [name, write] of Object.entries({ fitJson: library.fitJson, summarize: library.summarize })) {
  add(`${name}(fit)`, /^fit\b/, (part) => write(part));
  for (const member of Object.keys(result)) {
    add(`${name}(fit.${member})`, /^fit\b/, (part) => write({ ...result, [member]: part } as never), true);
  }
}
add('exposurePage(result)', /^result\b/, (part) => html.exposurePage(part));
for (const member of Object.keys(shaped)) {
  add(
    `exposurePage(result.${member})`,
    /^result\b/,
    (part) => html.exposurePage({ ...shaped, [member]: part } as never),
    true,
  );
}
add('describeLearning(model)', /^model\b/, (part) => html.describeLearning(part, String));
add('describeLearning(nameOf)', /^nameOf\b/, (part) => html.describeLearning(result.model, part));

add('convertCurve(from)', /^curve\b/, (part) => convertCurve(part, 'robyn'));
add('convertCurve(to)', /^to: /, (part) => convertCurve(curve as never, part));
add('convertCurve(options)', option, (part) => convertCurve(curve as never, 'robyn', part));
add('convertCurve(periods)', /^periods\b/, (part) => convertCurve(curve as never, 'robyn', { periods: part }));
add('convertCurve(scales)', /^scales\b/, (part) => convertCurve(curve as never, 'robyn', { scales: part }));

const delivery = { week: [1, 2], clicks: [3, 4] };
const columns = { medium: [], time: 'week', place: [], value: 'clicks' };
const small = { weeks: 2, campaigns: 3, geos: 1 };
add('simulateMta(options)', option, (part) => simulators.simulateMta(part));
add('simulateHcp(options)', option, (part) => simulators.simulateHcp(part));
add('simulateMta(seed)', /^seed: /, (part) => simulators.simulateMta({ ...small, seed: part }));
add('simulateHcp(spread)', /^spread: /, (part) => simulators.simulateHcp({ hcps: 3, bricks: 2, spread: part }));
add('cutIntoCampaigns(delivery)', /^(delivery|time|value)\b/, (part) => simulators.cutIntoCampaigns(part, columns));
add('cutIntoCampaigns(columns)', option, (part) => simulators.cutIntoCampaigns(delivery, part));
add('cutIntoCampaigns(options)', option, (part) => simulators.cutIntoCampaigns(delivery, columns, part));
add('cutIntoCampaigns(name)', /^name: /, (part) => simulators.cutIntoCampaigns(delivery, columns, {}, part));
for (const member of Object.keys(columns)) {
  const call = (part: unknown) => simulators.cutIntoCampaigns(delivery, { ...columns, [member]: part } as never);
  add(`cutIntoCampaigns(columns.${member})`, new RegExp(`^${member}\\b`), call);
}

/** What became of a call: right, or the error. */
async function outcome(call: () => unknown): Promise<unknown> {
  try {
    const value = await call();
    // generators do their work when they are read
    if (typeof (value as Generator)?.next === 'function') for (const _ of value as Generator);
    return 'right';
  } catch (error) {
    return error;
  }
}

describe('every argument of every export, of every kind', () => {
  const said = new Map<string, string>();
  for (const { name, call, said: path, lenient } of listed) {
    const right = rightFor(name);
    it(name, async () => {
      const found: string[] = [];
      for (const [kind, make] of Object.entries(kinds)) {
        const error = await outcome(() => call(make()));
        if (error === 'right') {
          if (!lenient && !right.includes(kind)) found.push(`${kind}: taken`);
          continue;
        }
        if (right.includes(kind)) found.push(`${kind}: refused, ${error}`);
        else if (!(error instanceof ApportionError)) found.push(`${kind}: untyped, ${error}`);
        else if (
          !path.test(error.message) ||
          !/: (expected .+, (got|needed) |unknown option|at least|\d+ more)/.test(error.message)
        )
          found.push(`${kind}: unclear, ${error.message}`);
        else said.set(`${name} of ${kind}`, error.message);
      }
      expect(found).toEqual([]);
    });
  }

  it('is as many as it seems', () => {
    expect(listed.length * Object.keys(kinds).length).toBeGreaterThan(5000);
    expect(said.size).toBeGreaterThan(4000);
  });

  it('covers every function that is exported', () => {
    const functions = Object.entries({ ...library, ...html, ...simulators, convertCurve, modelJsonSchema }).filter(
      ([name, value]) => typeof value === 'function' && !/^[A-Z]/.test(name),
    );
    const without = ['modelJsonSchema']; // it takes nothing
    const missing = functions
      .map(([name]) => name)
      .filter((name) => !listed.some((one) => one.name.startsWith(`${name}(`)));
    expect(missing).toEqual(without);
  });
});
