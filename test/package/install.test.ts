import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { folderFor, pack, run } from './pack.js';

// The packed tarball and DuckDB in an empty project, in each order and by each npm that people have. Needs the registry.

const folder = folderFor('install');
const duckdb = '@duckdb/node-api';
const quiet = ['--no-audit', '--no-fund', '--prefer-offline', '--no-update-notifier'];
const versions = ['10', '11'];
let tarball = '';
let unreachable = '';

beforeAll(() => {
  tarball = pack(folder);
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  const aliases = versions.map((version) => `npm-${version}@npm:npm@${version}`);
  const { status, stderr } = run(folder, 'npm', 'install', ...quiet, ...aliases);
  if (status !== 0) {
    if (!/ENOTFOUND|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN|ENOTCACHED/.test(stderr)) throw new Error(stderr);
    unreachable = 'no registry to install from';
  }
});

/** A project with nothing in it, and an npm of that version in its folder. */
function empty(version: string, context: TestContext) {
  if (unreachable) context.skip(unreachable);
  const project = mkdtempSync(join(folder, `npm-${version}-`));
  writeFileSync(join(project, 'package.json'), '{ "private": true }');
  const npm = (...args: string[]) =>
    run(project, process.execPath, join(folder, `node_modules/npm-${version}/bin/npm-cli.js`), ...args);
  return {
    project,
    npm,
    install(...what: string[]) {
      const { status, stderr, stdout } = npm('install', ...quiet, ...what);
      expect(`${stdout}${stderr}`).not.toMatch(/ERESOLVE|ETARGET|EBADENGINE|npm error|removed/);
      expect(status).toBe(0);
    },
    /** The installed command. */
    apportion: (...args: string[]) => run(project, join(project, 'node_modules/.bin/apportion'), ...args),
  };
}

/** Both are installed, as the project's own dependencies, and a fit reads and writes its files. */
function works({ project, npm, apportion }: ReturnType<typeof empty>) {
  expect(npm('ls').status).toBe(0);
  const { dependencies } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'));
  expect(Object.keys(dependencies).sort()).toEqual([duckdb, 'apportion']);
  mkdirSync(join(project, 'example'), { recursive: true });
  const file = (name: string, text: string) => writeFileSync(join(project, 'example', name), text);
  file('totals.csv', 'week,sales\n1,100\n2,60.5\n');
  file('visits.csv', 'week,doctor,visits\n1,"Dr. A, senior",1\n1,B,3\n2,B,2\n');
  const sections = {
    totals: { file: 'totals.csv', brick: ['week'], value: 'sales' },
    exposure: { file: 'visits.csv', brick: ['week'], entity: ['doctor'], value: 'visits' },
  };
  file('csv.json', JSON.stringify(sections));
  file('parquet.json', JSON.stringify({ ...sections, output: { format: 'parquet' } }));
  for (const format of ['csv', 'parquet']) {
    const { status, stderr } = apportion('fit', `example/${format}.json`, '--out', `result-${format}`);
    expect([status, stderr]).toEqual([0, '']);
    expect(existsSync(join(project, `result-${format}`, `allocation.${format}`))).toBe(true);
  }
  const [head, ...rows] = readFileSync(join(project, 'result-csv/allocation.csv'), 'utf8').trimEnd().split('\n');
  expect(head).toBe('week,doctor,exposure,share,allocation');
  const parts = rows.map((row) => Number(row.slice(row.lastIndexOf(',') + 1)));
  expect(parts).toHaveLength(3);
  expect([parts[0] + parts[1], parts[2]]).toEqual([100, 60.5]);
}

/** What a message says to run. */
const cureIn = (message: string) => /Run: npm (.+)\n$/.exec(message)![1].split(' ');

describe.each(versions)('npm %s', (version) => {
  it('installs apportion and then DuckDB, by the line that the command says', (context) => {
    const here = empty(version, context);
    here.install(tarball);
    expect(existsSync(join(here.project, 'node_modules/@duckdb'))).toBe(false);
    const simulate = here.apportion('simulate', 'hcp', '--seed', '3', '--out', 'hcp');
    expect([simulate.status, simulate.stderr]).toEqual([0, '']);
    const missing = here.apportion('fit', 'hcp/model.json', '--out', 'split');
    expect(missing).toMatchObject({
      status: 4,
      stderr: `DuckDB: expected ${duckdb}, which reads the tables, got nothing. Run: npm install ${duckdb}\n`,
    });
    const cure = here.npm(...cureIn(missing.stderr), ...quiet);
    expect([cure.status, cure.stderr.includes('ERESOLVE')]).toEqual([0, false]);
    expect(here.apportion('fit', 'hcp/model.json', '--out', 'split')).toMatchObject({ status: 0, stderr: '' });
    works(here);
  });

  it('installs DuckDB and then apportion', (context) => {
    const here = empty(version, context);
    here.install(duckdb);
    here.install(tarball);
    works(here);
  });

  it('installs both at once, and again from the lock file', (context) => {
    const here = empty(version, context);
    here.install(tarball, duckdb);
    works(here);
    const again = here.npm('ci', ...quiet);
    expect([again.status, again.stderr.includes('npm error')]).toEqual([0, false]);
    works(here);
  });
});

it('brings a DuckDB that is too old, or half there, up to date by the line that the command says', (context) => {
  const here = empty('11', context);
  here.install(tarball, `${duckdb}@1.4.5-r.1`);
  mkdirSync(join(here.project, 'hcp'));
  here.apportion('simulate', 'hcp', '--seed', '3', '--out', 'hcp');
  const old = here.apportion('fit', 'hcp/model.json', '--out', 'split');
  expect(old).toMatchObject({
    status: 4,
    stderr: `DuckDB: expected ${duckdb} 1.5 or newer, got v1.4.5. Run: npm install ${duckdb}@latest\n`,
  });
  // without the optional packages that hold the binaries
  const omitted = here.npm(...cureIn(old.stderr), '--omit=optional', ...quiet);
  expect(omitted.status).toBe(0);
  const half = here.apportion('fit', 'hcp/model.json', '--out', 'split');
  expect(half.status).toBe(4);
  expect(half.stderr).toMatch(
    /^DuckDB: expected @duckdb\/node-api to load on \S+, got: Cannot find module '@duckdb\/node-bindings-\S+\/duckdb\.node'\. Run: npm install --include=optional @duckdb\/node-api@latest\n$/,
  );
  expect(here.npm(...cureIn(half.stderr), ...quiet).status).toBe(0);
  works(here);
});
