import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { delivery, files, folderWith, model, run, totals } from './run.js';

type Files = Record<string, string | Uint8Array>;

const inDelivery = (from: string, to: string): Files => ({ 'delivery.csv': delivery.replace(from, to) });
const inTotals = (from: string, to: string): Files => ({ 'totals.csv': totals.replace(from, to) });
const config = (changes: object): Files => ({ 'model.json': JSON.stringify({ ...model, ...changes }) });
const exposureIn = (file: string) => config({ exposure: { ...model.exposure, file } });
const campaigns = { entities: { file: 'campaigns.csv', entity: ['campaign'] } };

const column = 'column impressions';
const cases: [what: string, files: Files, message: string][] = [
  [
    'missing files',
    config({
      totals: { ...model.totals, file: 'x.csv' },
      exposure: { ...model.exposure, file: 'y.parquet' },
      ...campaigns,
    }),
    'totals.file: expected a readable file, got "x.csv" (no such file)\n' +
      'exposure.file: expected a readable file, got "y.parquet" (no such file)\n' +
      'entities.file: expected a readable file, got "campaigns.csv" (no such file)',
  ],
  [
    'a folder in place of a file',
    config({ totals: { ...model.totals, file: '.' } }),
    'totals.file: expected a readable file, got "." (a folder)',
  ],
  [
    'a table without file',
    config({ totals: { ...model.totals, file: undefined } }),
    'totals.file: expected the path of a CSV or Parquet file, got nothing',
  ],
  [
    'a missing column',
    inDelivery('impressions', 'impresions'),
    'exposure.value: expected a column of delivery.csv, got "impressions". Did you mean "impresions"?',
  ],
  [
    'text in a number',
    inDelivery('c,0.5', 'c,n/a'),
    `delivery.csv record 3, ${column}: expected a number, got "n/a". Set "empty": ["n/a"] to leave out rows without a figure.`,
  ],
  [
    'a thousands separator',
    inDelivery('c,0.5', 'c,"1,200"'),
    `delivery.csv record 3, ${column}: expected a number, got "1,200". Remove the thousands separator or set "thousands": ",". If it is the decimal mark, set "decimal": ",".`,
  ],
  ['NaN', inDelivery('c,0.5', 'c,NaN'), `delivery.csv record 3, ${column}: expected a finite number, got NaN`],
  [
    'an infinity',
    inDelivery('c,0.5', 'c,inf'),
    `delivery.csv record 3, ${column}: expected a finite number, got Infinity`,
  ],
  [
    'a number beyond all floats',
    inDelivery('c,0.5', 'c,1e999'),
    `delivery.csv record 3, ${column}: expected a finite number, got Infinity`,
  ],
  [
    'negative exposure',
    inDelivery('c,0.5', 'c,-0.5'),
    `delivery.csv record 3, ${column}: expected a number >= 0, got -0.5`,
  ],
  [
    'a negative total',
    inTotals('100', '-100'),
    'totals.csv record 1, column sales: expected a number >= 0, got -100. Set "negativeTotals": "share" to split it by the fitted shares.',
  ],
  [
    'a duplicate pair',
    inDelivery('north,b,2', 'north,a,2'),
    'delivery.csv record 2: expected each brick and entity once, got week "1", geo "north" and campaign "a" again (first in record 1). Set "duplicates": "sum" to add them up.',
  ],
  [
    'a duplicate brick',
    inTotals('2,north', '1,north'),
    'totals.csv record 2: expected each brick once, got week "1", geo "north" again (first in record 1)',
  ],
  [
    'an unknown option',
    config({ model: { pooing: { kind: 'none' } } }),
    'model.pooing: unknown option. Did you mean "pooling"?',
  ],
  [
    '__proto__ in the configuration',
    { 'model.json': JSON.stringify(model).replace('{', '{"__proto__":{"polluted":1},') },
    '__proto__: unknown option',
  ],
  [
    'an entity missing from the entities table',
    { ...config(campaigns), 'campaigns.csv': 'campaign,kind\na,x\nb,y\n' },
    'delivery.csv record 3: expected an entity of campaigns.csv, got campaign "c"',
  ],
  ['an empty file', { 'delivery.csv': '' }, 'delivery.csv: expected a header row, got an empty file'],
  [
    'exposure that is a header and nothing else',
    { 'delivery.csv': delivery.split('\n', 1)[0] },
    'delivery.csv: expected at least one row of exposure, got none',
  ],
  [
    'totals that are a header and nothing else',
    { 'totals.csv': 'week,geo,sales\n' },
    'totals.csv: expected at least one row of totals, got none',
  ],
  [
    'files of one name, told apart by their folders',
    {
      ...config({ totals: { ...model.totals, file: 'a/t.csv' }, exposure: { ...model.exposure, file: 'b/t.csv' } }),
      'a/t.csv': totals.replace('100', 'x'),
      'b/t.csv': delivery.replace('0.5', 'y'),
    },
    'a/t.csv record 1, column sales: expected a number, got "x"\n' +
      'b/t.csv record 3, column impressions: expected a number, got "y"',
  ],
  [
    'ragged rows in both files',
    { ...inDelivery('north,b,2', 'north,b'), ...inTotals('60', '60,') },
    'totals.csv record 2: expected 3 fields like the header, got 4\n' +
      'delivery.csv record 2: expected 4 fields like the header, got 3',
  ],
  [
    'a truncated Parquet file',
    { ...exposureIn('d.parquet'), 'd.parquet': 'PAR1 and then the copy broke' },
    'd.parquet: expected a whole Parquet file, got one that is cut off. Write or copy it again.',
  ],
  [
    'a damaged Parquet file',
    { ...exposureIn('d.parquet'), 'd.parquet': 'PAR1 damaged\x08\0\0\0PAR1' },
    'd.parquet: expected a whole Parquet file, got one that DuckDB cannot read (Invalid Error: TProtocolException: Invalid data). Write or copy it again.',
  ],
  [
    'CSV under the name of Parquet',
    { ...exposureIn('d.parquet'), 'd.parquet': delivery },
    'd.parquet: expected a whole Parquet file, got other bytes. A CSV file is named .csv.',
  ],
  [
    'another delimiter',
    { 'delivery.csv': delivery.replaceAll(',', ';') },
    'delivery.csv header: expected columns separated by ",", got one column "week;geo;campaign;impressions". Set "delimiter": ";".',
  ],
  ['a column twice', inDelivery('geo', 'week'), 'delivery.csv header: expected column "week" once, got it 2 times'],
  [
    'bytes that are no UTF-8',
    { 'delivery.csv': Buffer.from(delivery.replace('a,1', '\xe9,1'), 'latin1') },
    'delivery.csv record 1: expected UTF-8 text, got other bytes. Save the file in UTF-8.',
  ],
  [
    'a quote inside a field',
    inDelivery('a,1', 'a"b,1'),
    'delivery.csv record 1: expected quotes only around a whole field, got one inside. Quote the field and double its inner quotes.',
  ],
  [
    'text after a closing quote',
    inDelivery('a,1', '"a" ,1'),
    'delivery.csv record 1: expected a delimiter after a closing quote, got other text. Double the inner quotes of a quoted field.',
  ],
  [
    'a quote left open',
    inDelivery('c,3', '"c,3'),
    'delivery.csv record 5: expected a closing quote, got the end of the file',
  ],
  [
    'mixed line ends',
    inDelivery('a,1\n', 'a,1\r\n'),
    'delivery.csv record 1: expected the line end \\n like the header, got \\r\\n',
  ],
  ['an --out that is a file', { result: '' }, '--out: expected a folder, got "result" (a file)'],
  ['a list as configuration', { 'model.json': '[1]' }, 'config: expected an object, got [1]'],
  [
    'a fault in the configuration and a missing file at once',
    config({ totals: { ...model.totals, file: 'x.csv' }, seed: -1 }),
    'totals.file: expected a readable file, got "x.csv" (no such file)\nseed: expected a whole number from 0 to 2^53 - 1, got -1',
  ],
];

