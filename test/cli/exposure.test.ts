import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it } from 'vitest';
import { parseCsv } from '../support/parseCsv.js';
import { files, folderWith, list, model, parquet, read, run } from './run.js';

const curved = {
  ...model,
  effectiveExposure: {
    time: 'week',
    curves: { adstock: { kind: 'geometric', decay: 0.5 }, saturation: { kind: 'hill', halfSaturation: 0.5, slope: 1 } },
  },
};
const delivery = 'week,geo,campaign,impressions\n1,north,a,1\n1,north,b,3\n2,north,b,2\n';
const exampleWith = (config: object, more: Record<string, string> = {}) =>
  files({ 'delivery.csv': delivery, ...more }, config);

/** A Parquet file as rows of texts. */
async function rowsOf(path: string): Promise<string[][]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const reader = await connection.runAndReadAll(`SELECT * FROM read_parquet('${path}')`);
  const rows = [reader.columnNames(), ...reader.getRows().map((row) => row.map(String))];
  connection.closeSync();
  instance.closeSync();
  return rows;
}

describe('apportion exposure', () => {
  it('writes exposure as delivered and effective, by hand: hill at half of the largest carried-over sum', async () => {
    const folder = folderWith(exampleWith(curved));
    const { code, stdout, stderr } = await run(folder, 'exposure', 'model.json', '--out', 'out/exposure.csv');
    expect([code, stderr, stdout]).toEqual([0, '', '4 rows written to out/exposure.csv.\n']);
    // week 1: a 1, b 3, together 4 of at most 4; week 2: a 0.5, b 3.5, together 4. S(1) = 1 / 1.5
    const [header, ...rows] = parseCsv(read(folder, 'out/exposure.csv'));
    expect(header).toEqual(['week', 'geo', 'campaign', 'delivered', 'exposure']);
    expect(rows.map((row) => row.slice(0, 4))).toEqual([
      ['1', 'north', 'a', '1'],
      ['1', 'north', 'b', '3'],
      ['2', 'north', 'a', '0'],
      ['2', 'north', 'b', '2'],
    ]);
    [1 / 4, 3 / 4, 0.5 / 4, 3.5 / 4].forEach((share, r) => {
      expect(Number(rows[r][4])).toBeCloseTo(share / 1.5, 15);
    });
    expect(list(folder, 'out')).toEqual(['exposure.csv']);
  });

  it('has the exposure column of a fit, the same bytes with either kernels, and the same from Parquet', async () => {
    const folder = folderWith(exampleWith(curved));
    for (const kernels of ['wasm', 'js']) {
      const args = ['--out', `${kernels}.csv`, '--html', `${kernels}.html`, '--kernels', kernels];
      expect((await run(folder, 'exposure', 'model.json', ...args)).stderr).toBe('');
    }
    expect(read(folder, 'js.csv')).toBe(read(folder, 'wasm.csv'));
    expect(read(folder, 'js.html')).toBe(read(folder, 'wasm.html'));
    await run(folder, 'fit', 'model.json', '--out', 'fit');
    const column = (file: string, name: string) => {
      const [header, ...rows] = parseCsv(read(folder, file));
      return rows.map((row) => [...row.slice(0, 3), row[header.indexOf(name)]]);
    };
    expect(column('wasm.csv', 'exposure')).toEqual(column('fit/allocation.csv', 'exposure'));
    await parquet(
      folder,
      'delivery.parquet',
      `SELECT * REPLACE (CAST(impressions AS DOUBLE) AS impressions) FROM read_csv('${join(folder, 'delivery.csv')}', all_varchar = true)`,
    );
    const config = { ...curved, exposure: { ...curved.exposure, file: 'delivery.parquet' } };
    writeFileSync(join(folder, 'parquet.json'), JSON.stringify(config));
    await run(folder, 'exposure', 'parquet.json', '--out', 'parquet.csv');
    expect(read(folder, 'parquet.csv')).toBe(read(folder, 'wasm.csv'));
  });

  it('writes Parquet where the ending says so, with the rows and figures of the CSV', async () => {
    const folder = folderWith(exampleWith(curved));
    await run(folder, 'exposure', 'model.json', '--out', 'e.csv');
    const { code, stdout } = await run(folder, 'exposure', 'model.json', '--out', 'e.parquet');
    expect([code, stdout]).toEqual([0, '4 rows written to e.parquet.\n']);
    expect(await rowsOf(join(folder, 'e.parquet'))).toEqual(parseCsv(read(folder, 'e.csv')));
  });

  it('writes CSV in the dialect of the configuration', async () => {
    const folder = folderWith(exampleWith({ ...curved, output: { delimiter: ';', decimal: ',' } }));
    await run(folder, 'exposure', 'model.json', '--out', 'e.csv');
    expect(read(folder, 'e.csv').split('\n').slice(0, 2)).toEqual([
      'week;geo;campaign;delivered;exposure',
      expect.stringMatching(/^1;north;a;1;0,1666666\d+$/),
    ]);
  });

  it('writes the picture beside it or elsewhere, and says so', async () => {
    const folder = folderWith(exampleWith(curved));
    const { code, stdout } = await run(folder, 'exposure', 'model.json', '--out', 'a/e.csv', '--html', 'b/c/e.html');
    expect([code, stdout]).toEqual([0, '4 rows written to a/e.csv, the curves to b/c/e.html.\n']);
    expect([list(folder, 'a'), list(folder, 'b/c')]).toEqual([['e.csv'], ['e.html']]);
    expect(read(folder, 'b/c/e.html')).toContain('geometric, decay 0.5');
  });

  it('says that exposure is as delivered where there are no curves', async () => {
    const folder = folderWith(exampleWith(model));
    const { code, stdout } = await run(folder, 'exposure', 'model.json', '--out', 'e.csv', '--html', 'e.html');
    expect([code, stdout]).toEqual([
      0,
      '3 rows written to e.csv, the curves to e.html.\neffectiveExposure is not configured: exposure is as delivered.\n',
    ]);
    expect(read(folder, 'e.csv')).toBe(
      'week,geo,campaign,delivered,exposure\n1,north,a,1,1\n1,north,b,3,3\n2,north,b,2,2\n',
    );
    expect(read(folder, 'e.html')).toContain('exposure is used as delivered');
  });

  it('says which parameters a fit will move, on the page too', async () => {
    const learn = [
      { curve: [], parameter: 'decay', from: 0.3, to: 0.9 },
      { parameter: 'halfSaturation', from: 0.1, to: 2 },
    ];
    const folder = folderWith(exampleWith({ ...curved, effectiveExposure: { ...curved.effectiveExposure, learn } }));
    const { stdout } = await run(folder, 'exposure', 'model.json', '--out', 'e.csv', '--html', 'e.html');
    const said =
      'A fit will move 2 parameters of these curves (effectiveExposure.learn), shown here as given: all exposure: decay 0.5, between 0.3 and 0.9; all exposure: half saturation 0.5, between 0.1 and 2.';
    expect(stdout).toBe(`4 rows written to e.csv, the curves to e.html.\n${said}\n`);
    expect(read(folder, 'e.html')).toContain(said);
  });

  it('names a file that it cannot write as it was given', async () => {
    const folder = folderWith(exampleWith(curved));
    const out = join(folder, `${'e'.repeat(252)}.csv`); // a character more than a name can have
    expect(await run(folder, 'exposure', 'model.json', '--out', out)).toEqual({
      code: 4,
      stdout: '',
      stderr: `${out}: name too long\n`,
    });
  });

  it('tells what is worth knowing of the curves', async () => {
    const saturation = { kind: 'hill', halfSaturation: 0.5, slope: 1, of: 'entity' };
    const folder = folderWith(exampleWith({ ...curved, effectiveExposure: { time: 'week', curves: { saturation } } }));
    const { stdout } = await run(folder, 'exposure', 'model.json', '--out', 'e.csv');
    expect(stdout).toMatch(
      /^3 rows written to e\.csv\.\ndepends-on-cut: effectiveExposure\.curves: each entity saturates/,
    );
  });

  it.each<[string, string[], Record<string, string>, string]>([
    [
      'an ending that is none',
      ['--out', 'e.txt'],
      {},
      '--out: expected a file that ends in .csv or .parquet, got "e.txt"',
    ],
    [
      'a picture of another ending',
      ['--out', 'e.csv', '--html', 'e.csv'],
      {},
      '--html: expected a file that ends in .html, got "e.csv"',
    ],
    [
      'a table in the place of one that is read',
      ['--out', './delivery.csv'],
      {},
      '--out: expected another file than those that are read, got "./delivery.csv"',
    ],
    ['a folder', ['--out', 'e.csv'], { 'e.csv/x': '' }, '--out: expected a file, got "e.csv" (a folder)'],
    [
      'a folder that is a file',
      ['--out', 'x/e.csv', '--html', 'x/e.html'],
      { x: '' },
      '--out: expected a folder, got "x" (a file)\n--html: expected a folder, got "x" (a file)',
    ],
    [
      'tables that fit refuses',
      ['--out', 'e.csv'],
      { 'delivery.csv': 'week,geo,campaign,impressions\n1,north,a,-1\n' },
      'delivery.csv record 1, column impressions: expected a number >= 0, got -1',
    ],
    [
      'a configuration that fit refuses',
      ['--out', 'e.csv'],
      { 'model.json': '{"totals": 1}' },
      'totals: expected an object, got 1\nexposure: expected an object, got nothing',
    ],
  ])('refuses %s with exit code 2 and writes nothing', async (_, args, more, message) => {
    const folder = folderWith(exampleWith(curved, more));
    const before = list(folder);
    const { code, stdout, stderr } = await run(folder, 'exposure', 'model.json', ...args);
    expect([code, stdout, stderr]).toEqual([2, '', `${message}\n`]);
    expect(list(folder)).toEqual(before);
  });

  it('leaves what was there when it fails, and replaces it when it does not', async () => {
    const folder = folderWith(exampleWith(curved, { 'e.csv': 'old' }));
    writeFileSync(join(folder, 'bad.csv'), 'week,geo,campaign,impressions\n1,north,a,x\n');
    const bad = { ...curved, exposure: { ...curved.exposure, file: 'bad.csv' } };
    writeFileSync(join(folder, 'bad.json'), JSON.stringify(bad));
    expect((await run(folder, 'exposure', 'bad.json', '--out', 'e.csv')).code).toBe(2);
    expect(read(folder, 'e.csv')).toBe('old');
    expect((await run(folder, 'exposure', 'model.json', '--out', 'e.csv')).code).toBe(0);
    expect(read(folder, 'e.csv')).toMatch(/^week,geo,/);
  });

  it('has help with examples', async () => {
    const { code, stdout } = await run('.', 'exposure', '--help');
    expect(code).toBe(0);
    expect(stdout).toMatch(/\nExamples:\n {2}\$ apportion exposure model\.json --out exposure\.csv\n/);
  });
});

