import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it } from 'vitest';
import { type ResultColumn, toCsv } from '../../bindings/index.js';
import { files, folderWith, list, model, parquet, read, run } from './run.js';

/** fit.json without the facts of the run. */
function facts(folder: string, out: string): unknown {
  const { run: _, ...rest } = JSON.parse(read(folder, out, 'fit.json'));
  return rest;
}

const tables = ['allocation.csv', 'entities.csv', 'unallocated.csv'];

/** 12 weeks, 3 geos, 15 campaigns, with holes. */
function rows() {
  let state = 3;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const totals: string[] = [];
  const delivery: string[] = [];
  for (let week = 1; week <= 12; week++) {
    for (const geo of ['north', 'süd', '=east']) {
      totals.push(`${week},${geo},${(random() * 1000).toFixed(2)}`);
      for (let c = 0; c < 15; c++) {
        if (random() < 0.6) delivery.push(`${week},${geo},"c,${c}",${random() * 100}`);
      }
    }
  }
  return { totals, delivery };
}

const asFiles = ({ totals, delivery }: ReturnType<typeof rows>, config: object = model) =>
  files(
    {
      'totals.csv': `week,geo,sales\n${totals.join('\n')}\n`,
      'delivery.csv': `week,geo,campaign,impressions\n${delivery.join('\n')}\n`,
    },
    config,
  );

/** A Parquet file as the CSV of the same table. */
async function parquetAsCsv(path: string): Promise<string> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const reader = await connection.runAndReadAll(`SELECT * FROM read_parquet('${path}')`);
  const columns: Record<string, ResultColumn> = {};
  reader.columnNames().forEach((name, c) => {
    const cells = reader.getColumns()[c] ?? [];
    columns[name] =
      String(reader.columnTypes()[c]) === 'DOUBLE' ? Float64Array.from(cells as number[]) : (cells as string[]);
  });
  const text = toCsv({ rows: Number(reader.currentRowCount), names: reader.columnNames(), columns });
  connection.closeSync();
  instance.closeSync();
  return text;
}

describe('the same input gives the same bytes', () => {
  it('run twice, and with either kernels', async () => {
    const folder = folderWith(asFiles(rows()));
    await run(folder, 'fit', 'model.json', '--out', 'a');
    await run(folder, 'fit', 'model.json', '--out', 'b', '--kernels', 'wasm');
    await run(folder, 'fit', 'model.json', '--out', 'c', '--kernels', 'js');
    for (const other of ['b', 'c']) {
      for (const table of tables) expect(read(folder, other, table)).toBe(read(folder, 'a', table));
      expect(facts(folder, other)).toEqual(facts(folder, 'a'));
    }
    expect(JSON.parse(read(folder, 'c/fit.json')).run.kernels).toBe('js');
  });

  it('with the rows of both tables shuffled: the same numbers per key', async () => {
    const { totals, delivery } = rows();
    const mixed = (lines: string[]) =>
      lines
        .map((line, i) => [(i * 7919) % 10007, line] as const)
        .sort(([a], [b]) => a - b)
        .map(([, line]) => line);
    const folder = folderWith(asFiles({ totals, delivery }));
    const shuffled = folderWith(asFiles({ totals: mixed(totals), delivery: mixed(delivery) }));
    await Promise.all([folder, shuffled].map((at) => run(at, 'fit', 'model.json', '--out', 'r')));
    for (const table of tables) {
      const lines = (at: string) => read(at, 'r', table).trimEnd().split('\n');
      expect(lines(shuffled).length).toBeGreaterThan(table === 'unallocated.csv' ? 0 : 10);
      expect(lines(shuffled).sort()).toEqual(lines(folder).sort());
      if (table === 'allocation.csv') expect(lines(shuffled)).not.toEqual(lines(folder));
    }
    expect(facts(shuffled, 'r')).toEqual(facts(folder, 'r'));
  });

  it('from CSV and from Parquet', async () => {
    const folder = folderWith(asFiles(rows()));
    for (const name of ['totals', 'delivery']) {
      const value = name === 'totals' ? 'sales' : 'impressions';
      const source = `read_csv('${join(folder, `${name}.csv`)}', all_varchar = true, header = true)`;
      await parquet(
        folder,
        `${name}.parquet`,
        `SELECT * REPLACE (CAST(week AS INTEGER) AS week, CAST(${value} AS DOUBLE) AS ${value}) FROM ${source}`,
      );
    }
    const config = {
      totals: { ...model.totals, file: 'totals.parquet' },
      exposure: { ...model.exposure, file: 'delivery.parquet' },
    };
    await run(folder, 'fit', 'model.json', '--out', 'csv');
    writeFileSync(join(folder, 'parquet.json'), JSON.stringify(config));
    expect((await run(folder, 'fit', 'parquet.json', '--out', 'parquet')).stderr).toBe('');
    for (const table of tables) expect(read(folder, 'parquet', table)).toBe(read(folder, 'csv', table));
    expect(facts(folder, 'parquet')).toEqual(facts(folder, 'csv'));
  });

  it('to Parquet, twice, with the rows and figures of the CSV', async () => {
    const folder = folderWith(asFiles(rows(), { ...model, output: { format: 'parquet' } }));
    const csv = folderWith(asFiles(rows()));
    await run(folder, 'fit', 'model.json', '--out', 'a');
    await run(folder, 'fit', 'model.json', '--out', 'b');
    await run(csv, 'fit', 'model.json', '--out', 'a');
    for (const name of list(folder, 'a').filter((file) => file.endsWith('.parquet'))) {
      expect(read(folder, 'a', name)).toBe(read(folder, 'b', name));
      expect(await parquetAsCsv(join(folder, 'a', name))).toBe(read(csv, 'a', name.replace('.parquet', '.csv')));
    }
  });
});