describe('apportion fit refuses, with exit code 2 and nothing written,', () => {
  it.each(cases)('%s', async (what, changes, message) => {
    const folder = folderWith(files(changes));
    const outcome = await run(folder, 'fit', 'model.json', '--out', 'result');
    expect(outcome).toEqual({ code: 2, stdout: '', stderr: `${message}\n` });
    if (what !== 'an --out that is a file') expect(existsSync(join(folder, 'result'))).toBe(false);
  });

  it('a configuration that is not there', async () => {
    const outcome = await run(folderWith({}), 'fit', 'model.json', '--out', 'result');
    expect(outcome).toEqual({
      code: 2,
      stdout: '',
      stderr: 'config: expected a readable file, got "model.json" (no such file)\n',
    });
  });

  it('a configuration that is not JSON', async () => {
    const folder = folderWith(files({ 'model.json': '{"totals": }' }));
    const { code, stderr } = await run(folder, 'fit', 'model.json', '--out', 'result');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^model\.json: expected JSON, got an error: .+\n$/); // the rest is the engine's own
  });

  it('many faults, at most 20 of a kind', async () => {
    const rows = Array.from({ length: 30 }, (_, r) => `1,north,e${r},x\n`).join('');
    const folder = folderWith(files({ 'delivery.csv': `week,geo,campaign,impressions\n${rows}` }));
    const { code, stderr } = await run(folder, 'fit', 'model.json', '--out', 'result');
    const lines = stderr.trimEnd().split('\n');
    expect([code, lines.length]).toEqual([2, 21]);
    expect(lines[20]).toBe('delivery.csv: 10 more faults of this kind (not-a-number)');
  });
});
