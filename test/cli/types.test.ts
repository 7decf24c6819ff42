import { expect, it } from 'vitest';
import { apportion } from '../import/importing.js';
import { folderWith, parquet, read } from './run.js';

const modelWith = (totals: object, exposure: object = {}) => ({
  totals: { file: 'totals.csv', brick: ['week'], value: 'sales', ...totals },
  exposure: { file: 'delivery.csv', brick: ['week'], entity: ['campaign'], value: 'clicks', ...exposure },
});
const totals = 'week,sales\n2024-01-01,100\n2024-01-08,60\n';
const delivery = 'week,campaign,clicks\n2024-01-01,a,1\n2024-01-01,b,2\n2024-01-08,b,1\n';

/** Fits, and gives the keys of the allocation. */
async function fitted(folder: string) {
  const { code, stderr } = await apportion(folder, 'fit', '@model.json', '--out', '@result');
  expect([code, stderr.split('\n').filter((line) => !/^\s*$/.test(line))]).toEqual([0, []]);
  const [, ...rows] = read(folder, 'result/allocation.csv').trimEnd().split('\n');
  expect(read(folder, 'result/unallocated.csv')).toBe('week,total,reason\n');
  return rows.map((row) => row.split(',').slice(0, 2).join(' '));
}
const keys = ['2024-01-01 a', '2024-01-01 b', '2024-01-08 b'];

it('dates of CSV files meet, whatever their spelling', async () => {
  const files = {
    'totals.csv': 'week,sales\n01.01.2024,100\n08.01.2024,60\n',
    'delivery.csv': 'week,campaign,clicks\n"Jan 1, 2024",a,1\n20240101,b,2\n1/8/2024,b,1\n',
    'model.json': JSON.stringify(modelWith({ types: { week: 'date' } }, { types: { week: { date: 'm/d/y' } } })),
  };
  expect(await fitted(folderWith(files))).toEqual(keys);
});

it.each([
  ['DATE', "DATE '2024-01-01'", "DATE '2024-01-08'"],
  ['TIMESTAMP', "TIMESTAMP '2024-01-01'", "TIMESTAMP '2024-01-08'"],
  ['TIMESTAMP_NS', "TIMESTAMP_NS '2024-01-01'", "TIMESTAMP_NS '2024-01-08'"],
  ['TIMESTAMPTZ', "TIMESTAMPTZ '2024-01-01 00:00:00+00'", "TIMESTAMPTZ '2024-01-08 00:00:00+00'"],
  ['INTEGER', '20240101', '20240108'],
  ['BIGINT', '20240101::BIGINT', '20240108::BIGINT'],
  ['VARCHAR', "'2024/1/1'", "'2024/1/8'"],
])('%s columns of Parquet meet ISO dates', async (_, first, second) => {
  const folder = folderWith({
    'delivery.csv': delivery,
    'model.json': JSON.stringify(modelWith({ file: 'totals.parquet', types: { week: 'date' } })),
  });
  await parquet(folder, 'totals.parquet', `SELECT * FROM (VALUES (${first}, 100), (${second}, 60)) t(week, sales)`);
  expect(await fitted(folder)).toEqual(keys);
});

it('whole numbers that were made floats meet', async () => {
  const model = {
    totals: { file: 'totals.parquet', brick: ['week'], value: 'sales', types: { week: 'integer' } },
    exposure: {
      file: 'delivery.csv',
      brick: ['week'],
      entity: ['campaign'],
      value: 'clicks',
      types: { week: 'integer' },
    },
  };
  const folder = folderWith({
    'delivery.csv': 'week,campaign,clicks\n00101,a,1\n00102,b,1\n',
    'model.json': JSON.stringify(model),
  });
  await parquet(folder, 'totals.parquet', 'SELECT * FROM (VALUES (101::DOUBLE, 100), (102, 60)) t(week, sales)');
  expect(await fitted(folder)).toEqual(['101 a', '102 b']);
});

it('what is no date is refused, by record and column, with all else that is wrong', async () => {
  const folder = folderWith({
    'totals.csv': totals.replace('2024-01-08', '2024-01-08 07:00:00'),
    'delivery.csv': delivery.replace('2024-01-08', '8/1/2024'),
    'model.json': JSON.stringify(modelWith({ types: { week: 'date' } }, { types: { week: 'date' } })),
  });
  const { code, stdout, stderr } = await apportion(folder, 'fit', '@model.json', '--out', '@result');
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr.trimEnd().split('\n')).toEqual([
    'totals.csv record 2, column week: expected a date without a time of day, got "2024-01-08 07:00:00". Set "types": { "week": "datetime" } if keys are of hours.',
    'delivery.csv record 3, column week: expected a date like "2024-03-01", got "8/1/2024". Say which comes first, the day or the month: "types": { "week": { "date": "d/m/y" } } or "types": { "week": { "date": "m/d/y" } }.',
  ]);
});
