// What every runtime is asked: the built library on some problems, every figure of the result as text.
import { createEngine, fitJson, toCsv } from '../../../dist/index.js';
import { simulateHcp, simulateMta } from '../../../dist/simulate.js';

/** Tables and model of a simulation, as a user would hand them over. */
function simulated({ files, model }, changes) {
  const table = ({ file }) => files[file].columns;
  const entities = model.entities && { entities: table(model.entities) };
  return [
    { totals: table(model.totals), exposure: table(model.exposure), ...entities },
    { ...model, ...changes },
  ];
}

/** Ids as people have them: any script, any case, marks that hide, what a file would have to quote. */
function idsOfAnyText() {
  const marks = [
    '',
    ' ',
    '"',
    ',',
    '\n',
    '\t',
    "'",
    ';',
    '=',
    '\u{feff}',
    '\u{200b}',
    '\u{1f600}',
    '\u{10ffff}',
    '\u{e000}',
    '\u{301}',
  ];
  const words = [
    'a',
    'A',
    '\u{e5}',
    'a\u{30a}',
    '\u{df}',
    'ss',
    '\u{130}',
    'i',
    '\u{5d0}\u{5d1}',
    '\u{4e2d}\u{6587}',
    '00101',
    '101',
    '1e3',
    'NaN',
    'null',
    '__proto__',
  ];
  const ids = words.flatMap((word) => marks.map((mark) => `${mark}${word}${mark}`));
  const totals = { brick: [], total: [] };
  const exposure = { brick: [], id: [], visits: [] };
  let state = 1;
  const next = (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state % below;
  };
  for (let b = 0; b < 40; b++) {
    const brick = `${marks[b % marks.length]}${b}`;
    totals.brick.push(brick);
    totals.total.push(next(1_000_000) / 7);
    const there = new Set(Array.from({ length: 9 }, () => ids[next(ids.length)]));
    for (const id of there) {
      exposure.brick.push(brick);
      exposure.id.push(id);
      exposure.visits.push((1 + next(1000)) / 3);
    }
  }
  const model = {
    totals: { brick: ['brick'], value: 'total' },
    exposure: { brick: ['brick'], entity: ['id'], value: 'visits' },
  };
  return [{ totals, exposure }, model];
}

const campaigns = { seed: 7, weeks: 20, geos: 2, campaigns: 14 };
const problems = {
  'campaigns with curves': () => simulated(simulateMta(campaigns), { output: { standardErrors: true } }),
  'doctors with covariates': () =>
    simulated(simulateHcp({ seed: 3, hcps: 60, bricks: 24, spread: 0.3 }), {
      model: {
        productivity: {
          covariates: ['C(specialty, "general practice")', 'seniority/10', 'log1p(potential)'],
          penalty: { kind: 'ridge', strength: 'path' },
        },
      },
    }),
  'lognormal tree, spread estimated': () =>
    simulated(simulateMta({ ...campaigns, platformSpread: 0.4, formatSpread: 0.3 }), {
      model: { pooling: { kind: 'tree', levels: ['platform', 'format'], spreads: { platform: 'estimate' } } },
    }),
  'whole cents': () => simulated(simulateMta({ ...campaigns, seed: 8 }), { output: { decimals: 2 } }),
  'ids of any text': idsOfAnyText,
};

const view = new DataView(new ArrayBuffer(8));

/** A number by its bits; what is not a number has many, and is one here. */
function bitsOf(number) {
  if (Number.isNaN(number)) return 'NaN';
  view.setFloat64(0, number);
  return [0, 4].map((at) => view.getUint32(at).toString(16).padStart(8, '0')).join('');
}

/** Every cell of a table, numbers by their bits, and the table as the CSV text that people get. */
function textOf(table) {
  const cells = table.names.map((name) => {
    const column = table.columns[name];
    if (column instanceof Float64Array) return [name, Array.from(column, bitsOf)];
    return [name, 'codes' in column ? Array.from(column.codes, (code) => column.values[code]) : Array.from(column)];
  });
  return { csv: toCsv(table), cells };
}

/** The result of each problem as JSON text, and the kernels that were used. */
export async function run(kernels) {
  const engine = await createEngine({ kernels });
  const results = {};
  for (const [name, problem] of Object.entries(problems)) {
    const [tables, model] = problem();
    const fit = await engine.fit(tables, model);
    const { run: _, ...figures } = fitJson(fit);
    const parts = Object.entries(fit).filter(
      ([, part]) => part !== null && typeof part === 'object' && 'names' in part,
    );
    results[name] = JSON.stringify([figures, parts.map(([part, table]) => [part, textOf(table)])]);
  }
  return { kernels: engine.kernels, reason: engine.reason, results };
}
