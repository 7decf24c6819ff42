import { describe, expect, it } from 'vitest';
import { csvChunks, type Fit, fit, fitJson, type Model, type ResultTable, type Tables } from '../../bindings/index.js';
import { parseCsv } from '../support/parseCsv.js';
import { words } from '../support/simulations.js';

// whatever a name may be
const names = [
  '=1+1',
  '"',
  'a,b',
  'line\nend',
  'a\r\nb',
  '__proto__',
  'constructor',
  'toString',
  '',
  ' ',
  '🍕',
  '\ud800', // half a character
  '\udc00',
  '\ue000',
  '\u{10000}',
  "'; DROP TABLE",
  'null',
  '0',
  '00',
  '-0',
  '1e3',
];

const model: Model = {
  totals: { brick: ['__proto__', 'geo'], value: 'sales' },
  exposure: { brick: ['__proto__', 'geo'], entity: ['constructor'], value: 'clicks' },
};

// each name is a brick and an entity; the entity of each brick and the next one are exposed there
const tables: Tables = {
  totals: new Map<string, string[] | number[]>([
    ['__proto__', names],
    ['geo', names.map((_, i) => names[(i + 5) % names.length])],
    ['sales', names.map((_, i) => 10 + i)],
  ]),
  exposure: new Map<string, string[] | number[]>([
    ['__proto__', names.flatMap((name) => [name, name])],
    ['geo', names.flatMap((_, i) => [names[(i + 5) % names.length], names[(i + 5) % names.length]])],
    ['constructor', names.flatMap((name, i) => [name, names[(i + 1) % names.length]])],
    ['clicks', names.flatMap((_, i) => [1 + i, 2])],
  ]),
};

const rowsOfKeys = (table: ResultTable, keys: readonly string[]) =>
  Array.from({ length: table.rows }, (_, r) => keys.map((key) => words(table, key)[r]));

describe('names of any kind', () => {
  it('come out as they went in, in the order of the tables', async () => {
    const result = await fit(tables, model);
    const bricks = names.map((name, i) => [name, names[(i + 5) % names.length]]);
    // entities of a brick by first appearance: the very first comes before the last brick's own
    const allocation = names.flatMap((name, i) => {
      const next = names[(i + 1) % names.length];
      const both = i === names.length - 1 ? [next, name] : [name, next];
      return both.map((entity) => [...bricks[i], entity]);
    });
    expect(rowsOfKeys(result.allocation, ['__proto__', 'geo', 'constructor'])).toEqual(allocation);
    expect(words(result.entities, 'constructor')).toEqual(names);
    expect(Object.keys(result.allocation.columns)).toEqual([
      '__proto__',
      'geo',
      'constructor',
      'exposure',
      'share',
      'allocation',
    ]);
  });

  it('survive CSV and JSON', async () => {
    const result = await fit(tables, model);
    const csv = parseCsv([...csvChunks(result.allocation)].join(''));
    expect(csv[0]).toEqual(Object.keys(result.allocation.columns));
    expect(csv.slice(1).map((row) => row.slice(0, 3))).toEqual(
      rowsOfKeys(result.allocation, ['__proto__', 'geo', 'constructor']),
    );
    // the first brick of the only component, under a name that objects reserve
    const { components } = JSON.parse(JSON.stringify(fitJson(result)));
    expect(Object.entries(components[0]).slice(0, 2)).toEqual([
      ['first.__proto__', ''],
      ['first.geo', '\ue000'],
    ]);
  });

  it('are never joined: two tuples of the same letters are two', async () => {
    const split = await fit(
      {
        totals: { a: ['x', 'xy', 'x,"y'], b: ['yz', 'z', 'z'], sales: [1, 2, 3] },
        exposure: {
          a: ['x', 'xy', 'x,"y'],
          b: ['yz', 'z', 'z'],
          e: ['1', '1', '1'],
          f: ['11', '1', '"'],
          w: [1, 1, 1],
        },
      },
      {
        totals: { brick: ['a', 'b'], value: 'sales' },
        exposure: { brick: ['a', 'b'], entity: ['e', 'f'], value: 'w' },
      },
    );
    expect(split.counts).toMatchObject({ bricks: 3, entities: 3, components: 3 });
    expect([...split.allocation.columns.allocation]).toEqual([1, 2, 3]);
  });
});

describe('the order of rows in the tables', () => {
  const figures = ({ allocation }: Fit) =>
    new Map(
      rowsOfKeys(allocation, ['__proto__', 'geo', 'constructor']).map((key, r) => [
        JSON.stringify(key),
        [allocation.columns.exposure[r], allocation.columns.share[r], allocation.columns.allocation[r]],
      ]),
    );

  it('changes no figure, only the order of the result', async () => {
    const turned = (table: Map<string, readonly (string | number)[]>) =>
      new Map([...table].map(([name, column]) => [name, column.slice().reverse()]));
    const first = await fit(tables, model);
    const second = await fit(
      { totals: turned(tables.totals as never), exposure: turned(tables.exposure as never) },
      model,
    );
    expect(figures(second)).toEqual(figures(first));
    expect(second.objective).toBe(first.objective);
    expect(words(second.allocation, '__proto__')).toEqual(words(first.allocation, '__proto__').reverse());
  });

  it('decides nothing where units are left over: names do, by their UTF-8 bytes', async () => {
    const entities = ['\u{10000}', '\uffff', 'b', 'a'];
    const split = await fit(
      { totals: { brick: ['1'], y: [0.06] }, exposure: { brick: ['1', '1', '1', '1'], e: entities, w: [2, 2, 2, 2] } },
      {
        totals: { brick: ['brick'], value: 'y' },
        exposure: { brick: ['brick'], entity: ['e'], value: 'w' },
        output: { decimals: 2 },
      },
    );
    expect(words(split.allocation, 'e')).toEqual(entities);
    expect([...split.allocation.columns.allocation]).toEqual([0.01, 0.01, 0.02, 0.02]);
  });
});
