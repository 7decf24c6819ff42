import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, it } from 'vitest';
import { randomOf } from '../support/kernels.js';
import { parseCsv } from '../support/parseCsv.js';
import { folderWith, parquet, read, run } from './run.js';

// amounts in cents: binary sums of them are not
const random = randomOf(19);
const bricks = Array.from({ length: 300 }, (_, b) => ({ b, cents: 1 + Math.floor(99_999 * random()) }));
const rows = bricks.flatMap(({ b }) => [0, 1, 2].map((e) => ({ b, e, x: 1 + Math.floor(50 * random()) })));
const amount = (cents: number) => `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;

const tables = {
  'totals.csv': `b,y\n${bricks.map(({ b, cents }) => `${b},${amount(cents)}\n`).join('')}`,
  'exposure.csv': `b,e,x\n${rows.map(({ b, e, x }) => `${b},e${e},${x}\n`).join('')}`,
};
const model = (format: 'csv' | 'parquet', read: 'csv' | 'parquet') => ({
  totals: { file: `totals.${read}`, brick: ['b'], value: 'y' },
  exposure: { file: `exposure.${read}`, brick: ['b'], entity: ['e'], value: 'x' },
  output: { decimals: 2, format },
});

/** The columns of a written table as texts, each double in its shortest form. */
async function columns(folder: string, name: string, format: 'csv' | 'parquet'): Promise<Record<string, string>[]> {
  if (format === 'csv') {
    const [header, ...cells] = parseCsv(read(folder, 'out', `${name}.csv`));
    return cells.map((row) => Object.fromEntries(row.map((cell, c) => [header[c], cell])));
  }
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const result = await connection.runAndReadAll(`SELECT * FROM '${join(folder, 'out', `${name}.parquet`)}'`);
  const found = result.getRowObjectsJS();
  connection.closeSync();
  instance.closeSync();
  return found.map((row) => Object.fromEntries(Object.entries(row).map(([column, value]) => [column, String(value)])));
}

/** Cents of a text that has two decimals at most. */
function centsOf(text: string): number {
  expect(text).toMatch(/^\d+(?:\.\d{1,2})?$/);
  const [whole, part = ''] = text.split('.');
  return 100 * Number(whole) + Number(part.padEnd(2, '0'));
}

const kinds = ['csv', 'parquet'] as const;
it.each(kinds.flatMap((from) => kinds.map((to) => [from, to] as const)))(
  'sums of cents are cents: tables in %s, results in %s',
  async (from, to) => {
    const folder = folderWith({ ...tables, 'model.json': JSON.stringify(model(to, from)) });
    for (const name of ['totals', 'exposure']) {
      const query = `SELECT * FROM read_csv('${join(folder, `${name}.csv`)}')`;
      if (from === 'parquet') await parquet(folder, `${name}.parquet`, query);
    }
    const { code, stdout, stderr } = await run(folder, 'fit', 'model.json', '--out', 'out', '--json');
    expect([code, stderr]).toEqual([0, '']);
    const all = bricks.reduce((sum, { cents }) => sum + cents, 0);
    const { sums, massError } = JSON.parse(stdout);
    expect([centsOf(String(sums.totals)), centsOf(String(sums.allocated)), massError]).toEqual([all, all, 0]);

    const parts = await columns(folder, 'allocation', to);
    const byBrick = new Map<string, number>();
    const byEntity = new Map<string, number>();
    for (const { b, e, allocation } of parts) {
      byBrick.set(b, (byBrick.get(b) ?? 0) + centsOf(allocation));
      byEntity.set(e, (byEntity.get(e) ?? 0) + centsOf(allocation));
    }
    expect([...byBrick]).toEqual(bricks.map(({ b, cents }) => [String(b), cents]));
    const entities = await columns(folder, 'entities', to);
    expect(entities.map(({ e, allocation }) => [e, centsOf(allocation)])).toEqual([...byEntity]);
  },
);
