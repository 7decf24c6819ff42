import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, it } from 'vitest';
import { writeParquet } from '../../cli/output/parquet.js';
import { folderWith } from './run.js';

it.each([1, 2, 2047, 2049, 5003])('writes %d rows as Parquet in order, NULL where there is no number', async (rows) => {
  const path = join(folderWith({}), 'x.parquet');
  // every seventh is missing, the last of a chunk and the first of the next among them
  const figures = Float64Array.from({ length: rows }, (_, r) => (r % 7 === 4 ? Number.NaN : r / 3));
  const texts = Array.from({ length: rows }, (_, r) => `é${r % 11}`);
  const values = [...new Set(texts)];
  const codes = Uint32Array.from(texts, (text) => values.indexOf(text));
  const columns = { figures, texts, keys: { codes, values } };
  await writeParquet({ rows, names: ['figures', 'texts', 'keys'], columns }, path);
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const read = (await connection.runAndReadAll(`SELECT * FROM '${path}'`)).getColumns();
  connection.closeSync();
  instance.closeSync();
  expect(read).toEqual([Array.from(figures, (x) => (Number.isNaN(x) ? null : x)), texts, texts]);
});