describe('apportion simulate campaigns', () => {
  const channels = 'channel,week,geo,clicks\ntv,1,N,100\ntv,2,N,0\ntv,3,N,7.5\nsocial,1,N,60\n';
  const args = ['--medium', 'channel', '--time', 'week', '--place', 'geo', '--value', 'clicks', '--out', 'cut'];

  it('cuts delivery into campaigns, every row exactly', async () => {
    const folder = folderWith({ 'channels.csv': channels });
    const { code, stdout, stderr } = await run(
      folder,
      'simulate',
      'campaigns',
      'channels.csv',
      ...args,
      '--campaigns',
      '3',
    );
    expect([code, stderr]).toEqual([0, '']);
    const [header, ...rows] = parseCsv(read(folder, 'cut/delivery.csv'));
    expect(header).toEqual(['channel', 'week', 'geo', 'campaign', 'clicks']);
    expect(stdout).toBe(`${rows.length} rows written to cut/delivery.csv\n`);
    const sums: Record<string, number> = {};
    for (const [channel, week, , campaign, clicks] of rows) {
      expect(campaign).toMatch(new RegExp(`^${channel}-[123]$`));
      sums[`${channel} ${week}`] = (sums[`${channel} ${week}`] ?? 0) + Number(clicks);
    }
    expect(sums).toEqual({ 'tv 1': 100, 'tv 3': 7.5, 'social 1': 60 });
    await run(folder, 'simulate', 'campaigns', 'channels.csv', ...args, '--campaigns', '3', '--format', 'parquet');
    expect(await rowsOf(join(folder, 'cut/delivery.parquet'))).toEqual([header, ...rows]);
  });

  it.each<[string, string[], string]>([
    [
      'a file that is not there',
      ['nothing.csv', ...args],
      'delivery: expected a readable file, got "nothing.csv" (no such file)',
    ],
    ['a folder', ['.', ...args], 'delivery: expected a readable file, got "." (not a plain file)'],
    [
      'a column that is not there',
      ['channels.csv', ...args, '--value', 'click'],
      'value: expected a column of channels.csv, got "click". Did you mean "clicks"?',
    ],
    [
      'a switch out of range',
      ['channels.csv', ...args, '--campaigns', '0'],
      'campaigns: expected an integer from 1 to 1000, got 0',
    ],
  ])('refuses %s with exit code 2 and writes nothing', async (_, given, message) => {
    const folder = folderWith({ 'channels.csv': channels });
    const { code, stdout, stderr } = await run(folder, 'simulate', 'campaigns', ...given);
    expect([code, stdout, stderr, list(folder)]).toEqual([2, '', `${message}\n`, ['channels.csv']]);
  });

  it('refuses to take the place of what it reads', async () => {
    const folder = folderWith({ 'cut/delivery.csv': channels });
    const { code, stderr } = await run(folder, 'simulate', 'campaigns', 'cut/delivery.csv', ...args);
    expect([code, stderr]).toEqual([
      2,
      '--out: expected another file than those that are read, got "cut/delivery.csv"\n',
    ]);
    expect(read(folder, 'cut/delivery.csv')).toBe(channels);
  });
});
