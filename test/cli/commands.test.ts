import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { modelJsonSchema } from '../../bindings/config/jsonSchema.js';
import { cli, files, folderWith, list, model, read, run, runScript } from './run.js';

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
const digest = (...path: string[]) =>
  createHash('sha256')
    .update(readFileSync(join(...path)))
    .digest('hex');

describe('apportion', () => {
  it('fits, writes the result and says where it is', async () => {
    const folder = folderWith(
      files({ 'result/notes.txt': 'mine', 'result/.allocation.csv.apportion.tmp': 'mine too' }),
    );
    const { code, stdout, stderr } = await run(folder, 'fit', 'model.json', '--out', 'result');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('2 totals (sum 160) split over 3 entities');
    expect(stdout).toMatch(/\nWritten to result\/: allocation\.csv, entities\.csv, unallocated\.csv, fit\.json\n$/);
    const written = ['allocation.csv', 'entities.csv', 'fit.json', 'unallocated.csv'];
    expect(list(folder, 'result')).toEqual(['.allocation.csv.apportion.tmp', ...written, 'notes.txt'].sort());
    expect(read(folder, 'result/allocation.csv').split('\n').slice(0, 2)).toEqual([
      'week,geo,campaign,exposure,share,allocation',
      expect.stringMatching(/^1,north,a,1,0\.\d+,\d+\.\d+$/),
    ]);
    const { run: facts } = JSON.parse(read(folder, 'result/fit.json'));
    expect(facts).toEqual({
      kernels: 'wasm',
      reason: null,
      version,
      config: { file: 'model.json', sha256: digest(folder, 'model.json') },
      inputs: {
        totals: { file: 'totals.csv', sha256: digest(folder, 'totals.csv') },
        exposure: { file: 'delivery.csv', sha256: digest(folder, 'delivery.csv') },
      },
      files: Object.fromEntries(
        ['allocation.csv', 'entities.csv', 'unallocated.csv'].map((name) => [name, digest(folder, 'result', name)]),
      ),
    });
  });

  it('prints fit.json and nothing else with --json', async () => {
    const folder = folderWith(files());
    const { code, stdout } = await run(folder, 'fit', 'model.json', '--out', 'a/b', '--json');
    expect(code).toBe(0);
    expect(stdout).toBe(read(folder, 'a/b/fit.json'));
  });

  it('writes a result that has not converged, says so and exits with 3', async () => {
    const folder = folderWith(
      files({}, { ...model, fit: { maxPasses: 1, tolerance: 1e-12 }, model: { pooling: { kind: 'none' } } }),
    );
    const { code, stdout, stderr } = await run(folder, 'fit', 'model.json', '--out', 'result', '--json');
    expect(code).toBe(3);
    expect(stderr).toMatch(
      /^not converged: gap [\d.e-]+ after 1 pass, tolerance 1e-12\. The files are written and say so\. Raise fit\.maxPasses or fit\.tolerance\.\n$/,
    );
    expect(JSON.parse(stdout).converged).toBe(false);
    expect(existsSync(join(folder, 'result/allocation.csv'))).toBe(true);
  });

  it('says how much memory was needed when it is not allowed, and exits with 4', async () => {
    const rows = Array.from({ length: 20_000 }, (_, r) => `${(r % 2) + 1},north,c${r >> 1},1\n`).join('');
    const folder = folderWith(files({ 'delivery.csv': `week,geo,campaign,impressions\n${rows}` }));
    const limited = ['fit', 'model.json', '--out', 'result', '--memory-limit', '200000'];
    const { code, stdout, stderr } = await run(folder, ...limited);
    expect([code, stdout, existsSync(join(folder, 'result'))]).toEqual([4, '', false]);
    expect(stderr).toMatch(
      /^memory: expected at most 200000 bytes, needed \d+\. Raise memoryLimit or split the input\.\n$/,
    );
  });

  // the command in a project of its own, with what stands there for DuckDB
  async function without(duckdb?: string) {
    const project = folderWith(files({ 'package.json': '{"type":"module"}' }));
    cpSync(dirname(cli), join(project, 'dist'), { recursive: true });
    if (duckdb !== undefined) {
      const there = join(project, 'node_modules/@duckdb/node-api');
      mkdirSync(there, { recursive: true });
      writeFileSync(join(there, 'package.json'), '{ "name": "@duckdb/node-api", "main": "index.js" }');
      writeFileSync(join(there, 'index.js'), duckdb);
    }
    const outcome = await runScript(join(project, 'dist/cli.js'), project, 'fit', 'model.json', '--out', 'result');
    expect(existsSync(join(project, 'result'))).toBe(false);
    return outcome;
  }

  it('says how to get DuckDB when it is missing, and exits with 4', async () => {
    expect(await without()).toEqual({
      code: 4,
      stdout: '',
      stderr:
        'DuckDB: expected @duckdb/node-api, which reads the tables, got nothing. Run: npm install @duckdb/node-api\n',
    });
  });

  it.each(['v1.4.5', 'v0.10.2', '1.3.0'])(
    'says how to get a newer DuckDB than %s, and exits with 4',
    async (version) => {
      expect(await without(`exports.version = () => '${version}';`)).toEqual({
        code: 4,
        stdout: '',
        stderr: `DuckDB: expected @duckdb/node-api 1.5 or newer, got ${version}. Run: npm install @duckdb/node-api@latest\n`,
      });
    },
  );

  it('takes a DuckDB of 1.5, 1.10 or 2.0 for new enough', async () => {
    for (const version of ['v1.5.0', 'v1.10.0', 'v2.0.0-dev12']) {
      const { code, stderr } = await without(
        `exports.version = () => '${version}';\nexports.DuckDBInstance = { create() { throw new Error('asked for a database'); } };`,
      );
      expect([version, code]).toEqual([version, 1]);
      expect(stderr).toContain('asked for a database');
    }
  });

  it('says what is wrong with a DuckDB that does not load, and exits with 4', async () => {
    expect(await without("require('@duckdb/node-bindings-of-no-machine/duckdb.node');")).toEqual({
      code: 4,
      stdout: '',
      stderr: `DuckDB: expected @duckdb/node-api to load on ${process.platform}-${process.arch}, got: Cannot find module '@duckdb/node-bindings-of-no-machine/duckdb.node'. Run: npm install --include=optional @duckdb/node-api@latest\n`,
    });
  });

  it('finds DuckDB in the project it runs in', async () => {
    const folder = folderWith(files({ 'package.json': '{"type":"module"}' }));
    cpSync(dirname(cli), join(folder, 'dist'), { recursive: true });
    const args = ['check', join(folder, 'model.json'), '--json'];
    const outcome = await runScript(join(folder, 'dist/cli.js'), process.cwd(), ...args);
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
  });

  it('checks without fitting or writing', async () => {
    const folder = folderWith(files());
    const { code, stdout } = await run(folder, 'check', 'model.json');
    expect(code).toBe(0);
    expect(stdout.split('\n')).toEqual([
      'model.json is right: nothing was fitted, nothing written.',
      '  bricks with a total     2',
      '  entities                3',
      '  rows of exposure        5',
      '  components              1',
      '',
    ]);
    const asJson = await run(folder, 'check', 'model.json', '--json');
    expect(JSON.parse(asJson.stdout)).toMatchObject({ bricks: 2, entities: 3, exposures: 5, components: 1 });
    expect(list(folder)).toEqual(['delivery.csv', 'model.json', 'totals.csv']);
  });

  it('checks as strictly as it fits', async () => {
    const folder = folderWith(files({ 'totals.csv': 'week,geo,sales\n1,north,-1\n1,south,x\n' }));
    const checked = await run(folder, 'check', 'model.json');
    const fitted = await run(folder, 'fit', 'model.json', '--out', 'result');
    expect(checked).toEqual({ ...fitted, stdout: '' });
    expect([checked.code, checked.stderr.trimEnd().split('\n').length]).toEqual([2, 2]);
  });

  it.each(['hcp', 'mta'])(
    'simulates %s tables that fit accepts at once, the same bytes for the same seed',
    async (name) => {
      const small =
        name === 'hcp' ? ['--hcps', '60', '--bricks', '12'] : ['--weeks', '30', '--geos', '3', '--campaigns', '9'];
      const folder = folderWith({});
      for (const [seed, out] of [
        ['5', 'a'],
        ['5', 'b'],
        ['6', 'c'],
      ]) {
        const { code, stdout } = await run(folder, 'simulate', name, '--seed', seed, '--out', out, ...small);
        expect(code).toBe(0);
        expect(stdout).toContain(`\nNext: apportion fit ${out}/model.json --out ${out}/result\n`);
      }
      const names = list(folder, 'a');
      expect(names).toContain('truth.csv');
      for (const file of names) expect(read(folder, 'a', file)).toBe(read(folder, 'b', file));
      expect(names.some((file) => read(folder, 'a', file) !== read(folder, 'c', file))).toBe(true);
      expect(await run(folder, 'fit', 'a/model.json', '--out', 'a/result')).toMatchObject({ code: 0, stderr: '' });
    },
  );

  it.each([
    ['mta', ['--weeks', '20', '--geos', '2', '--campaigns', '6', '--creatives', '3', '--format-spread', '0.3']],
    ['hcp', ['--hcps', '60', '--bricks', '12', '--regions', '4', '--region-spread', '0.3']],
  ])('simulates groups of %s that fit accepts at once', async (name, switches) => {
    const folder = folderWith({});
    expect(await run(folder, 'simulate', name, '--out', 'a', ...switches)).toMatchObject({ code: 0, stderr: '' });
    expect(list(folder, 'a')).toContain('truth_groups.csv');
    expect(list(folder, 'a')).toContain(name === 'mta' ? 'creatives.csv' : 'hcps.csv');
    expect(await run(folder, 'fit', 'a/model.json', '--out', 'r')).toMatchObject({ code: 0, stderr: '' });
  });

  it('simulates Parquet too', async () => {
    const folder = folderWith({});
    await run(
      folder,
      'simulate',
      'mta',
      '--out',
      'a',
      '--format',
      'parquet',
      '--weeks',
      '20',
      '--geos',
      '2',
      '--campaigns',
      '6',
    );
    expect(list(folder, 'a').filter((file) => file.endsWith('.csv'))).toEqual([]);
    expect(await run(folder, 'fit', 'a/model.json', '--out', 'r')).toMatchObject({ code: 0, stderr: '' });
    expect(list(folder, 'r')).toEqual(['allocation.parquet', 'entities.parquet', 'fit.json', 'unallocated.parquet']);
  });

  it('refuses a switch of a simulator out of range', async () => {
    const folder = folderWith({});
    const outcome = await run(folder, 'simulate', 'mta', '--weeks', '0', '--out', 'a');
    expect(outcome).toEqual({ code: 2, stdout: '', stderr: 'weeks: expected an integer from 1 to 1040, got 0\n' });
    expect(list(folder)).toEqual([]);
  });

  it('prints the JSON Schema of the configuration', async () => {
    const { code, stdout } = await run('.', 'schema');
    expect([code, JSON.parse(stdout)]).toEqual([0, modelJsonSchema()]);
  });

  it('prints its version and help with examples', async () => {
    expect(await run('.', '--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
    for (const args of [
      ['--help'],
      ['fit', '--help'],
      ['check', '--help'],
      ['help'],
      ['help', 'simulate'],
      ['help', 'simulate', 'mta'],
      ['help', 'help'],
      ['simulate', 'mta', '--help'],
      ['schema', '--help'],
    ]) {
      const { code, stdout, stderr } = await run('.', ...args);
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(/\nExamples?:\n {2}\$ apportion /);
    }
  });

  it('prints the same help of a command in both ways', async () => {
    expect(await run('.', 'help', 'import', 'robyn')).toEqual(await run('.', 'import', 'robyn', '--help'));
    expect(await run('.', 'help', 'fit')).toEqual(await run('.', 'fit', '--help'));
    expect(await run('.', 'help')).toEqual(await run('.', '--help'));
  });

  it.each([
    [['help', 'fitt'], "error: unknown command 'fitt'"],
    [['help', 'import', 'robin'], "error: unknown command 'robin'"],
    [['help', 'fit', 'mta'], "error: unknown command 'mta'"],
    [['fitt', 'model.json'], "error: unknown command 'fitt'\n(Did you mean fit?)"],
    [
      ['fit', 'model.json', '--out', 'r', '--kernel', 'js'],
      "error: unknown option '--kernel'\n(Did you mean --kernels?)",
    ],
    [['fit', 'model.json'], "error: required option '-o, --out <dir>' not specified"],
    [['fit', '--out', 'r'], "error: missing required argument 'model.json'"],
    [
      ['fit', 'model.json', '--out', 'r', '--kernels', 'gpu'],
      "error: option '--kernels <which>' argument 'gpu' is invalid. Allowed choices are auto, wasm, js.",
    ],
    [
      ['fit', 'model.json', '--out', 'r', '--memory-limit', '1GB'],
      "error: option '--memory-limit <bytes>' argument '1GB' is invalid. Expected a whole number of bytes.",
    ],
    [
      ['simulate', 'mta', '--out', 'r', '--weeks', 'ten'],
      "error: option '--weeks <number>' argument 'ten' is invalid. Expected a number.",
    ],
    [['simulate', 'mtaa', '--out', 'r'], "error: unknown command 'mtaa'\n(Did you mean mta?)"],
  ])('refuses %j with exit code 2', async (args, message) => {
    const folder = folderWith({});
    const { code, stdout, stderr } = await run(folder, ...args);
    expect([code, stdout, list(folder)]).toEqual([2, '', []]);
    expect(stderr.startsWith(`${message}\n`)).toBe(true);
  });
});
