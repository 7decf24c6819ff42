import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Column } from '../../bindings/index.js';
import { readInput } from '../../cli/input/read.js';
import { folderWith, parquet } from './run.js';

async function cells(query: string, key: string, value?: string): Promise<unknown[][]> {
  const folder = folderWith({});
  await parquet(folder, 'x.parquet', query);
  const columns = new Map<string, 'key' | 'value'>([[key, 'key']]);
  if (value !== undefined) columns.set(value, 'value');
  const { tables } = await readInput([
    { section: 'totals', path: join(folder, 'x.parquet'), name: 'x.parquet', columns, delimiter: ',', decimal: '.' },
  ]);
  const table = tables.totals as ReadonlyMap<string, Column>;
  return [...columns.keys()].map((name) => {
    const column = table.get(name)!;
    if ('codes' in column) return Array.from(column.codes, (code) => column.values[code]);
    return Array.from(column as ArrayLike<unknown>);
  });
}

describe('reading Parquet', () => {
  it.each([
    ['text', "VALUES ('a'), (''), ('é'), ('__proto__'), ('a,\"b\n')", ['a', '', 'é', '__proto__', 'a,"b\n']],
    ['bytes that are text', "VALUES ('ab'::BLOB)", ['ab']],
    ['whole numbers', 'VALUES (1::BIGINT), (9007199254740993), (-5)', ['1', '9007199254740993', '-5']],
    ['decimals', 'VALUES (1.50::DECIMAL(5,2)), (2)', ['1.50', '2.00']],
    ['dates', "VALUES (DATE '2024-02-29')", ['2024-02-29']],
    ['timestamps', "VALUES (TIMESTAMP '2024-02-29 13:00:00')", ['2024-02-29 13:00:00']],
    ['timestamps with a zone, in UTC', "VALUES (TIMESTAMPTZ '2024-02-29 13:00:00+05')", ['2024-02-29 08:00:00+00']],
    ['truth values', 'VALUES (true), (false)', ['true', 'false']],
    ['an enum', "VALUES ('x'::ENUM ('y', 'x'))", ['x']],
    ['NULL, for the library to refuse', "VALUES ('a'), (NULL), ('b')", ['a', null, 'b']],
  ])('takes keys that are %s', async (_, values, expected) => {
    expect(await cells(`SELECT * FROM (${values}) t(k)`, 'k')).toEqual([expected]);
  });

  it.each([
    ['doubles', 'VALUES (0.1::DOUBLE), (1e-300), (4.9e-324)', [0.1, 1e-300, 5e-324]],
    ['floats, widened', 'VALUES (0.1::FLOAT)', [Math.fround(0.1)]],
    ['whole numbers', 'VALUES (3::UTINYINT), (200)', [3, 200]],
    [
      'wide whole numbers, rounded correctly',
      'VALUES (9223372036854775807::BIGINT), (9007199254740993)',
      [9223372036854775807n, 9007199254740993n].map(Number),
    ],
    [
      'wider whole numbers, rounded correctly',
      'VALUES (123456789012345678901234567890::HUGEINT)',
      [Number('123456789012345678901234567890')],
    ],
    [
      'decimals, rounded correctly',
      "VALUES ('9268730156632713.917948190'::DECIMAL(38,9)), ('0.1')",
      [Number('9268730156632713.917948190'), 0.1],
    ],
    ['text', "VALUES ('1e3'), ('.5')", [1000, 0.5]],
    ['NaN, for the library to refuse', "VALUES ('nan'::DOUBLE), (1)", [Number.NaN, 1]],
    ['NULL, for the library to refuse', 'VALUES (1::INTEGER), (NULL)', [1, null]],
    ['text that is no number, for the library to refuse', "VALUES ('1'), ('x'), (NULL)", ['1', 'x', null]],
  ])('takes figures that are %s', async (_, values, expected) => {
    expect((await cells(`SELECT 'a' AS k, v FROM (${values}) t(v)`, 'k', 'v'))[1]).toEqual(expected);
  });

  it.each([
    [
      'SELECT 1.5::DOUBLE AS k, 1 AS v',
      'x.parquet, column k: expected text or whole numbers as keys, got floating-point numbers. Cast the column to text.',
    ],
    ['SELECT [1, 2] AS k, 1 AS v', 'x.parquet, column k: expected text or whole numbers as keys, got INTEGER[]'],
    ["SELECT 'a' AS k, DATE '2024-01-01' AS v", 'x.parquet, column v: expected numbers, got DATE'],
    [
      'SELECT 1::FLOAT AS k, true AS v',
      'x.parquet, column k: expected text or whole numbers as keys, got floating-point numbers. Cast the column to text.\nx.parquet, column v: expected numbers, got BOOLEAN',
    ],
  ])('refuses %s', async (query, message) => {
    await expect(cells(query, 'k', 'v')).rejects.toThrow(expect.objectContaining({ message }));
  });

  it('keeps the order of many rows over row groups', async () => {
    const [keys, figures] = await cells(
      "SELECT 'k' || (i * 7919 % 5003) AS k, i / 7 AS v FROM range(300000) t(i)",
      'k',
      'v',
    );
    expect(keys.every((key, i) => key === `k${(i * 7919) % 5003}`)).toBe(true);
    expect(figures.every((figure, i) => figure === i / 7)).toBe(true);
  });

  it('refuses every way of cutting a file off', async () => {
    const folder = folderWith({});
    await parquet(folder, 'x.parquet', "SELECT 'k' || i AS k, i AS v FROM range(1000) t(i)");
    const whole = readFileSync(join(folder, 'x.parquet'));
    for (const length of [1, 4, 8, 100, whole.length / 2, whole.length - 4, whole.length - 1]) {
      const cut = folderWith({ 'x.parquet': whole.subarray(0, length) });
      const columns = new Map([['k', 'key'] as const]);
      const file = {
        section: 'totals',
        path: join(cut, 'x.parquet'),
        name: 'x.parquet',
        columns,
        delimiter: ',',
        decimal: '.',
      } as const;
      await expect(readInput([file])).rejects.toThrow(/^x\.parquet: expected a whole Parquet file, got /);
    }
  });
});
